/*
 * The log of a room: what it remembers, what overtakes what, when it grows and
 * is full; and the order in which rooms announce their changes.
 */
#include "tests/unit/netd/bootnode/registry_stage.h"

#include <CUnit/CUnit.h>

void registry_log_suite(void);

static void
test_log(void)
{
	struct registry r;
	struct session *a, *b;
	struct room *room;
	struct remote to;

	registry_init(&r, 4096, 64, TIMEOUT);
	a = stage_join(&r, START, 1, 'x');
	b = stage_join(&r, START, 2, 'x');
	room = a->room;
	CU_ASSERT_TRUE(registry_has_since(room, 0));
	CU_ASSERT_FALSE(registry_has_since(room, 3));
	for (uint16_t port = 1; port <= ROOM_LOG_MIN; port++) {
		to = stage_ipv4(1, port);
		registry_announced(&r, START, room, room->version);
		CU_ASSERT_EQUAL(registry_move(&r, START, a, &to), 0);
	}
	CU_ASSERT_EQUAL(room->version, 2 + ROOM_LOG_MIN);
	CU_ASSERT_EQUAL(room->log_size, ROOM_LOG_MIN);
	CU_ASSERT_TRUE(registry_has_since(room, room->version));
	CU_ASSERT_TRUE(registry_has_since(room, 2));
	CU_ASSERT_FALSE(registry_has_since(room, 1));
	CU_ASSERT_EQUAL(registry_change(room, 3)->what, MEMBER_OVERTAKEN);
	/* A later move overtakes the one before; leaving, all of it. */
	CU_ASSERT_EQUAL(registry_change(room, 2 + ROOM_LOG_MIN)->what,
	    MEMBER_MOVED);
	registry_remove(&r, START, a, LEAVE_GRACEFUL);
	for (uint32_t v = 4; v <= 2 + ROOM_LOG_MIN; v++)
		CU_ASSERT_EQUAL(registry_change(room, v)->what,
		    MEMBER_OVERTAKEN);
	CU_ASSERT_EQUAL(registry_change(room, 3 + ROOM_LOG_MIN)->what,
	    MEMBER_LEFT);
	CU_ASSERT_EQUAL(registry_change(room, 3 + ROOM_LOG_MIN)->reason,
	    LEAVE_GRACEFUL);
	/* It grows with the room, keeps what it has, and not for ever. */
	for (uint32_t i = 3; i < 200; i++) {
		stage_join(&r, START, i, 'x');
		if (registry_log_full(room))
			CU_FAIL_FATAL("a burst of joins does not fit");
	}
	CU_ASSERT_EQUAL(room->log_size, 512);
	CU_ASSERT_EQUAL(registry_change(room, 3 + ROOM_LOG_MIN)->what,
	    MEMBER_LEFT);
	CU_ASSERT_TRUE(registry_has_since(room, room->version - 200));
	for (uint32_t i = 200; i < 3000; i++)
		stage_join(&r, START, i, 'x');
	CU_ASSERT_EQUAL(room->log_size, ROOM_LOG_MAX);
	CU_ASSERT_TRUE(registry_log_full(room));
	CU_ASSERT_TRUE(registry_has_since(room, room->version - ROOM_LOG_MAX));
	CU_ASSERT_FALSE(
	    registry_has_since(room, room->version - ROOM_LOG_MAX - 1));
	CU_ASSERT_PTR_EQUAL(b->room, room);
	stage_end(&r);
}

static void
test_dirty(void)
{
	struct registry r;
	struct session *a, *b;

	registry_init(&r, 256, 64, TIMEOUT);
	CU_ASSERT_EQUAL(registry_deadline(&r), CLOCK_NEVER);
	a = stage_join(&r, START, 1, 'x');
	b = stage_join(&r, START + 1000, 2, 'y');
	stage_join(&r, START + 2000, 3, 'x');
	/* The first change counts, not the last. */
	CU_ASSERT_EQUAL(registry_deadline(&r), START + ROOM_FLUSH_DELAY);
	CU_ASSERT_PTR_NULL(registry_due(&r, START + ROOM_FLUSH_DELAY - 1));
	CU_ASSERT_PTR_EQUAL(registry_due(&r, START + ROOM_FLUSH_DELAY),
	    a->room);
	registry_announced(&r, START + ROOM_FLUSH_DELAY, a->room, 1);
	CU_ASSERT_EQUAL(a->room->flush_at, START + 2 * ROOM_FLUSH_DELAY);
	CU_ASSERT_PTR_EQUAL(registry_due(&r, START + 2 * ROOM_FLUSH_DELAY),
	    b->room);
	/* A room that is gone is not due. */
	registry_remove(&r, START, b, LEAVE_GRACEFUL);
	CU_ASSERT_PTR_EQUAL(registry_due(&r, START + 2 * ROOM_FLUSH_DELAY),
	    a->room);
	registry_announced(&r, START, a->room, 2);
	CU_ASSERT_PTR_NULL(registry_due(&r, CLOCK_NEVER - 1));
	stage_end(&r);
}

/* A large room waits longer, and not in the way of a small one. */
static void
test_order(void)
{
	struct session *a = NULL, *b;
	struct registry r;

	registry_init(&r, 256, 64, TIMEOUT);
	for (uint32_t i = 0; i < 128; i++)
		a = stage_join(&r, START, i, 'x');
	registry_announced(&r, START, a->room, a->room->version);
	registry_touch(&r, START, a->room);
	CU_ASSERT_EQUAL(a->room->flush_at,
	    START + ROOM_FLUSH_DELAY + 2 * ROOM_FLUSH_PER_64);
	b = stage_join(&r, START + 1000, 200, 'y');
	CU_ASSERT_EQUAL(registry_deadline(&r), START + 1000 + ROOM_FLUSH_DELAY);
	CU_ASSERT_PTR_EQUAL(registry_due(&r, CLOCK_NEVER - 1), b->room);
	/* One that waits a little longer goes behind those before it. */
	registry_wait(&r, START + 2 * ROOM_FLUSH_PER_64, b->room);
	CU_ASSERT_PTR_EQUAL(registry_due(&r, CLOCK_NEVER - 1), a->room);
	registry_announced(&r, START, a->room, a->room->version);
	CU_ASSERT_PTR_EQUAL(registry_due(&r, CLOCK_NEVER - 1), b->room);
	CU_ASSERT_EQUAL(b->room->wait_until, START + 1000 + ROOM_FLUSH_MAX);
	stage_end(&r);
}

/* What the log says of its versions: a letter for each, from the first on. */
static void
check_log(const struct room *room, const char *want)
{
	static const char letters[] = {
		[MEMBER_JOINED] = 'j',
		[MEMBER_LEFT] = 'l',
		[MEMBER_MOVED] = 'm',
		[MEMBER_OVERTAKEN] = '-',
	};
	char have[ROOM_LOG_MAX + 1] = "";

	CU_ASSERT_FATAL(room->version <= ROOM_LOG_MAX);
	for (uint32_t v = 1; v <= room->version; v++)
		have[v - 1] = letters[registry_change(room, v)->what];
	CU_ASSERT_STRING_EQUAL(have, want);
}

static void
move(struct registry *r, struct session *s, uint16_t port)
{
	const struct remote to = stage_ipv4(77, port);

	CU_ASSERT_EQUAL(registry_move(r, START, s, &to), 0);
}

/* What a change makes needless to tell is overtaken, and nothing else: the one
 * before of the same peer and kind; all of a session that left or was replaced;
 * that it left, if it came again before anybody was told. */
static void
test_overtaken(void)
{
	struct remote from = stage_ipv4(1, 1);
	struct registry r;
	struct session *a, *b;
	struct room *room;
	uint32_t replaced;

	registry_init(&r, 256, 64, TIMEOUT);
	a = stage_join(&r, START, 1, 'x');
	b = stage_join(&r, START, 2, 'x');
	room = a->room;
	move(&r, a, 1);
	check_log(room, "jjm");
	move(&r, b, 2);
	move(&r, a, 3);
	check_log(room, "jj-mm");
	/* It comes again while it is here. */
	a = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(stage_admit(&r, START, a, 1, 'x', 2, &replaced),
	    VERDICT_OK);
	check_log(room, "-j-m-j");
	CU_ASSERT_EQUAL(a->joined, 6);
	CU_ASSERT_EQUAL(a->moved, 0);
	registry_remove(&r, START, a, LEAVE_TIMEOUT);
	check_log(room, "-j-m--l");
	CU_ASSERT_EQUAL(registry_change(room, 7)->reason, LEAVE_TIMEOUT);
	/* Nobody was told that it left. */
	a = stage_join(&r, START, 1, 'x');
	check_log(room, "-j-m---j");
	/* All were. */
	registry_remove(&r, START, a, LEAVE_GRACEFUL);
	registry_announced(&r, START, room, room->version);
	stage_join(&r, START, 1, 'x');
	check_log(room, "-j-m----lj");
	stage_end(&r);
}

/* The log grows when the room has more members than half its size, or when one
 * change more would be one too many that nobody was told of; it keeps what it
 * has. */
static void
test_grows(void)
{
	struct registry r;
	struct session *s = NULL;
	struct room *room;

	registry_init(&r, 256, 64, TIMEOUT);
	for (uint32_t i = 1; i <= 5; i++) {
		s = stage_join(&r, START, i, 'x');
		registry_announced(&r, START, s->room, s->room->version);
		CU_ASSERT_EQUAL(s->room->log_size,
		    i < 5 ? ROOM_LOG_MIN : 2 * ROOM_LOG_MIN);
	}
	check_log(s->room, "jjjjj");
	CU_ASSERT_TRUE(registry_has_since(s->room, 0));
	stage_end(&r);

	registry_init(&r, 256, 64, TIMEOUT);
	s = stage_join(&r, START, 1, 'x');
	room = s->room;
	registry_announced(&r, START, room, 1);
	for (uint16_t i = 2; i <= 8; i++)
		move(&r, s, i);
	CU_ASSERT_EQUAL(room->log_size, ROOM_LOG_MIN);
	CU_ASSERT_TRUE(registry_has_since(room, 0));
	move(&r, s, 9);
	CU_ASSERT_EQUAL(room->log_size, 2 * ROOM_LOG_MIN);
	CU_ASSERT_TRUE(registry_has_since(room, 0));
	check_log(room, "j-------m");
	stage_end(&r);
}

/* It is full if one more would push one out that nobody was told of, and that
 * happens only to the longest. */
static void
test_full(void)
{
	struct registry r;
	struct session *s;
	struct room *room;

	registry_init(&r, 256, 64, TIMEOUT);
	s = stage_join(&r, START, 1, 'x');
	room = s->room;
	for (uint32_t v = 2; v <= ROOM_LOG_MAX; v++) {
		CU_ASSERT_FALSE(registry_log_full(room));
		move(&r, s, (uint16_t)v);
	}
	CU_ASSERT_EQUAL(room->log_size, ROOM_LOG_MAX);
	CU_ASSERT_TRUE(registry_log_full(room));
	registry_announced(&r, START, room, 1);
	CU_ASSERT_FALSE(registry_log_full(room));
	stage_end(&r);
}

/* One room is told of at a time: that which was touched first, and those of
 * the same time in the order of their changes. */
static void
test_same_time(void)
{
	struct registry r;
	struct session *s[3];

	registry_init(&r, 256, 64, TIMEOUT);
	for (uint32_t i = 0; i < 3; i++)
		s[i] = stage_join(&r, START, i, (char)('x' + i));
	for (uint32_t i = 0; i < 3; i++) {
		struct room *room = registry_due(&r, START + ROOM_FLUSH_DELAY);

		CU_ASSERT_PTR_EQUAL(room, s[i]->room);
		registry_announced(&r, START, room, room->version);
		CU_ASSERT_EQUAL(room->flush_at, CLOCK_NEVER);
	}
	CU_ASSERT_PTR_NULL(registry_due(&r, CLOCK_NEVER - 1));
	/* What came since waits for its own time. */
	move(&r, s[1], 1);
	move(&r, s[1], 2);
	registry_announced(&r, START + 9, s[1]->room, 2);
	CU_ASSERT_EQUAL(s[1]->room->flush_at, START + 9 + ROOM_FLUSH_DELAY);
	CU_ASSERT_EQUAL(s[1]->room->wait_until, START + 9 + ROOM_FLUSH_MAX);
	CU_ASSERT_EQUAL(s[1]->room->touched, START + 9);
	stage_end(&r);
}

/* A room in which nothing has happened for long remembers no changes, as its
 * next heartbeat finds. One that comes then begins a new log. */
static void
test_rests(void)
{
	const uint64_t late = START + ROOM_LOG_KEPT;
	struct session *a, *b;
	struct registry r;
	struct room *room;

	registry_init(&r, 256, 64, TIMEOUT);
	a = stage_join(&r, START, 1, 'x');
	b = stage_join(&r, START, 2, 'x');
	room = a->room;
	registry_heard(&r, late, a);
	CU_ASSERT_PTR_NOT_NULL(room->log); /* nobody was told yet */
	registry_announced(&r, START, room, room->version);
	registry_heard(&r, late - 1, a);
	CU_ASSERT_TRUE(registry_has_since(room, 0));
	registry_heard(&r, late, a);
	CU_ASSERT_PTR_NULL(room->log);
	CU_ASSERT_TRUE(registry_has_since(room, room->version));
	CU_ASSERT_FALSE(registry_has_since(room, room->version - 1));
	registry_heard(&r, late, b);
	stage_join(&r, late, 3, 'x');
	CU_ASSERT_TRUE(registry_has_since(room, 2));
	CU_ASSERT_FALSE(registry_has_since(room, 1));
	CU_ASSERT_EQUAL(registry_change(room, 3)->what, MEMBER_JOINED);
	/* The log that is gone is no one's to write to. */
	registry_announced(&r, late, room, room->version);
	registry_heard(&r, late + ROOM_LOG_KEPT, a);
	registry_remove(&r, late + ROOM_LOG_KEPT, b, LEAVE_GRACEFUL);
	CU_ASSERT_EQUAL(registry_change(room, 4)->what, MEMBER_LEFT);
	CU_ASSERT_FALSE(registry_has_since(room, 2));
	stage_end(&r);
}

#define ROOMS 1000

/* A room of its own for each of them. */
static struct session *
alone(struct registry *r, uint32_t peer)
{
	const struct remote from = stage_ipv4(peer, 1);
	struct session *s = stage_begin(r, START, &from);
	struct ipc_join_opened opened = stage_opened(s, peer, 'x', 1);
	uint32_t replaced;

	memcpy(opened.tag.bytes + 1, &peer, sizeof(peer));
	CU_ASSERT_EQUAL(registry_admit(r, START, s, &opened,
			    (const uint8_t *)"card", 4, STAGE_RANDOM,
			    &replaced),
	    VERDICT_OK);
	return s;
}

/* The memory of logs that are forgotten goes back to the system. */
static void
test_memory(void)
{
	const uint64_t late = START + ROOM_LOG_KEPT;
	static struct session *s[ROOMS];
	struct registry r;

	registry_init(&r, 256, 64, TIMEOUT);
	for (uint32_t i = 0; i < ROOMS; i++) {
		s[i] = alone(&r, i + 1);
		registry_announced(&r, START, s[i]->room, 1);
	}
	CU_ASSERT(r.log_slab.chunks * SLAB_CHUNK >
	    ROOMS * ROOM_LOG_MIN * sizeof(struct change));
	for (uint32_t i = 0; i < ROOMS; i++)
		registry_heard(&r, late, s[i]);
	CU_ASSERT_EQUAL(r.log_slab.chunks, 1);
	stage_end(&r);
}

void
registry_log_suite(void)
{
	CU_pSuite suite = CU_add_suite("registry_log", NULL, NULL);

	CU_add_test(suite, "log of changes", test_log);
	CU_add_test(suite, "what is overtaken", test_overtaken);
	CU_add_test(suite, "it grows", test_grows);
	CU_add_test(suite, "it is full", test_full);
	CU_add_test(suite, "it rests", test_rests);
	CU_add_test(suite, "memory of logs", test_memory);
	CU_add_test(suite, "rooms to announce", test_dirty);
	CU_add_test(suite, "rooms in order", test_order);
	CU_add_test(suite, "rooms of one time", test_same_time);
}
