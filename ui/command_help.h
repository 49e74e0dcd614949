/*
 * /help: the commands, one of them, or the keys.
 */
#ifndef UI_COMMAND_HELP_H
#define UI_COMMAND_HELP_H

#include "ui/command_list.h"

/* The handler, as struct command has it. */
void command_help(struct room *, const struct command_call *);

#endif
