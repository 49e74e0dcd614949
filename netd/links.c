/*
 * netd's side of the peers. See links.h.
 */
#include "netd/links.h"

#include "common/log.h"
#include "netd/random.h"
#include "netd/transport.h"

#include <stdlib.h>
#include <string.h>

/* DATA keys of one epoch and direction. */
struct data_key {
	bool set;
	uint8_t epoch;
	uint8_t key[SIPHASH_KEY];
};

struct link {
	peer_handle handle;
	uint64_t connection_tx;
	uint64_t connection_rx;
	struct peer_keys probe;
	struct data_key tx;
	struct data_key tx_next; /* once the peer uses the epoch */
	struct data_key rx;
	struct data_key rx_next; /* until the peer uses it */
	struct path path;
	struct transport *transport;
	uint32_t incarnation; /* of its netd */
	bool resetting;	      /* cryptod has yet to hear of the last one */
	bool untold;	      /* the path changed: tell cryptod */
	bool broken;	      /* the peer does not follow the protocol */
	bool suspect;	      /* it does not acknowledge: the path is checked */
};

#define FOREACH_LINK(ps, p)                       \
	for (size_t i_ = 0; i_ < LINKS_MAX; i_++) \
		if (((p) = (ps)->at[i_]) != NULL)

void
links_init(struct links *ps, struct udp *udp, struct ipc_channel *cryptod,
    struct nat *nat, const struct lan *lan, uint32_t incarnation)
{
	memset(ps, 0, sizeof(*ps));
	ps->udp = udp;
	ps->cryptod = cryptod;
	ps->nat = nat;
	ps->lan = *lan;
	ps->incarnation = incarnation;
}

static struct link *
find_handle(struct links *ps, peer_handle handle)
{
	size_t i = PEER_INDEX(handle);

	if (i >= LINKS_MAX || ps->at[i] == NULL || ps->at[i]->handle != handle)
		return NULL;
	return ps->at[i];
}

static struct link *
find_connection(struct links *ps, uint64_t connection)
{
	struct link *p;

	FOREACH_LINK (ps, p)
		if (p->connection_rx == connection)
			return p;
	return NULL;
}

/* Only the latest state counts: a peer could change it with each packet. */
static void
tell_path(struct links *ps, struct link *p)
{
	const struct candidate *c = path_current(&p->path);
	struct ipc_path body = {
		.handle = p->handle,
		.state = (uint8_t)p->path.state,
	};

	if (c != NULL) {
		body.kind = (uint8_t)c->kind;
		body.rtt_us = c->rtt_us;
		body.addr = c->addr;
	}
	p->untold = false;
	ipc_send(ps->cryptod, IPC_PATH, &body, NULL, 0);
}

/* --- Sending ------------------------------------------------------- */

static void
send_probe(struct links *ps, struct link *p, const struct path_probe *probe)
{
	struct wire_probe w = {
		.type = probe->reply ? WIRE_PROBE_REPLY : WIRE_PROBE,
		.flags = probe->flags,
		.connection = p->connection_tx,
		.id = probe->id,
		.incarnation = ps->incarnation,
	};

	uint8_t buf[WIRE_MAX];

	if (probe->reply)
		w.observed = probe->to;
	udp_send(ps->udp, &probe->to, buf,
	    wire_put_probe(buf, &w, p->probe.tx));
}

/* Sends all that the transport has to send now. */
static void
send_data(struct links *ps, struct link *p, uint64_t now)
{
	const struct candidate *c = path_current(&p->path);
	static uint8_t frames[TRANSPORT_FRAMES_MAX], buf[WIRE_DATA_MAX];
	struct wire_data w = {
		.epoch = p->tx.epoch,
		.connection = p->connection_tx,
		.frames = frames,
	};

	if (c == NULL)
		return;
	while ((w.frames_len = transport_output(p->transport, now, &w.number,
		    frames, sizeof(frames))) > 0)
		udp_send(ps->udp, &c->addr, buf,
		    wire_put_data(buf, &w, p->tx.key));
}

static void
changed(struct link *p, uint64_t now)
{
	const struct candidate *c = path_current(&p->path);

	if (c != NULL)
		transport_path(p->transport, now, c->rtt_us, TRANSPORT_BASE,
		    TRANSPORT_CEILING);
	p->untold = true;
}

/* --- Messages from cryptod ------------------------------------------ */

static void
add_candidates(struct links *ps, struct link *p, const struct addr *observed,
    const struct addr *hosts, size_t count)
{
	path_add(&p->path, &ps->lan, observed);
	/* A card cannot make us probe our own services. */
	for (size_t i = 0; i < count; i++)
		if (!addr_is_loopback(&hosts[i]))
			path_add(&p->path, &ps->lan, &hosts[i]);
}

static void
set_key(struct data_key *k, uint8_t epoch, const uint8_t key[SIPHASH_KEY])
{
	k->set = true;
	k->epoch = epoch;
	memcpy(k->key, key, SIPHASH_KEY);
}

int
links_add(struct links *ps, uint64_t now, const struct ipc_peer_add *add)
{
	size_t i = PEER_INDEX(add->handle);
	struct link *p;

	if (i >= LINKS_MAX || ps->at[i] != NULL)
		return -1;
	p = calloc(1, sizeof(*p));
	if (p == NULL || (p->transport = transport_new()) == NULL)
		fatal("out of memory");
	p->handle = add->handle;
	p->incarnation = add->incarnation;
	p->connection_tx = add->connection_tx;
	p->connection_rx = add->connection_rx;
	p->probe = add->probe;
	set_key(&p->tx, 0, add->data.tx);
	set_key(&p->rx, 0, add->data.rx);
	path_init(&p->path, add->controlling, now);
	ps->at[i] = p;
	add_candidates(ps, p, &add->observed, add->hosts, add->count);
	return 0;
}

int
links_update(struct links *ps, uint64_t now,
    const struct ipc_peer_update *update)
{
	struct link *p = find_handle(ps, update->handle);

	if (p == NULL)
		return -1;
	add_candidates(ps, p, &update->observed, update->hosts, update->count);
	if (!p->broken)
		path_restart(&p->path, now);
	return 0;
}

int
links_keys(struct links *ps, const struct ipc_peer_keys *keys)
{
	struct link *p = find_handle(ps, keys->handle);

	if (p == NULL)
		return -1;
	if (p->resetting) /* of a session that is over */
		return 0;
	set_key(&p->rx_next, keys->epoch, keys->data.rx);
	set_key(keys->send_now ? &p->tx : &p->tx_next, keys->epoch,
	    keys->data.tx);
	return 0;
}

int
links_reset(struct links *ps, const struct ipc_peer_reset *reset)
{
	struct link *p = find_handle(ps, reset->handle);

	if (p == NULL || !p->resetting)
		return -1;
	p->resetting = false;
	set_key(&p->tx, 0, reset->data.tx);
	set_key(&p->rx, 0, reset->data.rx);
	return 0;
}

int
links_check(struct links *ps, uint64_t now, const struct ipc_peer *body)
{
	struct link *p = find_handle(ps, body->handle);

	if (p == NULL)
		return -1;
	path_check(&p->path, now);
	if (p->path.state != PATH_UP) /* cryptod may not know yet */
		p->untold = true;
	return 0;
}

int
links_rest(struct links *ps, uint64_t now, const struct ipc_peer *body)
{
	struct link *p = find_handle(ps, body->handle);

	if (p == NULL)
		return -1;
	path_rest(&p->path, now);
	return 0;
}

int
links_drop(struct links *ps, uint64_t now, const struct ipc_peer *body)
{
	struct link *p = find_handle(ps, body->handle);

	if (p == NULL)
		return -1;
	/* It may be waiting to hear that its goodbye arrived. */
	transport_ack_now(p->transport);
	send_data(ps, p, now);
	transport_free(p->transport);
	explicit_bzero(p, sizeof(*p));
	free(p);
	ps->at[PEER_INDEX(body->handle)] = NULL;
	return 0;
}

int
links_record(struct links *ps, const struct ipc_record *body,
    const uint8_t *record, size_t len)
{
	struct link *p = find_handle(ps, body->handle);

	if (p == NULL)
		return -1;
	if (p->resetting) /* of a session that is over */
		return 0;
	if (transport_queue(p->transport, record, len) == -1)
		fatal("out of memory");
	return 0;
}

/* --- Packets -------------------------------------------------------- */

/* Its netd is a new one, which knows nothing of our stream: both begin anew,
 * with other keys, and so does the session. */
static void
begin_anew(struct links *ps, struct link *p, uint64_t now, uint32_t incarnation)
{
	struct ipc_peer_restarted body = {
		.handle = p->handle,
		.incarnation = incarnation,
	};

	transport_free(p->transport);
	if ((p->transport = transport_new()) == NULL)
		fatal("out of memory");
	explicit_bzero(&p->tx, sizeof(p->tx));
	explicit_bzero(&p->rx, sizeof(p->rx));
	explicit_bzero(&p->tx_next, sizeof(p->tx_next));
	explicit_bzero(&p->rx_next, sizeof(p->rx_next));
	p->incarnation = incarnation;
	p->broken = false;
	p->untold = false;
	path_lost(&p->path, now);
	/* Two in a row may be answered by one each: the last counts. */
	p->resetting = true;
	ipc_send(ps->cryptod, IPC_PEER_RESTARTED, &body, NULL, 0);
}

static void
on_probe(struct links *ps, uint64_t now, const struct addr *from,
    const uint8_t *packet, size_t len)
{
	struct path_probe answer;
	struct wire_probe w;
	struct link *p;
	enum path_change change;

	if (wire_get_probe(packet, len, &w) == -1 ||
	    (p = find_connection(ps, w.connection)) == NULL ||
	    !wire_mac_ok(packet, len, p->probe.rx)) {
		ps->dropped++;
		return;
	}
	if (w.incarnation < p->incarnation ||
	    (p->broken && w.incarnation == p->incarnation)) {
		ps->dropped++;
		return;
	}
	if (w.incarnation > p->incarnation)
		begin_anew(ps, p, now, w.incarnation);
	if (w.type == WIRE_PROBE) {
		change = path_probed(&p->path, &ps->lan, now, from, w.flags,
		    w.id, &answer);
		send_probe(ps, p, &answer);
	} else {
		if (path_awaits(&p->path, from, w.id))
			nat_peer(ps->nat, now, from, &w.observed);
		change = path_answered(&p->path, now, from, w.flags, w.id);
	}
	if (change == PATH_CHANGED)
		changed(p, now);
}

/* The key of a DATA packet's epoch, or NULL. */
static const struct data_key *
receive_key(const struct link *p, uint8_t epoch)
{
	if (p->rx_next.set && p->rx_next.epoch == epoch)
		return &p->rx_next;
	return p->rx.set && p->rx.epoch == epoch ? &p->rx : NULL;
}

/* The peer uses the next epoch: so it has its keys, and the old ones go. */
static void
advance_epoch(struct link *p)
{
	p->rx = p->rx_next;
	explicit_bzero(&p->rx_next, sizeof(p->rx_next));
	if (p->tx_next.set) {
		p->tx = p->tx_next;
		explicit_bzero(&p->tx_next, sizeof(p->tx_next));
	}
}

/* Nothing more comes of it: for cryptod, a path that cannot be made. */
static void
break_link(struct link *p, uint64_t now)
{
	p->broken = true;
	path_rest(&p->path, now);
	p->path.probe_at = CLOCK_NEVER;
	p->untold = true;
}

static void
on_data(struct links *ps, uint64_t now, const uint8_t *packet, size_t len)
{
	const struct data_key *key;
	struct wire_data w;
	struct link *p;

	if (wire_get_data(packet, len, &w) == -1 ||
	    (p = find_connection(ps, w.connection)) == NULL || p->broken ||
	    (key = receive_key(p, w.epoch)) == NULL ||
	    !wire_mac_ok(packet, len, key->key)) {
		ps->dropped++;
		return;
	}
	if (key == &p->rx_next)
		advance_epoch(p);
	if (transport_input(p->transport, now, w.number, w.frames,
		w.frames_len) == -1) {
		ps->dropped++;
		break_link(p, now);
	}
}

void
links_packet(struct links *ps, uint64_t now, const struct addr *from,
    const uint8_t *packet, size_t len)
{
	if (wire_type(packet, len) == WIRE_DATA)
		on_data(ps, now, packet, len);
	else
		on_probe(ps, now, from, packet, len);
}

void
links_deliver(struct links *ps)
{
	static uint8_t record[RECORD_MAX];
	struct ipc_record body;
	struct ipc_acked acked;
	struct link *p;
	size_t len;

	FOREACH_LINK (ps, p) {
		if (ipc_congested(ps->cryptod))
			return;
		if (p->untold)
			tell_path(ps, p);
		acked.handle = body.handle = p->handle;
		acked.bytes = transport_acked(p->transport);
		if (acked.bytes > 0)
			ipc_send(ps->cryptod, IPC_ACKED, &acked, NULL, 0);
		/* After PATH, which says that the peer is there. */
		while (path_current(&p->path) != NULL &&
		    !ipc_congested(ps->cryptod) &&
		    (len = transport_read(p->transport, record)) > 0)
			ipc_send(ps->cryptod, IPC_RECORD_IN, &body, record,
			    len);
	}
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
links_deadline(const struct links *ps)
{
	uint64_t deadline = CLOCK_NEVER, probes = CLOCK_NEVER;
	const struct link *p;

	FOREACH_LINK (ps, p) {
		deadline = clock_min(deadline, transport_due(p));
		probes = clock_min(probes, path_deadline(&p->path));
	}
	if (probes != CLOCK_NEVER && probes < ps->probe_at)
		probes = ps->probe_at;
	return clock_min(deadline, probes);
}

/* One probe, of the next peer that has one due. */
static void
probe_one(struct links *ps, uint64_t now)
{
	struct path_probe probe;

	for (size_t n = 0; n < LINKS_MAX; n++) {
		size_t i = (ps->turn + n) % LINKS_MAX;
		struct link *p = ps->at[i];

		if (p == NULL || path_deadline(&p->path) > now ||
		    !path_next(&p->path, now, random_u64(), &probe))
			continue;
		send_probe(ps, p, &probe);
		ps->turn = i + 1;
		ps->probe_at = now + PROBE_SPACING;
		return;
	}
}

/* Once for each time that the peer falls silent. */
static void
check_suspect(struct link *p, uint64_t now)
{
	bool suspect = transport_suspect(p->transport);

	if (suspect && !p->suspect)
		path_check(&p->path, now);
	p->suspect = suspect;
}

void
links_timer(struct links *ps, uint64_t now)
{
	struct link *p;

	FOREACH_LINK (ps, p) {
		if (path_timer(&p->path, now) == PATH_CHANGED)
			changed(p, now);
		if (transport_due(p) <= now)
			transport_timer(p->transport, now);
		check_suspect(p, now);
		send_data(ps, p, now);
	}
	if (now >= ps->probe_at)
		probe_one(ps, now);
}

bool
links_figures(const struct links *ps, size_t i, struct ipc_net_peer *out)
{
	const struct link *p = ps->at[i];
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
links_idle(const struct links *ps)
{
	const struct link *p;

	FOREACH_LINK (ps, p)
		if (path_current(&p->path) != NULL &&
		    !transport_idle(p->transport))
			return false;
	return true;
}
