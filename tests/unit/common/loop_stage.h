/*
 * A cryptod without work: its main loop is the real one, and its launcher and
 * its two neighbours are the test's.
 */
#ifndef TESTS_UNIT_COMMON_LOOP_STAGE_H
#define TESTS_UNIT_COMMON_LOOP_STAGE_H

#include "common/loop.h"

struct stage {
	struct child child;
	struct loop loop;
	uint64_t now;
	struct ipc_channel launcher;
	struct ipc_channel netd, netd_end;
	struct ipc_channel ui, ui_end;
	int asked;  /* NET_STATUS came so often, */
	int quits;  /* and QUIT, */
	int worked; /* and it had time to work */
	int gone;
	bool full; /* nothing more is taken of netd */
	bool ready;
	bool asleep;	   /* whatever came, it is not taken yet */
	bool netd_dies;	   /* as soon as it was heard */
	uint64_t deadline; /* 0: at once */
	/* What was heard: a channel is Gone, the launcher passes a new One, a
	 * neighbour Quits. */
	char order[8];
};

/* Opens all channels and adds those of the neighbours to the loop; so many
 * messages of one are taken before the others have their turn. */
void loop_stage_begin(struct stage *, int turn);
void loop_stage_end(struct stage *);

/* A neighbour has died: netd, unless a test says it of ui, too. */
void loop_stage_gone(void *self, struct ipc_channel *);

/* netd says NET_STATUS so often. */
void loop_stage_tell(struct stage *, int count);

#endif
