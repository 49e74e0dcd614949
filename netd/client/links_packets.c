/*
 * The packets between two peers: PROBE, PROBE_REPLY, HANDSHAKE and DATA, to an
 * address or through the relay. See links.h and links_parts.h.
 */
#include "netd/client/links_parts.h"

#include "netd/random.h"

#include <string.h>

/* --- Sending ------------------------------------------------------- */

/* Sends to an address, or through the bootnode. */
static void
send_packet(struct links *links, const struct link *p, struct udp *udp,
    bool relayed, const struct remote *to, const uint8_t *packet, size_t len)
{
	if (relayed)
		bootclient_relay(links->boot, &p->peer, packet, len);
	else
		udp_send_from(udp, to, packet, len);
}

void
links_send_probe(struct links *links, struct link *p, struct udp *udp,
    const struct packet_keys *keys, const struct path_probe *probe)
{
	struct wire_probe w = {
		.type = probe->reply ? WIRE_PROBE_REPLY : WIRE_PROBE,
		.flags = probe->flags,
		.connection = keys->connection_tx,
		.number = p->number++,
		.id = probe->id,
		.ask = probe->ask,
	};
	uint8_t buf[WIRE_MAX];

	if (probe->reply)
		w.observed = probe->to.addr;
	send_packet(links, p, udp, probe->relayed, &probe->to, buf,
	    wire_put_probe(buf, &w, keys->probe.tx));
}

void
links_send_data(struct links *links, struct link *p, uint64_t now)
{
	const struct candidate *c = path_current(&p->path);
	static uint8_t frames[TRANSPORT_FRAMES_MAX], buf[WIRE_DATA_MAX];
	struct wire_data w = {
		.epoch = p->tx.epoch,
		.connection = p->session.keys.connection_tx,
		.frames = frames,
	};

	if (c == NULL || !p->tx.set)
		return;
	while ((w.frames_len = transport_output(p->transport, now, &w.number,
		    frames, sizeof(frames))) > 0)
		send_packet(links, p, p->udp, c->kind == PATH_RELAY, &c->at,
		    buf, wire_put_data(buf, &w, p->tx.key));
}

/* --- Ways of handshakes ---------------------------------------------- */

/* Handshakes with the session's keys have places of their own: others in the
 * room do not have those keys. */
#define WAYS_EACH (HANDSHAKE_WAYS / 2)

static int
first_way(bool by_session)
{
	return by_session ? WAYS_EACH : 0;
}

/* Returns where a message 1 of this handshake, with such keys, came from last,
 * or NULL. */
static const struct route *
find_route(const struct link *p, uint64_t attempt, bool by_session)
{
	const struct route *last = NULL;
	int first = first_way(by_session);

	for (int i = first; i < first + WAYS_EACH; i++) {
		const struct route *r = &p->routes[i];

		if (r->attempt == attempt &&
		    (last == NULL || r->order > last->order))
			last = r;
	}
	return last;
}

/* Returns the way that a message 1 of this handshake, with such keys, went or
 * came, if it is this one; or -1. */
static int
find_way(const struct link *p, uint64_t attempt, bool by_session,
    const struct addr *addr)
{
	int first = first_way(by_session);

	for (int i = first; i < first + WAYS_EACH; i++) {
		const struct route *r = &p->routes[i];

		if (r->attempt == attempt && r->relayed == (addr == NULL) &&
		    (addr == NULL || addr_equal(addr, &r->to.addr)))
			return i;
	}
	return -1;
}

/* Takes the place that it has, or the one that was not used for longest. */
static void
note_route(struct link *p, const struct route *r)
{
	int first = first_way(r->by_session);
	int i = find_way(p, r->attempt, r->by_session,
	    r->relayed ? NULL : &r->to.addr);

	if (i == -1) {
		i = first;
		for (int k = first + 1; k < first + WAYS_EACH; k++)
			if (p->routes[k].order < p->routes[i].order)
				i = k;
	}
	p->routes[i] = *r;
	p->routes[i].order = ++p->route_order;
}

/* Sends to where that message came from, or by the path in use. False if there
 * is no way now. */
static bool
choose_route(struct link *p, const struct ipc_handshake *h, struct route *way)
{
	const struct candidate *c = path_current(&p->path);
	const struct route *r;

	if (h->number == HANDSHAKE_2) {
		r = find_route(p, h->attempt, h->by_session);
		if (r != NULL)
			*way = *r;
		return r != NULL;
	}
	if (c == NULL)
		return false;
	*way = (struct route){
		.attempt = h->attempt,
		.udp = p->udp,
		.relayed = c->kind == PATH_RELAY,
		.by_session = p->path.secured,
		.to = c->at,
	};
	if (h->number == HANDSHAKE_1)
		note_route(p, way);
	return true;
}

int
links_handshake(void *self, const struct ipc_message_in *in)
{
	struct links *links = self;
	const struct ipc_handshake *body = in->body;
	struct link *p = links_find(links, body->handle);
	const struct packet_keys *keys;
	struct wire_handshake w = {
		.number = (enum handshake_number)body->number,
		.attempt = body->attempt,
		.record = in->tail,
		.record_len = in->tail_len,
	};
	uint8_t buf[WIRE_MAX];
	size_t len;
	struct route way;

	if (p == NULL)
		return -1;
	if (!choose_route(p, body, &way))
		return 0;
	keys = links_packet_keys(p, way.by_session ? KEYS_SESSION : KEYS_ROOM);
	w.connection = keys->connection_tx;
	len = wire_put_handshake(buf, &w, keys->probe.tx);
	send_packet(links, p, way.udp, way.relayed, &way.to, buf, len);
	return 0;
}

/* --- Packets -------------------------------------------------------- */

/*
 * Returns the peer that wrote this packet, by its MAC; or NULL. With the room's
 * keys everybody in the room could have written it: so through the relay it
 * counts only if the bootnode, too, says that it is the peer's.
 */
static struct link *
authenticated(struct links *links, uint64_t connection,
    const struct arrival *by, const uint8_t *packet, size_t len,
    enum key_origin *origin)
{
	struct link *p = links_sender(links, connection, origin);

	if (p == NULL || p->broken ||
	    !wire_mac_ok(packet, len,
		links_packet_keys(p, *origin)->probe.rx) ||
	    (*origin == KEYS_ROOM && by->relayed_of != NULL &&
		memcmp(by->relayed_of, &p->peer, sizeof(p->peer)) != 0)) {
		links->dropped++;
		return NULL;
	}
	return p;
}

/*
 * A packet came with the room's keys, although the two have a session: it is
 * from somebody else, or from the peer, which has lost its session. Nothing is
 * believed. The answer tells the peer where it can begin a new one, and the
 * path is asked for a sign of life.
 */
static void
on_unsecured(struct links *links, struct link *p, uint64_t now,
    const struct arrival *by, const struct wire_probe *w)
{
	struct path_probe answer = {
		.reply = true,
		.relayed = by->from == NULL,
		.id = w->id,
	};

	path_suspect(&p->path, now);
	if (w->type != WIRE_PROBE || path_is_aside(&p->path, now, by->from))
		return;
	if (by->from != NULL)
		answer.to = *by->from;
	links_send_probe(links, p, by->udp, &p->room, &answer);
}

/*
 * True if the packet has not come before. A PROBE's word on the sender's path
 * counts only if no later one has come. The room's keys prove nothing, and
 * anybody who has them could use up the numbers.
 */
static bool
is_fresh(struct link *p, struct wire_probe *w)
{
	if (!replay_ok(&p->seen, w->number))
		return false;
	if (w->type == WIRE_PROBE && w->number < p->seen.next)
		w->flags = 0;
	replay_mark(&p->seen, w->number);
	return true;
}

/* Hands the packet to the path, and sends the answer. */
static enum path_change
on_believed(struct links *links, struct link *p, uint64_t now,
    const struct arrival *by, const struct wire_probe *w)
{
	const struct remote *from = by->from;
	enum path_change change = PATH_SAME;
	struct path_probe answer;

	if (w->type == WIRE_PROBE) {
		path_probed(&p->path, &links->lan, now, random_u64(), from,
		    w->flags, w->id, &answer);
	} else {
		if (from != NULL && path_awaits(&p->path, now, from, w->id))
			nat_peer(links->nat, now, &from->addr, &w->observed);
		change = path_answered(&p->path, now, from, w->flags, w->id,
		    w->ask, &answer);
	}
	if (answer.due)
		links_send_probe(links, p, by->udp, links_keys_in_use(p),
		    &answer);
	return change;
}

static void
on_probe(struct links *links, uint64_t now, const struct arrival *by,
    const uint8_t *packet, size_t len)
{
	enum key_origin origin;
	enum path_change change;
	struct wire_probe w;
	struct link *p;
	int nominee;

	if (wire_get_probe(packet, len, &w) == -1) {
		links->dropped++;
		return;
	}
	if (links_sender(links, w.connection, &origin) == NULL)
		bootclient_stranger(links->boot, now);
	p = authenticated(links, w.connection, by, packet, len, &origin);
	if (p == NULL)
		return;
	if (origin == KEYS_ROOM && p->path.secured) {
		on_unsecured(links, p, now, by, &w);
		return;
	}
	/* The first packet by the next keys is fresh, and makes them those of
	 * the session. */
	links_advance_keys(links, p, now, origin);
	if (origin != KEYS_ROOM && !is_fresh(p, &w)) {
		links->dropped++;
		return;
	}
	if (origin != KEYS_ROOM)
		links_secure(p, now);
	nominee = p->path.nominee;
	change = on_believed(links, p, now, by, &w);
	/* A packet that helps to make the path has come, now or later. */
	if (change == PATH_CHANGED && by->from != NULL)
		p->udp = by->udp;
	if (p->path.nominee != -1 && p->path.nominee != nominee)
		p->nominee_udp = by->from != NULL ? by->udp : p->udp;
	if (change == PATH_CHANGED)
		links_changed(p, now, nominee);
}

/* True for a packet over the path in use; or, if it is an answer, over the one
 * that was in use when we asked, and with the keys that we asked with. */
static bool
is_on_path(const struct link *p, const struct arrival *by,
    enum key_origin origin, const struct wire_handshake *w)
{
	const struct addr *from = by->from == NULL ? NULL : &by->from->addr;
	const struct candidate *c = path_current(&p->path);

	if (w->number == HANDSHAKE_2)
		return find_way(p, w->attempt, origin != KEYS_ROOM, from) != -1;
	if (p->path.secured && origin == KEYS_ROOM)
		return false; /* whoever forges its address */
	if (c == NULL || (c->kind == PATH_RELAY) != (from == NULL))
		return false;
	return from == NULL || remote_equal(by->from, &c->at);
}

static void
note_question(struct link *p, const struct arrival *by, uint64_t attempt,
    enum key_origin origin)
{
	struct route r = {
		.attempt = attempt,
		.udp = by->udp,
		.relayed = by->from == NULL,
		.by_session = origin != KEYS_ROOM,
	};

	if (by->from != NULL)
		r.to = *by->from;
	note_route(p, &r);
}

static void
on_handshake(struct links *links, uint64_t now, const struct arrival *by,
    const uint8_t *packet, size_t len)
{
	struct ipc_handshake body = { .handle = 0 };
	struct wire_handshake w;
	enum key_origin origin;
	struct link *p;
	int way;

	if (wire_get_handshake(packet, len, &w) == -1) {
		links->dropped++;
		return;
	}
	p = authenticated(links, w.connection, by, packet, len, &origin);
	if (p == NULL)
		return;
	links_advance_keys(links, p, now, origin);
	if (w.number == HANDSHAKE_1)
		note_question(p, by, w.attempt, origin);
	body.handle = p->handle;
	body.number = (uint8_t)w.number;
	body.by_session = origin != KEYS_ROOM;
	body.on_path = is_on_path(p, by, origin, &w);
	way = find_way(p, w.attempt, body.by_session,
	    by->from == NULL ? NULL : &by->from->addr);
	body.way = way == -1 ? 0 : (uint8_t)way;
	if (by->from != NULL)
		body.from = by->from->addr;
	body.attempt = w.attempt;
	ipc_send(links->cryptod, IPC_HANDSHAKE_IN, &body, w.record,
	    w.record_len);
}

/* Nothing more comes of it: to cryptod this is a path that cannot be made. */
static void
break_link(struct link *p, uint64_t now)
{
	p->broken = true;
	path_rest(&p->path, now);
	p->path.probe_at = CLOCK_NEVER;
	p->untold = true;
}

static void
on_data(struct links *links, uint64_t now, const uint8_t *packet, size_t len)
{
	enum key_origin origin;
	const uint8_t *key;
	struct wire_data w;
	struct link *p;
	bool suspect;

	if (wire_get_data(packet, len, &w) == -1 ||
	    (p = links_sender(links, w.connection, &origin)) == NULL ||
	    p->broken || (key = links_data_key(p, origin, w.epoch)) == NULL ||
	    !wire_mac_ok(packet, len, key)) {
		links->dropped++;
		return;
	}
	links_advance_keys(links, p, now, origin);
	links_advance(p, w.epoch);
	suspect = transport_suspect(p->transport);
	if (transport_input(p->transport, now, w.number, w.frames,
		w.frames_len) == -1) {
		links->dropped++;
		break_link(p, now);
	} else if (suspect && !transport_suspect(p->transport)) {
		path_alive(&p->path, now);
	}
}

static void
on_packet(struct links *links, uint64_t now, const struct arrival *by,
    const uint8_t *packet, size_t len)
{
	if (!path_allows(links->mode, by->from == NULL)) {
		links->dropped++;
		return;
	}
	switch (wire_type(packet, len)) {
	case WIRE_DATA:
		on_data(links, now, packet, len);
		break;
	case WIRE_HANDSHAKE:
		on_handshake(links, now, by, packet, len);
		break;
	default: /* anything else is dropped there */
		on_probe(links, now, by, packet, len);
	}
}

void
links_packet(struct links *links, uint64_t now, struct udp *udp,
    const struct remote *from, const uint8_t *packet, size_t len)
{
	struct arrival by = { .udp = udp, .from = from };

	on_packet(links, now, &by, packet, len);
}

void
links_relayed(struct links *links, uint64_t now, const struct addr *from,
    const uint8_t *packet, size_t len)
{
	struct arrival by = { .udp = links->udp };
	struct wire_relay r;

	if (bootclient_relayed(links->boot, from, packet, len, &r) == -1)
		return;
	by.relayed_of = &r.peer;
	on_packet(links, now, &by, r.packet, r.packet_len);
}
