/*
 * Nicknames: ours, which may change, and those of peers.
 */
#ifndef CRYPTOD_CLIENT_NAMES_H
#define CRYPTOD_CLIENT_NAMES_H

#include "cryptod/client/peer.h"

/* The number of names that are taken from one peer in this time; of further
 * ones, the last is taken with the next thing that happens after it. */
#define NICKS_MAX  5
#define NICKS_TIME (60 * USEC_PER_SEC)

/* From now on the user goes by another name. */
void names_rename(struct client *, const uint8_t *nick, size_t len);

/* From now on the peer goes by another name. */
void names_renamed(struct peer *, const uint8_t *nick, size_t len);
/* The peer said a text under this name, which it goes by from now on; ui learns
 * the name with the text. */
void names_said_as(struct peer *, const uint8_t *nick, size_t len);
/* Takes the name that had to wait, or notes it, if it is time. */
void names_pump(struct peer *);

#endif
