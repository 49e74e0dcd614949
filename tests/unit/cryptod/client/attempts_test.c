/*
 * How many handshakes a client may have under way with all peers together
 * (attempts.c).
 */
#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>

void attempts_suite(void);

/* Adds another peer of the same client. */
static struct peer *
add_peer(struct stage *s, peer_handle n)
{
	struct peer *p = calloc(1, sizeof(*p));

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	p->client = s->c;
	p->config = s->p->config;
	p->config.them.bytes[1] ^= (uint8_t)(n + 1);
	p->handle = s->p->handle + n + 1;
	p->state = PEER_CONNECTING;
	s->c->peers[PEER_INDEX(p->handle)] = p;
	return p;
}

static bool
by_room(struct peer *p, uint64_t id)
{
	return attempts_new(p, id, ATTEMPT_BY_ROOM, false) != NULL;
}

static bool
by_session(struct peer *p, uint64_t id)
{
	return attempts_new(p, id, ATTEMPT_BY_SESSION, true) != NULL;
}

/* A peer with a session's keys gets a place before those who have only the
 * room's, and keeps it; among equals, each keeps its place for a second. */
static void
test_places(void)
{
	struct peer *others[2 * ATTEMPTS_ALL];
	struct stage s;

	stage_open(&s, false);
	stage_listed(&s);
	for (peer_handle i = 0; i < 2 * ATTEMPTS_ALL; i++)
		others[i] = add_peer(&s, i);
	for (size_t i = 0; i < ATTEMPTS_ALL; i++)
		CU_ASSERT_TRUE(by_room(others[i], 1));
	CU_ASSERT_FALSE(by_room(others[ATTEMPTS_ALL], 1));
	CU_ASSERT_TRUE(by_session(s.p, 7));
	CU_ASSERT_PTR_NULL(attempts_find(others[0], 1, false));
	CU_ASSERT_PTR_NOT_NULL(attempts_find(others[1], 1, false));

	s.c->now += ATTEMPTS_WITHIN;
	for (size_t i = ATTEMPTS_ALL; i < 2 * ATTEMPTS_ALL - 1; i++)
		CU_ASSERT_TRUE(by_room(others[i], 1));
	CU_ASSERT_PTR_NULL(attempts_find(others[ATTEMPTS_ALL - 1], 1, false));
	CU_ASSERT_PTR_NOT_NULL(attempts_find(s.p, 7, true));

	for (size_t i = 0; i < ATTEMPTS_ALL - 1; i++)
		CU_ASSERT_TRUE(by_session(others[i], 2));
	CU_ASSERT_FALSE(by_room(others[2 * ATTEMPTS_ALL - 1], 2));
	CU_ASSERT_TRUE(by_session(others[ATTEMPTS_ALL], 2));
	CU_ASSERT_PTR_NULL(attempts_find(s.p, 7, true));
	CU_ASSERT_FALSE(by_session(others[ATTEMPTS_ALL + 1], 2));
	stage_close(&s);
}

/* One place takes another only after a while, and the places of one peer do not
 * wait for each other. */
static void
test_within(void)
{
	struct attempt *first, *second;
	struct stage s;

	stage_open(&s, false);
	stage_listed(&s);
	first = attempts_new(s.p, 1, ATTEMPT_ON_PATH, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_EQUAL(first->started, s.c->now);
	s.c->now += ATTEMPTS_WITHIN - 1;
	CU_ASSERT_PTR_NULL(attempts_new(s.p, 2, ATTEMPT_ON_PATH, false));
	CU_ASSERT_TRUE(by_room(s.p, 2));
	CU_ASSERT_TRUE(by_session(s.p, 3));
	attempts_drop(s.p, first); /* that it is over does not make it less */
	CU_ASSERT_PTR_NULL(attempts_find(s.p, 1, false));
	CU_ASSERT_PTR_NULL(attempts_new(s.p, 4, ATTEMPT_ON_PATH, false));
	s.c->now++;
	second = attempts_new(s.p, 5, ATTEMPT_ON_PATH, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	CU_ASSERT_PTR_EQUAL(attempts_find(s.p, 5, false), second);
	CU_ASSERT_PTR_NOT_NULL(attempts_find(s.p, 2, false));
	CU_ASSERT_PTR_NOT_NULL(attempts_find(s.p, 3, true));
	CU_ASSERT_PTR_NULL(attempts_find(s.p, 2, true));
	CU_ASSERT_PTR_NULL(attempts_find(s.p, 3, false));
	attempts_end(s.p);
	stage_close(&s);
}

/* By the serial of its session, which it has once both sides have its keys. */
static void
test_of_serial(void)
{
	struct attempt *a;
	struct stage s;

	stage_open(&s, false);
	stage_listed(&s);
	CU_ASSERT_TRUE(by_room(s.p, 1));
	CU_ASSERT_TRUE(by_session(s.p, 2));
	CU_ASSERT_PTR_NULL(attempts_of(s.p, 0));
	a = attempts_find(s.p, 2, true);
	a->serial = 7;
	CU_ASSERT_PTR_EQUAL(attempts_of(s.p, 7), a);
	CU_ASSERT_PTR_NULL(attempts_of(s.p, 6));
	CU_ASSERT_PTR_NULL(attempts_of(s.p, 0));
	CU_ASSERT_PTR_NULL(attempts_own(s.p)); /* who answers has none */
	attempts_end(s.p);
	stage_close(&s);
}

/* Those that have had their time end; a younger one goes on. */
static void
test_old(void)
{
	struct stage s;

	stage_open(&s, false);
	stage_listed(&s);
	CU_ASSERT_TRUE(by_room(s.p, 1));
	s.c->now += 10;
	CU_ASSERT_TRUE(by_session(s.p, 2));
	attempts_drop_old(s.p, 11);
	CU_ASSERT_PTR_NOT_NULL(attempts_find(s.p, 1, false));
	attempts_drop_old(s.p, 10);
	CU_ASSERT_PTR_NULL(attempts_find(s.p, 1, false));
	CU_ASSERT_PTR_NOT_NULL(attempts_find(s.p, 2, true));
	attempts_end(s.p);
	CU_ASSERT_PTR_NULL(attempts_find(s.p, 2, true));
	stage_close(&s);
}

/* When all places are taken by one kind, the oldest of it makes way for another
 * of it, if that has had its time. */
static void
check_oldest(bool (*begin)(struct peer *, uint64_t id), bool session)
{
	struct peer *others[ATTEMPTS_ALL + 1];
	struct stage s;

	stage_open(&s, false);
	stage_listed(&s);
	for (peer_handle i = 0; i <= ATTEMPTS_ALL; i++)
		others[i] = add_peer(&s, i);
	/* One over a path has a place of its own. */
	CU_ASSERT_PTR_NOT_NULL(attempts_new(s.p, 1, ATTEMPT_ON_PATH, session));
	for (size_t i = 0; i < ATTEMPTS_ALL; i++) {
		s.c->now += 10;
		CU_ASSERT_TRUE(begin(others[i], 1));
	}
	attempts_find(others[5], 1, session)->started = s.c->now - 1000;
	s.c->now += ATTEMPTS_WITHIN - 1001;
	CU_ASSERT_FALSE(begin(others[ATTEMPTS_ALL], 1));
	s.c->now++;
	CU_ASSERT_TRUE(begin(others[ATTEMPTS_ALL], 1));
	CU_ASSERT_PTR_NULL(attempts_find(others[5], 1, session));
	for (size_t i = 0; i < ATTEMPTS_ALL; i++)
		CU_ASSERT_EQUAL(attempts_find(others[i], 1, session) == NULL,
		    i == 5);
	stage_close(&s);
}

static void
test_oldest(void)
{
	check_oldest(by_room, false);
	check_oldest(by_session, true);
}

void
attempts_suite(void)
{
	CU_pSuite suite = CU_add_suite("attempts", crypto_setup, NULL);

	CU_add_test(suite, "places for all peers", test_places);
	CU_add_test(suite, "one after another", test_within);
	CU_add_test(suite, "of a serial", test_of_serial);
	CU_add_test(suite, "old ones", test_old);
	CU_add_test(suite, "the oldest makes way", test_oldest);
}
