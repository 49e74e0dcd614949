/*
 * One child of the launcher, or all of them. See supervised.h.
 */
#include "launcher/supervised.h"

#include "common/log.h"

#include <signal.h>

struct supervised *
supervised_of(struct supervisor *s, enum role role, unsigned int room)
{
	unsigned int child = family_find(&s->family, role, room);

	if (child == s->family.count)
		fatal("there is no %s", role_name(role));
	return &s->children[child];
}

struct room *
supervised_room(struct supervisor *s, const struct supervised *child)
{
	return &s->rooms[s->family.at[child - s->children].room];
}

uint64_t
supervised_bit(const struct supervisor *s, const struct supervised *child)
{
	return CHILD_BIT(child - s->children);
}

bool
supervised_all_ready(const struct supervisor *s)
{
	return s->ready == family_all(&s->family);
}

void
supervised_signal(const struct supervisor *s, struct supervised *child, int sig)
{
	if (child->pid != 0)
		kernel_signal(&s->kernel, child->pidfd, sig);
}

void
supervised_kill(const struct supervisor *s, struct supervised *child)
{
	if (!child->killed)
		child->due = kernel_now(&s->kernel) + KILL_PATIENCE;
	child->killed = true;
	supervised_signal(s, child, SIGKILL);
}

void
supervised_end(const struct supervisor *s, struct supervised *child)
{
	ipc_close(&child->channel);
	supervised_kill(s, child);
}
