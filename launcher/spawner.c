/*
 * The process that starts the others. See spawner.h.
 */
#include "launcher/spawner.h"

#include "launcher/resolve.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define FDS_MAX 2
/* The kernel ends ui with the launcher: for so long their ends are awaited. */
#define PATIENCE     2	       /* seconds */
#define END_PATIENCE 300000000 /* nanoseconds */

struct spawner {
	const struct spawn_kit *kit;
	int launcher; /* socket */
	int its_pidfd;
	int ui; /* pidfd, or -1 */
	struct terminal terminal;
};

/* --- After the launcher --------------------------------------------------- */

/* It died, rather than ended: see SPAWNER_END. What ui still draws must not
 * come after the terminal was put back. */
static void __attribute__((noreturn)) outlive_launcher(struct spawner *sp)
{
	struct pollfd ui = { sp->ui, POLLIN, 0 };
	struct pollfd launcher = { sp->its_pidfd, POLLIN, 0 };
	const struct timespec patience = { PATIENCE, 0 };

	if (sp->terminal.used)
		ppoll(&ui, 1, &patience, NULL);
	terminal_restore(&sp->terminal);
	/* Our socket may be closed before the one that it listens at. */
	ppoll(&launcher, 1, &patience, NULL);
	metrics_remove(sp->kit->metrics);
	_exit(0);
}

/* --- Messages ------------------------------------------------------- */

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
};

/* Returns 0, or -1 with errno set if it cannot be said. */
static int
report(struct spawner *sp, const struct spawned *s, const int *fds,
    size_t count)
{
	union control control = { .bytes = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)s, sizeof(*s) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (count > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	if (sendmsg(sp->launcher, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) != -1)
		return 0;
	if (errno == EPIPE || errno == ECONNRESET)
		outlive_launcher(sp);
	if (errno == EAGAIN) /* which is said of processes */
		errno = ENOBUFS;
	return -1;
}

/* If not even this can be said, the launcher does not wait for ever. */
static void
report_failure(struct spawner *sp, enum role role, int error)
{
	const struct spawned s = {
		.event = SPAWN_FAILED,
		.role = (uint8_t)role,
		.error = error,
	};

	report(sp, &s, NULL, 0);
}

int
spawner_ask(int fd, unsigned int what)
{
	uint8_t byte = (uint8_t)what;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ? 0 : -1;
}

void
spawner_end(int fd)
{
	struct pollfd pfd = { fd, 0,
		0 }; /* the end of it is told all the same */
	const struct timespec patience = { 0, END_PATIENCE };

	if (spawner_ask(fd, SPAWNER_END) == 0)
		ppoll(&pfd, 1, &patience, NULL);
}

int
spawner_receive(int fd, struct spawned *s, int fds[2])
{
	union control control;
	struct iovec iov = { s, sizeof(*s) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;
	ssize_t n;

	/* See ipc_receive(). */
	do
		n = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == ECONNRESET);
	fds[0] = fds[1] = -1;
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n != (ssize_t)sizeof(*s) || (msg.msg_flags & MSG_CTRUNC) != 0) {
		errno = n == 0 ? EPIPE : EMFILE;
		return -1;
	}
	c = CMSG_FIRSTHDR(&msg);
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	return 1;
}

/* --- The process ---------------------------------------------------- */

/* Two processes of the chain and the ends of the channel between them. */
struct link {
	enum role roles[2];
	int numbers[2]; /* of the ends, in the processes */
	int ends[2];	/* -1: not made, or given away */
};

static const struct link chain[] = {
	{ { ROLE_NETD, ROLE_CRYPTOD }, { FD_CRYPTOD, FD_NETD }, { -1, -1 } },
	{ { ROLE_CRYPTOD, ROLE_UI }, { FD_UI, FD_CRYPTOD }, { -1, -1 } },
};
#define LINKS (sizeof(chain) / sizeof(chain[0]))

static void
close_end(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static int
make_pair(int pair[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

/* Channels of which at least one end is needed. */
static int
make_links(struct link links[LINKS], unsigned int roles)
{
	for (size_t i = 0; i < LINKS; i++)
		if ((roles &
			(ROLE_BIT(links[i].roles[0]) |
			    ROLE_BIT(links[i].roles[1]))) != 0 &&
		    make_pair(links[i].ends) == -1)
			return -1;
	return 0;
}

/* Starts one with its descriptors, and reports it. */
static int
start(struct spawner *sp, struct link links[LINKS], enum role role)
{
	const struct spawn_kit *kit = sp->kit;
	struct spawned s = { .event = SPAWN_STARTED, .role = (uint8_t)role };
	const unsigned int needs =
	    process_table[process_of(role, kit->mode)].needs;
	struct spawn_fd fds[8];
	struct spawned_child child;
	size_t count = 0;
	int control[2], result;

	if (make_pair(control) == -1)
		return -1;
	fds[count++] = (struct spawn_fd){ control[1], FD_CONTROL };
	for (size_t i = 0; i < LINKS; i++)
		for (int end = 0; end < 2; end++)
			if (links[i].roles[end] == role)
				fds[count++] =
				    (struct spawn_fd){ links[i].ends[end],
					    links[i].numbers[end] };
	if ((needs & NEEDS_STATE_DIR) != 0)
		fds[count++] =
		    (struct spawn_fd){ kit->state_dir, FD_STATE_DIR };
	if ((needs & NEEDS_PASSPHRASE) != 0)
		fds[count++] =
		    (struct spawn_fd){ kit->passphrase, FD_PASSPHRASE };
	for (size_t i = 0;
	     (needs & NEEDS_SOCKETS) != 0 && i < kit->sockets.count; i++)
		fds[count++] = (struct spawn_fd){ kit->sockets.fds[i],
			i == 0 ? FD_UDP : FD_UDP_SECOND };
	result = spawn(&kit->paths, role, kit->mode, fds, count, &child);
	close(control[1]);
	if (result == 0) {
		s.pid = child.pid;
		s.isolated = child.isolated;
		if (role == ROLE_UI) {
			close_end(&sp->ui);
			sp->ui = fcntl(child.pidfd, F_DUPFD_CLOEXEC, 0);
			sp->terminal.used = true;
		}
		result = report(sp, &s, (int[]){ control[0], child.pidfd }, 2);
		close(child.pidfd);
	}
	close(control[0]);
	return result;
}

/* What is left of the channels is for processes that live on. */
static int
hand_over(struct spawner *sp, const struct link links[LINKS],
    unsigned int roles)
{
	int result = 0;

	for (size_t i = 0; i < LINKS; i++)
		for (int end = 0; end < 2; end++) {
			const struct spawned s = {
				.event = SPAWN_END_LEFT,
				.role = (uint8_t)links[i].roles[end],
				.other = (uint8_t)links[i].roles[1 - end],
			};

			if (links[i].ends[end] != -1 && result == 0 &&
			    (roles & ROLE_BIT(s.role)) == 0)
				result = report(sp, &s, &links[i].ends[end], 1);
		}
	return result;
}

static int
start_resolver(struct spawner *sp)
{
	struct spawned s = { .event = SPAWN_STARTED, .role = ROLE_LAUNCHER };
	int resolver = resolve_start(sp->kit->bootnode, sp->kit->user), result;

	if (resolver == -1)
		return -1;
	result = report(sp, &s, &resolver, 1);
	close(resolver);
	return result;
}

/* Returns 0, or -1 with errno set and *at the one that could not be started,
 * which is the first if there were no channels. */
static int
start_children(struct spawner *sp, unsigned int roles, enum role *at)
{
	struct link links[LINKS];
	int result;

	*at = ROLE_UI;
	while (*at > ROLE_NETD && (roles & ROLE_BIT(*at)) == 0)
		(*at)--;
	memcpy(links, chain, sizeof(chain));
	result = make_links(links, roles);
	/* ui first: somebody waits for its screen. */
	for (enum role role = *at; result == 0 && role >= ROLE_NETD; role--)
		if ((roles & ROLE_BIT(role)) != 0) {
			*at = role;
			result = start(sp, links, role);
		}
	if (result == 0)
		result = hand_over(sp, links, roles);
	for (size_t i = 0; i < LINKS; i++)
		for (int end = 0; end < 2; end++)
			close_end(&links[i].ends[end]);
	return result;
}

static void
start_set(struct spawner *sp, unsigned int roles)
{
	enum role at;

	if ((roles & ALL_ROLES) != 0 &&
	    start_children(sp, roles & ALL_ROLES, &at) == -1)
		report_failure(sp, at, errno);
	else if ((roles & RESOLVER_BIT) != 0 && start_resolver(sp) == -1)
		report_failure(sp, ROLE_LAUNCHER, errno);
}

/* What was typed stays out of swap for as long as it is kept. */
static void
pin(int fd)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) == -1 || st.st_size <= 0)
		return;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED && mlock(p, (size_t)st.st_size) == 0)
		madvise(p, (size_t)st.st_size, MADV_DONTDUMP);
}

static void __attribute__((noreturn)) run(struct spawner *sp)
{
	uint8_t what;

	for (;;) {
		ssize_t n = recv(sp->launcher, &what, sizeof(what), 0);

		if (n == -1 && errno == EINTR)
			continue;
		if (n != 1)
			outlive_launcher(sp);
		switch (what) {
		case SPAWNER_SCREEN_GIVEN:
			terminal_give_screen(&sp->terminal);
			break;
		case SPAWNER_TERMINAL_RESTORED:
			sp->terminal.used = sp->terminal.screen = false;
			break;
		case SPAWNER_END:
			metrics_remove(sp->kit->metrics);
			_exit(0);
		case SPAWNER_STOP_JOB:
			kill(0, SIGTSTP);
			break;
		default:
			start_set(sp, what & (ALL_ROLES | RESOLVER_BIT));
		}
	}
}

/* The terminal's signals are the launcher's business. */
static void
ignore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM,
		SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGUSR1 };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
}

int
spawner_start(const struct spawn_kit *kit)
{
	struct spawner sp = {
		.kit = kit,
		.ui = -1,
		.terminal = *kit->terminal,
	};
	int pair[2];
	pid_t pid;

	if (make_pair(pair) == -1)
		return -1;
	pid = fork();
	if (pid == -1) {
		close(pair[0]);
		close(pair[1]);
		return -1;
	}
	if (pid > 0) {
		close(pair[1]);
		return pair[0];
	}
	ignore_signals();
	signal(SIGCHLD, SIG_IGN); /* the resolver needs no burial */
	close(pair[0]);
	sp.launcher = pair[1];
	if (prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) {
		report_failure(&sp, ROLE_COUNT, errno);
		_exit(1);
	}
	if (kit->metrics->fd != -1)
		close(kit->metrics->fd); /* the launcher's alone */
	setproctitle("spawner");
	pin(kit->passphrase);
	sp.its_pidfd = (int)syscall(SYS_pidfd_open, getppid(), 0);
	run(&sp);
}
