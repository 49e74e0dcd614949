/*
 * The nodes of a fleet that have not answered: we are not sent there again for
 * a while. See bootclient.h and bootclient_parts.h.
 */
#include "netd/client/bootclient_parts.h"

#include <string.h>

static bool
has_any(const struct boot_silent *s, const struct addr *addrs, size_t count)
{
	for (size_t i = 0; i < s->count; i++)
		for (size_t j = 0; j < count; j++)
			if (addr_equal(&s->addrs[i], &addrs[j]))
				return true;
	return false;
}

/* Returns a place that is free, or that of the one which has been silent for
 * the longest time. */
static struct boot_silent *
place(struct bootclient *b)
{
	struct boot_silent *oldest = &b->silent[0];

	for (size_t i = 1; i < SILENT_NODES; i++)
		if (b->silent[i].until < oldest->until)
			oldest = &b->silent[i];
	return oldest;
}

static void
add(struct bootclient *b, uint64_t now, uint8_t what, const struct addr *also)
{
	struct boot_silent s = { .until = now + SILENT_REST };

	if (also != NULL)
		s.addrs[s.count++] = *also;
	for (size_t i = 0; i < b->target_count && s.count < NODE_ADDRS_MAX; i++)
		if ((b->targets[i].is & what) != 0 &&
		    !has_any(&s, &b->targets[i].addr, 1))
			s.addrs[s.count++] = b->targets[i].addr;
	*place(b) = s;
}

void
boot_silent_home(struct bootclient *b, uint64_t now)
{
	add(b, now, BOOT_HOME, &b->session_addr);
}

void
boot_silent_goal(struct bootclient *b, uint64_t now)
{
	add(b, now, BOOT_GOAL, NULL);
}

void
boot_not_silent(struct bootclient *b, const struct addr *addr)
{
	for (size_t i = 0; i < SILENT_NODES; i++)
		if (has_any(&b->silent[i], addr, 1))
			memset(&b->silent[i], 0, sizeof(b->silent[i]));
}

bool
boot_are_silent(const struct bootclient *b, uint64_t now, uint64_t rest,
    const struct addr *addrs, size_t count)
{
	size_t silent = 0;

	for (size_t i = 0; i < SILENT_NODES; i++) {
		if (now + SILENT_REST >= b->silent[i].until + rest)
			continue;
		if (has_any(&b->silent[i], addrs, count))
			return true;
		silent++;
	}
	return silent == SILENT_NODES;
}
