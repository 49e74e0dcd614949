/*
 * Members of the room, as the bootnode lists them, whose card does not open:
 * they know the room's tag, or the bootnode made them up, and nobody can see
 * whether they have the room's secret. They get no texts, but the user should
 * know that somebody is there who does not want to be seen.
 */
#ifndef CRYPTOD_CLIENT_STRANGERS_H
#define CRYPTOD_CLIENT_STRANGERS_H

#include "common/clock.h"
#include "common/ipc.h"

/* The number of strangers that are remembered, and counted. */
#define STRANGERS_MAX 256
/* The number of strangers that are reported one by one in this time; the number
 * of the others comes with the next one. */
#define STRANGERS_TOLD 4
#define STRANGERS_TIME (60 * USEC_PER_SEC)

struct strangers {
	size_t count;
	struct stranger {
		struct peer_id id;
		uint32_t seen; /* the newest version it was listed in */
	} list[STRANGERS_MAX];
	uint64_t since;	   /* when the first in this time was reported */
	unsigned int told; /* since then */
	uint32_t untold;   /* of those that came since the last that was */
};

/* The bootnode listed one in this version of the room: tells ui, once for as
 * long as it is listed. */
void strangers_add(struct strangers *, struct ipc_channel *ui, uint64_t now,
    const struct peer_id *, uint32_t version);
/* The member left, or its card can be opened now. */
void strangers_remove(struct strangers *, const struct peer_id *);
/* A whole roster was read: a stranger that was not in it, and did not come by
 * an event since, has left. */
void strangers_roster_end(struct strangers *, uint32_t version);

#endif
