/*
 * What the tests of the registry share: addresses, and the steps of a join
 * with what cryptod would say of it.
 */
#ifndef TESTS_UNIT_NETD_BOOTNODE_REGISTRY_STAGE_H
#define TESTS_UNIT_NETD_BOOTNODE_REGISTRY_STAGE_H

#include "netd/bootnode/registry.h"

#define START	(100 * USEC_PER_SEC)
#define TIMEOUT (15 * USEC_PER_SEC)

/* The random bits of sessions whose id does not matter. */
#define STAGE_RANDOM 0xfedcba9876543210

/* 10.x.x.x with this end. */
struct remote stage_ipv4(uint32_t host, uint16_t port);
/* 2001:db8:site:block::host. */
struct remote stage_ipv6(uint8_t site, uint8_t block, uint8_t host);

/* A JOIN from there that cryptod is to open. */
struct session *stage_begin(struct registry *, uint64_t now,
    const struct remote *);
/* What cryptod says of the JOIN of a peer for a room. */
struct ipc_join_opened stage_opened(const struct session *, uint32_t peer,
    char tag, uint32_t attempt);
/* The JOIN is admitted, or not. */
enum verdict stage_admit_by(struct registry *, uint64_t now, struct session *,
    uint32_t peer, char tag, uint32_t attempt, uint64_t random,
    uint32_t *replaced);
enum verdict stage_admit(struct registry *, uint64_t now, struct session *,
    uint32_t peer, char tag, uint32_t attempt, uint32_t *replaced);
/* All of a join from there. */
struct session *stage_join_from(struct registry *, uint64_t now,
    const struct remote *, uint32_t peer, char tag);
/* The same from an address of the peer's own. */
struct session *stage_join_by(struct registry *, uint64_t now, uint32_t peer,
    char tag, uint64_t random);
struct session *stage_join(struct registry *, uint64_t now, uint32_t peer,
    char tag);

/* Frees the registry, of which nothing is left once its sessions are gone. */
void stage_end(struct registry *);

#endif
