/*
 * Commands, and how one is found in a list of them. The list itself is above
 * this, in command.c: functions that run or explain commands get it as an
 * argument.
 */
#ifndef UI_COMMAND_LIST_H
#define UI_COMMAND_LIST_H

#include "ui/buf.h"

#include <stdbool.h>
#include <stddef.h>

struct room;

/* The modes and views in which a command exists. */
#define COMMAND_CLIENT	 1u
#define COMMAND_BOOTNODE 2u
#define COMMAND_TUI_ONLY 4u /* of the views */
/* The argument of the command is said however it and its lines begin. */
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

struct command_call;

struct command {
	const char *name; /* without the slash */
	const char *arguments;
	const char *help;    /* at most 48 bytes, ASCII */
	const char *more;    /* sentences: what else is to be known */
	const char *example; /* of arguments, or NULL */
	unsigned int where;
	enum command_arguments takes;
	void (*run)(struct room *, const struct command_call *);
};

struct command_list {
	const struct command *rows;
	size_t count;
};

/* A command as it was typed. */
struct command_call {
	const struct command *command;
	const struct command_list *all;
	const char *args; /* without blanks at its ends */
	size_t len;	  /* 0: none */
};

/* Returns the next command that exists in this mode and view, from *at on; NULL
 * after the last. *at is 0 at first. */
const struct command *command_list_next(const struct command_list *,
    const struct room *, size_t *at);
/* Returns the command of that name, or NULL if it does not exist here. */
const struct command *command_list_find(const struct command_list *,
    const struct room *, const char *name, size_t len);
/* True for a command that only the tui has, in another view of a client. */
bool command_list_is_of_tui(const struct command_list *, const struct room *,
    const char *name, size_t len);

bool command_is_blank(char);
/* Moves to the first character that is not a blank. */
void command_skip_blanks(const char **s, size_t *len);
/* Compares in any case of letters. */
bool command_is_word(const char *s, size_t len, const char *word);
/* Takes a word, or the text in quotes, and the blanks after it; appends it and
 * a NUL to name. Returns false if the quotes are not closed, or something
 * follows them at once. */
bool command_take_name(struct buf *name, const char **args, size_t *len);
/* Reports what is wrong with the arguments, and how they should be. */
void command_usage_error(struct room *, const struct command *,
    const char *what);

#endif
