/*
 * The bootnode's entry: datagrams and cryptod's messages go to their handlers,
 * timers remove sessions that were silent too long and announce changes. See
 * bootnode.h and parts.h.
 */
#include "netd/bootnode/parts.h"

#include <stdlib.h>
#include <string.h>

/* How often the operator's view is refreshed at least; and at most. */
#define STATS_INTERVAL (60 * USEC_PER_SEC)
#define STATS_SPACING  USEC_PER_SEC

/* Places of the tables of recent events: what JOINs take up that come as fast
 * as cryptod can open them; and as many as can be used while a cookie is good,
 * at 4,000 a second, unless there are never so many sessions. With a million
 * sessions the three tables take 13 MB. */
#define JOINS_COUNTED 65536
#define JOINS_KNOWN   524288

static bootnode_packet_handler *const packet_handlers[WIRE_TYPE_COUNT] = {
	[WIRE_HELLO] = bootnode_hello,
	[WIRE_JOIN] = bootnode_join,
	[WIRE_HEARTBEAT] = bootnode_control,
	[WIRE_SYNC] = bootnode_control,
	[WIRE_LEAVE] = bootnode_control,
	[WIRE_CHALLENGE_REPLY] = bootnode_challenge_reply,
	[WIRE_REFLECT] = bootnode_reflect,
	[WIRE_RELAY] = bootnode_relay,
};

/* Fills in the figures that are not counted as they happen, except the
 * sources. */
static void
refresh(const struct bootnode *b, uint64_t now, struct ipc_stats *s)
{
	s->uptime_ms = (now - b->started) / USEC_PER_MSEC;
	s->sessions = b->registry.session_count;
	s->rooms = b->registry.room_count;
	s->crowded = b->registry.crowded;
	if (b->node != NULL)
		node_figures(b, now, s);
}

void
bootnode_figures(const struct bootnode *b, uint64_t now,
    struct ipc_stats *figures)
{
	*figures = b->stats;
	refresh(b, now, figures);
	figures->asked = 0;
	figures->sources_ms = figures->source_count = 0;
	memset(figures->sources, 0, sizeof(figures->sources));
}

static void
tell_stats(struct bootnode *b, uint64_t now)
{
	struct ipc_stats *s = &b->stats;
	uint64_t span;

	refresh(b, now, s);
	s->source_count = sources_top(&b->sources, now, s->sources, &span);
	s->sources_ms = (uint32_t)(span / USEC_PER_MSEC);
	b->stats_told = now;
	b->stats_due = b->io.tell(b->io.arg, IPC_STATS, s, NULL, 0) == -1;
	if (!b->stats_due)
		s->asked = 0;
}

/* The operator asks for the figures. */
static int
on_net_ask(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;

	b->stats.asked = 1;
	tell_stats(b, in->now);
	return 0;
}

/* No other message of cryptod's is accepted before it, except for ACCESS_KEYS,
 * so that a private bootnode answers nobody in between. */
static int
on_boot_keys(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	const struct handler then[] = {
		{ IPC_JOIN_OPENED, bootnode_join_opened, b },
		{ IPC_JOIN_FAILED, bootnode_join_failed, b },
		{ IPC_JOIN_SEALED, bootnode_join_sealed, b },
		{ IPC_SEALED, bootnode_sealed, b },
		{ IPC_NET_ASK, on_net_ask, b },
		{ IPC_NET_OPERATE, bootnode_operate, b },
		{ IPC_HOLD, bootnode_hold, b },
		{ IPC_RESTORE, bootnode_restore, b },
		{ IPC_RESTORE_END, bootnode_restore_end, b },
	};
	const struct handler of_fleet[] = {
		{ IPC_FLEET_SEALED, node_sealed, b },
		{ IPC_FLEET_FOUND, node_found, b },
		{ IPC_FLEET_ROUND, node_round, b },
		{ IPC_FLEET_OPENED, node_opened, b },
		{ IPC_DRAIN, node_leave, b },
	};

	if (b->has_keys)
		return -1;
	b->keys = *(const struct ipc_boot_keys *)in->body;
	if (!b->keys.fresh)
		bootnode_settle(b, in->now);
	b->has_keys = true;
	dispatch_add(b->handlers, then, sizeof(then) / sizeof(then[0]));
	if (b->node != NULL) {
		dispatch_add(b->handlers, of_fleet,
		    sizeof(of_fleet) / sizeof(of_fleet[0]));
		node_begin(b, in->now);
	}
	return 0;
}

/* Makes the tables of recent events, as recent.h tells; returns 0, or -1
 * without memory. */
static int
make_tables(struct bootnode *b, uint32_t sessions)
{
	const size_t most = sessions < JOINS_KNOWN ? sessions : JOINS_KNOWN;
	const struct {
		struct recent *table;
		size_t places;
	} tables[] = {
		{ &b->joins, JOINS_COUNTED },
		{ &b->known, most },
		{ &b->registry.told, most / 2 },
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct recent *r = tables[i].table;

		if (recent_init(r, tables[i].places) == -1)
			return -1;
		b->io.random(b->io.arg, r->secret, sizeof(r->secret));
	}
	return 0;
}

struct bootnode *
bootnode_new(const struct ipc_config_netd *config, const struct bootnode_io *io,
    struct dispatch *handlers, uint64_t now)
{
	struct bootnode *b = calloc(1, sizeof(*b));
	const struct handler first[] = {
		{ IPC_PREFIXES, bootnode_prefixes, b },
		{ IPC_LIMITS, bootnode_limits, b },
		{ IPC_SERVE, bootnode_serve, b },
		{ IPC_ACCESS_KEYS, bootnode_access_keys, b },
		{ IPC_BOOT_KEYS, on_boot_keys, b },
	};
	uint64_t seed[2];

	if (b == NULL)
		return NULL;
	b->io = *io;
	b->handlers = handlers;
	dispatch_add(handlers, first, sizeof(first) / sizeof(first[0]));
	b->bind_count = config->bind_count;
	memcpy(b->bind, config->bind, sizeof(b->bind));
	b->started = b->stats_told = now;
	b->io.random(b->io.arg, seed, sizeof(seed));
	sources_init(&b->sources, now, seed);
	memcpy(b->alias_key, config->alias_key, sizeof(b->alias_key));
	registry_init(&b->registry, config->limits.max_peers,
	    config->limits.max_per_address,
	    config->limits.timeout_ms * USEC_PER_MSEC);
	b->registry.max_sessions = config->max_sessions;
	b->registry.lifted = &b->lists[PREFIXES_LIFTED];
	bootnode_set_limits(b, &config->limits);
	b->open = !config->prefixed;
	b->sweep_slot = SLOT_NONE;
	b->restore.waits = b->keep.held = config->restores;
	b->keep.held_at = now;
	if (make_tables(b, config->max_sessions) == 0 &&
	    (!config->fleet || node_init(b, config) == 0))
		return b;
	bootnode_free(b);
	return NULL;
}

void
bootnode_free(struct bootnode *b)
{
	if (b == NULL)
		return;
	registry_clear(&b->registry);
	recent_clear(&b->joins);
	recent_clear(&b->known);
	node_free(b);
	for (size_t i = 0; i < PREFIXES_COUNT; i++) {
		prefixes_clear(&b->lists[i]);
		prefixes_clear(&b->next[i]);
	}
	explicit_bzero(b, sizeof(*b));
	free(b);
}

void
bootnode_drop(struct bootnode *b, enum drop_cause cause,
    const struct remote *from)
{
	b->stats.drops[cause]++;
	b->stats.dropped++;
	sources_dropped(&b->sources, &from->addr);
}

void
bootnode_send(struct bootnode *b, const struct remote *to,
    const uint8_t *packet, size_t len)
{
	b->stats.sent++;
	b->io.send(b->io.arg, to, packet, len);
}

void
bootnode_reject(struct bootnode *b, const struct remote *to,
    enum wire_reject_reason reason, uint64_t id, const uint8_t *key)
{
	struct wire_reject reject = { .reason = reason, .id = id };
	uint8_t packet[WIRE_MAX];

	bootnode_send(b, to, packet, wire_put_reject(packet, &reject, key));
}

void
bootnode_tell_slot(struct bootnode *b, enum ipc_type type, uint32_t slot)
{
	struct ipc_slot body = { .slot = slot };

	b->io.tell(b->io.arg, type, &body, NULL, 0);
}

void
bootnode_alias(const struct bootnode *b, const struct session *s,
    uint8_t alias[ROOM_ALIAS_LEN])
{
	uint8_t mac[SIPHASH_MAC];

	siphash(mac, b->alias_key, &s->room->tag, sizeof(s->room->tag));
	memcpy(alias, mac, ROOM_ALIAS_LEN);
}

void
bootnode_tell_member(struct bootnode *b, enum bootmsg_what what,
    enum leave_reason reason, const struct session *s)
{
	struct ipc_member body = {
		.what = (uint8_t)what,
		.reason = what == MEMBER_LEFT ? (uint8_t)reason : 0,
		.id = s->peer,
	};

	bootnode_alias(b, s, body.room);
	b->io.tell(b->io.arg, IPC_MEMBER, &body, NULL, 0);
	if (what == MEMBER_JOINED)
		event_joined(body.room, &s->peer, &s->at.addr,
		    access_name(&b->access, s->access));
}

void
bootnode_leave(struct bootnode *b, uint64_t now, struct session *s,
    enum leave_reason reason)
{
	uint8_t alias[ROOM_ALIAS_LEN];

	if (!s->room->silent) {
		bootnode_alias(b, s, alias);
		event_left(alias, &s->peer, reason);
	}
	bootnode_end(b, now, s, reason);
}

void
bootnode_end(struct bootnode *b, uint64_t now, struct session *s,
    enum leave_reason reason)
{
	uint32_t slot = s->slot;
	struct room *room = NULL;

	bootnode_tell_member(b, MEMBER_LEFT, reason, s);
	bootnode_left(b, now, s);
	if (s->room->silent)
		registry_take_out(&b->registry, s);
	else
		room = registry_remove(&b->registry, now, s, reason);
	bootnode_tell_slot(b, IPC_SLOT_FREE, slot);
	if (room != NULL)
		bootnode_changed(b, now, room);
}

void
bootnode_packet(struct bootnode *b, uint64_t now, const struct remote *from,
    const uint8_t *packet, size_t len)
{
	enum wire_type type = wire_type(packet, len);

	b->stats.received++;
	sources_received(&b->sources, now, &from->addr);
	if (!b->has_keys || !b->open)
		bootnode_drop(b, DROP_BUSY, from);
	else if (bootnode_denies(b, &from->addr))
		bootnode_drop(b, DROP_DENIED, from);
	else if (type == WIRE_INVALID || addr_is_unusable(&from->addr))
		bootnode_drop(b, DROP_MALFORMED, from);
	else if (packet_handlers[type] == NULL)
		bootnode_drop(b, DROP_UNEXPECTED, from);
	else
		packet_handlers[type](b, now, from, packet, len);
}

void
bootnode_settle(struct bootnode *b, uint64_t now)
{
	b->settled_at = now +
	    bootmsg_settle_ms(b->timeout_ms, b->interval_ms) * USEC_PER_MSEC;
}

static uint64_t
stats_deadline(const struct bootnode *b)
{
	const struct registry *r = &b->registry;

	if (b->stats_due || b->stats.sessions != r->session_count ||
	    b->stats.rooms != r->room_count)
		return b->stats_told + STATS_SPACING;
	return b->stats_told + STATS_INTERVAL;
}

uint64_t
bootnode_deadline(const struct bootnode *b)
{
	uint64_t deadline =
	    clock_min(registry_deadline(&b->registry), stats_deadline(b));

	deadline = clock_min(deadline, event_rejects_deadline(&b->rejects));
	if (b->node != NULL)
		deadline = clock_min(deadline, node_deadline(b));
	return clock_min(deadline, bootnode_sweep_deadline(b));
}

void
bootnode_timer(struct bootnode *b, uint64_t now)
{
	struct registry *r = &b->registry;
	struct session *s;
	struct room *room;

	while ((s = registry_stale_pending(r, now)) != NULL) {
		registry_abandon(r, s);
		bootnode_drop(b, DROP_BUSY, &s->at);
	}
	while ((s = registry_silent(r, now)) != NULL) {
		bootnode_leave(b, now, s, LEAVE_TIMEOUT);
		b->deserted = r->session_count == 0;
	}
	bootnode_sweep(b, now);
	while ((room = registry_due(r, now)) != NULL)
		bootnode_announce(b, now, room, false);
	event_rejects_timer(&b->rejects, now);
	if (b->node != NULL)
		node_timer(b, now);
	if (stats_deadline(b) <= now)
		tell_stats(b, now);
}
