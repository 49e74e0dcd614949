/*
 * A room's bootnodes and their addresses. See nodes.h.
 */
#include "launcher/nodes.h"

#include <string.h>

static size_t
merge(struct room *room)
{
	return resolve_in_turns(room->found, room->endpoints.count,
	    &room->boot_addrs);
}

void
nodes_set(struct room *room, const struct endpoints *list)
{
	memset(room->found, 0, sizeof(room->found));
	room->endpoints = *list;
	(void)endpoints_format(list, room->bootnode);
	for (size_t i = 0; i < list->count; i++)
		if (endpoint_is_numeric(&list->at[i]) &&
		    resolve_numeric(&list->at[i], &room->found[i].addrs[0]) ==
			0)
			room->found[i].count = 1;
	(void)merge(room);
}

bool
nodes_unresolved(const struct room *room)
{
	for (size_t i = 0; i < room->endpoints.count; i++)
		if (room->found[i].count == 0)
			return true;
	return false;
}

bool
nodes_name_resolved(const struct room *room)
{
	for (size_t i = 0; i < room->endpoints.count; i++)
		if (room->found[i].count > 0 &&
		    !endpoint_is_numeric(&room->endpoints.at[i]))
			return true;
	return false;
}

size_t
nodes_resolved(struct room *room, const struct resolved *r)
{
	room->found[r->host] = r->addrs;
	return merge(room);
}

void
nodes_learn(struct room *room, const struct room *from)
{
	for (size_t i = 0; i < room->endpoints.count; i++)
		for (size_t k = 0; k < from->endpoints.count; k++)
			if (room->found[i].count == 0 &&
			    endpoint_is_same(&room->endpoints.at[i],
				&from->endpoints.at[k]))
				room->found[i] = from->found[k];
	(void)merge(room);
}
