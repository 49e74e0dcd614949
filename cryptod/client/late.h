/*
 * Messages that a peer was given and left without a receipt for: they were
 * reported as undelivered, and the report is corrected if the peer comes back
 * and has them. A receipt is for all that was sent before it on its stream
 * (PROTOCOL.md section 5.2), and the first one on a stream also for the texts
 * that came by earlier streams; nothing else tells about those.
 */
#ifndef CRYPTOD_CLIENT_LATE_H
#define CRYPTOD_CLIENT_LATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs of sequence numbers that are kept; beyond that, the oldest is dropped
 * and stays told as undelivered. */
#define LATE_MAX 8

struct late {
	uint64_t first;
	uint64_t last;
	bool over; /* the stream that had it last is */
};

/* All zeros: there were none yet. */
struct lates {
	uint64_t given; /* the highest that any stream had */
	bool settled;	/* the stream's first receipt has come */
	size_t count;
	struct late at[LATE_MAX];
};

/* The stream has this text now. */
void late_given(struct lates *, uint64_t seq);
/* This text was given up; on_stream: the present stream had it. */
void late_add(struct lates *, uint64_t seq, bool on_stream);
/* The stream is over. */
void late_over(struct lates *);
/* True if only the stream's first receipt can tell the fate of some texts. It
 * could not if the stream had had anything before it, so nothing is to be given
 * until then. */
bool late_wait(const struct lates *);
/* A receipt up to this number came: returns the next text that was received
 * after all, or 0. It is to be called until it returns 0. */
uint64_t late_received(struct lates *, uint64_t seq);

#endif
