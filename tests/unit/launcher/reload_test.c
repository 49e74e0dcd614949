/*
 * A reload of a bootnode: the launcher is the real one, and so is the process
 * that reads the settings; the spawner is the test's.
 */
#include "launcher/reload.h"

#include "common/access.h"

#include "tests/unit/folder.h"
#include "tests/unit/launcher/household_spawner.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void reload_suite(void);

#define PATIENCE 10000 /* milliseconds */
#define KEY                                                                \
	"anna "                                                            \
	"0000000000000000000000000000000000000000000000000000000000000000" \
	"\n"

struct scene {
	struct household h;
	struct folder folder;
	struct options options; /* those of the start */
	char path[300];		/* of the key file */
	const char *argv[8];
	struct reload_kit kit;
	int memory; /* for access keys */
	int reader; /* pidfd of the last one, or -1 */
};

/* --- The scene ------------------------------------------------------------ */

static void
begin(struct scene *s)
{
	struct scene fresh = {
		.reader = -1,
		.argv = { "gochat", "--mode", "bootnode", "--access-key-file",
		    s->path },
	};
	char err[OPTION_ERROR_MAX];

	*s = fresh;
	folder_open(&s->folder);
	folder_put(&s->folder, "keys", KEY, sizeof(KEY) - 1);
	(void)snprintf(s->path, sizeof(s->path), "%s/keys", s->folder.path);
	s->kit = (struct reload_kit){
		.argc = 5,
		.argv = (char *const *)(uintptr_t)s->argv,
		.options = &s->options,
	};
	CU_ASSERT_EQUAL_FATAL(options_parse(&s->options, s->kit.argc,
				  s->kit.argv, environ, AT_FDCWD, false, err,
				  sizeof(err)),
	    0);
	s->memory = memfd_create("keys", MFD_CLOEXEC);
	CU_ASSERT_EQUAL(ftruncate(s->memory, ACCESS_PARTS * ACCESS_TEXT_MAX),
	    0);
	household_live(&s->h, MODE_BOOTNODE);
}

static void
end(struct scene *s)
{
	if (s->h.s.reload.fd != -1)
		close(s->h.s.reload.fd);
	settings_free(&s->h.settings);
	household_close(&s->h);
	if (s->reader != -1)
		close(s->reader);
	close(s->memory);
	folder_remove(&s->folder);
}

/* The launcher asks for a reader, and gets a socket. */
static void
give_reader(struct scene *s, int fd)
{
	const struct spawned spawned = { .event = SPAWN_READER };

	reload_want(&s->h.s, 0);
	household_pass(&s->h, 0);
	CU_ASSERT_TRUE(s->h.s.reload.asked);
	household_report(&s->h, &spawned, &fd, 1);
	close(fd);
	household_pass(&s->h, 0);
	CU_ASSERT_FALSE(s->h.s.reload.asked);
}

/* A real reader reads, and the launcher hears of it. */
static void
reload(struct scene *s)
{
	const struct reload_access access = { s->memory, !s->h.s.access_part };
	siginfo_t info = { 0 };
	struct pollfd pfd = { reload_start(&s->kit, &access, &s->reader),
		POLLIN, 0 };

	CU_ASSERT_NOT_EQUAL_FATAL(pfd.fd, -1);
	CU_ASSERT_EQUAL(poll(&pfd, 1, PATIENCE), 1);
	give_reader(s, pfd.fd);
	household_pass(&s->h, 0);
	CU_ASSERT_EQUAL(waitid(P_PIDFD, (id_t)s->reader, &info, WEXITED), 0);
	CU_ASSERT_EQUAL(info.si_status, 0);
	CU_ASSERT_EQUAL(household_logged(&s->h, "event reloaded"), 1);
	CU_ASSERT_EQUAL(s->h.s.access_part, 1);
}

/* --- Tests ---------------------------------------------------------------- */

static void
test_taken(void)
{
	struct member *cryptod;
	struct scene s;
	char text[sizeof(KEY)] = "";

	begin(&s);
	cryptod = household_member(&s.h, ROLE_CRYPTOD);
	CU_ASSERT_EQUAL(cryptod->cryptod.access, 0);
	reload(&s);
	CU_ASSERT_EQUAL(cryptod->told[IPC_ACCESS_AGAIN], 1);
	CU_ASSERT_EQUAL(pread(s.memory, text, sizeof(KEY) - 1, ACCESS_TEXT_MAX),
	    (ssize_t)sizeof(KEY) - 1);
	CU_ASSERT_STRING_EQUAL(text, KEY);
	end(&s);
}

/* A cryptod that was started before with what counted then, and is not in its
 * sandbox yet, is told, too. */
static void
test_cryptod_at_start(void)
{
	struct member *cryptod;
	struct scene s;

	begin(&s);
	cryptod = household_member(&s.h, ROLE_CRYPTOD);
	household_crash(&s.h, ROLE_CRYPTOD, SIGSEGV);
	household_pass(&s.h, 0);
	CU_ASSERT_EQUAL(cryptod->starts, 2);
	CU_ASSERT_EQUAL(cryptod->cryptod.access, 0);
	reload(&s);
	CU_ASSERT_EQUAL(cryptod->told[IPC_ACCESS_AGAIN], 0);
	household_all_ready(&s.h);
	CU_ASSERT_EQUAL(cryptod->told[IPC_ACCESS_AGAIN], 1);
	end(&s);
}

/* One that is started after that knows it from the start. */
static void
test_cryptod_not_there(void)
{
	struct member *cryptod;
	struct scene s;

	begin(&s);
	cryptod = household_member(&s.h, ROLE_CRYPTOD);
	s.h.mood = SPAWNER_SILENT;
	household_crash(&s.h, ROLE_CRYPTOD, SIGSEGV);
	household_pass(&s.h, 0);
	reload(&s);
	household_start_member(&s.h,
	    family_find(&s.h.s.family, ROLE_CRYPTOD, 0));
	household_pass(&s.h, 0);
	CU_ASSERT_EQUAL(cryptod->cryptod.access, 1);
	CU_ASSERT_EQUAL(cryptod->cryptod.access_part, 1);
	end(&s);
}

/* A reader that still reads is ended before there is another: it would write
 * into what counts by then. */
static void
test_last_one(void)
{
	int status = 0;
	struct scene s;
	pid_t pid;

	begin(&s);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	s.reader = (int)syscall(SYS_pidfd_open, pid, 0);
	CU_ASSERT_NOT_EQUAL_FATAL(s.reader, -1);
	reload(&s);
	CU_ASSERT_EQUAL(waitpid(pid, &status, WNOHANG), pid);
	CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	end(&s);
}

static unsigned int
count_open(void)
{
	unsigned int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

/* What comes with a report that is none is closed. */
static void
test_cut_short(void)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec iov = { (char[1]){ 0 }, 1 };
	const struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct scene s;
	unsigned int before;
	int pair[2];

	begin(&s);
	before = count_open();
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(2 * sizeof(int));
	give_reader(&s, pair[0]);
	memcpy(CMSG_DATA(&control.header),
	    ((int[]){ STDERR_FILENO, STDERR_FILENO }), sizeof(pair));
	CU_ASSERT_EQUAL(sendmsg(pair[1], &msg, 0), 1);
	household_pass(&s.h, 0);
	CU_ASSERT_EQUAL(household_logged(&s.h, "event reload_refused"), 1);
	close(pair[1]);
	CU_ASSERT_EQUAL(count_open(), before);
	end(&s);
}

void
reload_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("reload", household_setup, household_cleanup);

	CU_add_test(suite, "it is taken", test_taken);
	CU_add_test(suite, "a cryptod that starts", test_cryptod_at_start);
	CU_add_test(suite, "a cryptod that is not there",
	    test_cryptod_not_there);
	CU_add_test(suite, "the last reader is ended", test_last_one);
	CU_add_test(suite, "a report that is cut short", test_cut_short);
}
