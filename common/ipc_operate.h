/*
 * Bodies of the messages by which a bootnode's operator asks and orders: ui
 * asks cryptod, which asks netd, and the answers go the other way. An answer
 * has a page: netd looks at so many slots of sessions, and says from which slot
 * on the next question is to go on. Rooms go by their alias of this run; no tag
 * leaves netd. The launcher alone is asked to read the settings again. See
 * ipc.h and ipc_messages.h.
 */
#ifndef COMMON_IPC_OPERATE_H
#define COMMON_IPC_OPERATE_H

#include "common/ipc_messages.h"

/* The structs have no padding: see ipc_messages.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

enum operate {
	OPERATE_ROOMS,	  /* lists rooms */
	OPERATE_SESSIONS, /* lists sessions */
	OPERATE_KICK_PEER,
	OPERATE_KICK_ADDRESS,
	OPERATE_DRAIN,	/* lets nobody in any more */
	OPERATE_REFILL, /* lets people in again */
	OPERATE_DENY,	/* this prefix, until the lists are told again */
	OPERATE_FLEET,	/* lists the nodes of the fleet; from is of these */
	OPERATE_COUNT
};

/* The least bits of an id by which peers are ended. */
#define OPERATE_ID_BITS_MIN 32

struct ipc_operate {
	uint8_t what; /* enum operate */
	uint8_t
	    bits; /* KICK, DENY: the length of the prefix of id, or of the IP
		       * address in its mapped form */
	uint8_t unused[2];
	uint32_t ticket; /* the answer repeats it */
	uint32_t from;	 /* the first slot to be looked at */
	struct peer_id id;
	struct addr addr; /* port 0: any */
	uint8_t unused_end[2];
};

/* A room or a session. */
struct ipc_operated_entry {
	struct peer_id id; /* of a session */
	uint8_t room[ROOM_ALIAS_LEN];
	uint32_t number;  /* of a room: members; of a session: milliseconds
			   * since it was heard */
	struct addr addr; /* of a session */
	uint8_t unused[2];
};

/* A node of the fleet, as this one sees it. */
enum operated_state {
	OPERATED_LIVES,
	OPERATED_DRAINS,
	OPERATED_GONE, /* it lives no longer */
	OPERATED_STATE_COUNT
};

struct ipc_operated_node {
	uint64_t id;
	uint32_t capacity;
	uint32_t sessions;
	uint32_t rooms;
	uint32_t age_ms; /* of what is known of it */
	uint8_t state;	 /* enum operated_state */
	uint8_t self;	 /* it is this one */
	uint8_t addr_count;
	uint8_t unused;
	char version[FLEET_VERSION_MAX]; /* without a NUL if it is as long */
	struct addr addrs[FLEET_ADDRS_MAX];
	uint8_t unused_end[4];
};

/* Entries of an answer, and nodes in one, which are longer. */
#define OPERATED_MAX	   64
#define OPERATED_NODES_MAX 16
_Static_assert(OPERATED_NODES_MAX * sizeof(struct ipc_operated_node) <=
	OPERATED_MAX * sizeof(struct ipc_operated_entry),
    "the nodes of an answer do not fit");

struct ipc_operated { /* entries follow */
	uint8_t what;
	uint8_t full; /* DENY: the list has no room; nothing was done */
	uint8_t unused[2];
	uint32_t ticket;
	uint32_t next;	/* go on from this slot, or node; 0: that was all */
	uint32_t count; /* of entries; KICK: of sessions that were ended;
			 * DENY: 1, or 0 if it was denied already */
};

/* ui wants the settings to be read again; and the launcher answers, with the
 * reason why nothing has changed, or no text if they are taken. */
struct ipc_reload {
	uint32_t ticket; /* the answer repeats the last one */
};

#pragma GCC diagnostic pop

#endif
