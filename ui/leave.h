/*
 * The end of the ui process: it reports the texts that were not sent by then,
 * and those that may not have arrived.
 */
#ifndef UI_LEAVE_H
#define UI_LEAVE_H

#include "ui/ui.h"

/* Sends QUIT, now; reports the held texts as not sent. */
void ui_quit(struct ui *);
/* cryptod said GOODBYE, or never will. */
void ui_goodbye(struct ui *);

#endif
