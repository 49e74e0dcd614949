/*
 * A bootnode that is a node of a fleet. Every two seconds it has its record
 * sealed by cryptod and brought to the engine by fleetd, which comes back with
 * the records of all; from those follows who lives (fleet_view.h), and from
 * that, which node each room is at home at (homes.h). Who asks for a room that
 * is at home elsewhere is sent there; and when that changes for a room that is
 * here, so are its sessions (move.c).
 *
 *	netd --FLEET_SEAL--> cryptod --FLEET_SEALED--> netd
 *	     --FLEET_RECORD--> fleetd --FLEET_FOUND, FLEET_ROUND--> netd
 *	     --FLEET_OPEN--> cryptod --FLEET_OPENED--> netd
 *
 * Everything here stands without a fleetd or an engine: what was known last is
 * then what counts.
 */
#ifndef NETD_BOOTNODE_NODE_H
#define NETD_BOOTNODE_NODE_H

#include "netd/bootnode/fleet_view.h"
#include "netd/bootnode/move.h"
#include "netd/bootnode/remind.h"

#include "common/dispatch.h"
#include "common/ipc_operate.h"
#include "common/ipc_stats.h"

struct bootnode;
struct session;

/* A record is made this often. */
#define FLEET_RHYTHM (2 * USEC_PER_SEC)
/* A round that is not over by then is none: fleetd was started again. */
#define FLEET_PATIENCE (6 * USEC_PER_SEC)
/* A node that was just started lets nobody in before it knows the others; if
 * they cannot be learnt, not for longer than this. */
#define FLEET_START (3 * USEC_PER_SEC)

/* A node that drains serves its rooms for so long after it has said so: the
 * others, which read that every two seconds, would send them back. */
#define DRAIN_NOTICE (2500 * USEC_PER_MSEC)

struct node {
	struct fleet_record self; /* the newest of ours */
	struct fleet_view view;
	struct homes homes; /* as of the last round */
	uint64_t began;	    /* when there were keys */
	uint64_t next_at;   /* the next record is due */
	bool asking;	    /* there is no end of this round yet: */
	uint64_t asked_at;
	bool done;	    /* all of it has been found, */
	uint16_t found;	    /* so many records, */
	uint32_t opening;   /* of which cryptod still has so many */
	uint64_t written;   /* the sequence of our record in the engine */
	bool ready;	    /* JOINs are answered */
	bool away;	    /* the engine is, and this was told */
	uint64_t drains_at; /* if it drains: its rooms move from then on */
	bool leaves;	    /* the launcher waits for all to be gone, */
	bool left;	    /* or was told: there is no record any more */
	struct moves moves;
	struct reminders reminders;
	uint64_t twin_quiet_until, full_quiet_until;
};

/* Returns 0, or -1 without memory. Nothing happens before node_begin(). */
int node_init(struct bootnode *, const struct ipc_config_netd *);
void node_free(struct bootnode *);

/* The rest is called for a bootnode in a fleet alone. */

/* There are keys. */
void node_begin(struct bootnode *, uint64_t now);
/* The bootnode before this one knew this node, or was it: our own count goes
 * on from there. After all of them the second follows: it is as if this one had
 * been there all the time. */
void node_told(struct bootnode *, const struct fleet_record *, bool own);
void node_take_over(struct bootnode *, uint64_t now);
uint64_t node_deadline(const struct bootnode *);
void node_timer(struct bootnode *, uint64_t now);
/* Fills in the figures of the fleet that are not counted as they happen. */
void node_figures(const struct bootnode *, uint64_t now, struct ipc_stats *);
/* The next record says whether this node drains; after DRAIN_NOTICE that
 * changes the homes of its rooms, and the other function returns true. */
void node_drain(struct bootnode *, uint64_t now, bool drains);
bool node_admits_nobody(const struct bootnode *, uint64_t now);

/* True if the token is good for a JOIN from there. */
bool node_admits(const struct bootnode *, const struct wire_cookie *token,
    const struct addr *from);
/* A JOIN was opened. Returns true if it is answered with a REDIRECT, which
 * cryptod seals now: that session is redirected, and PENDING until the next
 * function. Otherwise the room is at home here, or its client cannot reach its
 * home: the session has skipped it. */
bool node_redirects(struct bootnode *, struct session *,
    const struct ipc_join_opened *);
/* Sends the REDIRECT to that session's client, and frees its slot. */
void node_redirect(struct bootnode *, struct session *, const uint8_t *noise,
    size_t len);

/* Writes the nodes from this number on, at most OPERATED_NODES_MAX, and returns
 * how many; *next is where it goes on, or 0. */
uint32_t node_list(const struct bootnode *, uint64_t now, uint32_t from,
    struct ipc_operated_node nodes[OPERATED_NODES_MAX], uint32_t *next);

/* Handlers of messages: of the launcher, and of cryptod and fleetd. */
message_handler node_leave;
message_handler node_sealed, node_found, node_round, node_opened;

#endif
