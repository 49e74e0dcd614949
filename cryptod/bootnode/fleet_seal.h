/*
 * The records of a fleet's nodes: netd has ours sealed before it goes to the
 * engine, and those from there opened. All nodes have the bootnode's key, from
 * which that of each record follows, with a salt of its own; so nobody else can
 * write one or read it. netd judges what is in it.
 *
 *	32	salt
 *	n	AES-256-GCM of the record, with the nonce 0
 */
#ifndef CRYPTOD_BOOTNODE_FLEET_SEAL_H
#define CRYPTOD_BOOTNODE_FLEET_SEAL_H

#include "common/ipc.h"
#include "cryptod/crypto.h"

struct fleet_seal {
	const struct x25519_key *key;
	struct ipc_channel *netd;
};

/* Both last as long. */
void fleet_seal_init(struct fleet_seal *, const struct x25519_key *,
    struct ipc_channel *netd);
/* Fills in what netd gets of the key: the name that the fleet has in its
 * engine, and the key of its tokens. */
void fleet_seal_keys(const struct fleet_seal *, struct ipc_boot_keys *);
/* The handlers of messages, whose self is a struct fleet_seal. */
int fleet_seal_record(void *, const struct ipc_message_in *); /* FLEET_SEAL */
int fleet_open_record(void *, const struct ipc_message_in *); /* FLEET_OPEN */

#endif
