/*
 * How often one person can have something shown: a burst of it, and then once
 * a minute. What is beyond is counted, and told in one line when it is time. A
 * budget is for one key and one kind, so nobody uses up another's, and who
 * comes and goes leaves the warnings of their key alone.
 *
 * For people alone: programs are told of everything.
 */
#ifndef UI_FOLD_H
#define UI_FOLD_H

#include "ui/nick.h"

#include "common/clock.h"

#define FOLD_TIME (60 * USEC_PER_SEC)
/* Keys that are told apart at a time, more than fit in a room; the others of a
 * crowd have one budget together. */
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

/* Full again at this time, if nothing is taken from it until then; all zero is
 * a full one. */
struct fold_bucket {
	uint64_t full_at;
};

/* Takes one, if it is not empty: it holds so many, and gets one back in each
 * FOLD_TIME. */
bool fold_take(struct fold_bucket *, unsigned int burst, uint64_t now);
/* When there is one to be taken. */
uint64_t fold_ready(const struct fold_bucket *, unsigned int burst);

struct fold {
	uint8_t key[FINGERPRINT_LEN];
	/* The person when something was told last, and their name. */
	uint8_t fingerprint[FINGERPRINT_LEN];
	char shown[NICK_SHOWN_MAX];
	struct fold_bucket buckets[FOLD_KINDS];
	unsigned int folded[FOLD_KINDS];
};

/* All zero is an empty one. */
struct folds {
	struct fold keys[FOLD_KEYS];
	struct fold crowd; /* all for whom there is no room */
	size_t count;
	unsigned int pending; /* pairs of key and kind with something folded */
};

/*
 * True if it is to be shown now; else it is counted. key: whose budget it is,
 * of FINGERPRINT_LEN bytes; fingerprint and shown: who it is.
 */
bool fold_shows(struct folds *, enum fold_kind, const uint8_t *key,
    const uint8_t *fingerprint, const char *shown, uint64_t now);

bool fold_is_warning(enum fold_kind);

/* What was folded and is to be told now: *count times, of the one returned,
 * valid until the next call; or NULL if there is nothing more. */
const struct fold *fold_due(struct folds *, uint64_t now, enum fold_kind *,
    unsigned int *count);
/* When there is; or CLOCK_NEVER. */
uint64_t fold_deadline(const struct folds *);

#endif
