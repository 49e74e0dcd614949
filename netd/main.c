/*
 * gochat-netd: owns the UDP socket and nothing else worth having. Opens it,
 * jails itself, and only then reads the first datagram.
 */
#include "common/child.h"
#include "common/log.h"
#include "netd/bootnode_run.h"
#include "netd/client.h"

#include <errno.h>
#include <string.h>

/* The port asked for or none; the default one may be taken. */
static void
open_socket(struct udp *udp, const struct ipc_config_netd *config)
{
	struct addr addr = config->bind;
	char text[ADDR_TEXT_MAX];

	if (udp_open(udp, &addr) == 0)
		return;
	if (errno == EADDRINUSE && config->mode == MODE_CLIENT &&
	    !config->port_asked_for) {
		log_info("UDP port %u is taken: using any other", addr.port);
		addr.port = 0;
		if (udp_open(udp, &addr) == 0)
			return;
	}
	if (config->mode == MODE_CLIENT)
		fatal("cannot open UDP port %u: %s; choose another with "
		      "--port, or 0 for any",
		    addr.port, strerror(errno));
	fatal("cannot listen on UDP %s: %s; choose another address or port "
	      "with --listen",
	    addr_format(&addr, text, sizeof(text)), strerror(errno));
}

int
main(void)
{
	static struct udp udp;
	static struct hosts hosts;
	struct ipc_config_netd config;
	struct child child;

	child_start(&child, ROLE_NETD, IPC_CONFIG_NETD, &config,
	    sizeof(config));
	open_socket(&udp, &config);
	if (child.mode == MODE_CLIENT)
		hosts_open(&hosts, udp.family, udp.port,
		    (enum relay)config.relay, clock_now());
	child_enter_sandbox(&child);

	if (child.mode == MODE_BOOTNODE)
		netd_bootnode_run(&child, &config, &udp);
	netd_client_run(&child, &config, &udp, &hosts);
}
