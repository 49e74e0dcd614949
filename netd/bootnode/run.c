/*
 * The main loop of netd as a bootnode: datagrams and messages in, to
 * bootnode.c, and out again.
 */
#include "netd/bootnode/run.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/loop.h"
#include "netd/bootnode/bootnode.h"
#include "netd/events.h"
#include "netd/figures.h"
#include "netd/random.h"

struct server {
	struct loop loop;
	struct udp *udp; /* of udp_count sockets */
	size_t udp_count;
	struct ipc_channel cryptod;
	struct ipc_channel fleetd; /* closed if there is none */
	struct bootnode *bootnode;
	uint64_t now;
};

static void
io_send(void *arg, const struct remote *to, const uint8_t *packet, size_t len)
{
	struct server *s = arg;

	udp_send_from(&s->udp[to->socket], to, packet, len);
}

static int
io_tell(void *arg, enum ipc_type type, const void *body, const void *tail,
    size_t tail_len)
{
	struct server *s = arg;

	return ipc_send(&s->cryptod, type, body, tail, tail_len);
}

static int
io_tell_fleetd(void *arg, enum ipc_type type, const void *body,
    const void *tail, size_t tail_len)
{
	struct server *s = arg;

	if (s->fleetd.fd == -1)
		return -1;
	return ipc_send(&s->fleetd, type, body, tail, tail_len);
}

static void
io_random(void *arg, void *out, size_t len)
{
	(void)arg;
	random_bytes(out, len);
}

static void
io_restored(void *arg, const struct ipc_restored *restored)
{
	struct server *s = arg;

	ipc_send(&s->loop.child->control, IPC_RESTORED, restored, NULL, 0);
}

static void
io_drained(void *arg, const struct ipc_drained *drained)
{
	struct server *s = arg;

	ipc_send(&s->loop.child->control, IPC_DRAINED, drained, NULL, 0);
}

static void
on_packet(void *arg, const struct remote *from, const uint8_t *packet,
    size_t len)
{
	struct server *s = arg;

	bootnode_packet(s->bootnode, s->now, from, packet, len);
}

/* The launcher asks for the figures. */
static int
on_figures_ask(void *self, const struct ipc_message_in *in)
{
	struct server *s = self;
	struct ipc_figures figures = { 0 };

	bootnode_figures(s->bootnode, in->now, &figures.stats);
	figures_tell(&s->loop.child->control, &figures, s->udp, s->udp_count,
	    &s->cryptod);
	return 0;
}

/* --- fleetd, which may be restarted alone --------------------------------- */

static void
fleetd_gone(void *self, struct ipc_channel *ch)
{
	(void)self;
	(void)ch;
}

static int
on_channel(void *self, const struct ipc_message_in *in)
{
	const struct ipc_channel_end *end = in->body;
	struct server *s = self;

	if (end->role != ROLE_FLEETD)
		return -1;
	loop_end(&s->loop, &s->fleetd);
	child_reopen(s->loop.child, &s->fleetd, FD_FLEETD, in->fd);
	bootnode_fleetd_came(s->bootnode, in->now);
	return 0;
}

/* The number of messages that are taken in a turn. */
#define TURN 256

static void
join_fleet(struct server *s)
{
	const struct handler channel = { IPC_CHANNEL, on_channel, s };
	struct loop_channel *fleetd;

	child_open(s->loop.child, &s->fleetd, FD_FLEETD, ROLE_FLEETD);
	fleetd = loop_add(&s->loop, &s->fleetd, TURN);
	fleetd->gone = fleetd_gone;
	fleetd->wary = true;
	dispatch_add(&s->loop.handlers, &channel, 1);
}

/* --- All of it ------------------------------------------------------------ */

static void
tell_listening(struct server *s, const struct ipc_config_netd *config)
{
	struct ipc_listening body;

	for (size_t i = 0; i < config->bind_count; i++) {
		body.addr = config->bind[i];
		ipc_send(&s->cryptod, IPC_LISTENING, &body, NULL, 0);
		event_listening(&body.addr);
	}
}

/* While cryptod has enough to do, or nobody is served, datagrams wait in the
 * kernel. */
static bool
may_receive(const struct server *s)
{
	return !ipc_congested(&s->cryptod) && !bootnode_is_held(s->bootnode);
}

static void
work(void *self)
{
	struct server *s = self;

	if (!bootnode_is_held(s->bootnode))
		bootnode_timer(s->bootnode, s->now);
	while (bootnode_keeps(s->bootnode) && !ipc_congested(&s->cryptod))
		bootnode_keep(s->bootnode);
	for (size_t i = 0; i < s->udp_count; i++) {
		udp_flush(&s->udp[i]);
		s->loop.fds[i] = (struct pollfd){ s->udp[i].fd,
			may_receive(s) ? POLLIN : 0, 0 };
	}
}

static uint64_t
deadline(const void *self)
{
	const struct server *s = self;

	if (!bootnode_is_held(s->bootnode))
		return bootnode_deadline(s->bootnode);
	/* cryptod's channel may have got room since the last work. */
	return bootnode_keeps(s->bootnode) && !ipc_congested(&s->cryptod)
	    ? s->now
	    : CLOCK_NEVER;
}

static void
receive(void *self)
{
	struct server *s = self;

	for (size_t i = 0; i < s->udp_count; i++)
		if (s->loop.fds[i].revents != 0 && may_receive(s))
			udp_receive(&s->udp[i], on_packet, s);
}

void
netd_bootnode_run(struct child *child, const struct ipc_config_netd *config,
    struct udp udp[BINDS_MAX])
{
	static struct server s;
	const struct handler handlers[] = {
		{ IPC_FIGURES_ASK, on_figures_ask, &s },
	};
	struct bootnode_io io = { io_send, io_tell, io_tell_fleetd, io_random,
		io_restored, io_drained, &s };

	loop_init(&s.loop, child, &s, &s.now);
	s.loop.work = work;
	s.loop.deadline = deadline;
	s.loop.ready = receive;
	s.loop.fd_count = s.udp_count = config->bind_count;
	s.udp = udp;
	for (size_t i = 0; i < s.udp_count; i++)
		udp[i].number = (uint8_t)i;
	child_open(child, &s.cryptod, FD_CRYPTOD, ROLE_CRYPTOD);
	ipc_share_calls(&s.cryptod);
	loop_add(&s.loop, &s.cryptod, TURN);
	dispatch_add(&s.loop.handlers, handlers, 1);
	s.fleetd.fd = -1;
	if (config->fleet)
		join_fleet(&s);
	s.bootnode = bootnode_new(config, &io, &s.loop.handlers, s.now);
	if (s.bootnode == NULL)
		fatal("out of memory");
	tell_listening(&s, config);
	work(&s);
	for (;;)
		loop_turn(&s.loop);
}
