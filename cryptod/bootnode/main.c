/*
 * gochat-cryptod-bootnode: holds a bootnode's key and those of its clients'
 * channels, and nothing else. It opens its key file, jails itself, and only
 * then reads the first byte that somebody else wrote.
 */
#include "common/child.h"
#include "common/filter_table.h"
#include "common/log.h"
#include "cryptod/access.h"
#include "cryptod/bootnode/run.h"
#include "cryptod/identity.h"

#include <unistd.h>

/* A private bootnode that has lost its keys must not be a public one. */
static struct access_keys *
read_access(bool private)
{
	struct access_keys *keys = crypto_secret_alloc(sizeof(*keys));

	if (access_read(keys, ACCESS_KEYS_MAX, FD_ACCESS) != private)
		fatal("the access keys are %s",
		    private ? "missing" : "not expected");
	close(FD_ACCESS);
	return keys;
}

int
main(void)
{
	struct child child;
	struct ipc_config_cryptod config = { 0 };
	struct access_keys *access;
	struct x25519_key *key;
	bool fresh;

	child_start(&child, PROCESS_CRYPTOD_BOOTNODE, IPC_CONFIG_CRYPTOD,
	    &config, sizeof(config), &config.mode);
	crypto_init(cryptod_bootnode_heap(config.max_sessions));
	key = crypto_secret_alloc(sizeof(*key));
	fresh = identity_load(key, FD_STATE_DIR, BOOTNODE_KEY_FILE);
	close(FD_STATE_DIR);
	access = read_access(config.access);
	child_enter_sandbox(&child, &filter_cryptod_bootnode);
	cryptod_bootnode_run(&child, key, fresh, access);
}
