/*
 * The slash commands, in one table for the plain view and the tui, and what a
 * line of input is by it.
 */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include "ui/command_list.h"
#include "ui/view.h"

/*
 * What a line of input means, valid UTF-8 without NUL:
 *
 *	/name arguments		a command; blanks at the end and capitals in
 *				its name do not matter
 *	//text			says "/text"
 *	anything else		is said as it is; if it is blank, nothing is
 *
 * What shows nothing before the slash does not matter (typed.h). A command
 * that does not exist, or has arguments too few or too many, is an error that
 * names what was meant; it is never said. Nor is a line that only seems to
 * begin with a slash, or a text of several lines of which a further one begins
 * with one: /say says those.
 *
 * A bootnode says nothing, so each line is a command there, with a slash or
 * without one.
 */
void command_line(struct room *, const char *line, size_t len);
/* When it may be obeyed, if other lines wait before it. */
enum turn command_turn(const struct room *, const char *line, size_t len);
/* True unless the view would take it for a command that says nothing. */
bool command_says(const struct room *, const char *line, size_t len);

/* Returns the commands that exist in this mode and view, from *at on; NULL
 * after the last. *at is 0 at first. */
const struct command *command_next(const struct room *, size_t *at);

#endif
