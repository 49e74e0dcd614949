/*
 * Who lives in a fleet, as one node sees it. A node lives as long as newer
 * records of it come. What comes from the engine says nothing else: an old
 * record that is shown again is no sign of life, and if the engine is away, or
 * was and comes back without anything, nobody is taken for dead for it.
 *
 * A pure data structure: it reads no clock. node.c gives it the records.
 */
#ifndef NETD_BOOTNODE_FLEET_VIEW_H
#define NETD_BOOTNODE_FLEET_VIEW_H

#include "common/clock.h"
#include "netd/bootnode/fleet_record.h"
#include "netd/bootnode/homes.h"

_Static_assert(FLEET_NODES_MAX <= HOMES_MAX, "not all nodes can be homes");

/* A node is asked for its record every two seconds: it lives for three of them
 * after the last one that was new. */
#define NODE_LIVES (6 * USEC_PER_SEC)
/* If the engine was away for longer, all nodes get that time anew. */
#define ENGINE_GAP (5 * USEC_PER_SEC)
/* A dead one is remembered for so long: until then its old records are no sign
 * of life. */
#define NODE_KNOWN (60 * USEC_PER_SEC)

struct fleet_node {
	struct fleet_record record; /* the newest */
	uint64_t seen;		    /* when it came */
	bool lives;
};

struct fleet_view {
	/* The first is this node itself, which always lives. */
	size_t count;
	struct fleet_node nodes[FLEET_NODES_MAX];
	uint64_t round_at; /* of the last whole round; 0: there was none */
	/* What was last seen of another node with our addresses. */
	uint64_t twin_incarnation, twin_sequence;
};

/* The view of a node that knows of no other. */
void fleet_view_init(struct fleet_view *, const struct fleet_record *self);
/* This node's own record has changed. */
void fleet_view_own(struct fleet_view *, const struct fleet_record *self);

enum sight {
	SIGHT_NOTHING, /* it is our own, or says nothing new */
	SIGHT_AGAIN,   /* a node that lives has made a newer one */
	SIGHT_CAME,    /* a node lives that did not, as far as we knew */
	SIGHT_TWIN,    /* another node has our addresses, and lives */
	SIGHT_FULL     /* there is no place for one more node */
};

/* A record was found, and is genuine. */
enum sight fleet_view_saw(struct fleet_view *, uint64_t now,
    const struct fleet_record *);
/* The same of a record that somebody else saw before: the node counts as living
 * until it has had time to show that. Only while there was no round. */
void fleet_view_told(struct fleet_view *, const struct fleet_record *);
/* All that the engine had was seen; after this call the next function tells who
 * was missing for too long. */
void fleet_view_round(struct fleet_view *, uint64_t now);
/* Returns the next node that is dead now and lived before, or NULL. */
const struct fleet_node *fleet_view_lost(struct fleet_view *);

/* Returns the living node with this id, or NULL. */
const struct fleet_node *fleet_view_find(const struct fleet_view *,
    uint64_t id);
/* Returns the number of nodes that live, with this one. */
size_t fleet_view_living(const struct fleet_view *);
/* Makes the homes of rooms as of now: nodes that live and do not drain, or if
 * all of them drain, all that live. */
void fleet_view_homes(const struct fleet_view *, struct homes *,
    const uint8_t key[SIPHASH_KEY]);

#endif
