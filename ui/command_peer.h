/*
 * The slash commands that name a person.
 */
#ifndef UI_COMMAND_PEER_H
#define UI_COMMAND_PEER_H

#include "ui/command_list.h"

/* The handlers, as struct command has them. */
void command_msg(struct room *, const struct command_call *);
void command_query(struct room *, const struct command_call *);
void command_verify(struct room *, const struct command_call *);

/* True, after an error, for a lone yes or no while /verify waits for one: it is
 * not meant for the room. */
bool command_answers(struct room *, const char *line, size_t len);
/* The number that /verify showed was compared: a lone yes is a text again. */
void command_compared(struct room *);

#endif
