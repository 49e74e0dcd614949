/*
 * One child of the launcher, or all of them. See supervised.h.
 */
#include "launcher/supervised.h"

#include "common/log.h"
#include "launcher/house.h"

#include <signal.h>
#include <stdio.h>

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

unsigned int
supervised_number(const struct supervisor *s, const struct room *room)
{
	return (unsigned int)(room - s->rooms);
}

uint64_t
supervised_bit(const struct supervisor *s, const struct supervised *child)
{
	return CHILD_BIT(child - s->children);
}

static unsigned int
room_of(const struct supervisor *s, const struct supervised *child)
{
	return s->family.at[child - s->children].room;
}

bool
supervised_is_in(const struct supervisor *s, const struct supervised *child,
    unsigned int room)
{
	return role_is_for_each_room(child->role) && room_of(s, child) == room;
}

const char *
supervised_name(const struct supervisor *s, const struct supervised *child)
{
	static char name[64];

	if (room_of(s, child) == 0)
		return role_name(child->role);
	(void)snprintf(name, sizeof(name), "%s of room %u",
	    role_name(child->role), room_of(s, child) + 1);
	return name;
}

const char *
supervised_room_pair(const struct supervisor *s, const struct supervised *child)
{
	static char pair[16];

	if (room_of(s, child) == 0)
		return "";
	(void)snprintf(pair, sizeof(pair), "room=%u ", room_of(s, child) + 1);
	return pair;
}

uint64_t
supervised_wanted(const struct supervisor *s)
{
	return family_of_rooms(&s->family, house_running(s));
}

bool
supervised_all_ready(const struct supervisor *s)
{
	return s->all_ready;
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
	if (child->pid == 0)
		return;
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
