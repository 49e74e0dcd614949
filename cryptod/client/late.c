/*
 * Texts that were given up and arrived late. See late.h.
 */
#include "cryptod/client/late.h"

#include <string.h>

static void
drop(struct lates *l, size_t i)
{
	memmove(&l->at[i], &l->at[i + 1], (--l->count - i) * sizeof(l->at[0]));
}

/* The peer can send nothing more about the texts of streams that are over. */
static void
drop_over(struct lates *l)
{
	for (size_t i = l->count; i-- > 0;)
		if (l->at[i].over)
			drop(l, i);
}

void
late_given(struct lates *l, uint64_t seq)
{
	if (seq > l->given)
		l->given = seq;
}

void
late_add(struct lates *l, uint64_t seq, bool on_stream)
{
	struct late *last = &l->at[l->count - (l->count > 0)];

	if (!on_stream && (seq > l->given || l->settled))
		return;
	if (l->count > 0 && last->over == !on_stream && last->last + 1 == seq) {
		last->last = seq;
		return;
	}
	if (l->count == LATE_MAX)
		drop(l, 0);
	l->at[l->count++] = (struct late){ seq, seq, !on_stream };
}

void
late_over(struct lates *l)
{
	for (size_t i = 0; i < l->count; i++)
		l->at[i].over = true;
	l->settled = false;
}

bool
late_wait(const struct lates *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->at[i].over)
			return true;
	return false;
}

uint64_t
late_received(struct lates *l, uint64_t seq)
{
	uint64_t next;

	if (l->count > 0 && l->at[0].first <= seq) {
		next = l->at[0].first++;
		if (l->at[0].first > l->at[0].last)
			drop(l, 0);
		return next;
	}
	if (!l->settled)
		drop_over(l);
	l->settled = true;
	return 0;
}
