/*
 * What netd writes to the log for programs to read: who came to a bootnode and
 * from where, who left and why; in a client, the way by which packets go to a
 * peer.
 */
#ifndef NETD_EVENTS_H
#define NETD_EVENTS_H

#include "common/ipc_messages.h"

/* Clients that a bootnode did not admit: a flood of them takes a line a second.
 * All zero at first. */
struct event_rejects {
	uint32_t count;			/* since the last line */
	enum wire_reject_reason reason; /* of the last one, and whence */
	struct addr from;
	uint64_t quiet_until;
};

void event_listening(const struct addr *);

/* Reports a change of a session. joined: it is in its room; rejoined: in the
 * place of an earlier one of the same peer. moved: it has another address.
 * left: it is gone. A room goes by its alias; access is the name of the key
 * that let it in, or "". */
void event_joined(const uint8_t room[ROOM_ALIAS_LEN], const struct peer_id *,
    const struct addr *, const char *access);
void event_rejoined(const uint8_t room[ROOM_ALIAS_LEN], const struct peer_id *,
    const struct addr *, const char *access);
void event_moved(const uint8_t room[ROOM_ALIAS_LEN], const struct peer_id *,
    const struct addr *);
void event_left(const uint8_t room[ROOM_ALIAS_LEN], const struct peer_id *,
    enum leave_reason);

/* So many sessions have ended because their access key was taken back. */
void event_revoked(uint32_t sessions);
/* So many sessions ended because their addresses are denied now. */
void event_ended_denied(uint32_t sessions);
/* The sessions of a source come near to their limit. */
void event_crowded(const struct addr_block *, uint32_t sessions,
    uint32_t limit);

/* This many sessions come from a private address, which cannot be theirs. */
void event_masqueraded(const struct addr *, uint32_t sessions);

void event_rejected(struct event_rejects *, uint64_t now,
    const struct addr *from, enum wire_reject_reason);
/* Returns when event_rejects_timer() wants to be called, or CLOCK_NEVER. */
uint64_t event_rejects_deadline(const struct event_rejects *);
/* Reports those not reported yet, if it is time. */
void event_rejects_timer(struct event_rejects *, uint64_t now);

/* A node of the fleet lives, or does no longer: it drained before that, or did
 * not. So many live now. */
void event_node_came(const struct addr *, const char *version, size_t living);
void event_node_gone(const struct addr *, bool drained, size_t living);
/* Rooms are at home at so many nodes now, and some at others than before. */
void event_fleet_changed(size_t homes);
/* So many rooms are at home at other nodes now, and their sessions move. */
void event_rooms_move(uint32_t rooms, uint32_t sessions);
/* Another node has our addresses; there is no place for this node. */
void event_node_twin(const struct addr *);
void event_fleet_full(const struct addr *);
/* The engine is not heard, or is again; so many nodes were living. */
void event_engine_away(size_t living);
void event_engine_back(void);

/* The path to a peer is another one, or there is none. Level debug. */
void event_path(const struct peer_id *, const struct ipc_path *);

#endif
