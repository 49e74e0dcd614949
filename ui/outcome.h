/*
 * The outcome of all texts, and of the lines of the input: a script learns it
 * from the exit code.
 */
#ifndef UI_OUTCOME_H
#define UI_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

struct ui;

struct outcome {
	uint64_t undelivered; /* a text and a peer that has not got it */
	bool to_nobody;	      /* a text that nobody was there for */
	bool not_sent;	 /* a text, or a line that was not taken any more */
	bool refused;	 /* a line of the input was an error */
	bool stayed_out; /* the input ended, and no bootnode had admitted us */
	bool unknown;	 /* it is not known of some whether they arrived */
};

/* A peer will not get a text; a peer has got one that was reported like
 * that. */
void outcome_undelivered(struct outcome *);
void outcome_delivered_late(struct outcome *);

/* Returns the exit code of the process, once ui_work() has come to UI_DONE: 0
 * or CHILD_UNDELIVERED. In the tui it is 0, since the user has seen the
 * outcome. */
int outcome_exit_code(const struct ui *);

#endif
