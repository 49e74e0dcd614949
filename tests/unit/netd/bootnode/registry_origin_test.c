/*
 * What each source of sessions may have in the registry: JOINs under way,
 * sessions, a share of a room, and what it is told unasked; and that nothing
 * is kept of a source that has nothing here.
 */
#include "tests/unit/netd/bootnode/registry_stage.h"

#include <CUnit/CUnit.h>

void registry_origin_suite(void);

/* The JOINs of one more source that may be under way, up to most. */
static uint32_t
begins(struct registry *r, const struct remote *from, uint32_t most)
{
	struct session *s;
	uint32_t n = 0;

	while (n < most && registry_begin(r, START, from, 1, &s) == VERDICT_OK)
		n++;
	return n;
}

/* Of JOINs under way a /64 has its limit, and a /48 four times that. One that
 * is refused leaves nothing behind. */
static void
test_pending(void)
{
	struct remote from, other = stage_ipv6(2, 0, 1);
	struct session *first, *s;
	struct registry r;

	registry_init(&r, 256, 3, TIMEOUT);
	from = stage_ipv6(1, 0, 1);
	first = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(begins(&r, &from, 9), 2);
	for (uint8_t block = 1; block < 4; block++) {
		from = stage_ipv6(1, block, 1);
		CU_ASSERT_EQUAL(begins(&r, &from, 9), 3);
	}
	from = stage_ipv6(1, 4, 1);
	CU_ASSERT_EQUAL(registry_begin(&r, START, &from, 1, &s), VERDICT_DROP);
	CU_ASSERT_EQUAL(begins(&r, &other, 9), 3);
	/* One that is opened, or given up, makes room for one. */
	registry_abandon(&r, first);
	CU_ASSERT_EQUAL(begins(&r, &from, 9), 1);
	/* Nothing is left of a source without sessions. */
	stage_end(&r);
}

/* The verdict on one more peer, from there, in a room of its own. */
static enum verdict
enters(struct registry *r, const struct remote *from, uint32_t peer,
    uint32_t attempt)
{
	struct session *s = stage_begin(r, START, from);
	uint32_t replaced;
	enum verdict v = stage_admit(r, START, s, peer, (char)('a' + peer),
	    attempt, &replaced);

	if (v != VERDICT_OK)
		registry_release(r, s);
	return v;
}

/* The same of sessions. Who comes again gives up the session that it has, and
 * is not over the limit by it. */
static void
test_sessions(void)
{
	struct remote from = stage_ipv6(1, 0, 1), other = stage_ipv6(2, 0, 1);
	struct registry r;

	registry_init(&r, 256, 2, TIMEOUT);
	CU_ASSERT_EQUAL(enters(&r, &other, 20, 1), VERDICT_OK);
	for (uint32_t peer = 0; peer < 8; peer++) {
		from = stage_ipv6(1, (uint8_t)(peer / 2), 1);
		CU_ASSERT_EQUAL(enters(&r, &from, peer, 1), VERDICT_OK);
		/* Whoever else is there, its /64 is full. */
		if (peer % 2 == 1)
			CU_ASSERT_EQUAL(enters(&r, &from, 10, 1),
			    VERDICT_ADDRESS_FULL);
	}
	CU_ASSERT_EQUAL(enters(&r, &from, 7, 2), VERDICT_OK);
	CU_ASSERT_EQUAL(enters(&r, &from, 20, 2), VERDICT_ADDRESS_FULL);
	/* A fifth /64 of the full /48: nobody new, nor who comes from another
	 * /48, but who moves within it. */
	from = stage_ipv6(1, 4, 1);
	CU_ASSERT_EQUAL(enters(&r, &from, 10, 1), VERDICT_ADDRESS_FULL);
	CU_ASSERT_EQUAL(enters(&r, &from, 20, 2), VERDICT_ADDRESS_FULL);
	CU_ASSERT_EQUAL(enters(&r, &from, 0, 2), VERDICT_OK);
	CU_ASSERT_EQUAL(enters(&r, &from, 2, 2), VERDICT_OK);
	/* That one has its two, and the one that it left has none. */
	CU_ASSERT_EQUAL(enters(&r, &from, 4, 2), VERDICT_ADDRESS_FULL);
	stage_end(&r);
}

/* How many of a source's peers a room of others takes, of most that try; with
 * blocks, each is in a /64 of its own. */
static uint32_t
taken(uint32_t max_peers, uint32_t max_per_address, uint32_t others,
    bool blocks, uint32_t most)
{
	struct registry r;
	uint32_t count = 0, replaced;

	registry_init(&r, max_peers, max_per_address, TIMEOUT);
	for (uint32_t i = 0; i < others; i++)
		stage_join(&r, START, 1000 + i, 'x');
	for (uint32_t i = 0; i < most; i++) {
		struct remote from =
		    stage_ipv6(1, blocks ? (uint8_t)i : 0, (uint8_t)i);
		struct session *s = stage_begin(&r, START, &from);

		if (stage_admit(&r, START, s, i, 'x', 1, &replaced) ==
		    VERDICT_OK)
			count++;
		else
			registry_release(&r, s);
	}
	stage_end(&r);
	return count;
}

/* A source has its share of the places that others leave free, with 64 a
 * quarter, and at least 16; a site has twice as many. */
static void
test_share(void)
{
	CU_ASSERT_EQUAL(taken(256, 64, 0, false, 100), 64);
	CU_ASSERT_EQUAL(taken(256, 64, 56, false, 100), 50);
	CU_ASSERT_EQUAL(taken(256, 64, 60, false, 100), 49);
	CU_ASSERT_EQUAL(taken(256, 128, 156, false, 100), 50);
	CU_ASSERT_EQUAL(taken(256, 64, 188, false, 100), 17);
	CU_ASSERT_EQUAL(taken(256, 64, 189, false, 100), 16);
	CU_ASSERT_EQUAL(taken(256, 64, 230, false, 100), 16);
	CU_ASSERT_EQUAL(taken(256, 64, 250, false, 100), 6); /* it is full */
	CU_ASSERT_EQUAL(taken(256, 64, 230, true, 100), 26);
	CU_ASSERT_EQUAL(taken(256, 64, 56, true, 100), 66);
	CU_ASSERT_EQUAL(taken(64, 64, 0, true, 64), 32);
	/* With 256 and more it is all that there is, and never more. */
	CU_ASSERT_EQUAL(taken(128, 256, 28, false, 200), 100);
	CU_ASSERT_EQUAL(taken(128, 1024, 28, true, 200), 67);
}

/* Who comes again from where it is takes no place more of the share, and from
 * elsewhere it does. */
static void
test_share_again(void)
{
	struct remote from = stage_ipv4(1, 1), other = stage_ipv4(2, 1);
	struct registry r;
	struct session *s;
	uint32_t replaced;

	registry_init(&r, 64, 64, TIMEOUT);
	for (uint32_t i = 0; i < 16; i++)
		stage_join_from(&r, START, &from, i, 'x');
	stage_join_from(&r, START, &other, 50, 'x');
	s = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 50, 'x', 2, &replaced),
	    VERDICT_ADDRESS_FULL);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 3, 'x', 2, &replaced),
	    VERDICT_OK);
	/* From another source in its place there is one fewer. */
	s = stage_begin(&r, START, &other);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 3, 'x', 3, &replaced),
	    VERDICT_OK);
	s = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 50, 'x', 2, &replaced),
	    VERDICT_OK);
	stage_end(&r);
}

/* --- What it is told ------------------------------------------------------ */

/* Tells it so many bytes, and that it may then be told no more. */
static void
tell_last(const struct session *s, uint64_t now, uint64_t bytes)
{
	CU_ASSERT_FALSE(registry_block_tell(s, now, bytes + 1));
	CU_ASSERT_TRUE(registry_block_tell(s, now, bytes));
	CU_ASSERT_FALSE(registry_block_tell(s, now, 1));
}

/* A block has its burst, which its sessions share, and what they earn, up to
 * the burst. */
static void
test_tell(void)
{
	struct remote a = stage_ipv6(1, 0, 1), b = stage_ipv6(1, 0, 2),
		      c = stage_ipv6(1, 1, 1);
	struct session *s, *same, *other;
	struct registry r;

	registry_init(&r, 256, 64, TIMEOUT);
	s = stage_join_from(&r, START, &a, 1, 'x');
	same = stage_join_from(&r, START, &b, 2, 'x');
	other = stage_join_from(&r, START, &c, 3, 'x');
	CU_ASSERT_TRUE(registry_block_tell(s, START, 1000));
	tell_last(same, START, TELL_BURST - 1000);
	CU_ASSERT_FALSE(registry_block_tell(s, START, 1));
	registry_block_earn(s, 300);
	registry_block_earn(same, 200);
	tell_last(s, START, 500);
	registry_block_earn(s, TELL_BURST + 1);
	tell_last(s, START, TELL_BURST);
	tell_last(other, START, TELL_BURST);
	CU_ASSERT_PTR_EQUAL(registry_block_relay(s),
	    registry_block_relay(same));
	CU_ASSERT_PTR_NOT_EQUAL(registry_block_relay(s),
	    registry_block_relay(other));
	stage_end(&r);
}

/* A peer comes from there, is told so many bytes, and leaves; what it may be
 * told beyond is what is expected. */
static void
visit(struct registry *r, uint64_t now, const struct remote *from,
    uint64_t bytes, uint64_t then)
{
	struct session *s = stage_join_from(r, now, from, 1, 'x');

	if (bytes > 0)
		CU_ASSERT_TRUE(registry_block_tell(s, now, bytes));
	CU_ASSERT_FALSE(registry_block_tell(s, now, then + 1));
	registry_remove(r, now, s, LEAVE_GRACEFUL);
}

/* What a source was told is known for a while after it has gone: it gets no
 * second burst by coming again. */
static void
test_told(void)
{
	struct remote from = stage_ipv4(1, 1), other = stage_ipv4(2, 1);
	static const struct recent_entry unused[RECENT_PLACES_MIN];
	const uint64_t end = START + TELL_KNOWN_FOR;
	struct registry r;
	struct session *s;

	registry_init(&r, 256, 64, TIMEOUT);
	CU_ASSERT_EQUAL_FATAL(recent_init(&r.told, RECENT_PLACES_MIN), 0);
	/* Nothing is known of a source that was told nothing. */
	visit(&r, START, &other, 0, TELL_BURST);
	CU_ASSERT_EQUAL(memcmp(r.told.places, unused, sizeof(unused)), 0);
	visit(&r, START, &from, 1000, TELL_BURST - 1000);
	visit(&r, START, &other, 0, TELL_BURST);
	/* That it came again does not make it be known for longer. */
	visit(&r, end - 2, &from, 0, TELL_BURST - 1000);
	s = stage_join_from(&r, end - 1, &from, 1, 'x');
	CU_ASSERT_FALSE(registry_block_tell(s, end - 1, TELL_BURST - 999));
	registry_remove(&r, end - 1, s, LEAVE_GRACEFUL);
	s = stage_join_from(&r, end, &from, 1, 'x');
	tell_last(s, end, TELL_BURST);
	registry_remove(&r, end, s, LEAVE_GRACEFUL);
	/* Once it has earned all again, nothing is known of it. */
	s = stage_join_from(&r, end + 1, &from, 1, 'x');
	CU_ASSERT_FALSE(registry_block_tell(s, end + 1, 1));
	registry_block_earn(s, TELL_BURST);
	registry_remove(&r, end + 1, s, LEAVE_GRACEFUL);
	s = stage_join_from(&r, end + 2, &from, 1, 'x');
	tell_last(s, end + 2, TELL_BURST);
	stage_end(&r);
	recent_clear(&r.told);
}

/* --- How many are there --------------------------------------------------- */

static void
test_counts(void)
{
	struct remote a = stage_ipv6(1, 0, 1), b = stage_ipv6(1, 0, 2),
		      c = stage_ipv4(1, 1), d = stage_ipv4(1, 2);
	struct session *s, *p;
	struct registry r;

	registry_init(&r, 256, 64, TIMEOUT);
	s = stage_join_from(&r, START, &a, 1, 'x');
	CU_ASSERT_EQUAL(registry_from_block(s), 1);
	stage_join_from(&r, START, &b, 2, 'x');
	stage_join_from(&r, START, &a, 3, 'y');
	CU_ASSERT_EQUAL(registry_from_block(s), 3);
	CU_ASSERT_EQUAL(registry_from_ip(&r, s), 2);
	/* Of an IPv4 address all are from the very same. */
	stage_join_from(&r, START, &c, 4, 'x');
	s = stage_join_from(&r, START, &d, 5, 'y');
	CU_ASSERT_EQUAL(registry_from_block(s), 2);
	CU_ASSERT_EQUAL(registry_from_ip(&r, s), 2);
	/* One that is not in a room yet is not counted. */
	p = stage_begin(&r, START, &c);
	CU_ASSERT_EQUAL(registry_from_block(p), 2);
	CU_ASSERT_EQUAL(registry_from_ip(&r, p), 2);
	/* A move is from one source to another. */
	CU_ASSERT_EQUAL(registry_move(&r, START, s, &a), 0);
	CU_ASSERT_EQUAL(registry_from_block(s), 4);
	CU_ASSERT_EQUAL(registry_from_ip(&r, s), 3);
	CU_ASSERT_EQUAL(registry_from_block(p), 1);
	stage_end(&r);
}

/* Of an IPv6 address, those are counted that are among the last that were
 * heard: a million others cost nothing. */
static void
test_counts_last(void)
{
	struct remote from = stage_ipv6(1, 0, 1), other;
	struct session *s;
	struct registry r;

	registry_init(&r, 256, 64, TIMEOUT);
	s = stage_join_from(&r, START, &from, 1, 'x');
	for (uint32_t i = 0; i < FROM_IP_MOST; i++) {
		other = stage_ipv4(i + 1, 1);
		stage_join_from(&r, START, &other, i + 2, (char)(' ' + i % 64));
		CU_ASSERT_EQUAL(registry_from_ip(&r, s), i + 1 < FROM_IP_MOST);
	}
	registry_heard(&r, START, s);
	CU_ASSERT_EQUAL(registry_from_ip(&r, s), 1);
	stage_end(&r);
}

void
registry_origin_suite(void)
{
	CU_pSuite suite = CU_add_suite("registry_origin", NULL, NULL);

	CU_add_test(suite, "JOINs under way", test_pending);
	CU_add_test(suite, "sessions", test_sessions);
	CU_add_test(suite, "a share of a room", test_share);
	CU_add_test(suite, "a share of who comes again", test_share_again);
	CU_add_test(suite, "told unasked", test_tell);
	CU_add_test(suite, "told before", test_told);
	CU_add_test(suite, "how many there are", test_counts);
	CU_add_test(suite, "of those heard last", test_counts_last);
}
