/*
 * Errors, as the view shows them.
 */
#ifndef UI_ERRORS_H
#define UI_ERRORS_H

#include "ui/ui.h"

/* These show an error; the second names the line of input, unless that was
 * typed at a terminal. */
void ui_error(struct room *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
void ui_line_error(struct room *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

#endif
