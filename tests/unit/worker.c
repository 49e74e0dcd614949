/*
 * A child of the launcher as a process of its own. See worker.h.
 */
#include "tests/unit/worker.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/log_channel.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>

#include <bsd/unistd.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* These numbers are out of the way. */
#define FAR	 200
#define PATIENCE (10 * USEC_PER_SEC)

/* --- Start and end -------------------------------------------------------- */

static void
open_end(const struct worker *w, struct ipc_channel *ch, int fd, enum role role)
{
	ipc_open(ch, fd, role, w->role, IN_MODE(w->mode));
	ch->state = AT_WORK;
}

static void
make_pair(int pair[2])
{
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
}

/* Runs in the worker: its descriptors get their numbers, and no others are
 * left. */
static void __attribute__((noreturn))
work(const struct worker *w, enum process_id process, const int theirs[3],
    void (*run)(struct child *, void *arg), void *arg)
{
	struct child child = { .process = process,
		.role = w->role,
		.mode = w->mode };
	int moved[1 + WORKER_NEIGHBOURS];

	for (int i = 0; i < 1 + WORKER_NEIGHBOURS; i++)
		moved[i] = fcntl(theirs[i], F_DUPFD, FAR);
	for (int fd = FD_CONTROL; fd < FAR; fd++)
		close(fd);
	dup2(moved[0], FD_CONTROL);
	for (int i = 0; i < WORKER_NEIGHBOURS; i++)
		if (w->neighbours[i].number != 0)
			dup2(moved[1 + i], w->neighbours[i].number);
	closefrom(FAR);
	signal(SIGPIPE, SIG_IGN);
	worker_clock_use(w);
	ipc_open(&child.control, FD_CONTROL, w->role, ROLE_LAUNCHER,
	    IN_MODE(w->mode));
	child.control.state = AT_WORK;
	log_to_channel(&child.control);
	run(&child, arg);
	_exit(255);
}

static bool
has_role(enum mode mode, enum role role)
{
	bool has = false;

	for (enum process_id id = 0; id < PROCESS_COUNT; id++)
		has = has ||
		    (process_table[id].role == role &&
			(process_table[id].modes & IN_MODE(mode)) != 0);
	return has;
}

static void
find_neighbours(struct worker *w)
{
	size_t n = 0;

	for (size_t i = 0; i < CHANNEL_COUNT; i++)
		for (int end = 0; end < 2; end++)
			if (channel_table[i].roles[end] == w->role &&
			    has_role(w->mode,
				channel_table[i].roles[1 - end])) {
				w->neighbours[n].role =
				    channel_table[i].roles[1 - end];
				w->neighbours[n++].number =
				    channel_table[i].numbers[end];
			}
}

void
worker_start(struct worker *w, enum process_id process, enum mode mode,
    void (*run)(struct child *, void *arg), void *arg)
{
	int ours[1 + WORKER_NEIGHBOURS], theirs[1 + WORKER_NEIGHBOURS];

	memset(w, 0, sizeof(*w));
	w->mode = mode;
	w->role = process_table[process].role;
	find_neighbours(w);
	worker_clock_open(w);
	for (int i = 0; i < 1 + WORKER_NEIGHBOURS; i++) {
		int pair[2];

		make_pair(pair);
		ours[i] = pair[0];
		theirs[i] = pair[1];
	}
	fflush(NULL);
	w->pid = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(w->pid, -1);
	if (w->pid == 0) {
		for (int i = 0; i < 1 + WORKER_NEIGHBOURS; i++)
			close(ours[i]);
		work(w, process, theirs, run, arg);
	}
	for (int i = 0; i < 1 + WORKER_NEIGHBOURS; i++)
		close(theirs[i]);
	open_end(w, &w->launcher, ours[0], ROLE_LAUNCHER);
	for (int i = 0; i < WORKER_NEIGHBOURS; i++)
		open_end(w, &w->neighbours[i].end, ours[1 + i],
		    w->neighbours[i].role);
}

static bool
readable(int fd)
{
	struct pollfd pfd = { fd, POLLIN, 0 };

	return poll(&pfd, 1, (int)(PATIENCE / USEC_PER_MSEC)) == 1;
}

/* Returns its exit code; a worker that does not end is killed, which is a
 * failure. */
static int
bury(struct worker *w)
{
	struct ipc_message_in in;
	int status = -1;

	/* The control channel ends with the process. */
	while (w->launcher.fd != -1 && readable(w->launcher.fd) &&
	    ipc_receive(&w->launcher, &in) == IPC_GOT)
		;
	if (w->launcher.fd != -1 && !readable(w->launcher.fd)) {
		CU_FAIL("a worker does not end");
		kill(w->pid, SIGKILL);
	}
	CU_ASSERT_EQUAL(waitpid(w->pid, &status, 0), w->pid);
	worker_clock_close(w);
	ipc_close(&w->launcher);
	for (int i = 0; i < WORKER_NEIGHBOURS; i++)
		ipc_close(&w->neighbours[i].end);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void
worker_stop(struct worker *w)
{
	shutdown(w->launcher.fd, SHUT_WR);
	CU_ASSERT_EQUAL(bury(w), CHILD_ORPHANED);
}

void
worker_ends(struct worker *w, int code)
{
	CU_ASSERT_EQUAL(bury(w), code);
}

/* --- Neighbours ----------------------------------------------------------- */

struct ipc_channel *
worker_end(struct worker *w, enum role role)
{
	for (int i = 0; i < WORKER_NEIGHBOURS; i++)
		if (w->neighbours[i].role == role)
			return &w->neighbours[i].end;
	CU_FAIL_FATAL("there is no such neighbour");
	return NULL;
}

void
worker_lose(struct worker *w, enum role role)
{
	ipc_close(worker_end(w, role));
}

static int
pass(struct worker *w, enum role role)
{
	struct ipc_channel_end end = { .role = (uint8_t)role,
		.incarnation = WORKER_INCARNATION };
	int pair[2];

	make_pair(pair);
	CU_ASSERT_EQUAL(ipc_send_fd(&w->launcher, IPC_CHANNEL, &end, pair[1]),
	    0);
	close(pair[1]);
	return pair[0];
}

void
worker_replace(struct worker *w, enum role role)
{
	struct ipc_channel *ch = worker_end(w, role);

	ipc_close(ch);
	open_end(w, ch, pass(w, role), role);
}

void
worker_pass(struct worker *w, enum role role)
{
	close(pass(w, role));
}

/* --- What it says --------------------------------------------------------- */

void
worker_hear(struct ipc_channel *ch, struct ipc_message_in *in)
{
	CU_ASSERT_TRUE_FATAL(readable(ch->fd));
	CU_ASSERT_EQUAL_FATAL(ipc_receive(ch, in), IPC_GOT);
}

static void
hear(struct ipc_channel *ch, struct ipc_message_in *in)
{
	do
		worker_hear(ch, in);
	while (in->type == IPC_LOG);
}

const char *
worker_logs(struct worker *w, const char *text)
{
	static char line[LOG_TEXT_MAX + 1];
	struct ipc_message_in in;

	do {
		worker_hear(&w->launcher, &in);
		(void)snprintf(line, sizeof(line), "%.*s", (int)in.tail_len,
		    (const char *)in.tail);
	} while (in.type != IPC_LOG || strstr(line, text) == NULL);
	return line;
}

const void *
worker_says_yet(struct ipc_channel *ch, enum ipc_type type,
    struct ipc_message_in *in)
{
	do
		hear(ch, in);
	while (in->type != type);
	return in->body;
}

const void *
worker_says(struct ipc_channel *ch, enum ipc_type type,
    struct ipc_message_in *in)
{
	hear(ch, in);
	CU_ASSERT_STRING_EQUAL_FATAL(ipc_type_name(in->type),
	    ipc_type_name(type));
	return in->body;
}

/* A process that has anything to do is not asleep; and it is asleep nowhere but
 * in the wait of its main loop. */
static bool
is_asleep(const struct worker *w)
{
	char path[64], state = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)w->pid);
	f = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fscanf(f, "%*d (%*[^)]) %c", &state), 1);
	fclose(f);
	return state == 'S';
}

void
worker_settles(struct worker *w)
{
	uint64_t until = clock_now() + PATIENCE;

	while (!is_asleep(w)) {
		CU_ASSERT_FATAL(clock_now() < until);
		poll(NULL, 0, 1);
	}
}

void
worker_is_silent(struct worker *w, struct ipc_channel *ch)
{
	struct ipc_message_in in;

	worker_settles(w);
	CU_ASSERT_EQUAL(ipc_receive(ch, &in), IPC_EMPTY);
}

void
worker_accuses(struct worker *w, enum role role, enum ipc_type type)
{
	const struct ipc_fault *fault;
	struct ipc_message_in in;

	fault = worker_says(&w->launcher, IPC_FAULT, &in);
	CU_ASSERT_EQUAL(fault->role, role);
	CU_ASSERT_STRING_EQUAL(ipc_type_name((enum ipc_type)fault->type),
	    ipc_type_name(type));
}

void
worker_blames(struct worker *w, enum role role, enum ipc_type type)
{
	worker_accuses(w, role, type);
	CU_ASSERT_EQUAL(bury(w), 1);
}
