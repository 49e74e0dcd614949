/*
 * The children of a run. See family.h.
 */
#include "launcher/family.h"

_Static_assert(CHILDREN_MAX <= 64, "a set of children does not fit in a word");

/* Adds the processes of the table that exist once for each room, or those that
 * exist once for all. */
static void
add(struct family *f, enum mode mode, bool fleet, bool for_each,
    unsigned int room)
{
	for (enum process_id id = PROCESS_COUNT; id-- > 0;) {
		const struct process_row *row = &process_table[id];

		if (row->role != ROLE_LAUNCHER &&
		    (row->modes & IN_MODE(mode)) != 0 &&
		    (fleet || (row->needs & NEEDS_FLEET) == 0) &&
		    role_is_for_each_room(row->role) == for_each)
			f->at[f->count++] = (struct family_member){ id, room };
	}
}

void
family_make(struct family *f, enum mode mode, unsigned int rooms, bool fleet)
{
	f->rooms = rooms;
	f->count = 0;
	add(f, mode, fleet, FOR_ALL_ROOMS, 0);
	for (unsigned int room = 0; room < rooms; room++)
		add(f, mode, fleet, FOR_EACH_ROOM, room);
}

enum role
family_role(const struct family *f, unsigned int child)
{
	return process_table[f->at[child].process].role;
}

unsigned int
family_find(const struct family *f, enum role role, unsigned int room)
{
	unsigned int child = 0;

	if (!role_is_for_each_room(role))
		room = 0;
	while (child < f->count &&
	    (family_role(f, child) != role || f->at[child].room != room))
		child++;
	return child;
}

uint64_t
family_all(const struct family *f)
{
	return CHILD_BIT(f->count) - 1;
}

uint64_t
family_of_rooms(const struct family *f, uint32_t rooms)
{
	uint64_t set = 0;

	for (unsigned int child = 0; child < f->count; child++)
		if (!role_is_for_each_room(family_role(f, child)) ||
		    (rooms >> f->at[child].room & 1) != 0)
			set |= CHILD_BIT(child);
	return set;
}

uint64_t
family_of_room(const struct family *f, unsigned int room)
{
	return family_of_rooms(f, UINT32_C(1) << room) & ~family_of_rooms(f, 0);
}

unsigned int
family_neighbour(const struct family *f, unsigned int child, enum role role,
    unsigned int room)
{
	const enum role own = family_role(f, child);

	if (!roles_are_neighbours(own, role))
		return f->count;
	return family_find(f, role,
	    role_is_for_each_room(own) ? f->at[child].room : room);
}

/* Finds the channel of a row that the other child has to this one, which has
 * the first role of the row. */
static bool
find_link(const struct family *f, const struct channel_row *row,
    unsigned int child, struct family_link *link)
{
	if (family_role(f, child) != row->roles[0])
		return false;
	*link = (struct family_link){
		.children = { child,
		    family_find(f, row->roles[1], f->at[child].room) },
		.numbers = { row->numbers[0], row->numbers[1] },
	};
	return link->children[1] < f->count;
}

size_t
family_links(const struct family *f, struct family_link links[FAMILY_LINKS_MAX])
{
	size_t count = 0;

	for (unsigned int child = 0; child < f->count; child++)
		for (size_t i = 0; i < CHANNEL_COUNT; i++)
			if (find_link(f, &channel_table[i], child,
				&links[count]))
				count++;
	return count;
}

uint64_t
family_restart_set(const struct family *f, uint64_t ended)
{
	uint64_t set = ended;

	for (unsigned int child = 0; child < f->count; child++) {
		unsigned int with = family_find(f,
		    role_goes_with(family_role(f, child)), f->at[child].room);

		if (with < f->count && (ended & CHILD_BIT(with)) != 0)
			set |= CHILD_BIT(child);
	}
	return set;
}
