/*
 * The simulated network. See simnet.h.
 */
#include "tests/unit/simnet.h"

#include <CUnit/CUnit.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

uint32_t
simnet_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(*seed >> 32);
}

void
simnet_init(struct simnet *n, uint64_t seed, const struct simnet_mix *mix)
{
	memset(n, 0, sizeof(*n));
	n->seed = seed;
	n->mix = *mix;
}

void
simnet_end(struct simnet *n)
{
	while (n->count > 0)
		free(n->heap[--n->count]);
	free(n->heap);
	n->heap = NULL;
	n->size = 0;
}

static bool
earlier(const struct simnet_packet *a, const struct simnet_packet *b)
{
	return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static void
swap(struct simnet *n, size_t i, size_t j)
{
	struct simnet_packet *p = n->heap[i];

	n->heap[i] = n->heap[j];
	n->heap[j] = p;
}

static void
push(struct simnet *n, const struct simnet_packet *packet, uint64_t at)
{
	struct simnet_packet *p = malloc(sizeof(*p));
	size_t len = packet->len > WIRE_MAX ? packet->len : WIRE_MAX;
	size_t i = n->count++;

	if (n->count > n->size) {
		n->size = n->size == 0 ? 64 : n->size * 2;
		n->heap = realloc(n->heap, n->size * sizeof(n->heap[0]));
	}
	CU_ASSERT_FATAL(p != NULL && n->heap != NULL);
	memcpy(p, packet, offsetof(struct simnet_packet, bytes) + len);
	p->at = at;
	p->order = n->order++;
	n->heap[i] = p;
	for (; i > 0 && earlier(p, n->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(n, i, (i - 1) / 2);
}

static bool
chance(struct simnet *n, unsigned int percent)
{
	return simnet_random(&n->seed) % 100 < percent;
}

/* Fills in when the link to the receiver has passed the datagram on; returns
 * false if its queue is full. */
static bool
pass_link(struct simnet *n, const struct simnet_packet *p, uint64_t *at)
{
	uint64_t *free_at = &n->free_at[p->to % SIMNET_LINKS];
	uint64_t now = *at * 1000, rate = n->mix.rate, waiting;

	if (rate == 0)
		return true;
	if (*free_at < now)
		*free_at = now;
	waiting = (*free_at - now) * (rate / 1000) / 1000000;
	if (n->mix.queue > 0 && waiting + p->len > n->mix.queue)
		return false;
	*free_at += (p->len + SIMNET_HEADERS) * 1000000 / (rate / 1000);
	*at = *free_at / 1000;
	return true;
}

static void
carry(struct simnet *n, uint64_t now, const struct simnet_packet *p)
{
	uint64_t at = now;

	if (n->down || chance(n, n->mix.loss) ||
	    (n->mix.mtu > 0 && p->len > n->mix.mtu) || !pass_link(n, p, &at)) {
		n->lost++;
		return;
	}
	if (n->mix.jitter > 0)
		at += simnet_random(&n->seed) % n->mix.jitter;
	push(n, p, at + n->mix.delay);
}

void
simnet_send(struct simnet *n, uint64_t now, const struct simnet_packet *p)
{
	carry(n, now, p);
	if (chance(n, n->mix.duplicates))
		carry(n, now, p);
}

uint64_t
simnet_next(const struct simnet *n)
{
	return n->count == 0 ? CLOCK_NEVER : n->heap[0]->at;
}

struct simnet_packet *
simnet_receive(struct simnet *n, uint64_t now)
{
	struct simnet_packet *p;
	size_t i = 0, least;

	if (simnet_next(n) > now)
		return NULL;
	p = n->heap[0];
	n->heap[0] = n->heap[--n->count];
	for (;;) {
		least = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++)
			if (child < n->count &&
			    earlier(n->heap[child], n->heap[least]))
				least = child;
		if (least == i)
			return p;
		swap(n, i, least);
		i = least;
	}
}
