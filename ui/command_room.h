/*
 * The slash commands about rooms: to come and go, and where what is typed goes.
 */
#ifndef UI_COMMAND_ROOM_H
#define UI_COMMAND_ROOM_H

#include "ui/command_list.h"

/* Functions of the table of commands (command.c). */
void command_join(struct room *, const struct command_call *);
void command_part(struct room *, const struct command_call *);
void command_rooms(struct room *, const struct command_call *);
void command_room(struct room *, const struct command_call *);
void command_remember(struct room *, const struct command_call *);
void command_forget(struct room *, const struct command_call *);

/* True for a line with a secret in it: an invite, or one to be joined. It is
 * in no history of lines, and not told to cryptod. */
bool command_is_secret(const char *line, size_t len);

#endif
