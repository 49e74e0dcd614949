/*
 * The colours of people. See colours.h.
 */
#include "ui/tui/colours.h"

#include "ui/people.h"

#include <string.h>

/* Returns the number of a key, or c->count. */
static size_t
find(const struct colours *c, const uint8_t *key)
{
	size_t i = 0;

	while (
	    i < c->count && memcmp(c->people[i].key, key, FINGERPRINT_LEN) != 0)
		i++;
	return i;
}

/* Counts how many places that are here, but not of this key, have each
 * colour. */
static void
count_used(const struct colours *c, const struct model *m,
    const struct peer *but, unsigned int used[THEME_NICKS])
{
	memset(used, 0, THEME_NICKS * sizeof(used[0]));
	for (size_t i = 0; i < m->high; i++) {
		const struct peer *p = m->peers[i];
		size_t at;

		if (p == NULL || !p->present || !p->known ||
		    model_is_same_person(p, but))
			continue;
		at = find(c, p->fingerprint);
		if (at < c->count)
			used[c->people[at].nick]++;
	}
}

/* Returns a colour that the fewest have, beginning with one that the key
 * decides: so most people have the same colour in every run. */
static uint8_t
choose(const unsigned int used[THEME_NICKS], const uint8_t *key,
    unsigned int nicks)
{
	unsigned int best = key[0] % nicks, nick;

	for (unsigned int i = 1; i < nicks; i++) {
		nick = (key[0] + i) % nicks;
		if (used[nick] < used[best])
			best = nick;
	}
	return (uint8_t)best;
}

/* Returns a place in the table: a new one, or the one that was taken first. */
static size_t
place(struct colours *c)
{
	size_t at = c->next;

	if (c->count < COLOURS_KEYS)
		return c->count++;
	c->next = (c->next + 1) % COLOURS_KEYS;
	return at;
}

enum style
colours_of(struct colours *c, const struct model *m, const struct peer *p,
    enum theme_colours colours)
{
	unsigned int used[THEME_NICKS];
	uint8_t nick;
	size_t at;

	if (p->us)
		return STYLE_OWN;
	at = find(c, p->fingerprint);
	if (at == c->count) {
		count_used(c, m, p, used);
		nick = choose(used, p->fingerprint, theme_nicks(colours));
		at = place(c);
		memcpy(c->people[at].key, p->fingerprint, FINGERPRINT_LEN);
		c->people[at].nick = nick;
	}
	return (enum style)(STYLE_NICK_0 + c->people[at].nick);
}
