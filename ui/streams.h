/*
 * Standard input and output of the ui process: when each is waited for, and
 * what is done when it is ready, gone, or not ours for now.
 */
#ifndef UI_STREAMS_H
#define UI_STREAMS_H

#include "ui/process.h"

/* A background process may not read its terminal: EIO, tried again so. */
#define STREAMS_RETRY USEC_PER_SEC

/* Sets what the next wait is for. */
void streams_choose(struct process *p);
/* When the input is to be read again, or CLOCK_NEVER. */
uint64_t streams_deadline(const struct process *p);
/* Writes and reads what the wait has shown to be ready. */
void streams_serve(struct process *p);

#endif
