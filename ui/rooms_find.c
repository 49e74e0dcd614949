/*
 * Rooms, counted and found. See rooms.h.
 */
#include "ui/rooms.h"

#include "ui/errors.h"
#include "ui/text.h"

#include <string.h>

size_t
rooms_count(const struct ui *ui)
{
	size_t count = 0;

	FOREACH_ROOM (room, ui)
		count += room->phase == ROOM_STAYS;
	return count;
}

bool
rooms_are_several(const struct ui *ui)
{
	size_t count = 0;

	FOREACH_ROOM (room, ui)
		count++;
	return count > 1;
}

bool
rooms_awaited(const struct ui *ui)
{
	for (size_t i = 0; i < ROOMS_MAX; i++)
		if (ui->asked[i].ticket != 0)
			return true;
	return false;
}

unsigned int
rooms_number(const struct room *room)
{
	const struct view *view = room->ui->view;

	return view->number != NULL ? view->number(room) : room->number + 1;
}

bool
rooms_is_number(const char *text, size_t len, unsigned int *number)
{
	*number = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9' || *number > 99)
			return false;
		*number = *number * 10 + (unsigned int)(text[i] - '0');
	}
	return true;
}

static struct room *
by_number(const struct ui *ui, const char *text, size_t len)
{
	unsigned int number;

	if (!rooms_is_number(text, len, &number))
		return NULL;
	FOREACH_ROOM (room, ui)
		if (rooms_number(room) == number)
			return room;
	return NULL;
}

struct room *
rooms_find(struct room *asker, const char *name, size_t len)
{
	char shown[TEXT_SHOWN_MAX];
	struct ui *ui = asker->ui;
	struct room *found = NULL;
	size_t count = 0;

	FOREACH_ROOM (room, ui) {
		if (strlen(room->model.room) != len ||
		    memcmp(room->model.room, name, len) != 0)
			continue;
		found = room;
		count++;
	}
	if (count == 0)
		found = by_number(ui, name, len);
	text_excerpt(shown, sizeof(shown), name, len);
	if (count > 1)
		ui_line_error(asker,
		    "you are in several rooms called %s; give the number that "
		    "/rooms shows",
		    shown);
	else if (found == NULL)
		ui_line_error(asker, "you are in no room called %s", shown);
	return count > 1 ? NULL : found;
}
