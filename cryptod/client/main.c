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
read_secret(struct room_secret *secret, enum secret_kind kind)
{
	char *bytes = secret->bytes;
	size_t len = 0;
	ssize_t n;

	/* The file is read from its start: a cryptod before this one may have
	 * read it. */
	while (len < sizeof(secret->bytes) &&
	    (n = pread(FD_SECRET, bytes + len, sizeof(secret->bytes) - len,
		 (off_t)len)) != 0) {
		if (n == -1 && errno != EINTR)
			fatal("cannot read the room's secret: %s",
			    strerror(errno));
		len += n > 0 ? (size_t)n : 0;
	}
	if (kind == SECRET_INVITE
		? len != INVITE_SECRET_LEN
		: len > PASSPHRASE_MAX || (len == 0) != (kind == SECRET_NONE))
		fatal("the room's secret has %zu bytes", len);
	secret->kind = kind;
	secret->len = len;
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
	identity_load_named(&secrets->identity, FD_STATE_DIR, config.identity);
	known_peers_open(&known, FD_STATE_DIR, FD_KNOWN_PEERS);
	secrets->secret = crypto_secret_alloc(sizeof(*secrets->secret));
	read_secret(secrets->secret, (enum secret_kind)config.secret);
	secrets->invited = config.secret == SECRET_INVITE;
	if (secrets->invited)
		memcpy(secrets->invite_secret, secrets->secret->bytes,
		    sizeof(secrets->invite_secret));
	close(FD_STATE_DIR);
	close(FD_SECRET);
	child_enter_sandbox(&child, &filter_cryptod_client);
	cryptod_client_run(&child, &config, secrets, &known);
}
