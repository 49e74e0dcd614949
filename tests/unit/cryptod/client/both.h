/*
 * Two cryptods that each have the other as their only peer, for tests of how
 * they come to a session. The test plays both netds: it carries their packets,
 * loses some, and forges others; and the clock is the test's.
 */
#ifndef TESTS_UNIT_CRYPTOD_CLIENT_BOTH_H
#define TESTS_UNIT_CRYPTOD_CLIENT_BOTH_H

#include "cryptod/client/peer.h"

#define HANDLE 0x1001
#define START  (1000 * USEC_PER_SEC)

struct side {
	struct client *c;
	struct peer *p;		     /* the other */
	struct ipc_channel netd, ui; /* their ends */
	uint32_t serial;	     /* of the last PEER_SESSION, */
	bool confirmed;		     /* which said so */
	unsigned int sessions;
	unsigned int false_ends; /* PEER_FALSE, the last: */
	struct ipc_peer_false false_end;
	/* The last HANDSHAKE that it wants sent. */
	unsigned int sent;
	struct ipc_handshake out;
	uint8_t record[WIRE_HANDSHAKE_RECORD_MAX];
	size_t len;
	/* The records of the stream that have not been carried. */
	unsigned int records;
	struct {
		struct ipc_record body;
		uint8_t bytes[256];
		size_t len;
	} stream[8];
	enum peer_state state; /* as ui was told last */
	enum path_failure failure;
	unsigned int undelivered;
	unsigned int claims; /* of somebody else, told */
};

struct both {
	struct side a, b; /* a initiates */
	struct client_secrets secrets[2];
	uint64_t now;
	/* Of the paths that come up: */
	uint32_t rtt_us;
	uint16_t port;
};

void both_open(struct both *);
void both_close(struct both *);
/* The same two ids in the hands of somebody else in the room, with all that
 * they ever showed, and other keys. */
void both_impersonate(struct both *other, const struct both *);

/* What it is time for now, on both sides. */
void both_work(struct both *);
/* Reads what one side told its netd and ui. */
void both_hear(struct side *);
/* When there is something to do; and what there is. */
uint64_t both_due(const struct both *);
void both_wait_next(struct both *);
/* All of it until then, and that moment itself. */
void both_wait_until(struct both *, uint64_t time);

/* One side's netd has a path to the other, or none any more. */
void both_path(struct both *, struct side *, enum path_state, bool secured);
/* A HANDSHAKE comes in, authentic as a packet. */
void both_give(struct both *, struct side *to, const struct ipc_handshake *,
    const uint8_t *record, size_t len);
/* The last that one side wanted sent arrives at the other: an answer, as its
 * question went. */
void both_carry(struct both *, const struct side *from, struct side *to);
/* The initiator's netd has seen a packet with the keys of its last session. */
void both_confirm(struct both *);
/* The responder's first records arrive, and those that answer them. */
void both_carry_ready(struct both *);
/* All of that, from path to session. */
void both_connect(struct both *);

#endif
