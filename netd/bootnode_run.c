/*
 * The main loop of netd as a bootnode: datagrams and messages in, to
 * bootnode.c, and out again.
 */
#include "netd/bootnode_run.h"

#include "common/clock.h"
#include "common/log.h"
#include "netd/bootnode.h"
#include "netd/random.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

struct loop {
	struct child *child;
	struct udp *udp;
	struct ipc_channel cryptod;
	struct bootnode *bootnode;
	uint64_t now;
};

static void
io_send(void *arg, const struct addr *to, const uint8_t *packet, size_t len)
{
	struct loop *l = arg;

	udp_send(l->udp, to, packet, len);
}

static int
io_tell(void *arg, enum ipc_type type, const void *body, const void *tail,
    size_t tail_len)
{
	struct loop *l = arg;

	return ipc_send(&l->cryptod, type, body, tail, tail_len);
}

static void
io_random(void *arg, void *out, size_t len)
{
	(void)arg;
	random_bytes(out, len);
}

static void
on_packet(void *arg, const struct addr *from, const uint8_t *packet, size_t len)
{
	struct loop *l = arg;

	bootnode_packet(l->bootnode, l->now, from, packet, len);
}

/* Messages in a turn; datagrams wait in the socket's buffer. */
#define TURN 256

static void
serve_cryptod(struct loop *l)
{
	struct ipc_message_in in;

	for (int i = 0; i < TURN && child_receive(l->child, &l->cryptod, &in);
	     i++)
		if (bootnode_message(l->bootnode, l->now, &in) == -1)
			child_fault(l->child, &l->cryptod, in.type);
}

static void
tell_listening(struct loop *l, const struct ipc_config_netd *config)
{
	struct ipc_listening body = { .addr = config->bind };

	body.addr.port = l->udp->port;
	ipc_send(&l->cryptod, IPC_LISTENING, &body, NULL, 0);
}

void
netd_bootnode_run(struct child *child, const struct ipc_config_netd *config,
    struct udp *udp)
{
	static struct loop l;
	struct bootnode_io io = { io_send, io_tell, io_random, &l };
	struct ipc_message_in in;
	struct timespec ts;

	l.child = child;
	l.udp = udp;
	l.now = clock_now();
	ipc_open(&l.cryptod, FD_CRYPTOD, ROLE_NETD, ROLE_CRYPTOD);
	l.bootnode = bootnode_new(config, &io, l.now);
	if (l.bootnode == NULL)
		fatal("out of memory");
	tell_listening(&l, config);
	for (;;) {
		struct pollfd fds[] = {
			{ child->control.fd, ipc_poll_events(&child->control),
			    0 },
			{ l.cryptod.fd, ipc_poll_events(&l.cryptod), 0 },
			/* cryptod has enough to do: the kernel queues. */
			{ udp->fd, ipc_congested(&l.cryptod) ? 0 : POLLIN, 0 },
		};

		udp_flush(udp);
		if (ppoll(fds, 3,
			clock_timeout(l.now, bootnode_deadline(l.bootnode),
			    &ts),
			NULL) == -1 &&
		    errno != EINTR)
			fatal("poll: %s", strerror(errno));
		l.now = clock_now();
		ipc_flush(&child->control);
		ipc_flush(&l.cryptod);
		while (child_receive(child, &child->control, &in))
			child_fault(child, &child->control, in.type);
		serve_cryptod(&l);
		if (!ipc_congested(&l.cryptod))
			udp_receive(udp, on_packet, &l);
		bootnode_timer(l.bootnode, l.now);
	}
}
