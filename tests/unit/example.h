/*
 * The inputs of the worked example in common/PROTOCOL.md: a room, two people in
 * it, and fixed bytes instead of random ones.
 */
#ifndef TESTS_UNIT_EXAMPLE_H
#define TESTS_UNIT_EXAMPLE_H

#include "cryptod/client/card.h"
#include "cryptod/claim.h"

#define EXAMPLE_ROOM	   "kitchen"
#define EXAMPLE_PASSPHRASE "correct horse battery staple"

struct person {
	const char *nick;
	struct x25519_key identity;
	struct claimant us;
	struct peer_id id; /* us.id */
	struct card card;
	struct addr observed;
	uint8_t sealed[CARD_MAX]; /* the card; the test seals it */
	size_t sealed_len;
};

extern struct room example_room;
extern struct x25519_key example_boot_key;
extern struct person anna, bert;
extern const struct addr example_bootnode;

/* The bytes of crypto_random(): each call gets the next of these. A call too
 * many ends the test. */
extern const char *example_draws;

/* Makes the inputs; random bytes are fixed from now until the end. */
void example_start(void);
void example_end(void);

#endif
