/*
 * gochat-cryptod-bootnode: holds a bootnode's key and those of its clients'
 * channels, and nothing else. Opens its key file, jails itself, and only then
 * reads the first byte that somebody else wrote.
 */
#include "common/child.h"
#include "cryptod/bootnode/run.h"
#include "cryptod/identity.h"

#include <unistd.h>

int
main(void)
{
	struct child child;
	struct ipc_config_cryptod config;
	struct x25519_key *key;
	bool fresh;

	child_start(&child, ROLE_CRYPTOD, IPC_CONFIG_CRYPTOD, &config,
	    sizeof(config));
	crypto_init(BOOTNODE_HEAP);
	key = crypto_secret_alloc(sizeof(*key));
	fresh = identity_load(key, FD_STATE_DIR, BOOTNODE_KEY_FILE);
	close(FD_STATE_DIR);
	close(FD_PASSPHRASE);
	child_enter_sandbox(&child);
	cryptod_bootnode_run(&child, key, fresh);
}
