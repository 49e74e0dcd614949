/*
 * Ranges of packet numbers. See ranges.h.
 */
#include "netd/transport/ranges.h"

#include <string.h>

bool
ranges_has(const struct ranges *r, uint64_t number)
{
	if (number < r->floor)
		return true;
	for (size_t i = 0; i < r->count; i++)
		if (number >= r->at[i].first)
			return number <= r->at[i].last;
	return false;
}

static void
remove_at(struct ranges *r, size_t i)
{
	r->count--;
	memmove(&r->at[i], &r->at[i + 1], (r->count - i) * sizeof(r->at[0]));
}

void
ranges_add(struct ranges *r, uint64_t number)
{
	size_t i;

	if (ranges_has(r, number))
		return;
	for (i = 0; i < r->count && r->at[i].first > number; i++)
		;
	/* Range i - 1 is above the number, range i below it. */
	if (i > 0 && r->at[i - 1].first == number + 1) {
		r->at[i - 1].first = number;
		if (i < r->count && r->at[i].last + 1 == number) {
			r->at[i - 1].first = r->at[i].first;
			remove_at(r, i);
		}
		return;
	}
	if (i < r->count && r->at[i].last + 1 == number) {
		r->at[i].last = number;
		return;
	}
	if (r->count == RANGES_MAX) {
		r->floor = r->at[r->count - 1].last + 1;
		r->count--;
		if (number < r->floor)
			return;
	}
	memmove(&r->at[i + 1], &r->at[i], (r->count - i) * sizeof(r->at[0]));
	r->at[i] = (struct range){ number, number };
	r->count++;
}
