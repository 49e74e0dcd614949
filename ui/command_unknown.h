/*
 * Unknown commands, and the ones that may have been meant.
 */
#ifndef UI_COMMAND_UNKNOWN_H
#define UI_COMMAND_UNKNOWN_H

#include "ui/command_list.h"

/* Reports that there is no command of that name, and which one may have been
 * meant. */
void command_unknown(struct room *, const struct command_list *,
    const char *name, size_t len);

#endif
