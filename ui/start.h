/*
 * The start of the ui process, before its sandbox and in it.
 */
#ifndef UI_START_H
#define UI_START_H

#include "ui/process.h"

/* Takes the configuration, and does the next. *p is all zero. */
void start_process(struct process *p, enum process_id, struct ipc_config_ui *);
/* Sets up ui, its view and its loop. Functions that open a file at their first
 * use are called once here: not for the sandbox. */
void start_outside(struct process *p, const struct ipc_config_ui *);
/* Tells what the user has to know at first, and asks for the screen. */
void start_inside(struct process *p, const struct ipc_config_ui *);

#endif
