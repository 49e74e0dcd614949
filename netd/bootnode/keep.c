/*
 * Hands over what the bootnode knows, in records, to cryptod, which keeps them
 * for the bootnode that takes this one's place. See kept.h.
 */
#include "netd/bootnode/parts.h"

#include "common/codec.h"

/* Everything that has changed is announced now: the next bootnode does not know
 * the changes. */
static void
announce_all(struct bootnode *b, uint64_t now)
{
	struct room *room;

	while ((room = TAILQ_FIRST(&b->registry.dirty)) != NULL)
		bootnode_announce(b, now, room, true);
}

int
bootnode_hold(void *self, const struct ipc_message_in *in)
{
	const struct ipc_hold *hold = in->body;
	struct bootnode *b = self;
	struct keep *k = &b->keep;

	if (b->restore.waits)
		return -1;
	if (!k->held || k->attempt != hold->attempt)
		*k = (struct keep){
			.held = true,
			.held_at = k->held ? k->held_at : in->now,
			.attempt = hold->attempt,
		};
	announce_all(b, in->now);
	if (++k->holds < HANDOVER_HOLDS)
		b->io.tell(b->io.arg, IPC_HELD, hold, NULL, 0);
	else if (k->holds == HANDOVER_HOLDS)
		k->stage = KEEP_GENERAL;
	return k->holds <= HANDOVER_HOLDS ? 0 : -1;
}

int
bootnode_serve(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	struct keep *k = &b->keep;

	if (!k->held || b->restore.waits)
		return -1;
	registry_postpone(&b->registry, in->now, in->now - k->held_at);
	*k = (struct keep){ .held = false };
	return 0;
}

bool
bootnode_is_held(const struct bootnode *b)
{
	return b->keep.held;
}

bool
bootnode_keeps(const struct bootnode *b)
{
	return b->keep.stage != KEEP_NOTHING;
}

/* --- Records -------------------------------------------------------------- */

static void
put_general(const struct bootnode *b, struct putter *p)
{
	put_u8(p, KEPT_GENERAL);
	put_u32(p, KEPT_VERSION);
	put_u64(p, b->keep.held_at);
	put_u64(p, b->registry.timeout);
	put_u64(p, b->settled_at);
	put_u8(p, b->deserted);
	put_bytes(p, b->keys.cookie_key, sizeof(b->keys.cookie_key));
	put_bytes(p, b->known.secret, sizeof(b->known.secret));
	put_u64(p, b->known.count);
}

static void
put_access(const struct access_holder *h, struct putter *p)
{
	put_u8(p, KEPT_ACCESS);
	put_u16(p, h->number);
	put_bytes(p, h->key.mac_key, sizeof(h->key.mac_key));
}

static void
put_known(size_t place, const struct recent_entry *e, struct putter *p)
{
	put_u8(p, KEPT_KNOWN);
	put_u64(p, place);
	put_u32(p, e->mark);
	put_u32(p, e->value);
	put_u64(p, e->until);
}

static void
put_room(const struct room *room, struct putter *p)
{
	put_u8(p, KEPT_ROOM);
	put_bytes(p, &room->tag, sizeof(room->tag));
	put_u32(p, room->version);
}

static void
put_remote(const struct remote *at, struct putter *p)
{
	put_bytes(p, at->addr.ip, sizeof(at->addr.ip));
	put_u16(p, at->addr.port);
	put_bytes(p, at->local, sizeof(at->local));
	put_u8(p, at->socket);
}

static void
put_times(const struct session *s, struct putter *p)
{
	put_u64(p, s->time);
	put_u64(p, s->sync_time);
	put_u64(p, s->move_time);
	put_u64(p, s->proven);
	put_u64(p, s->relay.bytes);
	put_u64(p, s->relay.time);
}

/* Whoever gives a session another field decides whether it is kept, and then
 * about KEPT_VERSION. */
_Static_assert(sizeof(void *) != 8 || sizeof(struct session) == 224,
    "a session has other fields than those that are kept");

static void
put_session(const struct session *s, struct putter *p)
{
	const size_t welcome_len = s->welcome != NULL ? s->welcome_len : 0;

	put_u8(p, KEPT_SESSION);
	put_u32(p, s->slot);
	put_u64(p, s->id);
	put_bytes(p, &s->peer, sizeof(s->peer));
	put_u32(p, s->attempt);
	put_u64(p, s->nonce);
	put_u64(p, s->join);
	put_u64(p, s->counter);
	put_bytes(p, s->mac_key, sizeof(s->mac_key));
	put_remote(&s->at, p);
	put_times(s, p);
	put_u32(p, s->echoes);
	put_u8(p, s->fresh);
	put_u16(p, s->access);
	put_u8(p, s->roster_due);
	put_u8(p, s->hidden);
	put_u8(p, s->card_len);
	put_bytes(p, s->card, s->card_len);
	put_u16(p, (unsigned int)welcome_len);
	put_bytes(p, s->welcome, welcome_len);
}

/* --- In order ------------------------------------------------------------- */

static void
put_node(const struct node *n, size_t i, struct putter *p)
{
	uint8_t record[FLEET_RECORD_MAX];
	const size_t len = fleet_record_put(record, &n->view.nodes[i].record);

	put_u8(p, KEPT_NODE);
	put_u8(p, i == 0);
	put_u16(p, (unsigned int)len);
	put_bytes(p, record, len);
}

static void
next_node(struct bootnode *b, struct putter *p)
{
	struct keep *k = &b->keep;
	const struct node *n = b->node;

	if (n != NULL && k->next < n->view.count) {
		if (n->view.nodes[k->next].lives)
			put_node(n, k->next, p);
		k->next++;
	} else {
		k->next = 0;
		k->stage = KEEP_ACCESS;
	}
}

static void
next_access(struct bootnode *b, struct putter *p)
{
	struct keep *k = &b->keep;

	if (k->next < b->access.count) {
		put_access(&b->access.at[k->next++], p);
	} else {
		k->next = 0;
		k->stage = KEEP_KNOWN;
	}
}

static void
next_known(struct bootnode *b, struct putter *p)
{
	struct keep *k = &b->keep;
	const struct recent_entry *e =
	    recent_next(&b->known, k->held_at, &k->next);

	if (e != NULL) {
		put_known(k->next - 1, e, p);
	} else {
		k->room = registry_next_room(&b->registry, NULL);
		k->stage = KEEP_ROOMS;
	}
}

/* Returns the next member that is a MEMBER: others come only if cryptod did not
 * answer. */
static const struct session *
next_member(struct keep *k)
{
	while (k->member < k->room->count) {
		const struct session *s = k->room->members[k->member++];

		if (s->state == SESSION_MEMBER)
			return s;
	}
	return NULL;
}

static void
next_session(struct bootnode *b, struct putter *p)
{
	struct keep *k = &b->keep;
	const bool begins = k->member == 0;
	const struct session *s;

	if (k->room == NULL) {
		k->stage = KEEP_END;
		return;
	}
	s = next_member(k);
	if (s == NULL) {
		k->room = registry_next_room(&b->registry, k->room);
		k->member = 0;
		return;
	}
	if (begins)
		put_room(k->room, p);
	k->rooms += begins;
	put_session(s, p);
	k->sessions++;
}

/* Writes the next record, or finds that there is none of its kind. Returns its
 * length, or 0. */
static size_t
put_next(struct bootnode *b, uint8_t record[KEPT_RECORD_MAX])
{
	struct putter p;

	put_init(&p, record, KEPT_RECORD_MAX);
	switch (b->keep.stage) {
	case KEEP_GENERAL:
		put_general(b, &p);
		b->keep.stage = KEEP_NODES;
		break;
	case KEEP_NODES:
		next_node(b, &p);
		break;
	case KEEP_ACCESS:
		next_access(b, &p);
		break;
	case KEEP_KNOWN:
		next_known(b, &p);
		break;
	case KEEP_ROOMS:
		next_session(b, &p);
		break;
	case KEEP_NOTHING:
	case KEEP_END:
		break;
	}
	return put_length(&p);
}

static void
tell_end(struct bootnode *b)
{
	const struct ipc_kept_end end = {
		.sessions = b->keep.sessions,
		.rooms = b->keep.rooms,
	};

	b->keep.stage = KEEP_NOTHING;
	b->io.tell(b->io.arg, IPC_KEPT_END, &end, NULL, 0);
}

void
bootnode_keep(struct bootnode *b)
{
	uint8_t records[KEPT_BYTES_MAX];
	size_t len = 0;

	while (b->keep.stage != KEEP_END &&
	    sizeof(records) - len >= KEPT_RECORD_MAX)
		len += put_next(b, records + len);
	if (len > 0)
		b->io.tell(b->io.arg, IPC_KEPT, NULL, records, len);
	if (b->keep.stage == KEEP_END)
		tell_end(b);
	explicit_bzero(records, sizeof(records));
}
