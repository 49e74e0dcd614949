/*
 * The access keys of a private bootnode. See keyring.h.
 */
#include "cryptod/bootnode/keyring.h"

#include "cryptod/access.h"
#include "cryptod/crypto.h"

#include <string.h>

void
keyring_fill(struct ipc_access_keys *ring, struct access_keys *keys)
{
	crypto_wipe(ring, sizeof(*ring));
	ring->private = keys->count > 0;
	ring->count = (uint16_t)keys->count;
	for (size_t i = 0; i < keys->count; i++) {
		access_derive(ring->at[i].mac_key, keys->at[i].key);
		memcpy(ring->at[i].name, keys->at[i].name,
		    sizeof(ring->at[i].name));
	}
	crypto_wipe(keys, sizeof(*keys));
}
