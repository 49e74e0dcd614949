/*
 * Tells a room its members and their changes: rosters and events are packed
 * here, sealed by cryptod for each session, and sent on as SEALED. PROTOCOL.md
 * section 2.
 */
#include "netd/bootnode/parts.h"
#include "netd/bootnode/cookie.h"
#include "netd/bootnode/roster.h"

/* Limits for the SYNCs of a session that are answered: so many at once, and
 * then one each time this time has passed. A roster of 4096 takes some 110. */
#define SYNC_BURST   32
#define SYNC_SPACING (20 * USEC_PER_MSEC)
/* The number of packets of a roster that a new member gets unasked: with COOKIE
 * and WELCOME, these are no more than three times the HELLO and a JOIN. */
#define ROSTER_PUSHED 3
_Static_assert(ROSTER_PUSHED *WIRE_MAX + WIRE_COOKIE_LEN +
	    WIRE_WELCOME_OVERHEAD + NK_OVERHEAD + BOOTMSG_WELCOME_MAX <=
	3 *
	    (WIRE_HELLO_LEN + WIRE_JOIN_OVERHEAD + NK_OVERHEAD +
		BOOTMSG_JOIN_MAX - CARD_MAX + 1),
    "amplifies a JOIN more than it may");
/* A cookie as young as this shows that its address receives: then the roster's
 * start is three times a HELLO that came just now, and its JOIN. An older
 * cookie may be kept by somebody who is not there any more. */
#define COOKIE_YOUNG (10 * USEC_PER_SEC)
_Static_assert(TELL_KNOWN_FOR >= COOKIE_LIFE,
    "a client that comes again with a kept cookie is told everything again");

/* Sessions that are told the same; one SEAL carries no more of them. */
struct audience {
	uint32_t slots[SEAL_SLOTS_MAX];
	size_t count;
};

/* Plaintexts that are told together. */
struct pages {
	uint16_t lens[SEAL_PAGES_MAX];
	size_t count;
	size_t len; /* of all */
	uint8_t bytes[SEAL_PAGES_MAX * WIRE_SEALED_MAX];
};

/* One more plaintext was written to the end. */
static void
add_page(struct pages *p, size_t len)
{
	p->lens[p->count++] = (uint16_t)len;
	p->len += len;
}

static void
seal(struct bootnode *b, const struct audience *to, const struct pages *p)
{
	uint8_t tail[sizeof(to->slots) + sizeof(p->bytes)];
	struct ipc_seal body = { .count = (uint16_t)to->count };
	size_t slots_len = to->count * sizeof(to->slots[0]);

	memcpy(body.lens, p->lens, p->count * sizeof(p->lens[0]));
	memcpy(tail, to->slots, slots_len);
	memcpy(tail + slots_len, p->bytes, p->len);
	b->io.tell(b->io.arg, IPC_SEAL, &body, tail, slots_len + p->len);
}

/* --- Who may be told ------------------------------------------------------ */

/*
 * Only echoes earn what is told unasked: no cookie shows that the address still
 * receives, since its owner may have kept some. He may have kept echoes, too.
 * So an echo earns only if it was given out after the last one that earned: of
 * all those that a session's client can have kept, one.
 */
void
bootnode_prove(uint64_t now, struct session *s, unsigned int age)
{
	s->proven = now;
	if (age >= s->fresh)
		return;
	registry_block_earn(s, WIRE_ECHO_WORTH);
	s->fresh = 0;
}

bool
bootnode_prove_by_cookie(const struct bootnode *b, uint64_t now,
    struct session *s, uint64_t made)
{
	bool young = now - made < COOKIE_YOUNG;

	s->proven = young ? made : now - b->registry.timeout - 1;
	return young;
}

bool
bootnode_proven(const struct bootnode *b, uint64_t now, const struct session *s)
{
	return now - s->proven <= b->registry.timeout;
}

/* True if the session may be told so much that it has not asked for. */
static bool
may_tell(const struct bootnode *b, uint64_t now, const struct session *s,
    size_t len)
{
	return s->state == SESSION_MEMBER && !s->roster_due &&
	    bootnode_proven(b, now, s) &&
	    registry_block_tell(s, now, WIRE_SEALED_OVERHEAD + len);
}

/* Sends one packet to all of a room that may be told. The others will learn
 * from a heartbeat's version that they miss something, and ask. */
static void
tell_room(struct bootnode *b, uint64_t now, struct room *room,
    const struct pages *page)
{
	struct audience to;
	uint32_t i = 0;

	while (i < room->count) {
		to.count = 0;
		for (; i < room->count && to.count < SEAL_SLOTS_MAX; i++)
			if (may_tell(b, now, room->members[i], page->len))
				to.slots[to.count++] = room->members[i]->slot;
		if (to.count > 0)
			seal(b, &to, page);
	}
}

void
bootnode_tell_room(struct bootnode *b, uint64_t now, struct room *room,
    const uint8_t *plaintext, size_t len)
{
	struct pages page = { .count = 0 };

	memcpy(page.bytes, plaintext, len);
	add_page(&page, len);
	tell_room(b, now, room, &page);
}

/* Sends the first packets of a roster to a new member. */
static void
push_roster(struct bootnode *b, struct room *room, uint32_t version,
    const struct audience *to)
{
	struct pages p = { .count = 0 };
	struct peer_id after = { .bytes = { 0 } };
	bool last = false;
	uint8_t *page;
	size_t len;

	while (p.count < ROSTER_PUSHED && !last) {
		page = p.bytes + p.len;
		len = roster_put(page, WIRE_SEALED_MAX, room, version, version,
		    &after, &last);
		if (p.count == ROSTER_PUSHED - 1 && !last)
			bootmsg_add_flag(page, BOOTMSG_MORE);
		add_page(&p, len);
	}
	seal(b, to, &p);
}

/* Sends rosters to the members that wait for one, except for one of them. */
static void
push_rosters(struct bootnode *b, struct room *room, uint32_t version,
    const struct session *but)
{
	struct audience to;
	struct session *s;
	uint32_t i = 0;

	while (i < room->count) {
		to.count = 0;
		for (; i < room->count && to.count < SEAL_SLOTS_MAX; i++) {
			s = room->members[i];
			if (s->state != SESSION_MEMBER || !s->roster_due ||
			    s == but)
				continue;
			to.slots[to.count++] = s->slot;
			s->roster_due = false;
		}
		if (to.count > 0)
			push_roster(b, room, version, &to);
	}
}

/*
 * Returns the version up to which to announce now. The changes of a burst fill
 * packets, except the last one: it waits, once, for the next changes of the
 * burst, which can still be added to it.
 */
static uint32_t
announce_until(struct room *room)
{
	uint8_t scratch[WIRE_SEALED_MAX];
	uint32_t first = room->announced + 1, next = first;

	while (next != room->version + 1) {
		first = next;
		roster_put_events(scratch, sizeof(scratch), room, room->version,
		    &next);
	}
	return first == room->announced + 1 ? room->version : first - 1;
}

/* True if a session waits for a WELCOME. */
static bool
any_admitted(struct room *room)
{
	for (uint32_t i = 0; i < room->count; i++)
		if (room->members[i]->state == SESSION_ADMITTED)
			return true;
	return false;
}

/* True if more changes are about to come that would share packets: then the
 * ones here wait, up to a limit. */
static bool
is_burst(const struct bootnode *b, uint64_t now, struct room *room)
{
	uint8_t scratch[WIRE_SEALED_MAX];
	uint32_t next = room->announced + 1;

	if (now >= room->wait_until)
		return false;
	/* A member that waits for a WELCOME would have to ask for everything
	 * that is told now. */
	if (any_admitted(room))
		return true;
	if (room->count < ROOM_LARGE)
		return false;
	if (!TAILQ_EMPTY(&b->registry.pending))
		return true;
	if (now - room->touched >= registry_flush_delay(room))
		return false;
	roster_put_events(scratch, sizeof(scratch), room, room->version, &next);
	return next == room->version + 1;
}

/* Returns the session that made this version by joining, or NULL. */
static const struct session *
newest(struct room *room, uint32_t version)
{
	const struct session *s;

	if (room->kept == 0) /* it remembers none */
		return NULL;
	s = registry_member(room, &registry_change(room, version)->id);
	return s != NULL && s->joined == version ? s : NULL;
}

void
bootnode_announce(struct bootnode *b, uint64_t now, struct room *room, bool all)
{
	uint32_t next = room->announced + 1, until;
	struct pages page;

	if (!all && is_burst(b, now, room)) {
		registry_wait(&b->registry, now, room);
		return;
	}
	until = all ? room->version : announce_until(room);
	/* In a large room a member that has just joined gets a roster of
	 * everything announced before, and is then told together with the
	 * others: in a burst that is most of it, in packets that are full. The
	 * newest member is an exception: it may be alone, and has everything in
	 * the roster. Version 0 would say that there is none. */
	if (room->count >= ROOM_LARGE)
		push_rosters(b, room,
		    room->announced == 0 ? 1 : room->announced,
		    newest(room, until));
	while (next != until + 1) { /* which ends a packet */
		page.count = page.len = 0;
		add_page(&page,
		    roster_put_events(page.bytes, WIRE_SEALED_MAX, room, until,
			&next));
		tell_room(b, now, room, &page);
	}
	push_rosters(b, room, until, NULL);
	registry_announced(&b->registry, now, room, until);
}

void
bootnode_changed(struct bootnode *b, uint64_t now, struct room *room)
{
	if (registry_log_full(room))
		bootnode_announce(b, now, room, true);
}

/* --- What is asked for ---------------------------------------------------- */

/* The next packet of an answer, from the roster or from the log. */
struct answer {
	struct room *room;
	bool roster;
	struct peer_id after;
	uint32_t until;	  /* the roster of then, as it is now */
	uint32_t version; /* the first event */
};

/* Writes the packet into max bytes; returns its length, and tells whether
 * nothing comes after it. */
static size_t
put_answer(struct answer *a, uint8_t *buf, size_t max, bool *last)
{
	size_t len;

	if (max > WIRE_SEALED_MAX)
		max = WIRE_SEALED_MAX;
	if (a->roster)
		return roster_put(buf, max, a->room, a->room->announced,
		    a->until, &a->after, last);
	len = roster_put_events(buf, max, a->room, a->room->announced,
	    &a->version);
	*last = a->version == a->room->announced + 1;
	return len;
}

/* Sends an answer of at most so many bytes. Returns whether there was one. */
static bool
answer_sync(struct bootnode *b, const struct session *s, struct answer *a,
    size_t left)
{
	const size_t least =
	    WIRE_SEALED_OVERHEAD + BOOTMSG_ROSTER_HEAD + BOOTMSG_ENTRY_MAX;
	struct audience to = { .slots = { s->slot }, .count = 1 };
	struct pages p = { .count = 0 };
	bool last = false;
	uint8_t *page;
	size_t len;

	while (!last && left >= least && p.count < SEAL_PAGES_MAX) {
		page = p.bytes + p.len;
		len = put_answer(a, page, left - WIRE_SEALED_OVERHEAD, &last);
		left -= WIRE_SEALED_OVERHEAD + len;
		add_page(&p, len);
		if (!last && (left < least || p.count == SEAL_PAGES_MAX))
			bootmsg_add_flag(page, BOOTMSG_MORE);
	}
	if (p.count > 0)
		seal(b, &to, &p);
	return p.count > 0;
}

/* Each SYNC uses up SYNC_SPACING of the session's time for them. */
static bool
may_sync(uint64_t now, struct session *s)
{
	uint64_t from = clock_max(s->sync_time, now);

	if (from - now > (SYNC_BURST - 1) * SYNC_SPACING)
		return false;
	s->sync_time = from + SYNC_SPACING;
	return true;
}

bool
bootnode_sync(struct bootnode *b, uint64_t now, struct session *s,
    const struct wire_control *c, size_t may)
{
	static const struct peer_id none;
	struct room *room = s->room;
	struct answer a = { .room = room,
		.after = c->after,
		.version = c->version + 1 };

	a.roster = memcmp(&c->after, &none, sizeof(none)) != 0;
	if ((c->version == room->announced && !a.roster) || s->roster_due)
		return false;
	if (!may_sync(now, s)) {
		bootnode_drop(b, DROP_RATE, &s->at);
		return false;
	}
	/* A member that goes on with a roster learns from events who came since
	 * the roster began. */
	a.until = a.roster ? c->version : room->announced;
	if (!registry_has_since(room, c->version) ||
	    room->version - c->version < room->version - room->announced) {
		a.roster = true;
		a.until = room->announced;
	}
	return answer_sync(b, s, &a, may);
}

int
bootnode_sealed(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	const struct ipc_sealed *sealed = in->body;
	struct wire_sealed packet = { .sealed = in->tail };
	uint8_t buf[WIRE_MAX];
	struct session *s;

	for (size_t i = 0; i < sealed->count; i++) {
		s = registry_slot(&b->registry, sealed->slots[i]);
		if (!registry_had_slot(&b->registry, sealed->slots[i]))
			return -1;
		packet.sealed_len = sealed->lens[i];
		if (s != NULL && s->state == SESSION_MEMBER) {
			packet.session = s->id;
			packet.counter = sealed->counters[i];
			bootnode_send(b, &s->at, buf,
			    wire_put_sealed(buf, &packet));
		} /* else it left while this was being sealed */
		packet.sealed += packet.sealed_len;
	}
	return 0;
}
