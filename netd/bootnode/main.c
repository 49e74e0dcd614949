/*
 * gochat-netd-bootnode: owns a bootnode's UDP sockets, one or two, and nothing
 * else worth having. It finds them open and bound, jails itself, and only then
 * reads the first datagram.
 */
#include "common/child.h"
#include "common/filter_table.h"
#include "common/log.h"
#include "netd/bootnode/run.h"

#include <errno.h>
#include <string.h>

int
main(void)
{
	static const int numbers[BINDS_MAX] = { FD_UDP, FD_UDP_SECOND };
	static struct udp udp[BINDS_MAX];
	struct ipc_config_netd config = { 0 };
	struct child child;

	child_start(&child, PROCESS_NETD_BOOTNODE, IPC_CONFIG_NETD, &config,
	    sizeof(config), &config.mode);
	/* The ports are in the configuration afterwards. */
	for (size_t i = 0; i < config.bind_count; i++)
		if (udp_take(&udp[i], numbers[i], &config.bind[i]) == -1)
			fatal("cannot use the socket that was given: %s",
			    strerror(errno));
	child.port = udp->port;
	child_enter_sandbox(&child, &filter_netd_bootnode);
	netd_bootnode_run(&child, &config, udp);
}
