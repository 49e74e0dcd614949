/*
 * Encoders and decoders of every datagram. See wire.h and PROTOCOL.md.
 */
#include "common/wire.h"

#include <string.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

enum wire_type
wire_type(const uint8_t *packet, size_t len)
{
	if (len < WIRE_HEADER_LEN || packet[1] != WIRE_VERSION ||
	    len > (packet[0] == WIRE_DATA ? WIRE_DATA_MAX : WIRE_MAX))
		return WIRE_INVALID;
	switch (packet[0]) {
#define X(name, number, text) \
	case number:          \
		return WIRE_##name;
		WIRE_TYPES(X)
#undef X
	default:
		return WIRE_INVALID;
	}
}

const char *
wire_type_name(enum wire_type type)
{
	switch (type) {
#define X(name, number, text) \
	case WIRE_##name:     \
		return text;
		WIRE_TYPES(X)
#undef X
	case WIRE_INVALID:
	case WIRE_TYPE_COUNT:
		break;
	}
	return "unknown";
}

void
wire_put_addr(struct putter *p, const struct addr *a)
{
	if (addr_is_ipv4(a)) {
		put_u8(p, 4);
		put_bytes(p, a->ip + 12, 4);
	} else {
		put_u8(p, 6);
		put_bytes(p, a->ip, 16);
	}
	put_u16(p, a->port);
}

void
wire_get_addr(struct getter *g, struct addr *a)
{
	memset(a, 0, sizeof(*a));
	switch (get_u8(g)) {
	case 4:
		memcpy(a->ip, mapped, sizeof(mapped));
		get_bytes(g, a->ip + 12, 4);
		break;
	case 6:
		get_bytes(g, a->ip, 16);
		if (addr_is_ipv4(a)) /* one address, one encoding */
			g->bad = true;
		break;
	default:
		g->bad = true;
	}
	a->port = get_u16(g);
}

static void
put_header(struct putter *p, uint8_t *buf, enum wire_type type,
    unsigned int flags)
{
	put_init(p, buf, type == WIRE_DATA ? WIRE_DATA_MAX : WIRE_MAX);
	put_u8(p, type);
	put_u8(p, WIRE_VERSION);
	put_u16(p, flags);
}

/* Starts a decoder; the flags are checked by the caller. */
static uint16_t
get_header(struct getter *g, const uint8_t *packet, size_t len,
    enum wire_type type)
{
	get_init(g, packet, len);
	if (wire_type(packet, len) != type)
		g->bad = true;
	get_u16(g);
	return get_u16(g);
}

/* For packets that use no flags. */
static void
get_plain_header(struct getter *g, const uint8_t *packet, size_t len,
    enum wire_type type)
{
	if (get_header(g, packet, len, type) != 0)
		g->bad = true;
}

static int
get_result(const struct getter *g)
{
	return get_done(g) ? 0 : -1;
}

static void
put_cookie(struct putter *p, const struct wire_cookie *c)
{
	put_u32(p, c->window);
	put_bytes(p, c->mac, sizeof(c->mac));
}

static void
get_cookie(struct getter *g, struct wire_cookie *c)
{
	c->window = get_u32(g);
	get_bytes(g, c->mac, sizeof(c->mac));
}

/* Appends the MAC of all that was put and returns the length. */
static size_t
put_mac(struct putter *p, const uint8_t key[SIPHASH_KEY])
{
	size_t len = put_length(p);
	uint8_t *mac = put_ref(p, SIPHASH_MAC);

	if (mac != NULL)
		siphash(mac, key, p->start, len);
	return put_length(p);
}

bool
wire_mac_ok(const uint8_t *packet, size_t len, const uint8_t key[SIPHASH_KEY])
{
	if (len < SIPHASH_MAC)
		return false;
	return siphash_verify(packet + len - SIPHASH_MAC, key, packet,
	    len - SIPHASH_MAC);
}

size_t
wire_put_hello(uint8_t *buf, const struct wire_hello *h)
{
	struct putter p;
	uint8_t *pad;

	put_header(&p, buf, WIRE_HELLO, 0);
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

	get_plain_header(&g, packet, len, WIRE_HELLO);
	get_bytes(&g, h->nonce, sizeof(h->nonce));
	get_ref(&g, WIRE_HELLO_LEN - WIRE_HEADER_LEN - NONCE_LEN);
	return get_result(&g);
}

size_t
wire_put_cookie_reply(uint8_t *buf, const struct wire_cookie_reply *c)
{
	struct putter p;

	put_header(&p, buf, WIRE_COOKIE, 0);
	put_bytes(&p, c->nonce, sizeof(c->nonce));
	put_cookie(&p, &c->cookie);
	put_bytes(&p, c->bootnode_key, sizeof(c->bootnode_key));
	return put_length(&p);
}

int
wire_get_cookie_reply(const uint8_t *packet, size_t len,
    struct wire_cookie_reply *c)
{
	struct getter g;

	get_plain_header(&g, packet, len, WIRE_COOKIE);
	get_bytes(&g, c->nonce, sizeof(c->nonce));
	get_cookie(&g, &c->cookie);
	get_bytes(&g, c->bootnode_key, sizeof(c->bootnode_key));
	return get_result(&g);
}

size_t
wire_put_join(uint8_t *buf, const struct wire_join *j)
{
	struct putter p;

	put_header(&p, buf, WIRE_JOIN, 0);
	put_bytes(&p, j->nonce, sizeof(j->nonce));
	put_cookie(&p, &j->cookie);
	put_bytes(&p, j->noise, j->noise_len);
	return put_length(&p);
}

int
wire_get_join(const uint8_t *packet, size_t len, struct wire_join *j)
{
	struct getter g;

	get_plain_header(&g, packet, len, WIRE_JOIN);
	get_bytes(&g, j->nonce, sizeof(j->nonce));
	get_cookie(&g, &j->cookie);
	j->noise_len = g.left;
	j->noise = get_ref(&g, g.left);
	return get_result(&g);
}

size_t
wire_put_welcome(uint8_t *buf, const struct wire_welcome *w)
{
	struct putter p;

	put_header(&p, buf, WIRE_WELCOME, 0);
	put_bytes(&p, w->nonce, sizeof(w->nonce));
	put_bytes(&p, w->noise, w->noise_len);
	return put_length(&p);
}

int
wire_get_welcome(const uint8_t *packet, size_t len, struct wire_welcome *w)
{
	struct getter g;

	get_plain_header(&g, packet, len, WIRE_WELCOME);
	get_bytes(&g, w->nonce, sizeof(w->nonce));
	w->noise_len = g.left;
	w->noise = get_ref(&g, g.left);
	return get_result(&g);
}

static bool
is_control(enum wire_type type)
{
	return type == WIRE_HEARTBEAT || type == WIRE_HEARTBEAT_ACK ||
	    type == WIRE_SYNC || type == WIRE_LEAVE || type == WIRE_LEAVE_ACK;
}

size_t
wire_put_control(uint8_t *buf, const struct wire_control *c,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	put_header(&p, buf, c->type, 0);
	put_u64(&p, c->session);
	put_u64(&p, c->counter);
	put_u32(&p, c->version);
	return put_mac(&p, key);
}

int
wire_get_control(const uint8_t *packet, size_t len, struct wire_control *c)
{
	struct getter g;

	c->type = wire_type(packet, len);
	if (!is_control(c->type))
		return -1;
	get_plain_header(&g, packet, len, c->type);
	c->session = get_u64(&g);
	c->counter = get_u64(&g);
	c->version = get_u32(&g);
	get_ref(&g, SIPHASH_MAC);
	return get_result(&g);
}

size_t
wire_put_reject(uint8_t *buf, const struct wire_reject *r)
{
	struct putter p;

	put_header(&p, buf, WIRE_REJECT, r->reason);
	put_u64(&p, r->id);
	return put_length(&p);
}

int
wire_get_reject(const uint8_t *packet, size_t len, struct wire_reject *r)
{
	struct getter g;
	unsigned int reason = get_header(&g, packet, len, WIRE_REJECT);

	if (reason == 0 || reason >= REJECT_REASON_COUNT)
		return -1;
	r->reason = (enum wire_reject_reason)reason;
	r->id = get_u64(&g);
	return get_result(&g);
}

size_t
wire_put_challenge(uint8_t *buf, const struct wire_challenge *c)
{
	struct putter p;

	put_header(&p, buf, WIRE_CHALLENGE, 0);
	put_u64(&p, c->session);
	put_cookie(&p, &c->cookie);
	return put_length(&p);
}

int
wire_get_challenge(const uint8_t *packet, size_t len, struct wire_challenge *c)
{
	struct getter g;

	get_plain_header(&g, packet, len, WIRE_CHALLENGE);
	c->session = get_u64(&g);
	get_cookie(&g, &c->cookie);
	return get_result(&g);
}

size_t
wire_put_challenge_reply(uint8_t *buf, const struct wire_challenge_reply *c,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	put_header(&p, buf, WIRE_CHALLENGE_REPLY, 0);
	put_u64(&p, c->session);
	put_u64(&p, c->counter);
	put_cookie(&p, &c->cookie);
	return put_mac(&p, key);
}

int
wire_get_challenge_reply(const uint8_t *packet, size_t len,
    struct wire_challenge_reply *c)
{
	struct getter g;

	get_plain_header(&g, packet, len, WIRE_CHALLENGE_REPLY);
	c->session = get_u64(&g);
	c->counter = get_u64(&g);
	get_cookie(&g, &c->cookie);
	get_ref(&g, SIPHASH_MAC);
	return get_result(&g);
}

size_t
wire_put_sealed(uint8_t *buf, const struct wire_sealed *s)
{
	struct putter p;

	put_header(&p, buf, WIRE_SEALED, 0);
	put_u64(&p, s->session);
	put_u64(&p, s->counter);
	put_bytes(&p, s->sealed, s->sealed_len);
	return put_length(&p);
}

int
wire_get_sealed(const uint8_t *packet, size_t len, struct wire_sealed *s)
{
	struct getter g;

	get_plain_header(&g, packet, len, WIRE_SEALED);
	s->session = get_u64(&g);
	s->counter = get_u64(&g);
	if (g.left <= AEAD_TAG_LEN)
		return -1;
	s->sealed_len = g.left;
	s->sealed = get_ref(&g, g.left);
	return get_result(&g);
}

/* Where an address has a place of a size of its own: mapped form, port. */
static void
put_fixed_addr(struct putter *p, const struct addr *a)
{
	put_bytes(p, a->ip, sizeof(a->ip));
	put_u16(p, a->port);
}

static void
get_fixed_addr(struct getter *g, struct addr *a)
{
	get_bytes(g, a->ip, sizeof(a->ip));
	a->port = get_u16(g);
}

size_t
wire_put_reflect(uint8_t *buf, const struct wire_reflect *r,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	put_header(&p, buf, r->type, 0);
	put_u64(&p, r->session);
	put_u64(&p, r->counter);
	put_fixed_addr(&p, &r->observed);
	return put_mac(&p, key);
}

int
wire_get_reflect(const uint8_t *packet, size_t len, struct wire_reflect *r)
{
	struct getter g;

	r->type = wire_type(packet, len);
	if (r->type != WIRE_REFLECT && r->type != WIRE_REFLECT_REPLY)
		return -1;
	get_plain_header(&g, packet, len, r->type);
	r->session = get_u64(&g);
	r->counter = get_u64(&g);
	get_fixed_addr(&g, &r->observed);
	get_ref(&g, SIPHASH_MAC);
	return get_result(&g);
}

size_t
wire_put_relay(uint8_t *buf, const struct wire_relay *r,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	put_header(&p, buf, WIRE_RELAY, 0);
	put_u64(&p, r->session);
	put_bytes(&p, r->peer.bytes, PEER_ID_LEN);
	put_bytes(&p, r->packet, r->packet_len);
	return put_mac(&p, key);
}

int
wire_get_relay(const uint8_t *packet, size_t len, struct wire_relay *r)
{
	struct getter g;

	if (len <= WIRE_RELAY_OVERHEAD)
		return -1;
	get_plain_header(&g, packet, len, WIRE_RELAY);
	r->session = get_u64(&g);
	get_bytes(&g, r->peer.bytes, PEER_ID_LEN);
	r->packet_len = len - WIRE_RELAY_OVERHEAD;
	r->packet = get_ref(&g, r->packet_len);
	get_ref(&g, SIPHASH_MAC);
	return get_result(&g);
}

size_t
wire_put_probe(uint8_t *buf, const struct wire_probe *pr,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	put_header(&p, buf, pr->type, pr->flags);
	put_u64(&p, pr->connection);
	put_u64(&p, pr->id);
	put_u32(&p, pr->incarnation);
	put_fixed_addr(&p, &pr->observed);
	return put_mac(&p, key);
}

int
wire_get_probe(const uint8_t *packet, size_t len, struct wire_probe *pr)
{
	struct getter g;
	uint16_t flags;

	pr->type = wire_type(packet, len);
	if (pr->type != WIRE_PROBE && pr->type != WIRE_PROBE_REPLY)
		return -1;
	flags = get_header(&g, packet, len, pr->type);
	if ((flags & ~PROBE_FLAGS) != 0)
		return -1;
	pr->flags = (uint8_t)flags;
	pr->connection = get_u64(&g);
	pr->id = get_u64(&g);
	pr->incarnation = get_u32(&g);
	get_fixed_addr(&g, &pr->observed);
	get_ref(&g, SIPHASH_MAC);
	return pr->incarnation == 0 ? -1 : get_result(&g);
}

size_t
wire_put_data(uint8_t *buf, const struct wire_data *d,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	put_header(&p, buf, WIRE_DATA, d->epoch);
	put_u64(&p, d->connection);
	put_u64(&p, d->number);
	put_bytes(&p, d->frames, d->frames_len);
	return put_mac(&p, key);
}

int
wire_get_data(const uint8_t *packet, size_t len, struct wire_data *d)
{
	struct getter g;
	uint16_t epoch = get_header(&g, packet, len, WIRE_DATA);

	if (epoch > UINT8_MAX)
		return -1;
	d->epoch = (uint8_t)epoch;
	d->connection = get_u64(&g);
	d->number = get_u64(&g);
	if (g.left <= SIPHASH_MAC) /* an empty packet says nothing */
		return -1;
	d->frames_len = g.left - SIPHASH_MAC;
	d->frames = get_ref(&g, d->frames_len);
	get_ref(&g, SIPHASH_MAC);
	return get_result(&g);
}
