/*
 * gochat-cryptod: holds a client's keys and nothing else. It opens its files,
 * jails itself, and only then reads the first byte that somebody else wrote.
 */
#include "common/child.h"
#include "common/filter_table.h"
#include "common/log.h"
#include "cryptod/client/client.h"
#include "cryptod/identity.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A child of the launcher has put the passphrase there, in the form in which it
 * is used. */
static void
read_passphrase(struct passphrase *passphrase, bool wanted)
{
	char *bytes = passphrase->bytes;
	size_t len = 0;
	ssize_t n;

	/* The file is read from its start: a cryptod before this one may have
	 * read it. */
	while (len < sizeof(passphrase->bytes) &&
	    (n = pread(FD_PASSPHRASE, bytes + len,
		 sizeof(passphrase->bytes) - len, (off_t)len)) != 0) {
		if (n == -1 && errno != EINTR)
			fatal("cannot read the passphrase: %s",
			    strerror(errno));
		len += n > 0 ? (size_t)n : 0;
	}
	if (len > PASSPHRASE_MAX)
		fatal("the passphrase is longer than %d bytes", PASSPHRASE_MAX);
	if (wanted && len == 0)
		fatal("the passphrase is empty");
	passphrase->len = len;
}

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
	identity_load(&secrets->identity, FD_STATE_DIR, IDENTITY_FILE);
	known_peers_open(&known, FD_STATE_DIR, FD_KNOWN_PEERS);
	secrets->passphrase = crypto_secret_alloc(sizeof(*secrets->passphrase));
	read_passphrase(secrets->passphrase, config.has_passphrase != 0);
	close(FD_STATE_DIR);
	close(FD_PASSPHRASE);
	child_enter_sandbox(&child, &filter_cryptod_client);
	cryptod_client_run(&child, &config, secrets, &known);
}
