/*
 * The access keys of a private bootnode, as netd gets them.
 */
#ifndef CRYPTOD_BOOTNODE_KEYRING_H
#define CRYPTOD_BOOTNODE_KEYRING_H

#include "common/ipc_messages.h"

/* Derives of each key what netd gets, and wipes the keys. Without any, the
 * bootnode is a public one. Both are secret memory. */
void keyring_fill(struct ipc_access_keys *, struct access_keys *);

#endif
