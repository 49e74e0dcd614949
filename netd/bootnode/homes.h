/*
 * Which node of a fleet a room is at home at: weighted rendezvous hashing (D.
 * G. Thaler, C. V. Ravishankar: "Using name-based mappings to increase hit
 * rates", 1998; the weights as in C. Schindelhauer, G. Schomaker: "Weighted
 * distributed hash tables", 2005). For each room every node draws a distance,
 * and the nearest one is the room's home. So a node has as large a share of the
 * rooms as it has of the capacity; and if one comes or goes, no room moves but
 * those that it gets or had.
 *
 * All nodes have to find the same home, so these are whole numbers throughout.
 * A pure data structure.
 */
#ifndef NETD_BOOTNODE_HOMES_H
#define NETD_BOOTNODE_HOMES_H

#include "common/bootmsg.h"

/* A fleet has at most so many nodes. */
#define HOMES_MAX 128

struct homes {
	uint8_t key[SIPHASH_KEY];
	size_t count;
	struct homes_node {
		uint64_t id;
		uint64_t seed;
		uint32_t capacity;
	} nodes[HOMES_MAX];
};

/* There is no node yet. The fleet has one key, which clients do not know: none
 * can make up rooms that are all at home at one node. */
void homes_init(struct homes *, const uint8_t key[SIPHASH_KEY]);
/* Adds a node. No two have the same id, the capacity is not 0, and there are at
 * most HOMES_MAX. */
void homes_add(struct homes *, uint64_t id, uint32_t capacity);
/* True if all rooms are at home at the same nodes; both have the same key. */
bool homes_equal(const struct homes *, const struct homes *);
/* Returns the id of the room's home: of the node that is the nearest to it.
 * With nodes to skip (NULL: none) it is the one that would be it without them.
 * Returns 0 if there is none. */
uint64_t homes_find(const struct homes *, const struct room_tag *,
    const struct node_skips *);
/* Returns the name of a node by which clients call it. */
uint32_t homes_name(uint64_t id);

#endif
