/*
 * Starting a child: what it finds. Scripts of the shell stand for gochat's
 * programs and tell on the control channel what they see.
 */
#include "launcher/spawn.h"
#include "tests/unit/folder.h"
#include "tests/unit/forked.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
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

/* Whether 0, 1 and 2 are /dev/null, which others of 3 to 9 are open, words of
 * the environment, its number, and which signals it blocks and ignores. */
static const char script[] =
    "#!/bin/sh\n"
    "say=\n"
    "for fd in 0 1 2; do\n"
    "	[ /proc/self/fd/$fd -ef /dev/null ] && say=\"$say null$fd\"\n"
    "done\n"
    "for fd in 3 4 5 6 7 8 9; do\n"
    "	if (: <&$fd) 2>&-; then say=\"$say open$fd\"; fi\n"
    "done\n"
    "say=\"$say TERM=$TERM SECRET=$GOCHAT_TEST_SECRET\"\n"
    "[ $$ = 1 ] && say=\"$say alone\"\n"
    "while read -r word value; do\n"
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
	/* Of the two ends here, and what the child was to get. */
	int control[2], other[2];
	/* Written by the step, read by the test: memory of both. */
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

/* As the spawner: its child is its parent's, which is this test. */
static int
start(void *arg)
{
	struct scene *s = arg;
	struct spawn_fd fds[2] = { { s->control[1], FD_CONTROL },
		{ s->other[1], 6 } };
	struct result r = { .returned = -1 };
	sigset_t blocked;

	/* What a child is not to get: a variable, a signal that is blocked and
	 * one that is ignored, a descriptor below and one above its own. */
	setenv("TERM", "of-the-test", 1);
	setenv("GOCHAT_TEST_SECRET", "told", 1);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGUSR2, SIG_IGN);
	/* One of the two is at the number of the other. */
	fds[1].from = fcntl(fds[1].from, F_DUPFD, 20);
	dup2(fds[0].from, 6);
	fds[0].from = 6;
	dup2(STDERR_FILENO, 5);
	dup2(STDERR_FILENO, 8);
	r.returned = spawn(&s->paths, s->id, s->mode, fds, 2, &r.child);
	r.pidfd_closes = fcntl(r.child.pidfd, F_GETFD) == FD_CLOEXEC;
	return write(s->result[1], &r, sizeof(r)) == (ssize_t)sizeof(r) ? 0 : 1;
}

/* Starts it and returns how its program ended; what it said is in said. */
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
	/* Zero bytes are those of a message: none of the text is one. */
	for (ssize_t i = 0; i < n; i++)
		if (said[i] == '\0')
			said[i] = '.';
	said[n > 0 ? n : 0] = '\0';
	CU_ASSERT_EQUAL(waitpid(r->child.pid, &status, 0), r->child.pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Of the signals that are ignored here, those that the C library keeps for
 * itself: its posix_spawn() leaves them ignored, and no program can have them
 * back.  As make does, that starts this. */
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

/* It has what was given at the numbers asked for, and nothing else: neither
 * the terminal nor a word of the environment. */
static void
test_finds(void)
{
	struct scene s;
	struct result r;
	char said[512], want[512];

	scene_open(&s, PROCESS_NETD_CLIENT, MODE_CLIENT);
	put_program(&s);
	CU_ASSERT_EQUAL(run(&s, said, sizeof(said), &r), 7);
	snprintf(want, sizeof(want),
	    " null0 null1%s open3 open6 TERM= SECRET=%s"
	    " blocked=0000000000000000 ignored=%016llx\n",
	    NULL2, r.child.isolated ? " alone" : "", ignored_for_good());
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

	scene_open(&s, PROCESS_UI, MODE_BOOTNODE);
	put_program(&s);
	CU_ASSERT_EQUAL(run(&s, said, sizeof(said), &r), 7);
	snprintf(want, sizeof(want),
	    " open3 open6 TERM=of-the-test SECRET=%s"
	    " blocked=0000000000000000 ignored=%016llx\n",
	    r.child.isolated ? " alone" : "", ignored_for_good());
	/* Whoever runs this may have /dev/null for a terminal. */
	CU_ASSERT_PTR_NOT_NULL(strstr(said, NULL2));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, want));
	scene_close(&s);
}

/* A program that is not there any more, by an update say: it is named. */
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

/* The programs are looked for beside our own; and where they were installed,
 * if they are nowhere, so that a message names that folder. */
static void
test_find(void)
{
	static struct spawn_paths paths;
	struct family none = { .count = 0 };
	struct family ui = { .count = 1, .at = { { PROCESS_UI, 0 } } };
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	CU_ASSERT_FATAL(n > 0);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	CU_ASSERT_PTR_NULL(spawn_find(&paths, &none));
	CU_ASSERT_STRING_EQUAL(paths.folder, self);
	if (spawn_find(&paths, &ui) != NULL)
		CU_ASSERT_STRING_EQUAL(spawn_find(&paths, &ui), "gochat-ui");
	CU_ASSERT_STRING_EQUAL(paths.folder, GOCHAT_LIBEXECDIR);
}

void
spawn_suite(void)
{
	CU_pSuite suite = CU_add_suite("spawn", NULL, NULL);

	CU_add_test(suite, "what a child finds", test_finds);
	CU_add_test(suite, "what ui finds", test_terminal);
	CU_add_test(suite, "a program is missing", test_missing);
	CU_add_test(suite, "where programs are", test_find);
}
