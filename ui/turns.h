/*
 * Lines of input on their way to the view: each is taken in its turn, when
 * there is room for its text. Lines that have to wait are kept here, so that
 * the input is read on: its end is seen, and once nothing has been taken for a
 * while, a line that says nothing but ends or explains the wait is obeyed out
 * of turn. When no more can be kept nothing is read: then only the end of the
 * input, or a signal, leaves.
 */
#ifndef UI_TURNS_H
#define UI_TURNS_H

#include "common/processes.h"

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ui;

/* With more than so many bytes kept nothing more is read. */
#define TURNS_BYTES_MAX (256UL * 1024)
/* The time before anything is obeyed out of turn. */
#define TURNS_PATIENCE (2 * USEC_PER_SEC)

struct waiting_line;
STAILQ_HEAD(waiting_lines, waiting_line);

struct turns {
	struct waiting_lines waiting;
	size_t count;		  /* of them */
	size_t queued[ROOMS_MAX]; /* of those for that room */
	size_t bytes;
	uint64_t line;	/* number of the one that is being taken */
	uint64_t taken; /* texts, ever, when last looked at */
	uint64_t since; /* none was taken, and one waits; or CLOCK_NEVER */
	bool told;	/* the user knows that they wait, */
	bool full_told; /* and that no more is read */
};

void turns_init(struct turns *);
/* Forgets the lines that wait; returns how many there were. */
size_t turns_drop(struct turns *);

/* True if no more can be kept. */
bool turns_full(const struct turns *);
/* Takes the lines that there is room for, and keeps the rest. */
void turns_take(struct ui *);
/* True if something waits, here or in the tui. */
bool turns_wait(const struct ui *);
/* True if something has waited, here or in the tui, for TURNS_PATIENCE. */
bool turns_stand_still(const struct ui *);
/* Returns when that will be so, or CLOCK_NEVER. */
uint64_t turns_deadline(const struct ui *);

#endif
