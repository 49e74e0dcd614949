/*
 * netd's side of the peers. See links.h.
 */
#include "netd/client/links_parts.h"

#include "common/log.h"
#include "netd/events.h"
#include "netd/random.h"

#include <stdlib.h>
#include <string.h>

void
links_init(struct links *links, struct udp *udp, struct ipc_channel *cryptod,
    struct bootclient *boot, struct nat *nat,
    const struct ipc_config_netd *config, const struct lan *lan)
{
	uint8_t key[SIPHASH_KEY];

	memset(links, 0, sizeof(*links));
	links->udp = udp;
	links->cryptod = cryptod;
	links->nat = nat;
	links->boot = boot;
	links->mode = (enum relay)config->relay;
	links->lan = *lan;
	links->incarnation = config->incarnation;
	random_bytes(key, sizeof(key));
	targets_init(&links->targets, key);
}

struct link *
links_find(struct links *links, peer_handle handle)
{
	size_t i = PEER_INDEX(handle);

	if (i >= CLIENT_PEERS_MAX || links->at[i] == NULL ||
	    links->at[i]->handle != handle)
		return NULL;
	return links->at[i];
}

/* Returns the reason for which there is no path to the peer. */
static enum path_failure
failure(const struct links *links, const struct link *p)
{
	if (p->broken)
		return FAILURE_PROTOCOL;
	if (p->stalled)
		return FAILURE_STALLED;
	if (links->mode == RELAY_NEVER)
		return FAILURE_RELAY_NEVER;
	if (!links->boot->has_session)
		return FAILURE_NO_BOOTNODE;
	if (links->mode == RELAY_ONLY && bootclient_relays(links->boot))
		return FAILURE_RELAY_ONLY;
	return bootclient_relays(links->boot) ? FAILURE_UNANSWERED
					      : FAILURE_RELAY_REFUSED;
}

/* Only the latest state counts: a peer could change it with each packet. */
static void
tell_path(struct links *links, struct link *p)
{
	const struct candidate *c = path_current(&p->path);
	struct ipc_path body = {
		.handle = p->handle,
		.state = (uint8_t)p->path.state,
		.secured = p->path.secured,
	};

	if (c != NULL) {
		body.kind = (uint8_t)c->kind;
		body.rtt_us = c->rtt_us;
		body.addr = c->kind == PATH_RELAY ? links->boot->session_addr
						  : c->at.addr;
	}
	if (p->path.state == PATH_FAILED)
		body.failure = (uint8_t)failure(links, p);
	p->untold = false;
	ipc_send(links->cryptod, IPC_PATH, &body, NULL, 0);
	if (body.state != p->told.state || body.kind != p->told.kind ||
	    !addr_equal(&body.addr, &p->told.addr))
		event_path(&p->peer, &body);
	p->told = body;
}

void
links_changed(struct link *p, uint64_t now, int nominee)
{
	const struct candidate *c = path_current(&p->path);
	bool relayed = c != NULL && c->kind == PATH_RELAY;

	if (c != NULL && p->path.current == nominee)
		p->udp = p->nominee_udp;
	if (c != NULL) {
		p->stalled = false;
		transport_path(p->transport, now, c->rtt_us,
		    relayed ? WIRE_RELAYED_MAX : TRANSPORT_BASE,
		    relayed ? WIRE_RELAYED_MAX : TRANSPORT_CEILING);
	}
	p->untold = true;
}

/* --- Messages from cryptod ------------------------------------------ */

/* Adds the addresses of a card. Returns whether any is new. */
static bool
add_candidates(struct links *links, struct link *p, uint64_t now,
    const struct addr *observed, const struct addr *hosts, size_t count)
{
	bool news = path_add(&p->path, &links->lan, now, observed);

	/* A card cannot make us probe our own services. */
	for (size_t i = 0; i < count; i++)
		if (!addr_is_loopback(&hosts[i]))
			news |= path_add_host(&p->path, &links->lan, now,
			    &hosts[i]);
	return news;
}

int
links_add(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_peer_add *add = in->body;
	size_t i = PEER_INDEX(add->handle);
	struct link *p;

	if (i >= CLIENT_PEERS_MAX || links->at[i] != NULL)
		return -1;
	p = calloc(1, sizeof(*p));
	if (p == NULL || (p->transport = transport_new(&links->pool)) == NULL)
		fatal("out of memory");
	p->handle = add->handle;
	p->peer = add->peer;
	p->udp = links->udp;
	p->room = add->room;
	/* The numbers go on rising if this netd is followed by another. */
	p->number = (uint64_t)links->incarnation << 32;
	path_init(&p->path, &links->targets, add->controlling, links->mode,
	    in->now, bootclient_rtt(links->boot));
	path_relay(&p->path, in->now, links->relay_up);
	links->at[i] = p;
	add_candidates(links, p, in->now, &add->observed, add->hosts,
	    add->count);
	return 0;
}

int
links_update(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_peer_update *update = in->body;
	struct link *p = links_find(links, update->handle);

	if (p == NULL)
		return -1;
	/* Most likely the peer has moved: it may still be where it was. */
	if (add_candidates(links, p, in->now, &update->observed, update->hosts,
		update->count))
		path_suspect(&p->path, in->now);
	if (!p->broken)
		path_restart(&p->path, in->now);
	return 0;
}

int
links_false(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_peer_false *body = in->body;
	struct link *p = links_find(links, body->handle);
	const struct route *r;

	if (p == NULL)
		return -1;
	r = &p->routes[body->way];
	if (p->path.secured || r->attempt != body->attempt)
		return 0;
	if (path_ban(&p->path, in->now, r->relayed ? NULL : &r->to.addr) ==
	    PATH_CHANGED)
		links_changed(p, in->now, -1);
	return 0;
}

int
links_check(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_peer *body = in->body;
	struct link *p = links_find(links, body->handle);

	if (p == NULL)
		return -1;
	path_check(&p->path, in->now);
	if (p->path.state != PATH_UP) /* cryptod may not know yet */
		p->untold = true;
	return 0;
}

int
links_rest(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_peer *body = in->body;
	struct link *p = links_find(links, body->handle);

	if (p == NULL)
		return -1;
	path_rest(&p->path, in->now);
	return 0;
}

int
links_drop(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_peer *body = in->body;
	struct link *p = links_find(links, body->handle);

	if (p == NULL)
		return -1;
	/* The peer may be waiting to hear that its goodbye arrived. */
	transport_ack_now(p->transport);
	links_send_data(links, p, in->now);
	transport_free(p->transport);
	explicit_bzero(p, sizeof(*p));
	free(p);
	links->at[PEER_INDEX(body->handle)] = NULL;
	return 0;
}

int
links_record(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_record *body = in->body;
	struct link *p = links_find(links, body->handle);

	if (p == NULL)
		return -1;
	if (body->serial != p->session.serial || !p->tx.set)
		return 0; /* of a session that is over */
	if (transport_queue(p->transport, in->tail, in->tail_len) == -1)
		fatal("out of memory");
	return 0;
}

/* Tells the states of all peers first, which is quick; records may fill the
 * channel for long. */
static void
tell_all(struct links *links)
{
	struct ipc_acked acked;
	struct link *p;

	FOREACH_LINK (links, p) {
		if (p->untold)
			tell_path(links, p);
		acked.handle = p->handle;
		acked.serial = p->session.serial;
		acked.bytes = transport_acked(p->transport);
		if (acked.bytes > 0)
			ipc_send(links->cryptod, IPC_ACKED, &acked, NULL, 0);
	}
}

/* Tells one record of a peer, after PATH, which says that the peer is there. */
static bool
deliver_one(struct links *links, struct link *p)
{
	static uint8_t record[RECORD_MAX];
	struct ipc_record body = {
		.handle = p->handle,
		.serial = p->session.serial,
	};
	size_t len;

	if (path_current(&p->path) == NULL ||
	    (len = transport_read(p->transport, record)) == 0)
		return false;
	ipc_send(links->cryptod, IPC_RECORD_IN, &body, record, len);
	return true;
}

/* Peers have their turns, so that somebody who sends much does not keep the
 * others waiting. */
void
links_deliver(struct links *links)
{
	size_t idle = 0;

	if (ipc_congested(links->cryptod))
		return;
	tell_all(links);
	for (; idle < CLIENT_PEERS_MAX && !ipc_congested(links->cryptod);
	     links->deliver_turn++) {
		struct link *p =
		    links->at[links->deliver_turn % CLIENT_PEERS_MAX];

		idle = p != NULL && deliver_one(links, p) ? 0 : idle + 1;
	}
}

void
links_port(struct links *links, uint64_t now, struct udp *udp)
{
	struct link *p;

	links->udp = udp;
	FOREACH_LINK (links, p)
		if (path_current(&p->path) == NULL && !p->broken)
			path_restart(&p->path, now);
}

/* --- Time ----------------------------------------------------------- */

static uint64_t
transport_due(const struct link *p)
{
	return path_current(&p->path) == NULL
	    ? CLOCK_NEVER
	    : transport_deadline(p->transport);
}

uint64_t
links_deadline(const struct links *links)
{
	uint64_t deadline = CLOCK_NEVER, probes = CLOCK_NEVER;
	const struct link *p;

	FOREACH_LINK (links, p) {
		deadline = clock_min(deadline, transport_due(p));
		probes = clock_min(probes, path_deadline(&p->path));
	}
	if (probes != CLOCK_NEVER && probes < links->probe_at)
		probes = links->probe_at;
	return clock_min(deadline, probes);
}

/* Sends one probe, of the next peer that has one due. */
static void
probe_one(struct links *links, uint64_t now)
{
	struct path_probe probe;

	for (size_t n = 0; n < CLIENT_PEERS_MAX; n++) {
		size_t i = (links->turn + n) % CLIENT_PEERS_MAX;
		struct link *p = links->at[i];

		if (p == NULL || path_deadline(&p->path) > now ||
		    !path_next(&p->path, now, random_u64(), &probe))
			continue;
		links_send_probe(links, p, p->udp, links_keys_in_use(p),
		    &probe);
		/* Perhaps the bootnode has forgotten our session. */
		if (probe.relayed && p->path.unanswered == 2)
			bootclient_touch(links->boot, now);
		links->turn = i + 1;
		links->probe_at = now + PROBE_SPACING;
		return;
	}
}

/* The paths through the relay come and go with the session. */
static void
follow_bootnode(struct links *links, uint64_t now)
{
	bool up = bootclient_relays(links->boot);
	struct link *p;

	if (up == links->relay_up)
		return;
	links->relay_up = up;
	FOREACH_LINK (links, p)
		if (path_relay(&p->path, now, up) == PATH_CHANGED)
			links_changed(p, now, -1);
}

/* True if the path carries probes and nothing else. */
static void
judge_path(struct link *p, uint64_t now)
{
	const struct candidate *c = path_current(&p->path);
	enum path_change change = PATH_SAME;

	if (p->path.state == PATH_FAILED)
		transport_given_up(p->transport);
	if (c == NULL)
		return;
	if (transport_stalled(p->transport, c->open_from - 1))
		change = path_stalled(&p->path, now);
	if (change == PATH_SAME)
		change = path_silent(&p->path, now,
		    transport_silence(p->transport, now));
	if (change == PATH_SAME)
		return;
	p->stalled = true;
	links_changed(p, now, -1);
}

/* Handles the path of one peer, and everything that goes over it. */
static void
serve(struct links *links, struct link *p, uint64_t now)
{
	int nominee = p->path.nominee;

	path_reckon(&p->path, bootclient_rtt(links->boot));
	if (path_current(&p->path) == NULL)
		p->udp = links->udp;
	if (path_timer(&p->path, now) == PATH_CHANGED)
		links_changed(p, now, nominee);
	if (transport_due(p) <= now)
		transport_timer(p->transport, now);
	if (transport_suspect(p->transport))
		path_suspect(&p->path, now);
	judge_path(p, now);
	links_send_data(links, p, now);
}

void
links_timer(struct links *links, uint64_t now)
{
	unsigned int up = 0;
	struct link *p;

	follow_bootnode(links, now);
	FOREACH_LINK (links, p) {
		serve(links, p, now);
		up += p->path.state == PATH_UP;
	}
	links->targets.peers = up;
	if (now >= links->probe_at)
		probe_one(links, now);
}

bool
links_figures(const struct links *links, size_t i, struct ipc_net_peer *out)
{
	const struct link *p = links->at[i];
	const struct candidate *c;
	struct transport_figures f;

	if (p == NULL || (c = path_current(&p->path)) == NULL)
		return false;
	transport_figures(p->transport, &f);
	*out = (struct ipc_net_peer){
		.handle = p->handle,
		.rtt_us = f.sent > 0 ? (uint32_t)f.smoothed_us : c->rtt_us,
		.sent = f.sent,
		.lost = f.lost,
	};
	return true;
}

bool
links_idle(const struct links *links)
{
	const struct link *p;

	FOREACH_LINK (links, p)
		if (path_current(&p->path) != NULL &&
		    !transport_idle(p->transport))
			return false;
	return true;
}
