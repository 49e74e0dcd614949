/*
 * The main loop of netd as a bootnode: datagrams and messages in, to
 * bootnode.c, and out again.
 */
#include "netd/bootnode/run.h"

#include "common/clock.h"
#include "common/log.h"
#include "netd/bootnode/bootnode.h"
#include "netd/events.h"
#include "netd/figures.h"
#include "netd/random.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

struct loop {
	struct child *child;
	struct udp *udp; /* of udp_count sockets */
	size_t udp_count;
	struct ipc_channel cryptod;
	struct bootnode *bootnode;
	uint64_t now;
};

static void
io_send(void *arg, const struct remote *to, const uint8_t *packet, size_t len)
{
	struct loop *l = arg;

	udp_send_from(&l->udp[to->socket], to, packet, len);
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
on_packet(void *arg, const struct remote *from, const uint8_t *packet,
    size_t len)
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
serve_control(struct loop *l)
{
	struct ipc_message_in in;

	while (child_receive(l->child, &l->child->control, &in)) {
		struct ipc_figures figures = { 0 };

		if (in.type != IPC_FIGURES_ASK)
			child_fault(l->child, &l->child->control, in.type);
		bootnode_figures(l->bootnode, l->now, &figures.stats);
		figures_tell(&l->child->control, &figures, l->udp, l->udp_count,
		    &l->cryptod);
	}
}

static void
tell_listening(struct loop *l, const struct ipc_config_netd *config)
{
	struct ipc_listening body;

	for (size_t i = 0; i < config->bind_count; i++) {
		body.addr = config->bind[i];
		ipc_send(&l->cryptod, IPC_LISTENING, &body, NULL, 0);
		event_listening(&body.addr);
	}
}

/* Waits for anything to do. */
static void
wait_for_work(struct loop *l)
{
	struct ipc_channel *control = &l->child->control;
	struct pollfd fds[2 + BINDS_MAX] = {
		{ control->fd, ipc_poll_events(control), 0 },
		{ l->cryptod.fd, ipc_poll_events(&l->cryptod), 0 },
	};
	struct timespec ts;

	for (size_t i = 0; i < l->udp_count; i++) {
		udp_flush(&l->udp[i]);
		/* cryptod has enough to do: the kernel queues. */
		fds[2 + i] = (struct pollfd){ l->udp[i].fd,
			ipc_congested(&l->cryptod) ? 0 : POLLIN, 0 };
	}
	if (ppoll(fds, 2 + l->udp_count,
		clock_timeout(l->now, bootnode_deadline(l->bootnode), &ts),
		NULL) == -1 &&
	    errno != EINTR)
		fatal("poll: %s", strerror(errno));
	l->now = clock_now();
}

static void
receive(struct loop *l)
{
	for (size_t i = 0; i < l->udp_count; i++)
		if (!ipc_congested(&l->cryptod))
			udp_receive(&l->udp[i], on_packet, l);
}

void
netd_bootnode_run(struct child *child, const struct ipc_config_netd *config,
    struct udp udp[BINDS_MAX])
{
	static struct loop l;
	struct bootnode_io io = { io_send, io_tell, io_random, &l };

	l.child = child;
	l.udp = udp;
	l.udp_count = config->bind_count;
	for (size_t i = 0; i < l.udp_count; i++)
		udp[i].number = (uint8_t)i;
	l.now = clock_now();
	child_open(child, &l.cryptod, FD_CRYPTOD, ROLE_CRYPTOD);
	l.bootnode = bootnode_new(config, &io, l.now);
	if (l.bootnode == NULL)
		fatal("out of memory");
	tell_listening(&l, config);
	for (;;) {
		wait_for_work(&l);
		ipc_flush(&child->control);
		ipc_flush(&l.cryptod);
		serve_control(&l);
		serve_cryptod(&l);
		receive(&l);
		bootnode_timer(l.bootnode, l.now);
	}
}
