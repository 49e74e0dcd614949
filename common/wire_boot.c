/*
 * Encoders and decoders of the datagrams between a client and its bootnode.
 * See wire.h and PROTOCOL.md.
 */
#include "common/wire.h"

#include "common/wire_parts.h"

#include <string.h>

void
wire_put_cookie(struct putter *p, const struct wire_cookie *c)
{
	put_u32(p, c->time);
	put_bytes(p, c->mac, sizeof(c->mac));
}

void
wire_get_cookie(struct getter *g, struct wire_cookie *c)
{
	c->time = get_u32(g);
	get_bytes(g, c->mac, sizeof(c->mac));
}

size_t
wire_put_hello(uint8_t *buf, const struct wire_hello *h)
{
	struct putter p;
	uint8_t *pad;

	wire_put_header(&p, buf, WIRE_HELLO, 0);
	put_bytes(&p, h->nonce, sizeof(h->nonce));
	pad = put_ref(&p, WIRE_HELLO_LEN - put_length(&p));
	if (pad != NULL)
		memset(pad, 0, (size_t)(p.p - pad));
	return put_length(&p);
}

int
wire_get_hello(const uint8_t *packet, size_t len, struct wire_hello *h)
{
	struct getter g;

	wire_get_plain_header(&g, packet, len, WIRE_HELLO);
	get_bytes(&g, h->nonce, sizeof(h->nonce));
	get_ref(&g, WIRE_HELLO_LEN - WIRE_HEADER_LEN - NONCE_LEN);
	return wire_get_result(&g);
}

size_t
wire_put_cookie_reply(uint8_t *buf, const struct wire_cookie_reply *c)
{
	struct putter p;

	wire_put_header(&p, buf, WIRE_COOKIE, 0);
	put_bytes(&p, c->nonce, sizeof(c->nonce));
	wire_put_cookie(&p, &c->cookie);
	put_bytes(&p, c->bootnode_key, sizeof(c->bootnode_key));
	return put_length(&p);
}

int
wire_get_cookie_reply(const uint8_t *packet, size_t len,
    struct wire_cookie_reply *c)
{
	struct getter g;

	wire_get_plain_header(&g, packet, len, WIRE_COOKIE);
	get_bytes(&g, c->nonce, sizeof(c->nonce));
	wire_get_cookie(&g, &c->cookie);
	get_bytes(&g, c->bootnode_key, sizeof(c->bootnode_key));
	return wire_get_result(&g);
}

size_t
wire_put_join(uint8_t *buf, const struct wire_join *j)
{
	struct putter p;

	wire_put_header(&p, buf, WIRE_JOIN, j->token ? WIRE_TOKEN : 0);
	put_bytes(&p, j->nonce, sizeof(j->nonce));
	wire_put_cookie(&p, &j->cookie);
	put_bytes(&p, j->noise, j->noise_len);
	return put_length(&p);
}

void
wire_join_start(uint8_t start[WIRE_JOIN_OVERHEAD],
    const uint8_t nonce[NONCE_LEN], const struct wire_cookie *cookie,
    bool token)
{
	struct wire_join j = { .cookie = *cookie, .token = token };
	uint8_t packet[WIRE_MAX];

	memcpy(j.nonce, nonce, sizeof(j.nonce));
	wire_put_join(packet, &j);
	memcpy(start, packet, WIRE_JOIN_OVERHEAD);
}

int
wire_get_join(const uint8_t *packet, size_t len, struct wire_join *j)
{
	struct getter g;
	unsigned int flags = wire_get_header(&g, packet, len, WIRE_JOIN);
	size_t access = g.bad ? 0 : wire_access_len(packet, len);

	if ((flags & ~(unsigned int)WIRE_TOKEN) !=
	    (access > 0 ? WIRE_ACCESS : 0))
		return -1;
	j->token = (flags & WIRE_TOKEN) != 0;
	g.left -= access;
	get_bytes(&g, j->nonce, sizeof(j->nonce));
	wire_get_cookie(&g, &j->cookie);
	j->noise_len = g.left;
	j->noise = get_ref(&g, g.left);
	return wire_get_result(&g);
}

size_t
wire_put_welcome(uint8_t *buf, const struct wire_welcome *w)
{
	struct putter p;

	wire_put_header(&p, buf, WIRE_WELCOME, 0);
	put_bytes(&p, w->nonce, sizeof(w->nonce));
	put_bytes(&p, w->noise, w->noise_len);
	return put_length(&p);
}

int
wire_get_welcome(const uint8_t *packet, size_t len, struct wire_welcome *w)
{
	struct getter g;

	wire_get_plain_header(&g, packet, len, WIRE_WELCOME);
	get_bytes(&g, w->nonce, sizeof(w->nonce));
	w->noise_len = g.left;
	w->noise = get_ref(&g, g.left);
	return wire_get_result(&g);
}

static bool
is_control(enum wire_type type)
{
	return type == WIRE_HEARTBEAT || type == WIRE_HEARTBEAT_ACK ||
	    type == WIRE_SYNC || type == WIRE_LEAVE || type == WIRE_LEAVE_ACK;
}

/* The flags that a type may have. */
static unsigned int
flags_of(enum wire_type type)
{
	if (type == WIRE_HEARTBEAT_ACK)
		return ACK_AGAIN | 0xffU << ACK_SPREAD_SHIFT;
	return type == WIRE_LEAVE_ACK ? 0 : WIRE_ACCESS;
}

size_t
wire_put_control(uint8_t *buf, const struct wire_control *c,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;
	size_t padding;
	uint8_t *pad;

	wire_put_header(&p, buf, c->type,
	    c->flags | (c->access ? WIRE_ACCESS : 0U) |
		(unsigned int)c->spread << ACK_SPREAD_SHIFT);
	put_u64(&p, c->session);
	put_u64(&p, c->counter);
	put_u32(&p, c->version);
	put_u64(&p, c->echo);
	if (c->type == WIRE_SYNC) {
		put_bytes(&p, c->after.bytes, sizeof(c->after.bytes));
		padding = c->len > WIRE_SYNC_MIN ? c->len - WIRE_SYNC_MIN : 0;
		pad = put_ref(&p, padding);
		if (pad != NULL)
			memset(pad, 0, padding);
	}
	return wire_put_mac(&p, key);
}

int
wire_get_control(const uint8_t *packet, size_t len, struct wire_control *c)
{
	unsigned int flags;
	struct getter g;

	memset(c, 0, sizeof(*c));
	c->type = wire_type(packet, len);
	if (!is_control(c->type))
		return -1;
	flags = wire_get_header(&g, packet, len, c->type);
	if ((flags & ~flags_of(c->type)) != 0 || g.bad)
		return -1;
	c->access = (flags & WIRE_ACCESS) != 0;
	c->flags = flags & ACK_AGAIN;
	c->spread = (uint8_t)(flags >> ACK_SPREAD_SHIFT);
	len -= wire_access_len(packet, len);
	g.left = len - WIRE_HEADER_LEN;
	c->session = get_u64(&g);
	c->counter = get_u64(&g);
	c->version = get_u32(&g);
	c->echo = get_u64(&g);
	if (c->type == WIRE_SYNC) {
		get_bytes(&g, c->after.bytes, sizeof(c->after.bytes));
		if (len > WIRE_SYNC_MIN)
			get_ref(&g, len - WIRE_SYNC_MIN);
		c->len = len;
	}
	get_ref(&g, SIPHASH_MAC);
	return wire_get_result(&g);
}

size_t
wire_put_reject(uint8_t *buf, const struct wire_reject *r,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	wire_put_header(&p, buf, WIRE_REJECT, r->reason);
	put_u64(&p, r->id);
	return r->reason == REJECT_UNKNOWN_SESSION ? put_length(&p)
						   : wire_put_mac(&p, key);
}

int
wire_get_reject(const uint8_t *packet, size_t len, struct wire_reject *r)
{
	struct getter g;
	unsigned int reason = wire_get_header(&g, packet, len, WIRE_REJECT);

	if (reason == 0 || reason >= REJECT_REASON_COUNT)
		return -1;
	r->reason = (enum wire_reject_reason)reason;
	r->id = get_u64(&g);
	if (r->reason != REJECT_UNKNOWN_SESSION)
		get_ref(&g, SIPHASH_MAC);
	return wire_get_result(&g);
}

size_t
wire_put_challenge(uint8_t *buf, const struct wire_challenge *c)
{
	struct putter p;

	wire_put_header(&p, buf, WIRE_CHALLENGE, 0);
	put_u64(&p, c->session);
	wire_put_cookie(&p, &c->cookie);
	return put_length(&p);
}

int
wire_get_challenge(const uint8_t *packet, size_t len, struct wire_challenge *c)
{
	struct getter g;

	wire_get_plain_header(&g, packet, len, WIRE_CHALLENGE);
	c->session = get_u64(&g);
	wire_get_cookie(&g, &c->cookie);
	return wire_get_result(&g);
}

size_t
wire_put_challenge_reply(uint8_t *buf, const struct wire_challenge_reply *c,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	wire_put_header(&p, buf, WIRE_CHALLENGE_REPLY, 0);
	put_u64(&p, c->session);
	put_u64(&p, c->counter);
	wire_put_cookie(&p, &c->cookie);
	return wire_put_mac(&p, key);
}

int
wire_get_challenge_reply(const uint8_t *packet, size_t len,
    struct wire_challenge_reply *c)
{
	struct getter g;

	wire_get_plain_header(&g, packet, len, WIRE_CHALLENGE_REPLY);
	c->session = get_u64(&g);
	c->counter = get_u64(&g);
	wire_get_cookie(&g, &c->cookie);
	get_ref(&g, SIPHASH_MAC);
	return wire_get_result(&g);
}

size_t
wire_put_sealed(uint8_t *buf, const struct wire_sealed *s)
{
	struct putter p;

	wire_put_header(&p, buf, WIRE_SEALED, 0);
	put_u64(&p, s->session);
	put_u64(&p, s->counter);
	put_bytes(&p, s->sealed, s->sealed_len);
	return put_length(&p);
}

int
wire_get_sealed(const uint8_t *packet, size_t len, struct wire_sealed *s)
{
	struct getter g;

	wire_get_plain_header(&g, packet, len, WIRE_SEALED);
	s->session = get_u64(&g);
	s->counter = get_u64(&g);
	if (g.left <= AEAD_TAG_LEN)
		return -1;
	s->sealed_len = g.left;
	s->sealed = get_ref(&g, g.left);
	return wire_get_result(&g);
}

size_t
wire_put_reflect(uint8_t *buf, const struct wire_reflect *r,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	wire_put_header(&p, buf, r->type, 0);
	put_u64(&p, r->session);
	put_u64(&p, r->counter);
	wire_put_fixed_addr(&p, &r->observed);
	return wire_put_mac(&p, key);
}

int
wire_get_reflect(const uint8_t *packet, size_t len, struct wire_reflect *r)
{
	struct getter g;

	r->type = wire_type(packet, len);
	if (r->type != WIRE_REFLECT && r->type != WIRE_REFLECT_REPLY)
		return -1;
	wire_get_plain_header(&g, packet, len, r->type);
	r->session = get_u64(&g);
	r->counter = get_u64(&g);
	wire_get_fixed_addr(&g, &r->observed);
	get_ref(&g, SIPHASH_MAC);
	return wire_get_result(&g);
}

size_t
wire_put_relay(uint8_t *buf, const struct wire_relay *r,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	wire_put_header(&p, buf, WIRE_RELAY, 0);
	put_u64(&p, r->session);
	put_bytes(&p, r->peer.bytes, PEER_ID_LEN);
	put_bytes(&p, r->packet, r->packet_len);
	return wire_put_mac(&p, key);
}

int
wire_get_relay(const uint8_t *packet, size_t len, struct wire_relay *r)
{
	struct getter g;

	if (len <= WIRE_RELAY_OVERHEAD)
		return -1;
	wire_get_plain_header(&g, packet, len, WIRE_RELAY);
	r->session = get_u64(&g);
	get_bytes(&g, r->peer.bytes, PEER_ID_LEN);
	r->packet_len = len - WIRE_RELAY_OVERHEAD;
	r->packet = get_ref(&g, r->packet_len);
	get_ref(&g, SIPHASH_MAC);
	return wire_get_result(&g);
}
