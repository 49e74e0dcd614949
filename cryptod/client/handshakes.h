/*
 * The first handshakes with a peer, each a few packets of its own, outside of
 * any stream: any number of them may fail, be answered by somebody else in the
 * room, or run at the same time, and the session goes on until another one has
 * replaced it. PROTOCOL.md section 3.5.
 *
 * The initiator has one under way and sends its last message again until that
 * has its answer; the responder answers as many as it has room for.
 */
#ifndef CRYPTOD_CLIENT_HANDSHAKES_H
#define CRYPTOD_CLIENT_HANDSHAKES_H

#include "cryptod/client/attempts.h"

/* A handshake is given up after this time, or four round trips. The user is
 * told then that no session comes about. */
#define ATTEMPT_FOR	    (10 * USEC_PER_SEC)
#define ATTEMPT_ROUND_TRIPS 4
/* The time between two handshakes: twice as much each time. */
#define ATTEMPT_PAUSE	  (1 * USEC_PER_SEC)
#define ATTEMPT_PAUSE_MAX (60 * USEC_PER_SEC)
/* Keys that were not used for this long are replaced. */
#define SESSION_IDLE (600 * USEC_PER_SEC)

/* A peer's handshakes. */
struct handshakes {
	struct attempts attempts;
	struct attempt *serving; /* its session is calling back */
	uint64_t open_since;	 /* a path has no session over it; or 0 */
	uint64_t next_at;	 /* the next attempt, or asking for one */
	uint64_t pause;
};

/* A HANDSHAKE came, and is authentic as a packet of the peer's or of anybody
 * in the room. */
void handshakes_in(struct peer *, const struct ipc_handshake *,
    const uint8_t *record, size_t len);
/* The peer uses the keys of the session with this serial. */
void handshakes_up(struct peer *, uint32_t serial);

/* Something has changed about path or session: begins a handshake if one is
 * wanted and due, sends messages without an answer again, and gives up. */
void handshakes_work(struct peer *);
/* Returns when handshakes_work() has something to do, or CLOCK_NEVER. */
uint64_t handshakes_deadline(const struct peer *);

#endif
