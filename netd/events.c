/*
 * Events for the log. See events.h.
 */
#include "netd/events.h"

#include "common/clock.h"
#include "common/hex.h"
#include "common/log.h"

#include <stdio.h>

#define REJECTS_SPACING USEC_PER_SEC

struct names {
	char room[2 * ROOM_ALIAS_LEN + 1];
	char peer[2 * PEER_ID_LEN + 1];
	char address[ADDR_TEXT_MAX];
};

void
event_listening(const struct addr *addr)
{
	char text[ADDR_TEXT_MAX];

	log_event(LOG_INFO, "listening", "address=%s",
	    addr_format(addr, text, sizeof(text)));
}

static void
log_at_address(const char *event, const uint8_t room[ROOM_ALIAS_LEN],
    const struct peer_id *id, const struct addr *at, const char *access)
{
	struct names n;

	log_event(LOG_INFO, event, "room=%s peer=%s address=%s%s%s",
	    format_hex(n.room, room, ROOM_ALIAS_LEN),
	    format_hex(n.peer, id->bytes, PEER_ID_LEN),
	    addr_format(at, n.address, sizeof(n.address)),
	    *access != '\0' ? " access=" : "", access);
}

void
event_joined(const uint8_t room[ROOM_ALIAS_LEN], const struct peer_id *id,
    const struct addr *at, const char *access)
{
	log_at_address("joined", room, id, at, access);
}

void
event_rejoined(const uint8_t room[ROOM_ALIAS_LEN], const struct peer_id *id,
    const struct addr *at, const char *access)
{
	log_at_address("rejoined", room, id, at, access);
}

void
event_moved(const uint8_t room[ROOM_ALIAS_LEN], const struct peer_id *id,
    const struct addr *at)
{
	log_at_address("moved", room, id, at, "");
}

void
event_left(const uint8_t room[ROOM_ALIAS_LEN], const struct peer_id *id,
    enum leave_reason reason)
{
	struct names n;

	log_event(LOG_INFO, "left", "room=%s peer=%s reason=%s",
	    format_hex(n.room, room, ROOM_ALIAS_LEN),
	    format_hex(n.peer, id->bytes, PEER_ID_LEN),
	    reason == LEAVE_TIMEOUT ? "timeout" : "leave");
}

void
event_revoked(uint32_t sessions)
{
	log_event(LOG_INFO, "revoked", "sessions=%u", sessions);
}

void
event_ended_denied(uint32_t sessions)
{
	log_event(LOG_INFO, "denied",
	    "sessions=%u msg=sessions ended, because their addresses are "
	    "denied now",
	    sessions);
}

void
event_crowded(const struct addr_block *source, uint32_t sessions,
    uint32_t limit)
{
	char text[ADDR_BLOCK_TEXT_MAX];

	log_event(LOG_WARN, "crowded",
	    "address=%s sessions=%u limit=%u msg=one address has three "
	    "quarters of the sessions that it may have; if many people are "
	    "behind it, lift its limit with LIFT_FILE",
	    addr_block_format(source, text), sessions, limit);
}

void
event_masqueraded(const struct addr *at, uint32_t sessions)
{
	char text[ADDR_TEXT_MAX];

	log_event(LOG_WARN, "masqueraded",
	    "address=%s sessions=%u msg=many clients come from one private "
	    "address: if it belongs to a container engine or a port forward, "
	    "no client can learn another's address, and all are relayed; run "
	    "it on the host's network, or forward without masquerading",
	    addr_format(at, text, sizeof(text)), sessions);
}

/* --- A fleet's ------------------------------------------------------------ */

void
event_node_came(const struct addr *node, const char *version, size_t living)
{
	char text[ADDR_TEXT_MAX];

	log_event(LOG_INFO, "node_came", "address=%s version=%s living=%zu",
	    addr_format(node, text, sizeof(text)), version, living);
}

void
event_node_gone(const struct addr *node, bool drained, size_t living)
{
	char text[ADDR_TEXT_MAX];

	addr_format(node, text, sizeof(text));
	if (drained)
		log_event(LOG_INFO, "node_gone", "address=%s living=%zu", text,
		    living);
	else
		log_event(LOG_WARN, "node_gone",
		    "address=%s living=%zu msg=a node of the fleet is silent, "
		    "and its rooms are at home at the others now",
		    text, living);
}

void
event_fleet_changed(size_t homes)
{
	log_event(LOG_INFO, "fleet", "homes=%zu", homes);
}

void
event_rooms_move(uint32_t rooms, uint32_t sessions)
{
	log_event(LOG_INFO, "rooms_move", "rooms=%u sessions=%u", rooms,
	    sessions);
}

void
event_node_twin(const struct addr *node)
{
	char text[ADDR_TEXT_MAX];

	log_event(LOG_ERROR, "address_taken",
	    "address=%s msg=another bootnode of this fleet has the same "
	    "address: clients reach only one of the two; give each its own "
	    "with FLEET_ADDRESS",
	    addr_format(node, text, sizeof(text)));
}

void
event_fleet_full(const struct addr *node)
{
	char text[ADDR_TEXT_MAX];

	log_event(LOG_ERROR, "fleet_full",
	    "address=%s msg=the fleet has as many nodes as there may be, and "
	    "no place for this one",
	    addr_format(node, text, sizeof(text)));
}

void
event_engine_away(size_t living)
{
	log_event(LOG_WARN, "engine_away",
	    "living=%zu msg=the engine does not answer: nodes that come or go "
	    "are not noticed until it does",
	    living);
}

void
event_engine_back(void)
{
	log_event(LOG_INFO, "engine_back", NULL);
}

/* --- Rejected ------------------------------------------------------------- */

static void
tell_rejects(struct event_rejects *r, uint64_t now)
{
	static const char *const reasons[REJECT_REASON_COUNT] = {
		[REJECT_UNKNOWN_SESSION] = "unknown_session",
		[REJECT_ROOM_FULL] = "room_full",
		[REJECT_ADDRESS_FULL] = "address_full",
		[REJECT_BOOTNODE_FULL] = "bootnode_full",
	};
	char text[ADDR_TEXT_MAX];

	log_event(LOG_INFO, "rejected", "reason=%s address=%s count=%u",
	    reasons[r->reason], addr_format(&r->from, text, sizeof(text)),
	    r->count);
	r->count = 0;
	r->quiet_until = now + REJECTS_SPACING;
}

void
event_rejected(struct event_rejects *r, uint64_t now, const struct addr *from,
    enum wire_reject_reason reason)
{
	r->count++;
	r->reason = reason;
	r->from = *from;
	event_rejects_timer(r, now);
}

uint64_t
event_rejects_deadline(const struct event_rejects *r)
{
	return r->count > 0 ? r->quiet_until : CLOCK_NEVER;
}

void
event_rejects_timer(struct event_rejects *r, uint64_t now)
{
	if (event_rejects_deadline(r) <= now)
		tell_rejects(r, now);
}

/* --- A client's ----------------------------------------------------------- */

void
event_path(const struct peer_id *id, const struct ipc_path *path)
{
	static const char *const states[PATH_STATE_COUNT] = {
		[PATH_PROBING] = "probing",
		[PATH_UP] = "up",
		[PATH_FAILED] = "failed",
	};
	static const char *const kinds[PATH_KIND_COUNT] = {
		[PATH_NONE] = "none",
		[PATH_LAN] = "lan",
		[PATH_DIRECT] = "direct",
		[PATH_RELAY] = "relay",
	};
	struct names n;

	log_event(LOG_DEBUG, "path", "peer=%s state=%s kind=%s address=%s",
	    format_hex(n.peer, id->bytes, PEER_ID_LEN), states[path->state],
	    kinds[path->kind],
	    path->kind == PATH_NONE
		? "-"
		: addr_format(&path->addr, n.address, sizeof(n.address)));
}
