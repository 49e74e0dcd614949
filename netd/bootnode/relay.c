/*
 * RELAY: takes a packet between two peers from one session of a room to
 * another, as far as the sender's tokens go. The contents of a packet are
 * sealed or MACed between the peers; the bootnode only checks that it is such a
 * packet. PROTOCOL.md section 2.13.
 */
#include "netd/bootnode/parts.h"

/* A client that was quiet may send the bytes of this many seconds at once. */
#define BURST_SECONDS 2
/* The last eighth of the burst is for probes alone: a client that sends too
 * much must not seem to have lost its path. */
#define PROBE_SHARE 8

/* All sessions of one address block together may send as much as this many. */
#define BLOCK_SHARE 2

void
bootnode_relay_start(const struct bootnode *b, uint64_t now, struct session *s)
{
	s->relay.bytes = (uint64_t)b->relay_rate * BURST_SECONDS;
	s->relay.time = now;
}

/* Adds the tokens that were earned since then at this rate. */
static void
earn(uint64_t now, struct relay_tokens *t, uint64_t rate)
{
	uint64_t elapsed =
	    clock_min(now - t->time, BURST_SECONDS * USEC_PER_SEC);
	uint64_t earned = elapsed * rate / USEC_PER_SEC;

	/* A fraction of a token waits for the next time. */
	if (earned == 0)
		return;
	t->bytes = clock_min(t->bytes + earned, rate * BURST_SECONDS);
	t->time = now;
}

/* Takes tokens for a datagram, the session's and the shared ones; false if
 * there are not enough of either. */
static bool
take_tokens(const struct bootnode *b, uint64_t now, struct session *s,
    size_t len, bool probe)
{
	struct relay_tokens *block = registry_block_relay(s);
	uint64_t rate = b->relay_rate;
	uint64_t keep = probe ? 0 : rate * BURST_SECONDS / PROBE_SHARE;

	earn(now, &s->relay, rate);
	earn(now, block, rate * BLOCK_SHARE);
	if (s->relay.bytes < len + keep || block->bytes < len + keep)
		return false;
	s->relay.bytes -= len;
	block->bytes -= len;
	return true;
}

/* Peers send each other nothing else. */
static bool
is_between_peers(const struct wire_relay *r, bool *probe)
{
	struct wire_handshake h;
	struct wire_probe p;
	struct wire_data d;

	*probe = wire_get_probe(r->packet, r->packet_len, &p) == 0;
	return *probe || wire_get_data(r->packet, r->packet_len, &d) == 0 ||
	    wire_get_handshake(r->packet, r->packet_len, &h) == 0;
}

/* Returns the session that really sent this from its own address, or NULL. */
static struct session *
sender(const struct bootnode *b, const struct remote *from,
    const uint8_t *packet, size_t len, uint64_t id)
{
	struct session *s = registry_find(&b->registry, id);

	if (s == NULL || !remote_equal(from, &s->at) ||
	    !wire_mac_ok(packet, len, s->mac_key))
		return NULL;
	return s;
}

/* Returns the other member of its room with this id, if it was welcomed, and if
 * its address is proven. */
static const struct session *
receiver(const struct bootnode *b, uint64_t now, const struct session *s,
    const struct peer_id *id)
{
	const struct session *to = registry_member(s->room, id);

	return to != NULL && to != s && to->state == SESSION_MEMBER &&
		bootnode_proven(b, now, to)
	    ? to
	    : NULL;
}

void
bootnode_relay(struct bootnode *b, uint64_t now, const struct remote *from,
    const uint8_t *packet, size_t len)
{
	const struct session *to;
	uint8_t buf[WIRE_MAX];
	struct wire_relay r;
	struct session *s;
	bool probe;

	if (b->relay_rate == 0) {
		bootnode_drop(b, DROP_RELAY_REFUSED, from);
	} else if (wire_get_relay(packet, len, &r) == -1 ||
	    !is_between_peers(&r, &probe)) {
		bootnode_drop(b, DROP_RELAY_MALFORMED, from);
	} else if ((s = sender(b, from, packet, len, r.session)) == NULL) {
		bootnode_drop(b, DROP_RELAY_FORGED, from);
	} else if ((to = receiver(b, now, s, &r.peer)) == NULL) {
		bootnode_drop(b, DROP_RELAY_NOBODY, from);
	} else if (!take_tokens(b, now, s, len, probe)) {
		bootnode_drop(b, DROP_RELAY_RATE, from);
	} else {
		r.session = to->id;
		r.peer = s->peer;
		bootnode_send(b, &to->at, buf,
		    wire_put_relay(buf, &r, to->mac_key));
		b->stats.relayed++;
		b->stats.relayed_bytes += len;
	}
}
