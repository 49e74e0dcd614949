/*
 * The peers of a client. See peer_table.h.
 */
#include "cryptod/client/peer_table.h"

#include <string.h>

struct peer *
peer_find(struct client *c, peer_handle handle)
{
	size_t index = PEER_INDEX(handle);

	if (index >= CLIENT_PEERS_MAX || c->peers[index] == NULL ||
	    c->peers[index]->handle != handle)
		return NULL;
	return c->peers[index];
}

struct peer *
peer_of_id(struct client *c, const struct peer_id *id)
{
	struct peer *p;

	FOREACH_PEER (c, p)
		if (memcmp(&p->id, id, sizeof(*id)) == 0)
			return p;
	return NULL;
}
