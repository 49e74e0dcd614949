/*
 * JOINs of clients: opens them, and seals their WELCOMEs, with which the keys
 * of their channels begin. netd asks, in order: JOIN_OPEN, and then JOIN_REPLY
 * or JOIN_DROP for the same slot.
 */
#ifndef CRYPTOD_BOOTNODE_JOINS_H
#define CRYPTOD_BOOTNODE_JOINS_H

#include "common/ipc.h"
#include "cryptod/bootnode/slot_keys.h"
#include "cryptod/noise.h"

/* The number of handshakes between JOIN_OPEN and its answer. */
#define JOINS_MAX 512

struct joins {
	const struct x25519_key *key;
	struct slot_keys *keys;
	struct ipc_channel *netd;
	uint32_t pending[JOINS_MAX]; /* the slots of these: */
	struct noise *handshakes;    /* in secret memory */
};

/* Everything that is pointed to lasts as long. */
void joins_init(struct joins *, const struct x25519_key *, struct slot_keys *,
    struct ipc_channel *netd);
/* The handlers of messages, whose self is a struct joins. */
int joins_open(void *, const struct ipc_message_in *);	/* JOIN_OPEN */
int joins_reply(void *, const struct ipc_message_in *); /* JOIN_REPLY */
int joins_drop(void *, const struct ipc_message_in *);	/* JOIN_DROP */
/* Forgets all that are under way. */
void joins_end_all(struct joins *);

#endif
