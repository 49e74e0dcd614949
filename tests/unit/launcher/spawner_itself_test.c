/*
 * The spawner itself: what it does with its own process, what it keeps of the
 * passphrase, and what goes wrong between it and the launcher.
 */
#include "launcher/spawner.h"

#include "common/clock.h"

#include "tests/unit/folder.h"
#include "tests/unit/forked.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>

#include <bsd/unistd.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void spawner_itself_suite(void);

#define PATIENCE (10 * USEC_PER_SEC)

static const struct terminal no_terminal;
static const struct metrics no_metrics = { .fd = -1 };

/* A kit without programs. */
static struct spawn_kit
bare_kit(enum mode mode)
{
	struct spawn_kit kit = { .mode = mode,
		.state_dir = -1,
		.passphrase = -1,
		.terminal = &no_terminal,
		.metrics = &no_metrics };

	family_make(&kit.family, mode, 1);
	return kit;
}

/* --- Its process ---------------------------------------------------------- */

/* Reads a line of a process's status. Returns false if it has none. */
static bool
read_status(pid_t pid, const char *name, char value[64])
{
	char path[64], line[256];
	bool found = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0 &&
		    sscanf(line + strlen(name), ": %63s", value) == 1)
			found = true;
	if (f != NULL)
		fclose(f);
	return found;
}

/* The only child of this process, or -1. */
static pid_t
only_child(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *e;
	char parent[64];
	pid_t child = -1;

	while (proc != NULL && (e = readdir(proc)) != NULL)
		if (read_status(atoi(e->d_name), "PPid", parent) &&
		    atoi(parent) == getpid())
			child = atoi(e->d_name);
	if (proc != NULL)
		closedir(proc);
	return child;
}

/* Waits for a line of the spawner's status that has this value. */
static bool
await_status(pid_t pid, const char *name, const char *want)
{
	const struct timespec pause = { 0, 1000000 };
	uint64_t deadline = clock_now() + PATIENCE;
	char value[64] = "";

	while (read_status(pid, name, value) && strcmp(value, want) != 0 &&
	    clock_now() < deadline)
		nanosleep(&pause, NULL);
	if (strcmp(value, want) != 0)
		fprintf(stderr, "\n  %s: %s, not %s\n", name, value, want);
	return strcmp(value, want) == 0;
}

/* What it cannot be made to do: gain rights by a program that it runs, or tell
 * another process of its user what is in its memory. The latter belongs to
 * root, then: proc(5). */
static int
look_at_rights(void *arg)
{
	struct spawn_kit kit = bare_kit(MODE_CLIENT);
	char path[64];
	struct stat st;
	pid_t pid;
	int fd;

	(void)arg;
	if (geteuid() == 0)
		EXPECT(setresgid(12345, 12345, 12345) == 0 &&
		    setresuid(12345, 12345, 12345) == 0);
	EXPECT(prctl(PR_SET_DUMPABLE, 1) == 0); /* a change of user undid it */
	fd = spawner_start(&kit);
	EXPECT(fd != -1);
	pid = only_child();
	EXPECT(pid != -1);
	EXPECT(await_status(pid, "NoNewPrivs", "1"));
	(void)snprintf(path, sizeof(path), "/proc/%d/status", pid);
	EXPECT(stat(path, &st) == 0);
	EXPECT(st.st_uid == 0);
	spawner_end(fd);
	return 0;
}

static void
test_rights(void)
{
	CU_ASSERT_EQUAL(forked(look_at_rights, NULL), 0);
}

/* A passphrase of a page and a byte, which is two pages; and of none. */
static int
look_at_memory(void *arg)
{
	struct spawn_kit kit = bare_kit(MODE_CLIENT);
	const size_t *len = arg;
	const long page = sysconf(_SC_PAGESIZE);
	char want[64];
	pid_t pid;
	int fd;

	kit.passphrase = memfd_create("passphrase", MFD_CLOEXEC);
	EXPECT(ftruncate(kit.passphrase, (off_t)*len) == 0);
	fd = spawner_start(&kit);
	EXPECT(fd != -1);
	pid = only_child();
	(void)snprintf(want, sizeof(want), "%ld",
	    *len == 0 ? 0 : 2 * page / 1024);
	/* Its memory is its own once it has said so; then it is pinned. */
	EXPECT(await_status(pid, "NoNewPrivs", "1"));
	EXPECT(await_status(pid, "VmLck", want));
	spawner_end(fd);
	return 0;
}

/* What was typed stays out of swap for as long as it is kept. */
static void
test_memory(void)
{
	const size_t lens[] = { 0, (size_t)sysconf(_SC_PAGESIZE) + 1 };

	for (size_t i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(forked(look_at_memory, (void *)&lens[i]), 0);
}

/* The launcher's metrics are not the spawner's: once the launcher has closed
 * the socket, nobody listens there. */
static int
look_at_metrics(void *arg)
{
	struct spawn_kit kit = bare_kit(MODE_BOOTNODE);
	struct metrics metrics = { .fd = -1, .path = "" };
	struct pollfd other;
	int pair[2], fd;
	char byte;

	(void)arg;
	EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	metrics.fd = pair[0];
	kit.metrics = &metrics;
	fd = spawner_start(&kit);
	EXPECT(fd != -1);
	close(pair[0]);
	other = (struct pollfd){ pair[1], POLLIN, 0 };
	EXPECT(poll(&other, 1, (int)(PATIENCE / USEC_PER_MSEC)) == 1);
	EXPECT(read(pair[1], &byte, 1) == 0);
	spawner_end(fd);
	return 0;
}

static void
test_metrics(void)
{
	CU_ASSERT_EQUAL(forked(look_at_metrics, NULL), 0);
}

/* --- The sockets of systemd ----------------------------------------------- */

/* Reads what comes there, for so long at most. */
static void
check_comes(int fd, const char *want)
{
	struct pollfd pfd = { fd, POLLIN, 0 };
	char got[16] = "";

	CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, (int)(PATIENCE / USEC_PER_MSEC)),
	    1);
	CU_ASSERT(recv(fd, got, sizeof(got) - 1, 0) > 0);
	CU_ASSERT_STRING_EQUAL(got, want);
}

/* The first is the one that clients know, the second has the other port: netd
 * finds each at its number. */
static void
test_order_of_sockets(void)
{
	struct spawn_kit kit = bare_kit(MODE_BOOTNODE);
	unsigned int netd = family_find(&kit.family, ROLE_NETD, 0);
	const struct wish wish = { .kind = WISH_CHILDREN,
		.children = CHILD_BIT(netd) };
	int first[2], second[2], fds[2], fd;
	struct spawned spawned;
	struct folder f;
	char program[128];
	struct pollfd pfd;

	folder_open(&f);
	(void)snprintf(kit.paths.folder, sizeof(kit.paths.folder), "%s",
	    f.path);
	(void)snprintf(program, sizeof(program),
	    "#!/bin/sh\nprintf one >&%d\nprintf two >&%d\n", FD_UDP,
	    FD_UDP_SECOND);
	folder_put(&f, "gochat-netd-bootnode", program, strlen(program));
	CU_ASSERT_EQUAL(fchmodat(f.fd, "gochat-netd-bootnode", 0700, 0), 0);
	CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_DGRAM, 0, first), 0);
	CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_DGRAM, 0, second), 0);
	kit.sockets = (struct given_sockets){ 2, { first[0], second[0] } };
	fd = spawner_start(&kit);
	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL(spawner_ask(fd, &wish), 0);
	check_comes(first[1], "one");
	check_comes(second[1], "two");
	pfd = (struct pollfd){ fd, POLLIN, 0 };
	CU_ASSERT_EQUAL(poll(&pfd, 1, (int)(PATIENCE / USEC_PER_MSEC)), 1);
	CU_ASSERT_EQUAL_FATAL(spawner_receive(fd, &spawned, fds), 1);
	CU_ASSERT_EQUAL(spawned.event, SPAWN_STARTED);
	CU_ASSERT_EQUAL(waitpid(spawned.pid, NULL, 0), spawned.pid);
	close(fds[0]);
	close(fds[1]);
	spawner_end(fd);
	CU_ASSERT_NOT_EQUAL(waitpid(-1, NULL, 0), -1);
	close(fd);
	for (int i = 0; i < 2; i++) {
		close(first[i]);
		close(second[i]);
	}
	folder_remove(&f);
}

/* --- It cannot be started ------------------------------------------------- */

static int
lowest_free(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

/* No descriptor, and no process: the launcher is told, and loses nothing. */
static int
start_in_vain(void *arg)
{
	const struct rlimit none = { 0, 0 };
	struct spawn_kit kit = bare_kit(MODE_CLIENT);
	struct rlimit few;
	int lowest;

	(void)arg;
	closefrom(3);
	lowest = lowest_free();
	few = (struct rlimit){ (rlim_t)lowest + 1, 1024 };
	EXPECT(setrlimit(RLIMIT_NOFILE, &few) == 0);
	EXPECT(spawner_start(&kit) == -1);
	EXPECT(errno == EMFILE);
	EXPECT(lowest_free() == lowest);
	few.rlim_cur = 64;
	EXPECT(setrlimit(RLIMIT_NOFILE, &few) == 0);
	/* Root has no limit of processes. */
	if (geteuid() == 0)
		EXPECT(setresgid(12345, 12345, 12345) == 0 &&
		    setresuid(12345, 12345, 12345) == 0);
	EXPECT(setrlimit(RLIMIT_NPROC, &none) == 0);
	EXPECT(spawner_start(&kit) == -1);
	EXPECT(errno == EAGAIN);
	EXPECT(lowest_free() == lowest);
	return 0;
}

static void
test_not_started(void)
{
	CU_ASSERT_EQUAL(forked(start_in_vain, NULL), 0);
}

/* --- What is between them ------------------------------------------------- */

/* A report as it is sent, with so many descriptors. */
static void
report(int fd, const void *bytes, size_t len, size_t count)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)bytes, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	const int fds[2] = { STDERR_FILENO, STDERR_FILENO };
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
	CU_ASSERT_EQUAL(sendmsg(fd, &msg, 0), (ssize_t)len);
}

static void
test_receive(void)
{
	const struct spawned sent = { .event = SPAWN_FAILED, .error = ENOMEM };
	struct spawned got;
	int pair[2], fds[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), 0);
	CU_ASSERT(fds[0] == -1 && fds[1] == -1);
	for (size_t count = 0; count <= 2; count++) {
		report(pair[1], &sent, sizeof(sent), count);
		CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), 1);
		CU_ASSERT_EQUAL(got.event, SPAWN_FAILED);
		CU_ASSERT_EQUAL(got.error, ENOMEM);
		for (size_t i = 0; i < 2; i++) {
			CU_ASSERT_EQUAL(fds[i] != -1, i < count);
			if (fds[i] == -1)
				continue;
			CU_ASSERT_EQUAL(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
			close(fds[i]);
		}
	}
	/* Less than a report is none. */
	report(pair[1], &sent, sizeof(sent) - 1, 0);
	CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), -1);
	/* It is gone, and has left something unread of ours. */
	CU_ASSERT_EQUAL(spawner_tell(pair[0], WISH_SCREEN_GIVEN), 0);
	report(pair[1], &sent, sizeof(sent), 0);
	close(pair[1]);
	CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), 1);
	CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), -1);
	CU_ASSERT_EQUAL(errno, EPIPE);
	close(pair[0]);
}

/* One that has no number for what comes must not go on as if it had come. */
static int
receive_without_room(void *arg)
{
	const struct spawned sent = { .event = SPAWN_STARTED };
	struct spawned got;
	int pair[2], fds[2];
	struct rlimit few;

	(void)arg;
	closefrom(3);
	EXPECT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	report(pair[1], &sent, sizeof(sent), 2);
	few = (struct rlimit){ (rlim_t)lowest_free() + 1,
		(rlim_t)lowest_free() + 1 };
	EXPECT(setrlimit(RLIMIT_NOFILE, &few) == 0);
	EXPECT(spawner_receive(pair[0], &got, fds) == -1);
	EXPECT(errno == EMFILE);
	return 0;
}

static void
test_no_room(void)
{
	CU_ASSERT_EQUAL(forked(receive_without_room, NULL), 0);
}

/* A wish is not waited for, and one that nobody hears ends nobody. */
static int
ask_in_vain(void *arg)
{
	int pair[2];

	(void)arg;
	signal(SIGPIPE, SIG_DFL);
	EXPECT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	while (spawner_tell(pair[0], WISH_SCREEN_GIVEN) == 0)
		;
	EXPECT(errno == EAGAIN);
	close(pair[1]);
	EXPECT(spawner_tell(pair[0], WISH_SCREEN_GIVEN) == -1);
	return 0;
}

static void
test_ask(void)
{
	CU_ASSERT_EQUAL(forked(ask_in_vain, NULL), 0);
}

/* The launcher's end waits for that of the spawner for 0.3 s, unless the
 * spawner is gone before. */
static void
test_end(void)
{
	uint64_t began = clock_now();
	struct wish wish;
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	spawner_end(pair[0]);
	CU_ASSERT(clock_now() - began >= 300 * USEC_PER_MSEC);
	CU_ASSERT(clock_now() - began < PATIENCE);
	CU_ASSERT_EQUAL(recv(pair[1], &wish, sizeof(wish), 0),
	    (ssize_t)sizeof(wish));
	CU_ASSERT_EQUAL(wish.kind, WISH_END);
	close(pair[1]);
	spawner_end(pair[0]);
	close(pair[0]);
}

void
spawner_itself_suite(void)
{
	CU_pSuite s = CU_add_suite("spawner_itself", NULL, NULL);

	CU_add_test(s, "its rights", test_rights);
	CU_add_test(s, "its memory", test_memory);
	CU_add_test(s, "the metrics", test_metrics);
	CU_add_test(s, "the order of given sockets", test_order_of_sockets);
	CU_add_test(s, "it is not started", test_not_started);
	CU_add_test(s, "what it reports", test_receive);
	CU_add_test(s, "no room for that", test_no_room);
	CU_add_test(s, "what it is asked", test_ask);
	CU_add_test(s, "its end", test_end);
}
