/*
 * The access keys of a private bootnode. See keyring.h.
 */
#include "cryptod/bootnode/keyring.h"

#include "common/log.h"
#include "cryptod/access.h"
#include "cryptod/crypto.h"

#include <string.h>

struct ipc_access_keys *
keyring_read(int fd, unsigned int part, bool access)
{
	struct ipc_access_keys *ring = crypto_secret_alloc(sizeof(*ring));
	struct access_keys *keys = crypto_secret_alloc(sizeof(*keys));

	if (access_read(keys, ACCESS_KEYS_MAX, fd, part) != access)
		fatal("the access keys are %s",
		    access ? "missing" : "not expected");
	ring->private = access;
	ring->count = (uint16_t)keys->count;
	for (size_t i = 0; i < keys->count; i++) {
		access_derive(ring->at[i].mac_key, keys->at[i].key);
		memcpy(ring->at[i].name, keys->at[i].name,
		    sizeof(ring->at[i].name));
	}
	crypto_secret_free(keys, sizeof(*keys));
	return ring;
}
