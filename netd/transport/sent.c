/*
 * The packets that were sent. See sent.h.
 */
#include "netd/transport/sent.h"

#include <stdlib.h>

#define SIZE_FIRST 16

_Static_assert((SENT_MAX & (SENT_MAX - 1)) == 0, "the ring doubles up to it");
_Static_assert(sizeof(struct sent_packet) == 32, "there can be many");

void
sent_free(struct sent *s)
{
	free(s->at);
	*s = (struct sent){ .first = s->end, .oldest = s->end, .end = s->end };
}

bool
sent_full(struct sent *s)
{
	if (s->end - s->first < SENT_MAX)
		return false;
	sent_forget(s, UINT64_MAX);
	return s->end - s->first == SENT_MAX;
}

static int
grow(struct sent *s)
{
	struct sent larger = *s;

	larger.size = s->size == 0 ? SIZE_FIRST : s->size * 2;
	larger.at = malloc(larger.size * sizeof(larger.at[0]));
	if (larger.at == NULL)
		return -1;
	for (uint64_t place = s->first; place < s->end; place++)
		*sent_at(&larger, place) = *sent_at(s, place);
	free(s->at);
	*s = larger;
	return 0;
}

int
sent_add(struct sent *s, const struct sent_packet *packet)
{
	struct sent_packet *p;

	if (s->end - s->first == s->size && grow(s) == -1)
		return -1;
	p = sent_at(s, s->end++);
	*p = *packet;
	p->skip = 1;
	return 0;
}

uint64_t
sent_find(const struct sent *s, uint64_t number)
{
	uint64_t low = s->first, high = s->end;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (sent_at(s, middle)->number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* An acknowledged packet says how far to skip at least; each walk makes the
 * skips that it used longer, so runs of them are not walked again. */
uint64_t
sent_unacked(struct sent *s, uint64_t place)
{
	struct sent_packet *p;
	uint64_t to;

	while (place < s->end && (p = sent_at(s, place))->state == SENT_ACKED) {
		to = place + p->skip;
		if (to < s->end && sent_at(s, to)->state == SENT_ACKED) {
			p->skip += sent_at(s, to)->skip;
			to = place + p->skip;
		}
		place = to;
	}
	return place;
}

uint64_t
sent_oldest(struct sent *s)
{
	while (
	    s->oldest < s->end && sent_at(s, s->oldest)->state != SENT_FLYING)
		s->oldest++;
	return s->oldest;
}

void
sent_forget(struct sent *s, uint64_t before)
{
	while (s->first < s->end) {
		const struct sent_packet *p = sent_at(s, s->first);

		if (p->state == SENT_FLYING ||
		    (p->state == SENT_LOST && p->time >= before))
			break;
		s->first++;
	}
	if (s->oldest < s->first)
		s->oldest = s->first;
	if (s->first == s->end && s->size > SIZE_FIRST)
		sent_free(s);
}
