/*
 * The life of a child: how it begins, what it takes from the launcher and in
 * which order, and what ends it.
 */
#include "common/child.h"

#include "common/log.h"
#include "common/sandbox.h"
#include "tests/unit/common/all_filters.h"
#include "tests/unit/forked.h"
#include "tests/unit/ipc_build.h"
#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void child_suite(void);

/* --- The stage ------------------------------------------------------------ */

/* A child that is started, and the test as its launcher. */
struct stage {
	pid_t pid;
	struct ipc_channel launcher;
	int errors; /* its standard error */
};

/* Starts it with this at the number of its control channel; -1: nothing. */
static void
start_with(struct stage *s, int control, int (*run)(void))
{
	int errors[2];

	CU_ASSERT_EQUAL_FATAL(pipe2(errors, O_CLOEXEC), 0);
	fflush(NULL);
	s->pid = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(s->pid, -1);
	if (s->pid == 0) {
		dup2(errors[1], STDERR_FILENO);
		if (control == -1)
			close(FD_CONTROL);
		else
			dup2(control, FD_CONTROL);
		closefrom(FD_CONTROL + 1);
		_exit(run());
	}
	close(errors[1]);
	if (control != -1)
		close(control);
	s->errors = errors[0];
	s->launcher.fd = -1;
}

static void
start(struct stage *s, int (*run)(void))
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	start_with(s, pair[1], run);
	ipc_open(&s->launcher, pair[0], ROLE_LAUNCHER, ROLE_NETD, IN_CLIENT);
}

/* Waits for its end: asserts its exit code, and what it wrote. */
static void
finish(struct stage *s, int code, const char *written)
{
	char text[512] = "";
	size_t len = 0;
	ssize_t n;
	int status;

	while ((n = read(s->errors, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	CU_ASSERT_EQUAL(waitpid(s->pid, &status, 0), s->pid);
	CU_ASSERT_TRUE(WIFEXITED(status));
	CU_ASSERT_EQUAL(WEXITSTATUS(status), code);
	CU_ASSERT_STRING_EQUAL(text, written);
	close(s->errors);
	ipc_close(&s->launcher);
}

/* The message, as the launcher would send it. */
static void
send_config(struct stage *s, enum mode mode)
{
	static struct ipc_built m;

	ipc_build(&m, IPC_CONFIG_NETD, 0);
	m.body.config_netd.mode = (uint8_t)mode;
	m.body.config_netd.incarnation = 5;
	CU_ASSERT_EQUAL(send(s->launcher.fd, &m.header, m.len, 0),
	    (ssize_t)m.len);
}

static void
send_privileges(struct stage *s)
{
	const struct ipc_privileges p = { .uid = 77, .gid = 78, .drop = 1 };

	CU_ASSERT_EQUAL(ipc_send(&s->launcher, IPC_PRIVILEGES, &p, NULL, 0), 0);
}

/* The child's next message, which is of this type. */
static const void *
says(struct stage *s, enum ipc_type type, struct ipc_message_in *in)
{
	struct pollfd pfd = { s->launcher.fd, POLLIN, 0 };

	CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, 10000), 1);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&s->launcher, in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in->type, type);
	return in->body;
}

/* It accuses the launcher of a message, and ends. */
static void
accuses(struct stage *s, enum ipc_type type)
{
	struct ipc_message_in in;
	const struct ipc_fault *fault = says(s, IPC_FAULT, &in);

	CU_ASSERT_EQUAL(fault->role, ROLE_LAUNCHER);
	CU_ASSERT_EQUAL(fault->type, type);
	finish(s, 1, "");
}

/* --- The start ------------------------------------------------------------ */

static bool
is_ignored(int sig)
{
	struct sigaction sa;

	return sigaction(sig, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN;
}

/* The terminal's signals, and those that a write can cause, end no child; it
 * ends with the launcher, and by its own faults. */
static int
check_signals(void)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM,
		SIGPIPE, SIGTTIN, SIGTTOU, SIGTSTP, SIGALRM, SIGUSR1, SIGUSR2,
		SIGXFSZ };
	int sig = 0;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		EXPECT(is_ignored(ignored[i]));
	EXPECT(!is_ignored(SIGSEGV) && !is_ignored(SIGSYS));
	EXPECT(prctl(PR_GET_PDEATHSIG, &sig) == 0);
	EXPECT(sig == SIGKILL);
	return 0;
}

static struct child child;
static struct ipc_config_netd config;

static int
begin_as_netd(void)
{
	child_start(&child, PROCESS_NETD_CLIENT, IPC_CONFIG_NETD, &config,
	    sizeof(config), &config.mode);
	return 0;
}

static int
look_at_start(void)
{
	begin_as_netd();
	EXPECT(child.process == PROCESS_NETD_CLIENT);
	EXPECT(child.role == ROLE_NETD);
	EXPECT(child.mode == MODE_CLIENT);
	EXPECT(child.control.modes == IN_CLIENT);
	EXPECT(child.privileges.uid == 77);
	EXPECT(child.privileges.gid == 78);
	EXPECT(child.privileges.drop == 1);
	EXPECT(config.incarnation == 5);
	EXPECT(check_signals() == 0);
	log_warn("begun");
	return 0;
}

/* It takes both messages, whether they have come or not, and logs from then
 * on. */
static void
test_start(void)
{
	struct ipc_message_in in;
	struct stage s;

	start(&s, look_at_start);
	send_privileges(&s);
	send_config(&s, MODE_CLIENT);
	says(&s, IPC_LOG, &in);
	CU_ASSERT_EQUAL(in.tail_len, 5);
	CU_ASSERT_EQUAL(memcmp(in.tail, "begun", 5), 0);
	finish(&s, 0, "");
}

/* Somebody has started the program by hand. */
static void
test_by_hand(void)
{
	const int others[] = { -1, open("/dev/null", O_RDWR | O_CLOEXEC) };

	for (size_t i = 0; i < 2; i++) {
		struct stage s;

		start_with(&s, others[i], begin_as_netd);
		finish(&s, 1, "gochat-netd: run gochat, which starts it\n");
	}
}

/* What comes instead of what is awaited. */
static void
test_order(void)
{
	static const uint8_t nonsense[] = { 0, 0, 0, 0 };
	struct stage s;

	start(&s, begin_as_netd);
	send_config(&s, MODE_CLIENT);
	accuses(&s, IPC_CONFIG_NETD);

	start(&s, begin_as_netd);
	send_privileges(&s);
	CU_ASSERT_EQUAL(send(s.launcher.fd, nonsense, sizeof(nonsense), 0),
	    (ssize_t)sizeof(nonsense));
	accuses(&s, IPC_NONE);
}

/* A launcher that is gone is never the child's fault. */
static void
test_orphan(void)
{
	struct stage s;

	start(&s, begin_as_netd);
	send_privileges(&s);
	ipc_close(&s.launcher);
	finish(&s, CHILD_ORPHANED, "");
}

/* A program of a client is not started for a bootnode. */
static void
test_mode(void)
{
	static const char want[] = "gochat-netd does not run in mode bootnode";
	const struct ipc_log *line;
	struct ipc_message_in in;
	struct stage s;

	start(&s, begin_as_netd);
	send_privileges(&s);
	send_config(&s, MODE_BOOTNODE);
	line = says(&s, IPC_LOG, &in);
	CU_ASSERT_EQUAL(line->level, LOG_ERROR);
	CU_ASSERT_EQUAL(in.tail_len, strlen(want));
	CU_ASSERT_EQUAL(memcmp(in.tail, want, strlen(want)), 0);
	finish(&s, 1, "");
}

/* READY is said from within the sandbox: by then nothing can be opened. */
static int
enter(void)
{
	begin_as_netd();
	child.privileges.drop = 0;
	child.port = 4545;
	child_enter_sandbox(&child, all_filters[PROCESS_NETD_CLIENT]);
	return 0;
}

static void
test_ready(void)
{
	const struct ipc_ready *ready;
	struct ipc_message_in in;
	struct stage s;

	start(&s, enter);
	send_privileges(&s);
	send_config(&s, MODE_CLIENT);
	ready = says(&s, IPC_READY, &in);
	CU_ASSERT_EQUAL(ready->port, 4545);
	CU_ASSERT_EQUAL(ready->degraded & ~SANDBOX_STEPS, 0);
	finish(&s, 0, "");
}

/* --- At work -------------------------------------------------------------- */

/* Who reads is alive: so PING is answered here, and nobody else sees it. */
static int
answer_pings(void *arg)
{
	struct ipc_channel launcher;
	struct ipc_message_in in;
	struct child c = { .role = ROLE_NETD, .mode = MODE_CLIENT };

	(void)arg;
	ipc_pair(&c.control, ROLE_NETD, &launcher, ROLE_LAUNCHER);
	EXPECT(!child_receive(&c, &c.control, &in));
	for (int i = 0; i < 2; i++)
		ipc_send(&launcher, IPC_PING, NULL, NULL, 0);
	ipc_send(&launcher, IPC_FIGURES_ASK, NULL, NULL, 0);
	EXPECT(child_receive(&c, &c.control, &in));
	EXPECT(in.type == IPC_FIGURES_ASK);
	for (int i = 0; i < 2; i++)
		EXPECT(ipc_receive(&launcher, &in) == IPC_GOT &&
		    in.type == IPC_PONG);
	EXPECT(ipc_receive(&launcher, &in) == IPC_EMPTY);
	EXPECT(!child_receive(&c, &c.control, &in));
	ipc_close(&launcher);
	child_receive(&c, &c.control, &in);
	return 0; /* not reached */
}

static void
test_receive(void)
{
	CU_ASSERT_EQUAL(forked(answer_pings, NULL), CHILD_ORPHANED);
}

/* A neighbour that may be restarted is no reason to end. */
static void
test_receive_from(void)
{
	struct child c = { .role = ROLE_CRYPTOD, .mode = MODE_CLIENT };
	struct ipc_channel cryptod, netd;
	struct ipc_message_in in;

	ipc_pair(&cryptod, ROLE_CRYPTOD, &netd, ROLE_NETD);
	CU_ASSERT_EQUAL(child_receive_from(&c, &cryptod, &in), IPC_EMPTY);
	ipc_send(&netd, IPC_LEFT, NULL, NULL, 0);
	ipc_close(&netd);
	CU_ASSERT_EQUAL(child_receive_from(&c, &cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_LEFT);
	CU_ASSERT_NOT_EQUAL(cryptod.fd, -1);
	CU_ASSERT_EQUAL(child_receive_from(&c, &cryptod, &in), IPC_CLOSED);
	CU_ASSERT_EQUAL(cryptod.fd, -1);
}

/* The channel to the next netd is at the number that the filter knows, and
 * begins again: what was said before does not count. */
static int
reopen(void *arg)
{
	enum {
		WANT = 50
	};
	const struct rlimit few = { 40, 40 };
	struct child c = { .role = ROLE_CRYPTOD, .mode = MODE_CLIENT };
	struct ipc_channel cryptod, netd, next_cryptod, next_netd;
	struct ipc_message_in in;
	int given;

	(void)arg;
	ipc_pair(&cryptod, ROLE_CRYPTOD, &netd, ROLE_NETD);
	EXPECT(dup2(cryptod.fd, WANT) == WANT);
	close(cryptod.fd);
	cryptod.fd = WANT;
	cryptod.room = 3;
	ipc_send(&netd, IPC_LEFT, NULL, NULL, 0);
	EXPECT(ipc_receive(&cryptod, &in) == IPC_GOT);
	ipc_pair(&next_cryptod, ROLE_CRYPTOD, &next_netd, ROLE_NETD);
	given = next_cryptod.fd;
	child_reopen(&c, &cryptod, WANT, given);
	EXPECT(cryptod.fd == WANT);
	EXPECT(cryptod.self == ROLE_CRYPTOD && cryptod.other == ROLE_NETD);
	EXPECT(cryptod.modes == IN_CLIENT && cryptod.room == 3);
	EXPECT(fcntl(WANT, F_GETFD) == FD_CLOEXEC);
	EXPECT(fcntl(given, F_GETFD) == -1);
	EXPECT(ipc_send(&netd, IPC_NET_STATUS, &(struct ipc_net_status){ 0 },
		   NULL, 0) == -1);
	ipc_send(&next_netd, IPC_LEFT, NULL, NULL, 0);
	EXPECT(ipc_receive(&cryptod, &in) == IPC_GOT);
	/* It may have come as that number. */
	ipc_close(&cryptod);
	ipc_pair(&next_cryptod, ROLE_CRYPTOD, &next_netd, ROLE_NETD);
	EXPECT(dup2(next_cryptod.fd, WANT) == WANT);
	cryptod.other = ROLE_NETD;
	child_reopen(&c, &cryptod, WANT, WANT);
	EXPECT(cryptod.fd == WANT && fcntl(WANT, F_GETFD) != -1);
	/* If it cannot be put there, there is no neighbour to work with. */
	EXPECT(setrlimit(RLIMIT_NOFILE, &few) == 0);
	log_to_function(NULL);
	child_reopen(&c, &cryptod, WANT, next_cryptod.fd);
	return 2; /* not reached */
}

static void
test_reopen(void)
{
	CU_ASSERT_EQUAL(forked(reopen, NULL), 1);
}

static int
accuse(void *arg)
{
	struct child *c = arg;
	struct ipc_channel netd = { .other = ROLE_NETD, .room = 5 };

	child_fault(c, &netd, IPC_LEFT);
}

/* A child for all rooms says in which of them the other one is. */
static void
test_room(void)
{
	const struct ipc_fault *fault;
	struct ipc_channel launcher;
	struct ipc_message_in in;
	struct child c = { 0 };

	ipc_pair(&c.control, ROLE_UI, &launcher, ROLE_LAUNCHER);
	CU_ASSERT_EQUAL(forked(accuse, &c), 1);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_FAULT);
	fault = in.body;
	CU_ASSERT_EQUAL(fault->role, ROLE_NETD);
	CU_ASSERT_EQUAL(fault->room, 5);
	CU_ASSERT_EQUAL(fault->type, IPC_LEFT);
	ipc_close(&c.control);
	ipc_close(&launcher);
}

void
child_suite(void)
{
	CU_pSuite suite = CU_add_suite("child", NULL, NULL);

	CU_add_test(suite, "the start", test_start);
	CU_add_test(suite, "started by hand", test_by_hand);
	CU_add_test(suite, "the order of messages", test_order);
	CU_add_test(suite, "no launcher", test_orphan);
	CU_add_test(suite, "another mode", test_mode);
	CU_add_test(suite, "READY", test_ready);
	CU_add_test(suite, "PING", test_receive);
	CU_add_test(suite, "a neighbour ends", test_receive_from);
	CU_add_test(suite, "the next neighbour", test_reopen);
	CU_add_test(suite, "a fault in a room", test_room);
}
