/*
 * The children of a run. See family.h.
 */
#include "launcher/family.h"

_Static_assert(CHILDREN_MAX <= 32, "a set of children does not fit in a word");
_Static_assert(PROCESS_COUNT <= CHILDREN_MAX, "no place for a child");

void
family_make(struct family *f, enum mode mode)
{
	f->count = 0;
	for (enum process_id id = 0; id < PROCESS_COUNT; id++)
		if (process_table[id].role != ROLE_LAUNCHER &&
		    (process_table[id].modes & IN_MODE(mode)) != 0)
			f->at[f->count++] = id;
}

enum role
family_role(const struct family *f, unsigned int child)
{
	return process_table[f->at[child]].role;
}

unsigned int
family_find(const struct family *f, enum role role)
{
	unsigned int child = 0;

	while (child < f->count && family_role(f, child) != role)
		child++;
	return child;
}

uint32_t
family_all(const struct family *f)
{
	return CHILD_BIT(f->count) - 1;
}

unsigned int
family_neighbour(const struct family *f, unsigned int child, enum role role)
{
	if (!roles_are_neighbours(family_role(f, child), role))
		return f->count;
	return family_find(f, role);
}

uint32_t
family_restart_set(const struct family *f, uint32_t ended)
{
	uint32_t set = ended;

	for (unsigned int child = 0; child < f->count; child++) {
		unsigned int with =
		    family_find(f, role_goes_with(family_role(f, child)));

		if (with < f->count && (ended & CHILD_BIT(with)) != 0)
			set |= CHILD_BIT(child);
	}
	return set;
}
