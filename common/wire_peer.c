/*
 * Encoders and decoders of the datagrams between two peers. See wire.h and
 * PROTOCOL.md.
 */
#include "common/wire.h"

#include "common/wire_parts.h"

size_t
wire_put_probe(uint8_t *buf, const struct wire_probe *pr,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	wire_put_header(&p, buf, pr->type, pr->flags);
	put_u64(&p, pr->connection);
	put_u64(&p, pr->number);
	put_u64(&p, pr->id);
	put_u64(&p, pr->ask);
	wire_put_fixed_addr(&p, &pr->observed);
	return wire_put_mac(&p, key);
}

int
wire_get_probe(const uint8_t *packet, size_t len, struct wire_probe *pr)
{
	struct getter g;
	uint16_t flags;

	pr->type = wire_type(packet, len);
	if (pr->type != WIRE_PROBE && pr->type != WIRE_PROBE_REPLY)
		return -1;
	flags = wire_get_header(&g, packet, len, pr->type);
	if ((flags & ~PROBE_FLAGS) != 0)
		return -1;
	pr->flags = (uint8_t)flags;
	pr->connection = get_u64(&g);
	pr->number = get_u64(&g);
	pr->id = get_u64(&g);
	pr->ask = get_u64(&g);
	wire_get_fixed_addr(&g, &pr->observed);
	get_ref(&g, SIPHASH_MAC);
	return wire_get_result(&g);
}

size_t
wire_put_handshake(uint8_t *buf, const struct wire_handshake *h,
    const uint8_t key[SIPHASH_KEY])
{
	static const uint8_t zeros[WIRE_HANDSHAKE_RECORD_MAX];
	struct putter p;

	if (h->record_len > WIRE_HANDSHAKE_RECORD_MAX)
		return 0;
	wire_put_header(&p, buf, WIRE_HANDSHAKE, h->number);
	put_u64(&p, h->connection);
	put_u64(&p, h->attempt);
	put_u16(&p, (unsigned int)h->record_len);
	if (h->record_len > 0)
		put_bytes(&p, h->record, h->record_len);
	put_bytes(&p, zeros, WIRE_HANDSHAKE_RECORD_MAX - h->record_len);
	return wire_put_mac(&p, key);
}

/* Puts as many zeros as the record is shorter than the longest. */
static bool
get_padding(struct getter *g, size_t record_len)
{
	while (record_len++ < WIRE_HANDSHAKE_RECORD_MAX)
		if (get_u8(g) != 0)
			return false;
	return true;
}

int
wire_get_handshake(const uint8_t *packet, size_t len, struct wire_handshake *h)
{
	struct getter g;
	uint16_t number = wire_get_header(&g, packet, len, WIRE_HANDSHAKE);

	h->connection = get_u64(&g);
	h->attempt = get_u64(&g);
	h->record_len = get_u16(&g);
	h->record = get_ref(&g, h->record_len);
	if (!get_padding(&g, h->record_len))
		return -1;
	get_ref(&g, SIPHASH_MAC);
	if (number >= HANDSHAKE_NUMBER_COUNT ||
	    (number == HANDSHAKE_BEGIN) != (h->record_len == 0) ||
	    (number == HANDSHAKE_BEGIN) != (h->attempt == 0))
		return -1;
	h->number = (enum handshake_number)number;
	return wire_get_result(&g);
}

size_t
wire_put_data(uint8_t *buf, const struct wire_data *d,
    const uint8_t key[SIPHASH_KEY])
{
	struct putter p;

	wire_put_header(&p, buf, WIRE_DATA, d->epoch);
	put_u64(&p, d->connection);
	put_u64(&p, d->number);
	put_bytes(&p, d->frames, d->frames_len);
	return wire_put_mac(&p, key);
}

int
wire_get_data(const uint8_t *packet, size_t len, struct wire_data *d)
{
	struct getter g;
	uint16_t epoch = wire_get_header(&g, packet, len, WIRE_DATA);

	if (epoch > UINT8_MAX)
		return -1;
	d->epoch = (uint8_t)epoch;
	d->connection = get_u64(&g);
	d->number = get_u64(&g);
	if (g.left <= SIPHASH_MAC) /* an empty packet carries nothing */
		return -1;
	d->frames_len = g.left - SIPHASH_MAC;
	d->frames = get_ref(&g, d->frames_len);
	get_ref(&g, SIPHASH_MAC);
	return wire_get_result(&g);
}
