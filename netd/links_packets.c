/*
 * The packets between two peers: PROBE, PROBE_REPLY and DATA, to an address
 * or through the relay. See links.h and links_parts.h.
 */
#include "netd/links_parts.h"

#include "common/log.h"

#include <string.h>

/* --- Sending ------------------------------------------------------- */

/* To an address, or through the bootnode. */
static void
send_packet(struct links *ps, const struct link *p, struct udp *udp,
    bool relayed, const struct remote *to, const uint8_t *packet, size_t len)
{
	if (relayed)
		bootclient_relay(ps->boot, &p->peer, packet, len);
	else
		udp_send_from(udp, to, packet, len);
}

void
links_send_probe(struct links *ps, struct link *p, struct udp *udp,
    const struct path_probe *probe)
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
		w.observed = probe->to.addr;
	send_packet(ps, p, udp, probe->relayed, &probe->to, buf,
	    wire_put_probe(buf, &w, p->probe.tx));
}

void
links_send_data(struct links *ps, struct link *p, uint64_t now)
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
		send_packet(ps, p, p->udp, c->kind == PATH_RELAY, &c->at, buf,
		    wire_put_data(buf, &w, p->tx.key));
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
	p->resetting = true;
	ipc_send(ps->cryptod, IPC_PEER_RESTARTED, &body, NULL, 0);
}

/*
 * Everybody in the room can write a probe that says so. While there is a path,
 * only the answer to a probe of ours that went over it proves it: whoever is
 * elsewhere cannot give one. If the old netd answers, nothing has happened; if
 * nobody does, there is soon no path.
 */
static bool
is_proven(const struct link *p, uint64_t now, const struct remote *from,
    const struct wire_probe *w)
{
	const struct candidate *c = path_current(&p->path);
	bool relayed = c != NULL && c->kind == PATH_RELAY;

	if (c == NULL)
		return true;
	return w->type == WIRE_PROBE_REPLY && relayed == (from == NULL) &&
	    (relayed || remote_equal(from, &c->at)) &&
	    path_awaits(&p->path, now, from, w->id);
}

/* The peer that wrote this probe, or answer to one; or NULL. */
static struct link *
find_sender(struct links *ps, uint64_t now, const uint8_t *packet, size_t len,
    struct wire_probe *w)
{
	struct link *p = NULL;

	if (wire_get_probe(packet, len, w) == 0) {
		p = find_connection(ps, w->connection);
		if (p == NULL)
			bootclient_stranger(ps->boot, now);
	}
	if (p == NULL || !wire_mac_ok(packet, len, p->probe.rx) ||
	    w->incarnation < p->incarnation ||
	    (p->broken && w->incarnation == p->incarnation)) {
		ps->dropped++;
		return NULL;
	}
	return p;
}

static void
on_probe(struct links *ps, uint64_t now, struct udp *udp,
    const struct remote *from, const uint8_t *packet, size_t len)
{
	struct path_probe answer;
	struct wire_probe w;
	struct link *p = find_sender(ps, now, packet, len, &w);
	enum path_change change;

	if (p == NULL)
		return;
	if (w.incarnation > p->incarnation) {
		if (!is_proven(p, now, from, &w)) {
			path_suspect(&p->path, now);
			return;
		}
		begin_anew(ps, p, now, w.incarnation);
	}
	if (w.type == WIRE_PROBE) {
		change = path_probed(&p->path, &ps->lan, now, from, w.flags,
		    w.id, &answer);
		links_send_probe(ps, p, udp, &answer);
	} else {
		if (from != NULL && path_awaits(&p->path, now, from, w.id))
			nat_peer(ps->nat, now, &from->addr, &w.observed);
		change = path_answered(&p->path, now, from, w.flags, w.id);
	}
	if (change == PATH_CHANGED && from != NULL)
		p->udp = udp; /* where what made the path has come */
	if (change == PATH_CHANGED)
		links_changed(p, now);
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
	bool suspect;

	if (wire_get_data(packet, len, &w) == -1 ||
	    (p = find_connection(ps, w.connection)) == NULL || p->broken ||
	    (key = receive_key(p, w.epoch)) == NULL ||
	    !wire_mac_ok(packet, len, key->key)) {
		ps->dropped++;
		return;
	}
	if (key == &p->rx_next)
		advance_epoch(p);
	suspect = transport_suspect(p->transport);
	if (transport_input(p->transport, now, w.number, w.frames,
		w.frames_len) == -1) {
		ps->dropped++;
		break_link(p, now);
	} else if (suspect && !transport_suspect(p->transport)) {
		path_alive(&p->path, now);
	}
}

/* From an address, or through the relay if that is NULL. */
static void
on_packet(struct links *ps, uint64_t now, struct udp *udp,
    const struct remote *from, const uint8_t *packet, size_t len)
{
	if (!path_allows(ps->mode, from == NULL))
		ps->dropped++;
	else if (wire_type(packet, len) == WIRE_DATA)
		on_data(ps, now, packet, len);
	else /* anything else is dropped there */
		on_probe(ps, now, udp, from, packet, len);
}

void
links_packet(struct links *ps, uint64_t now, struct udp *udp,
    const struct remote *from, const uint8_t *packet, size_t len)
{
	on_packet(ps, now, udp, from, packet, len);
}

void
links_relayed(struct links *ps, uint64_t now, const struct addr *from,
    const uint8_t *packet, size_t len)
{
	struct wire_relay r;

	/* Whom the bootnode names as the sender counts for nothing: the
	 * packet inside says by its keys whose it is. */
	if (bootclient_relayed(ps->boot, from, packet, len, &r) == 0)
		on_packet(ps, now, ps->udp, NULL, r.packet, r.packet_len);
}
