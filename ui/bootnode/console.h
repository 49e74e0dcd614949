/*
 * The commands of a bootnode's console: what was typed, or read as json, in the
 * words of the control socket, and answered by the same code. They are
 * functions of struct ui_side (ui/ui.h).
 */
#ifndef UI_BOOTNODE_CONSOLE_H
#define UI_BOOTNODE_CONSOLE_H

#include "ui/ui.h"

void console_command(struct room *, const char *name, const char *argument);
void console_object(struct room *, struct json_t *);
bool console_takes(const struct ui *);
bool console_awaits_stats(const struct ui *);

/* To be called often; and returns when at the latest. */
void console_work(struct ui *);
uint64_t console_deadline(const struct ui *);

#endif
