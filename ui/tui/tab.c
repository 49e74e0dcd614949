/*
 * Tab: what can be completed in this room, and now. See complete.h.
 */
#include "ui/tui/action_parts.h"
#include "ui/tui/tui.h"

#include "ui/command.h"
#include "ui/people.h"
#include "ui/rooms.h"

#include "ui/tui/query.h"

#include <stdio.h>
#include <string.h>

/* Writes the people whose names can be completed into names; returns how
 * many. */
static size_t
names_of(const struct ui *ui, struct complete_name names[PEERS_MAX])
{
	struct person people[PEERS_MAX];
	size_t all = people_list(&ui->front->model, people), count = 0;

	for (size_t i = 0; i < all; i++) {
		const struct peer *p = people[i].p;

		if (p->known)
			names[count++] = (struct complete_name){ p->shown,
				ui->front->spoke[PEER_INDEX(p->handle)] };
	}
	return count;
}

/* Writes what the rooms are called into names, in the order of their places;
 * returns how many. */
static size_t
rooms_of(const struct ui *ui, const char *names[ROOMS_MAX])
{
	size_t count = 0;

	FOREACH_PANE (pane, ui->tui)
		if (!pane->alone && pane->room->handle[0] != '\0')
			names[count++] = pane->room->handle;
	return count;
}

/* The same of rooms and conversations. A room goes before a person of the same
 * name. */
static size_t
places_of(const struct ui *ui, const char *names[PLACES_MAX])
{
	const char *name;
	size_t count = 0;

	FOREACH_PANE (pane, ui->tui) {
		name = pane->alone ? query_name(pane) : pane->room->handle;
		if (pane->alone ? rooms_named(ui, name, strlen(name)) == NULL
				: *name != '\0')
			names[count++] = name;
	}
	return count;
}

#define COMMANDS_MAX 32
#define COMMAND_MAX  32

void
tab_complete(struct ui *ui, bool backwards)
{
	char commands[COMMANDS_MAX][COMMAND_MAX];
	const char *list[COMMANDS_MAX];
	struct complete_name names[PEERS_MAX];
	const char *rooms[ROOMS_MAX], *places[PLACES_MAX];
	struct complete_words words = {
		.commands = list,
		.names = names,
		.name_count = names_of(ui, names),
		.rooms = rooms,
		.room_count = rooms_of(ui, rooms),
		.places = places,
		.place_count = places_of(ui, places),
	};
	const struct command *c;
	struct buf out = { 0 };
	struct editor *e = &ui->tui->shown->editor;
	size_t at = 0, len, cursor;
	const char *text = editor_text(e, &len);

	while (words.command_count < COMMANDS_MAX &&
	    (c = command_next(ui->front, &at)) != NULL) {
		snprintf(commands[words.command_count], COMMAND_MAX, "/%s",
		    c->name);
		list[words.command_count] = commands[words.command_count];
		words.command_count++;
	}
	if (complete_tab(&ui->tui->complete, &words, text, len,
		editor_cursor(e), backwards, &out, &cursor))
		editor_set(e, out.bytes, out.len, cursor);
	buf_free(&out);
}
