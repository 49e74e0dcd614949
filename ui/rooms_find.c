/*
 * Rooms, counted and found. See rooms.h.
 */
#include "ui/rooms.h"

#include "ui/errors.h"
#include "ui/text.h"

#include <stdio.h>
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

/* --- By what it is called ------------------------------------------------- */

static void
put_with_bootnode(char out[ROOM_HANDLE_MAX], const struct room *room)
{
	(void)snprintf(out, ROOM_HANDLE_MAX, "%s at %s", room->model.room,
	    room->bootnode);
}

void
rooms_set_handle(struct room *room, bool namesake)
{
	if (namesake)
		put_with_bootnode(room->handle, room);
	else
		memcpy(room->handle, room->model.room,
		    sizeof(room->model.room));
}

static bool
is(const char *text, const char *name, size_t len)
{
	return strlen(text) == len && memcmp(text, name, len) == 0;
}

struct room *
rooms_named(const struct ui *ui, const char *name, size_t len)
{
	char whole[ROOM_HANDLE_MAX];

	FOREACH_ROOM (room, ui)
		if (len > 0 && is(room->handle, name, len))
			return room;
	FOREACH_ROOM (room, ui) {
		put_with_bootnode(whole, room);
		if (is(whole, name, len))
			return room;
	}
	return NULL;
}

struct room *
rooms_find(struct room *asker, const char *name, size_t len)
{
	struct room *found = rooms_named(asker->ui, name, len);
	char shown[TEXT_SHOWN_MAX];

	if (found == NULL && asker->ui->view->for_people)
		found = by_number(asker->ui, name, len);
	if (found == NULL)
		ui_line_error(asker, "you are in no room called %s",
		    text_excerpt(shown, sizeof(shown), name, len));
	return found;
}
