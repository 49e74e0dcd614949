/*
 * Bodies of the messages for /status. One question, one answer: ui asks
 * cryptod, which asks netd, which tells its figures of each peer and then
 * what it knows of the bootnode and the NAT; cryptod adds what only it knows
 * and tells ui in the same order. See ipc.h and ipc_messages.h.
 */
#ifndef COMMON_IPC_STATUS_H
#define COMMON_IPC_STATUS_H

#include "common/ipc_messages.h"

/* The structs have no padding: see ipc_messages.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* How our NAT treats our port: RFC 4787, section 4.1. */
enum nat_mapping {
	NAT_UNKNOWN,
	NAT_NEAR, /* unknown: the bootnode is on our side of any */
	NAT_NONE,
	NAT_INDEPENDENT, /* the same for all destinations */
	NAT_DEPENDENT,	 /* another for another destination */
	NAT_MAPPING_COUNT
};

/* netd to cryptod. */

struct ipc_net_peer { /* a peer to which there is a path */
	peer_handle handle;
	uint32_t rtt_us;
	uint64_t sent; /* packets that were to be acknowledged */
	uint64_t lost; /* of these */
};

struct ipc_net_status {	 /* ends the answer */
	uint8_t mapping; /* enum nat_mapping */
	uint8_t heard;	 /* the bootnode has answered, at some time */
	uint8_t unused[2];
	uint32_t heard_age_ms;
	struct addr addr;     /* the bootnode's, or all zero */
	struct addr observed; /* ours, as it sees us, or all zero */
};

/* cryptod to ui. */

/* How far somebody's texts to all have come, for people to compare. */
#define CHAIN_LEN 16
struct ipc_texts {
	uint64_t last; /* number of the last; 0: there was none */
	/* The hash over this text and all before it, in its full length:
	 * somebody who can choose both of two texts finds two whose hashes
	 * begin alike. */
	uint8_t chain[CHAIN_LEN];
	uint32_t gaps;	/* texts that are missing, or not part of it */
	uint32_t forks; /* times that one did not agree with those before */
};

struct ipc_status_peer { /* a connected peer */
	struct ipc_net_peer net;
	struct ipc_texts texts;
	uint64_t session_age_ms;
	uint64_t rekey_age_ms;
};

struct ipc_status {		/* ends the answer */
	struct ipc_texts texts; /* our own */
	struct ipc_net_status net;
	uint32_t strangers;  /* members whose card does not open */
	uint8_t boot_status; /* enum boot_status; no REJOINED */
	uint8_t has_key;
	uint8_t key[X25519_LEN]; /* that the bootnode has, or must have */
	uint8_t unused[6];
};

#pragma GCC diagnostic pop

#endif
