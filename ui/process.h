/*
 * The ui process around struct ui: its loop, the messages of the launcher, and
 * the channel to cryptod. Its descriptors and its clock are main.c's; tests
 * have others.
 */
#ifndef UI_PROCESS_H
#define UI_PROCESS_H

#include "ui/ui.h"

#include "common/child.h"
#include "common/loop.h"

#include <signal.h>

/* Descriptors that are not channels. */
enum {
	WAIT_OUT,
	WAIT_IN,
	WAIT_COUNT
};

_Static_assert(WAIT_COUNT <= LOOP_FDS, "more than a loop waits for");

struct process {
	int in; /* standard input */
	int out;
	int rooms_fd;	/* the descriptor of room 0's channel; others follow */
	bool connected; /* to its first cryptod; before, no input is taken */
	/* Sets now and wall_ms. */
	void (*read_clocks)(struct ui *);
	struct child child;
	struct loop loop;
	struct ui ui;
	uint64_t in_at;	  /* the input is not read before */
	bool hung_up;	  /* what is left to be read is all that comes */
	sigset_t waiting; /* what is blocked while the loop waits */
	int exit_code;	  /* or 0: by what became of what was said */
};

/* Makes the loop; p->ui is initialised, and its channels may be opened
 * later. */
void process_init(struct process *p);
/* Repeats the loop until ui is done. */
void process_run(struct process *p);
int process_exit_code(const struct process *p);

#endif
