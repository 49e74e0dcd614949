/*
 * People whom we have met before, in this run or an earlier one: cryptod
 * remembers the keys, and ui compares them by the look of their names, for
 * which cryptod has no tables.
 */
#ifndef UI_KNOWN_H
#define UI_KNOWN_H

#include "ui/nick.h"

#include "common/ipc_trust.h"

/* The number of keys that cryptod remembers, and as many again of this run. */
#define KNOWN_MAX (2 * KNOWN_PEERS_MAX)

struct known_peer {
	uint8_t fingerprint[FINGERPRINT_LEN];
	bool verified;
	struct nick_look look; /* of its last nickname */
};

struct known {
	struct known_peer *entries; /* in the order of coming */
	size_t count;
};

void known_free(struct known *);

/*
 * Notes a key with the nickname it goes by now, normalised. This replaces what
 * was known of the key, except for the name of a key that is and stays
 * verified: nobody else is to have that name while its owner goes by another.
 * If there are more than KNOWN_MAX, the last that is not verified makes way:
 * people in the room today cannot push out those of earlier days.
 */
void known_note(struct known *, const uint8_t fingerprint[FINGERPRINT_LEN],
    const char *nick, bool verified);

/* True if the user has verified this key. */
bool known_is_verified(const struct known *,
    const uint8_t fingerprint[FINGERPRINT_LEN]);

/* Returns the next after "after" (NULL: the first) whose name looks like this,
 * or NULL. */
const struct known_peer *known_alike(const struct known *,
    const struct nick_look *, const struct known_peer *after);

/*
 * Tells whether to warn of a key that comes with a name of this look: if the
 * name is known, but not with this key; or if somebody of that name is
 * verified, and this key is not. Returns the known peer that it could be taken
 * for (a verified one first, then the latest), or NULL.
 */
const struct known_peer *known_changed(const struct known *,
    const struct nick_look *, const uint8_t fingerprint[FINGERPRINT_LEN],
    bool verified);

/* Returns the owner of a name of this look, among the people who were met: the
 * one that the user has verified, else the one that was met first; NULL if
 * nobody has it. */
const struct known_peer *known_owner(const struct known *,
    const struct nick_look *);

/*
 * True if a key that the user has not verified was met after another one whose
 * name looks like this: the bare name belongs to the other, whether it is here
 * or not.
 */
bool known_is_second(const struct known *, const struct nick_look *,
    const uint8_t fingerprint[FINGERPRINT_LEN], bool verified);

#endif
