/*
 * The parts that many datagrams have, for wire.c, wire_boot.c and
 * wire_peer.c alone; everybody else includes wire.h.
 */
#ifndef COMMON_WIRE_PARTS_H
#define COMMON_WIRE_PARTS_H

#include "common/wire.h"

/* Starts an encoder; buf has the room that wire.h says for the type. */
void wire_put_header(struct putter *, uint8_t *buf, enum wire_type,
    unsigned int flags);
/*
 * Starts a decoder, bad if the packet is not of the type; returns the
 * flags, which the caller checks.
 */
uint16_t wire_get_header(struct getter *, const uint8_t *packet, size_t len,
    enum wire_type);
/* As wire_get_header(), for packets that use no flags: bad if there are any. */
void wire_get_plain_header(struct getter *, const uint8_t *packet, size_t len,
    enum wire_type);

/* For an address in a field of a fixed size: mapped form, port. */
void wire_put_fixed_addr(struct putter *, const struct addr *);
void wire_get_fixed_addr(struct getter *, struct addr *);

/* Appends the MAC of everything that was put and returns the length. */
size_t wire_put_mac(struct putter *, const uint8_t key[SIPHASH_KEY]);

/* Ends a decoder: 0, or -1 if it went bad or bytes are left over. */
static inline int
wire_get_result(const struct getter *g)
{
	return get_done(g) ? 0 : -1;
}

#endif
