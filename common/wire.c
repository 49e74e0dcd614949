/*
 * Parts that all datagrams have in common: types, headers, addresses, MACs. The
 * packets are in wire_boot.c and wire_peer.c. See wire.h and PROTOCOL.md.
 */
#include "common/wire.h"

#include "common/wire_parts.h"

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
		if (addr_is_ipv4(a)) /* an address has one encoding only */
			g->bad = true;
		break;
	default:
		g->bad = true;
	}
	a->port = get_u16(g);
}

void
wire_put_header(struct putter *p, uint8_t *buf, enum wire_type type,
    unsigned int flags)
{
	put_init(p, buf, type == WIRE_DATA ? WIRE_DATA_MAX : WIRE_MAX);
	put_u8(p, type);
	put_u8(p, WIRE_VERSION);
	put_u16(p, flags);
}

uint16_t
wire_get_header(struct getter *g, const uint8_t *packet, size_t len,
    enum wire_type type)
{
	get_init(g, packet, len);
	if (wire_type(packet, len) != type)
		g->bad = true;
	get_u16(g);
	return get_u16(g);
}

void
wire_get_plain_header(struct getter *g, const uint8_t *packet, size_t len,
    enum wire_type type)
{
	if (wire_get_header(g, packet, len, type) != 0)
		g->bad = true;
}

void
wire_put_fixed_addr(struct putter *p, const struct addr *a)
{
	put_bytes(p, a->ip, sizeof(a->ip));
	put_u16(p, a->port);
}

void
wire_get_fixed_addr(struct getter *g, struct addr *a)
{
	get_bytes(g, a->ip, sizeof(a->ip));
	a->port = get_u16(g);
}

size_t
wire_put_mac(struct putter *p, const uint8_t key[SIPHASH_KEY])
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
