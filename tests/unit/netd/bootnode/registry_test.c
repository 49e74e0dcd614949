/*
 * The registry by itself, with a made-up clock: joining, versions, logs,
 * limits, timeouts, and slots.
 */
#include "netd/bootnode/registry.h"

#include <CUnit/CUnit.h>

void registry_suite(void);

#define START	(100 * USEC_PER_SEC)
#define TIMEOUT (15 * USEC_PER_SEC)

static struct remote
ipv4(uint32_t host, uint16_t port)
{
	struct remote a = {
		.addr.ip = { [10] = 0xff, [11] = 0xff, [12] = 10 }
	};

	a.addr.ip[13] = (uint8_t)(host >> 16);
	a.addr.ip[14] = (uint8_t)(host >> 8);
	a.addr.ip[15] = (uint8_t)host;
	a.addr.port = port;
	return a;
}

static struct session *
begin(struct registry *r, uint64_t now, const struct remote *from)
{
	struct session *s = NULL;

	CU_ASSERT_EQUAL_FATAL(registry_begin(r, now, from, 1, &s), VERDICT_OK);
	return s;
}

static enum verdict
admit_by(struct registry *r, uint64_t now, struct session *s, uint32_t peer,
    char tag, uint32_t attempt, uint64_t random, uint32_t *replaced)
{
	struct ipc_join_opened join = { .slot = s->slot, .attempt = attempt };

	memcpy(join.id.bytes, &peer, sizeof(peer));
	join.tag.bytes[0] = (uint8_t)tag;
	return registry_admit(r, now, s, &join, (const uint8_t *)"card", 4,
	    random, replaced);
}

static enum verdict
admit(struct registry *r, uint64_t now, struct session *s, uint32_t peer,
    char tag, uint32_t attempt, uint32_t *replaced)
{
	return admit_by(r, now, s, peer, tag, attempt, 0xfedcba9876543210,
	    replaced);
}

/* All of a join, from an address of the peer's own. */
static struct session *
join_by(struct registry *r, uint64_t now, uint32_t peer, char tag,
    uint64_t random)
{
	struct remote from = ipv4(peer, 4545);
	struct session *s = begin(r, now, &from);
	uint32_t replaced;

	CU_ASSERT_EQUAL_FATAL(admit_by(r, now, s, peer, tag, 1, random,
				  &replaced),
	    VERDICT_OK);
	registry_welcome(r, now, s, (const uint8_t *)"a key of 16 byte",
	    (const uint8_t *)"its WELCOME", 11);
	return s;
}

static struct session *
join(struct registry *r, uint64_t now, uint32_t peer, char tag)
{
	return join_by(r, now, peer, tag, 0xfedcba9876543210);
}

static void
test_join(void)
{
	struct registry r;
	struct session *a, *b;
	struct room *room;

	registry_init(&r, 256, 64, TIMEOUT);
	a = join(&r, START, 1, 'x');
	room = a->room;
	CU_ASSERT_EQUAL(room->version, 1);
	b = join(&r, START, 2, 'x');
	CU_ASSERT_PTR_EQUAL(b->room, room);
	CU_ASSERT_EQUAL(room->version, 2);
	CU_ASSERT_EQUAL(room->count, 2);
	CU_ASSERT_EQUAL(r.session_count, 2);
	CU_ASSERT_EQUAL(r.room_count, 1);
	CU_ASSERT_NOT_EQUAL(a->id, b->id);
	CU_ASSERT_EQUAL(a->id & 0xffffff, a->slot);
	CU_ASSERT_PTR_EQUAL(registry_find(&r, b->id), b);
	CU_ASSERT_PTR_NULL(registry_find(&r, b->id ^ 1ULL << 40));
	CU_ASSERT_PTR_NULL(registry_find(&r, 0));
	CU_ASSERT_PTR_NULL(registry_find(&r, UINT64_MAX));
	CU_ASSERT_PTR_EQUAL(registry_member(room, &a->peer), a);
	CU_ASSERT_PTR_EQUAL(registry_next(registry_first(room)), b);
	CU_ASSERT_PTR_NULL(registry_next(b));
	/* The same peer id in another room is another peer. */
	CU_ASSERT_PTR_NOT_EQUAL(join(&r, START, 1, 'y')->room, room);
	CU_ASSERT_EQUAL(r.room_count, 2);
	CU_ASSERT_PTR_EQUAL(registry_remove(&r, START, a, LEAVE_GRACEFUL),
	    room);
	CU_ASSERT_EQUAL(room->version, 3);
	CU_ASSERT_PTR_NULL(registry_remove(&r, START, b, LEAVE_GRACEFUL));
	CU_ASSERT_EQUAL(r.room_count, 1);
	CU_ASSERT_EQUAL(r.session_count, 1);
	/* Per session, card included, the promise is about 300 bytes. */
	CU_ASSERT(sizeof(struct session) <= 256);
	registry_clear(&r);
}

/* Whoever knows a slot is 40 random bits away from its session: they stand
 * above it, none is lost, and they are never all zero. */
static void
test_ids(void)
{
	struct registry r;
	struct session *s;
	uint64_t old;

	registry_init(&r, 256, 64, TIMEOUT);
	s = join_by(&r, START, 1, 'x', 0xabcdefedcba98765);
	CU_ASSERT_EQUAL(s->id, 0xedcba98765000000);
	CU_ASSERT_EQUAL(join_by(&r, START, 2, 'x', 0xabcdef0000000000)->id,
	    1ULL << 24 | 1);
	CU_ASSERT_EQUAL(join_by(&r, START, 3, 'x', UINT64_MAX)->id,
	    0xffffffffff000002);
	/* Who has the slot next has nothing of the session before. */
	old = s->id;
	registry_remove(&r, START, s, LEAVE_GRACEFUL);
	s = join_by(&r, START, 4, 'x', 1ULL << 39);
	CU_ASSERT_EQUAL(s->slot, 0);
	CU_ASSERT_EQUAL(s->id, 1ULL << 63);
	CU_ASSERT_PTR_NULL(registry_find(&r, old));
	CU_ASSERT_PTR_EQUAL(registry_find(&r, s->id), s);
	registry_clear(&r);
}

static void
test_replace(void)
{
	struct remote other = ipv4(77, 9);
	uint32_t replaced, version, slot;
	struct registry r;
	struct session *old, *s;
	struct room *room;

	registry_init(&r, 2, 1, TIMEOUT);
	old = join(&r, START, 1, 'x');
	room = old->room;
	join(&r, START, 2, 'x');
	version = room->version;
	slot = old->slot;
	s = begin(&r, START, &other);
	CU_ASSERT_EQUAL(admit(&r, START, s, 1, 'x', 0, &replaced),
	    VERDICT_DROP);
	/* The same attempt: the same JOIN once more, or none of its client. */
	CU_ASSERT_EQUAL(admit(&r, START, s, 1, 'x', 1, &replaced),
	    VERDICT_REPEAT);
	CU_ASSERT_EQUAL(replaced, slot);
	s->nonce++;
	CU_ASSERT_EQUAL(admit(&r, START, s, 1, 'x', 1, &replaced),
	    VERDICT_DROP);
	CU_ASSERT_EQUAL(replaced, SLOT_NONE);
	CU_ASSERT_EQUAL(room->version, version);
	CU_ASSERT_PTR_EQUAL(registry_member(room, &old->peer), old);
	/* The room is full, but it takes nobody's place. */
	CU_ASSERT_EQUAL(admit(&r, START, s, 1, 'x', 2, &replaced), VERDICT_OK);
	CU_ASSERT_EQUAL(replaced, slot);
	CU_ASSERT_EQUAL(room->version, version + 1);
	CU_ASSERT_EQUAL(registry_change(room, version + 1)->what,
	    MEMBER_JOINED);
	CU_ASSERT_EQUAL(room->count, 2);
	CU_ASSERT_EQUAL(r.session_count, 2);
	CU_ASSERT_EQUAL(registry_slot(&r, slot)->state, SESSION_FREE);
	CU_ASSERT_PTR_EQUAL(registry_member(room, &s->peer), s);
	/* Again, from where it already has its one session. */
	old = s;
	s = begin(&r, START, &other);
	CU_ASSERT_EQUAL(admit(&r, START, s, 1, 'x', 3, &replaced), VERDICT_OK);
	CU_ASSERT_EQUAL(replaced, old->slot);
	registry_clear(&r);
}

static void
test_limits(void)
{
	struct remote a = ipv4(1, 1), b = ipv4(1, 2), c = ipv4(2, 1);
	struct remote v6 = { .addr = { { 0x20, 1, [15] = 1 }, 1 } };
	struct remote v6_2 = v6;
	struct registry r;
	struct session *s, *t, *u;
	uint32_t replaced;

	registry_init(&r, 3, 2, TIMEOUT);
	s = begin(&r, START, &a);
	t = begin(&r, START, &b);
	/* Two from one address may be under way, whatever the port. */
	CU_ASSERT_EQUAL(registry_begin(&r, START, &a, 1, &u), VERDICT_DROP);
	CU_ASSERT_EQUAL(admit(&r, START, s, 1, 'x', 1, &replaced), VERDICT_OK);
	CU_ASSERT_EQUAL(admit(&r, START, t, 2, 'x', 1, &replaced), VERDICT_OK);
	u = begin(&r, START, &a);
	CU_ASSERT_EQUAL(admit(&r, START, u, 3, 'y', 1, &replaced),
	    VERDICT_ADDRESS_FULL);
	CU_ASSERT_EQUAL(r.room_count, 1);
	u = begin(&r, START, &c);
	CU_ASSERT_EQUAL(admit(&r, START, u, 3, 'x', 1, &replaced), VERDICT_OK);
	u = begin(&r, START, &c);
	CU_ASSERT_EQUAL(admit(&r, START, u, 4, 'x', 1, &replaced),
	    VERDICT_ROOM_FULL);
	CU_ASSERT_EQUAL(admit(&r, START, u, 4, 'y', 1, &replaced), VERDICT_OK);
	/* A place that is free again is free again. */
	registry_remove(&r, START, s, LEAVE_GRACEFUL);
	u = begin(&r, START, &b);
	CU_ASSERT_EQUAL(admit(&r, START, u, 5, 'x', 1, &replaced), VERDICT_OK);

	/* An IPv6 customer has a /64. */
	v6_2.addr.ip[8] = 0xff;
	s = begin(&r, START, &v6);
	begin(&r, START, &v6_2);
	CU_ASSERT_EQUAL(registry_begin(&r, START, &v6, 1, &u), VERDICT_DROP);
	v6_2.addr.ip[7] = 1;
	begin(&r, START, &v6_2);
	registry_release(&r, s);
	begin(&r, START, &v6);
	registry_clear(&r);
}

static void
test_table_full(void)
{
	struct remote from = ipv4(1, 1);
	struct registry r;
	struct session *s;

	registry_init(&r, 256, 2 * SESSIONS_MAX, TIMEOUT);
	for (uint32_t i = 0; i < SESSIONS_MAX; i++) {
		s = begin(&r, START, &from);
		if (s->slot != i)
			CU_FAIL_FATAL("slots are not given out in order");
	}
	CU_ASSERT_EQUAL(registry_begin(&r, START, &from, 1, &s),
	    VERDICT_BOOTNODE_FULL);
	registry_release(&r, registry_slot(&r, 7));
	registry_release(&r, registry_slot(&r, 3));
	CU_ASSERT_EQUAL(begin(&r, START, &from)->slot, 7);
	CU_ASSERT_EQUAL(begin(&r, START, &from)->slot, 3);
	CU_ASSERT_PTR_NULL(registry_slot(&r, SESSIONS_MAX));
	registry_clear(&r);
}

/* A slot is not given out while cryptod still owes it an answer. */
static void
test_abandon(void)
{
	struct remote from = ipv4(1, 1);
	struct session *a, *b;
	struct registry r;

	registry_init(&r, 256, 2, TIMEOUT);
	a = begin(&r, START, &from);
	begin(&r, START, &from);
	registry_abandon(&r, a);
	/* Its address may try again, but not in its slot. */
	b = begin(&r, START, &from);
	CU_ASSERT_EQUAL(b->slot, 2);
	CU_ASSERT_EQUAL(a->state, SESSION_ABANDONED);
	CU_ASSERT_PTR_EQUAL(registry_stale_pending(&r, START + PENDING_TIMEOUT),
	    registry_slot(&r, 1));
	registry_release(&r, a);
	registry_release(&r, b);
	CU_ASSERT_EQUAL(begin(&r, START, &from)->slot, 0);
	registry_clear(&r);
}

static void
test_log(void)
{
	struct registry r;
	struct session *a, *b;
	struct room *room;
	struct remote to;

	registry_init(&r, 4096, 64, TIMEOUT);
	a = join(&r, START, 1, 'x');
	b = join(&r, START, 2, 'x');
	room = a->room;
	CU_ASSERT_TRUE(registry_has_since(room, 0));
	CU_ASSERT_FALSE(registry_has_since(room, 3));
	for (uint16_t port = 1; port <= ROOM_LOG_MIN; port++) {
		to = ipv4(1, port);
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
		join(&r, START, i, 'x');
		if (registry_log_full(room))
			CU_FAIL_FATAL("a burst of joins does not fit");
	}
	CU_ASSERT_EQUAL(room->log_size, 512);
	CU_ASSERT_EQUAL(registry_change(room, 3 + ROOM_LOG_MIN)->what,
	    MEMBER_LEFT);
	CU_ASSERT_TRUE(registry_has_since(room, room->version - 200));
	for (uint32_t i = 200; i < 3000; i++)
		join(&r, START, i, 'x');
	CU_ASSERT_EQUAL(room->log_size, ROOM_LOG_MAX);
	CU_ASSERT_TRUE(registry_log_full(room));
	CU_ASSERT_TRUE(registry_has_since(room, room->version - ROOM_LOG_MAX));
	CU_ASSERT_FALSE(
	    registry_has_since(room, room->version - ROOM_LOG_MAX - 1));
	CU_ASSERT_PTR_EQUAL(b->room, room);
	registry_clear(&r);
}

static void
test_dirty(void)
{
	struct registry r;
	struct session *a, *b;

	registry_init(&r, 256, 64, TIMEOUT);
	CU_ASSERT_EQUAL(registry_deadline(&r), CLOCK_NEVER);
	a = join(&r, START, 1, 'x');
	b = join(&r, START + 1000, 2, 'y');
	join(&r, START + 2000, 3, 'x');
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
	registry_clear(&r);
}

/* A large room waits longer, and not in the way of a small one. */
static void
test_order(void)
{
	struct session *a = NULL, *b;
	struct registry r;

	registry_init(&r, 256, 64, TIMEOUT);
	for (uint32_t i = 0; i < 128; i++)
		a = join(&r, START, i, 'x');
	registry_announced(&r, START, a->room, a->room->version);
	registry_touch(&r, START, a->room);
	CU_ASSERT_EQUAL(a->room->flush_at,
	    START + ROOM_FLUSH_DELAY + 2 * ROOM_FLUSH_PER_64);
	b = join(&r, START + 1000, 200, 'y');
	CU_ASSERT_EQUAL(registry_deadline(&r), START + 1000 + ROOM_FLUSH_DELAY);
	CU_ASSERT_PTR_EQUAL(registry_due(&r, CLOCK_NEVER - 1), b->room);
	/* One that waits a little longer goes behind those before it. */
	registry_wait(&r, START + 2 * ROOM_FLUSH_PER_64, b->room);
	CU_ASSERT_PTR_EQUAL(registry_due(&r, CLOCK_NEVER - 1), a->room);
	registry_announced(&r, START, a->room, a->room->version);
	CU_ASSERT_PTR_EQUAL(registry_due(&r, CLOCK_NEVER - 1), b->room);
	CU_ASSERT_EQUAL(b->room->wait_until, START + 1000 + ROOM_FLUSH_MAX);
	registry_clear(&r);
}

static void
test_timeouts(void)
{
	struct remote from = ipv4(9, 9);
	struct session *a, *b, *c, *p;
	struct registry r;
	uint64_t t;

	registry_init(&r, 256, 64, TIMEOUT);
	p = begin(&r, START, &from);
	CU_ASSERT_EQUAL(registry_deadline(&r), START + PENDING_TIMEOUT);
	CU_ASSERT_PTR_NULL(
	    registry_stale_pending(&r, START + PENDING_TIMEOUT - 1));
	CU_ASSERT_PTR_EQUAL(registry_stale_pending(&r, START + PENDING_TIMEOUT),
	    p);
	registry_release(&r, p);
	a = join(&r, START, 1, 'x');
	b = join(&r, START + 1, 2, 'x');
	c = join(&r, START + SILENCE_TICK, 3, 'x');
	registry_announced(&r, START, a->room, a->room->version);
	t = START + TIMEOUT;
	CU_ASSERT_PTR_NULL(registry_silent(&r, t - 1));
	CU_ASSERT_EQUAL(registry_deadline(&r), t);
	CU_ASSERT_PTR_EQUAL(registry_silent(&r, t), a);
	/* Heard again: behind the others. */
	registry_heard(&r, START + 2 * SILENCE_TICK, a);
	CU_ASSERT_PTR_NULL(registry_silent(&r, t));
	/* b and c fall silent within one tick, so they leave together. */
	CU_ASSERT_EQUAL(registry_deadline(&r), t + SILENCE_TICK);
	CU_ASSERT_PTR_EQUAL(registry_silent(&r, t + SILENCE_TICK), b);
	registry_remove(&r, t, b, LEAVE_TIMEOUT);
	CU_ASSERT_PTR_EQUAL(registry_silent(&r, t + SILENCE_TICK), c);
	registry_remove(&r, t, c, LEAVE_TIMEOUT);
	CU_ASSERT_PTR_NULL(registry_silent(&r, t + SILENCE_TICK));
	CU_ASSERT_PTR_EQUAL(registry_silent(&r, t + 2 * SILENCE_TICK), a);
	registry_clear(&r);
}

static void
test_move(void)
{
	struct remote to = ipv4(2, 7), from;
	struct session *a, *s;
	struct registry r;
	uint32_t replaced;

	registry_init(&r, 256, 1, TIMEOUT);
	a = join(&r, START, 1, 'x');
	join(&r, START, 2, 'x');
	from = a->at;
	/* 2's address has its one session; whoever moves there is not cut. */
	CU_ASSERT_EQUAL(registry_move(&r, START, a, &to), 0);
	CU_ASSERT_TRUE(remote_equal(&a->at, &to));
	CU_ASSERT_EQUAL(a->room->version, 3);
	CU_ASSERT_EQUAL(registry_change(a->room, 3)->what, MEMBER_MOVED);
	/* It counts where it is now, not where it was. */
	s = begin(&r, START, &from);
	CU_ASSERT_EQUAL(admit(&r, START, s, 3, 'x', 1, &replaced), VERDICT_OK);
	s = begin(&r, START, &to);
	CU_ASSERT_EQUAL(admit(&r, START, s, 4, 'x', 1, &replaced),
	    VERDICT_ADDRESS_FULL);
	registry_clear(&r);
}

void
registry_suite(void)
{
	CU_pSuite suite = CU_add_suite("registry", NULL, NULL);

	CU_add_test(suite, "join and leave", test_join);
	CU_add_test(suite, "40 random bits", test_ids);
	CU_add_test(suite, "a higher attempt replaces", test_replace);
	CU_add_test(suite, "limits", test_limits);
	CU_add_test(suite, "table full", test_table_full);
	CU_add_test(suite, "abandoned slots", test_abandon);
	CU_add_test(suite, "log of changes", test_log);
	CU_add_test(suite, "rooms to announce", test_dirty);
	CU_add_test(suite, "rooms in order", test_order);
	CU_add_test(suite, "timeouts", test_timeouts);
	CU_add_test(suite, "move", test_move);
}
