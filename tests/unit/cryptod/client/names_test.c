/*
 * Nicknames of peers that come without a text (names.c): ui is told of them,
 * but of a few in a minute at most, and then of the last.
 */
#include "cryptod/client/names.h"
#include "cryptod/client/pump.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void names_suite(void);

static void
begin(struct stage *s)
{
	stage_open(s, true);
	s->c->now = NICKS_TIME;
	stage_listed(s);
	stage_connect(s);
	stage_take(s);
}

static void
rename_to(struct stage *s, const char *nick)
{
	names_renamed(s->p, (const uint8_t *)nick, strlen(nick));
}

/* ui is told of the peer by this name; or it is not told of it. */
static void
expect_nick(struct stage *s, const char *nick)
{
	const struct ipc_peer_state *state;
	struct ipc_message_in in;

	state = stage_ui(s, IPC_PEER, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(state);
	CU_ASSERT_EQUAL(state->state, PEER_CONNECTED);
	CU_ASSERT_EQUAL(in.tail_len, strlen(nick));
	CU_ASSERT_EQUAL(memcmp(in.tail, nick, strlen(nick)), 0);
}

static void
expect_quiet(struct stage *s)
{
	CU_ASSERT_EQUAL(stage_told(s, IPC_PEER), 0);
}

static void
test_told(void)
{
	const struct known_key *k;
	struct stage s;

	begin(&s);
	rename_to(&s, "one");
	expect_nick(&s, "one");
	k = known_peers_find(s.c->known, s.them->key.public_key);
	CU_ASSERT(k->nick_len == 3 && memcmp(k->nick, "one", 3) == 0);
	rename_to(&s, "one"); /* nothing new */
	expect_quiet(&s);
	rename_to(&s, "ones"); /* what begins alike is another */
	expect_nick(&s, "ones");
	rename_to(&s, "onex");
	expect_nick(&s, "onex");
	stage_close(&s);
}

/* While it is not connected, ui is told with its next state. */
static void
test_not_connected(void)
{
	struct stage s;

	begin(&s);
	stage_path(&s, PATH_PROBING);
	stage_take(&s);
	rename_to(&s, "one");
	expect_quiet(&s);
	stage_path(&s, PATH_UP);
	expect_nick(&s, "one");
	stage_close(&s);
}

/* More than that wait for the end of the minute. The last one counts; and none,
 * if the peer has taken back its name by then. */
static void
test_few_in_a_minute(void)
{
	char nick[16];
	struct stage s;

	begin(&s);
	for (int i = 0; i < NICKS_MAX; i++) {
		snprintf(nick, sizeof(nick), "n%d", i);
		rename_to(&s, nick);
		expect_nick(&s, nick);
	}
	rename_to(&s, "next");
	rename_to(&s, "last");
	s.c->now += NICKS_TIME - 1;
	names_pump(s.p);
	expect_quiet(&s);
	s.c->now++;
	names_pump(s.p);
	expect_nick(&s, "last");
	names_pump(s.p);
	expect_quiet(&s);
	for (int i = 0; i < NICKS_MAX; i++) {
		snprintf(nick, sizeof(nick), "m%d", i);
		rename_to(&s, nick);
	}
	stage_take(&s);
	rename_to(&s, "m3"); /* m4 was one too many */
	s.c->now += NICKS_TIME;
	names_pump(s.p);
	expect_quiet(&s);
	CU_ASSERT(s.p->nick_len == 2 && memcmp(s.p->nick, "m3", 2) == 0);
	stage_close(&s);
}

/* Texts under the name that it has take none of those in a minute. */
static void
test_same_name(void)
{
	struct stage s;

	begin(&s);
	for (uint64_t seq = 1; seq <= NICKS_MAX + 1; seq++)
		stage_hear(&s, seq, "hello");
	stage_take(&s);
	CU_ASSERT_EQUAL(s.p->nicks, 0);
	rename_to(&s, "one");
	expect_nick(&s, "one");
	stage_close(&s);
}

/* Ours is for every peer to hear, and what each handshake says of us. */
static void
test_ours(void)
{
	struct peer *other;
	struct stage s;

	begin(&s);
	other = stage_list_other(&s, 1);
	CU_ASSERT_FALSE(s.p->nick_due || other->nick_due);
	names_rename(s.c, (const uint8_t *)"somebody", 8);
	CU_ASSERT_TRUE(s.p->nick_due && other->nick_due);
	CU_ASSERT_EQUAL(s.p->config.nick_len, 8);
	CU_ASSERT_EQUAL(s.c->config.nick_len, 8);
	CU_ASSERT_EQUAL(memcmp(s.p->config.nick, "somebody", 8), 0);
	stage_close(&s);
}

/* A name is for what is said after it: it waits for what was said before and
 * could not be sent yet. */
static void
test_after_texts(void)
{
	const struct ipc_say say = { .seq = 1, .nick_len = 1 };
	struct stage s;

	begin(&s);
	s.c->boot.ever_joined = false; /* so it waits */
	CU_ASSERT_EQUAL(outbox_say(&s.c->outbox, &say, "nx", 2, NULL, 0), 0);
	names_rename(s.c, (const uint8_t *)"new", 3);
	pump_all(s.c);
	stage_exchange(&s, s.them);
	CU_ASSERT_EQUAL(s.them->nicks, 0);
	CU_ASSERT_TRUE(s.p->nick_due);
	s.c->boot.ever_joined = true;
	pump_all(s.c);
	stage_exchange(&s, s.them);
	CU_ASSERT_EQUAL(s.them->heard, 1);
	CU_ASSERT_EQUAL(s.them->nicks, 1);
	pump_all(s.c);
	stage_exchange(&s, s.them);
	CU_ASSERT_EQUAL(s.them->nicks, 1); /* once */
	stage_close(&s);
}

void
names_suite(void)
{
	CU_pSuite s = CU_add_suite("names", crypto_setup, NULL);

	CU_add_test(s, "told", test_told);
	CU_add_test(s, "not connected", test_not_connected);
	CU_add_test(s, "a few in a minute", test_few_in_a_minute);
	CU_add_test(s, "the same name", test_same_name);
	CU_add_test(s, "ours", test_ours);
	CU_add_test(s, "after what was said", test_after_texts);
}
