/*
 * Sessions and their rooms. See registry.h; the slots of sessions are in
 * registry_slots.c, the members of a room in registry_members.c, its versions
 * and its log in registry_log.c, the counts per address in registry_origin.c,
 * and sessions that another process had in registry_back.c.
 */
#include "netd/bootnode/registry_log.h"
#include "netd/bootnode/registry_members.h"
#include "netd/bootnode/registry_origin.h"
#include "netd/bootnode/registry_parts.h"
#include "netd/bootnode/registry_slots.h"

#include <stdlib.h>
#include <string.h>

#define SLOT_BITS 24
_Static_assert(SLOTS_MAX <= 1u << SLOT_BITS, "an id has no place for more");

static int
compare_rooms(const struct room *a, const struct room *b)
{
	return memcmp(&a->tag, &b->tag, sizeof(a->tag));
}

/* RB_GENERATE_STATIC() wants the __unused of the BSDs, which we lack. */
#define TREE(name, type, field, compare)                 \
	RB_GENERATE_INTERNAL(name, type, field, compare, \
	    __attribute__((unused)) static)
TREE(room_tree, room, by_tag, compare_rooms)
#undef TREE

void
registry_init(struct registry *r, uint32_t max_peers, uint32_t max_per_address,
    uint64_t timeout)
{
	memset(r, 0, sizeof(*r));
	r->max_sessions = SESSIONS_MAX;
	r->max_peers = max_peers;
	r->max_per_address = max_per_address;
	r->timeout = timeout;
	slab_init(&r->session_slab, sizeof(struct session));
	slab_init(&r->room_slab, sizeof(struct room));
	slab_init(&r->welcome_slab, WELCOME_MAX);
	slab_init(&r->log_slab, ROOM_LOG_MIN * sizeof(struct change));
	origin_init(r);
	for (size_t i = 0; i < CARD_SIZES; i++)
		slab_init(&r->card_slabs[i], CARD_STEP * (i + 1));
	TAILQ_INIT(&r->pending);
	TAILQ_INIT(&r->heard);
	TAILQ_INIT(&r->dirty);
	RB_INIT(&r->rooms);
}

struct room *
registry_room_find(struct registry *r, const struct room_tag *tag)
{
	struct room key;

	key.tag = *tag;
	return RB_FIND(room_tree, &r->rooms, &key);
}

struct room *
registry_room_after(struct registry *r, const struct room_tag *tag)
{
	struct room key, *room;

	key.tag = *tag;
	room = RB_NFIND(room_tree, &r->rooms, &key);
	return room != NULL && compare_rooms(room, &key) == 0
	    ? RB_NEXT(room_tree, &r->rooms, room)
	    : room;
}

struct room *
registry_room_new(struct registry *r, const struct room_tag *tag)
{
	struct room *room = slab_take(&r->room_slab);

	if (room == NULL)
		return NULL;
	room->tag = *tag;
	room->flush_at = CLOCK_NEVER;
	RB_INSERT(room_tree, &r->rooms, room);
	r->room_count++;
	return room;
}

void
registry_room_free(struct registry *r, struct room *room)
{
	registry_log_clean(r, room);
	registry_log_free(r, room);
	RB_REMOVE(room_tree, &r->rooms, room);
	r->room_count--;
	free(room->members);
	slab_put(&r->room_slab, room);
}

struct slab *
registry_card_slab(struct registry *r, size_t len)
{
	return &r->card_slabs[(len - 1) / CARD_STEP];
}

/* The session is new, in a slot and in nothing else. Returns NULL if there are
 * no more slots, or no memory. */
static struct session *
session_new(struct registry *r)
{
	struct session *s = slab_take(&r->session_slab);

	if (s == NULL)
		return NULL;
	/* A full bootnode can still tell each client that it is full, with the
	 * key of its JOIN. */
	if (slots_take(&r->slots, r->max_sessions + SLOTS_RESERVE, s) == 0)
		return s;
	slab_put(&r->session_slab, s);
	return NULL;
}

static void
forget_welcome(struct registry *r, struct session *s)
{
	if (s->welcome != NULL)
		slab_put(&r->welcome_slab, s->welcome);
	s->welcome = NULL;
}

void
registry_session_free(struct registry *r, struct session *s)
{
	slots_put(&r->slots, s);
	if (s->card != NULL)
		slab_put(registry_card_slab(r, s->card_len), s->card);
	forget_welcome(r, s);
	slab_put(&r->session_slab, s);
}

enum verdict
registry_begin(struct registry *r, uint64_t now, const struct remote *from,
    uint64_t nonce, struct session **out)
{
	struct origin *o = origin_get(r, now, &from->addr);
	struct session *s;

	if (o == NULL)
		return VERDICT_BOOTNODE_FULL;
	if (origin_pending_full(r, o)) {
		origin_put(r, o);
		return VERDICT_DROP;
	}
	s = session_new(r);
	if (s == NULL) {
		origin_put(r, o);
		return VERDICT_BOOTNODE_FULL;
	}
	origin_count_pending(o, 1);
	s->origin = o;
	s->state = SESSION_PENDING;
	s->time = now;
	s->at = *from;
	s->nonce = nonce;
	TAILQ_INSERT_TAIL(&r->pending, s, order);
	r->pending_count++;
	*out = s;
	return VERDICT_OK;
}

/* The session is no longer PENDING, whatever it will be. */
static void
end_pending(struct registry *r, struct session *s)
{
	TAILQ_REMOVE(&r->pending, s, order);
	r->pending_count--;
	origin_count_pending(s->origin, -1);
}

void
registry_abandon(struct registry *r, struct session *s)
{
	end_pending(r, s);
	origin_put(r, s->origin);
	s->origin = NULL;
	s->state = SESSION_ABANDONED;
}

void
registry_release(struct registry *r, struct session *s)
{
	if (s->state == SESSION_PENDING)
		registry_abandon(r, s);
	registry_session_free(r, s);
}

/* Takes a session out of its room, which may then be empty, and frees its
 * slot. */
static void
take_out(struct registry *r, struct session *s)
{
	members_remove(s->room, s);
	r->session_count--;
	TAILQ_REMOVE(&r->heard, s, order);
	origin_count_sessions(r, s->origin, -1);
	origin_put(r, s->origin);
	registry_session_free(r, s);
}

/* True if this session may join this room (NULL: a new one), in the place of
 * old (NULL: of nobody). */
static enum verdict
judge(const struct registry *r, const struct session *s, struct room *room,
    const struct session *old)
{
	if (old == NULL && room != NULL && room->count >= r->max_peers)
		return VERDICT_ROOM_FULL;
	if (old == NULL && r->session_count >= r->max_sessions)
		return VERDICT_BOOTNODE_FULL;
	if (origin_full(r, s, old) ||
	    (room != NULL && origin_share_full(r, s, room, old)))
		return VERDICT_ADDRESS_FULL;
	return VERDICT_OK;
}

/* Makes a PENDING session one of its room. */
static void
put_in(struct registry *r, uint64_t now, struct session *s, struct room *room)
{
	end_pending(r, s);
	origin_count_sessions(r, s->origin, 1);
	s->state = SESSION_ADMITTED;
	s->time = now;
	s->room = room;
	TAILQ_INSERT_TAIL(&r->heard, s, order);
	members_insert(room, s);
	r->session_count++;
}

enum verdict
registry_attempt(struct registry *r, const struct session *s,
    const struct ipc_join_opened *join, struct session **old)
{
	struct room *room = registry_room_find(r, &join->tag);

	*old = room == NULL ? NULL : registry_member(room, &join->id);
	if (*old == NULL || join->attempt > (*old)->attempt)
		return VERDICT_OK;
	return join->attempt == (*old)->attempt && s->nonce == (*old)->nonce
	    ? VERDICT_REPEAT
	    : VERDICT_DROP;
}

/* There is no memory for a session: a room without members, and a card, if
 * there are any, are freed. */
static void
give_up(struct registry *r, struct room *room, uint8_t *card, size_t card_len)
{
	if (card != NULL)
		slab_put(registry_card_slab(r, card_len), card);
	if (room != NULL && room->count == 0)
		registry_room_free(r, room);
}

enum verdict
registry_admit(struct registry *r, uint64_t now, struct session *s,
    const struct ipc_join_opened *join, const uint8_t *card, size_t card_len,
    uint64_t random, uint32_t *replaced)
{
	struct room *room = registry_room_find(r, &join->tag);
	struct session *old;
	enum verdict verdict;
	uint8_t *copy = NULL;

	*replaced = SLOT_NONE;
	verdict = registry_attempt(r, s, join, &old);
	if (verdict == VERDICT_REPEAT)
		*replaced = old->slot;
	if (verdict == VERDICT_OK)
		verdict = judge(r, s, room, old);
	if (verdict != VERDICT_OK)
		return verdict;
	if (room == NULL)
		room = registry_room_new(r, &join->tag);
	if (room != NULL)
		copy = slab_take(registry_card_slab(r, card_len));
	if (copy == NULL || members_fit(room) == -1 ||
	    registry_log_fit(r, room) == -1) {
		give_up(r, room, copy, card_len);
		return VERDICT_BOOTNODE_FULL;
	}
	if (old != NULL) {
		*replaced = old->slot;
		registry_log_overtake(room, old);
		take_out(r, old);
	}
	memcpy(copy, card, card_len);
	s->card = copy;
	s->card_len = (uint8_t)card_len;
	s->peer = join->id;
	s->attempt = join->attempt;
	s->hidden = join->hidden;
	random &= (1ULL << (64 - SLOT_BITS)) - 1;
	s->id = (random == 0 ? 1 : random) << SLOT_BITS | s->slot;
	put_in(r, now, s, room);
	registry_log_change(r, now, s, MEMBER_JOINED, LEAVE_TIMEOUT);
	return VERDICT_OK;
}

void
registry_welcome(struct registry *r, uint64_t now, struct session *s,
    const uint8_t mac_key[SIPHASH_KEY], const uint8_t *welcome, size_t len)
{
	memcpy(s->mac_key, mac_key, sizeof(s->mac_key));
	s->welcome = slab_take(&r->welcome_slab);
	if (s->welcome != NULL) {
		memcpy(s->welcome, welcome, len);
		s->welcome_len = (uint16_t)len;
	}
	s->state = SESSION_MEMBER;
	s->roster_due = true;
	registry_touch(r, now, s->room);
}

uint32_t
registry_from_ip(const struct registry *r, const struct session *s)
{
	const struct session *other;
	uint32_t count = 0, looked = 0;

	if (addr_is_ipv4(&s->at.addr)) /* which is a block */
		return registry_from_block(s);
	TAILQ_FOREACH_REVERSE(other, &r->heard, session_list, order)
	{
		if (looked++ == FROM_IP_MOST)
			break;
		count += memcmp(other->at.addr.ip, s->at.addr.ip,
			     sizeof(s->at.addr.ip)) == 0;
	}
	return count;
}

struct room *
registry_next_room(struct registry *r, struct room *room)
{
	return room == NULL ? RB_MIN(room_tree, &r->rooms)
			    : RB_NEXT(room_tree, &r->rooms, room);
}

bool
registry_id_fits(uint64_t id, uint32_t slot)
{
	return (id & ((1u << SLOT_BITS) - 1)) == slot && id >> SLOT_BITS != 0;
}

struct session *
registry_find(const struct registry *r, uint64_t id)
{
	struct session *s;

	s = registry_slot(r, (uint32_t)(id & ((1u << SLOT_BITS) - 1)));
	if (s == NULL || s->state != SESSION_MEMBER || s->id != id)
		return NULL;
	return s;
}

void
registry_heard(struct registry *r, uint64_t now, struct session *s)
{
	s->time = now;
	forget_welcome(r, s);
	TAILQ_REMOVE(&r->heard, s, order);
	TAILQ_INSERT_TAIL(&r->heard, s, order);
	registry_log_rest(r, now, s->room);
}

int
registry_move(struct registry *r, uint64_t now, struct session *s,
    const struct remote *to)
{
	struct origin *origin = origin_get(r, now, &to->addr), *old = s->origin;

	if (origin == NULL)
		return -1;
	if (registry_log_fit(r, s->room) == -1) {
		origin_put(r, origin);
		return -1;
	}
	origin_count_sessions(r, origin, 1);
	s->origin = origin;
	s->at = *to;
	origin_count_sessions(r, old, -1);
	origin_put(r, old);
	registry_log_change(r, now, s, MEMBER_MOVED, LEAVE_TIMEOUT);
	return 0;
}

struct room *
registry_remove(struct registry *r, uint64_t now, struct session *s,
    enum leave_reason reason)
{
	struct room *room = s->room;

	registry_log_change(r, now, s, MEMBER_LEFT, reason);
	take_out(r, s);
	if (room->count > 0)
		return room;
	registry_room_free(r, room);
	return NULL;
}

void
registry_take_out(struct registry *r, struct session *s)
{
	struct room *room = s->room;

	registry_log_overtake(room, s);
	take_out(r, s);
	if (room->count == 0)
		registry_room_free(r, room);
}

struct session *
registry_stale_pending(const struct registry *r, uint64_t now)
{
	struct session *s = TAILQ_FIRST(&r->pending);

	return s != NULL && s->time + PENDING_TIMEOUT <= now ? s : NULL;
}

static uint64_t
silence_ends(const struct registry *r, const struct session *s)
{
	uint64_t end = s->time + r->timeout + SILENCE_TICK - 1;

	return end - end % SILENCE_TICK;
}

struct session *
registry_silent(const struct registry *r, uint64_t now)
{
	struct session *s = TAILQ_FIRST(&r->heard);

	return s != NULL && silence_ends(r, s) <= now ? s : NULL;
}

uint64_t
registry_deadline(const struct registry *r)
{
	const struct session *pending = TAILQ_FIRST(&r->pending);
	const struct session *silent = TAILQ_FIRST(&r->heard);
	const struct room *dirty = TAILQ_FIRST(&r->dirty);
	uint64_t deadline = CLOCK_NEVER;

	if (pending != NULL)
		deadline = pending->time + PENDING_TIMEOUT;
	if (silent != NULL)
		deadline = clock_min(deadline, silence_ends(r, silent));
	if (dirty != NULL)
		deadline = clock_min(deadline, dirty->flush_at);
	return deadline;
}

void
registry_clear(struct registry *r)
{
	struct session *s;

	while ((s = TAILQ_FIRST(&r->pending)) != NULL)
		registry_release(r, s);
	registry_empty(r);
	slots_clear(&r->slots);
	slab_clear(&r->session_slab);
	slab_clear(&r->room_slab);
	slab_clear(&r->welcome_slab);
	slab_clear(&r->log_slab);
	slab_clear(&r->origin_slab);
	for (size_t i = 0; i < CARD_SIZES; i++)
		slab_clear(&r->card_slabs[i]);
	recent_clear(&r->told);
	memset(r, 0, sizeof(*r));
}
