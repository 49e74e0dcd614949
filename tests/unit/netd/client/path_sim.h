/*
 * Two hosts that look for a path to each other, and the NATs between them.
 *
 *	host 0 --- LAN 0 --- NAT 0 --- internet --- NAT 1 --- LAN 1 --- host 1
 *
 * Any of the NATs may be missing, and both hosts may be in LAN 0. There may be
 * a relay, which knows both. The clock is made up. After every step the
 * simulation checks that no side probes more often than it may, and that none
 * would spin.
 */
#ifndef TESTS_UNIT_NETD_CLIENT_PATH_SIM_H
#define TESTS_UNIT_NETD_CLIENT_PATH_SIM_H

#include "netd/client/path.h"
#include "tests/unit/simnet.h"

extern const uint8_t path_targets_key[SIPHASH_KEY];

#define PATH_START (50 * USEC_PER_SEC)

enum nat_kind {
	NAT_FULL_CONE,
	NAT_RESTRICTED,
	NAT_PORT_RESTRICTED,
	NAT_SYMMETRIC,
	NAT_KINDS,
	NAT_NONE /* the host is on the internet */
};

#define NAT_ROOM 512

struct nat {
	enum nat_kind kind;
	struct addr ip; /* without a port */
	bool hairpin;
	size_t mapped;
	struct {
		struct addr inside;
		struct addr to; /* in a symmetric one: for this address only */
		uint16_t port;
	} mappings[NAT_ROOM];
	uint16_t first_port;
	size_t permitted;
	struct {
		uint16_t port;
		struct addr remote;
	} permits[NAT_ROOM]; /* somebody inside has sent to these */
};

struct host {
	enum relay mode;
	bool asleep; /* it does nothing, and loses all that comes */
	struct addr addr;
	struct addr addr6; /* on the internet; port 0: none */
	/* Another one; only answers, and what is told to, leave from it. */
	struct addr second;
	struct nat *nat; /* NULL: none */
	struct lan lan;
	struct targets targets;
	struct path path;
	unsigned int probes;
	unsigned int relayed; /* those through the relay */
	unsigned int seeking; /* those that seek */
	uint64_t probed_at;
	bool changed; /* the path changed after the last probe */
	unsigned int changes;
	bool was_down; /* after it had been up */
};

struct path_world {
	struct simnet net;
	uint64_t now;
	uint64_t random;
	bool ok;
	bool lan_down;
	bool direct_down; /* everything is lost, except through the relay */
	bool relay_up;
	uint64_t way; /* the round trip that they expect when they meet */
	struct nat nats[2];
	struct host hosts[2];
};

/* A path to one peer, by itself; the peer's address is its only candidate. */
struct path_pair {
	struct targets targets;
	struct path path;
	struct lan lan;
	struct remote peer, other;
	uint64_t now;
};

void path_pair_init(struct path_pair *, bool controlling);

/* An answer comes that asks nothing. */
enum path_change path_hears(struct path *, uint64_t now,
    const struct remote *from, uint8_t flags, uint64_t id);

struct addr path_ipv4(unsigned int a, unsigned int b, unsigned int c,
    unsigned int d, uint16_t port);

/* Hosts behind NATs of their own; host 0 has the lower id. */
void path_world_init(struct path_world *, uint64_t seed, unsigned int loss,
    enum nat_kind, enum nat_kind);
/* Moves host 1 into the LAN of host 0. */
void path_world_join(struct path_world *, bool hairpin);
/* Tells each about the other: its own addresses, and the one observed. */
void path_world_meet(struct path_world *);
void path_world_run(struct path_world *, uint64_t until);
/* From now on the bootnode relays, or does not. */
void path_world_relay(struct path_world *, bool up);
/* Gives host n another address, which it notices; the bootnode tells the
 * other. */
void path_world_move(struct path_world *, int n);
/* NAT n forgets all mappings, and uses other ports. */
void path_world_reboot(struct path_world *, int n);

/* Return whether both are in this state, or use a path of this kind. */
bool path_world_both(const struct path_world *, enum path_state);
bool path_world_both_kind(const struct path_world *, enum path_kind);

/* Returns whether packets of each host to its current candidate arrive at the
 * other, from the address that the other sends to. */
bool path_world_matches(struct path_world *);

#endif
