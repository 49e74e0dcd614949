/*
 * How ui, cryptod and netd of one client call a peer among themselves: by the
 * number of its place in their tables, and by a generation, so that a late
 * message about a peer that is gone names nobody.
 */
#ifndef COMMON_PEER_HANDLE_H
#define COMMON_PEER_HANDLE_H

#include <stddef.h>
#include <stdint.h>

/* A room's hard limit, and that of the places that a handle can name. */
#define PEERS_MAX 4096
/* Peers that one client talks to. So many places cryptod and netd have for
 * them, and to so many one text can go. */
#define CLIENT_PEERS_MAX 256
_Static_assert(CLIENT_PEERS_MAX <= PEERS_MAX, "a place that no handle names");

typedef uint32_t peer_handle; /* never 0 */

/* The place, below PEERS_MAX. */
#define PEER_INDEX(handle) ((handle) % PEERS_MAX)

/* Generations are numbers from 1 to this. */
#define PEER_GENERATION_MAX (UINT32_MAX / PEERS_MAX)
_Static_assert(PEER_INDEX(UINT32_MAX) == PEERS_MAX - 1,
    "a generation that reaches into the place");

/* The handle of the peer of this generation at this place, below PEERS_MAX. */
static inline peer_handle
peer_handle_make(uint32_t generation, size_t place)
{
	return generation * PEERS_MAX + (peer_handle)place;
}

#endif
