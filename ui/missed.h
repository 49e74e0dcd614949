/*
 * One peer does not get text after text, or gets them after all: people read a
 * few lines that name each text, and then one line a second that counts the
 * rest. This is for the plain view; in the tui each text has its mark, and
 * programs are told each.
 */
#ifndef UI_MISSED_H
#define UI_MISSED_H

#include "common/clock.h"
#include "common/ipc.h"

struct peer;
struct room;

/* So many are reported by themselves, until there were none for this time. */
#define MISSED_EACH 8
#define MISSED_REST (60 * USEC_PER_SEC)
/* The others are reported this often. */
#define MISSED_TIME USEC_PER_SEC
/* Runs are kept for so many peers, or kinds, at a time. */
#define MISSED_RUNS 16

/* A value in place of an enum undelivered_reason: the text was delivered after
 * all. */
#define MISSED_LATE UNDELIVERED_COUNT

struct missed_run {
	struct peer_id id;
	unsigned int what; /* enum undelivered_reason, or MISSED_LATE */
	unsigned int told; /* 0: it is free */
	unsigned int more; /* not reported yet, */
	uint64_t seq;	   /* the last of which is this one; */
	uint64_t tell_at;  /* to be told then */
	uint64_t at;	   /* when the last came */
};

/* Tells the view, now or later. p may be NULL. */
void missed_undelivered(struct room *, const struct ipc_undelivered *,
    const struct peer *p);
void missed_late(struct room *, const struct ipc_delivered *,
    const struct peer *p);

/* Tells the reports that are due; or all of them, because it ends. */
void missed_tell(struct room *, bool all);
/* Returns when a report is due, or CLOCK_NEVER. */
uint64_t missed_deadline(const struct room *);

#endif
