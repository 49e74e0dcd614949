/*
 * What a bootnode's cryptod seals: for whom, in which order, under which
 * counters, and when it does not.
 */
#include "tests/unit/cryptod/bootnode/boot_scene.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <string.h>

void cryptod_seal_suite(void);

/* Checks that each guest can read all pages, in order. */
static void
check_sealed(struct scene *s, struct guest *guests, size_t count, size_t pages)
{
	const struct ipc_sealed *sealed = NULL;
	struct ipc_message_in in = { 0 };
	const uint8_t *at = NULL;
	size_t in_it = 0;

	for (size_t k = 0; k < count * pages; k++, in_it++) {
		struct guest *g = &guests[k / pages];
		const size_t page = k % pages;
		uint8_t nonce[GCM_NONCE_LEN], plain[64];

		if (sealed == NULL || in_it == sealed->count) {
			sealed = worker_says(boot_netd(s), IPC_SEALED, &in);
			at = in.tail;
			in_it = 0;
		}
		CU_ASSERT_EQUAL(sealed->slots[in_it], g->slot);
		CU_ASSERT_EQUAL(sealed->counters[in_it], g->counter);
		CU_ASSERT_EQUAL_FATAL(sealed->lens[in_it], page + 1 + TAG_LEN);
		crypto_counter_nonce(nonce, g->counter++);
		CU_ASSERT_EQUAL(crypto_open(plain, g->rx, nonce, NULL, 0, at,
				    sealed->lens[in_it]),
		    0);
		CU_ASSERT_EQUAL(plain[page], 'a' + page);
		at += sealed->lens[in_it];
	}
	CU_ASSERT_EQUAL(in_it, sealed->count);
}

static void
test_seal(void)
{
	struct guest guests[7];
	struct scene s;

	boot_begin(&s, false);
	for (uint32_t i = 0; i < 7; i++)
		boot_join(&s, &guests[i], 60 + i); /* in two blocks of keys */
	boot_seal(&s, guests, 1, 1);
	check_sealed(&s, guests, 1, 1);
	boot_seal(&s, guests, 3, 4); /* fills just one message */
	check_sealed(&s, guests, 3, 4);
	worker_is_silent(&s.w, boot_netd(&s));
	boot_seal(&s, guests, 7, 4);
	check_sealed(&s, guests, 7, 4);
	worker_is_silent(&s.w, boot_netd(&s));
	/* The next client in that slot begins with new keys. */
	boot_say_slot(&s, IPC_SLOT_FREE, guests[2].slot);
	boot_join(&s, &guests[2], guests[2].slot);
	boot_seal(&s, guests, 7, 2);
	check_sealed(&s, guests, 7, 2);
	worker_stop(&s.w);
}

/* There is no key for a slot without a session. */
static void
test_seal_faults(void)
{
	struct guest guests[2];
	struct scene s;

	boot_begin(&s, false);
	boot_join(&s, &guests[0], 2);
	boot_write_join(&s, &guests[1], 3);
	boot_send_join(&s, &guests[1], 3);
	boot_check_opened(&s, &guests[1]);
	boot_seal(&s, guests, 2, 1); /* it has no WELCOME yet */
	worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
	boot_begin(&s, false);
	boot_join(&s, &guests[0], 2);
	boot_say_slot(&s, IPC_SLOT_FREE, 2);
	boot_seal(&s, guests, 1, 1);
	worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
}

/* Nor for one that there is not. */
static void
test_seal_beyond(void)
{
	struct guest guests[2];
	struct scene s;

	boot_begin(&s, false);
	boot_join(&s, &guests[0], SLOTS_MAX - 1);
	boot_seal(&s, guests, 1, 1);
	check_sealed(&s, guests, 1, 1);
	guests[1].slot = SLOTS_MAX;
	boot_seal(&s, guests, 2, 1);
	worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
}

/* Asks for the longest page that there is, until that cannot be said any more:
 * then cryptod does not read it. Returns how many are asked for. */
static unsigned int
ask_for_much(struct scene *s, const struct guest *g)
{
	const struct ipc_seal body = { .count = 1,
		.lens = { WIRE_SEALED_MAX } };
	uint8_t tail[4 + WIRE_SEALED_MAX] = { 0 };
	unsigned int count = 0;

	memcpy(tail, &g->slot, 4);
	while (boot_netd(s)->first == NULL) {
		boot_say(s, IPC_SEAL, &body, tail, sizeof(tail));
		count++;
		if (boot_netd(s)->first == NULL)
			continue;
		/* It may only have been slow. */
		worker_settles(&s->w);
		ipc_flush(boot_netd(s));
	}
	return count;
}

/* While netd does not read what it is told, nothing more is done for it, nor
 * for ui; and then all of it is. */
static void
test_congested(void)
{
	const struct ipc_sealed *sealed;
	struct ipc_message_in in;
	unsigned int count;
	struct guest g;
	struct scene s;

	boot_begin(&s, false);
	boot_join(&s, &g, 3);
	count = ask_for_much(&s, &g);
	ipc_send(boot_ui(&s), IPC_QUIT, NULL, NULL, 0);
	worker_is_silent(&s.w, boot_ui(&s));
	while (count > 0) {
		sealed = worker_says(boot_netd(&s), IPC_SEALED, &in);
		CU_ASSERT_EQUAL(sealed->count, 1);
		CU_ASSERT_EQUAL(sealed->counters[0], g.counter++);
		ipc_flush(boot_netd(&s));
		count--;
	}
	worker_says(boot_ui(&s), IPC_GOODBYE, &in);
	worker_stop(&s.w);
}

void
cryptod_seal_suite(void)
{
	CU_pSuite s = CU_add_suite("cryptod_seal", crypto_setup, NULL);

	CU_add_test(s, "SEAL", test_seal);
	CU_add_test(s, "SEAL without a session", test_seal_faults);
	CU_add_test(s, "SEAL beyond all slots", test_seal_beyond);
	CU_add_test(s, "netd does not read", test_congested);
}
