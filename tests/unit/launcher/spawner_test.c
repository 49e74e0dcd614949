/*
 * The spawner, a real one, whose programs are scripts: who gets which
 * descriptors, what it reports, and what it does when the launcher is gone.
 */
#include "launcher/spawner.h"

#include "common/clock.h"
#include "launcher/connect.h"
#include "launcher/resolve.h"

#include "tests/unit/folder.h"
#include "tests/unit/forked.h"
#include "tests/unit/ipc_pair.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/unistd.h>

void spawner_suite(void);

#define PATIENCE (10 * USEC_PER_SEC)

/* Tells the launcher which descriptors it has, then what comes by the first
 * channel to a neighbour; and ends with that channel. */
#define PROGRAM                                            \
	"#!/bin/sh\n"                                      \
	"s=; for i in 0 1 2 3 4 5 6 7 8 9; do\n"           \
	"[ -e /proc/self/fd/$i ] && s=$s$i; done\n"        \
	"printf %s \"$s\" >&3; cat <&4 >&3 & read x <&3\n" \
	"printf bye; kill $!\n"

struct scene {
	struct folder folder;
	struct spawn_kit kit;
	struct ipc_privileges user;
	struct terminal terminal;
	struct unix_socket metrics, control;
	char path[300], control_path[300]; /* of these */
	int fd;				   /* to the spawner */
	int screen[2];			   /* a pipe in place of the screen */
	bool hasty, restored;
	int controls[CHILDREN_MAX], pidfds[CHILDREN_MAX];
};

/* --- The scene ------------------------------------------------------------ */

static void
put_programs(struct scene *s)
{
	for (unsigned int i = 0; i < s->kit.family.count; i++) {
		const char *name =
		    process_table[s->kit.family.at[i].process].program;

		folder_put(&s->folder, name, PROGRAM, sizeof(PROGRAM) - 1);
		CU_ASSERT_EQUAL(fchmodat(s->folder.fd, name, 0700, 0), 0);
	}
}

static void
prepare(struct scene *s, enum mode mode)
{
	memset(s, 0, sizeof(*s));
	folder_open(&s->folder);
	(void)snprintf(s->kit.paths.folder, sizeof(s->kit.paths.folder), "%s",
	    s->folder.path);
	(void)snprintf(s->path, sizeof(s->path), "%s/metrics", s->folder.path);
	(void)snprintf(s->control_path, sizeof(s->control_path), "%s/control",
	    s->folder.path);
	s->metrics = s->control = (struct unix_socket){ .fd = -1 };
	s->kit.control = &s->control;
	s->kit.mode = mode;
	family_make(&s->kit.family, mode, 1, false);
	s->kit.state_dir = s->folder.fd;
	s->kit.secret = open("/dev/null", O_RDONLY | O_CLOEXEC);
	s->kit.kept = s->kit.predecessor = s->kit.credentials = -1;
	s->kit.user = &s->user;
	s->kit.terminal = &s->terminal;
	s->kit.metrics = &s->metrics;
	put_programs(s);
	memset(s->controls, -1, sizeof(s->controls));
	memset(s->pidfds, -1, sizeof(s->pidfds));
}

static void
begin(struct scene *s, enum mode mode)
{
	prepare(s, mode);
	s->fd = spawner_start(&s->kit);
	CU_ASSERT_NOT_EQUAL_FATAL(s->fd, -1);
}

static bool
readable(int fd)
{
	struct pollfd pfd = { fd, POLLIN, 0 };

	return poll(&pfd, 1, (int)(PATIENCE / USEC_PER_MSEC)) == 1;
}

/* Receives the spawner's next report. */
static int
hear(struct scene *s, struct spawned *spawned, int fds[2])
{
	CU_ASSERT_TRUE(readable(s->fd));
	memset(spawned, 0xff, sizeof(*spawned));
	return spawner_receive(s->fd, spawned, fds);
}

/* Ends a child that was started, and reaps it. */
static void
end_child(struct scene *s, unsigned int child)
{
	if (s->pidfds[child] == -1)
		return;
	syscall(SYS_pidfd_send_signal, s->pidfds[child], SIGKILL, NULL, 0);
	CU_ASSERT_EQUAL(waitid(P_PIDFD, (id_t)s->pidfds[child], NULL, WEXITED),
	    0);
	close(s->pidfds[child]);
	close(s->controls[child]);
	s->pidfds[child] = s->controls[child] = -1;
}

static void
finish(struct scene *s)
{
	struct spawned spawned;
	int fds[2];

	for (unsigned int i = 0; i < CHILDREN_MAX; i++)
		end_child(s, i);
	spawner_end(s->fd);
	CU_ASSERT_EQUAL(hear(s, &spawned, fds), -1);
	CU_ASSERT_EQUAL(errno, EPIPE);
	CU_ASSERT_NOT_EQUAL(waitpid(-1, NULL, 0), -1);
	close(s->fd);
	close(s->kit.secret);
	folder_remove(&s->folder);
}

/* The next report is that this child of a room has started. */
static void
hear_started_in(struct scene *s, enum role role, unsigned int room)
{
	unsigned int child = family_find(&s->kit.family, role, room);
	struct spawned spawned;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(hear(s, &spawned, fds), 1);
	CU_ASSERT_EQUAL_FATAL(spawned.event, SPAWN_STARTED);
	CU_ASSERT_EQUAL(spawned.child, child);
	CU_ASSERT(spawned.pid > 0 && fds[0] != -1 && fds[1] != -1);
	CU_ASSERT_EQUAL(kill(spawned.pid, 0), 0);
	end_child(s, child);
	s->controls[child] = fds[0];
	s->pidfds[child] = fds[1];
}

/* As above, in the only room that there is. */
static void
hear_started(struct scene *s, enum role role)
{
	hear_started_in(s, role, 0);
}

/* The next report is an end for one that is there, of its channel to a child of
 * the room; it is returned. */
static int
hear_end_in(struct scene *s, enum role role, enum role other, unsigned int room)
{
	struct spawned spawned;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(hear(s, &spawned, fds), 1);
	CU_ASSERT_EQUAL(spawned.event, SPAWN_END_LEFT);
	CU_ASSERT_EQUAL(spawned.child, family_find(&s->kit.family, role, room));
	CU_ASSERT_EQUAL(spawned.other,
	    family_find(&s->kit.family, other, room));
	CU_ASSERT(fds[0] != -1 && fds[1] == -1);
	return fds[0];
}

static int
hear_end(struct scene *s, enum role role, enum role other)
{
	return hear_end_in(s, role, other, 0);
}

/* What a child of a room says to the launcher. */
static void
check_says_in(struct scene *s, enum role role, unsigned int room,
    const char *want)
{
	int fd = s->controls[family_find(&s->kit.family, role, room)];
	char got[64] = "";

	CU_ASSERT_TRUE(readable(fd));
	CU_ASSERT(recv(fd, got, sizeof(got) - 1, 0) > 0);
	CU_ASSERT_STRING_EQUAL(got, want);
}

static void
check_says(struct scene *s, enum role role, const char *want)
{
	check_says_in(s, role, 0, want);
}

/* Asks for a set of children. */
static int
ask_children(int fd, uint64_t set)
{
	const struct wish wish = {
		.kind = WISH_CHILDREN,
		.children = set,
		.rooms = UINT32_MAX,
	};

	return spawner_ask(fd, &wish);
}

/* Asks for a resolver of the first room. */
static int
ask_resolver(int fd)
{
	const struct wish wish = {
		.kind = WISH_RESOLVER,
		.bootnodes = { 1, { { "192.0.513", 9595 } } }, /* 192.0.2.1 */
	};

	return spawner_ask(fd, &wish);
}

static void
start_all(struct scene *s)
{
	CU_ASSERT_EQUAL(ask_children(s->fd, family_all(&s->kit.family)), 0);
	hear_started(s, ROLE_UI);
	hear_started(s, ROLE_CRYPTOD);
	hear_started(s, ROLE_NETD);
	close(hear_end(s, ROLE_UI, ROLE_CRYPTOD));
}

/* --- Children ------------------------------------------------------------- */

/* Each child has the descriptors of its row, at these numbers, and no more. */
static void
test_descriptors(void)
{
	struct scene s;
	int sockets[2];

	begin(&s, MODE_CLIENT);
	start_all(&s);
	check_says(&s, ROLE_UI, "0123");
	check_says(&s, ROLE_CRYPTOD, "012345679");
	check_says(&s, ROLE_NETD, "01234");
	finish(&s);

	prepare(&s, MODE_BOOTNODE);
	CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets), 0);
	s.kit.sockets.count = 2;
	memcpy(s.kit.sockets.fds, sockets, sizeof(sockets));
	s.fd = spawner_start(&s.kit);
	CU_ASSERT_NOT_EQUAL_FATAL(s.fd, -1);
	start_all(&s);
	check_says(&s, ROLE_UI, "0123");
	check_says(&s, ROLE_CRYPTOD, "01234569");
	check_says(&s, ROLE_NETD, "0123456");
	close(sockets[0]);
	close(sockets[1]);
	finish(&s);
}

/* The state of the bootnode before is for the first cryptod alone. */
static void
test_kept(void)
{
	struct scene s;

	prepare(&s, MODE_BOOTNODE);
	s.kit.kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
	s.fd = spawner_start(&s.kit);
	CU_ASSERT_NOT_EQUAL_FATAL(s.fd, -1);
	close(s.kit.kept);
	start_all(&s);
	check_says(&s, ROLE_UI, "0123");
	check_says(&s, ROLE_CRYPTOD, "012345679");
	check_says(&s, ROLE_NETD, "01234");
	start_all(&s);
	check_says(&s, ROLE_CRYPTOD, "01234569");
	finish(&s);
}

/* A bootnode in a fleet has fleetd, with the engine's credentials. It is
 * started again alone: netd gets the end of another channel. */
static void
test_fleetd(void)
{
	struct scene s;

	prepare(&s, MODE_BOOTNODE);
	family_make(&s.kit.family, MODE_BOOTNODE, 1, true);
	put_programs(&s);
	s.kit.credentials = open("/dev/null", O_RDONLY | O_CLOEXEC);
	s.fd = spawner_start(&s.kit);
	CU_ASSERT_NOT_EQUAL_FATAL(s.fd, -1);
	close(s.kit.credentials);
	CU_ASSERT_EQUAL(ask_children(s.fd, family_all(&s.kit.family)), 0);
	hear_started(&s, ROLE_UI);
	hear_started(&s, ROLE_FLEETD);
	hear_started(&s, ROLE_CRYPTOD);
	hear_started(&s, ROLE_NETD);
	close(hear_end(&s, ROLE_UI, ROLE_CRYPTOD));
	check_says(&s, ROLE_FLEETD, "012346");
	check_says(&s, ROLE_NETD, "012347");
	CU_ASSERT_EQUAL(ask_children(s.fd,
			    CHILD_BIT(
				family_find(&s.kit.family, ROLE_FLEETD, 0))),
	    0);
	hear_started(&s, ROLE_FLEETD);
	close(hear_end(&s, ROLE_NETD, ROLE_FLEETD));
	check_says(&s, ROLE_FLEETD, "012346");
	finish(&s);
}

/* A memory file that is empty, and can be sealed; another each time. */
static void
test_memory(void)
{
	struct spawned spawned;
	struct scene s;
	int fds[2];

	begin(&s, MODE_BOOTNODE);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(spawner_tell(s.fd, WISH_MEMORY), 0);
		CU_ASSERT_EQUAL_FATAL(hear(&s, &spawned, fds), 1);
		CU_ASSERT_EQUAL(spawned.event, SPAWN_MEMORY);
		CU_ASSERT_EQUAL(lseek(fds[0], 0, SEEK_END), 0);
		CU_ASSERT_EQUAL(write(fds[0], "sealed", 6), 6);
		CU_ASSERT_EQUAL(fcntl(fds[0], F_ADD_SEALS, F_SEAL_WRITE), 0);
		close(fds[0]);
	}
	finish(&s);
}

/* The next bootnode gets the file that was made last; it ends when it is wanted
 * to, or cannot be started. */
static void
test_successor(void)
{
	char sh[] = "sh", c[] = "-c", script[] = "cat <&3 >&4; sleep 100";
	char *argv[] = { sh, c, script, NULL };
	struct spawned spawned;
	struct scene s;
	char text[8] = "";
	int fds[2];

	prepare(&s, MODE_BOOTNODE);
	(void)snprintf(s.kit.successor.path, sizeof(s.kit.successor.path),
	    "/bin/sh");
	s.kit.successor.argv = argv;
	s.fd = spawner_start(&s.kit);
	CU_ASSERT_NOT_EQUAL_FATAL(s.fd, -1);
	spawner_tell(s.fd, WISH_MEMORY);
	CU_ASSERT_EQUAL_FATAL(hear(&s, &spawned, fds), 1);
	CU_ASSERT_EQUAL(pwrite(fds[0], "sealed", 6, 0), 6);
	close(fds[0]);
	spawner_tell(s.fd, WISH_SUCCESSOR);
	CU_ASSERT_EQUAL_FATAL(hear(&s, &spawned, fds), 1);
	CU_ASSERT_EQUAL(spawned.event, SPAWN_SUCCESSOR);
	CU_ASSERT_TRUE(readable(fds[0]));
	CU_ASSERT_EQUAL(recv(fds[0], text, sizeof(text), 0), 6);
	CU_ASSERT_STRING_EQUAL(text, "sealed");
	spawner_tell(s.fd, WISH_END_SUCCESSOR);
	CU_ASSERT_TRUE(readable(fds[1])); /* its end */
	close(fds[0]);
	close(fds[1]);
	finish(&s);
}

/* Some children start: those that live on get the other ends. */
static void
test_some(void)
{
	struct scene s;
	int end;

	begin(&s, MODE_CLIENT);
	start_all(&s);
	ask_children(s.fd, CHILD_BIT(family_find(&s.kit.family, ROLE_NETD, 0)));
	hear_started(&s, ROLE_NETD);
	check_says(&s, ROLE_NETD, "01234");
	end = hear_end(&s, ROLE_CRYPTOD, ROLE_NETD);
	CU_ASSERT_EQUAL(send(end, "well", 4, 0), 4);
	check_says(&s, ROLE_NETD, "well");
	close(end);

	ask_children(s.fd,
	    CHILD_BIT(family_find(&s.kit.family, ROLE_CRYPTOD, 0)) |
		CHILD_BIT(family_find(&s.kit.family, ROLE_NETD, 0)));
	hear_started(&s, ROLE_CRYPTOD);
	hear_started(&s, ROLE_NETD);
	close(hear_end(&s, ROLE_UI, ROLE_CRYPTOD));
	check_says(&s, ROLE_CRYPTOD, "012345679");
	/* A wish for nobody, or for a child that does not exist, has no
	 * effect. */
	ask_children(s.fd, 0);
	ask_children(s.fd, CHILD_BIT(CHILDREN_MAX - 1));
	ask_children(s.fd, CHILD_BIT(family_find(&s.kit.family, ROLE_UI, 0)));
	hear_started(&s, ROLE_UI);
	close(hear_end(&s, ROLE_CRYPTOD, ROLE_UI));
	close(hear_end(&s, ROLE_UI, ROLE_CRYPTOD));
	finish(&s);
}

/* Sends by an end, and it arrives at a child of the room. */
static void
check_joined(struct scene *s, int end, enum role role, unsigned int room)
{
	CU_ASSERT_EQUAL(send(end, "well", 4, 0), 4);
	check_says_in(s, role, room, "well");
	close(end);
}

/* Each room has children of its own, that have nothing of another room's. ui is
 * given an end to each. */
static void
test_rooms(void)
{
	struct scene s;

	prepare(&s, MODE_CLIENT);
	family_make(&s.kit.family, MODE_CLIENT, 2, false);
	s.fd = spawner_start(&s.kit);
	ask_children(s.fd, family_all(&s.kit.family));
	hear_started(&s, ROLE_UI);
	for (unsigned int room = 0; room < 2; room++) {
		hear_started_in(&s, ROLE_CRYPTOD, room);
		hear_started_in(&s, ROLE_NETD, room);
	}
	check_says(&s, ROLE_UI, "0123");
	check_says_in(&s, ROLE_CRYPTOD, 0, "012345679");
	check_says_in(&s, ROLE_CRYPTOD, 1, "012345679");
	check_says_in(&s, ROLE_NETD, 1, "01234");
	close(hear_end_in(&s, ROLE_UI, ROLE_CRYPTOD, 0));
	close(hear_end_in(&s, ROLE_UI, ROLE_CRYPTOD, 1));

	/* What is restarted in one room is no matter of the other. */
	ask_children(s.fd, CHILD_BIT(family_find(&s.kit.family, ROLE_NETD, 1)));
	hear_started_in(&s, ROLE_NETD, 1);
	check_says_in(&s, ROLE_NETD, 1, "01234");
	check_joined(&s, hear_end_in(&s, ROLE_CRYPTOD, ROLE_NETD, 1), ROLE_NETD,
	    1);
	finish(&s);
}

/* A program that cannot run says why, in place of the child. */
static void
test_no_program(void)
{
	struct ipc_channel ch;
	struct ipc_message_in in;
	struct scene s;
	unsigned int ui;

	begin(&s, MODE_CLIENT);
	CU_ASSERT_EQUAL(unlinkat(s.folder.fd, "gochat-ui", 0), 0);
	ui = family_find(&s.kit.family, ROLE_UI, 0);
	ask_children(s.fd, CHILD_BIT(ui));
	hear_started(&s, ROLE_UI);
	close(hear_end(&s, ROLE_CRYPTOD, ROLE_UI));
	close(hear_end(&s, ROLE_UI, ROLE_CRYPTOD));
	CU_ASSERT_TRUE(readable(s.controls[ui]));
	ipc_open(&ch, s.controls[ui], ROLE_LAUNCHER, ROLE_UI, IN_CLIENT);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&ch, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_LOG);
	CU_ASSERT_PTR_NOT_NULL(
	    memmem(in.tail, in.tail_len, "/gochat-ui: No ", 15));
	finish(&s);
}

/* --- What it cannot do ---------------------------------------------------- */

/* Steps in processes of their own; each returns 0 if all is as it should be,
 * else the number of the check that failed. */
static int
without_descriptors(void *arg)
{
	/* These are enough for the spawner itself, and for one more pair. */
	const struct rlimit few = { 7, 7 };
	struct scene *s = arg;
	struct spawned spawned;
	int fds[2];

	closefrom(3);
	setrlimit(RLIMIT_NOFILE, &few);
	s->fd = spawner_start(&s->kit);
	for (int i = 0; i < 2; i++) {
		ask_children(s->fd, family_all(&s->kit.family));
		if (hear(s, &spawned, fds) != 1)
			return 1;
		if (spawned.event != SPAWN_FAILED || spawned.error != EMFILE)
			return 2;
		if (spawned.child != family_find(&s->kit.family, ROLE_UI, 0))
			return 3;
	}
	/* The spawner has as many as before: none was lost. */
	ask_resolver(s->fd);
	if (hear(s, &spawned, fds) != 1 || spawned.event != SPAWN_RESOLVER)
		return 4;
	spawner_end(s->fd);
	return 0;
}

static void
test_few_descriptors(void)
{
	struct scene s;

	prepare(&s, MODE_CLIENT);
	CU_ASSERT_EQUAL(forked(without_descriptors, &s), 0);
	close(s.kit.secret);
	folder_remove(&s.folder);
}

/* --- Other wishes --------------------------------------------------------- */

static void
test_resolver(void)
{
	struct spawned spawned;
	struct resolved r;
	struct scene s;
	int fds[2];

	begin(&s, MODE_CLIENT);
	ask_resolver(s.fd);
	CU_ASSERT_EQUAL_FATAL(hear(&s, &spawned, fds), 1);
	CU_ASSERT_EQUAL(spawned.event, SPAWN_RESOLVER);
	CU_ASSERT(fds[0] != -1 && fds[1] == -1);
	CU_ASSERT_TRUE(readable(fds[0]));
	CU_ASSERT_EQUAL(recv(fds[0], &r, sizeof(r), 0), (ssize_t)sizeof(r));
	CU_ASSERT_EQUAL(r.addrs.count, 1);
	close(fds[0]);
	finish(&s);
}

/* A connector for the engine of the start; there is none for no engine. */
static void
test_connector(void)
{
	const struct engine_url engine = { .given = true,
		.kind = ENGINE_UNIX,
		.path = "/nowhere/engine" };
	struct spawned spawned;
	struct connected c;
	struct scene s;
	int fds[2], fd;

	prepare(&s, MODE_BOOTNODE);
	s.kit.engine = &engine;
	s.fd = spawner_start(&s.kit);
	CU_ASSERT_EQUAL(spawner_tell(s.fd, WISH_CONNECTOR), 0);
	CU_ASSERT_EQUAL_FATAL(hear(&s, &spawned, fds), 1);
	CU_ASSERT_EQUAL(spawned.event, SPAWN_CONNECTOR);
	CU_ASSERT_TRUE_FATAL(fds[0] != -1 && fds[1] == -1);
	CU_ASSERT_TRUE(readable(fds[0]));
	CU_ASSERT_EQUAL(connect_hear(fds[0], &c, &fd), 1);
	CU_ASSERT_EQUAL(fd, -1);
	CU_ASSERT_STRING_EQUAL(c.why, strerror(ENOENT));
	close(fds[0]);
	finish(&s);
	begin(&s, MODE_BOOTNODE);
	CU_ASSERT_EQUAL(spawner_tell(s.fd, WISH_CONNECTOR), 0);
	CU_ASSERT_EQUAL_FATAL(hear(&s, &spawned, fds), 1);
	CU_ASSERT_EQUAL(spawned.event, SPAWN_CONNECTOR);
	CU_ASSERT_EQUAL(fds[0], -1);
	CU_ASSERT_EQUAL(spawned.error, EINVAL);
	finish(&s);
}

static int
stop_job(void *arg)
{
	static const int terminals[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM,
		SIGTTIN, SIGTTOU, SIGUSR1 };
	const struct timespec patience = { PATIENCE / USEC_PER_SEC, 0 };
	struct scene *s = arg;
	struct spawned spawned;
	int fds[2];
	sigset_t stop;

	setpgid(0, 0); /* a job of its own */
	s->fd = spawner_start(&s->kit);
	/* The spawner runs once it has answered. */
	ask_resolver(s->fd);
	if (hear(s, &spawned, fds) != 1)
		return 3;
	sigfillset(&stop);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	/* Signals that a terminal sends to a whole job are not for the
	 * spawner. */
	for (size_t i = 0; i < sizeof(terminals) / sizeof(terminals[0]); i++)
		kill(0, terminals[i]);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	if (spawner_tell(s->fd, WISH_STOP_JOB) == -1 ||
	    sigtimedwait(&stop, NULL, &patience) != SIGTSTP)
		return 1;
	/* The spawner itself goes on. */
	spawner_end(s->fd);
	return recv(s->fd, &stop, sizeof(stop), 0) == 0 ? 0 : 2;
}

static void
test_stop_job(void)
{
	struct scene s;

	prepare(&s, MODE_CLIENT);
	CU_ASSERT_EQUAL(forked(stop_job, &s), 0);
	close(s.kit.secret);
	folder_remove(&s.folder);
}

/* --- After the launcher --------------------------------------------------- */

static int
die(void *arg)
{
	struct scene *s = arg;
	char err[256];

	if (unix_socket_listen(&s->metrics, "metrics", s->path, 0660, 1, err,
		sizeof(err)) == -1 ||
	    unix_socket_listen(&s->control, "control", s->control_path, 0600, 1,
		err, sizeof(err)) == -1)
		return 1;
	s->fd = spawner_start(&s->kit);
	return s->fd == -1 ? 2 : 0;
}

/* The spawner removes the launcher's metrics socket, which the launcher could
 * not, and the control socket, which it held itself. */
static void
test_launcher_dies(void)
{
	uint64_t deadline = clock_now() + PATIENCE;
	const struct timespec pause = { 0, 1000000 };
	struct scene s;

	prepare(&s, MODE_BOOTNODE);
	CU_ASSERT_EQUAL(forked(die, &s), 0);
	while (
	    (access(s.path, F_OK) == 0 || access(s.control_path, F_OK) == 0) &&
	    clock_now() < deadline)
		nanosleep(&pause, NULL);
	CU_ASSERT_EQUAL(access(s.path, F_OK), -1);
	CU_ASSERT_EQUAL(access(s.control_path, F_OK), -1);
	close(s.kit.secret);
	folder_remove(&s.folder);
}

static int
die_with_screen(void *arg)
{
	struct scene *s = arg;

	dup2(s->screen[1], STDOUT_FILENO);
	s->fd = spawner_start(&s->kit);
	ask_children(s->fd, CHILD_BIT(family_find(&s->kit.family, ROLE_UI, 0)));
	if (!s->hasty)
		hear_started(s, ROLE_UI);
	spawner_tell(s->fd, WISH_SCREEN_GIVEN);
	if (s->restored)
		spawner_tell(s->fd, WISH_TERMINAL_RESTORED);
	return 0;
}

/* Lets a launcher die, and returns what is on the screen then. */
static const char *
screen_left(bool hasty, bool restored)
{
	static char got[64];
	size_t len = 0;
	struct scene s;
	ssize_t n;

	prepare(&s, MODE_CLIENT);
	s.hasty = hasty;
	s.restored = restored;
	s.terminal.saved = true;
	s.terminal.undo = "undone";
	CU_ASSERT_EQUAL_FATAL(pipe2(s.screen, O_CLOEXEC), 0);
	CU_ASSERT_EQUAL(forked(die_with_screen, &s), 0);
	close(s.screen[1]);
	do {
		CU_ASSERT_TRUE_FATAL(readable(s.screen[0]));
		n = read(s.screen[0], got + len, sizeof(got) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	got[len] = '\0';
	close(s.screen[0]);
	close(s.kit.secret);
	folder_remove(&s.folder);
	return got;
}

/* ui draws its last frame, and then the spawner restores the terminal, unless
 * that was done. */
static void
test_screen(void)
{
	CU_ASSERT_STRING_EQUAL(screen_left(false, false), "byeundone");
	CU_ASSERT_STRING_EQUAL(screen_left(false, true), "bye");
}

/* The launcher's last wishes count, although the spawner notices its death
 * before it hears them: it cannot report that it has started ui. */
static void
test_hasty_screen(void)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(screen_left(true, false), "undone"));
	CU_ASSERT_PTR_NULL(strstr(screen_left(true, true), "undone"));
}

/* A launcher that ends as it should says so, and the socket is removed as
 * well. */
static void
test_end(void)
{
	struct scene s;

	prepare(&s, MODE_BOOTNODE);
	CU_ASSERT_EQUAL_FATAL(unix_socket_listen(&s.metrics, "metrics", s.path,
				  0660, 1, s.folder.err, sizeof(s.folder.err)),
	    0);
	s.fd = spawner_start(&s.kit);
	CU_ASSERT_NOT_EQUAL_FATAL(s.fd, -1);
	CU_ASSERT_EQUAL(access(s.path, F_OK), 0);
	close(s.metrics.fd);
	spawner_end(s.fd);
	CU_ASSERT_EQUAL(access(s.path, F_OK), -1);
	finish(&s);
}

void
spawner_suite(void)
{
	CU_pSuite s = CU_add_suite("spawner", NULL, NULL);

	CU_add_test(s, "descriptors", test_descriptors);
	CU_add_test(s, "the state of the one before", test_kept);
	CU_add_test(s, "a memory file", test_memory);
	CU_add_test(s, "a bootnode in our place", test_successor);
	CU_add_test(s, "some of the children", test_some);
	CU_add_test(s, "rooms", test_rooms);
	CU_add_test(s, "a program is missing", test_no_program);
	CU_add_test(s, "few descriptors", test_few_descriptors);
	CU_add_test(s, "a resolver", test_resolver);
	CU_add_test(s, "fleetd", test_fleetd);
	CU_add_test(s, "a connector", test_connector);
	CU_add_test(s, "the job is stopped", test_stop_job);
	CU_add_test(s, "the launcher dies", test_launcher_dies);
	CU_add_test(s, "it dies with a screen", test_screen);
	CU_add_test(s, "it dies before ui is known", test_hasty_screen);
	CU_add_test(s, "the launcher ends", test_end);
}
