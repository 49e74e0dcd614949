/*
 * Two clients of a room, with cryptod and netd of each, and the network between
 * them. The test plays the bootnode, which tells each of the other, and both
 * users, who are shown everything at once, unless their ui is stopped.
 */
#ifndef TESTS_UNIT_TWO_CLIENTS_H
#define TESTS_UNIT_TWO_CLIENTS_H

#include "cryptod/client/peer.h"
#include "netd/client/links.h"

#include "tests/unit/netd/client/bootclient_fake.h"

#define TOLD_TEXTS 100

/* What one side was told about a text of its own: to how many it went, and how
 * often each event came; and how often the other was shown it. */
struct told {
	unsigned int to, shown, delivered, late, undelivered;
	bool open; /* perhaps for more */
};

struct whole {
	struct client *c;
	struct client_secrets *secrets;
	struct ipc_channel ui, netd; /* their ends */
	struct links links;
	uint32_t incarnation;
	uint64_t said;	   /* the number of the last text */
	peer_handle shown; /* as present, by its ui; or 0 */
	bool blind;	   /* its ui shows no text, until it is restarted */
	struct told told[TOLD_TEXTS + 1];
};

struct two {
	struct fixture f; /* clock and sockets, with the address of each side */
	struct nat nat;
	uint64_t seed;
	unsigned int loss; /* percentage of packets lost */
	struct whole side[2];
	int to; /* the side that a packet goes to */
};

/* Makes two clients that do not know of each other. Ids and keys are new; the
 * seed decides all else. */
void two_open(struct two *, uint64_t seed);
void two_close(struct two *);
/* Returns a random number below the limit. */
uint32_t two_random(struct two *, uint32_t limit);

/* Side n loses its bootnode, or is back at one whose rooms have yet to settle
 * for so long, and which lists the other, or does not yet. */
void two_lose_bootnode(struct two *, int n);
void two_join_bootnode(struct two *, int n, uint32_t settle_ms, bool listed);
/* The bootnode tells side n that the other is there, with its card, or has
 * left. */
void two_tell(struct two *, int n, bool joined);
/* Restarts netd of a side, or all of it. The bootnode does not say so. */
void two_restart_netd(struct two *, int n);
void two_restart(struct two *, int n);
/* Restarts the client's ui: the next one is told a text that was not shown. */
void two_restart_ui(struct two *, int n);
/* The client's user says the next text. */
void two_say(struct two *, int n);
/* Lets time pass, in microseconds. */
void two_run(struct two *, uint64_t time);
/* Returns whether both show the other as connected. */
bool two_connected(const struct two *);

#endif
