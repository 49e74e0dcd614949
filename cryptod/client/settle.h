/*
 * How long it is unknown who is in the room: where a bootnode was away, or our
 * own network, the peers who were here take some seconds to be back.
 * PROTOCOL.md section 2.6.
 */
#ifndef CRYPTOD_CLIENT_SETTLE_H
#define CRYPTOD_CLIENT_SETTLE_H

#include "common/clock.h"

#include <stdbool.h>

struct client;
struct bootmsg_welcome;

/* Before it ends the bootnode is asked for changes once more, since their
 * announcement may have been lost; its answer may take this long. */
#define SETTLE_ASK (1 * USEC_PER_SEC)

/* All zero: the room is known. */
struct settling {
	/* While a bootnode's room fills: what is said is for those as well who
	 * come before this, or, if it is lost again, before its next time. 0:
	 * they are all here, or others. */
	uint64_t open_until;
	/* A peer that was here and cannot be reached is awaited up to this
	 * time, and as long as the room is open: what is said is for it, too.
	 * 0: nobody is awaited; CLOCK_NEVER: there is no bootnode. */
	uint64_t await_until;
	bool asked;
	bool unanswered; /* no bootnode was there when we came */
	/* The bootnode has not been missed: perhaps the peer is cut off, and
	 * not we. */
	bool doubt;
	uint64_t all; /* how long all can take to be back; 0: not known */
	uint64_t lost_at;
};

/* The bootnode has admitted us, and says how long its rooms still have to
 * settle; whoever lost it when we did may come so many seconds later than it
 * says. And the bootnode is lost. */
void settle_welcome(struct client *, const struct bootmsg_welcome *,
    uint8_t spread);
void settle_lost(struct client *);
/* The room moves to another node of a fleet: we are there, and each of the
 * others is soon. To be called after settle_welcome(). */
void settle_moved(struct client *);

/* No bootnode has answered since we came: others may wait for it as we do, and
 * it cannot know of them. */
void settle_unanswered(struct client *);

/* There is no way to a peer that we were connected to: perhaps we are cut off,
 * and the bootnode is not missed yet. */
void settle_doubt(struct client *);

/* True if the peers who cannot be reached are expected back now. */
bool settle_awaits(const struct client *);
/* True if they are because we are back, or a bootnode is. Peers that it misses
 * then may have been cut off by the same outage. */
bool settle_is_back(const struct client *);

/* Returns when settle_timer() of settle_over.h has something to do, or
 * CLOCK_NEVER. */
uint64_t settle_deadline(const struct client *);

#endif
