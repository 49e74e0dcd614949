/*
 * gochat-cryptod: holds the keys and nothing else. Opens its files, jails
 * itself, and only then reads the first byte that somebody else wrote.
 */
#include "common/child.h"
#include "common/log.h"
#include "cryptod/bootnode/run.h"
#include "cryptod/client/client.h"
#include "cryptod/identity.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct start { /* in secret memory */
	struct ipc_config_cryptod config;
	struct x25519_key identity;
	struct passphrase passphrase;
};

/* A child of the launcher put it there, as it is used. */
static void
read_passphrase(struct passphrase *passphrase, bool wanted)
{
	char *bytes = passphrase->bytes;
	size_t len = 0;
	ssize_t n;

	/* From its start: a cryptod before this one may have read it. */
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

static void
run_client(struct child *child, struct start *start, struct known_peers *known)
{
	struct client_secrets *secrets = crypto_secret_alloc(sizeof(*secrets));
	struct ipc_config_cryptod config = start->config;

	secrets->identity = start->identity;
	secrets->passphrase = crypto_secret_alloc(sizeof(struct passphrase));
	*secrets->passphrase = start->passphrase;
	crypto_secret_free(start, sizeof(*start));
	cryptod_client_run(child, &config, secrets, known);
}

int
main(void)
{
	struct child child;
	struct ipc_config_cryptod config;
	struct known_peers known = { .fd = -1 };
	struct start *start;
	bool fresh;

	child_start(&child, ROLE_CRYPTOD, IPC_CONFIG_CRYPTOD, &config,
	    sizeof(config));
	crypto_init(child.mode == MODE_BOOTNODE ? BOOTNODE_HEAP : CLIENT_HEAP);
	start = crypto_secret_alloc(sizeof(*start));
	start->config = config;
	fresh = identity_load(&start->identity, FD_STATE_DIR,
	    child.mode == MODE_BOOTNODE ? BOOTNODE_KEY_FILE : IDENTITY_FILE);
	if (child.mode == MODE_CLIENT)
		known_peers_open(&known, FD_STATE_DIR, FD_KNOWN_PEERS);
	read_passphrase(&start->passphrase, config.has_passphrase != 0);
	close(FD_STATE_DIR);
	close(FD_PASSPHRASE);
	child_enter_sandbox(&child);

	if (child.mode == MODE_BOOTNODE)
		cryptod_bootnode_run(&child, &start->identity, fresh);
	run_client(&child, start, &known);
}
