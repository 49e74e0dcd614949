/*
 * What ui is told of keys, and asks of them (trust.c): the numbers that two
 * people compare, the mark of the user, and what other gochats have written.
 */
#include "cryptod/client/safety.h"
#include "cryptod/client/trust.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/folder.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>
#include <time.h>
#include <unistd.h>

void trust_told_suite(void);

#define APPEND 100 /* the descriptor that the file is appended to by */

static void
begin(struct stage *s)
{
	stage_open(s, true);
	stage_listed(s);
	stage_connect(s);
	stage_take(s);
}

static void
verify(struct stage *s, peer_handle handle, bool verified)
{
	const struct ipc_verified body = { .handle = handle,
		.verified = verified };

	CU_ASSERT_EQUAL(trust_verify(s->c, MESSAGE(s->c->now, &body)), 0);
}

static const struct ipc_safety *
ask_safety(struct stage *s, peer_handle handle, struct ipc_message_in *in)
{
	const struct ipc_peer ask = { .handle = handle };

	CU_ASSERT_EQUAL(trust_safety(s->c, MESSAGE(s->c->now, &ask)), 0);
	return stage_ui(s, IPC_SAFETY, in);
}

static void
test_safety(void)
{
	const struct ipc_safety *safety;
	uint8_t own[FINGERPRINT_LEN];
	char digits[SAFETY_DIGITS];
	struct ipc_message_in in;
	struct stage s;

	begin(&s);
	for (int verified = 0; verified < 2; verified++) {
		if (verified)
			verify(&s, s.p->handle, true);
		safety = ask_safety(&s, s.p->handle, &in);
		CU_ASSERT_PTR_NOT_NULL_FATAL(safety);
		CU_ASSERT_EQUAL(safety->handle, s.p->handle);
		CU_ASSERT_EQUAL(safety->verified, verified);
		safety_number(digits, s.us->key.public_key,
		    s.them->key.public_key);
		identity_fingerprint(own, s.us->key.public_key);
		CU_ASSERT_EQUAL(memcmp(safety->digits, digits, sizeof(digits)),
		    0);
		CU_ASSERT_EQUAL(memcmp(safety->own, own, sizeof(own)), 0);
		CU_ASSERT_EQUAL(memcmp(safety->fingerprint, s.p->fingerprint,
				    FINGERPRINT_LEN),
		    0);
	}
	stage_close(&s);
}

/* Of a peer that left just now there is nothing to say, nor of one that has not
 * shown its key. */
static void
test_nobody(void)
{
	struct ipc_message_in in;
	struct stage s;
	peer_handle other;

	begin(&s);
	other = stage_list_other(&s, 1)->handle;
	CU_ASSERT_PTR_NULL(ask_safety(&s, other, &in));
	CU_ASSERT_PTR_NULL(ask_safety(&s, s.p->handle + 7, &in));
	verify(&s, other, true);
	verify(&s, s.p->handle + 7, true);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_VERIFIED), 0);
	CU_ASSERT_FALSE(trust_is_verified(s.p));
	CU_ASSERT_EQUAL(s.c->known->count, 1);
	stage_close(&s);
}

/* The mark of the user, and taken back. It is the key's, wherever its owner
 * is. */
static void
test_verified(void)
{
	const struct ipc_verified *told;
	struct ipc_message_in in;
	struct peer *elsewhere;
	struct stage s;

	begin(&s);
	elsewhere = stage_list_other(&s, 1);
	elsewhere->known = true;
	memcpy(elsewhere->static_key, s.p->static_key, X25519_LEN);
	stage_list_other(&s, 2)->known = true; /* another key */
	for (int verified = 1; verified >= 0; verified--) {
		verify(&s, s.p->handle, verified);
		told = stage_ui(&s, IPC_VERIFIED, &in);
		CU_ASSERT_PTR_NOT_NULL_FATAL(told);
		CU_ASSERT_EQUAL(told->handle, s.p->handle);
		CU_ASSERT_EQUAL(told->verified, verified);
		CU_ASSERT_EQUAL(trust_is_verified(s.p), verified);
		CU_ASSERT_EQUAL(trust_is_verified(elsewhere), verified);
		CU_ASSERT_EQUAL(s.p->verified, verified);
		CU_ASSERT_EQUAL(elsewhere->verified, verified);
		CU_ASSERT_FALSE(s.c->peers[2]->verified);
		CU_ASSERT_EQUAL(stage_told(&s, IPC_VERIFIED), 0);
	}
	stage_close(&s);
}

/* A key that was verified in another run: the peer is told so as soon as it has
 * shown it, and nobody is told again. */
static void
test_verified_before(void)
{
	struct ipc_peer_state last = { .handle = 0 };
	const struct ipc_peer_state *state;
	struct ipc_message_in in;
	struct stage s;

	stage_open(&s, true);
	known_peers_verify(s.c->known, s.them->key.public_key, "them", 4, true,
	    20000);
	stage_listed(&s);
	stage_connect(&s);
	while ((state = stage_ui(&s, IPC_PEER, &in)) != NULL)
		last = *state;
	CU_ASSERT_EQUAL(last.state, PEER_CONNECTED);
	CU_ASSERT_TRUE(last.verified);
	CU_ASSERT_TRUE(s.p->verified);
	CU_ASSERT_EQUAL(s.told[IPC_VERIFIED], 0);
	stage_close(&s);
}

/* A new ui is told of every key that is known, in the order of coming. */
static void
test_known(void)
{
	const uint8_t first[X25519_LEN] = { 1 }, second[X25519_LEN] = { 2 };
	uint8_t fingerprint[FINGERPRINT_LEN];
	const struct ipc_known_peer *k;
	struct ipc_message_in in;
	struct stage s;

	stage_open(&s, true);
	known_peers_note(s.c->known, first, "anna", 4, 20000);
	known_peers_verify(s.c->known, second, "bj", 2, true, 20000);
	trust_tell_ui(s.c);
	for (int i = 0; i < 2; i++) {
		k = stage_ui(&s, IPC_KNOWN_PEER, &in);
		CU_ASSERT_PTR_NOT_NULL_FATAL(k);
		identity_fingerprint(fingerprint, i == 0 ? first : second);
		CU_ASSERT_EQUAL(memcmp(k->fingerprint, fingerprint,
				    FINGERPRINT_LEN),
		    0);
		CU_ASSERT_EQUAL(k->verified, i);
		CU_ASSERT_EQUAL(in.tail_len, i == 0 ? 4 : 2);
		CU_ASSERT_EQUAL(memcmp(in.tail, i == 0 ? "anna" : "bj",
				    in.tail_len),
		    0);
	}
	CU_ASSERT_EQUAL(stage_told(&s, IPC_KNOWN_PEER), 0);
	stage_close(&s);
}

/* Days are counted as everybody does who reads the file. */
static void
test_day(void)
{
	const uint32_t before = (uint32_t)(time(NULL) / 86400);
	const struct known_key *k;
	struct stage s;

	begin(&s);
	k = known_peers_find(s.c->known, s.them->key.public_key);
	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	CU_ASSERT(k->first_day >= before);
	CU_ASSERT(k->first_day <= (uint32_t)(time(NULL) / 86400));
	stage_close(&s);
}

/* The file is read from time to time while somebody is connected whom another
 * gochat could mark; without a file there is nothing to wake up for. */
static void
test_when_read(void)
{
	struct folder f;
	struct stage s;

	begin(&s);
	CU_ASSERT_EQUAL(trust_deadline(s.c), CLOCK_NEVER);
	folder_open(&f);
	known_peers_open(s.c->known, f.fd, APPEND);
	s.c->now = s.c->known_read_at + KNOWN_READ_REST - 1;
	trust_timer(s.c);
	CU_ASSERT_EQUAL(trust_deadline(s.c),
	    s.c->now + 1 - KNOWN_READ_REST + KNOWN_READ_TIME);
	s.c->now++;
	trust_timer(s.c);
	CU_ASSERT_EQUAL(trust_deadline(s.c), s.c->now + KNOWN_READ_TIME);
	stage_path(&s, PATH_PROBING);
	CU_ASSERT_EQUAL(trust_deadline(s.c), CLOCK_NEVER);
	stage_close(&s);
	close(APPEND);
	folder_remove(&f);
}

void
trust_told_suite(void)
{
	CU_pSuite s = CU_add_suite("trust_told", crypto_setup, NULL);

	CU_add_test(s, "safety numbers", test_safety);
	CU_add_test(s, "of nobody", test_nobody);
	CU_add_test(s, "verified", test_verified);
	CU_add_test(s, "verified before", test_verified_before);
	CU_add_test(s, "known keys", test_known);
	CU_add_test(s, "of which day", test_day);
	CU_add_test(s, "when the file is read", test_when_read);
}
