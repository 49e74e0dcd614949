/*
 * netd of a client: the main loop, and the way of each datagram and message to
 * its receiver.
 */
#include "netd/client/client.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/loop.h"
#include "netd/client/bootclient.h"
#include "netd/figures.h"
#include "netd/client/links.h"
#include "netd/client/report.h"

#include <string.h>

struct client {
	struct loop loop;
	struct udp *udp;
	size_t udp_count;
	struct udp *receiving; /* what on_packet() is given came here */
	struct hosts *hosts;
	struct ipc_channel cryptod;
	struct bootclient boot;
	struct links links;
	struct nat nat;
	struct reflect reflect;
	struct report report;
	bool leaving;
	bool left;
	uint64_t leave_until;
	uint64_t drops_told;
	uint64_t tell_drops_at; /* the earliest */
	uint64_t started;
	uint64_t now;
};

/* If a deadline is missed by this much, the machine was suspended. */
#define CLOCK_JUMP (3 * USEC_PER_SEC)
/* Time between two lines of the log about dropped datagrams. */
#define DROPS_EVERY (60 * USEC_PER_SEC)

/* Messages of cryptod and the launcher that concern more than one part. */

static int
on_boot_session(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	int result = bootclient_session(&c->boot, in);

	reflect_session(&c->reflect, in->now, in->body);
	return result;
}

static int
on_leave(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;

	c->leaving = true;
	c->leave_until = in->now + bootclient_patience(&c->boot);
	return bootclient_leave(&c->boot, in->now);
}

static int
on_boot_addrs(void *self, const struct ipc_message_in *in)
{
	const struct ipc_boot_addrs *addrs = in->body;
	struct client *c = self;

	c->boot.took.resolve_us = addrs->took_us;
	bootclient_addrs(&c->boot, in->now, addrs->addrs, addrs->count);
	hosts_toward(c->hosts, in->now, addrs->addrs, addrs->count);
	return 0;
}

static int
on_figures_ask(void *self, const struct ipc_message_in *in)
{
	const struct client *c = self;
	struct ipc_figures figures = {
		.stats.uptime_ms = (in->now - c->started) / USEC_PER_MSEC,
		.strays = c->boot.dropped + c->links.dropped,
	};

	figures_tell(&c->loop.child->control, &figures, c->udp, c->udp_count,
	    &c->cryptod);
	return 0;
}

/* The bootnode has answered on our other port. */
static void
use_port(struct client *c)
{
	nat_init(&c->nat, c->boot.udp->port, &c->hosts->lan);
	links_port(&c->links, c->now, c->boot.udp);
}

static void
on_packet(void *arg, const struct remote *from, const uint8_t *packet,
    size_t len)
{
	struct client *c = arg;

	switch (wire_type(packet, len)) {
	case WIRE_PROBE:
	case WIRE_PROBE_REPLY:
	case WIRE_HANDSHAKE:
	case WIRE_DATA:
		links_packet(&c->links, c->now, c->receiving, from, packet,
		    len);
		break;
	case WIRE_REFLECT_REPLY:
		reflect_packet(&c->reflect, c->now, &from->addr, packet, len);
		break;
	case WIRE_RELAY:
		links_relayed(&c->links, c->now, &from->addr, packet, len);
		break;
	default:
		bootclient_packet(&c->boot, c->now, c->receiving, &from->addr,
		    packet, len);
		if (c->boot.udp != c->links.udp)
			use_port(c);
	}
}

/* There is no timer: only a dropped datagram leads to a line about it. */
static void
tell_drops(struct client *c)
{
	uint64_t lost =
	    c->udp[0].unsent + c->udp[1].unsent + c->cryptod.dropped;
	uint64_t strays = c->boot.dropped + c->links.dropped;
	uint64_t refused = c->links.targets.refused;

	if (strays + lost + refused == c->drops_told ||
	    c->now < c->tell_drops_at)
		return;
	/* A stray packet is nothing to worry a user with. */
	log_debug("dropped so far: %llu datagrams that are not the bootnode's, "
		  "%llu that are no peer's",
	    (unsigned long long)c->boot.dropped,
	    (unsigned long long)c->links.dropped);
	if (refused > 0)
		log_debug(
		    "not sent so far: %llu probes to addresses that do not answer",
		    (unsigned long long)refused);
	if (lost > 0)
		log_info(
		    "dropped so far because a queue was full: %llu datagrams",
		    (unsigned long long)lost);
	c->drops_told = strays + lost + refused;
	c->tell_drops_at = c->now + DROPS_EVERY;
}

static void
receive(struct client *c, struct udp *udp)
{
	c->receiving = udp;
	if (udp_receive(udp, on_packet, c) > 0)
		tell_drops(c);
}

/* This host was elsewhere, or asleep: the parts that do not know it yet are
 * told, and nothing is taken for granted. */
static void
look_around(struct client *c)
{
	links_doubt(&c->links, c->now);
	bootclient_was_us(&c->boot);
	bootclient_touch(&c->boot, c->now);
}

/* After a suspension, measurements of the network do not count either. */
static bool
woke(void *self)
{
	struct client *c = self;

	if (c->loop.due < c->now && c->now - c->loop.due > CLOCK_JUMP) {
		bootclient_woke(&c->boot, c->now);
		look_around(c);
	}
	return true;
}

static void
serve_hosts(struct client *c)
{
	unsigned int happened = hosts_receive(c->hosts, c->now);

	if ((happened & HOSTS_MOVED) != 0) {
		nat_moved(&c->nat, &c->hosts->lan);
		links_moved(&c->links, c->now, &c->hosts->lan);
		bootclient_was_us(&c->boot);
		bootclient_touch(&c->boot, c->now);
	} else if ((happened & HOSTS_LINK_UP) != 0) {
		look_around(c);
	}
	if ((happened & HOSTS_CHOSEN) != 0) {
		nat_init(&c->nat, c->hosts->local.port, &c->hosts->lan);
		/* Publishes a new card, which only a JOIN can do. */
		ipc_send(&c->cryptod, IPC_LOCAL, &c->hosts->local, NULL, 0);
		bootclient_rejoin(&c->boot, c->now);
	}
}

/* The goodbyes are out when the bootnode and the peers have acknowledged them,
 * or when enough time has passed. */
static void
check_left(struct client *c)
{
	if (!c->leaving || c->left)
		return;
	if (c->now < c->leave_until &&
	    (!bootclient_gone(&c->boot) || !links_idle(&c->links)))
		return;
	c->left = true;
	ipc_send(&c->cryptod, IPC_LEFT, NULL, NULL, 0);
}

static uint64_t
deadline(const void *self)
{
	const struct client *c = self;
	uint64_t d =
	    clock_min(bootclient_deadline(&c->boot), links_deadline(&c->links));

	d = clock_min(d, reflect_deadline(&c->reflect));
	d = clock_min(d, report_deadline(&c->report));
	d = clock_min(d, hosts_deadline(c->hosts));
	return c->leaving && !c->left ? clock_min(d, c->leave_until) : d;
}

static void
flush_sockets(struct client *c)
{
	for (size_t i = 0; i < c->udp_count; i++)
		udp_flush(&c->udp[i]);
}

/* Does the work that is due, and all that follows from what has come. */
static void
work(void *self)
{
	struct client *c = self;

	hosts_timer(c->hosts, c->now);
	bootclient_timer(&c->boot, c->now);
	if (bootclient_wants_addrs(&c->boot))
		ipc_send(&c->loop.child->control, IPC_RESOLVE, NULL, NULL, 0);
	links_timer(&c->links, c->now);
	reflect_timer(&c->reflect, c->now);
	links_deliver(&c->links);
	report_timer(&c->report, c->now);
	check_left(c);
	flush_sockets(c);
}

/* The descriptors of the loop: news of addresses, then the sockets. */
static void
ready(void *self)
{
	struct client *c = self;

	if (c->loop.fds[0].revents != 0)
		serve_hosts(c);
	for (size_t i = 0; i < c->udp_count; i++)
		if (c->loop.fds[1 + i].revents != 0)
			receive(c, &c->udp[i]);
}

static void
add_handlers(struct client *c)
{
	const struct handler handlers[] = {
		{ IPC_BOOT_ADDRS, on_boot_addrs, c },
		{ IPC_FIGURES_ASK, on_figures_ask, c },
		{ IPC_BOOT_JOIN, bootclient_join, &c->boot },
		{ IPC_BOOT_SESSION, on_boot_session, c },
		{ IPC_BOOT_ACCESS, bootclient_access, &c->boot },
		{ IPC_BOOT_REDIRECT, bootclient_redirect, &c->boot },
		{ IPC_BOOT_MOVE, bootclient_move, &c->boot },
		{ IPC_BOOT_VERSION, bootclient_version, &c->boot },
		{ IPC_PEER_ADD, links_add, &c->links },
		{ IPC_PEER_UPDATE, links_update, &c->links },
		{ IPC_PEER_KEYS, links_keys, &c->links },
		{ IPC_PEER_SESSION, links_session, &c->links },
		{ IPC_PEER_OPEN, links_open, &c->links },
		{ IPC_PEER_FALSE, links_false, &c->links },
		{ IPC_HANDSHAKE_OUT, links_handshake, &c->links },
		{ IPC_PEER_CHECK, links_check, &c->links },
		{ IPC_PEER_REST, links_rest, &c->links },
		{ IPC_PEER_DROP, links_drop, &c->links },
		{ IPC_RECORD_OUT, links_record, &c->links },
		{ IPC_NET_ASK, report_ask, &c->report },
		{ IPC_LEAVE, on_leave, c },
	};

	dispatch_add(&c->loop.handlers, handlers,
	    sizeof(handlers) / sizeof(handlers[0]));
}

/* The number of messages that are taken in a turn; datagrams wait meanwhile. */
#define TURN 64

static void
start_loop(struct client *c, struct child *child)
{
	struct loop *l = &c->loop;

	loop_init(l, child, c, &c->now);
	add_handlers(c);
	child_open(child, &c->cryptod, FD_CRYPTOD, ROLE_CRYPTOD);
	loop_add(l, &c->cryptod, TURN);
	l->fds[0] = (struct pollfd){ c->hosts->netlink.fd, POLLIN, 0 };
	for (size_t i = 0; i < c->udp_count; i++)
		l->fds[1 + i] = (struct pollfd){ c->udp[i].fd, POLLIN, 0 };
	l->fd_count = 1 + c->udp_count;
	l->deadline = deadline;
	l->woke = woke;
	l->ready = ready;
	l->work = work;
}

static void
start(struct client *c, struct child *child,
    const struct ipc_config_netd *config, struct udp *udp, struct hosts *hosts)
{
	c->udp = udp;
	c->udp_count = udp[1].fd == -1 ? 1 : 2;
	c->hosts = hosts;
	start_loop(c, child);
	c->started = c->now;
	ipc_send(&c->cryptod, IPC_LOCAL, &hosts->local, NULL, 0);
	nat_init(&c->nat, hosts->local.port, &hosts->lan);
	links_init(&c->links, udp, &c->cryptod, &c->boot, &c->nat, config,
	    &hosts->lan);
	bootclient_init(&c->boot, udp, &c->cryptod, config, c->now);
	c->boot.network = &hosts->netlink.network;
	if (c->udp_count > 1)
		bootclient_spare(&c->boot, &udp[1], hosts);
	reflect_init(&c->reflect, &c->boot, &c->nat);
	c->report = (struct report){
		.cryptod = &c->cryptod,
		.boot = &c->boot,
		.links = &c->links,
		.nat = &c->nat,
		.reflect = &c->reflect,
	};
	flush_sockets(c); /* the first HELLO does not wait for a turn */
}

void
netd_client_run(struct child *child, const struct ipc_config_netd *config,
    struct udp *udp, struct hosts *hosts)
{
	static struct client c;

	start(&c, child, config, udp, hosts);
	for (;;)
		loop_turn(&c.loop);
}
