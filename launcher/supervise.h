/*
 * Watching over the children: the loop, the signals that the user sends, and
 * the end of all. children.c starts them, listen.c hears what they say,
 * deaths.c has what a death leads to, and what a child is late with.
 *
 * Nothing here waits without a deadline, or deaf to signals: whoever is waited
 * for, child, spawner, terminal or reader of the log, may be stopped for ever.
 */
#ifndef LAUNCHER_SUPERVISE_H
#define LAUNCHER_SUPERVISE_H

#include "launcher/supervisor.h"

/* Catches the signals that end or stop the program, and blocks them until
 * supervise() waits: none is lost before. */
void supervise_signals(void);

/* The first start, before the launcher is jailed, with a resolver if that is
 * wanted: until all are there, or the program is to end, which supervise() sees
 * to. Nothing that they say is read. */
void supervise_start(struct supervisor *, bool resolver);

/* Until all have ended. Returns the program's exit code. */
int supervise(struct supervisor *);
/* A turn of it: waits for something to do, and does it. Returns false, having
 * done nothing, if all have ended. */
bool supervise_turn(struct supervisor *);

/* For an end that supervise() does not see: kills ui, and waits for that, but
 * not for long. */
void supervise_end_ui(struct supervisor *);

#endif
