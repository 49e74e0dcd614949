/*
 * Starting a child: what it finds. Scripts of the shell stand in for gochat's
 * programs and report on the control channel what they see.
 */
#include "launcher/spawn.h"
#include "tests/unit/folder.h"
#include "tests/unit/forked.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void spawn_suite(void);

#ifdef GOCHAT_SANITIZE /* sanitizers report to standard error */
#define NULL2 ""
#else
#define NULL2 " null2"
#endif
#define PATIENCE_MS 30000

/* Whether 0, 1 and 2 are /dev/null, which others of 3 to 9 are open, all of the
 * environment, its number, its user and group, and which signals it blocks and
 * ignores. */
static const char script[] =
    "#!/bin/sh\n"
    "say=\n"
    "for fd in 0 1 2; do\n"
    "	[ /proc/self/fd/$fd -ef /dev/null ] && say=\"$say null$fd\"\n"
    "done\n"
    "for fd in 3 4 5 6 7 8 9; do\n"
    "	if (: <&$fd) 2>&-; then say=\"$say open$fd\"; fi\n"
    "done\n"
    "IFS= read -r words </proc/self/environ\n"
    "say=\"$say <$words>\"\n"
    "[ $$ = 1 ] && say=\"$say alone\"\n"
    "while read -r word value others; do\n"
    "	[ \"$word\" = Uid: ] && say=\"$say user=$value\"\n"
    "	[ \"$word\" = Gid: ] && say=\"$say group=$value\"\n"
    "	[ \"$word\" = SigBlk: ] && say=\"$say blocked=$value\"\n"
    "	[ \"$word\" = SigIgn: ] && say=\"$say ignored=$value\"\n"
    "done </proc/self/status\n"
    "echo \"$say\" >&3\n"
    "exit 7\n";

struct scene {
	struct folder folder;
	struct spawn_paths paths;
	enum process_id id;
	enum mode mode;
	/* Two ends that stay here, and two that the child gets. */
	int control[2], other[2];
	const char *input;  /* of the child, or NULL: as here */
	uid_t user;	    /* whom it is started by; 0: as here */
	unsigned int spare; /* so many descriptors are free; 0: enough */
	/* The step writes it and the test reads it: both share this memory. */
	int result[2];
};

struct result {
	int returned;
	struct spawned_child child;
	bool pidfd_closes; /* on exec */
};

static void
scene_open(struct scene *s, enum process_id id, enum mode mode)
{
	memset(s, 0, sizeof(*s));
	folder_open(&s->folder);
	snprintf(s->paths.folder, sizeof(s->paths.folder), "%s",
	    s->folder.path);
	s->id = id;
	s->mode = mode;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, s->control),
	    0);
	CU_ASSERT_EQUAL_FATAL(pipe2(s->other, O_CLOEXEC), 0);
	CU_ASSERT_EQUAL_FATAL(pipe2(s->result, O_CLOEXEC), 0);
}

static void
scene_close(struct scene *s)
{
	const int all[] = { s->control[0], s->control[1], s->other[0],
		s->other[1], s->result[0], s->result[1] };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		close(all[i]);
	folder_remove(&s->folder);
}

static void
put_program(struct scene *s)
{
	const char *name = process_table[s->id].program;

	folder_put(&s->folder, name, script, sizeof(script) - 1);
	CU_ASSERT_EQUAL_FATAL(fchmodat(s->folder.fd, name, 0700, 0), 0);
}

/* What ui is to know of the terminal and the language, in this order; but one
 * that the user has not set; and what nobody is to know. */
#define UI_WORDS                                                      \
	"TERM=of-the-testTERMINFO=/descriptionsTERMINFO_DIRS=/others" \
	"COLORTERM=truecolorNO_COLOR=1LANG=deLC_CTYPE=frTZ=Asia/Tokyo"

static void
set_environment(void)
{
	clearenv();
	setenv("PATH", "/bin:/usr/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("GOCHAT_TEST_SECRET", "told", 1);
	setenv("TZ", "Asia/Tokyo", 1);
	setenv("LC_CTYPE", "fr", 1);
	setenv("LANG", "de", 1);
	setenv("NO_COLOR", "1", 1);
	setenv("COLORTERM", "truecolor", 1);
	setenv("TERMINFO_DIRS", "/others", 1);
	setenv("TERMINFO", "/descriptions", 1);
	setenv("TERM", "of-the-test", 1);
}

/* Puts a pipe with this text in the place of standard input. */
static void
give_input(const char *text)
{
	int fds[2];

	if (pipe(fds) == -1 ||
	    write(fds[1], text, strlen(text)) != (ssize_t)strlen(text))
		_exit(2);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	close(fds[1]);
}

/* Leaves so many numbers of descriptors free, which are the highest. */
static void
leave(unsigned int spare)
{
	const struct rlimit few = { 32, 32 };
	int fd, highest = -1;

	setrlimit(RLIMIT_NOFILE, &few);
	while ((fd = dup(STDERR_FILENO)) != -1)
		highest = fd;
	for (unsigned int i = 0; i < spare; i++)
		close(highest - (int)i);
}

/* Runs as the spawner: its children belong to its parent, this test. */
static int
start(void *arg)
{
	struct scene *s = arg;
	/* They need not be in the order of their numbers. */
	struct spawn_fd fds[3] = { { s->control[1], FD_CONTROL },
		{ s->other[1], 6 }, { s->other[0], 4 } };
	struct result r = { .returned = -1 };
	sigset_t blocked;

	/* Things that a child must not get: a variable, a signal that is
	 * blocked and one that is ignored, a descriptor below and one above its
	 * own. */
	set_environment();
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGUSR2, SIG_IGN);
	if (s->user != 0 &&
	    (setgroups(0, NULL) == -1 ||
		setresgid(s->user + 1, s->user + 1, s->user + 1) == -1 ||
		setresuid(s->user, s->user, s->user) == -1))
		return 2;
	if (s->input != NULL)
		give_input(s->input);
	/* One of the two descriptors is at the number of the other. */
	fds[1].from = fcntl(fds[1].from, F_DUPFD, 20);
	dup2(fds[0].from, 6);
	fds[0].from = 6;
	dup2(STDERR_FILENO, 5);
	dup2(STDERR_FILENO, 8);
	if (s->spare > 0)
		leave(s->spare);
	r.returned = spawn(&s->paths, s->id, s->mode, fds, 3, &r.child);
	r.pidfd_closes = fcntl(r.child.pidfd, F_GETFD) == FD_CLOEXEC;
	return write(s->result[1], &r, sizeof(r)) == (ssize_t)sizeof(r) ? 0 : 1;
}

/* Starts the child and returns how its program ended; said is what it said. */
static int
run(struct scene *s, char *said, size_t size, struct result *r)
{
	struct pollfd p = { .fd = s->control[0], .events = POLLIN };
	ssize_t n;
	int status;

	CU_ASSERT_EQUAL_FATAL(forked(start, s), 0);
	CU_ASSERT_EQUAL_FATAL(read(s->result[0], r, sizeof(*r)),
	    (ssize_t)sizeof(*r));
	CU_ASSERT_EQUAL_FATAL(r->returned, 0);
	CU_ASSERT_TRUE(r->pidfd_closes);
	CU_ASSERT_EQUAL(poll(&p, 1, PATIENCE_MS), 1);
	n = recv(s->control[0], said, size - 1, MSG_DONTWAIT);
	/* Zero bytes belong to the header of a message, and not to the text. */
	for (ssize_t i = 0; i < n; i++)
		if (said[i] == '\0')
			said[i] = '.';
	said[n > 0 ? n : 0] = '\0';
	CU_ASSERT_EQUAL(waitpid(r->child.pid, &status, 0), r->child.pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Returns those of the signals ignored here that the C library keeps for
 * itself: its posix_spawn() leaves them ignored, and no program can have them
 * back. make, which starts this test, calls it. */
static unsigned long long
ignored_for_good(void)
{
	const unsigned long long kept = 3ULL << 31; /* 32 and 33 */
	unsigned long long ignored = 0;
	char line[256];
	FILE *f = fopen("/proc/self/status", "re");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f) != NULL)
		(void)sscanf(line, "SigIgn: %llx", &ignored);
	fclose(f);
	return ignored & kept;
}

static void
expect_said(const char *said, const char *want)
{
	if (strcmp(said, want) != 0)
		fprintf(stderr, "\n  got  <%s>\n  want <%s>\n", said, want);
	CU_ASSERT_STRING_EQUAL(said, want);
}

/* What it says of itself after its descriptors and its environment. */
static const char *
itself(const struct scene *s, const struct result *r)
{
	static char text[256];

	snprintf(text, sizeof(text),
	    "%s user=%u group=%u blocked=0000000000000000 ignored=%016llx\n",
	    r->child.isolated ? " alone" : "",
	    s->user != 0 ? s->user : geteuid(),
	    s->user != 0 ? s->user + 1 : getegid(), ignored_for_good());
	return text;
}

/* The child has the given descriptors at the numbers asked for, and nothing
 * else: neither the terminal nor a word of the environment. */
static void
test_finds(void)
{
	struct scene s;
	struct result r;
	char said[512], want[512];

	scene_open(&s, PROCESS_NETD_CLIENT, MODE_CLIENT);
	put_program(&s);
	CU_ASSERT_EQUAL(run(&s, said, sizeof(said), &r), 7);
	snprintf(want, sizeof(want), " null0 null1%s open3 open4 open6 <>%s",
	    NULL2, itself(&s, &r));
	expect_said(said, want);
	scene_close(&s);
}

/* ui has the terminal, and the words that it needs for it. */
static void
test_terminal(void)
{
	struct scene s;
	struct result r;
	char said[512], want[512];

	scene_open(&s, PROCESS_UI_BOOTNODE, MODE_BOOTNODE);
	put_program(&s);
	CU_ASSERT_EQUAL(run(&s, said, sizeof(said), &r), 7);
	snprintf(want, sizeof(want), " open3 open4 open6 <" UI_WORDS ">%s",
	    itself(&s, &r));
	/* The person who runs this may have /dev/null for a terminal. */
	CU_ASSERT_PTR_NOT_NULL(strstr(said, NULL2));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, want));
	scene_close(&s);
}

/* Whoever is not root needs a user namespace for the pid namespace, and keeps
 * its numbers in it: by these it may read its files. */
static void
test_user(void)
{
	struct scene s;
	struct result r;
	char said[512], want[512];

	if (geteuid() != 0)
		return; /* the other tests are of that case */
	scene_open(&s, PROCESS_NETD_CLIENT, MODE_CLIENT);
	put_program(&s);
	s.user = 12345;
	CU_ASSERT_EQUAL(fchmod(s.folder.fd, 0711), 0);
	CU_ASSERT_EQUAL(fchmodat(s.folder.fd, "gochat-netd", 0755, 0), 0);
	CU_ASSERT_EQUAL(run(&s, said, sizeof(said), &r), 7);
	snprintf(want, sizeof(want), " null0 null1%s open3 open4 open6 <>%s",
	    NULL2, itself(&s, &r));
	expect_said(said, want);
	scene_close(&s);
}

/* A program that is missing, after an update for example, is named. */
static void
test_missing(void)
{
	struct scene s;
	struct result r;
	char said[512];

	scene_open(&s, PROCESS_NETD_CLIENT, MODE_CLIENT);
	CU_ASSERT_EQUAL(run(&s, said, sizeof(said), &r), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "cannot start "));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, s.folder.path));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(said, "/gochat-netd: No such file or directory"));
	scene_close(&s);
}

/* So is what is short: it has a number for the first of its descriptors, or for
 * all of them, but none for what is to stand for the terminal. */
static void
test_no_descriptor(void)
{
	for (unsigned int spare = 2; spare <= 3; spare++) {
		struct scene s;
		struct result r;
		char said[512];

		scene_open(&s, PROCESS_NETD_CLIENT, MODE_CLIENT);
		put_program(&s);
		s.spare = spare;
		CU_ASSERT_EQUAL(run(&s, said, sizeof(said), &r), 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(said, "cannot start "));
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(said, "/gochat-netd: no descriptor is free"));
		scene_close(&s);
	}
}

/* There can be no process: it is the spawner that says so. */
static int
start_in_vain(void *arg)
{
	const struct rlimit none = { 0, 0 };
	struct scene *s = arg;
	struct spawn_fd fd = { s->control[1], FD_CONTROL };
	struct spawned_child child;

	/* Root has no limit of processes. */
	if (geteuid() == 0)
		EXPECT(setresgid(12345, 12345, 12345) == 0 &&
		    setresuid(12345, 12345, 12345) == 0);
	EXPECT(setrlimit(RLIMIT_NPROC, &none) == 0);
	EXPECT(spawn(&s->paths, s->id, s->mode, &fd, 1, &child) == -1);
	EXPECT(errno == EAGAIN);
	return 0;
}

static void
test_no_process(void)
{
	struct scene s;

	scene_open(&s, PROCESS_NETD_CLIENT, MODE_CLIENT);
	CU_ASSERT_EQUAL(forked(start_in_vain, &s), 0);
	scene_close(&s);
}

/* What ps shows of it. A script would not know: so the program is the shell,
 * and the script is its input. */
static void
test_title(void)
{
	struct scene s;
	struct result r;
	char said[512];

	scene_open(&s, PROCESS_UI_BOOTNODE, MODE_BOOTNODE);
	s.input = "echo \"$0 $#\" >&3\n";
	CU_ASSERT_EQUAL(symlinkat("/bin/sh", s.folder.fd, "gochat-ui-bootnode"),
	    0);
	CU_ASSERT_EQUAL(run(&s, said, sizeof(said), &r), 0);
	expect_said(said, "gochat-ui: bootnode 0\n");
	scene_close(&s);
}

void
spawn_suite(void)
{
	CU_pSuite suite = CU_add_suite("spawn", NULL, NULL);

	CU_add_test(suite, "what a child finds", test_finds);
	CU_add_test(suite, "what ui finds", test_terminal);
	CU_add_test(suite, "what another user's finds", test_user);
	CU_add_test(suite, "its title", test_title);
	CU_add_test(suite, "a program is missing", test_missing);
	CU_add_test(suite, "no descriptor", test_no_descriptor);
	CU_add_test(suite, "no process", test_no_process);
}
