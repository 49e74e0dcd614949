/*
 * Spans of a stream's bytes. See spans.h.
 */
#include "netd/transport/spans.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_FIRST 8

void
spans_clear(struct spans *s)
{
	free(s->at);
	*s = (struct spans){ .count = 0 };
}

/* Returns the first span that ends at or after offset. */
static size_t
find(const struct spans *s, uint64_t offset)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->at[middle].end < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Puts with, of count spans, in the place of those from i up to j. */
static int
replace(struct spans *s, size_t i, size_t j, const struct span *with,
    size_t count)
{
	size_t total = s->count - (j - i) + count;

	if (total > s->size) {
		size_t size = s->size == 0 ? SIZE_FIRST : s->size * 2;
		struct span *at = reallocarray(s->at, size, sizeof(s->at[0]));

		if (at == NULL)
			return -1;
		s->at = at;
		s->size = size;
	}
	memmove(&s->at[i + count], &s->at[j],
	    (s->count - j) * sizeof(s->at[0]));
	memcpy(&s->at[i], with, count * sizeof(s->at[0]));
	s->count = total;
	return 0;
}

int
spans_add(struct spans *s, uint64_t first, uint64_t end)
{
	struct span whole = { first, end };
	size_t i = find(s, first), j = i;

	while (j < s->count && s->at[j].first <= end)
		j++;
	if (j > i) {
		if (s->at[i].first < first)
			whole.first = s->at[i].first;
		if (s->at[j - 1].end > end)
			whole.end = s->at[j - 1].end;
	}
	return replace(s, i, j, &whole, 1);
}

int
spans_remove(struct spans *s, uint64_t first, uint64_t end)
{
	size_t i = find(s, first), j, kept = 0;
	struct span rest[2];

	if (i < s->count && s->at[i].end == first) /* it only touches */
		i++;
	for (j = i; j < s->count && s->at[j].first < end; j++)
		;
	if (j == i)
		return 0;
	if (s->at[i].first < first)
		rest[kept++] = (struct span){ s->at[i].first, first };
	if (s->at[j - 1].end > end)
		rest[kept++] = (struct span){ end, s->at[j - 1].end };
	return replace(s, i, j, rest, kept);
}

bool
spans_gap(const struct spans *s, uint64_t offset, uint64_t limit,
    struct span *gap)
{
	size_t i = find(s, offset);

	gap->first = offset;
	while (i < s->count && s->at[i].first <= gap->first) {
		if (s->at[i].end > gap->first)
			gap->first = s->at[i].end;
		i++;
	}
	gap->end =
	    i < s->count && s->at[i].first < limit ? s->at[i].first : limit;
	return gap->first < gap->end;
}

int
spans_fill(struct spans *s, uint64_t *floor, uint64_t first, uint64_t end)
{
	struct span gap;

	if (end <= *floor)
		return 0;
	if (first > *floor)
		return spans_add(s, first, end);
	*floor = end;
	if (s->count == 0)
		return 0;
	spans_gap(s, end, UINT64_MAX, &gap);
	*floor = gap.first;
	return spans_remove(s, 0, *floor);
}

bool
spans_touches(const struct spans *s, uint64_t first, uint64_t end)
{
	size_t i = find(s, first);

	return i < s->count && s->at[i].first <= end;
}
