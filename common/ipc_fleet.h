/*
 * Bodies of the messages of a bootnode in a fleet. netd writes what this node
 * says of itself into a record, which cryptod seals, and fleetd brings to the
 * engine; what the others have brought there goes the same way back. fleetd has
 * no key, and so cannot say anything about a node itself. It has no way to make
 * a connection either: a short-lived process makes it, and the launcher passes
 * it on. See ipc.h and ipc_messages.h.
 */
#ifndef COMMON_IPC_FLEET_H
#define COMMON_IPC_FLEET_H

#include "common/ipc_messages.h"

/* The structs have no padding: see ipc_messages.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

#define FLEET_NODES_MAX	 128 /* of a fleet */
#define FLEET_RECORD_MAX 256 /* bytes of a node's record, */
/* and sealed: more than nonce and tag. */
#define FLEET_RECORD_SEALED_MAX (FLEET_RECORD_MAX + 64)

/* How the engine is reached. */
enum engine_kind {
	ENGINE_UNIX, /* a unix socket */
	ENGINE_TCP,
	ENGINE_TLS,
	ENGINE_KIND_COUNT
};

#define ENGINE_HOST_MAX 256 /* with its NUL */

/* Launcher to fleetd, at its start. The credentials are in the memory at
 * FD_CREDENTIALS: struct fleet_credentials. */
struct ipc_config_fleetd {
	uint8_t mode;
	uint8_t kind; /* enum engine_kind */
	uint8_t unused[2];
	uint32_t db;		    /* the number to SELECT */
	char host[ENGINE_HOST_MAX]; /* TLS: the name or address that the
				     * engine's certificate has to be for */
};

/* netd to fleetd: the sealed record follows. It is written, and then those of
 * all nodes are read. A newer one takes the place of one that waits. */
struct ipc_fleet_record {
	uint8_t name[FLEET_NAME_LEN];
	uint64_t id;  /* of the node */
	uint8_t ends; /* the node ends: its record is deleted instead */
	uint8_t unused[7];
};

/* fleetd to netd, for each node that the engine has a record of, our own
 * included: the sealed record follows. netd to cryptod likewise. */
struct ipc_fleet_found {
	uint64_t id;
};

enum fleet_result {
	FLEET_ROUND_DONE,
	FLEET_ROUND_AWAY, /* the engine did not answer, or not as it should */
	FLEET_RESULT_COUNT
};

/* fleetd to netd, after the FLEET_FOUNDs: the answer to a FLEET_RECORD is
 * over. */
struct ipc_fleet_round {
	uint32_t rtt_us; /* the engine's round trip; 0: not known */
	uint16_t found;	 /* so many FLEET_FOUNDs; 0 if it is AWAY */
	uint8_t result;	 /* enum fleet_result */
	uint8_t unused;
};

/* cryptod to netd, the answer to each FLEET_OPEN: the record follows, unless it
 * is false. */
struct ipc_fleet_opened {
	uint64_t id;
	uint8_t good;
	uint8_t unused[7];
};

/* netd to launcher, the answer to DRAIN: all sessions have gone to other nodes;
 * or there is none to which they could go, and they are still here. */
struct ipc_drained {
	uint8_t alone;
};

#pragma GCC diagnostic pop

#endif
