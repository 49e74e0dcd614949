/*
 * Access MACs, by which a private bootnode knows a client that it may answer,
 * before it does anything else for it. PROTOCOL.md section 2.17.
 */
#include "common/wire.h"

#include <string.h>

/* A HELLO has its place for it, the other types have it at their end. */
#define HELLO_COVERED (WIRE_HEADER_LEN + NONCE_LEN)
/* Header, session id and counter, with which all control packets begin. */
#define CONTROL_COVERED (WIRE_HEADER_LEN + 8 + 8)
/* Where the header's flags have theirs. */
#define FLAGS_LOW 3

static bool
is_marked(const uint8_t *packet)
{
	return (packet[FLAGS_LOW] & WIRE_ACCESS) != 0;
}

void
wire_access_mark(uint8_t *packet)
{
	packet[FLAGS_LOW] |= WIRE_ACCESS;
}

size_t
wire_access_put(uint8_t *packet, size_t len, const uint8_t key[SIPHASH_KEY])
{
	switch (packet[0]) {
	case WIRE_HELLO:
		siphash(packet + HELLO_COVERED, key, packet, HELLO_COVERED);
		return len;
	case WIRE_JOIN:
		wire_access_mark(packet);
		siphash(packet + len, key, packet, len);
		return len + SIPHASH_MAC;
	default:
		siphash(packet + len, key, packet, CONTROL_COVERED);
		return len + SIPHASH_MAC;
	}
}

/* Returns where the access MAC is, with how much it covers; or NULL. */
static const uint8_t *
find(const uint8_t *packet, size_t len, size_t *covered)
{
	if (len < CONTROL_COVERED + SIPHASH_MAC)
		return NULL;
	switch (packet[0]) {
	case WIRE_HELLO:
		*covered = HELLO_COVERED;
		return packet + HELLO_COVERED;
	case WIRE_JOIN:
		*covered = len - SIPHASH_MAC;
		break;
	case WIRE_HEARTBEAT:
	case WIRE_SYNC:
	case WIRE_LEAVE:
		*covered = CONTROL_COVERED;
		break;
	default:
		return NULL;
	}
	return is_marked(packet) ? packet + len - SIPHASH_MAC : NULL;
}

bool
wire_access_ok(const uint8_t *packet, size_t len,
    const uint8_t key[SIPHASH_KEY])
{
	size_t covered = 0;
	const uint8_t *mac = find(packet, len, &covered);

	return mac != NULL && siphash_verify(mac, key, packet, covered);
}

size_t
wire_access_len(const uint8_t *packet, size_t len)
{
	size_t covered = 0;

	return packet[0] != WIRE_HELLO && find(packet, len, &covered) != NULL
	    ? SIPHASH_MAC
	    : 0;
}
