/*
 * The beginning of a JOIN's handshake. See join.h.
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
