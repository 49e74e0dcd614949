/*
 * Telling a room what it must know: rosters and events are packed here,
 * sealed by cryptod for each session, and sent on as SEALED. PROTOCOL.md
 * section 2.
 */
#include "netd/bootnode_parts.h"
#include "netd/roster.h"

/* A session's SYNC is answered once in this time. */
#define SYNC_SPACING (200 * USEC_PER_MSEC)

/* Sessions that are told the same; one SEAL carries no more. */
struct audience {
	uint32_t slots[SEAL_SLOTS_MAX];
	size_t count;
};

static void
seal(struct bootnode *b, const struct audience *to, const uint8_t *plaintext,
    size_t len)
{
	uint8_t tail[sizeof(to->slots) + WIRE_SEALED_MAX];
	struct ipc_seal body = { .count = (uint16_t)to->count };
	size_t slots_len = to->count * sizeof(to->slots[0]);

	memcpy(tail, to->slots, slots_len);
	memcpy(tail + slots_len, plaintext, len);
	b->io.tell(b->io.arg, IPC_SEAL, &body, tail, slots_len + len);
}

/* All changes from version first to version last, which ends a packet. */
static void
seal_events(struct bootnode *b, struct room *room, const struct audience *to,
    uint32_t first, uint32_t last)
{
	uint8_t plaintext[WIRE_SEALED_MAX];
	size_t len;

	while (first != last + 1) {
		len = roster_put_events(plaintext, room, &first);
		seal(b, to, plaintext, len);
	}
}

static void
seal_roster(struct bootnode *b, struct room *room, const struct audience *to)
{
	uint8_t plaintext[WIRE_SEALED_MAX];
	struct session *next = registry_first(room);
	uint16_t parts = roster_parts(room);
	size_t len;

	for (uint16_t part = 0; part < parts; part++) {
		len = roster_put(plaintext, room, part, parts, &next);
		seal(b, to, plaintext, len);
	}
}

/* Collects members from *next on that do, or do not, wait for a roster.
 * Returns false if there are no more. */
static bool
next_audience(struct audience *to, bool roster_due, struct session **next)
{
	struct session *s = *next;

	to->count = 0;
	for (; s != NULL && to->count < SEAL_SLOTS_MAX; s = registry_next(s))
		if (s->state == SESSION_MEMBER && s->roster_due == roster_due)
			to->slots[to->count++] = s->slot;
	*next = s;
	return to->count > 0;
}

/*
 * The version up to which to announce now. The changes of a burst fill
 * packets, except the last packet: that one waits, once, for what the
 * burst's next changes add to it.
 */
static uint32_t
announce_until(struct room *room)
{
	uint8_t scratch[WIRE_SEALED_MAX];
	uint32_t first = room->announced + 1, next = first;

	while (next != room->version + 1) {
		first = next;
		roster_put_events(scratch, room, &next);
	}
	return first == room->announced + 1 ? room->version : first - 1;
}

void
bootnode_announce(struct bootnode *b, uint64_t now, struct room *room, bool all)
{
	uint32_t until = all ? room->version : announce_until(room);
	struct session *next = registry_first(room), *s;
	struct audience to;

	while (next_audience(&to, false, &next))
		seal_events(b, room, &to, room->announced + 1, until);
	next = registry_first(room);
	while (next_audience(&to, true, &next)) {
		seal_roster(b, room, &to);
		for (size_t i = 0; i < to.count; i++) {
			s = registry_slot(&b->registry, to.slots[i]);
			s->roster_due = false;
		}
	}
	registry_announced(&b->registry, now, room, until);
}

void
bootnode_changed(struct bootnode *b, uint64_t now, struct room *room)
{
	if (registry_log_full(room))
		bootnode_announce(b, now, room, true);
}

void
bootnode_sync(struct bootnode *b, uint64_t now, struct session *s,
    uint32_t version)
{
	struct audience to = { .slots = { s->slot }, .count = 1 };
	struct room *room = s->room;

	if (version == room->version || s->roster_due)
		return;
	if (now < s->sync_after) {
		bootnode_drop(b, DROP_RATE, &s->at);
		return;
	}
	s->sync_after = now + SYNC_SPACING;
	if (!registry_has_since(room, version)) {
		s->roster_due = true;
		registry_touch(&b->registry, now, room);
		return;
	}
	seal_events(b, room, &to, version + 1, room->version);
}

int
bootnode_sealed(struct bootnode *b, uint64_t now,
    const struct ipc_message_in *in)
{
	const struct ipc_sealed *sealed = in->body;
	struct session *s = registry_slot(&b->registry, sealed->slot);
	struct wire_sealed packet = {
		.counter = sealed->counter,
		.sealed = in->tail,
		.sealed_len = in->tail_len,
	};
	uint8_t buf[WIRE_MAX];
	size_t len;

	(void)now;
	if (s == NULL || in->tail_len <= AEAD_TAG_LEN)
		return -1;
	if (s->state != SESSION_MEMBER)
		return 0; /* it left while this was being sealed */
	packet.session = s->id;
	len = wire_put_sealed(buf, &packet);
	if (len == 0)
		return -1;
	bootnode_send(b, &s->at, buf, len);
	return 0;
}
