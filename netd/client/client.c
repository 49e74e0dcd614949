/*
 * netd of a client: the main loop, and who gets which datagram and message.
 */
#include "netd/client/client.h"

#include "common/clock.h"
#include "common/log.h"
#include "netd/client/bootclient.h"
#include "netd/figures.h"
#include "netd/client/links.h"
#include "netd/client/report.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

struct client {
	struct child *child;
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

/* So late after a deadline, the machine was suspended. */
#define CLOCK_JUMP (3 * USEC_PER_SEC)
/* Between two lines of the log about what was dropped. */
#define DROPS_EVERY (60 * USEC_PER_SEC)

static int
on_boot_join(struct client *c, const struct ipc_message_in *in)
{
	return bootclient_join(&c->boot, c->now, in->body, in->tail,
	    in->tail_len);
}

static int
on_boot_session(struct client *c, const struct ipc_message_in *in)
{
	if (bootclient_session(&c->boot, c->now, in->body) == -1)
		return -1;
	reflect_session(&c->reflect, c->now, in->body);
	return 0;
}

static int
on_boot_version(struct client *c, const struct ipc_message_in *in)
{
	return bootclient_version(&c->boot, c->now, in->body);
}

static int
on_peer_add(struct client *c, const struct ipc_message_in *in)
{
	return links_add(&c->links, c->now, in->body);
}

static int
on_peer_update(struct client *c, const struct ipc_message_in *in)
{
	return links_update(&c->links, c->now, in->body);
}

static int
on_peer_keys(struct client *c, const struct ipc_message_in *in)
{
	return links_keys(&c->links, in->body);
}

static int
on_peer_session(struct client *c, const struct ipc_message_in *in)
{
	return links_session(&c->links, c->now, in->body);
}

static int
on_peer_open(struct client *c, const struct ipc_message_in *in)
{
	return links_open(&c->links, c->now, in->body);
}

static int
on_peer_false(struct client *c, const struct ipc_message_in *in)
{
	return links_false(&c->links, c->now, in->body);
}

static int
on_handshake_out(struct client *c, const struct ipc_message_in *in)
{
	return links_handshake(&c->links, in->body, in->tail, in->tail_len);
}

static int
on_peer_check(struct client *c, const struct ipc_message_in *in)
{
	return links_check(&c->links, c->now, in->body);
}

static int
on_peer_rest(struct client *c, const struct ipc_message_in *in)
{
	return links_rest(&c->links, c->now, in->body);
}

static int
on_peer_drop(struct client *c, const struct ipc_message_in *in)
{
	return links_drop(&c->links, c->now, in->body);
}

static int
on_record_out(struct client *c, const struct ipc_message_in *in)
{
	return links_record(&c->links, in->body, in->tail, in->tail_len);
}

static int
on_net_ask(struct client *c, const struct ipc_message_in *in)
{
	(void)in;
	report_ask(&c->report, c->now);
	return 0;
}

static int
on_leave(struct client *c, const struct ipc_message_in *in)
{
	(void)in;
	if (c->leaving)
		return -1;
	c->leaving = true;
	c->leave_until = c->now + bootclient_patience(&c->boot);
	return bootclient_leave(&c->boot, c->now);
}

static int (*const handlers[IPC_TYPE_COUNT])(struct client *,
    const struct ipc_message_in *) = {
	[IPC_BOOT_JOIN] = on_boot_join,
	[IPC_BOOT_SESSION] = on_boot_session,
	[IPC_BOOT_VERSION] = on_boot_version,
	[IPC_PEER_ADD] = on_peer_add,
	[IPC_PEER_UPDATE] = on_peer_update,
	[IPC_PEER_KEYS] = on_peer_keys,
	[IPC_PEER_SESSION] = on_peer_session,
	[IPC_PEER_OPEN] = on_peer_open,
	[IPC_PEER_FALSE] = on_peer_false,
	[IPC_HANDSHAKE_OUT] = on_handshake_out,
	[IPC_PEER_CHECK] = on_peer_check,
	[IPC_PEER_REST] = on_peer_rest,
	[IPC_PEER_DROP] = on_peer_drop,
	[IPC_RECORD_OUT] = on_record_out,
	[IPC_NET_ASK] = on_net_ask,
	[IPC_LEAVE] = on_leave,
};

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

/* No timer: only what drops something leads to a line about it. */
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

/* Messages in a turn; datagrams wait meanwhile. */
#define TURN 64

static void
serve_cryptod(struct client *c)
{
	struct ipc_message_in in;

	for (int i = 0; i < TURN && child_receive(c->child, &c->cryptod, &in);
	     i++)
		if (handlers[in.type] == NULL ||
		    handlers[in.type](c, &in) == -1)
			child_fault(c->child, &c->cryptod, in.type);
}

static void
tell_figures(struct client *c)
{
	struct ipc_figures figures = {
		.stats.uptime_ms = (c->now - c->started) / USEC_PER_MSEC,
		.strays = c->boot.dropped + c->links.dropped,
	};

	figures_tell(&c->child->control, &figures, c->udp, c->udp_count,
	    &c->cryptod);
}

static void
serve_control(struct client *c)
{
	const struct ipc_boot_addrs *addrs;
	struct ipc_message_in in;

	while (child_receive(c->child, &c->child->control, &in)) {
		switch (in.type) {
		case IPC_BOOT_ADDRS:
			addrs = in.body;
			bootclient_addrs(&c->boot, c->now, addrs->addrs,
			    addrs->count);
			hosts_toward(c->hosts, c->now, addrs->addrs,
			    addrs->count);
			break;
		case IPC_FIGURES_ASK:
			tell_figures(c);
			break;
		default:
			child_fault(c->child, &c->child->control, in.type);
		}
	}
}

/* This host was elsewhere, or asleep: whoever does not know it yet is told,
 * and nothing is taken for granted. */
static void
look_around(struct client *c)
{
	links_doubt(&c->links, c->now);
	bootclient_touch(&c->boot, c->now);
}

/* Nor is what was measured of the network. */
static void
woke(struct client *c)
{
	bootclient_woke(&c->boot, c->now);
	look_around(c);
}

static void
serve_hosts(struct client *c)
{
	unsigned int happened = hosts_receive(c->hosts, c->now);

	if ((happened & HOSTS_MOVED) != 0) {
		nat_moved(&c->nat, &c->hosts->lan);
		links_moved(&c->links, c->now, &c->hosts->lan);
		bootclient_touch(&c->boot, c->now);
	} else if ((happened & HOSTS_LINK_UP) != 0) {
		look_around(c);
	}
	if ((happened & HOSTS_CHOSEN) != 0) {
		nat_init(&c->nat, c->hosts->local.port, &c->hosts->lan);
		/* A new card, which only a JOIN can publish. */
		ipc_send(&c->cryptod, IPC_LOCAL, &c->hosts->local, NULL, 0);
		bootclient_rejoin(&c->boot, c->now);
	}
}

/* The goodbyes are out when the bootnode and the peers have acknowledged
 * them, or it has been long enough. */
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
deadline(const struct client *c)
{
	uint64_t d =
	    clock_min(bootclient_deadline(&c->boot), links_deadline(&c->links));

	d = clock_min(d, reflect_deadline(&c->reflect));
	d = clock_min(d, report_deadline(&c->report));
	d = clock_min(d, hosts_deadline(c->hosts));
	return c->leaving && !c->left ? clock_min(d, c->leave_until) : d;
}

static void
start(struct client *c, struct child *child,
    const struct ipc_config_netd *config, struct udp *udp, struct hosts *hosts)
{
	c->child = child;
	c->udp = udp;
	c->udp_count = udp[1].fd == -1 ? 1 : 2;
	c->hosts = hosts;
	c->now = c->started = clock_now();
	child_open(child, &c->cryptod, FD_CRYPTOD, ROLE_CRYPTOD);
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
}

/* What it is time for, and what follows from all that has come. */
static void
work(struct client *c)
{
	hosts_timer(c->hosts, c->now);
	bootclient_timer(&c->boot, c->now);
	if (bootclient_wants_addrs(&c->boot))
		ipc_send(&c->child->control, IPC_RESOLVE, NULL, NULL, 0);
	links_timer(&c->links, c->now);
	reflect_timer(&c->reflect, c->now);
	links_deliver(&c->links);
	report_timer(&c->report, c->now);
	check_left(c);
}

void
netd_client_run(struct child *child, const struct ipc_config_netd *config,
    struct udp *udp, struct hosts *hosts)
{
	static struct client c;
	struct timespec ts;
	uint64_t due;

	start(&c, child, config, udp, hosts);
	for (;;) {
		struct pollfd fds[] = {
			{ child->control.fd, ipc_poll_events(&child->control),
			    0 },
			{ c.cryptod.fd, ipc_poll_events(&c.cryptod), 0 },
			{ hosts->netlink.fd, POLLIN, 0 },
			{ udp[0].fd, POLLIN, 0 },
			{ udp[1].fd, POLLIN, 0 },
		};

		for (size_t i = 0; i < c.udp_count; i++)
			udp_flush(&udp[i]);
		due = deadline(&c);
		if (ppoll(fds, 5, clock_timeout(c.now, due, &ts), NULL) == -1 &&
		    errno != EINTR)
			fatal("poll: %s", strerror(errno));
		c.now = clock_now();
		if (due < c.now && c.now - due > CLOCK_JUMP)
			woke(&c);
		if (fds[2].revents != 0)
			serve_hosts(&c);
		ipc_flush(&child->control);
		ipc_flush(&c.cryptod);
		if (fds[0].revents != 0)
			serve_control(&c);
		if (fds[1].revents != 0)
			serve_cryptod(&c);
		for (size_t i = 0; i < c.udp_count; i++)
			if (fds[3 + i].revents != 0)
				receive(&c, &udp[i]);
		work(&c);
	}
}
