/*
 * The slash commands, in one table for the plain view and the tui: name,
 * arguments, help, where each is there, and what it does.
 */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include "ui/view.h"

#include "ui/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct ui;

/* Where a command is there. */
#define COMMAND_CLIENT	 1u
#define COMMAND_BOOTNODE 2u
#define COMMAND_TUI_ONLY 4u /* of the views */
/* The command's argument is said whatever it and its lines begin with. */
#define COMMAND_AS_IT_IS 8u
#define COMMAND_SAYS	 16u /* something, so it needs room to be held */
/* The command need not wait for its turn: it only asks something, or leaves. */
#define COMMAND_ASKS   32u
#define COMMAND_LEAVES 64u

enum command_arguments {
	COMMAND_BARE, /* none */
	COMMAND_OPTIONAL,
	COMMAND_NEEDED
};

struct command {
	const char *name; /* without the slash */
	const char *arguments;
	const char *help;    /* at most 48 bytes, ASCII */
	const char *more;    /* sentences: what else is to be known */
	const char *example; /* of arguments, or NULL */
	unsigned int where;
	enum command_arguments takes;
	/* args: without blanks at its ends; len 0: none. */
	void (*run)(struct ui *, const struct command *, const char *args,
	    size_t len);
};

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
 */
void command_line(struct ui *, const char *line, size_t len);
/* When it may be obeyed, if others wait before it. */
enum turn command_turn(const struct ui *, const char *line, size_t len);
/* True unless it would take it for a command that says nothing. */
bool command_says(const struct ui *, const char *line, size_t len);

/* Those that are there in this mode and view, from *at on; NULL after the
 * last. *at is 0 at first. */
const struct command *command_next(const struct ui *, size_t *at);

/* The number that /verify showed was compared: a lone yes is a text again. */
void command_compared(struct ui *);

#endif
