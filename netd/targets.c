/*
 * Budgets of probes for addresses that have not answered. See targets.h.
 */
#include "netd/targets.h"

#include <string.h>

#define IPV4_HOST 15 /* the byte after a /24, of the mapped form */
#define IPV6_HOST 8  /* after a /64 */

static uint16_t
first_of(const struct target *t)
{
	return t->block ? TARGET_BLOCK : TARGET_FIRST;
}

/* What it has left now. */
static void
age(struct target *t, uint64_t now)
{
	uint64_t minutes = (now - t->time) / TARGET_REFILL;
	unsigned int spent =
	    t->left < first_of(t) ? (unsigned int)first_of(t) - t->left : 0;

	if (minutes < spent) {
		t->left = (uint16_t)(t->left + minutes);
		t->time += minutes * TARGET_REFILL;
	} else {
		t->left = (uint16_t)(t->left + spent);
		t->time = now;
	}
}

static void
make_key(struct target *t, const struct addr *a, bool block)
{
	size_t host = addr_is_ipv4(a) ? IPV4_HOST : IPV6_HOST;

	*t = (struct target){ .used = true, .block = block };
	memcpy(t->ip, a->ip, block ? host : sizeof(t->ip));
	t->left = first_of(t);
}

static bool
same(const struct target *a, const struct target *b)
{
	return a->used && a->block == b->block &&
	    memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* The place of an address or its block, which may be a new one; NULL if all
 * that it may have are taken. */
static struct target *
find(struct targets *ts, uint64_t now, const struct addr *a, bool block)
{
	struct target key, *t, *free = NULL;
	uint8_t hash[SIPHASH_MAC];
	uint64_t home;

	make_key(&key, a, block);
	siphash(hash, ts->key, key.ip, sizeof(key.ip));
	memcpy(&home, hash, sizeof(home));
	home += block;
	for (uint64_t i = 0; i < TARGETS_WINDOW; i++) {
		t = &ts->places[(home + i) % TARGETS_PLACES];
		if (t->used)
			age(t, now);
		if (same(t, &key))
			return t;
		if ((free == NULL && t->left >= first_of(t)) ||
		    (!t->used && (free == NULL || free->used)))
			free = t;
	}
	if (free != NULL) {
		*free = key;
		free->time = now;
	}
	return free;
}

void
targets_init(struct targets *ts, const uint8_t key[SIPHASH_KEY])
{
	memset(ts, 0, sizeof(*ts));
	memcpy(ts->key, key, sizeof(ts->key));
}

bool
targets_take(struct targets *ts, uint64_t now, const struct addr *a,
    bool on_link)
{
	struct target *ip = find(ts, now, a, false), *block;

	if (ip == NULL || ip->left == 0) {
		ts->refused++;
		return false;
	}
	ip->left--; /* before its block, which may take the place of any that
		     * has spent nothing */
	if (on_link)
		return true;
	block = find(ts, now, a, true);
	if (block == NULL || block->left == 0) {
		ip->left++;
		ts->refused++;
		return false;
	}
	block->left--;
	return true;
}

static void
add(struct target *t)
{
	if (t == NULL)
		return;
	t->left += TARGET_ANSWER;
	if (t->left > TARGET_MOST)
		t->left = TARGET_MOST;
}

void
targets_answered(struct targets *ts, uint64_t now, const struct addr *a,
    bool on_link)
{
	add(find(ts, now, a, false));
	if (!on_link)
		add(find(ts, now, a, true));
}
