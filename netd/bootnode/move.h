/*
 * Rooms that are here and at home at another node of the fleet, because one has
 * come, or this one drains. Their sessions are told where to go, by MOVE, again
 * each second; after five, who is still there is ended, and joins again where
 * its client can. Nobody in such a room hears that others leave it: they are on
 * their way to the same place. PROTOCOL.md section 2.18.
 *
 * All rooms are looked at in portions, so that packets are not kept waiting,
 * and not more sessions are sent away in a second than a node can take in.
 */
#ifndef NETD_BOOTNODE_MOVE_H
#define NETD_BOOTNODE_MOVE_H

#include "netd/bootnode/registry.h"

struct bootnode;
struct fleet_record;

/* A MOVE is told so often, a second apart; then the room is ended. */
#define MOVE_TIMES 5
#define MOVE_AGAIN USEC_PER_SEC
/* So many sessions a second can join a node: all that move there at once come
 * from the other nodes in equal parts. A node that gives its rooms away to all
 * others sends away as many. */
#define MOVES_PER_SECOND 4000
/* A few are not sent faster than in so many seconds. */
#define MOVE_SPREAD   4
#define MOVES_SLOWEST 100 /* a second */
/* Sessions that cannot reach the home of their room are asked to try again,
 * when those times are over that come sooner (remind.h). */
#define REMIND_SPACING (60 * USEC_PER_SEC)

enum move_pass {
	PASS_NONE,
	PASS_COUNT, /* how many there are to move */
	PASS_MOVE,
	PASS_REMIND
};

/* A room that moves. */
struct moving {
	TAILQ_ENTRY(moving) next;
	struct room_tag tag;
	uint64_t at; /* the next step is due */
	unsigned int told;
};

TAILQ_HEAD(moving_list, moving);

struct moves {
	enum move_pass pass;
	bool begun; /* the rooms up to this one were looked at: */
	struct room_tag at;
	uint64_t next_at;	  /* the next portion is due */
	uint64_t remind_at;	  /* the next PASS_REMIND is */
	uint32_t rooms, sessions; /* that this pass has found */
	uint32_t rate;		  /* sessions a second, not 0 */
	uint64_t paid_until;	  /* those that were sent away */
	struct moving_list list;  /* first due first */
};

void moves_init(struct moves *);
void moves_free(struct moves *);
/* Rooms have other homes than before. */
void moves_begin(struct bootnode *, uint64_t now);
/* Returns the node that the room is at home at, or NULL if that is this one. */
const struct fleet_record *move_elsewhere(const struct bootnode *,
    const struct room *);
/* Sends all sessions of the room a MOVE to that node. */
void move_tell(struct bootnode *, uint64_t now, struct room *,
    const struct fleet_record *home);
uint64_t moves_deadline(const struct bootnode *);
void moves_timer(struct bootnode *, uint64_t now);

#endif
