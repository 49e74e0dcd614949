/*
 * A bootnode's UDP ports. See ports.h.
 */
#include "launcher/ports.h"

#include "common/udp_port.h"
#include "launcher/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int
open_one(const struct endpoint *at, char *err, size_t errlen)
{
	char text[ADDR_TEXT_MAX];
	struct addr addr = { 0 };
	int fd;

	resolve_numeric(at, &addr); /* which options_parse() has seen to */
	fd = udp_port_open(&addr);
	if (fd == -1)
		(void)snprintf(err, errlen,
		    "cannot listen on UDP %s: %s; choose another address or "
		    "port with --listen",
		    addr_format(&addr, text, sizeof(text)), strerror(errno));
	return fd;
}

int
ports_open(struct given_sockets *g, const struct listen *listen, char *err,
    size_t errlen)
{
	int fd;

	for (size_t i = 0; i < listen->count; i++) {
		fd = open_one(&listen->at[i], err, errlen);
		if (fd == -1) {
			activation_close(g);
			g->count = 0;
			return -1;
		}
		g->fds[g->count++] = fd;
	}
	return 0;
}
