/*
 * The children of this run: which processes of the table (common/processes.h)
 * its mode has. Launcher and spawner name a child by its number in here and not
 * by its role, of which there may be several; a set of children is a word, with
 * bit n for child n.
 */
#ifndef LAUNCHER_FAMILY_H
#define LAUNCHER_FAMILY_H

#include "common/processes.h"

#include <stdint.h>

#define CHILDREN_MAX	 8
#define CHILD_BIT(child) (UINT32_C(1) << (child))

struct family {
	unsigned int count;
	enum process_id at[CHILDREN_MAX];
};

/* One of each process that the mode has, but the launcher. */
void family_make(struct family *, enum mode);

/* The role of a child, below count. */
enum role family_role(const struct family *, unsigned int child);

/* Returns the first child of a role, or count if the role has no child. */
unsigned int family_find(const struct family *, enum role);

/* The set of all. */
uint32_t family_all(const struct family *);

/* The child of that role that has a channel to this one; count if none has. */
unsigned int family_neighbour(const struct family *, unsigned int child,
    enum role);

/* The children to be started in place of a set that ended: those that go with
 * one of them, too. */
uint32_t family_restart_set(const struct family *, uint32_t ended);

#endif
