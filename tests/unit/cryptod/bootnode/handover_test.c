/*
 * cryptod of a bootnode that hands its state over, and of one that takes it
 * over: what netd wrote comes back as it was, and so do the keys of channels.
 */
#include "tests/unit/cryptod/bootnode/boot_scene.h"

#include "tests/unit/bytes.h"

#include <sys/mman.h>

#include <CUnit/CUnit.h>

#include <string.h>

void cryptod_handover_suite(void);

/* What netd writes, in messages. */
#define RECORDS_COUNT 3
static const char *const records[RECORDS_COUNT] = { "one", "two", "three" };

static const struct ipc_kept_end counts = { .sessions = 5, .rooms = 4 };

/* The state, as the launcher would keep it, in memory that is unmapped by
 * whoever takes it. */
static uint8_t *kept;
static size_t kept_len;
#define KEPT_ROOM (1024 * 1024)
static size_t kept_room = KEPT_ROOM;

static void
keep_part(const struct ipc_message_in *in)
{
	CU_ASSERT_FATAL(kept_len + in->tail_len <= kept_room);
	memcpy(kept + kept_len, in->tail, in->tail_len);
	kept_len += in->tail_len;
}

static void
make_room(void)
{
	kept = mmap(NULL, kept_room, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_PTR_NOT_EQUAL_FATAL(kept, MAP_FAILED);
	kept_len = 0;
}

/* netd answers until it has no question left. */
static void
hold(struct scene *s)
{
	const struct ipc_hold *asked;
	struct ipc_message_in in;
	struct ipc_hold answer;

	CU_ASSERT_EQUAL(ipc_send(&s->w.launcher, IPC_HAND_OVER, NULL, NULL, 0),
	    0);
	for (int i = 0; i < HANDOVER_HOLDS; i++) {
		asked = worker_says(boot_netd(s), IPC_HOLD, &in);
		answer = *asked;
		if (i < HANDOVER_HOLDS - 1)
			boot_say(s, IPC_HELD, &answer, NULL, 0);
	}
}

static void
hand_over(struct scene *s)
{
	const struct ipc_kept_whole *whole;
	struct ipc_message_in in;

	make_room();
	hold(s);
	for (int i = 0; i < RECORDS_COUNT; i++)
		boot_say(s, IPC_KEPT, NULL, records[i], strlen(records[i]));
	boot_say(s, IPC_KEPT_END, &counts, NULL, 0);
	do {
		worker_hear(&s->w.launcher, &in);
		if (in.type == IPC_KEPT_PART)
			keep_part(&in);
	} while (in.type == IPC_KEPT_PART);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_KEPT_WHOLE);
	whole = in.body;
	CU_ASSERT_EQUAL(whole->bytes, kept_len);
	CU_ASSERT_EQUAL(whole->sessions, counts.sessions);
	CU_ASSERT_EQUAL(whole->rooms, counts.rooms);
}

/* Another cryptod, with the same key unless another one is wanted, that is
 * given the state. */
static void
begin_next(struct scene *s, bool same_key, uint32_t slots)
{
	const struct x25519_key key = s->key;

	memset(s, 0, sizeof(*s));
	if (same_key)
		s->key = key;
	else
		crypto_keypair(&s->key);
	s->slots = slots;
	s->kept = true;
	s->memory = (struct kept_memory){ kept, kept_len };
	boot_run(s);
	boot_check_keys(s, false);
	munmap(kept, kept_room); /* the test's own */
}

/* Hands over to another cryptod. */
static void
replace(struct scene *s, bool same_key, uint32_t slots)
{
	hand_over(s);
	worker_stop(&s->w);
	begin_next(s, same_key, slots);
}

static void
check_restored(struct scene *s)
{
	const struct ipc_restore_end *end;
	struct ipc_message_in in;

	for (int i = 0; i < RECORDS_COUNT; i++) {
		worker_says(boot_netd(s), IPC_RESTORE, &in);
		CU_ASSERT_EQUAL_FATAL(in.tail_len, strlen(records[i]));
		CU_ASSERT_EQUAL(memcmp(in.tail, records[i], in.tail_len), 0);
	}
	end = worker_says(boot_netd(s), IPC_RESTORE_END, &in);
	CU_ASSERT_EQUAL(end->result, KEPT_TAKEN);
	CU_ASSERT_EQUAL(end->sessions, counts.sessions);
	CU_ASSERT_EQUAL(end->rooms, counts.rooms);
}

static void
check_refused(struct scene *s, enum kept_result why)
{
	const struct ipc_restore_end *end;
	struct ipc_message_in in;

	end = worker_says_yet(boot_netd(s), IPC_RESTORE_END, &in);
	CU_ASSERT_EQUAL(end->result, why);
}

/* A page is sealed with the guest's key, by a counter that none has had. */
static void
check_seals(struct scene *s, struct guest *g, uint64_t counter)
{
	const struct ipc_sealed *sealed;
	uint8_t nonce[GCM_NONCE_LEN], plain[64];
	struct ipc_message_in in;

	boot_seal(s, g, 1, 1);
	sealed = worker_says(boot_netd(s), IPC_SEALED, &in);
	CU_ASSERT_EQUAL(sealed->slots[0], g->slot);
	CU_ASSERT_EQUAL(sealed->counters[0], counter);
	crypto_counter_nonce(nonce, counter);
	CU_ASSERT_EQUAL_FATAL(in.tail_len, 1 + TAG_LEN);
	CU_ASSERT_EQUAL(crypto_open(plain, g->rx, nonce, NULL, 0, in.tail,
			    in.tail_len),
	    0);
	CU_ASSERT_EQUAL(plain[0], 'a');
}

static void
test_all(void)
{
	struct guest guests[2];
	struct scene s;

	boot_begin(&s, false);
	boot_join(&s, &guests[0], 0);
	boot_join(&s, &guests[1], 1000);
	check_seals(&s, &guests[1], 0);
	replace(&s, true, 0);
	check_restored(&s);
	check_seals(&s, &guests[0], SLOT_KEY_LEAP);
	check_seals(&s, &guests[1], SLOT_KEY_LEAP + 1);
	worker_stop(&s.w);
}

/* More keys than a part holds. */
static void
test_many(void)
{
	static struct guest guests[400];
	struct scene s;

	boot_begin(&s, false);
	for (uint32_t i = 0; i < 400; i++)
		boot_join(&s, &guests[i], 3 * i);
	replace(&s, true, 0);
	check_restored(&s);
	for (uint32_t i = 0; i < 400; i += 57)
		check_seals(&s, &guests[i], SLOT_KEY_LEAP);
	worker_stop(&s.w);
}

/* Nobody takes the state: the old one seals on, and hands over once more. */
static void
test_goes_on(void)
{
	struct guest g;
	struct scene s;

	boot_begin(&s, false);
	boot_join(&s, &g, 7);
	hand_over(&s);
	munmap(kept, kept_room);
	check_seals(&s, &g, 0);
	replace(&s, true, 0);
	check_restored(&s);
	check_seals(&s, &g, SLOT_KEY_LEAP + 1);
	worker_stop(&s.w);
}

/* The bootnode has another key than the one before. */
static void
test_other_key(void)
{
	struct guest g;
	struct scene s;

	boot_begin(&s, false);
	boot_join(&s, &g, 7);
	replace(&s, false, 0);
	check_refused(&s, KEPT_OTHER_KEY);
	boot_join(&s, &g, 7); /* and it serves */
	check_seals(&s, &g, 0);
	worker_stop(&s.w);
}

/* The end is missing: no key of what came before it is kept. */
static void
test_cut_off(void)
{
	struct guest g;
	struct scene s;

	boot_begin(&s, false);
	boot_join(&s, &g, 7);
	hand_over(&s);
	worker_stop(&s.w);
	kept_len--;
	begin_next(&s, true, 0);
	check_refused(&s, KEPT_DAMAGED);
	boot_seal(&s, &g, 1, 1);
	worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
}

static void
test_nothing(void)
{
	struct scene s;

	boot_begin(&s, false);
	worker_stop(&s.w);
	make_room();
	munmap(kept, kept_room);
	kept = NULL;
	memset(&s, 0, sizeof(s));
	crypto_keypair(&s.key);
	s.kept = true;
	boot_run(&s);
	boot_check_keys(&s, false);
	check_refused(&s, KEPT_DAMAGED);
	worker_stop(&s.w);
}

/* Fewer slots than before: a key above them is none. */
static void
test_fewer_slots(void)
{
	struct guest guests[2];
	struct scene s;

	boot_begin(&s, false);
	boot_join(&s, &guests[0], 9);
	boot_join(&s, &guests[1], 10);
	replace(&s, true, 10);
	check_restored(&s);
	check_seals(&s, &guests[0], SLOT_KEY_LEAP);
	boot_seal(&s, &guests[1], 1, 1);
	worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
}

/* netd has no use for the state: the keys go. */
static void
test_refused(void)
{
	struct guest g;
	struct scene s;

	boot_begin(&s, false);
	boot_join(&s, &g, 7);
	replace(&s, true, 0);
	check_restored(&s);
	boot_say(&s, IPC_REFUSED, NULL, NULL, 0);
	boot_seal(&s, &g, 1, 1);
	worker_blames(&s.w, ROLE_NETD, IPC_SEAL);
}

/* netd dies while it hands over: its successor is asked nothing of that, and a
 * later attempt is a new one. */
static void
test_netd_dies(void)
{
	struct ipc_message_in in;
	struct scene s;

	boot_begin(&s, false);
	hold(&s);
	worker_says(&s.w.launcher, IPC_KEPT_PART, &in);
	boot_say(&s, IPC_KEPT, NULL, "one", 3);
	worker_says(&s.w.launcher, IPC_KEPT_PART, &in);
	worker_replace(&s.w, ROLE_NETD);
	boot_check_keys(&s, false);
	replace(&s, true, 0);
	check_restored(&s);
	worker_stop(&s.w);
}

/* It is given up while netd writes: netd serves again, and what it has written
 * until it hears that is nothing to the next attempt. */
static void
test_stay(void)
{
	struct ipc_message_in in;
	struct scene s;
	struct guest g;

	boot_begin(&s, false);
	boot_join(&s, &g, 7);
	hold(&s);
	worker_says(&s.w.launcher, IPC_KEPT_PART, &in);
	boot_say(&s, IPC_KEPT, NULL, "one", 3);
	worker_says(&s.w.launcher, IPC_KEPT_PART, &in);
	CU_ASSERT_EQUAL(ipc_send(&s.w.launcher, IPC_STAY, NULL, NULL, 0), 0);
	worker_says(boot_netd(&s), IPC_SERVE, &in);
	boot_say(&s, IPC_KEPT, NULL, "two", 3);
	boot_say(&s, IPC_KEPT_END, &counts, NULL, 0);
	worker_is_silent(&s.w, &s.w.launcher);
	check_seals(&s, &g, 0);
	replace(&s, true, 0);
	check_restored(&s);
	worker_stop(&s.w);
}

/* Answers of an attempt that was given up count for no other. */
static void
test_late_answers(void)
{
	const struct ipc_hold *asked, late = { .attempt = 1 },
				      never = { .attempt = 9 };
	struct ipc_message_in in;
	struct scene s;

	boot_begin(&s, false);
	boot_say(&s, IPC_HELD, &never, NULL, 0); /* nobody has asked */
	for (uint32_t i = 1; i <= 2; i++) {
		CU_ASSERT_EQUAL(ipc_send(&s.w.launcher, IPC_HAND_OVER, NULL,
				    NULL, 0),
		    0);
		worker_says(&s.w.launcher, IPC_KEPT_PART, &in);
		asked = worker_says(boot_netd(&s), IPC_HOLD, &in);
		CU_ASSERT_EQUAL(asked->attempt, i);
		if (i == 1) {
			CU_ASSERT_EQUAL(ipc_send(&s.w.launcher, IPC_STAY, NULL,
					    NULL, 0),
			    0);
			worker_says(boot_netd(&s), IPC_SERVE, &in);
		}
	}
	boot_say(&s, IPC_HELD, &late, NULL, 0);
	boot_say(&s, IPC_KEPT, NULL, "one", 3);
	worker_is_silent(&s.w, boot_netd(&s));
	worker_stop(&s.w);
}

/* More than the channels hold: each end waits for the next one, and all of it
 * arrives. */
static void
test_much(void)
{
	static uint8_t page[KEPT_BYTES_MAX];
	const struct ipc_restore_end *end;
	struct ipc_message_in in;
	struct scene s;
	unsigned int count = 0;

	boot_begin(&s, false);
	kept_room = 600 * KEPT_PART_MAX;
	make_room();
	hold(&s);
	for (int i = 0; i < 500; i++)
		boot_say(&s, IPC_KEPT, NULL, page, sizeof(page));
	boot_say(&s, IPC_KEPT_END, &counts, NULL, 0);
	do {
		ipc_flush(boot_netd(&s));
		worker_hear(&s.w.launcher, &in);
		if (in.type == IPC_KEPT_PART)
			keep_part(&in);
	} while (in.type == IPC_KEPT_PART);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_KEPT_WHOLE);
	worker_stop(&s.w);
	begin_next(&s, true, 0);
	do {
		worker_hear(boot_netd(&s), &in);
		count += in.type == IPC_RESTORE;
	} while (in.type == IPC_RESTORE);
	CU_ASSERT_EQUAL(count, 500);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_RESTORE_END);
	end = in.body;
	CU_ASSERT_EQUAL(end->result, KEPT_TAKEN);
	worker_stop(&s.w);
	kept_room = KEPT_ROOM;
}

void
cryptod_handover_suite(void)
{
	CU_pSuite suite = CU_add_suite("cryptod_handover", crypto_setup, NULL);

	CU_add_test(suite, "all of it", test_all);
	CU_add_test(suite, "many keys", test_many);
	CU_add_test(suite, "goes on", test_goes_on);
	CU_add_test(suite, "another key", test_other_key);
	CU_add_test(suite, "cut off", test_cut_off);
	CU_add_test(suite, "nothing", test_nothing);
	CU_add_test(suite, "fewer slots", test_fewer_slots);
	CU_add_test(suite, "refused", test_refused);
	CU_add_test(suite, "netd dies", test_netd_dies);
	CU_add_test(suite, "stays", test_stay);
	CU_add_test(suite, "late answers", test_late_answers);
	CU_add_test(suite, "more than channels hold", test_much);
}
