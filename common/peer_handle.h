/*
 * How ui, cryptod and netd of one client call a peer among themselves: by the
 * number of its place in their tables, and by a generation, so that a late
 * message about a peer that is gone names nobody.
 */
#ifndef COMMON_PEER_HANDLE_H
#define COMMON_PEER_HANDLE_H

#include <stddef.h>
#include <stdint.h>

/* The hard limit of a room, and of the places that a handle can name. */
#define PEERS_MAX 4096
/* The number of peers that one client talks to. cryptod and netd have so many
 * places for them, and one text can go to so many. */
#define CLIENT_PEERS_MAX 256
_Static_assert(CLIENT_PEERS_MAX <= PEERS_MAX, "a place that no handle names");

typedef uint32_t peer_handle; /* never 0 */

/* Returns the place, which is below PEERS_MAX. */
#define PEER_INDEX(handle) ((handle) % PEERS_MAX)

/* Generations are numbers from 1 to this one. */
#define PEER_GENERATION_MAX (UINT32_MAX / PEERS_MAX)
_Static_assert(PEER_INDEX(UINT32_MAX) == PEERS_MAX - 1,
    "a generation that reaches into the place");

/* Returns the handle of the peer with this generation at this place, which is
 * below PEERS_MAX. */
static inline peer_handle
peer_handle_make(uint32_t generation, size_t place)
{
	return generation * PEERS_MAX + (peer_handle)place;
}

#endif
