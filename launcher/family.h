/*
 * The children of this run: the processes of the table (common/processes.h)
 * that its mode has, each for its room. Launcher and spawner call a child by
 * its number in the family; a set of children is a word, with bit n for child
 * n.
 */
#ifndef LAUNCHER_FAMILY_H
#define LAUNCHER_FAMILY_H

#include "common/processes.h"

#include <stddef.h>
#include <stdint.h>

/* The launcher is no child. */
#define CHILDREN_MAX	 (ROOMS_MAX * (ROLE_COUNT - 1))
#define CHILD_BIT(child) (UINT64_C(1) << (child))

struct family {
	unsigned int rooms;
	unsigned int count;
	struct family_member {
		enum process_id process;
		unsigned int room; /* 0 of a child for all rooms */
	} at[CHILDREN_MAX];
};

/* A channel between two children. */
struct family_link {
	unsigned int children[2];
	int numbers[2]; /* of the ends, in the processes */
};
#define FAMILY_LINKS_MAX (ROOMS_MAX * CHANNEL_COUNT)

/*
 * Makes a family for so many rooms, at most ROOMS_MAX: one child for each
 * process that the mode has, except for the launcher, or one for each room; one
 * that needs a fleet, if there is a fleet. They are in the order in which they
 * are started: first those for all rooms, then room by room, and in a room from
 * the last of the table to the first.
 */
void family_make(struct family *, enum mode, unsigned int rooms, bool fleet);

/* Returns the role of a child, which is below count. */
enum role family_role(const struct family *, unsigned int child);

/* Returns the child of a role: the one for all rooms, or the one of the room.
 * Returns count if there is none. */
unsigned int family_find(const struct family *, enum role, unsigned int room);

/* Returns the set of all children. */
uint64_t family_all(const struct family *);
/* Returns the set of those for all rooms, and those of a set of rooms, in which
 * bit n is room n. */
uint64_t family_of_rooms(const struct family *, uint32_t rooms);
/* Returns the set of the children of one room alone. */
uint64_t family_of_room(const struct family *, unsigned int room);

/* Returns the child of that role that has a channel to this one; count if none
 * has. The room counts only if this child is one for all rooms. */
unsigned int family_neighbour(const struct family *, unsigned int child,
    enum role, unsigned int room);

/* Fills in all channels between children. Returns their number. */
size_t family_links(const struct family *,
    struct family_link links[FAMILY_LINKS_MAX]);

/* Returns the children to start when a set has ended: the set itself, and the
 * children that go with one of it. */
uint64_t family_restart_set(const struct family *, uint64_t ended);

#endif
