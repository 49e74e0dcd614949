/*
 * Who has the terminal: ui, or whoever started the program.
 */
#ifndef LAUNCHER_SCREEN_H
#define LAUNCHER_SCREEN_H

#include "launcher/supervisor.h"

/* Puts the terminal back, when ui has ended or is stopped. */
void screen_restore(struct supervisor *);

/* ui has started or was stopped, and asks for the screen: it may have it if
 * this job has the terminal. */
void screen_give(struct supervisor *);

#endif
