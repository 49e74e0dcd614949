/*
 * The main loop of a child, the same for all: it waits for channels, other
 * descriptors and the time, and then calls the functions concerned.
 */
#ifndef COMMON_LOOP_H
#define COMMON_LOOP_H

#include "common/child.h"
#include "common/dispatch.h"

#include <signal.h>

/* The numbers of channels to other children, and of other descriptors. */
#define LOOP_CHANNELS ROOMS_MAX
#define LOOP_FDS      (3 + CONTROL_CONNECTIONS)

struct loop_channel {
	struct ipc_channel *channel; /* NULL: the place is free */
	/* Of the functions here, and of handlers that were added without one;
	 * as the loop's, unless it is changed. */
	void *self;
	int turn; /* so many messages, and then it is the others' turn */
	/* Whether a message is taken now, or waits; NULL: it is always taken.
	 * gone: the other end has died, and these are its last messages. */
	bool (*may_read)(const void *self, bool gone);
	/* The other end has died, and the channel is closed; NULL: the process
	 * ends, too. */
	void (*gone)(void *self, struct ipc_channel *);
	/* A fault of the other end is only its own: this process reports it,
	 * and goes on as if it had died. */
	bool wary;
	bool heard_out; /* its last messages before it died are all taken */
	bool off;	/* the loop does not look at it */
};

struct loop {
	struct child *child;
	void *self;    /* of the functions here */
	uint64_t *now; /* set after each wait and before each message */
	struct dispatch handlers;
	struct loop_channel channels[LOOP_CHANNELS];
	size_t channel_count; /* up to the last that there has been */
	size_t polled;	      /* of these, in the last wait: others may come */
	struct pollfd fds[LOOP_FDS]; /* what is waited for; -1 for not at all */
	size_t fd_count;
	const sigset_t *waiting; /* blocked in the wait; NULL: as ever */
	uint64_t due;		 /* when the last wait was to end */
	/* Each of these functions may be NULL. The first returns the latest
	 * time to work at: */
	uint64_t (*deadline)(const void *self);
	/* The wait is over. If this returns false, no message is taken yet. */
	bool (*woke)(void *self);
	/* Some of the descriptors are ready, as their revents say. */
	void (*ready)(void *self);
	/* Does the work that is due, and all that follows from the messages
	 * taken. */
	void (*work)(void *self);
};

/* Starts a loop on the control channel alone: the caller fills in the rest. */
void loop_init(struct loop *, struct child *, void *self, uint64_t *now);
/* Adds a channel, which the caller has opened. Ends the process if there are
 * LOOP_CHANNELS already. */
struct loop_channel *loop_add(struct loop *, struct ipc_channel *, int turn);
/* Takes out a channel, which is closed. Not to be called from its own
 * functions. */
void loop_remove(struct loop *, const struct ipc_channel *);

/* Waits, takes what has come, and works. A message that has no handler, or that
 * its handler refuses, ends its sender. */
void loop_turn(struct loop *);

/* The other end of a channel has died, whether or not that was seen: takes its
 * last messages, if they count, and ends the channel. Does nothing if that has
 * been done. */
void loop_end(struct loop *, struct ipc_channel *);

#endif
