/*
 * Two clients of a room, cryptod and netd of each, and the network between
 * them. The test is the bootnode, which tells each of the other, and both
 * users, who are shown everything at once, if their ui is not stopped.
 */
#ifndef TESTS_UNIT_TWO_CLIENTS_H
#define TESTS_UNIT_TWO_CLIENTS_H

#include "cryptod/client/peer.h"
#include "netd/client/links.h"

#include "tests/unit/netd/client/bootclient_fake.h"

#define TOLD_TEXTS 100

/* What one side was told of a text of its own: to how many it is, and how often
 * each; and how often the other was shown it. */
struct told {
	unsigned int to, shown, delivered, late, undelivered;
	bool open; /* to more, perhaps */
};

struct whole {
	struct client *c;
	struct client_secrets *secrets;
	struct ipc_channel ui, netd; /* their ends */
	struct links links;
	uint32_t incarnation;
	uint64_t said;	   /* the number of the last text */
	peer_handle shown; /* as present, by its ui; or 0 */
	bool blind;	   /* its ui shows no text, until there is another */
	struct told told[TOLD_TEXTS + 1];
};

struct two {
	struct fixture f; /* clock and sockets: where each side is */
	struct nat nat;
	uint64_t seed;
	unsigned int loss; /* of 100 packets */
	struct whole side[2];
	int to; /* which side a packet goes to */
};

/* Neither knows of the other. Ids and keys are new, chance follows the seed. */
void two_open(struct two *, uint64_t seed);
void two_close(struct two *);
/* Below the limit. */
uint32_t two_random(struct two *, uint32_t limit);

/* Side n has lost its bootnode, or is back at one whose rooms have yet to
 * settle for so long; which lists the other, or does not yet. */
void two_lose_bootnode(struct two *, int n);
void two_join_bootnode(struct two *, int n, uint32_t settle_ms, bool listed);
/* The bootnode tells side n that the other is there, as it is now, or left. */
void two_tell(struct two *, int n, bool joined);
/* Its netd, or all of it, is restarted. The bootnode does not say so. */
void two_restart_netd(struct two *, int n);
void two_restart(struct two *, int n);
/* Restarts the client's ui: a text that was not shown is told to the next
 * one. */
void two_restart_ui(struct two *, int n);
/* The client's user says the next text. */
void two_say(struct two *, int n);
/* Time passes, in microseconds. */
void two_run(struct two *, uint64_t time);
/* Do both show the other as connected? */
bool two_connected(const struct two *);

#endif
