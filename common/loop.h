/*
 * The main loop of a child, the same for all: what there is to do, the wait for
 * channels, other descriptors and the time, and then whoever is concerned.
 */
#ifndef COMMON_LOOP_H
#define COMMON_LOOP_H

#include "common/child.h"
#include "common/dispatch.h"

#include <signal.h>

/* Channels to other children, and descriptors besides channels. */
#define LOOP_CHANNELS 2
#define LOOP_FDS      3

struct loop_channel {
	struct ipc_channel *channel;
	int turn; /* so many messages, and then the others have their turn */
	/* Whether one is taken now, or waits; NULL: always. Gone: its other end
	 * has died, and what is there is the last of it. */
	bool (*may_read)(const void *self, bool gone);
	/* The other end has died, and the channel is closed; NULL: the process
	 * ends, too. */
	void (*gone)(void *self, struct ipc_channel *);
	bool heard_out; /* what it said before it died is taken to the last */
	bool off;	/* it is not looked at */
};

struct loop {
	struct child *child;
	void *self;    /* of the functions here */
	uint64_t *now; /* set after each wait and before each message */
	struct dispatch handlers;
	struct loop_channel channels[LOOP_CHANNELS];
	size_t channel_count;
	struct pollfd fds[LOOP_FDS]; /* what is waited for; -1 for not at all */
	size_t fd_count;
	const sigset_t *waiting; /* blocked in the wait; NULL: as ever */
	uint64_t due;		 /* when the last wait was to end */
	/* Each may be NULL. When to work at the latest: */
	uint64_t (*deadline)(const void *self);
	/* The wait is over. False: nothing of what came is taken yet. */
	bool (*woke)(void *self);
	/* Some of the descriptors are ready, as their revents say. */
	void (*ready)(void *self);
	/* What it is time for, and what follows from all that was taken. */
	void (*work)(void *self);
};

/* Starts a loop on the control channel alone: the caller fills in the rest. */
void loop_init(struct loop *, struct child *, void *self, uint64_t *now);
/* Adds a channel, which the caller has opened. Ends the process if there are
 * LOOP_CHANNELS already. */
struct loop_channel *loop_add(struct loop *, struct ipc_channel *, int turn);

/* Waits, takes what has come, and works. A message that has no handler, or that
 * its handler refuses, ends its sender. */
void loop_turn(struct loop *);

/* The other end of a channel has died, whether or not that was seen: its last
 * words, if they count, and its end. Nothing, if that is over. */
void loop_end(struct loop *, struct ipc_channel *);

#endif
