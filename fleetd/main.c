/*
 * gochat-fleetd: the courier of a bootnode that is in a fleet. It speaks with
 * the engine, by a connection that others make for it, and has no key: what it
 * brings and fetches is sealed. It reads the engine's credentials, jails
 * itself, and only then reads the first byte that somebody else wrote.
 */
#include "common/child.h"
#include "common/filter_table.h"
#include "common/log.h"
#include "fleetd/credentials.h"
#include "fleetd/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Who may sign the engine's certificate. */
static struct tls_trust *
trust(const struct ipc_config_fleetd *config, const struct credentials *c)
{
	char why[TLS_WHY_MAX];
	struct tls_trust *trusted =
	    tls_trust_open(c->ca, c->ca_len, config->host, why);

	if (trusted == NULL)
		fatal("the file of certificates that may sign that of the "
		      "fleet's engine (FLEET_CA_FILE) %s",
		    why);
	return trusted;
}

int
main(void)
{
	struct ipc_config_fleetd config = { 0 };
	static struct credentials credentials;
	struct fleetd_start start = { .access = &credentials.access };
	struct child child;

	child_start(&child, PROCESS_FLEETD, IPC_CONFIG_FLEETD, &config,
	    sizeof(config), &config.mode);
	if (credentials_read(FD_CREDENTIALS, &credentials) == -1)
		fatal("cannot read the engine's credentials: %s",
		    strerror(errno));
	close(FD_CREDENTIALS);
	if (config.kind == ENGINE_TLS)
		start.trust = trust(&config, &credentials);
	free(credentials.ca);
	start.db = config.db;
	child_enter_sandbox(&child, &filter_fleetd);
	fleetd_run(&child, &start);
}
