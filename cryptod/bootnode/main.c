/*
 * gochat-cryptod-bootnode: holds a bootnode's key and those of its clients'
 * channels, and nothing else. It opens its key file, jails itself, and only
 * then reads the first byte that somebody else wrote.
 */
#include "common/child.h"
#include "common/filter_table.h"
#include "cryptod/bootnode/keyring.h"
#include "cryptod/bootnode/run.h"
#include "cryptod/identity.h"

#include <unistd.h>

int
main(void)
{
	struct child child;
	struct ipc_config_cryptod config = { 0 };
	struct ipc_access_keys *access;
	struct x25519_key *key;
	bool fresh;

	child_start(&child, PROCESS_CRYPTOD_BOOTNODE, IPC_CONFIG_CRYPTOD,
	    &config, sizeof(config), &config.mode);
	crypto_init(cryptod_bootnode_heap(config.max_sessions));
	key = crypto_secret_alloc(sizeof(*key));
	fresh = identity_load(key, FD_STATE_DIR, BOOTNODE_KEY_FILE);
	close(FD_STATE_DIR);
	access = keyring_read(FD_ACCESS, config.access_part, config.access);
	child_enter_sandbox(&child, &filter_cryptod_bootnode);
	cryptod_bootnode_run(&child, key, fresh, access, FD_ACCESS);
}
