/*
 * A list of address prefixes. See prefixes.h.
 */
#include "netd/bootnode/prefixes.h"

#include <stdlib.h>
#include <string.h>

static bool
contains(const struct prefix *p, const uint8_t ip[16])
{
	struct addr_prefix prefix = { .bits = p->bits };
	struct addr addr = { .port = 0 };

	memcpy(prefix.ip, p->ip, sizeof(prefix.ip));
	memcpy(addr.ip, ip, sizeof(addr.ip));
	return addr_in_prefix(&addr, &prefix);
}

/* Its bits can be, there is nothing after them, and it has a number of sessions
 * if it is to have one. */
static bool
is_sound(const struct ipc_prefix *p, enum prefix_list list)
{
	static const uint8_t unused[sizeof(p->unused)];
	unsigned int taken; /* bits of a byte */

	if ((p->sessions > 0) != (list == PREFIXES_LIFTED) ||
	    p->sessions > SESSIONS_MAX || p->bits > 128 ||
	    memcmp(p->unused, unused, sizeof(unused)) != 0)
		return false;
	for (unsigned int i = 0; i < sizeof(p->ip); i++) {
		taken = p->bits > 8 * i ? p->bits - 8 * i : 0;
		if (taken < 8 && (p->ip[i] & 0xff >> taken) != 0)
			return false;
	}
	return true;
}

static bool
comes_after(const struct prefix *p, const struct prefix *before)
{
	int c = memcmp(p->ip, before->ip, sizeof(p->ip));

	return c > 0 || (c == 0 && p->bits > before->bits);
}

/* Returns 1 and the place of the narrowest around an address, of those around
 * the one at this place and itself; or 0. Prefixes are apart, or one lies in
 * the other: so there are no others around what comes after. */
static uint32_t
around(const struct prefixes *l, uint32_t place, const uint8_t ip[16])
{
	while (place > 0 && !contains(&l->at[place - 1], ip))
		place = l->at[place - 1].around;
	return place;
}

int
prefixes_add(struct prefixes *l, enum prefix_list list, const uint8_t *tail,
    uint32_t count)
{
	const uint32_t before = l->count;
	struct ipc_prefix in;
	struct prefix *p;

	if (count > PREFIXES_MAX - before)
		return -1;
	p = reallocarray(l->at, before + count, sizeof(*p));
	if (p == NULL)
		return -1;
	l->at = p;
	for (uint32_t i = 0; i < count; i++) {
		memcpy(&in, tail + i * sizeof(in), sizeof(in));
		p = &l->at[l->count];
		*p =
		    (struct prefix){ .sessions = in.sessions, .bits = in.bits };
		memcpy(p->ip, in.ip, sizeof(p->ip));
		if (!is_sound(&in, list) ||
		    (l->count > 0 && !comes_after(p, p - 1))) {
			l->count = before;
			return -1;
		}
		p->around = around(l, l->count, p->ip);
		l->count++;
	}
	return 0;
}

void
prefixes_clear(struct prefixes *l)
{
	free(l->at);
	memset(l, 0, sizeof(*l));
}

const struct prefix *
prefixes_find(const struct prefixes *l, const uint8_t ip[16])
{
	uint32_t first = 0, end = l->count, middle;

	/* The last one that does not begin after it. */
	while (first < end) {
		middle = first + (end - first) / 2;
		if (memcmp(l->at[middle].ip, ip, sizeof(l->at[0].ip)) <= 0)
			first = middle + 1;
		else
			end = middle;
	}
	first = around(l, first, ip);
	return first > 0 ? &l->at[first - 1] : NULL;
}

static void
append(struct prefixes *l, const struct prefix *p)
{
	l->at[l->count] = *p;
	l->at[l->count].around = around(l, l->count, p->ip);
	l->count++;
}

/* True if one of the list is around all of it. */
static bool
has_around(const struct prefixes *l, const struct addr_prefix *p)
{
	const struct prefix *found = prefixes_find(l, p->ip);

	while (found != NULL && found->bits > p->bits)
		found = found->around > 0 ? &l->at[found->around - 1] : NULL;
	return found != NULL;
}

int
prefixes_insert(struct prefixes *l, const struct addr_prefix *add)
{
	struct ipc_prefix in = { .bits = add->bits };
	struct prefix p = { .bits = add->bits };
	struct prefixes with = { 0 };
	uint32_t i = 0;

	memcpy(in.ip, add->ip, sizeof(in.ip));
	memcpy(p.ip, add->ip, sizeof(p.ip));
	if (!is_sound(&in, PREFIXES_DENIED))
		return -1;
	if (has_around(l, add))
		return 0;
	if (l->count == PREFIXES_MAX)
		return -1;
	with.at = calloc(l->count + 1, sizeof(p));
	if (with.at == NULL)
		return -1;
	for (; i < l->count && comes_after(&p, &l->at[i]); i++)
		append(&with, &l->at[i]);
	append(&with, &p);
	for (; i < l->count; i++)
		append(&with, &l->at[i]);
	prefixes_clear(l);
	*l = with;
	return 1;
}
