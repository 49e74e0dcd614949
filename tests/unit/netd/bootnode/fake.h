/*
 * A world around one bootnode for its tests: clients with the knowledge of a
 * client, a cryptod whose sealing hides nothing, a clock that stands still.
 * Everything is deterministic.
 */
#ifndef TESTS_UNIT_NETD_BOOTNODE_FAKE_H
#define TESTS_UNIT_NETD_BOOTNODE_FAKE_H

#include "netd/bootnode/bootnode.h"
#include "netd/bootnode/cookie.h"
#include "netd/bootnode/fleet_record.h"

#include "common/ipc_operate.h"

#define FAKE_CLIENTS	512
#define FAKE_SLOTS	65536
#define FAKE_PORT	9595 /* of [::], and the next one */
#define FAKE_START	(100 * USEC_PER_SEC)
#define FAKE_CARD_LEN	64
#define FAKE_RELAY_RATE 10000		     /* bytes a second */
#define FAKE_CHANNEL	49152		     /* messages to cryptod at once */
#define FAKE_FLUSH	(20 * USEC_PER_MSEC) /* more than a quiet room waits */

#define MAC_KEY(token) ((token) + PEER_ID_LEN)

extern const struct ipc_boot_keys fake_keys;

struct guest;

#define FAKE_NODES 8 /* of a fleet, but for the bootnode */

/* The most messages of records that a bootnode hands over. */
#define FAKE_PARTS 256

struct message {
	enum ipc_type type;
	union {
		uint64_t align;
		struct ipc_join_open join_open;
		struct ipc_slot slot;
		struct ipc_seal seal;
		struct ipc_member member;
		struct ipc_stats stats;
		struct ipc_operated operated;
		struct ipc_hold hold;
		struct ipc_kept_end kept_end;
		struct ipc_join_reply join_reply;
		struct ipc_fleet_found fleet_found;
	} body;
	uint8_t *tail;
	size_t tail_len;
};

/* Another node of the fleet. */
struct fake_node {
	struct fleet_record record;
	bool lives; /* writes a newer record before each round */
	bool shown; /* the engine has a record of it */
	bool false_seal;
};

/* fleetd and its engine. */
struct fake_fleet {
	struct fake_node nodes[FAKE_NODES];
	size_t count;
	bool gone; /* there is no fleetd */
	bool away; /* the engine is */
	bool mute; /* there is no answer */
	bool asked;
	unsigned int rounds;
	struct fleet_record own;     /* the bootnode's last */
	bool ended;		     /* it has had it deleted */
	unsigned int drained, alone; /* the launcher was told */
	uint8_t sealed[FLEET_RECORD_SEALED_MAX];
	size_t sealed_len;
};

struct world {
	struct bootnode *bootnode;
	struct dispatch handlers; /* the bootnode's */
	struct ipc_config_netd config;
	uint64_t now;
	uint8_t socket; /* the bootnode's socket that gets the datagrams, */
	uint8_t local;	/* the last byte of its address; 0: unknown */
	uint64_t seed;
	struct guest *clients;	 /* FAKE_CLIENTS of them */
	struct message *channel; /* to cryptod, in order */
	size_t channel_first, channel_end;
	unsigned int asking;	     /* clients that will send a SYNC */
	uint64_t sealed[FAKE_SLOTS]; /* counters; 0: not in use */
	uint8_t mac_keys[FAKE_SLOTS][SIPHASH_KEY];
	bool no_limits;		/* one peer may change its room at any rate */
	bool no_secret;		/* WELCOMEs cannot be sealed */
	enum ipc_type stuck_at; /* cryptod takes none of these */
	bool channel_full;	/* DROP messages are dropped */
	unsigned int loss;	/* percent of SEALED that are lost */
	uint64_t sent;		/* datagrams that the bootnode sent */
	uint64_t sent_by_type[WIRE_TYPE_COUNT];
	uint64_t sent_bytes;
	uint64_t told[IPC_TYPE_COUNT];
	struct ipc_stats stats;	      /* the last that were told */
	struct ipc_member member;     /* the last that was told */
	struct ipc_operated operated; /* the last answer to the operator */
	struct ipc_operated_entry entries[OPERATED_MAX];
	struct message kept[FAKE_PARTS]; /* what it has handed over */
	size_t kept_count;
	struct ipc_hold hold; /* the attempt */
	struct ipc_kept_end kept_end;
	struct ipc_restored restored; /* what the next one has told */
	struct fake_fleet fleet;
	size_t last_len; /* the last datagram that was sent */
	struct addr last_to;
	uint8_t last_socket;
	uint8_t last_local;
	uint8_t last[WIRE_MAX];
};

/* What a client knows about another. */
struct known {
	struct addr addr;
	uint32_t card; /* a sum over it */
	bool present;
	bool in_roster; /* it is in the roster being received */
};

struct guest {
	struct world *world;
	uint32_t index;
	struct addr addr;
	uint8_t token[PEER_TOKEN_LEN];
	struct room_tag tag;
	uint32_t attempt;
	uint8_t nonce[NONCE_LEN];
	struct wire_cookie cookie;
	struct bootmsg_welcome welcome;
	uint64_t session; /* 0: not welcomed */
	uint64_t counter;
	uint64_t sealed;       /* counter of the last sealed packet */
	uint32_t version;      /* the version that the client has */
	uint32_t room_version; /* the version that the bootnode said last */
	bool roster_open;      /* a roster is being read: */
	bool roster_gap;       /* a change was missed */
	uint32_t roster_from;
	struct peer_id roster_after;
	bool asks;		   /* will send a SYNC at once */
	bool mute;		   /* does not send it */
	struct node_skips skips;   /* nodes that it cannot reach */
	bool token_cookie;	   /* its cookie is a token */
	bool hidden;		   /* joins so */
	const uint8_t *access;	   /* key of its access MACs, or NULL */
	size_t sync_len;	   /* length of its SYNCs; 0: as a client's */
	uint64_t echo;		   /* the newest */
	struct known *known;	   /* by the others' index */
	struct wire_control ack;   /* the last one */
	struct wire_reject reject; /* the last one */
	struct bootmsg_redirect redirect;
	struct bootmsg_redirect move; /* where to; no token */
	struct wire_challenge challenge;
	uint64_t overtaken; /* versions that were overtaken */
	unsigned int cookies, welcomes, rosters, events, acks, rejects;
	uint64_t heard; /* bytes that it received */
	unsigned int challenges, left_graceful, left_timeout;
	unsigned int redirects, moves;
};

/* Makes a bootnode with keys, these limits, timeout 15 s and interval 10 s. */
struct world *world_new(uint32_t max_peers, uint32_t max_per_address);
void world_free(struct world *);
/* Makes a bootnode with such limits, alone in a fleet, after its first round.
 * Its engine and all else about it are in fleet. */
struct world *world_fleet(void);
/* Adds a node to the fleet, with as many sessions as the bootnode may have. */
struct fake_node *world_node(struct world *);
/* Lets the clock go on until so many rounds more are over. */
void world_rounds(struct world *, unsigned int);
/* A ROUND with what the engine has, if it was asked. Returns whether it was. */
bool fake_round(struct world *);
/* fleetd takes a message. */
void fake_drained(void *, const struct ipc_drained *);
int fake_tell_fleetd(void *, enum ipc_type, const void *body, const void *tail,
    size_t);
/* cryptod seals a record, or opens one. */
void fake_seal_record(struct world *, const struct message *);
void fake_open_record(struct world *, const struct message *);
/* Replaces the bootnode by another one with the same key, which knows
 * nobody. */
void world_again(struct world *);
/* Does the same with one that waits for a state. */
void world_restart(struct world *);
/* The bootnode hands its state over, and serves nobody after that. */
void world_hand_over(struct world *);
/* Replaces the bootnode by another one with the same key, to which that state
 * is given with this result of cryptod's. Nobody is served before
 * world_serve(). */
void world_take_over(struct world *, enum kept_result);
/* Does the same with these access keys, and all of the state. */
void world_take_over_private(struct world *, const char *const names[],
    size_t count);
void world_serve(struct world *);
/* What was handed over is of no use. */
void world_forget_kept(struct world *);
/* Gives the bootnode a message, which has to be one that it takes. */
void world_answer(struct world *, enum ipc_type, const void *body,
    const uint8_t *tail, size_t tail_len);
/* cryptod gives the bootnode other access keys: those of these names, each of
 * which fake_access() makes; without any, it is a public one. */
void world_access(struct world *, const char *const names[], size_t count);
/* The bootnode starts with these. */
struct world *world_private(const char *const names[], size_t count);
/* Returns the key of access MACs that goes by a name. */
const uint8_t *fake_access(const char *name);
/* Lets the clock go on to a time, with every timer before it on time. */
void world_until(struct world *, uint64_t now);
/* cryptod answers all questions, until there are none. */
void world_run(struct world *);
/* Gives the bootnode a datagram. Returns the bytes that it sent at once. */
size_t world_packet(struct world *, const struct addr *from, const void *,
    size_t len);
uint32_t world_random(struct world *);

/* Makes a client (called guest, because netd/client/client.c is another one)
 * that has not joined, at an address of its own. */
struct guest *guest_new(struct world *, uint32_t index, char room);
void guest_receive(struct guest *, const uint8_t *packet, size_t len);
/* Write packets as the client would send them; they return the length. */
size_t guest_hello(struct guest *, uint8_t *buf);
size_t guest_join(struct guest *, uint8_t *buf);
/* Makes the tag that shows that the Noise of a JOIN belongs behind these
 * bytes. */
void fake_join_tag(uint8_t tag[AEAD_TAG_LEN],
    const uint8_t start[WIRE_JOIN_OVERHEAD], const uint8_t *noise, size_t len);
size_t guest_control(struct guest *, enum wire_type, uint8_t *buf);
size_t guest_reply(struct guest *, uint8_t *buf);
/* Sends a HEARTBEAT, SYNC or LEAVE and runs the world. */
void guest_send(struct guest *, enum wire_type);
/* Does the same, and returns the bytes of the packet; may be called in a
 * loop. */
size_t guest_asks(struct guest *, enum wire_type);
/* Sends HELLO and JOIN of a new attempt; returns whether it is welcomed. */
bool guest_enter(struct guest *);
/* Makes a new client that is welcomed, and whose room has been told of it. */
struct guest *guest_entered(struct world *, uint32_t index, char room);
/* Returns whether it knows exactly these clients of its room, at their
 * addresses. */
bool guest_knows(const struct guest *, uint32_t first, uint32_t count);

#endif
