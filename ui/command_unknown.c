/*
 * Unknown commands. See command_unknown.h.
 */
#include "ui/command_unknown.h"

#include "ui/errors.h"
#include "ui/text.h"
#include "ui/ui.h"

#include "common/edit_distance.h"

#include <ctype.h>
#include <string.h>

/* Appends the commands that begin with the word, and returns whether there are
 * any. */
static bool
put_begun(const struct command_list *all, const struct room *room,
    const char *word, size_t len, struct buf *out)
{
	const struct command *c;
	size_t at = 0;

	while (len > 0 && (c = command_list_next(all, room, &at)) != NULL)
		if (strncasecmp(c->name, word, len) == 0)
			buf_printf(out, "%s/%s", out->len > 0 ? " or " : "",
			    c->name);
	buf_put(out, "", 1);
	return out->len > 1;
}

/* Returns the command that differs from the word by at most half; NULL if none
 * is so near. */
static const struct command *
nearest(const struct command_list *all, const struct room *room,
    const char *word, size_t len)
{
	const struct command *c, *best = NULL;
	size_t at = 0, d, best_d = EDIT_DISTANCE_FAR;
	char name[EDIT_DISTANCE_MAX];

	if (len > sizeof(name))
		return NULL;
	for (size_t i = 0; i < len; i++)
		name[i] = (char)tolower((unsigned char)word[i]);
	while ((c = command_list_next(all, room, &at)) != NULL) {
		d = edit_distance_of_name(name, len, c->name);
		if (d < best_d) {
			best = c;
			best_d = d;
		}
	}
	return best;
}

/* An operator has few commands, and gets all of their names. */
static void
unknown_to_operator(struct room *room, const struct command_list *all,
    const char *shown, const struct command *near)
{
	const struct command *c;
	struct buf names = { 0 };
	size_t at = 0;

	while ((c = command_list_next(all, room, &at)) != NULL)
		buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", c->name);
	if (near != NULL)
		ui_line_error(room,
		    "unknown command %s; did you mean %s? The commands are "
		    "%.*s",
		    shown, near->name, (int)names.len, names.bytes);
	else
		ui_line_error(room, "unknown command %s; the commands are %.*s",
		    shown, (int)names.len, names.bytes);
	buf_free(&names);
}

void
command_unknown(struct room *room, const struct command_list *all,
    const char *name, size_t len)
{
	const struct command *c = nearest(all, room, name, len);
	char shown[TEXT_SHOWN_MAX];
	struct buf begun = { 0 };

	text_excerpt(shown, sizeof(shown), name, len);
	if (room->ui->mode == MODE_BOOTNODE)
		unknown_to_operator(room, all, shown, c);
	else if (command_list_is_of_tui(all, room, name, len))
		ui_line_error(room,
		    "/%s is a command of the tui, the full screen; not sent",
		    shown);
	else if (put_begun(all, room, name, len, &begun))
		ui_line_error(room,
		    "unknown command /%s; did you mean %s? Not sent", shown,
		    begun.bytes);
	else if (c != NULL)
		ui_line_error(room,
		    "unknown command /%s; did you mean /%s? Not sent", shown,
		    c->name);
	else
		ui_line_error(room, "unknown command /%s; not sent, see /help",
		    shown);
	buf_free(&begun);
}
