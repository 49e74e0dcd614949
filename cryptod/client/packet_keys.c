/*
 * The keys and names of two peers' packets. See packet_keys.h.
 */
#include "cryptod/client/packet_keys.h"

#include "common/codec.h"

#include <string.h>

_Static_assert(sizeof(struct packet_material) == 48, "padding");

static uint64_t
number(const uint8_t bytes[8])
{
	struct getter g;

	get_init(&g, bytes, 8);
	return get_u64(&g);
}

void
packet_keys_take(struct packet_keys *keys, const struct packet_material *m,
    bool lower)
{
	int tx = lower ? 0 : 1, rx = 1 - tx;

	memcpy(keys->probe.tx, m->probe[tx], SIPHASH_KEY);
	memcpy(keys->probe.rx, m->probe[rx], SIPHASH_KEY);
	keys->connection_tx = number(m->connection[tx]);
	keys->connection_rx = number(m->connection[rx]);
}
