/*
 * The spawner itself: what it does with its own process, what it keeps of the
 * passphrase and of the terminal, and what goes wrong at its start.
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
#include <termios.h>
#include <unistd.h>

void spawner_itself_suite(void);

#define PATIENCE (10 * USEC_PER_SEC)

static const struct terminal no_terminal;
static const struct unix_socket no_socket = { .fd = -1 };
static const struct ipc_privileges same_user = { .drop = 0 };

/* A kit without programs. */
static struct spawn_kit
bare_kit(enum mode mode)
{
	struct spawn_kit kit = { .mode = mode,
		.state_dir = -1,
		.secret = -1,
		.kept = -1,
		.credentials = -1,
		.predecessor = -1,
		.user = &same_user,
		.terminal = &no_terminal,
		.metrics = &no_socket,
		.control = &no_socket };

	family_make(&kit.family, mode, 1, false);
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
	char want[64];
	pid_t pid;
	int fd;

	kit.secret = memfd_create("passphrase", MFD_CLOEXEC);
	EXPECT(ftruncate(kit.secret, (off_t)*len) == 0);
	fd = spawner_start(&kit);
	EXPECT(fd != -1);
	pid = only_child();
#ifdef GOCHAT_SANITIZE /* it locks nothing */
	(void)snprintf(want, sizeof(want), "0");
#else
	(void)snprintf(want, sizeof(want), "%ld",
	    *len == 0 ? 0 : 2 * sysconf(_SC_PAGESIZE) / 1024);
#endif
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

/* The spawner has the metrics socket for a successor; once it has ended, too,
 * nobody listens there. */
static int
look_at_metrics(void *arg)
{
	struct spawn_kit kit = bare_kit(MODE_BOOTNODE);
	struct unix_socket metrics = { .fd = -1, .path = "" };
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
	EXPECT(poll(&other, 1, 0) == 0);
	spawner_end(fd);
	EXPECT(poll(&other, 1, (int)(PATIENCE / USEC_PER_MSEC)) == 1);
	EXPECT(read(pair[1], &byte, 1) == 0);
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
		.rooms = 1,
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

/* --- It cannot start the others ------------------------------------------- */

#define FOR_A_RESOLVER 8

/* With so many descriptors it has none for a channel to a neighbour, or none
 * for the channel to the launcher: that child is named, whatever its number. */
static int
ask_with_few(void *arg)
{
	const rlim_t *limit = arg;
	const struct rlimit few = { *limit, *limit };
	struct spawn_kit kit = bare_kit(MODE_CLIENT);
	unsigned int netd = family_find(&kit.family, ROLE_NETD, 0);
	const struct wish wish = { .kind = WISH_CHILDREN,
		.rooms = 1,
		.children = CHILD_BIT(netd) };
	struct spawned spawned;
	struct pollfd pfd;
	int fds[2];

	EXPECT(netd != 0);
	closefrom(3);
	EXPECT(setrlimit(RLIMIT_NOFILE, &few) == 0);
	pfd = (struct pollfd){ spawner_start(&kit), POLLIN, 0 };
	EXPECT(spawner_ask(pfd.fd, &wish) == 0);
	EXPECT(poll(&pfd, 1, (int)(PATIENCE / USEC_PER_MSEC)) == 1);
	EXPECT(spawner_receive(pfd.fd, &spawned, fds) == 1);
	EXPECT(spawned.event == SPAWN_FAILED);
	EXPECT(spawned.error == EMFILE);
	EXPECT(spawned.child == netd);
	/* Nothing of that is left open, nor of what it starts then. */
	for (int i = 0; *limit == FOR_A_RESOLVER && i < 5; i++) {
		EXPECT(spawner_tell(pfd.fd, WISH_RESOLVER) == 0);
		EXPECT(poll(&pfd, 1, (int)(PATIENCE / USEC_PER_MSEC)) == 1);
		EXPECT(spawner_receive(pfd.fd, &spawned, fds) == 1);
		EXPECT(spawned.event == SPAWN_RESOLVER);
		close(fds[0]);
	}
	spawner_end(pfd.fd);
	return 0;
}

static void
test_few_descriptors(void)
{
	/* Of the spawner itself: 0 to 2, its socket, and the launcher's pidfd;
	 * then two ends for a neighbour, and two for the launcher. */
	for (rlim_t limit = 5; limit <= FOR_A_RESOLVER; limit++)
		CU_ASSERT_EQUAL(forked(ask_with_few, &limit), 0);
}

/* --- The launcher dies ---------------------------------------------------- */

static bool
echoes(void)
{
	struct termios t;

	return tcgetattr(STDIN_FILENO, &t) == 0 && (t.c_lflag & ECHO) != 0;
}

/* As the launcher: has ui started, which changes the terminal, and dies. */
static int
use_terminal(void *arg)
{
	struct spawn_kit kit = bare_kit(MODE_BOOTNODE);
	const struct folder *f = arg;
	const struct wish wish = { .kind = WISH_CHILDREN,
		.children = CHILD_BIT(family_find(&kit.family, ROLE_UI, 0)) };
	struct terminal terminal;
	struct spawned spawned;
	struct pollfd pfd;
	int fds[2];

	terminal_save(&terminal);
	kit.terminal = &terminal;
	(void)snprintf(kit.paths.folder, sizeof(kit.paths.folder), "%s",
	    f->path);
	pfd = (struct pollfd){ spawner_start(&kit), POLLIN, 0 };
	EXPECT(spawner_ask(pfd.fd, &wish) == 0);
	EXPECT(poll(&pfd, 1, (int)(PATIENCE / USEC_PER_MSEC)) == 1);
	EXPECT(spawner_receive(pfd.fd, &spawned, fds) == 1);
	EXPECT(spawned.event == SPAWN_STARTED);
	EXPECT(waitpid(spawned.pid, NULL, 0) == spawned.pid);
	EXPECT(!echoes());
	return 0;
}

/* As the shell: in a session of its own, with a terminal that has attributes
 * and never had a screen. */
static int
lend_terminal(void *arg)
{
	const struct timespec pause = { 0, 1000000 };
	uint64_t deadline = clock_now() + PATIENCE;
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;

	EXPECT(master != -1 && grantpt(master) == 0 && unlockpt(master) == 0);
	EXPECT(setsid() != -1);
	slave = open(ptsname(master), O_RDWR);
	EXPECT(slave != -1 && dup2(slave, STDIN_FILENO) != -1);
	EXPECT(echoes());
	EXPECT(forked(use_terminal, arg) == 0);
	while (!echoes() && clock_now() < deadline)
		nanosleep(&pause, NULL);
	return echoes() ? 0 : 1;
}

/* The terminal's attributes are put back then, though there was no screen to
 * be undone. */
static void
test_terminal(void)
{
	static const char program[] = "#!/bin/sh\nstty -echo\n";
	struct folder f;

	folder_open(&f);
	folder_put(&f, "gochat-ui-bootnode", program, sizeof(program) - 1);
	CU_ASSERT_EQUAL(fchmodat(f.fd, "gochat-ui-bootnode", 0700, 0), 0);
	CU_ASSERT_EQUAL(forked(lend_terminal, &f), 0);
	folder_remove(&f);
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
	CU_add_test(s, "few descriptors for others", test_few_descriptors);
	CU_add_test(s, "the terminal of a dead launcher", test_terminal);
}
