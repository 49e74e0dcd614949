/*
 * The children of this run: which processes of the table (common/processes.h)
 * its mode has, and for which room. Launcher and spawner name a child by its
 * number in here; a set of children is a word, with bit n for child n.
 */
#ifndef LAUNCHER_FAMILY_H
#define LAUNCHER_FAMILY_H

#include "common/processes.h"

#include <stddef.h>
#include <stdint.h>

#define CHILDREN_MAX	 (ROOMS_MAX * ROLE_COUNT)
#define CHILD_BIT(child) (UINT64_C(1) << (child))

struct family {
	unsigned int rooms;
	unsigned int count;
	struct family_member {
		enum process_id process;
		unsigned int room; /* 0 of a child for all rooms */
	} at[CHILDREN_MAX];
};

/* The channel between two children. */
struct family_link {
	unsigned int children[2];
	int numbers[2]; /* of the ends, in the processes */
};
#define FAMILY_LINKS_MAX (ROOMS_MAX * CHANNEL_COUNT)

/*
 * For so many rooms, at most ROOMS_MAX: one of each process that the mode has,
 * but the launcher, or one for each room. Their order is that in which they are
 * started: those for all rooms, then room by room, and of these the last of the
 * table first.
 */
void family_make(struct family *, enum mode, unsigned int rooms);

/* The role of a child, below count. */
enum role family_role(const struct family *, unsigned int child);

/* Returns the child of a role: that for all rooms, or that of the room. Returns
 * count if there is none. */
unsigned int family_find(const struct family *, enum role, unsigned int room);

/* The set of all. */
uint64_t family_all(const struct family *);

/* The child of that role that has a channel to this one; count if none has. The
 * room counts if the first has one in each room, and is else its own. */
unsigned int family_neighbour(const struct family *, unsigned int child,
    enum role, unsigned int room);

/* All channels between children. Returns how many they are. */
size_t family_links(const struct family *,
    struct family_link links[FAMILY_LINKS_MAX]);

/* The children to be started in place of a set that ended: those that go with
 * one of them, too. */
uint64_t family_restart_set(const struct family *, uint64_t ended);

#endif
