/*
 * The bootnode that takes this one's place. See successor.h.
 */
#include "launcher/successor.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GIFTS_MAX (BINDS_MAX + GIVEN_COUNT)
#define NAMES_MAX 256

/* --- Words ---------------------------------------------------------------- */

void
successor_say(int fd, enum successor_word word, int error)
{
	struct successor_says says = { word, error };
	struct iovec iov = { &says, sizeof(says) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	(void)sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int
successor_hear(int fd, struct successor_says *says)
{
	struct iovec iov = { says, sizeof(*says) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	/* See ipc_receive(). */
	do
		n = recvmsg(fd, &msg, MSG_DONTWAIT);
	while (n == -1 && errno == ECONNRESET);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n == (ssize_t)sizeof(*says) && says->word <= SUCCESSOR_SERVING
	    ? 1
	    : -1;
}

/* --- Its start ------------------------------------------------------------ */

/* What it gets, in the order of its descriptors. */
struct list {
	size_t count;
	int fds[GIFTS_MAX];
	char names[NAMES_MAX];
};

static void
add(struct list *l, int fd, const char *name)
{
	const size_t len = strlen(l->names);

	if (fd == -1)
		return;
	(void)snprintf(l->names + len, sizeof(l->names) - len, "%s%s",
	    l->count > 0 ? ":" : "", name);
	l->fds[l->count++] = fd;
}

static struct list
make_list(const struct successor_gifts *gifts, int predecessor)
{
	struct list l = { .count = 0 };

	for (size_t i = 0; i < gifts->ports->count; i++)
		add(&l, gifts->ports->fds[i], GIVEN_UDP_NAME);
	for (size_t i = 0; i < GIVEN_COUNT; i++)
		add(&l, i == GIVEN_PREDECESSOR ? predecessor : gifts->others[i],
		    given_names[i]);
	return l;
}

/* Puts the descriptors where the next program looks for them, and closes all
 * others. *last is where the last one is until then. */
static int
place(const struct list *l, int *last)
{
	int moved[GIFTS_MAX];

	for (size_t i = 0; i < l->count; i++) {
		moved[i] = fcntl(l->fds[i], F_DUPFD_CLOEXEC,
		    GIVEN_FIRST_FD + GIFTS_MAX);
		if (moved[i] == -1)
			return -1;
	}
	for (size_t i = 0; i < l->count; i++)
		if (dup2(moved[i], GIVEN_FIRST_FD + (int)i) == -1)
			return -1;
	*last = GIVEN_FIRST_FD + (int)l->count - 1;
	closefrom(*last + 1);
	return 0;
}

static int
tell_environment(const struct list *l)
{
	char pid[16], count[16];

	(void)snprintf(pid, sizeof(pid), "%d", getpid());
	(void)snprintf(count, sizeof(count), "%zu", l->count);
	return setenv("LISTEN_PID", pid, 1) == 0 &&
		setenv("LISTEN_FDS", count, 1) == 0 &&
		setenv("LISTEN_FDNAMES", l->names, 1) == 0
	    ? 0
	    : -1;
}

/* The end of the channel is the last in the list. */
static void __attribute__((noreturn))
become(const struct successor_kit *kit, const struct list *l)
{
	int channel = l->fds[l->count - 1];

	spawn_reset_signals();
	if (tell_environment(l) == 0 && place(l, &channel) == 0)
		execv(kit->path, kit->argv);
	successor_say(channel, SUCCESSOR_NOT_STARTED, errno);
	_exit(127);
}

_Static_assert(GIVEN_PREDECESSOR == GIVEN_COUNT - 1, "become() relies on it");

int
successor_start(const struct successor_kit *kit,
    const struct successor_gifts *gifts, int *channel,
    struct spawned_child *child)
{
	struct list list;
	int pair[2];

	if (kit->path[0] == '\0') {
		errno = ENOENT;
		return -1;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	list = make_list(gifts, pair[1]);
	child->isolated = false;
	child->pid = (pid_t)syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, NULL,
	    &child->pidfd, NULL, NULL);
	if (child->pid == 0)
		become(kit, &list);
	close(pair[1]);
	*channel = pair[0];
	if (child->pid != -1)
		return 0;
	close(pair[0]);
	return -1;
}
