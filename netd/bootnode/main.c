/*
 * gochat-netd-bootnode: owns a bootnode's UDP sockets, one or two, and nothing
 * else worth having. It opens them if it was given none, jails itself, and only
 * then reads the first datagram.
 */
#include "common/child.h"
#include "common/filter_table.h"
#include "common/log.h"
#include "netd/bootnode/run.h"

#include <errno.h>
#include <string.h>

static void
open_one(struct udp *udp, int fd, struct addr *addr, bool given)
{
	char text[ADDR_TEXT_MAX];

	if (given) {
		if (udp_take(udp, fd, addr) == -1)
			fatal("cannot use the socket that was given: %s",
			    strerror(errno));
		return;
	}
	if (udp_open(udp, fd, addr) == -1)
		fatal("cannot listen on UDP %s: %s; choose another address or "
		      "port with --listen",
		    addr_format(addr, text, sizeof(text)), strerror(errno));
	addr->port = udp->port;
}

int
main(void)
{
	static const int numbers[BINDS_MAX] = { FD_UDP, FD_UDP_SECOND };
	static struct udp udp[BINDS_MAX];
	struct ipc_config_netd config = { 0 };
	struct child child;

	child_start(&child, PROCESS_NETD_BOOTNODE, IPC_CONFIG_NETD, &config,
	    sizeof(config), &config.mode);
	/* Ports that the system chose are in the configuration afterwards. */
	for (size_t i = 0; i < config.bind_count; i++)
		open_one(&udp[i], numbers[i], &config.bind[i], config.given);
	child.port = udp->port;
	child_enter_sandbox(&child, &filter_netd_bootnode);
	netd_bootnode_run(&child, &config, udp);
}
