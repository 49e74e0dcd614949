/*
 * The address blocks that send most: places with counts, a heap to find the
 * smallest count, chains to find a block. See sources.h.
 */
#include "netd/bootnode/sources.h"

#include <string.h>

#define NO_PLACE SOURCES_PLACES

/* Each half times a secret odd number, and the high bits of the sum: universal
 * hashing (M. Dietzfelbinger et al.: "A reliable randomized algorithm for the
 * closest-pair problem", 1997). Even all in one chain would be 64 steps. */
static uint8_t *
chain_of(struct sources *s, const struct addr_block *b)
{
	uint64_t half[2];

	_Static_assert(sizeof(half) == sizeof(b->ip), "a block is two halves");
	memcpy(half, b->ip, sizeof(half));
	return &s->chains[(half[0] * s->seed[0] + half[1] * s->seed[1]) >> 57];
}

_Static_assert(SOURCES_CHAINS == 1 << (64 - 57), "all chains, and no more");

static bool
has(const struct source *p, const struct addr_block *b)
{
	return p->used && memcmp(&p->block, b, sizeof(*b)) == 0;
}

static struct source *
find(struct sources *s, const struct addr_block *b)
{
	uint8_t i = s->last;

	if (has(&s->places[i], b))
		return &s->places[i];
	for (i = *chain_of(s, b); i != NO_PLACE; i = s->places[i].next)
		if (has(&s->places[i], b)) {
			s->last = i;
			return &s->places[i];
		}
	return NULL;
}

static void
unchain(struct sources *s, const struct source *p)
{
	uint8_t *i = chain_of(s, &p->block);

	while (&s->places[*i] != p)
		i = &s->places[*i].next;
	*i = p->next;
}

/* Gives the block the place with the smallest count. */
static struct source *
take_place(struct sources *s, const struct addr_block *b)
{
	struct source *p = &s->places[s->heap[0]];
	uint8_t *chain = chain_of(s, b);

	if (p->used)
		unchain(s, p);
	p->used = true;
	p->block = *b;
	p->error = p->count;
	p->dropped = 0;
	p->next = *chain;
	*chain = s->last = s->heap[0];
	return p;
}

static void
put(struct sources *s, uint8_t rank, uint8_t place)
{
	s->heap[rank] = place;
	s->places[place].rank = rank;
}

/* The source's count has grown: sources below it in the heap with smaller
 * counts go up. */
static void
sink(struct sources *s, const struct source *p)
{
	uint8_t place = s->heap[p->rank];
	unsigned int rank = p->rank, below;

	while ((below = 2 * rank + 1) < SOURCES_PLACES) {
		if (below + 1 < SOURCES_PLACES &&
		    s->places[s->heap[below + 1]].count <
			s->places[s->heap[below]].count)
			below++;
		if (s->places[s->heap[below]].count >= p->count)
			break;
		put(s, (uint8_t)rank, s->heap[below]);
		rank = below;
	}
	put(s, (uint8_t)rank, place);
}

/*
 * Halves the counts once for each period that is over. That does not change
 * their order in the heap, and none has more dropped than received.
 */
static void
age(struct sources *s, uint64_t now)
{
	uint64_t periods = (now - s->halved_at) / SOURCES_PERIOD;
	unsigned int shift = periods < 63 ? (unsigned int)periods : 63;

	if (periods == 0)
		return;
	for (size_t i = 0; i < SOURCES_PLACES; i++) {
		s->places[i].count >>= shift;
		s->places[i].error >>= shift;
		s->places[i].dropped >>= shift;
	}
	s->halved_at += periods * SOURCES_PERIOD;
	s->span =
	    (s->span >> shift) + SOURCES_PERIOD - (SOURCES_PERIOD >> shift);
}

void
sources_init(struct sources *s, uint64_t now, const uint64_t seed[2])
{
	memset(s, 0, sizeof(*s));
	memset(s->chains, NO_PLACE, sizeof(s->chains));
	for (uint8_t i = 0; i < SOURCES_PLACES; i++)
		put(s, i, i);
	s->seed[0] = seed[0] | 1;
	s->seed[1] = seed[1] | 1;
	s->halved_at = now;
}

void
sources_received(struct sources *s, uint64_t now, const struct addr *from)
{
	struct addr_block block = addr_block_of(from);
	struct source *p;

	age(s, now);
	p = find(s, &block);
	if (p == NULL)
		p = take_place(s, &block);
	p->count++;
	sink(s, p);
}

void
sources_dropped(struct sources *s, const struct addr *from)
{
	struct addr_block block = addr_block_of(from);
	struct source *p = find(s, &block);

	/* The source may have lost its place since the datagram came, and got
	 * one again. */
	if (p != NULL && p->dropped < p->count - p->error)
		p->dropped++;
}

/* Puts a source among the first n, in order; the last one falls out if there is
 * no more room. Returns how many there are now. */
static uint32_t
insert(struct ipc_source top[SOURCES_MAX], uint32_t n,
    const struct ipc_source *new)
{
	uint32_t i;

	if (n < SOURCES_MAX)
		n++;
	else if (top[n - 1].received >= new->received)
		return n;
	for (i = n - 1; i > 0 && top[i - 1].received < new->received; i--)
		top[i] = top[i - 1];
	top[i] = *new;
	return n;
}

uint32_t
sources_top(struct sources *s, uint64_t now, struct ipc_source top[SOURCES_MAX],
    uint64_t *span)
{
	uint32_t n = 0;

	age(s, now);
	for (const struct source *p = s->places; p < s->places + SOURCES_PLACES;
	     p++) {
		struct ipc_source source = { p->block, p->count - p->error,
			p->dropped };

		if (source.received > 0)
			n = insert(top, n, &source);
	}
	*span = s->span + (now - s->halved_at);
	return n;
}
