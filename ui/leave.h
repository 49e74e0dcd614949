/*
 * The end of the ui process: what has not gone out by then, and what is not
 * known to have arrived, is told.
 */
#ifndef UI_LEAVE_H
#define UI_LEAVE_H

#include "ui/ui.h"

/* Sends QUIT, now; reports what was held as not sent. */
void ui_quit(struct ui *);
/* cryptod said GOODBYE, or never will. */
void ui_goodbye(struct ui *);

#endif
