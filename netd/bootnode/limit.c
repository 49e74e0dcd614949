/*
 * How often a source may join, and that a JOIN counts once. A source is an IPv4
 * address or an IPv6 /64, and with four times as much, the /48 that it is in.
 * Most follows from the sessions that a source may have: all of them may come
 * again at once, after the bootnode was restarted, and once more soon after
 * that. A copy of a JOIN does not count. PROTOCOL.md section 2.12.
 */
#include "netd/bootnode/parts.h"
#include "netd/bootnode/cookie.h"

/* The time for as many JOINs from each source as it may have sessions, or as
 * JOIN_RATE says, after twice the sessions at once. */
#define JOINS_PER (60 * USEC_PER_SEC)
/* The time for as many entries into one room, after twice as many at once: with
 * 64, one in four seconds. */
#define ENTRIES_PER (256 * USEC_PER_SEC)
/* A peer may join its room so often at once, and then once in this time. A
 * client waits longer than that (PROTOCOL.md section 2.12), and sends a JOIN
 * that came too soon again. */
#define RETURNS_AT_ONCE 2
#define RETURN_SPACING	USEC_PER_SEC
/* However few sessions a source may have, people come and go. */
#define BURST_MIN 16
#define USED_FOR  COOKIE_LIFE
/* A source that comes near to its limit is told this seldom, and not more of
 * them than one in this time. */
#define CROWD_SPACING  (3600 * USEC_PER_SEC)
#define CROWDS_SPACING USEC_PER_SEC

/* The key of a count: one letter, and its subject. */
struct subject {
	uint8_t what;
	struct addr_block block;
	struct room_tag tag;
	struct peer_id id;
};

static uint32_t
burst(uint32_t count)
{
	return count < BURST_MIN ? BURST_MIN : count;
}

static bool
take(struct recent *r, uint64_t now, const struct subject *s, uint64_t per,
    uint32_t count, uint32_t at_once)
{
	uint64_t key = recent_key(r, s, sizeof(*s));

	return recent_take(r, now, key, per / count, burst(at_once));
}

/* Returns how many JOINs a minute a source may send that may have so many
 * sessions: if they are more than usual, as many at least. */
static uint32_t
joins(const struct bootnode *b, uint32_t sessions)
{
	if (b->join_rate == 0 ||
	    (sessions > b->registry.max_per_address && sessions > b->join_rate))
		return sessions;
	return b->join_rate;
}

bool
bootnode_may_join(struct bootnode *b, uint64_t now, const struct addr *from)
{
	uint32_t sessions, count;
	struct subject s;

	memset(&s, 0, sizeof(s));
	s.what = 's';
	s.block = addr_block_of(from);
	sessions = registry_limit(&b->registry, &s.block);
	count = joins(b, sessions);
	if (!take(&b->joins, now, &s, JOINS_PER, count, 2 * sessions))
		return false;
	if (addr_is_ipv4(from))
		return true;
	s.what = 'w';
	s.block = registry_site(from);
	count *= SITE_BLOCKS;
	return take(&b->joins, now, &s, JOINS_PER, count,
	    2 * SITE_BLOCKS * sessions);
}

bool
bootnode_may_enter(struct bootnode *b, uint64_t now, const struct addr *from,
    const struct room_tag *tag)
{
	uint32_t count;
	struct subject s;

	memset(&s, 0, sizeof(s));
	s.what = 'r';
	s.block = addr_block_of(from);
	s.tag = *tag;
	count = registry_limit(&b->registry, &s.block);
	return take(&b->joins, now, &s, ENTRIES_PER, count, 2 * count);
}

/* Makes the key of a peer in a room. */
static uint64_t
peer_key(const struct recent *r, const struct room_tag *tag,
    const struct peer_id *id)
{
	struct subject s;

	memset(&s, 0, sizeof(s));
	s.what = 'p';
	s.tag = *tag;
	s.id = *id;
	return recent_key(r, &s, sizeof(s));
}

bool
bootnode_may_return(struct bootnode *b, uint64_t now,
    const struct room_tag *tag, const struct peer_id *id)
{
	return recent_take(&b->joins, now, peer_key(&b->joins, tag, id),
	    RETURN_SPACING, RETURNS_AT_ONCE);
}

/* The value in the table of known JOINs: the slot, and this bit if it was
 * used. */
#define USED (1u << 31)
_Static_assert(SLOTS_MAX < USED, "a slot has no place for more");

void
bootnode_begin(struct bootnode *b, uint64_t now, struct session *s,
    uint64_t key)
{
	s->join = key;
	recent_put(&b->known, key, now + PENDING_TIMEOUT, s->slot);
}

void
bootnode_use(struct bootnode *b, uint64_t now, const struct session *s)
{
	recent_put(&b->known, s->join, now + USED_FOR, s->slot | USED);
}

void
bootnode_left(struct bootnode *b, uint64_t now, const struct session *s)
{
	recent_put(&b->known, peer_key(&b->known, &s->room->tag, &s->peer),
	    now + USED_FOR, s->attempt);
}

bool
bootnode_left_since(const struct bootnode *b, uint64_t now,
    const struct ipc_join_opened *join)
{
	const struct recent_entry *e = recent_find(&b->known, now,
	    peer_key(&b->known, &join->tag, &join->id));

	return e != NULL && join->attempt <= e->value;
}

uint64_t
bootnode_join_key(const struct bootnode *b, const uint8_t *packet, size_t len)
{
	return recent_key(&b->known, packet, len);
}

enum join_known
bootnode_join_known(const struct bootnode *b, uint64_t now, uint64_t key,
    struct session **session)
{
	const struct recent_entry *e = recent_find(&b->known, now, key);
	struct session *s;
	bool used;

	*session = NULL;
	if (e == NULL)
		return JOIN_NEW;
	used = (e->value & USED) != 0;
	s = registry_slot(&b->registry, e->value & ~USED);
	if (s != NULL && s->join == key)
		*session = s;
	if (used)
		return JOIN_USED;
	return *session != NULL && s->state == SESSION_PENDING ? JOIN_UNDER_WAY
							       : JOIN_NEW;
}

void
bootnode_notice_crowd(struct bootnode *b, uint64_t now, const struct session *s)
{
	struct subject subject;

	if (!registry_is_crowded(s) || now < b->crowd_quiet_until)
		return;
	memset(&subject, 0, sizeof(subject));
	subject.what = 'c';
	subject.block = addr_block_of(&s->at.addr);
	if (!recent_take(&b->joins, now,
		recent_key(&b->joins, &subject, sizeof(subject)), CROWD_SPACING,
		1))
		return;
	b->crowd_quiet_until = now + CROWDS_SPACING;
	event_crowded(&subject.block, registry_from_block(s),
	    registry_limit(&b->registry, &subject.block));
}
