/*
 * Objects of one size in chunks. See slab.h.
 */
#include "netd/bootnode/slab.h"

#include <sys/mman.h>

#include <stdint.h>
#include <string.h>

/* A place without an object holds the address of the next one. */
struct slab_chunk {
	TAILQ_ENTRY(slab_chunk) order; /* if there is room */
	void *free;		       /* was in use before */
	uint32_t used;		       /* objects */
	uint32_t touched; /* places that were ever in use: from the first */
	_Alignas(8) uint8_t places[];
};

void
slab_init(struct slab *s, size_t size)
{
	*s = (struct slab){ .size = (size + 7) / 8 * 8 };
	TAILQ_INIT(&s->open);
}

static uint32_t
places_of(const struct slab *s)
{
	return (uint32_t)((SLAB_CHUNK - sizeof(struct slab_chunk)) / s->size);
}

/* Maps twice the size and unmaps what is before and after an aligned chunk. */
static struct slab_chunk *
chunk_map(void)
{
	uint8_t *p = mmap(NULL, 2 * SLAB_CHUNK, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t before;

	if (p == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)p % SLAB_CHUNK;
	if (before > 0)
		munmap(p, before);
	munmap(p + before + SLAB_CHUNK, SLAB_CHUNK - before);
	return (void *)(p + before);
}

static struct slab_chunk *
chunk_of(void *object)
{
	return (void *)((uint8_t *)object - (uintptr_t)object % SLAB_CHUNK);
}

/* Makes sure that a chunk is open. Returns it, or NULL. */
static struct slab_chunk *
open_chunk(struct slab *s)
{
	struct slab_chunk *c = TAILQ_FIRST(&s->open);

	if (c != NULL)
		return c;
	c = s->spare;
	s->spare = NULL;
	if (c == NULL) {
		c = chunk_map();
		if (c == NULL)
			return NULL;
		s->chunks++;
	}
	TAILQ_INSERT_HEAD(&s->open, c, order);
	return c;
}

void *
slab_take(struct slab *s)
{
	struct slab_chunk *c = open_chunk(s);
	uint8_t *object;

	if (c == NULL)
		return NULL;
	object = c->free;
	if (object != NULL)
		memcpy(&c->free, object, sizeof(c->free));
	else
		object = c->places + s->size * c->touched++;
	memset(object, 0, sizeof(c->free));
	if (++c->used == places_of(s))
		TAILQ_REMOVE(&s->open, c, order);
	return object;
}

/* One empty chunk is kept: otherwise somebody who comes and goes at a border
 * would map and unmap one each time. */
static void
chunk_emptied(struct slab *s, struct slab_chunk *c)
{
	TAILQ_REMOVE(&s->open, c, order);
	if (s->spare == NULL) {
		s->spare = c;
		return;
	}
	munmap(c, SLAB_CHUNK);
	s->chunks--;
}

void
slab_put(struct slab *s, void *object)
{
	struct slab_chunk *c = chunk_of(object);

	explicit_bzero(object, s->size);
	memcpy(object, &c->free, sizeof(c->free));
	c->free = object;
	if (c->used-- == places_of(s))
		TAILQ_INSERT_HEAD(&s->open, c, order);
	if (c->used == 0)
		chunk_emptied(s, c);
}

void
slab_clear(struct slab *s)
{
	if (s->spare == NULL)
		return;
	munmap(s->spare, SLAB_CHUNK);
	s->spare = NULL;
	s->chunks--;
}
