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

/* All sessions of one address block together may send as much as this many,
 * unless the option says how much; all of an IPv6 site as much as SITE_BLOCKS
 * of its blocks. */
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

/* Returns the rate of a session's address block: where more sessions than usual
 * are allowed, it is that many times more. */
static uint64_t
block_rate(const struct bootnode *b, const struct session *s)
{
	const struct addr_block block = addr_block_of(&s->at.addr);
	uint64_t rate = b->relay_per_address != 0
	    ? b->relay_per_address
	    : (uint64_t)b->relay_rate * BLOCK_SHARE;
	uint32_t limit = registry_limit(&b->registry, &block);
	uint32_t usual = b->registry.max_per_address;

	return limit > usual ? rate * limit / usual : rate;
}

/* Takes tokens for a datagram, the session's and the shared ones. Returns
 * DROP_COUNT, or which of them there are not enough of. */
static enum drop_cause
take_tokens(const struct bootnode *b, uint64_t now, struct session *s,
    size_t len, bool probe)
{
	struct relay_tokens *block = registry_block_relay(s);
	struct relay_tokens *site = registry_site_relay(s);
	uint64_t shared = block_rate(b, s);
	uint64_t want = len +
	    (probe ? 0 : (uint64_t)b->relay_rate * BURST_SECONDS / PROBE_SHARE);

	earn(now, &s->relay, b->relay_rate);
	earn(now, block, shared);
	if (site != NULL)
		earn(now, site, shared * SITE_BLOCKS);
	if (s->relay.bytes < want)
		return DROP_RELAY_RATE;
	if (block->bytes < want || (site != NULL && site->bytes < want))
		return DROP_RELAY_ADDRESS;
	s->relay.bytes -= len;
	block->bytes -= len;
	if (site != NULL)
		site->bytes -= len;
	return DROP_COUNT;
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
	enum drop_cause lack;
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
	} else if ((lack = take_tokens(b, now, s, len, probe)) != DROP_COUNT) {
		bootnode_drop(b, lack, from);
	} else {
		r.session = to->id;
		r.peer = s->peer;
		bootnode_send(b, &to->at, buf,
		    wire_put_relay(buf, &r, to->mac_key));
		b->stats.relayed++;
		b->stats.relayed_bytes += len;
	}
}
