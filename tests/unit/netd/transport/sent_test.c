/*
 * The packets that were sent, compared with a plain list of them.
 */
#include "netd/transport/sent.h"
#include "tests/unit/simnet.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void sent_suite(void);

#define NUMBERS 4000
#define ROUNDS	40

static uint8_t model[NUMBERS]; /* a state, or NEVER */
#define NEVER 99

/* Checks that the ring agrees with the model, as its header says. */
static bool
agrees(struct sent *s)
{
	uint64_t place, oldest = s->end, unacked = s->first;

	for (place = s->first; place < s->end; place++)
		if (sent_at(s, place)->state !=
		    model[sent_at(s, place)->number])
			return false;
	for (place = s->end; place-- > s->first;)
		if (sent_at(s, place)->state == SENT_FLYING)
			oldest = place;
	while (unacked < s->end && sent_at(s, unacked)->state == SENT_ACKED)
		unacked++;
	return sent_oldest(s) == oldest && sent_unacked(s, s->first) == unacked;
}

/* Checks the search by number, which finds only packets that are there. */
static bool
finds(struct sent *s, uint64_t number)
{
	uint64_t place = sent_find(s, number);

	return place >= s->first && place <= s->end &&
	    (place == s->end || sent_at(s, place)->number >= number) &&
	    (place == s->first || sent_at(s, place - 1)->number < number);
}

static void
test_model(void)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		uint64_t random = seed, number = 0, place;
		struct sent s = { .first = 0 };
		bool ok = true;

		memset(model, NEVER, sizeof(model));
		while (number < NUMBERS && ok) {
			struct sent_packet p = { .number = number,
				.time = number };

			if (simnet_random(&random) % 8 != 0) { /* no ACK */
				model[number] = SENT_FLYING;
				ok = !sent_full(&s) && sent_add(&s, &p) == 0;
			}
			number++;
			/* Some packets are acknowledged, and some are lost. */
			for (uint64_t i = 0; i < seed % 3 && ok; i++) {
				place = sent_find(&s,
				    number -
					simnet_random(&random) % 300 % number);
				place = sent_unacked(&s, place);
				if (place == s.end)
					continue;
				sent_at(&s, place)->state =
				    simnet_random(&random) % 4 == 0
				    ? SENT_LOST
				    : SENT_ACKED;
				model[sent_at(&s, place)->number] =
				    sent_at(&s, place)->state;
			}
			if (number % 16 == 0)
				sent_forget(&s, number - 16);
			if (number % 61 == 0)
				ok = ok && agrees(&s) &&
				    finds(&s, simnet_random(&random) % number);
		}
		CU_ASSERT_TRUE(ok);
		if (!ok)
			printf("\nseed %llu\n", (unsigned long long)seed);
		sent_free(&s);
	}
}

/* The ring is full of packets in flight, not of lost or acknowledged ones. */
static void
test_full(void)
{
	struct sent s = { .first = 0 };
	struct sent_packet p = { .number = 0 };

	for (; p.number < SENT_MAX; p.number++) {
		CU_ASSERT_FALSE(sent_full(&s));
		CU_ASSERT_EQUAL_FATAL(sent_add(&s, &p), 0);
	}
	CU_ASSERT_TRUE(sent_full(&s));
	sent_at(&s, 5)->state = SENT_LOST;
	CU_ASSERT_TRUE(sent_full(&s));
	sent_at(&s, 0)->state = SENT_LOST;
	CU_ASSERT_FALSE(sent_full(&s));
	CU_ASSERT_EQUAL(s.first, 1);
	CU_ASSERT_EQUAL(sent_find(&s, 0), 1);
	/* When nothing is in flight the memory is given back. */
	for (uint64_t place = s.first; place < s.end; place++)
		sent_at(&s, place)->state = SENT_ACKED;
	sent_forget(&s, 0);
	CU_ASSERT_EQUAL(s.size, 0);
	CU_ASSERT_EQUAL(sent_find(&s, 0), s.end);
	CU_ASSERT_EQUAL(sent_oldest(&s), s.end);
	sent_free(&s);
}

void
sent_suite(void)
{
	CU_pSuite suite = CU_add_suite("sent", NULL, NULL);

	CU_add_test(suite, "random packets against a model", test_model);
	CU_add_test(suite, "full", test_full);
}
