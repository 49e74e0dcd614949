/*
 * Limits for the events of one person. See fold.h.
 */
#include "ui/fold.h"

#include <stdio.h>
#include <string.h>

static const unsigned int bursts[FOLD_KINDS] = {
#define X(kind, burst, warning) [FOLD_##kind] = burst,
	FOLD_TABLE(X)
#undef X
};

bool
fold_is_warning(enum fold_kind kind)
{
	static const bool warnings[FOLD_KINDS] = {
#define X(kind, burst, warning) [FOLD_##kind] = warning,
		FOLD_TABLE(X)
#undef X
	};

	return warnings[kind];
}

uint64_t
fold_ready(const struct fold_bucket *b, unsigned int burst)
{
	const uint64_t held = (burst - 1) * FOLD_TIME;

	return b->full_at > held ? b->full_at - held : 0;
}

bool
fold_take(struct fold_bucket *b, unsigned int burst, uint64_t now)
{
	if (now < fold_ready(b, burst))
		return false;
	b->full_at = clock_max(b->full_at, now) + FOLD_TIME;
	return true;
}

/* True if nothing is left of earlier events. */
static bool
is_idle(const struct fold *f, uint64_t now)
{
	for (int kind = 0; kind < FOLD_KINDS; kind++)
		if (f->buckets[kind].full_at > now || f->folded[kind] > 0)
			return false;
	return true;
}

static struct fold *
find(struct folds *all, const uint8_t *key, uint64_t now)
{
	struct fold *idle = NULL, *f;

	for (size_t i = 0; i < all->count; i++) {
		f = &all->keys[i];
		if (memcmp(f->key, key, sizeof(f->key)) == 0)
			return f;
		if (idle == NULL && is_idle(f, now))
			idle = f;
	}
	if (idle == NULL && all->count < FOLD_KEYS)
		idle = &all->keys[all->count++];
	if (idle == NULL)
		return &all->crowd;
	memset(idle, 0, sizeof(*idle));
	memcpy(idle->key, key, sizeof(idle->key));
	return idle;
}

bool
fold_shows(struct folds *all, enum fold_kind kind, const uint8_t *key,
    const uint8_t *fingerprint, const char *shown, uint64_t now)
{
	struct fold *f = find(all, key, now);

	/* A person's first warning is never lost in a crowd. */
	if (f == &all->crowd && (kind == FOLD_KEY || kind == FOLD_FORK))
		return true;
	if (f->folded[kind] == 0 &&
	    fold_take(&f->buckets[kind], bursts[kind], now)) {
		memcpy(f->fingerprint, fingerprint, sizeof(f->fingerprint));
		snprintf(f->shown, sizeof(f->shown), "%s", shown);
		return true;
	}
	all->pending += f->folded[kind]++ == 0;
	return false;
}

/* Returns the next person that has something folded of this kind, after f, or
 * NULL. */
static struct fold *
next_folded(const struct folds *all, const struct fold *f, int kind)
{
	size_t i = f == NULL ? 0 : (size_t)(f - all->keys) + 1;

	if (f == &all->crowd)
		return NULL;
	for (; i < all->count; i++)
		if (all->keys[i].folded[kind] > 0)
			return (struct fold *)&all->keys[i];
	return all->crowd.folded[kind] > 0 ? (struct fold *)&all->crowd : NULL;
}

const struct fold *
fold_due(struct folds *all, uint64_t now, enum fold_kind *kind,
    unsigned int *count)
{
	for (int k = 0; k < FOLD_KINDS && all->pending > 0; k++) {
		struct fold *f = NULL;

		while ((f = next_folded(all, f, k)) != NULL) {
			if (!fold_take(&f->buckets[k], bursts[k], now))
				continue;
			*kind = (enum fold_kind)k;
			*count = f->folded[k];
			f->folded[k] = 0;
			all->pending--;
			return f;
		}
	}
	return NULL;
}

uint64_t
fold_deadline(const struct folds *all)
{
	uint64_t at = CLOCK_NEVER;

	for (int k = 0; k < FOLD_KINDS && all->pending > 0; k++) {
		const struct fold *f = NULL;

		while ((f = next_folded(all, f, k)) != NULL)
			at = clock_min(at,
			    fold_ready(&f->buckets[k], bursts[k]));
	}
	return at;
}
