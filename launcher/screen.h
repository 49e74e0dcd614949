/*
 * The process that has the terminal: ui, or the program that started gochat.
 */
#ifndef LAUNCHER_SCREEN_H
#define LAUNCHER_SCREEN_H

#include "launcher/supervisor.h"

/* Puts the terminal back, when ui has ended or is stopped. */
void screen_restore(struct supervisor *);

/* ui has started or was stopped, and asks for the screen: it gets it if this
 * job has the terminal. */
void screen_give(struct supervisor *);

#endif
