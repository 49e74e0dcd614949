/*
 * The spawner of a household. See household_spawner.h.
 */
#include "tests/unit/launcher/household_spawner.h"

#include <sys/socket.h>

#include <CUnit/CUnit.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

void
household_report(struct household *h, const struct spawned *spawned,
    const int *fds, size_t count)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = { 0 };
	struct iovec iov = { (void *)(uintptr_t)spawned, sizeof(*spawned) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (count > 0) {
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	CU_ASSERT_EQUAL(sendmsg(h->spawner, &msg, 0),
	    (ssize_t)sizeof(*spawned));
}

void
household_start_member(struct household *h, unsigned int child)
{
	struct member *m = &h->members[child];
	struct spawned spawned = { .event = SPAWN_STARTED,
		.child = (uint8_t)child,
		.isolated = !h->crowded,
		.pid = h->next_pid++ };
	int pair[2], fds[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	fds[0] = pair[1];
	fds[1] = dup(pair[0]); /* in place of a pidfd: only a number matters */
	household_report(h, &spawned, fds, 2);
	close(fds[0]);
	close(fds[1]);
	*m = (struct member){ .pid = spawned.pid,
		.starts = m->starts + 1,
		.answers = true,
		.undying = m->undying };
	ipc_open(&m->channel, pair[0], family_role(&h->s.family, child),
	    ROLE_LAUNCHER, IN_MODE(h->settings.options.mode));
}

/* ui gets the end of a channel to the cryptod of a room that it does not know
 * yet. Tests of one room do without. */
static void
leave_end(struct household *h, uint64_t set, unsigned int room)
{
	const struct family *f = &h->s.family;
	const unsigned int cryptod = family_find(f, ROLE_CRYPTOD, room);
	const struct spawned left = {
		.event = SPAWN_END_LEFT,
		.child = (uint8_t)family_find(f, ROLE_UI, 0),
		.other = (uint8_t)cryptod,
	};
	int fd;

	if (cryptod == f->count || (set & CHILD_BIT(cryptod)) == 0 ||
	    (set & CHILD_BIT(left.child)) != 0 || h->s.rooms[room].told)
		return;
	fd = dup(h->spawner); /* only that it is one matters */
	household_report(h, &left, &fd, 1);
	close(fd);
}

static void
start_members(struct household *h, uint64_t set)
{
	struct spawned failed = { .event = SPAWN_FAILED, .error = ENOMEM };

	h->children = set;
	if (h->mood == SPAWNER_SILENT)
		return;
	for (unsigned int child = 0; child < h->s.family.count; child++) {
		if ((set & CHILD_BIT(child)) == 0)
			continue;
		failed.child = (uint8_t)child;
		if (h->mood == SPAWNER_UNABLE) {
			household_report(h, &failed, NULL, 0);
			return;
		}
		household_start_member(h, child);
	}
	for (unsigned int room = 0; room < ROOMS_MAX; room++)
		leave_end(h, set, room);
}

static void
start_resolver(struct household *h, uint32_t room)
{
	struct spawned spawned = { .event = SPAWN_RESOLVER,
		.child = (uint8_t)room };
	struct spawned failed = { .event = SPAWN_NO_RESOLVER,
		.child = (uint8_t)room,
		.error = ENOMEM };
	int pair[2];

	if (h->mood == SPAWNER_UNABLE)
		household_report(h, &failed, NULL, 0);
	if (h->mood != SPAWNER_PROMPT)
		return;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	household_report(h, &spawned, &pair[1], 1);
	close(pair[1]);
	if (h->resolver != -1)
		close(h->resolver);
	h->resolver = pair[0];
}

static void
start_connector(struct household *h)
{
	struct spawned spawned = { .event = SPAWN_CONNECTOR };
	int pair[2];

	if (h->mood == SPAWNER_UNABLE) {
		spawned.error = ENOMEM;
		household_report(h, &spawned, NULL, 0);
	}
	if (h->mood != SPAWNER_PROMPT)
		return;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	household_report(h, &spawned, &pair[1], 1);
	close(pair[1]);
	if (h->connector != -1)
		close(h->connector);
	h->connector = pair[0];
}

void
household_grant(struct household *h)
{
	struct wish wish;

	while (h->spawner != -1 &&
	    recv(h->spawner, &wish, sizeof(wish), MSG_DONTWAIT) ==
		(ssize_t)sizeof(wish)) {
		CU_ASSERT_FATAL(wish.kind <= WISH_END);
		h->wishes[wish.kind]++;
		if (wish.kind == WISH_CHILDREN || wish.kind == WISH_RESOLVER)
			h->wish = wish;
		if (wish.kind == WISH_CHILDREN)
			start_members(h, wish.children);
		else if (wish.kind == WISH_RESOLVER)
			start_resolver(h, wish.room);
		else if (wish.kind == WISH_CONNECTOR)
			start_connector(h);
		else if (wish.kind == WISH_STOP_JOB && h->job_stops)
			raise(SIGTSTP);
	}
}
