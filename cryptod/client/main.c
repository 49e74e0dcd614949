/*
 * gochat-cryptod: holds a client's keys and nothing else. It opens its files,
 * jails itself, and only then reads the first byte that somebody else wrote.
 */
#include "common/child.h"
#include "common/filter_table.h"
#include "cryptod/client/client.h"
#include "cryptod/client/entry.h"
#include "cryptod/identity.h"

#include <unistd.h>

int
main(void)
{
	struct child child;
	struct ipc_config_cryptod config = { 0 };
	struct known_peers known = { .fd = -1 };
	struct client_secrets *secrets;

	child_start(&child, PROCESS_CRYPTOD_CLIENT, IPC_CONFIG_CRYPTOD, &config,
	    sizeof(config), &config.mode);
	crypto_init(CLIENT_HEAP);
	secrets = crypto_secret_alloc(sizeof(*secrets));
	entry_identify(&child, &config, FD_ROOM);
	if (config.fleeting) {
		crypto_keypair(&secrets->identity);
	} else {
		identity_load_named(&secrets->identity, FD_STATE_DIR,
		    config.identity);
		known_peers_open(&known, FD_STATE_DIR, FD_KNOWN_PEERS);
	}
	secrets->secret = crypto_secret_alloc(sizeof(*secrets->secret));
	entry_read(secrets, FD_ROOM, (enum secret_kind)config.secret);
	entry_read_access(secrets, FD_ACCESS);
	close(FD_STATE_DIR);
	child_enter_sandbox(&child, &filter_cryptod_client);
	cryptod_client_run(&child, &config, secrets, &known);
}
