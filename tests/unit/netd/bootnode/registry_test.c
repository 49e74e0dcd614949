/*
 * The registry by itself, with a made-up clock: joining, limits, timeouts, and
 * slots.
 */
#include "tests/unit/netd/bootnode/registry_stage.h"

#include <CUnit/CUnit.h>

void registry_suite(void);

static void
test_join(void)
{
	struct registry r;
	struct session *a, *b;
	struct room *room;

	registry_init(&r, 256, 64, TIMEOUT);
	a = stage_join(&r, START, 1, 'x');
	room = a->room;
	CU_ASSERT_EQUAL(room->version, 1);
	b = stage_join(&r, START, 2, 'x');
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
	CU_ASSERT_PTR_EQUAL(room->members[1], b);
	/* The same peer id in another room is another peer. */
	CU_ASSERT_PTR_NOT_EQUAL(stage_join(&r, START, 1, 'y')->room, room);
	CU_ASSERT_EQUAL(r.room_count, 2);
	CU_ASSERT_PTR_EQUAL(registry_remove(&r, START, a, LEAVE_GRACEFUL),
	    room);
	CU_ASSERT_EQUAL(room->version, 3);
	CU_ASSERT_PTR_NULL(registry_remove(&r, START, b, LEAVE_GRACEFUL));
	CU_ASSERT_EQUAL(r.room_count, 1);
	CU_ASSERT_EQUAL(r.session_count, 1);
	/* Per session, card included, the promise is about 300 bytes. */
	CU_ASSERT(sizeof(struct session) <= 256);
	stage_end(&r);
}

/* Whoever knows a slot still lacks 40 random bits of its session's id: they
 * come above the slot, none is lost, and they are never all zero. */
static void
test_ids(void)
{
	struct registry r;
	struct session *s;
	uint64_t old;

	registry_init(&r, 256, 64, TIMEOUT);
	s = stage_join_by(&r, START, 1, 'x', 0xabcdefedcba98765);
	CU_ASSERT_EQUAL(s->id, 0xedcba98765000000);
	CU_ASSERT_EQUAL(stage_join_by(&r, START, 2, 'x', 0xabcdef0000000000)
			    ->id,
	    1ULL << 24 | 1);
	CU_ASSERT_EQUAL(stage_join_by(&r, START, 3, 'x', UINT64_MAX)->id,
	    0xffffffffff000002);
	/* The next owner of the slot has no bits of the session before. */
	old = s->id;
	registry_remove(&r, START, s, LEAVE_GRACEFUL);
	s = stage_join_by(&r, START, 4, 'x', 1ULL << 39);
	CU_ASSERT_EQUAL(s->slot, 0);
	CU_ASSERT_EQUAL(s->id, 1ULL << 63);
	CU_ASSERT_PTR_NULL(registry_find(&r, old));
	CU_ASSERT_PTR_EQUAL(registry_find(&r, s->id), s);
	stage_end(&r);
}

static void
test_replace(void)
{
	struct remote other = stage_ipv4(77, 9);
	uint32_t replaced, version, slot;
	struct registry r;
	struct session *old, *s;
	struct room *room;

	registry_init(&r, 2, 1, TIMEOUT);
	old = stage_join(&r, START, 1, 'x');
	room = old->room;
	stage_join(&r, START, 2, 'x');
	version = room->version;
	slot = old->slot;
	s = stage_begin(&r, START, &other);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 1, 'x', 0, &replaced),
	    VERDICT_DROP);
	/* An attempt with the same number is the same JOIN once more, or is not
	 * its client's. */
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 1, 'x', 1, &replaced),
	    VERDICT_REPEAT);
	CU_ASSERT_EQUAL(replaced, slot);
	s->nonce++;
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 1, 'x', 1, &replaced),
	    VERDICT_DROP);
	CU_ASSERT_EQUAL(replaced, SLOT_NONE);
	CU_ASSERT_EQUAL(room->version, version);
	CU_ASSERT_PTR_EQUAL(registry_member(room, &old->peer), old);
	/* The room is full, but the peer takes nobody's place. */
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 1, 'x', 2, &replaced),
	    VERDICT_OK);
	CU_ASSERT_EQUAL(replaced, slot);
	CU_ASSERT_EQUAL(room->version, version + 1);
	CU_ASSERT_EQUAL(registry_change(room, version + 1)->what,
	    MEMBER_JOINED);
	CU_ASSERT_EQUAL(room->count, 2);
	CU_ASSERT_EQUAL(r.session_count, 2);
	CU_ASSERT_PTR_NULL(registry_slot(&r, slot));
	CU_ASSERT_TRUE(registry_had_slot(&r, slot));
	CU_ASSERT_PTR_EQUAL(registry_member(room, &s->peer), s);
	/* It joins again, from where it already has its one session. */
	slot = s->slot;
	s = stage_begin(&r, START, &other);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 1, 'x', 3, &replaced),
	    VERDICT_OK);
	CU_ASSERT_EQUAL(replaced, slot);
	stage_end(&r);
}

static void
test_limits(void)
{
	struct remote a = stage_ipv4(1, 1), b = stage_ipv4(1, 2),
		      c = stage_ipv4(2, 1);
	struct remote v6 = { .addr = { { 0x20, 1, [15] = 1 }, 1 } };
	struct remote v6_2 = v6;
	struct registry r;
	struct session *s, *t, *u;
	uint32_t replaced;

	registry_init(&r, 3, 2, TIMEOUT);
	s = stage_begin(&r, START, &a);
	t = stage_begin(&r, START, &b);
	/* One address may have two under way, whatever the port. */
	CU_ASSERT_EQUAL(registry_begin(&r, START, &a, 1, &u), VERDICT_DROP);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 1, 'x', 1, &replaced),
	    VERDICT_OK);
	CU_ASSERT_EQUAL(stage_admit(&r, START, t, 2, 'x', 1, &replaced),
	    VERDICT_OK);
	u = stage_begin(&r, START, &a);
	CU_ASSERT_EQUAL(stage_admit(&r, START, u, 3, 'y', 1, &replaced),
	    VERDICT_ADDRESS_FULL);
	CU_ASSERT_EQUAL(r.room_count, 1);
	u = stage_begin(&r, START, &c);
	CU_ASSERT_EQUAL(stage_admit(&r, START, u, 3, 'x', 1, &replaced),
	    VERDICT_OK);
	u = stage_begin(&r, START, &c);
	CU_ASSERT_EQUAL(stage_admit(&r, START, u, 4, 'x', 1, &replaced),
	    VERDICT_ROOM_FULL);
	CU_ASSERT_EQUAL(stage_admit(&r, START, u, 4, 'y', 1, &replaced),
	    VERDICT_OK);
	/* A place that was freed can be used again. */
	registry_remove(&r, START, s, LEAVE_GRACEFUL);
	u = stage_begin(&r, START, &b);
	CU_ASSERT_EQUAL(stage_admit(&r, START, u, 5, 'x', 1, &replaced),
	    VERDICT_OK);

	/* A customer with IPv6 has a /64. */
	v6_2.addr.ip[8] = 0xff;
	s = stage_begin(&r, START, &v6);
	stage_begin(&r, START, &v6_2);
	CU_ASSERT_EQUAL(registry_begin(&r, START, &v6, 1, &u), VERDICT_DROP);
	v6_2.addr.ip[7] = 1;
	stage_begin(&r, START, &v6_2);
	registry_release(&r, s);
	stage_begin(&r, START, &v6);
	stage_end(&r);
}

/* The lowest slot that is free is given out. */
static void
test_table_full(void)
{
	const uint32_t slots = 3000;
	struct remote from = stage_ipv4(1, 1);
	struct registry r;
	struct session *s;

	registry_init(&r, 256, 2 * slots, TIMEOUT);
	r.max_sessions = slots - SLOTS_RESERVE;
	for (uint32_t i = 0; i < slots; i++) {
		s = stage_begin(&r, START, &from);
		if (s->slot != i)
			CU_FAIL_FATAL("slots are not given out in order");
	}
	CU_ASSERT_EQUAL(registry_begin(&r, START, &from, 1, &s),
	    VERDICT_BOOTNODE_FULL);
	registry_release(&r, registry_slot(&r, 7));
	registry_release(&r, registry_slot(&r, 3));
	registry_release(&r, registry_slot(&r, 200));
	CU_ASSERT_EQUAL(stage_begin(&r, START, &from)->slot, 3);
	CU_ASSERT_EQUAL(stage_begin(&r, START, &from)->slot, 7);
	CU_ASSERT_EQUAL(stage_begin(&r, START, &from)->slot, 200);
	CU_ASSERT_PTR_NULL(registry_slot(&r, slots));
	CU_ASSERT_FALSE(registry_had_slot(&r, slots));
	stage_end(&r);
}

/* A slot is not given out while cryptod still owes it an answer. */
static void
test_abandon(void)
{
	struct remote from = stage_ipv4(1, 1);
	struct session *a, *b;
	struct registry r;

	registry_init(&r, 256, 2, TIMEOUT);
	a = stage_begin(&r, START, &from);
	stage_begin(&r, START, &from);
	registry_abandon(&r, a);
	/* The address may try again, but not in this slot. */
	b = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(b->slot, 2);
	CU_ASSERT_EQUAL(a->state, SESSION_ABANDONED);
	CU_ASSERT_PTR_EQUAL(registry_stale_pending(&r, START + PENDING_TIMEOUT),
	    registry_slot(&r, 1));
	registry_release(&r, a);
	registry_release(&r, b);
	CU_ASSERT_EQUAL(stage_begin(&r, START, &from)->slot, 0);
	stage_end(&r);
}

static void
test_timeouts(void)
{
	struct remote from = stage_ipv4(9, 9);
	struct session *a, *b, *c, *p;
	struct registry r;
	uint64_t t;

	registry_init(&r, 256, 64, TIMEOUT);
	p = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(registry_deadline(&r), START + PENDING_TIMEOUT);
	CU_ASSERT_PTR_NULL(
	    registry_stale_pending(&r, START + PENDING_TIMEOUT - 1));
	CU_ASSERT_PTR_EQUAL(registry_stale_pending(&r, START + PENDING_TIMEOUT),
	    p);
	registry_release(&r, p);
	a = stage_join(&r, START, 1, 'x');
	b = stage_join(&r, START + 1, 2, 'x');
	c = stage_join(&r, START + SILENCE_TICK, 3, 'x');
	registry_announced(&r, START, a->room, a->room->version);
	t = START + TIMEOUT;
	CU_ASSERT_PTR_NULL(registry_silent(&r, t - 1));
	CU_ASSERT_EQUAL(registry_deadline(&r), t);
	CU_ASSERT_PTR_EQUAL(registry_silent(&r, t), a);
	/* A session that was heard again goes behind the others. */
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
	stage_end(&r);
}

static void
test_move(void)
{
	struct remote to = stage_ipv4(2, 7), from;
	struct session *a, *s;
	struct registry r;
	uint32_t replaced;

	registry_init(&r, 256, 1, TIMEOUT);
	a = stage_join(&r, START, 1, 'x');
	stage_join(&r, START, 2, 'x');
	from = a->at;
	/* Peer 2's address has its only session; a peer that moves there keeps
	 * its own. */
	CU_ASSERT_EQUAL(registry_move(&r, START, a, &to), 0);
	CU_ASSERT_TRUE(remote_equal(&a->at, &to));
	CU_ASSERT_EQUAL(a->room->version, 3);
	CU_ASSERT_EQUAL(registry_change(a->room, 3)->what, MEMBER_MOVED);
	/* A session counts where it is now, not where it was. */
	s = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 3, 'x', 1, &replaced),
	    VERDICT_OK);
	s = stage_begin(&r, START, &to);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 4, 'x', 1, &replaced),
	    VERDICT_ADDRESS_FULL);
	stage_end(&r);
}

/* An ADMITTED session is in its room, and found there, but nothing that names
 * it by its id counts before it was welcomed; then it has its key, its WELCOME
 * until it is heard, and waits for a roster. */
static void
test_welcome(void)
{
	static const uint8_t key[SIPHASH_KEY] = "its own MAC key";
	const struct remote from = stage_ipv4(1, 7);
	struct session *s, *other;
	struct registry r;
	struct room *room;
	uint32_t replaced;

	registry_init(&r, 256, 64, TIMEOUT);
	other = stage_join(&r, START, 2, 'x');
	s = stage_begin(&r, START, &from);
	CU_ASSERT_PTR_NULL(registry_find(&r, s->id));
	CU_ASSERT_EQUAL(stage_admit(&r, START + 3, s, 1, 'x', 7, &replaced),
	    VERDICT_OK);
	CU_ASSERT_EQUAL(replaced, SLOT_NONE);
	room = s->room;
	CU_ASSERT_EQUAL(s->state, SESSION_ADMITTED);
	CU_ASSERT(s->time == START + 3 && s->attempt == 7 && s->nonce == 1);
	CU_ASSERT_TRUE(remote_equal(&s->at, &from));
	CU_ASSERT_EQUAL(s->card_len, 4);
	CU_ASSERT_EQUAL(memcmp(s->card, "card", 4), 0);
	CU_ASSERT_FALSE(s->hidden);
	CU_ASSERT_PTR_EQUAL(registry_member(room, &s->peer), s);
	CU_ASSERT_PTR_NULL(registry_find(&r, s->id));
	CU_ASSERT_FALSE(s->roster_due);
	registry_announced(&r, START, room, room->version);
	registry_welcome(&r, START + 4, s, key, (const uint8_t *)"W", 1);
	CU_ASSERT_PTR_EQUAL(registry_find(&r, s->id), s);
	CU_ASSERT_TRUE(s->roster_due);
	CU_ASSERT_EQUAL(memcmp(s->mac_key, key, sizeof(key)), 0);
	CU_ASSERT(s->welcome_len == 1 && s->welcome[0] == 'W');
	CU_ASSERT_EQUAL(room->flush_at, START + 4 + ROOM_FLUSH_DELAY);
	CU_ASSERT_EQUAL(room->touched, START + 4);
	registry_heard(&r, START + 5, s);
	CU_ASSERT_PTR_NULL(s->welcome);
	CU_ASSERT_PTR_NOT_NULL(other->welcome);
	stage_end(&r);
}

/* WELCOMEs are kept until their clients are heard, and then their memory goes
 * back to the system. */
static void
test_welcomes(void)
{
	static struct session *s[2000];
	uint8_t welcome[WELCOME_MAX];
	struct registry r;

	registry_init(&r, 256, 64, TIMEOUT);
	for (uint32_t i = 0; i < 2000; i++) {
		s[i] = stage_join(&r, START, i + 1, (char)('a' + i % 26));
		registry_heard(&r, START, s[i]);
		memset(welcome, (int)(i % 251), sizeof(welcome));
		registry_welcome(&r, START, s[i], welcome, welcome,
		    sizeof(welcome));
	}
	CU_ASSERT(r.welcome_slab.chunks * SLAB_CHUNK > 2000 * WELCOME_MAX);
	for (uint32_t i = 0; i < 2000; i++) {
		memset(welcome, (int)(i % 251), sizeof(welcome));
		CU_ASSERT_FALSE(
		    memcmp(s[i]->welcome, welcome, sizeof(welcome)));
		registry_heard(&r, START, s[i]);
	}
	CU_ASSERT_EQUAL(r.welcome_slab.chunks, 1);
	stage_end(&r);
}

/* The roster goes on after whoever was the last in it, even if that one is
 * gone. */
static void
test_after(void)
{
	struct peer_id id = { .bytes = { 0 } };
	struct session *s[3];
	struct registry r;
	struct room *room;

	registry_init(&r, 256, 64, TIMEOUT);
	for (uint32_t i = 0; i < 3; i++)
		s[i] = stage_join(&r, START, 10 * i + 10, 'x');
	room = s[0]->room;
	CU_ASSERT_PTR_EQUAL(room->members[0], s[0]);
	CU_ASSERT_EQUAL(registry_after(room, &id), 0);
	for (uint8_t i = 0; i < 40; i++) {
		id.bytes[0] = i;
		CU_ASSERT_EQUAL(registry_after(room, &id),
		    i < 10	 ? 0
			: i < 20 ? 1
			: i < 30 ? 2
				 : 3);
		CU_ASSERT_PTR_EQUAL(registry_member(room, &id),
		    i == 0 || i % 10 != 0 || i > 30 ? NULL : s[i / 10 - 1]);
	}
	stage_end(&r);
}

/* A few slots are kept for JOINs of which a full bootnode says that it is full:
 * nobody new finds a place, but who comes again does. */
static void
test_bootnode_full(void)
{
	const uint32_t most = 1000;
	const struct remote from = stage_ipv4(9, 1);
	struct registry r;
	struct session *s;
	uint32_t replaced;

	registry_init(&r, 256, 64, TIMEOUT);
	r.max_sessions = most;
	stage_join(&r, START, 1, 'x');
	r.session_count += most - 2;
	stage_join(&r, START, 2, 'y');
	CU_ASSERT_EQUAL(r.session_count, most);
	s = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 3, 'x', 1, &replaced),
	    VERDICT_BOOTNODE_FULL);
	CU_ASSERT_EQUAL(s->state, SESSION_PENDING);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 1, 'x', 2, &replaced),
	    VERDICT_OK);
	r.session_count -= most - 2;
	stage_end(&r);
}

/* Nothing changes with a JOIN that is refused: no room is made for it. */
static void
test_refused(void)
{
	const struct remote from = stage_ipv4(1, 1);
	struct ipc_join_opened join;
	struct session *s, *old;
	struct registry r;
	uint32_t replaced;

	registry_init(&r, 256, 1, TIMEOUT);
	s = stage_begin(&r, START, &from);
	join = stage_opened(s, 1, 'x', 1);
	CU_ASSERT_EQUAL(registry_attempt(&r, s, &join, &old), VERDICT_OK);
	CU_ASSERT_PTR_NULL(old);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 1, 'x', 1, &replaced),
	    VERDICT_OK);
	s = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(registry_attempt(&r, s, &join, &old), VERDICT_REPEAT);
	CU_ASSERT_PTR_EQUAL(old, registry_slot(&r, 0));
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 2, 'y', 1, &replaced),
	    VERDICT_ADDRESS_FULL);
	CU_ASSERT_EQUAL(r.room_count, 1);
	CU_ASSERT_EQUAL(s->state, SESSION_PENDING);
	/* A newer attempt is one whose client hides, and has another card. */
	join.attempt = 2;
	join.hidden = true;
	CU_ASSERT_EQUAL(registry_attempt(&r, s, &join, &old), VERDICT_OK);
	CU_ASSERT_PTR_EQUAL(old, registry_slot(&r, 0));
	CU_ASSERT_EQUAL(registry_admit(&r, START, s, &join,
			    (const uint8_t *)"another", 7, 1, &replaced),
	    VERDICT_OK);
	CU_ASSERT_TRUE(s->hidden);
	CU_ASSERT_EQUAL(s->card_len, 7);
	stage_end(&r);
}

/* All that is in it goes with it. */
static void
test_clear(void)
{
	const struct remote from = stage_ipv6(1, 2, 3);
	struct registry r;

	registry_init(&r, 256, 64, TIMEOUT);
	stage_join(&r, START, 1, 'x');
	stage_join(&r, START, 2, 'x');
	stage_join_from(&r, START, &from, 3, 'y');
	stage_begin(&r, START, &from);
	registry_clear(&r); /* the sanitizer sees what is left */
	CU_ASSERT_EQUAL(r.slots.used, 0);
	CU_ASSERT_TRUE(RB_EMPTY(&r.origins));
	CU_ASSERT_TRUE(RB_EMPTY(&r.rooms));
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
	CU_add_test(suite, "timeouts", test_timeouts);
	CU_add_test(suite, "move", test_move);
	CU_add_test(suite, "welcomed", test_welcome);
	CU_add_test(suite, "WELCOMEs that are kept", test_welcomes);
	CU_add_test(suite, "members after an id", test_after);
	CU_add_test(suite, "a full bootnode", test_bootnode_full);
	CU_add_test(suite, "a JOIN that is refused", test_refused);
	CU_add_test(suite, "all at once", test_clear);
}
