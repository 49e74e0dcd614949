/*
 * A table of recent events. See recent.h.
 */
#include "netd/bootnode/recent.h"

#include "common/codec.h"

uint64_t
recent_key(const struct recent *r, const void *bytes, size_t len)
{
	uint8_t mac[SIPHASH_MAC];
	struct getter g;

	siphash(mac, r->secret, bytes, len);
	get_init(&g, mac, sizeof(mac));
	return get_u64(&g) | 1;
}

/* Returns the first of the places that a key can be in. */
static size_t
first_place(uint64_t key)
{
	return (key >> 32) % (RECENT_PLACES / RECENT_WAYS) * RECENT_WAYS;
}

const struct recent_entry *
recent_find(const struct recent *r, uint64_t now, uint64_t key)
{
	const struct recent_entry *e = &r->places[first_place(key)];

	for (size_t i = 0; i < RECENT_WAYS; i++)
		if (e[i].key == key && e[i].until > now)
			return &e[i];
	return NULL;
}

void
recent_put(struct recent *r, uint64_t key, uint64_t until, uint32_t value)
{
	struct recent_entry *e = &r->places[first_place(key)], *to = e;

	for (size_t i = 0; i < RECENT_WAYS; i++) {
		if (e[i].key == key) {
			to = &e[i];
			break;
		}
		if (e[i].until < to->until)
			to = &e[i];
	}
	*to = (struct recent_entry){ key, until, value };
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
