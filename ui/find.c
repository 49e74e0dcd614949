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
