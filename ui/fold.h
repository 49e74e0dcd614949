/*
 * How often one person's events are shown: a burst of them, and then one a
 * minute. Further ones are counted, and told in one line when it is time. A
 * budget is for one key and one kind, so nobody uses up another's, and a person
 * who comes and goes does not use up the warnings of their key.
 *
 * This is for people alone: programs are told of everything.
 */
#ifndef UI_FOLD_H
#define UI_FOLD_H

#include "ui/nick.h"

#include "common/clock.h"

#define FOLD_TIME (60 * USEC_PER_SEC)
/* The number of keys that have their own budgets, more than fit in a room; the
 * others of a crowd have one budget together. */
#define FOLD_KEYS 512

/* X(KIND, burst, is it a warning) */
#define FOLD_TABLE(X)                                                    \
	X(PRESENCE, 8, false) /* is here, left, cannot be reached */     \
	X(PATH, 8, false)     /* another path; is connecting */          \
	X(NICK, 5, false)                                                \
	X(KEY, 3, true) /* the name of somebody known, each by itself */ \
	X(CLAIM, 3, true)                                                \
	X(FORK, 3, true) /* texts that do not agree */                   \
	X(GAP, 3, true)	 /* a text after others that are not here */

enum fold_kind {
#define X(kind, burst, warning) FOLD_##kind,
	FOLD_TABLE(X)
#undef X
	FOLD_KINDS
};

/* The time at which it is full again, if nothing is taken from it until then;
 * all zero is a full one. */
struct fold_bucket {
	uint64_t full_at;
};

/* Takes one, if the budget is not empty: it holds so many, and gets one back in
 * each FOLD_TIME. */
bool fold_take(struct fold_bucket *, unsigned int burst, uint64_t now);
/* Returns when there is one to be taken. */
uint64_t fold_ready(const struct fold_bucket *, unsigned int burst);

struct fold {
	uint8_t key[FINGERPRINT_LEN];
	/* The person when something was told last, and their name. */
	uint8_t fingerprint[FINGERPRINT_LEN];
	char shown[NICK_SHOWN_MAX];
	struct fold_bucket buckets[FOLD_KINDS];
	unsigned int folded[FOLD_KINDS];
};

/* All zero is empty. */
struct folds {
	struct fold keys[FOLD_KEYS];
	struct fold crowd; /* all for whom there is no room */
	size_t count;
	unsigned int pending; /* pairs of key and kind with something folded */
};

/*
 * True if the event is to be shown now; else it is counted. key: the owner of
 * the budget, FINGERPRINT_LEN bytes; fingerprint and shown: the person.
 */
bool fold_shows(struct folds *, enum fold_kind, const uint8_t *key,
    const uint8_t *fingerprint, const char *shown, uint64_t now);

bool fold_is_warning(enum fold_kind);

/* Returns events that were folded and are to be told now: *count of them, of
 * the person returned, valid until the next call; or NULL if there is nothing
 * more. */
const struct fold *fold_due(struct folds *, uint64_t now, enum fold_kind *,
    unsigned int *count);
/* Returns when there is something; or CLOCK_NEVER. */
uint64_t fold_deadline(const struct folds *);

#endif
