/*
 * How many handshakes there may be with all peers together (attempts.c).
 */
#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>

void attempts_suite(void);

/* Another peer of the same client. */
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

/* A peer with a session's keys gets a place before those who have the room's
 * alone, and keeps it; within one kind, each has its second. */
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

void
attempts_suite(void)
{
	CU_pSuite suite = CU_add_suite("attempts", crypto_setup, NULL);

	CU_add_test(suite, "places for all peers", test_places);
}
