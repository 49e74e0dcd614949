/*
 * Takes over what the bootnode before this one knew, from the records that
 * cryptod gives back. cryptod has made sure that a bootnode with the same key
 * wrote them. Nobody is served until all of them are here, and good; or no
 * session counts. See kept.h.
 */
#include "netd/bootnode/parts.h"

#include "common/codec.h"

/* Returns the number that a session's access key has now; or of no key. */
static uint16_t
access_now(const struct restore *r, uint16_t before)
{
	for (size_t i = 0; i < r->access_count; i++)
		if (r->access_before[i] == before)
			return r->access_now[i];
	return ACCESS_PUBLIC;
}

static void
get_general(struct bootnode *b, struct getter *g)
{
	struct restore *r = &b->restore;

	if (get_u32(g) != KEPT_VERSION) {
		r->result = KEPT_OTHER_VERSION;
		return;
	}
	r->held_at = get_u64(g);
	r->timeout = get_u64(g);
	r->settled_at = get_u64(g);
	r->deserted = get_u8(g) != 0;
	get_bytes(g, r->cookie_key, sizeof(r->cookie_key));
	get_bytes(g, b->known.secret, sizeof(b->known.secret));
	r->knows = get_u64(g) == b->known.count;
	r->has_general = true;
}

/* The access file may have changed: a key that is gone lets nobody be here any
 * more, which the next sweep sees to. */
static void
get_access(struct bootnode *b, struct getter *g)
{
	struct restore *r = &b->restore;
	uint8_t mac_key[SIPHASH_KEY];
	uint16_t number = get_u16(g);

	get_bytes(g, mac_key, sizeof(mac_key));
	if (r->access_count == ACCESS_KEYS_MAX) {
		r->result = KEPT_DAMAGED;
		return;
	}
	r->access_before[r->access_count] = number;
	r->access_now[r->access_count++] = access_number(&b->access, mac_key);
}

/* Tables of other sizes have other places: then which JOINs were used is not
 * known. */
static void
get_known(struct bootnode *b, struct getter *g)
{
	const uint64_t place = get_u64(g);
	struct recent_entry e;

	e.mark = get_u32(g);
	e.value = get_u32(g);
	e.until = get_u64(g);
	if (b->restore.knows && !g->bad)
		recent_put_at(&b->known, place, &e);
}

static void
get_room(struct bootnode *b, struct getter *g)
{
	struct restore *r = &b->restore;

	get_bytes(g, &r->tag, sizeof(r->tag));
	r->version = get_u32(g);
	r->has_room = true;
}

static void
get_remote(struct remote *at, struct getter *g)
{
	get_bytes(g, at->addr.ip, sizeof(at->addr.ip));
	at->addr.port = get_u16(g);
	get_bytes(g, at->local, sizeof(at->local));
	at->socket = get_u8(g);
}

static void
get_times(struct session *s, struct getter *g)
{
	s->time = get_u64(g);
	s->sync_time = get_u64(g);
	s->move_time = get_u64(g);
	s->proven = get_u64(g);
	s->relay.bytes = get_u64(g);
	s->relay.time = get_u64(g);
}

/* Reads a session's fields, except for its card and what comes behind it. */
static void
get_fields(struct session *s, struct getter *g)
{
	s->slot = get_u32(g);
	s->id = get_u64(g);
	get_bytes(g, &s->peer, sizeof(s->peer));
	s->attempt = get_u32(g);
	s->nonce = get_u64(g);
	s->join = get_u64(g);
	s->counter = get_u64(g);
	get_bytes(g, s->mac_key, sizeof(s->mac_key));
	get_remote(&s->at, g);
	get_times(s, g);
	s->echoes = get_u32(g);
	s->fresh = get_u8(g);
	s->access = get_u16(g);
	s->roster_due = get_u8(g) != 0;
	s->hidden = get_u8(g) != 0;
	s->card_len = get_u8(g);
}

/* True if such a session can have been. */
static bool
is_plausible(const struct bootnode *b, const struct session *s)
{
	return b->restore.has_general && b->restore.has_room &&
	    s->card_len > 0 && s->welcome_len <= WELCOME_MAX &&
	    registry_id_fits(s->id, s->slot);
}

/* The options may allow fewer sessions than before, or sockets. One of a socket
 * that is no more is none that this bootnode can reach. */
static bool
has_place(const struct bootnode *b, const struct session *s)
{
	const struct registry *r = &b->registry;

	return s->slot < r->max_sessions + SLOTS_RESERVE &&
	    r->session_count < r->max_sessions && s->at.socket < b->bind_count;
}

/* The others of its room are told by another version that the roster is another
 * one: they ask for it. cryptod forgets its key. */
static void
leave_out(struct bootnode *b, const struct session *s)
{
	struct restore *r = &b->restore;

	r->version++;
	registry_has_changed(&b->registry, &r->tag, r->version);
	if (s->slot < SLOTS_MAX)
		bootnode_tell_slot(b, IPC_SLOT_FREE, s->slot);
}

static void
get_session(struct bootnode *b, struct getter *g)
{
	struct restore *r = &b->restore;
	struct session s = { 0 };
	const uint8_t *card, *welcome;

	get_fields(&s, g);
	card = get_ref(g, s.card_len);
	s.welcome_len = get_u16(g);
	welcome = get_ref(g, s.welcome_len);
	s.access = access_now(r, s.access);
	if (g->bad || !is_plausible(b, &s))
		r->result = KEPT_DAMAGED;
	else if (!has_place(b, &s))
		leave_out(b, &s);
	else if (registry_put_back(&b->registry, r->held_at, &r->tag,
		     r->version, &s, card, welcome) == -1)
		r->result = KEPT_DAMAGED;
	explicit_bzero(s.mac_key, sizeof(s.mac_key));
}

static void
get_node(struct bootnode *b, struct getter *g)
{
	const bool own = get_u8(g) != 0;
	const size_t len = get_u16(g);
	const uint8_t *bytes = get_ref(g, len);
	struct fleet_record record;

	if (bytes == NULL || fleet_record_get(bytes, len, &record) == -1)
		b->restore.result = KEPT_DAMAGED;
	else if (b->node != NULL)
		node_told(b, &record, own);
}

int
bootnode_restore(void *self, const struct ipc_message_in *in)
{
	static void (*const readers[KEPT_RECORDS])(struct bootnode *,
	    struct getter *) = {
		[KEPT_GENERAL] = get_general,
		[KEPT_ACCESS] = get_access,
		[KEPT_KNOWN] = get_known,
		[KEPT_ROOM] = get_room,
		[KEPT_SESSION] = get_session,
		[KEPT_NODE] = get_node,
	};
	struct bootnode *b = self;
	struct restore *r = &b->restore;
	struct getter g;
	uint8_t kind;

	if (!r->waits)
		return -1;
	get_init(&g, in->tail, in->tail_len);
	while (r->result == KEPT_TAKEN && g.left > 0) {
		kind = get_u8(&g);
		if (kind < KEPT_RECORDS)
			readers[kind](b, &g);
		if (r->result == KEPT_TAKEN && (kind >= KEPT_RECORDS || g.bad))
			r->result = KEPT_DAMAGED;
	}
	return 0;
}

/* All is here. Whoever was silent for the whole of the timeout while nobody
 * listened has joined elsewhere, or is about to join again. */
static enum kept_result
judge(const struct bootnode *b, uint64_t now, const struct ipc_restore_end *end)
{
	const struct restore *r = &b->restore;

	if (end->result != KEPT_TAKEN)
		return end->result;
	if (r->result != KEPT_TAKEN)
		return r->result;
	if (!r->has_general || b->registry.session_count > end->sessions)
		return KEPT_DAMAGED;
	if (r->held_at > now || now - r->held_at >= r->timeout)
		return KEPT_TOO_OLD;
	return KEPT_TAKEN;
}

/* From now on it is as if this bootnode had been there all the time, and all
 * its sessions had been heard so much later. */
static void
take(struct bootnode *b, uint64_t now)
{
	struct restore *r = &b->restore;

	/* With another key, JOINs whose use is not known are of no use. */
	if (r->knows)
		memcpy(b->keys.cookie_key, r->cookie_key,
		    sizeof(r->cookie_key));
	b->settled_at = r->settled_at;
	b->deserted = r->deserted;
	/* They were told the timeout of then, and may be silent for as long. */
	b->registry.timeout = clock_max(b->registry.timeout, r->timeout);
	b->keep.held_at = r->held_at;
	bootnode_look_again(b, now);
	if (b->node != NULL)
		node_take_over(b, now);
}

/* cryptod has taken its keys over by now, and is to forget them. */
static void
forget_all(struct bootnode *b)
{
	registry_empty(&b->registry);
	b->io.tell(b->io.arg, IPC_REFUSED, NULL, NULL, 0);
}

int
bootnode_restore_end(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	struct restore *r = &b->restore;
	struct ipc_restored told = { 0 };
	enum kept_result result = judge(b, in->now, in->body);

	if (!r->waits)
		return -1;
	if (result == KEPT_TAKEN && registry_put_back_all(&b->registry) == -1)
		result = KEPT_DAMAGED;
	if (result == KEPT_TAKEN)
		take(b, in->now);
	else
		forget_all(b);
	told.result = (uint8_t)result;
	told.sessions = b->registry.session_count;
	told.rooms = b->registry.room_count;
	explicit_bzero(r, sizeof(*r));
	b->io.restored(b->io.arg, &told);
	return 0;
}
