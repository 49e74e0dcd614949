/*
 * Supervision of the children: the loop, the signals of the user, and the end
 * of all. children.c starts the children, listen.c reads their messages,
 * deaths.c deals with their deaths, and with children that are late.
 *
 * Nothing here waits without a deadline, or deaf to signals: a child, the
 * spawner, the terminal or the reader of the log may be stopped for ever.
 */
#ifndef LAUNCHER_SUPERVISE_H
#define LAUNCHER_SUPERVISE_H

#include "launcher/supervisor.h"

/* Catches the signals that end or stop the program, and blocks them until
 * supervise() waits: none is lost before. */
void supervise_signals(void);

/* Makes the first start, before the launcher is jailed, with a resolver if
 * wanted: until all children are there, or the program is to end, which
 * supervise() sees to. Their messages are not read yet. */
void supervise_start(struct supervisor *, bool resolver);

/* Runs until all have ended. Returns the program's exit code. */
int supervise(struct supervisor *);
/* Makes one turn of the loop: waits for something to do, and does it. Returns
 * false, having done nothing, if all have ended. */
bool supervise_turn(struct supervisor *);

/* For an end outside of supervise(): kills ui, and waits for its end, but not
 * for long. */
void supervise_end_ui(struct supervisor *);

#endif
