/*
 * Objects of one size, packed: a million of them cost no more than their bytes,
 * and their memory goes back to the system when they are gone. They lie in
 * chunks that are mapped and unmapped as a whole; an object comes from a chunk
 * that is nearly full, if there is one, so that others can become empty.
 */
#ifndef NETD_BOOTNODE_SLAB_H
#define NETD_BOOTNODE_SLAB_H

#include <bsd/sys/queue.h>

#include <stddef.h>

/* Bytes of a chunk, and its alignment: a power of two. */
#define SLAB_CHUNK (64 * 1024)

struct slab_chunk;
TAILQ_HEAD(slab_chunks, slab_chunk);

struct slab {
	size_t size;		  /* bytes of an object, a multiple of 8 */
	struct slab_chunks open;  /* those with room, nearly full ones first */
	struct slab_chunk *spare; /* an empty one, or NULL */
	size_t chunks;
};

/* Objects of size bytes, from 1 to a quarter of a chunk, aligned to 8. Cannot
 * fail. */
void slab_init(struct slab *, size_t size);
/* Returns an object of zeros, or NULL without memory. */
void *slab_take(struct slab *);
/* Gives an object back, and wipes it. */
void slab_put(struct slab *, void *);
/* Unmaps the spare chunk; all objects have been given back. */
void slab_clear(struct slab *);

#endif
