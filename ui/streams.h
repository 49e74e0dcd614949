/*
 * Standard input and output of the ui process: when it waits for each, and what
 * it does when one is ready, gone, or not ours for now.
 */
#ifndef UI_STREAMS_H
#define UI_STREAMS_H

#include "ui/process.h"

/* A background process may not read its terminal: EIO, and it tries again after
 * this time. */
#define STREAMS_RETRY USEC_PER_SEC

/* Sets the events that the next wait is for. */
void streams_choose(struct process *p);
/* Returns when the input is to be read again, or CLOCK_NEVER. */
uint64_t streams_deadline(const struct process *p);
/* Writes and reads where the wait has shown that it is possible. */
void streams_serve(struct process *p);

#endif
