/*
 * The part of a JOIN's handshake that is the same on both sides. See join.h.
 */
#include "cryptod/join.h"

#include <string.h>

void
join_handshake(struct noise *n, bool initiator,
    const uint8_t start[WIRE_JOIN_OVERHEAD], const struct x25519_key *ours,
    const uint8_t *theirs)
{
	static const char domain[] = "gochat 1 bootnode";
	uint8_t prologue[sizeof(domain) + WIRE_JOIN_OVERHEAD];

	memcpy(prologue, domain, sizeof(domain));
	memcpy(prologue + sizeof(domain), start, WIRE_JOIN_OVERHEAD);
	noise_init(n, NOISE_NK, initiator, prologue, sizeof(prologue), ours,
	    theirs, NULL);
}

void
join_reject_key(const struct noise *n, uint8_t key[SIPHASH_KEY])
{
	noise_export(n, "gochat 1 reject", key, SIPHASH_KEY);
}

void
join_control_key(const struct noise *n, uint8_t key[SIPHASH_KEY])
{
	noise_export(n, "gochat 1 control packets", key, SIPHASH_KEY);
}
