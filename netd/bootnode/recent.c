/*
 * A table of recent events. See recent.h.
 */
#include "netd/bootnode/recent.h"

#include "common/codec.h"

#include <stdlib.h>
#include <string.h>

int
recent_init(struct recent *r, size_t places)
{
	if (places < RECENT_PLACES_MIN)
		places = RECENT_PLACES_MIN;
	r->count = (places + RECENT_WAYS - 1) / RECENT_WAYS * RECENT_WAYS;
	r->places = calloc(r->count, sizeof(*r->places));
	if (r->places != NULL)
		return 0;
	r->count = 0;
	return -1;
}

void
recent_clear(struct recent *r)
{
	free(r->places);
	memset(r, 0, sizeof(*r));
}

uint64_t
recent_key(const struct recent *r, const void *bytes, size_t len)
{
	uint8_t mac[SIPHASH_MAC];
	struct getter g;

	siphash(mac, r->secret, bytes, len);
	get_init(&g, mac, sizeof(mac));
	return get_u64(&g) | 1;
}

/* The half of the key that names no place. It is not 0. */
static uint32_t
mark(uint64_t key)
{
	return (uint32_t)key;
}

/* Returns the first of the places that a key can be in, or NULL. */
static struct recent_entry *
places_of(const struct recent *r, uint64_t key)
{
	if (r->count == 0)
		return NULL;
	return &r->places[(key >> 32) % (r->count / RECENT_WAYS) * RECENT_WAYS];
}

const struct recent_entry *
recent_find(const struct recent *r, uint64_t now, uint64_t key)
{
	const struct recent_entry *e = places_of(r, key);

	for (size_t i = 0; e != NULL && i < RECENT_WAYS; i++)
		if (e[i].mark == mark(key) && e[i].until > now)
			return &e[i];
	return NULL;
}

void
recent_put(struct recent *r, uint64_t key, uint64_t until, uint32_t value)
{
	struct recent_entry *e = places_of(r, key), *to = e;

	if (e == NULL)
		return;
	for (size_t i = 0; i < RECENT_WAYS; i++) {
		if (e[i].mark == mark(key)) {
			to = &e[i];
			break;
		}
		if (e[i].until < to->until)
			to = &e[i];
	}
	*to = (struct recent_entry){ mark(key), value, until };
}

const struct recent_entry *
recent_next(const struct recent *r, uint64_t now, size_t *next)
{
	while (*next < r->count) {
		const struct recent_entry *e = &r->places[(*next)++];

		if (e->mark != 0 && e->until > now)
			return e;
	}
	return NULL;
}

void
recent_put_at(struct recent *r, size_t place, const struct recent_entry *e)
{
	if (place < r->count)
		r->places[place] = *e;
}

bool
recent_take(struct recent *r, uint64_t now, uint64_t key, uint64_t spacing,
    uint32_t burst)
{
	const struct recent_entry *e = recent_find(r, now, key);
	uint64_t from = e != NULL ? e->until : now;

	/* The spacing may have been longer. */
	if (from - now > spacing * burst) {
		from = now + spacing * burst;
		recent_put(r, key, from, 0);
	}
	/* Each event uses up its spacing of the time that a burst of them
	 * has. */
	if (from - now > spacing * (burst - 1))
		return false;
	recent_put(r, key, from + spacing, 0);
	return true;
}
