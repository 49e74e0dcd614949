/*
 * What is unread. See unread.h.
 */
#include "ui/tui/unread.h"

#define LINE "new"

void
unread_leave(struct unread *u, struct history *h)
{
	struct entry *line = history_entry(h, u->line);

	if (line != NULL)
		line->gone = true;
	u->line = 0;
	u->left = true;
}

void
unread_read(struct unread *u)
{
	u->count = 0;
	u->notable = false;
	u->left = false;
}

void
unread_line(struct unread *u, struct history *h, int64_t wall_ms)
{
	const struct history_new new = { .kind = ENTRY_NEW,
		.wall_ms = wall_ms,
		.text = LINE,
		.len = sizeof(LINE) - 1 };

	if (!u->left)
		return;
	u->left = false;
	if (!history_empty(h))
		u->line = history_add(h, &new)->number;
}

void
unread_heard(struct unread *u, bool notable, uint64_t number)
{
	if (u->count++ == 0)
		u->since = number;
	if (notable && !u->notable)
		u->since = number;
	u->notable = u->notable || notable;
}

bool
unread_before(const struct unread *u, const struct unread *other)
{
	if ((u->count > 0) != (other->count > 0))
		return u->count > 0;
	if (u->notable != other->notable)
		return u->notable;
	return u->since < other->since;
}
