/*
 * A client's cryptod that a bootnode has admitted, for tests, which write the
 * bootnode's sealed packets. Members have numbers: of one digit, if the test
 * asks who is there.
 */
#ifndef TESTS_UNIT_CRYPTOD_CLIENT_SEALED_STAGE_H
#define TESTS_UNIT_CRYPTOD_CLIENT_SEALED_STAGE_H

#include "cryptod/client/peer.h"

#include "tests/unit/bytes.h"

struct sealed_stage {
	struct client c;
	struct ipc_channel netd, ui; /* their ends */
	uint64_t counter;	     /* of the next packet */
	/* The plaintext being written. */
	uint8_t plain[WIRE_SEALED_MAX];
	struct putter p;
};

void sealed_open(struct sealed_stage *);
void sealed_close(struct sealed_stage *);

/* Begins a packet; a roster goes on after this member, or begins with 0. */
void sealed_head(struct sealed_stage *, enum bootmsg_kind, uint8_t flags,
    uint32_t version, unsigned int after);
/* Its entries: who came, who left, who is seen at another port, and so many
 * changes that others say better. */
void sealed_joined(struct sealed_stage *, unsigned int n);
void sealed_left(struct sealed_stage *, unsigned int n);
void sealed_moved(struct sealed_stage *, unsigned int n, uint16_t port);
void sealed_overtaken(struct sealed_stage *, uint16_t count);

/* It comes, with the next number. Returns what netd is told of it last; its
 * version is 0 if that is nothing. */
struct ipc_boot_version sealed_come(struct sealed_stage *);
/* The same in two steps: sealed, which returns its length; and brought, with
 * whatever number. */
size_t sealed_seal(struct sealed_stage *, uint8_t sealed[WIRE_MAX],
    uint64_t number);
struct ipc_boot_version sealed_bring(struct sealed_stage *, uint64_t number,
    const uint8_t *sealed, size_t len);

struct peer_id sealed_id(unsigned int n);
/* Are exactly these in the room? */
bool sealed_are(struct sealed_stage *, const char *people);

#endif
