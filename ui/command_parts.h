/*
 * What the files of the commands share: command.c has the table and takes a
 * line apart, command_peer.c has what names a person, command_help.c explains
 * them, command_unknown.c answers a line that is no command.
 */
#ifndef UI_COMMAND_PARTS_H
#define UI_COMMAND_PARTS_H

#include "ui/command.h"

#include <stdbool.h>

/* The size of what was typed, in an error: bytes, with the NUL. */
#define COMMAND_SHOWN_MAX 48

bool command_is_blank(char);
/* Moves to the first character that is not a blank. */
void command_skip_blanks(const char **s, size_t *len);
/* In any case of letters. */
bool command_is_word(const char *s, size_t len, const char *word);
/* True for a command that only the tui has, in another view of a client. */
bool command_is_of_tui(const struct ui *, const char *name, size_t len);
/* The command of that name, or NULL if it is not there. */
const struct command *command_find(const struct ui *, const char *name,
    size_t len);
/* Says that there is no command of that name, and which may have been meant. */
void command_unknown(struct ui *, const char *name, size_t len);
/* Says what is wrong with the arguments, and how they are. */
void command_usage_error(struct ui *, const struct command *, const char *what);

/* True, after an error, for a lone yes or no while /verify waits for one: it
 * is not meant for the room. */
bool command_answers(struct ui *, const char *line, size_t len);

/* The functions of commands, as struct command has them. */
void command_help(struct ui *, const struct command *, const char *args,
    size_t len);
void command_msg(struct ui *, const struct command *, const char *args,
    size_t len);
void command_verify(struct ui *, const struct command *, const char *args,
    size_t len);

#endif
