/*
 * The life of a child process. See child.h.
 */
#include "common/child.h"

#include "common/log.h"
#include "common/log_channel.h"
#include "common/sandbox.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The terminal's signals are the launcher's business: the launcher tells ui. */
static void
ignore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM,
		SIGPIPE, SIGTTIN, SIGTTOU, SIGTSTP, SIGALRM, SIGUSR1, SIGUSR2,
		SIGXFSZ };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
}

/* Waits for the launcher's next message and copies its body. */
static void
await_message(struct child *c, enum ipc_type type, void *body, size_t size)
{
	struct pollfd pfd = { .fd = FD_CONTROL, .events = POLLIN };
	struct ipc_message_in in;

	while (!child_receive(c, &c->control, &in))
		ppoll(&pfd, 1, NULL, NULL);
	if (in.type != type)
		child_fault(c, &c->control, in.type);
	memcpy(body, in.body, size);
}

void
child_start(struct child *c, enum process_id process, enum ipc_type config_type,
    void *config, size_t config_size, const uint8_t *mode)
{
	const struct process_row *p = &process_table[process];
	struct stat st;

	if (fstat(FD_CONTROL, &st) == -1 || !S_ISSOCK(st.st_mode)) {
		dprintf(STDERR_FILENO, "%s: run gochat, which starts it\n",
		    p->program);
		_exit(1);
	}
	ignore_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	c->process = process;
	c->role = p->role;
	ipc_open(&c->control, FD_CONTROL, c->role, ROLE_LAUNCHER, p->modes);
	log_to_channel(&c->control);
	await_message(c, IPC_PRIVILEGES, &c->privileges, sizeof(c->privileges));
	await_message(c, config_type, config, config_size);
	c->mode = *mode;
	if ((p->modes & IN_MODE(c->mode)) == 0)
		fatal("%s does not run in mode %s", p->program,
		    mode_name(c->mode));
	c->control.modes = IN_MODE(c->mode);
}

void
child_enter_sandbox(struct child *c, const struct filter_table *filter)
{
	struct ipc_ready ready = { 0 };

	ready.port = c->port;
	ready.degraded =
	    (uint8_t)sandbox_enter(c->process, filter, &c->privileges);
	ipc_send(&c->control, IPC_READY, &ready, NULL, 0);
}

void
child_open(struct child *c, struct ipc_channel *ch, int fd, enum role other)
{
	ipc_open(ch, fd, c->role, other, IN_MODE(c->mode));
}

/* Most processes have no close(2) in their filter, and no use for it. */
static enum ipc_result
receive(struct child *c, struct ipc_channel *ch, struct ipc_message_in *in)
{
	enum ipc_result result;

	/* A process that reads this message is alive. */
	while (
	    (result = ipc_receive(ch, in)) == IPC_GOT && in->type == IPC_PING)
		ipc_send(ch, IPC_PONG, NULL, NULL, 0);
	if (result == IPC_FAULTY)
		child_fault(c, ch, in->type);
	return result;
}

bool
child_receive(struct child *c, struct ipc_channel *ch,
    struct ipc_message_in *in)
{
	enum ipc_result result = receive(c, ch, in);

	if (result == IPC_CLOSED)
		_exit(CHILD_ORPHANED);
	return result == IPC_GOT;
}

enum ipc_result
child_receive_from(struct child *c, struct ipc_channel *ch,
    struct ipc_message_in *in)
{
	enum ipc_result result = receive(c, ch, in);

	if (result == IPC_CLOSED)
		ipc_close(ch);
	return result;
}

enum ipc_result
child_receive_wary(struct child *c, struct ipc_channel *ch,
    struct ipc_message_in *in)
{
	const enum ipc_result result = ipc_receive(ch, in);

	if (result == IPC_CLOSED)
		ipc_close(ch);
	if (result != IPC_FAULTY)
		return result;
	child_accuse(c, ch, in->type);
	return IPC_CLOSED;
}

void
child_reopen(struct child *c, struct ipc_channel *ch, int want, int fd)
{
	enum role other = ch->other;
	unsigned int room = ch->room;

	ipc_close(ch);
	if (fd != want) {
		if (dup3(fd, want, O_CLOEXEC) == -1)
			fatal("channel to %s: %s", role_name(other),
			    strerror(errno));
		close(fd);
	}
	child_open(c, ch, want, other);
	ch->room = room;
}

static void
report(struct child *c, const struct ipc_channel *ch, enum ipc_type type)
{
	struct ipc_fault fault = {
		.role = (uint8_t)ch->other,
		.type = (uint16_t)type,
		.room = (uint8_t)ch->room,
	};

	ipc_send(&c->control, IPC_FAULT, &fault, NULL, 0);
}

void
child_accuse(struct child *c, struct ipc_channel *ch, enum ipc_type type)
{
	report(c, ch, type);
	ipc_close(ch);
}

void
child_fault(struct child *c, const struct ipc_channel *ch, enum ipc_type type)
{
	report(c, ch, type);
	_exit(1);
}
