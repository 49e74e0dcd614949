/*
 * What a node of a fleet tells the others of itself, every two seconds. The
 * others get it by way of an engine that nobody trusts: cryptod seals each
 * record before it leaves this machine, and opens theirs.
 *
 *	1	format, 1
 *	8	id
 *	8	incarnation
 *	8	sequence
 *	1	flags: 1 it drains
 *	4	capacity
 *	4	sessions
 *	4	rooms
 *	1	number of addresses, and these (PROTOCOL.md section 1.3)
 *	1	length of the version, and its text
 *
 * Numbers are big-endian.
 */
#ifndef NETD_BOOTNODE_FLEET_RECORD_H
#define NETD_BOOTNODE_FLEET_RECORD_H

#include "common/bootmsg.h"
#include "common/ipc_fleet.h"

struct fleet_record {
	uint64_t id; /* fleet_record_id() of the addresses */
	/* Of two records of a node that one is newer that has the higher
	 * incarnation, or the higher sequence in the same one. */
	uint64_t incarnation; /* a clock's, when its netd began; not 0 */
	uint64_t sequence;    /* one more with each record */
	bool drains;	      /* it takes no more rooms, and ends soon */
	uint32_t capacity;    /* the sessions that it may have; not 0 */
	uint32_t sessions;
	uint32_t rooms;
	size_t count; /* 1 to NODE_ADDRS_MAX */
	struct addr addrs[NODE_ADDRS_MAX];
	char version[FLEET_VERSION_MAX + 1]; /* of the program */
};

/* Returns the id of the node that clients reach at these addresses, which stays
 * the same when it is started again. */
uint64_t fleet_record_id(const struct addr *, size_t count);

/* True if the first one is newer. Both are of one node. */
bool fleet_record_newer(const struct fleet_record *,
    const struct fleet_record *);

/* Returns the length. A longer version is cut off. */
size_t fleet_record_put(uint8_t buf[FLEET_RECORD_MAX],
    const struct fleet_record *);
/* Returns 0, or -1 for anything that is not exactly of the form. */
int fleet_record_get(const uint8_t *, size_t, struct fleet_record *);

#endif
