/*
 * The slots of sessions. See registry_slots.h.
 */
#include "netd/bootnode/registry_slots.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 64 /* a power of two */
#define WORD_BITS   64

/* Doubles the tables. Returns 0, or -1 without memory. */
static int
grow(struct slots *s)
{
	uint32_t size = s->size == 0 ? SLOTS_FIRST : 2 * s->size;
	struct session **sessions;
	uint64_t *taken;

	sessions = reallocarray(s->sessions, size, sizeof(*sessions));
	if (sessions == NULL)
		return -1;
	s->sessions = sessions;
	taken = reallocarray(s->taken, size / WORD_BITS, sizeof(*taken));
	if (taken == NULL)
		return -1;
	s->taken = taken;
	memset(sessions + s->size, 0, (size - s->size) * sizeof(*sessions));
	memset(taken + s->size / WORD_BITS, 0,
	    (size - s->size) / WORD_BITS * sizeof(*taken));
	s->size = size;
	return 0;
}

static void
put(struct slots *s, uint32_t slot, struct session *session)
{
	s->taken[slot / WORD_BITS] |= UINT64_C(1) << slot % WORD_BITS;
	s->sessions[slot] = session;
	if (slot >= s->used)
		s->used = slot + 1;
	session->slot = slot;
}

int
slots_take(struct slots *s, uint32_t limit, struct session *session)
{
	uint32_t word, slot;

	while (s->lowest < s->size / WORD_BITS && ~s->taken[s->lowest] == 0)
		s->lowest++;
	if (s->lowest == s->size / WORD_BITS && grow(s) == -1)
		return -1;
	word = s->lowest;
	slot = word * WORD_BITS + (uint32_t)__builtin_ctzll(~s->taken[word]);
	if (slot >= limit)
		return -1;
	put(s, slot, session);
	return 0;
}

int
slots_take_at(struct slots *s, uint32_t slot, struct session *session)
{
	while (slot >= s->size)
		if (grow(s) == -1)
			return -1;
	if (s->sessions[slot] != NULL)
		return -1;
	put(s, slot, session);
	return 0;
}

void
slots_put(struct slots *s, const struct session *session)
{
	uint32_t word = session->slot / WORD_BITS;

	s->taken[word] &= ~(UINT64_C(1) << session->slot % WORD_BITS);
	s->sessions[session->slot] = NULL;
	if (word < s->lowest)
		s->lowest = word;
}

void
slots_clear(struct slots *s)
{
	free(s->sessions);
	free(s->taken);
	memset(s, 0, sizeof(*s));
}

bool
registry_had_slot(const struct registry *r, uint32_t slot)
{
	return slot < r->slots.used;
}

struct session *
registry_slot(const struct registry *r, uint32_t slot)
{
	return slot < r->slots.used ? r->slots.sessions[slot] : NULL;
}
