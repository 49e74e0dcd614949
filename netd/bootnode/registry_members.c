/*
 * The members of a room. See registry_members.h. They are few in most rooms,
 * and 4096 at most, so an array costs less than a tree.
 */
#include "netd/bootnode/registry_members.h"

#include <stdlib.h>
#include <string.h>

#define PLACES_FIRST 2

int
members_fit(struct room *room)
{
	uint32_t places = room->places == 0 ? PLACES_FIRST : 2 * room->places;
	struct session **members;

	if (room->count < room->places)
		return 0;
	members = reallocarray(room->members, places, sizeof(*members));
	if (members == NULL)
		return -1;
	room->members = members;
	room->places = places;
	return 0;
}

/* Returns the place of the first member whose id is not before this one. */
static uint32_t
place_of(const struct room *room, const struct peer_id *id)
{
	uint32_t low = 0, high = room->count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (memcmp(&room->members[middle]->peer, id, sizeof(*id)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* True if the peer is the one at this place. */
static bool
is_at(const struct room *room, uint32_t place, const struct peer_id *id)
{
	return place < room->count &&
	    memcmp(&room->members[place]->peer, id, sizeof(*id)) == 0;
}

void
members_insert(struct room *room, struct session *s)
{
	uint32_t place = place_of(room, &s->peer);
	struct session **at = &room->members[place];

	memmove(at + 1, at, (room->count - place) * sizeof(*at));
	*at = s;
	room->count++;
}

void
members_remove(struct room *room, const struct session *s)
{
	uint32_t place = place_of(room, &s->peer);
	struct session **at = &room->members[place];

	room->count--;
	memmove(at, at + 1, (room->count - place) * sizeof(*at));
}

struct session *
registry_member(const struct room *room, const struct peer_id *id)
{
	uint32_t place = place_of(room, id);

	return is_at(room, place, id) ? room->members[place] : NULL;
}

uint32_t
registry_after(const struct room *room, const struct peer_id *id)
{
	uint32_t place = place_of(room, id);

	return is_at(room, place, id) ? place + 1 : place;
}
