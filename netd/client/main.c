/*
 * gochat-netd: owns a client's UDP sockets and nothing else worth having. It
 * opens them, jails itself, and only then reads the first datagram.
 */
#include "common/child.h"
#include "common/filter_table.h"
#include "common/log.h"
#include "netd/client/client.h"

#include <errno.h>
#include <string.h>

/* Opens the port asked for or none; if the default port is taken, another one
 * will do. */
static void
open_client(struct udp *udp, const struct ipc_config_netd *config)
{
	struct addr addr = config->bind[0];

	if (udp_open(udp, FD_UDP, &addr) == 0)
		return;
	if (errno == EADDRINUSE && !config->port_asked_for) {
		log_info("UDP port %u is taken: using any other", addr.port);
		addr.port = 0;
		if (udp_open(udp, FD_UDP, &addr) == 0)
			return;
	}
	fatal("cannot open UDP port %u: %s; choose another with --port, or 0 "
	      "for any",
	    addr.port, strerror(errno));
}

/*
 * Another port is opened for the case that the bootnode does not answer to the
 * first: later no socket can be opened. A port that was asked for is the only
 * one.
 */
static void
open_spare(struct udp *udp, const struct ipc_config_netd *config)
{
	struct addr addr = config->bind[0];

	addr.port = 0;
	if (!config->port_asked_for && udp_open(udp, FD_UDP_SECOND, &addr) == 0)
		return;
	if (!config->port_asked_for)
		log_warn("no second UDP port: %s", strerror(errno));
	udp->fd = -1;
}

int
main(void)
{
	static struct udp udp[BINDS_MAX];
	static struct hosts hosts;
	struct ipc_config_netd config = { 0 };
	struct child child;

	child_start(&child, PROCESS_NETD_CLIENT, IPC_CONFIG_NETD, &config,
	    sizeof(config), &config.mode);
	open_client(&udp[0], &config);
	open_spare(&udp[1], &config);
	hosts_open(&hosts, udp->family, udp->port, &config, clock_now());
	child.port = udp->port;
	child_enter_sandbox(&child, &filter_netd_client);
	netd_client_run(&child, &config, udp, &hosts);
}
