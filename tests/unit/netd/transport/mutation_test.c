/*
 * The packets and frames of a conversation, changed at random: each is taken or
 * refused, and the transport neither reads beyond it nor spins.
 */
#include "tests/unit/simnet.h"
#include "tests/unit/netd/transport/frames.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void transport_mutation_suite(void);

#define MUTATIONS 100000
#define TEMPLATES 64

static bool
is_dead(struct transport *t)
{
	uint8_t frames[FRAMES_MAX] = { 3 };
	uint64_t number;

	return transport_input(t, NOW, 99, frames, 1) == -1 &&
	    transport_output(t, NOW + USEC_PER_SEC, &number, frames,
		sizeof(frames)) == 0 &&
	    transport_deadline(t) == CLOCK_NEVER && transport_idle(t);
}

struct templates {
	size_t count;
	size_t len[TEMPLATES];
	uint8_t frames[TEMPLATES][FRAMES_MAX];
};

/* Collects the packets of a conversation in which every second one is lost. */
static void
collect(struct templates *all)
{
	struct transport *t[2] = { frames_transport(), frames_transport() };
	uint64_t now = NOW, number;
	uint8_t record[RECORD_MAX] = { 1, 2, 3 };

	all->count = 0;
	while (all->count < TEMPLATES) {
		for (int i = 0; i < 2; i++) {
			size_t n = all->count;

			transport_queue(t[i], record, 1 + n * 40);
			transport_timer(t[i], now);
			all->len[n] = transport_output(t[i], now, &number,
			    all->frames[n], FRAMES_MAX);
			if (all->len[n] == 0)
				continue;
			if (n % 2 == 0)
				transport_input(t[1 - i], now, number,
				    all->frames[n], all->len[n]);
			if (++all->count == TEMPLATES)
				break;
		}
		now += 20 * USEC_PER_MSEC;
	}
	transport_free(t[0]);
	transport_free(t[1]);
}

static size_t
mutate(const struct templates *all, uint64_t *seed, uint8_t *frames)
{
	size_t n = simnet_random(seed) % TEMPLATES, len = all->len[n];
	unsigned int times = simnet_random(seed) % 4;

	memcpy(frames, all->frames[n], len);
	while (times-- > 0)
		switch (simnet_random(seed) % 4) {
		case 0: /* flips a bit */
			frames[simnet_random(seed) % len] ^=
			    (uint8_t)(1u << simnet_random(seed) % 8);
			break;
		case 1: /* changes a byte, mostly of the headers */
			frames[simnet_random(seed) % (len < 40 ? len : 40)] =
			    (uint8_t)simnet_random(seed);
			break;
		case 2: /* cuts the end off */
			len = 1 + simnet_random(seed) % len;
			break;
		case 3: /* makes a number small */
			frames[simnet_random(seed) % (len < 20 ? len : 20)] =
			    (uint8_t)(simnet_random(seed) % 4);
			break;
		}
	return len;
}

/* Takes all output, and checks that nothing more is due. */
static void
drain(struct transport *t, uint64_t now, uint64_t *seed)
{
	static uint8_t record[RECORD_MAX];
	uint8_t frames[FRAMES_MAX];
	uint64_t number;

	if (transport_deadline(t) <= now)
		transport_timer(t, now);
	while (transport_output(t, now, &number, frames,
		   60 + simnet_random(seed) % (FRAMES_MAX - 60)) > 0)
		;
	CU_ASSERT(transport_deadline(t) > now);
	while (transport_read(t, record) > 0)
		;
}

static void
test_mutations(void)
{
	static struct templates all;
	unsigned int taken = 0, refused = 0;
	struct transport *t = NULL;
	uint64_t seed = 2, now = NOW, number = 0;

	collect(&all);
	for (int i = 0; i < MUTATIONS; i++) {
		uint8_t frames[FRAMES_MAX], *exact;
		size_t len = mutate(&all, &seed, frames);

		if (t == NULL) {
			t = frames_transport();
			frames_send(t, 4000);
		}
		exact = malloc(len);
		CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
		memcpy(exact, frames, len);
		now += simnet_random(&seed) % 3000;
		number += simnet_random(&seed) % 3;
		if (transport_input(t, now, number, exact, len) == -1) {
			refused++;
			CU_ASSERT_TRUE(is_dead(t));
			transport_free(t);
			t = NULL;
		} else {
			taken++;
			drain(t, now, &seed);
		}
		free(exact);
	}
	transport_free(t);
	/* Both results come up often. */
	CU_ASSERT(taken > MUTATIONS / 10);
	CU_ASSERT(refused > MUTATIONS / 10);
}

void
transport_mutation_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport_mutation", NULL, NULL);

	CU_add_test(suite, "100,000 mutations", test_mutations);
}
