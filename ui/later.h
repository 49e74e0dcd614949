/*
 * Private texts to people who are not here yet: while the people of the room
 * may be on the way back, a name that nobody has is no mistake. Such texts are
 * said, or become errors, once the room has settled, and not as soon as
 * somebody of that name comes: of two with one name that would be the one who
 * comes first. They are for a key, that of the person who was met by that name:
 * anybody could take a name by which nobody was met.
 */
#ifndef UI_LATER_H
#define UI_LATER_H

#include "common/ipc_trust.h"

#include <stdbool.h>
#include <stddef.h>

struct room;

#define LATER_MAX 16

struct later_text {
	char *name;
	unsigned int flags; /* TEXT_FLAG_ACTION or 0 */
	bool by_key;	    /* it is for this key, whatever name that has */
	bool owned;	    /* it is known whom it is for: */
	uint8_t fingerprint[FINGERPRINT_LEN];
	char *text;
	size_t len;
};

struct later {
	bool all_known; /* cryptod has told whom we have met */
	size_t count;
	struct later_text texts[LATER_MAX]; /* in the order of saying */
};

/* Keeps copies and tells the user so, or that too many wait, or that nobody was
 * met by that name; name ends with a NUL. Returns false if nobody is expected
 * back now. */
bool later_hold(struct room *, const char *name, const char *text, size_t len);
/* The same for the owner of a key, by that name when last seen; flags:
 * TEXT_FLAG_ACTION or 0. */
bool later_hold_for(struct room *, const uint8_t *fingerprint, const char *name,
    unsigned int flags, const char *text, size_t len);
/* cryptod has named everybody whom we met before, and nobody else yet: forgets
 * the texts for others, with an error for each. This may be called again. */
void later_all_known(struct room *);
/* If the room has settled, and all have told their names: says each text to the
 * person that it names. */
void later_say(struct room *);
/* Forgets the texts, with an error for each; why NULL: without. */
void later_drop(struct room *, const char *why);

#endif
