/*
 * Finds the people of a name. See find.h.
 */
#include "ui/find.h"

#include "ui/format.h"

#include <string.h>

static bool
is_named(const struct peer *p, const char *name)
{
	char id[FORMAT_ID_MAX];

	return strcmp(p->shown, name) == 0 ||
	    (strlen(name) == FIND_ID_DIGITS &&
		strncmp(format_hex(id, p->id.bytes, PEER_ID_LEN), name,
		    FIND_ID_DIGITS) == 0);
}

/* Returns the person of that name, by the place that is connected if one is, or
 * NULL. away: among those who may be back. */
static const struct peer *
find_among(const struct model *m, const char *name, bool away, bool *too_many)
{
	const struct peer *found = NULL, *p;

	for (size_t i = 0; i < m->high; i++) {
		p = m->peers[i];
		if (p == NULL || !(away ? model_is_away(p) : p->present) ||
		    !is_named(p, name))
			continue;
		*too_many |= found != NULL && !model_is_same_person(found, p);
		if (found == NULL || !model_is_connected(found))
			found = p;
	}
	return found;
}

const struct peer *
find_person(const struct room *room, const char *name, bool *too_many)
{
	const struct peer *p = find_among(&room->model, name, false, too_many);

	return p != NULL ? p : find_among(&room->model, name, true, too_many);
}

const struct peer *
find_present(const struct room *room, const char *name, bool *too_many)
{
	return find_among(&room->model, name, false, too_many);
}

/* The better a place is for talking, the higher. */
static int
rank(const struct peer *p)
{
	if (p->present)
		return model_is_connected(p) ? 3 : 2;
	return model_is_away(p) ? 1 : 0;
}

const struct peer *
find_key(const struct room *room, const uint8_t *fingerprint)
{
	const struct model *m = &room->model;
	const struct peer *best = NULL;

	for (size_t i = 0; i < m->high; i++) {
		const struct peer *p = m->peers[i];

		if (p == NULL || !p->known || rank(p) == 0 ||
		    memcmp(p->fingerprint, fingerprint, FINGERPRINT_LEN) != 0)
			continue;
		if (best == NULL || rank(p) > rank(best))
			best = p;
	}
	return best;
}
