/*
 * Budgets of probes for addresses that have not answered. See targets.h.
 */
#include "netd/client/targets.h"

#include <string.h>

#define IPV4_HOST 15 /* the byte after a /24, of the mapped form */
#define IPV6_HOST 8  /* after a /64 */

#define BUDGETS_MAX 4 /* that a probe is of */

static const struct {
	uint16_t ip, block, card, all; /* at first; 0: no such budget */
} firsts[TARGET_KINDS] = {
	[TARGET_OBSERVED] = { TARGET_FIRST, TARGET_BLOCK, 0, TARGET_ALL },
	[TARGET_NAMED] = { NAMED_FIRST, NAMED_BLOCK, NAMED_FIRST, NAMED_ALL },
	[TARGET_ON_LINK] = { TARGET_FIRST, 0, 0, TARGET_ALL },
	[TARGET_NAMED_ON_LINK] = { TARGET_FIRST, 0, NAMED_FIRST, NAMED_ALL },
};

static bool
is_named(enum target_kind kind)
{
	return firsts[kind].card > 0;
}

static uint64_t
refill(const struct targets *ts, enum target_kind kind)
{
	return is_named(kind)
	    ? clock_max(TARGET_REFILL, ts->peers * NAMED_SPREAD)
	    : TARGET_REFILL;
}

static bool
has_begun(const struct budget *b, uint64_t now)
{
	return (int64_t)(now - b->time) >= 0;
}

/* Returns what is left of a budget now. */
static void
age(struct budget *b, uint64_t now, uint64_t interval)
{
	uint64_t back;
	unsigned int spent;

	if (!has_begun(b, now))
		return;
	back = (now - b->time) / interval;
	spent = b->left < b->first ? (unsigned int)b->first - b->left : 0;
	if (back < spent) {
		b->left = (uint16_t)(b->left + back);
		b->time += back * interval;
	} else {
		b->left = (uint16_t)(b->left + spent);
		b->time = now;
	}
}

/* Makes a random number of 64 bits for each address. */
static uint64_t
chance(const struct targets *ts, const uint8_t ip[16])
{
	uint8_t hash[SIPHASH_MAC];
	uint64_t n;

	siphash(hash, ts->key, ip, 16);
	memcpy(&n, hash, sizeof(n));
	return n;
}

/* Makes a fresh budget. Those of one probe begin together. */
static struct budget
begin(const struct targets *ts, uint64_t now, const struct target_probe *probe,
    unsigned int first)
{
	unsigned int crowd = is_named(probe->kind) ? probe->crowd : 0;
	struct budget b = { .time = now };

	if (crowd > NAMED_SMALL)
		first = first * NAMED_SMALL / crowd;
	if (crowd > NAMED_CROWD)
		b.time = probe->since +
		    chance(ts, probe->to->ip) %
			((crowd - NAMED_CROWD) * NAMED_SPREAD);
	b.first = b.left = (uint16_t)(first > 0 ? first : 1);
	return b;
}

static void
make_key(struct target *t, const struct target_probe *probe, bool block)
{
	size_t host = addr_is_ipv4(probe->to) ? IPV4_HOST : IPV6_HOST;

	*t = (struct target){
		.used = true,
		.block = block,
		.kind = (uint8_t)probe->kind,
	};
	memcpy(t->ip, probe->to->ip, block ? host : sizeof(t->ip));
}

static bool
same(const struct target *a, const struct target *b)
{
	return a->used && a->block == b->block && a->kind == b->kind &&
	    memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* True if nothing is lost when it is forgotten. */
static bool
is_free(const struct target *t, uint64_t now)
{
	return !t->used ||
	    (t->budget.left >= t->budget.first && has_begun(&t->budget, now));
}

/* Returns the budget of an address or its block, which may be a new one; NULL
 * if all places that it may have are taken. */
static struct budget *
find(struct targets *ts, uint64_t now, const struct target_probe *probe,
    bool block)
{
	uint64_t half = is_named(probe->kind) ? TARGETS_PLACES / 2 : 0;
	struct target key, *t, *free = NULL;
	uint64_t home;

	make_key(&key, probe, block);
	home = chance(ts, key.ip) + block;
	for (uint64_t i = 0; i < TARGETS_WINDOW; i++) {
		t = &ts->places[half + (home + i) % (TARGETS_PLACES / 2)];
		if (t->used)
			age(&t->budget, now,
			    refill(ts, (enum target_kind)t->kind));
		if (same(t, &key))
			return &t->budget;
		if (is_free(t, now) &&
		    (free == NULL || (free->used && !t->used)))
			free = t;
	}
	if (free == NULL)
		return NULL;
	*free = key;
	free->budget = begin(ts, now, probe,
	    block ? firsts[key.kind].block : firsts[key.kind].ip);
	return &free->budget;
}

void
targets_init(struct targets *ts, const uint8_t key[SIPHASH_KEY])
{
	memset(ts, 0, sizeof(*ts));
	memcpy(ts->key, key, sizeof(ts->key));
	for (size_t i = 0; i < TARGET_KINDS; i++)
		ts->all[i].first = ts->all[i].left = firsts[i].all;
}

static bool
take(struct budget *b, uint64_t now)
{
	if (b == NULL || b->left == 0 || !has_begun(b, now))
		return false;
	b->left--;
	return true;
}

/* Takes one from the budget of a card. *whole: the budget was whole before. */
static bool
take_card(struct targets *ts, uint64_t now, const struct target_probe *probe,
    bool *whole)
{
	struct budget *b = probe->card;

	if (b->first == 0)
		*b = begin(ts, now, probe, firsts[probe->kind].card);
	age(b, now, refill(ts, probe->kind));
	*whole = b->left == b->first;
	return take(b, now);
}

bool
targets_take(struct targets *ts, uint64_t now, const struct target_probe *probe)
{
	struct budget *taken[BUDGETS_MAX], *b;
	size_t n = 0;
	bool ok = true, whole = false;

	if (is_named(probe->kind) && (ok = take_card(ts, now, probe, &whole)))
		taken[n++] = probe->card;
	b = &ts->all[probe->kind];
	age(b, now, TARGET_REFILL_ALL);
	if (ok && (ok = take(b, now)))
		taken[n++] = b;
	if (ok && whole && probe->kind == TARGET_NAMED_ON_LINK) {
		take(find(ts, now, probe, false), now); /* if there is one */
		return true;
	}
	/* The address's budget pays before its block is looked for: the block
	 * may take the place of any that has spent nothing. */
	if (ok && (ok = take(b = find(ts, now, probe, false), now)))
		taken[n++] = b;
	if (ok && firsts[probe->kind].block > 0)
		ok = take(find(ts, now, probe, true), now);
	if (ok)
		return true;
	while (n > 0)
		taken[--n]->left++;
	ts->refused++;
	return false;
}

static void
add(struct budget *b, uint64_t now, unsigned int most)
{
	if (b == NULL)
		return;
	if (!has_begun(b, now))
		b->time = now;
	b->left += TARGET_ANSWER;
	if (b->left > most)
		b->left = (uint16_t)most;
}

void
targets_answered(struct targets *ts, uint64_t now, const struct addr *a,
    enum target_kind kind)
{
	const struct target_probe probe = { .to = a, .kind = kind };

	add(&ts->all[kind], now, firsts[kind].all);
	add(find(ts, now, &probe, false), now, TARGET_MOST);
	if (firsts[kind].block > 0)
		add(find(ts, now, &probe, true), now, TARGET_MOST);
}
