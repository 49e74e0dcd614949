/*
 * The terminal of the tui as the shell lends it: another size, a stop by
 * Ctrl-Z, and the screen again when the job goes on. The launcher knows whether
 * the terminal is ours, and puts it back however we end, once it has given the
 * screen to us: nothing is drawn before.
 */
#ifndef UI_FOREGROUND_H
#define UI_FOREGROUND_H

#include "ui/process.h"

/* SIGWINCH and SIGCONT come only while the loop waits. */
void foreground_catch(struct process *p);
/* Asks the launcher for the screen, and draws nothing until it is here. */
void foreground_ask(struct process *p);
/* The screen is ours: draws it. */
void foreground_take(struct process *p);
/* Does what the signals since the last call ask for. Does nothing without a
 * tui. */
void foreground_look(struct process *p);
/* True if the job was stopped and goes on: the shell may have the screen. */
bool foreground_returned(const struct process *p);
/* The user wants to stop: the launcher stops us all, and gives the terminal
 * back meanwhile. */
void foreground_stop(struct process *p);

#endif
