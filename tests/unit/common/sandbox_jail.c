/*
 * Jailed children. See sandbox_jail.h.
 */
#include "tests/unit/common/sandbox_jail.h"

#include "tests/unit/common/all_filters.h"

#include "common/clock.h"
#include "common/ipc.h"
#include "common/log.h"

#include <CUnit/CUnit.h>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <bsd/unistd.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define DEADLINE (20 * USEC_PER_SEC)
/* Above all numbers that the child knows. */
#define FD_ASIDE 64
/* These exit codes differ from the launcher's own, 0 to 3. */
#define EXIT_DID     63
#define EXIT_REFUSED 64 /* and the errno */

/* The ends of the child, by number, and those of the test. */
struct ends {
	int child[JAIL_FDS];
	int ours[JAIL_FDS];
};

static void
make_socketpair(struct ends *e, int fd, int type)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair),
	    0);
	e->child[fd] = pair[0];
	e->ours[fd] = pair[1];
	/* There is something to receive. */
	CU_ASSERT_EQUAL(send(pair[1], "x", 1, 0), 1);
}

static void
make_pipe(struct ends *e, int fd)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(pipe2(pair, O_CLOEXEC), 0);
	e->child[fd] = pair[1];
	e->ours[fd] = pair[0];
}

static void
make_terminal(struct ends *e)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	CU_ASSERT_NOT_EQUAL_FATAL(master, -1);
	CU_ASSERT_EQUAL_FATAL(grantpt(master), 0);
	CU_ASSERT_EQUAL_FATAL(unlockpt(master), 0);
	e->ours[0] = master;
	e->child[0] = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	CU_ASSERT_NOT_EQUAL_FATAL(e->child[0], -1);
	CU_ASSERT_EQUAL(write(master, "typed\n", 6), 6);
}

/* Makes a UDP socket on the loopback interface with a datagram to itself. */
static int
make_udp(bool bound)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	if (!bound)
		return fd;
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&a, len), 0);
	CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	CU_ASSERT_EQUAL(sendto(fd, "x", 1, 0, (struct sockaddr *)&a, len), 1);
	return fd;
}

static void
make_ends(struct ends *e, enum process_id process)
{
	char path[64];

	for (int i = 0; i < JAIL_FDS; i++)
		e->child[i] = e->ours[i] = -1;
	make_terminal(e);
	make_pipe(e, STDOUT_FILENO);
	make_pipe(e, STDERR_FILENO);
	make_socketpair(e, FD_CONTROL, SOCK_SEQPACKET);
	make_socketpair(e, FD_CRYPTOD, SOCK_SEQPACKET);
	if (process_table[process].role == ROLE_NETD)
		e->child[FD_UDP] = make_udp(true);
	else if (process_table[process].role == ROLE_FLEETD)
		make_socketpair(e, FD_FIFTH, SOCK_STREAM | SOCK_NONBLOCK);
	else
		make_socketpair(e, FD_FIFTH, SOCK_SEQPACKET);
	e->child[FD_SIXTH] = make_udp(true);
	make_socketpair(e, FD_SEVENTH, SOCK_SEQPACKET);
	make_socketpair(e, FD_STRANGE, SOCK_SEQPACKET);
	e->child[FD_UNBOUND] = make_udp(false);
	snprintf(path, sizeof(path), "/proc/%d/mem", getpid());
	e->child[FD_MEMORY] = open(path, O_RDONLY | O_CLOEXEC);
	CU_ASSERT_NOT_EQUAL_FATAL(e->child[FD_MEMORY], -1);
}

/* The child is configured as if root had started it, with user nobody. */
static void
choose_privileges(struct ipc_privileges *p)
{
	const struct passwd *pw = getpwnam("nobody");

	memset(p, 0, sizeof(*p));
	p->drop = geteuid() == 0;
	p->uid = pw != NULL ? pw->pw_uid : 65534;
	p->gid = pw != NULL ? pw->pw_gid : 65534;
}

volatile sig_atomic_t jail_signals;

/* --- In the child --------------------------------------------------------- */

static void
log_to_stderr(enum log_level level, bool event, const char *text)
{
	(void)level;
	(void)event;
	dprintf(STDERR_FILENO, "%s\n", text);
}

static void
place(const struct ends *e)
{
	int aside[JAIL_FDS];

	/* The numbers of ui's rooms are free but for the first of them. */
	for (int i = 0; i < JAIL_FDS; i++)
		aside[i] = e->child[i] == -1
		    ? -1
		    : fcntl(e->child[i], F_DUPFD, FD_ASIDE);
	for (int i = 0; i < JAIL_FDS; i++)
		if (aside[i] == -1)
			close(i);
		else if (dup2(aside[i], i) == -1)
			_exit(1);
	closefrom(JAIL_FDS);
}

/* Starts a process that the launcher may signal: it has the user that the
 * launcher becomes, and is gone when the launcher is. */
static pid_t
start_child(const struct ipc_privileges *privileges)
{
	pid_t parent = getpid(), pid = fork();
	bool same;

	if (pid != 0)
		return pid;
	closefrom(0);
	/* A parent that has died already sends no signal. */
	if (sandbox_become_user(privileges, &same) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		_exit(1);
	for (;;)
		pause();
}

static void
count_signal(int sig)
{
	(void)sig;
	jail_signals++;
}

static void __attribute__((noreturn)) live(struct inmate *in, jail_deed *deed)
{
	char byte;
	unsigned int refused;
	struct iovec iov = { &refused, sizeof(refused) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	int error;

	in->self = getpid();
	/* The child will try to stop its process group. */
	setpgid(0, 0);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGPIPE, count_signal);
	signal(SIGILL, count_signal);
	in->child = in->process == PROCESS_LAUNCHER
	    ? start_child(&in->privileges)
	    : in->self;
	in->pidfd = (int)syscall(SYS_pidfd_open, in->child, 0);
	refused = sandbox_enter(in->process, all_filters[in->process],
	    &in->privileges);
	sendmsg(FD_CONTROL, &msg, 0);
	/* The child waits until it may go on. */
	iov = (struct iovec){ &byte, 1 };
	recvmsg(FD_CONTROL, &msg, 0);
	error = deed(in);
	_exit(error == 0 ? EXIT_DID : EXIT_REFUSED + error);
}

/* --- In the test ---------------------------------------------------------- */

/* Waits for a descriptor; returns false if the deadline has passed. */
static bool
await(int fd, uint64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	struct timespec ts;

	while (clock_now() < deadline)
		if (ppoll(&pfd, 1, clock_timeout(clock_now(), deadline, &ts),
			NULL) == 1)
			return true;
	return false;
}

void
jail_start(struct jail *j, enum process_id process, jail_deed *deed)
{
	struct inmate in = { .process = process, .parent = getpid() };
	struct ends e;
	char byte;

	memset(j, 0, sizeof(*j));
	j->process = process;
	j->violation = -1;
	make_ends(&e, process);
	/* The child goes on when the byte comes back in the control channel. */
	CU_ASSERT_EQUAL(recv(e.child[FD_CONTROL], &byte, 1, 0), 1);
	choose_privileges(&in.privileges);
	j->privileges = in.privileges;
	fflush(NULL);
	j->pid = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(j->pid, -1);
	if (j->pid == 0) {
		log_to_function(log_to_stderr);
		place(&e);
		live(&in, deed);
	}
	for (int i = 0; i < JAIL_FDS; i++)
		close(e.child[i]);
	j->terminal = e.ours[0];
	j->out = e.ours[STDOUT_FILENO];
	j->err = e.ours[STDERR_FILENO];
	j->control = e.ours[FD_CONTROL];
	j->channel = e.ours[FD_CRYPTOD];
	j->fifth = e.ours[FD_FIFTH];
	j->seventh = e.ours[FD_SEVENTH];
	j->strange = e.ours[FD_STRANGE];
	j->ready = await(j->control, clock_now() + DEADLINE) &&
	    recv(j->control, &j->refused, sizeof(j->refused), MSG_DONTWAIT) ==
		sizeof(j->refused);
}

/* Reads what the child wrote, up to the end of the pipe: then it is dead. */
static bool
read_to_end(struct jail *j)
{
	uint64_t deadline = clock_now() + DEADLINE;
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < sizeof(j->text) - 1) {
		if (!await(j->err, deadline))
			return false;
		n = read(j->err, j->text + len, sizeof(j->text) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	return true;
}

static int
read_violation(const struct jail *j)
{
	const struct ipc_violation *v;
	struct ipc_message_in in;
	struct ipc_channel ch;
	enum ipc_result result;
	const char *p;

	if (j->process == PROCESS_LAUNCHER) {
		p = strstr(j->text, "system call ");
		return p == NULL ? -1 : atoi(p + strlen("system call "));
	}
	ipc_open(&ch, j->control, ROLE_LAUNCHER, process_table[j->process].role,
	    IN_BOTH);
	while ((result = ipc_receive(&ch, &in)) != IPC_CLOSED &&
	    result != IPC_EMPTY)
		if (result == IPC_GOT && in.type == IPC_VIOLATION) {
			v = in.body;
			return v->syscall;
		}
	return -1;
}

static void
judge(struct jail *j)
{
	int code = WIFEXITED(j->status) ? WEXITSTATUS(j->status) : -1;

	j->end = JAIL_OTHER;
	if (!j->ready)
		return;
	if (code == EXIT_DID) {
		j->end = JAIL_DID;
	} else if (code > EXIT_REFUSED) {
		j->end = JAIL_REFUSED;
		j->error = code - EXIT_REFUSED;
	} else if ((WIFSIGNALED(j->status) && WTERMSIG(j->status) == SIGSYS) ||
	    (code == 3 && j->violation != -1)) {
		j->end = JAIL_KILLED;
	}
}

void
jail_end(struct jail *j)
{
	int fds[] = { j->terminal, j->out, j->err, j->control, j->channel,
		j->fifth, j->seventh, j->strange };

	send(j->control, "", 1, MSG_NOSIGNAL);
	if (!read_to_end(j))
		kill(j->pid, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(j->pid, &j->status, 0), j->pid);
	j->violation = read_violation(j);
	judge(j);
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] != -1)
			close(fds[i]);
}

int
jail_step(jail_deed *deed)
{
	struct inmate in = { .parent = getpid() };
	uint64_t deadline = clock_now() + DEADLINE;
	int status, pair[2];
	pid_t pid;

	choose_privileges(&in.privileges);
	CU_ASSERT_EQUAL_FATAL(pipe2(pair, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(pid, -1);
	if (pid == 0) {
		in.self = getpid();
		status = deed(&in);
		_exit(status == 0 ? EXIT_DID : EXIT_REFUSED + status);
	}
	close(pair[1]);
	if (!await(pair[0], deadline)) /* the child has closed it */
		kill(pid, SIGKILL);
	close(pair[0]);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) < EXIT_DID)
		return -1;
	return WEXITSTATUS(status) == EXIT_DID
	    ? 0
	    : WEXITSTATUS(status) - EXIT_REFUSED;
}

int
jail_count_names(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	int count = 0;

	if (d == NULL)
		return -1;
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			count++;
	closedir(d);
	return count;
}
