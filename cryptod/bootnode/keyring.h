/*
 * The access keys of a private bootnode, as netd gets them.
 */
#ifndef CRYPTOD_BOOTNODE_KEYRING_H
#define CRYPTOD_BOOTNODE_KEYRING_H

#include "common/ipc_messages.h"

#include <stdbool.h>

/*
 * Reads the access keys from a part of the memory that is open as fd, derives
 * of each what netd gets, and forgets them. Returns that, in secret memory.
 * Without any, the bootnode is a public one. Ends the process if there are none
 * and should be, or the other way round: a private bootnode that has lost its
 * keys must not be a public one.
 */
struct ipc_access_keys *keyring_read(int fd, unsigned int part, bool access);

#endif
