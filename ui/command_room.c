/*
 * The slash commands about rooms. See command_room.h.
 */
#include "ui/command_room.h"

#include "ui/answers.h"
#include "ui/errors.h"
#include "ui/format.h"
#include "ui/rooms.h"
#include "ui/text.h"
#include "ui/typed.h"

#include "common/invite.h"

#include <string.h>

static bool
begins(const char *s, size_t len, const char *with)
{
	return len >= strlen(with) && strncasecmp(s, with, strlen(with)) == 0;
}

bool
command_is_secret(const char *line, size_t len)
{
	struct typed typed = typed_begin(line, len);
	const char *s = line + typed.at;
	size_t left = len - typed.at;

	if (typed.kind == TYPED_COMMAND && begins(s, left, "/join")) {
		s += strlen("/join");
		left -= strlen("/join");
		command_skip_blanks(&s, &left);
	}
	return invite_begins(s, left);
}

/* --- Commands that name a room -------------------------------------------- */

/* Takes a name, which has blanks as they are, or is in quotes. Returns false if
 * the quotes are not closed. */
static bool
take_room(struct buf *name, const char **args, size_t *len)
{
	if (*len > 0 && **args == '"')
		return command_take_name(name, args, len);
	buf_put(name, *args, *len);
	buf_put(name, "", 1);
	*len = 0;
	return true;
}

/* Returns the room that the arguments name: this one, if there are none. NULL
 * after an error. */
static struct room *
named(struct room *room, const struct command_call *call)
{
	const char *args = call->args;
	struct room *found = NULL;
	struct buf name = { 0 };
	size_t len = call->len;

	if (len == 0)
		return room;
	if (take_room(&name, &args, &len) && len == 0)
		found = rooms_find(room, name.bytes, name.len - 1);
	else
		command_usage_error(room, call->command, "usage");
	buf_free(&name);
	return found;
}

void
command_part(struct room *room, const struct command_call *call)
{
	struct room *found;

	if (call->len == 0 && room->ui->view->part != NULL &&
	    room->ui->view->part(room->ui))
		return;
	found = named(room, call);
	if (found != NULL)
		rooms_part(room, found);
}

static const char *
state_of(const struct room *room)
{
	if (room->phase != ROOM_STAYS)
		return "being left";
	if (!room->boot_known)
		return "not connected yet";
	return format_boot_words(room->boot_state);
}

static bool
is_shown(const struct room *room)
{
	const struct view *view = room->ui->view;

	return view->shows != NULL ? view->shows(room)
				   : room == room->ui->front;
}

static void
answer_room(struct room *asker, const struct room *room)
{
	struct buf line = { 0 };

	answer_put_room(&line,
	    room->model.room[0] != '\0' ? room->model.room : "(being opened)");
	if (room->bootnode[0] != '\0')
		buf_printf(&line, " at %s", room->bootnode);
	if (room->identity[0] != '\0')
		buf_printf(&line, " as %s", room->identity);
	buf_printf(&line, ": %s%s", state_of(room),
	    room->remembered ? ", remembered" : "");
	if (room->ui->view->unread != NULL)
		room->ui->view->unread(room, &line);
	answer_place(asker, rooms_number(room), is_shown(room), &line);
}

void
command_rooms(struct room *room, const struct command_call *call)
{
	(void)call;
	FOREACH_ROOM (each, room->ui)
		answer_room(room, each);
	if (room->ui->view->queries != NULL)
		room->ui->view->queries(room);
}

/* A name that no room has may be that of a person. Returns true if it is,
 * perhaps after an error: two people may have one name in two rooms. */
static bool
turn_to_person(struct room *room, const struct command_call *call)
{
	const struct view *view = room->ui->view;
	const char *args = call->args;
	size_t len = call->len;
	char shown[TEXT_SHOWN_MAX];
	struct buf name = { 0 };
	size_t count = 0;

	if (view->turn_to_person != NULL && take_room(&name, &args, &len) &&
	    len == 0 && rooms_named(room->ui, name.bytes, name.len - 1) == NULL)
		count =
		    view->turn_to_person(room->ui, name.bytes, name.len - 1);
	if (count > 1)
		ui_line_error(room,
		    "%zu conversations are with somebody called %s: give the "
		    "number that /rooms shows",
		    count,
		    text_excerpt(shown, sizeof(shown), name.bytes,
			name.len - 1));
	buf_free(&name);
	return count > 0;
}

void
command_room(struct room *room, const struct command_call *call)
{
	struct ui *ui = room->ui;
	struct room *found;
	unsigned int number;

	if (ui->view->turn_to != NULL && call->len > 0 && call->len < 3 &&
	    rooms_is_number(call->args, call->len, &number)) {
		if (!ui->view->turn_to(ui, number))
			ui_line_error(room, "there is no room number %u",
			    number);
		return;
	}
	if (turn_to_person(room, call))
		return;
	found = named(room, call);
	if (found != NULL)
		ui_turn_to(found);
}

static void
keep(struct room *room, const struct command_call *call, bool keep)
{
	struct room *found = named(room, call);

	if (found != NULL)
		rooms_keep(room, found, keep);
}

void
command_remember(struct room *room, const struct command_call *call)
{
	keep(room, call, true);
}

void
command_forget(struct room *room, const struct command_call *call)
{
	keep(room, call, false);
}
