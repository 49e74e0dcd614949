/*
 * Texts that an earlier ui showed and cryptod has kept
 * (cryptod/client/recall.h): they come before everything else that is shown,
 * and are no news. Their authors need not be here any more, so their names are
 * decided among themselves, by the same rules as those of the people here.
 */
#ifndef UI_PAST_H
#define UI_PAST_H

#include "ui/model.h"
#include "ui/said.h"

struct room;

struct ui_past {
	bool awaited;	/* this ui is not the first, and has not all yet */
	bool ready_due; /* who we are is told after it */
	struct model *people; /* the people of it, or NULL */
	unsigned int texts;
	uint64_t seq; /* of ours that came last, and its start: */
	char excerpt[SAID_EXCERPT];
	/* Our texts with an unknown outcome, by their numbers. */
	struct past_own *own;
	size_t own_count;
};

struct past_own {
	uint64_t seq;
	uint32_t peers; /* it went to so many, */
	uint32_t left;	/* so many peers are still to be heard from */
	bool sent;
	bool open;
	char excerpt[SAID_EXCERPT];
};

/* A text of it, for a view. */
struct recalled_text {
	int64_t wall_ms; /* since 1970 */
	uint64_t seq;	 /* of ours; 0: it is a peer's */
	unsigned int flags;
	/* The author, or the only addressee of ours; else NULL. */
	const struct peer *who;
	bool sent;	/* ours: it does not wait any more, */
	bool open;	/* whoever comes gets it, too, */
	uint32_t peers; /* it went to so many, and so many have it */
	uint32_t delivered;
	uint32_t others; /* did not get it, and nobody will name them */
	const char *text;
	size_t len;
};

/* Handlers of dispatch.c, -1 if the message is not allowed now. */
int past_text(void *ui, const struct ipc_message_in *);
int past_missed(void *ui, const struct ipc_message_in *);
int past_draft(void *ui, const struct ipc_message_in *);
int past_end(void *ui, const struct ipc_message_in *);

/* These take SENT, SENT_ALSO and SENT_ALL of its texts: the views are told. One
 * of the addressees has the text, or will not get it. */
void past_sent(struct room *, uint64_t seq, uint32_t peers, bool open);
void past_also(struct room *, uint64_t after);
void past_all(struct room *, uint64_t seq);
void past_heard_of(struct room *, uint64_t seq);
/* cryptod died, and no other knows these texts: tells the user how many have an
 * unknown outcome. */
void past_lost(struct room *);

/* No more texts come: tells the user that this is another ui. */
void past_over(struct room *);
/* Frees everything that there is. */
void past_free(struct ui_past *);

#endif
