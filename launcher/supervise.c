/*
 * Watching over the other three. See supervise.h.
 */
#include "launcher/supervise.h"

#include "common/child.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/sandbox.h"
#include "launcher/logfile.h"
#include "launcher/resolve.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOREACH_CHILD(role) \
	for (enum role role = ROLE_NETD; role < ROLE_COUNT; role++)

/* --- Signals -------------------------------------------------------- */

static volatile sig_atomic_t got_end, got_stop;

static void
on_signal(int sig)
{
	if (sig == SIGTSTP)
		got_stop = 1;
	else if (sig != SIGCHLD)
		got_end = 1;
}

static const int handled[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGTSTP };

void
supervise_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
		sigaction(handled[i], &sa, NULL);
		sigaddset(&set, handled[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
}

/* Ctrl-Z: ui leaves the terminal alone, and the others keep the
 * conversations alive meanwhile. */
static void
stop(struct supervisor *s)
{
	pid_t ui = s->children[ROLE_UI].pid;

	got_stop = 0;
	if (ui != 0)
		kill(ui, SIGSTOP);
	kill(s->self, SIGSTOP);
	if (ui != 0)
		kill(ui, SIGCONT);
}

/* --- Ending --------------------------------------------------------- */

static void
begin_end(struct supervisor *s, uint64_t patience)
{
	uint64_t end_by = clock_now() + patience;

	if (!s->ending || (s->end_by != CLOCK_NEVER && end_by < s->end_by))
		s->end_by = end_by;
	s->ending = true;
}

/* The user wants it to end: ui says goodbye to all. */
static void
ask_to_end(struct supervisor *s)
{
	uint64_t now = clock_now();

	got_end = 0;
	if (s->asked_at == 0) {
		s->asked_at = now;
		ipc_send(&s->children[ROLE_UI].channel, IPC_SHUTDOWN, NULL,
		    NULL, 0);
		begin_end(s, END_PATIENCE);
	} else if (now - s->asked_at > SAME_WISH) {
		begin_end(s, 0);
	}
}

static void
kill_all(struct supervisor *s)
{
	FOREACH_CHILD (role) {
		ipc_close(&s->children[role].channel);
		if (s->children[role].pid == 0)
			continue;
		s->children[role].killed = true;
		kill(s->children[role].pid, SIGKILL);
	}
	s->end_by = CLOCK_NEVER;
}

/* --- Messages ------------------------------------------------------- */

static void
on_fault(struct supervisor *s, enum role reporter,
    const struct ipc_fault *fault)
{
	enum role culprit = (enum role)fault->role;

	log_error("%s: message %s from %s is not allowed: ending it",
	    role_name(reporter), ipc_type_name((enum ipc_type)fault->type),
	    role_name(culprit));
	if (culprit == ROLE_LAUNCHER || s->children[culprit].pid == 0)
		return;
	s->children[culprit].killed = true;
	kill(s->children[culprit].pid, SIGKILL);
}

void
supervise_log_refused(enum role role, unsigned int steps)
{
	for (unsigned int bit = 0; sandbox_step_name(bit) != NULL; bit++)
		if ((steps & 1u << bit) != 0)
			log_info("%s runs without %s: the system refused it",
			    role_name(role), sandbox_step_name(bit));
}

static void
on_ready(enum role role, const struct ipc_ready *ready)
{
	supervise_log_refused(role, ready->degraded);
	log_debug("%s is in its sandbox", role_name(role));
}

static void
on_remember(struct supervisor *s, const struct ipc_remember *remember)
{
	char err[256];

	if (s->known.fd == -1)
		return;
	if (known_bootnodes_append(&s->known, s->bootnode, remember->boot_key,
		err, sizeof(err)) == -1)
		log_warn("%s", err);
	else
		log_info("remembered the bootnode's key in known_bootnodes");
	close(s->known.fd); /* once: a second key would be a conflict */
	s->known.fd = -1;
}

static void
on_message(struct supervisor *s, enum role role,
    const struct ipc_message_in *in)
{
	const struct ipc_violation *violation = in->body;
	const struct ipc_log *line = in->body;

	switch (in->type) {
	case IPC_LOG:
		logfile_write(role, (enum log_level)line->level,
		    (const char *)in->tail, in->tail_len);
		break;
	case IPC_READY:
		on_ready(role, in->body);
		break;
	case IPC_VIOLATION:
		s->children[role].violation = violation->syscall;
		break;
	case IPC_FAULT:
		on_fault(s, role, in->body);
		break;
	case IPC_REMEMBER:
		on_remember(s, in->body);
		break;
	default:
		break;
	}
}

/* Reads all that a child has said. */
static void
listen_to(struct supervisor *s, enum role role)
{
	struct supervised *child = &s->children[role];
	struct ipc_message_in in;

	for (;;) {
		switch (ipc_receive(&child->channel, &in)) {
		case IPC_GOT:
			on_message(s, role, &in);
			continue;
		case IPC_EMPTY:
			return;
		case IPC_CLOSED:
			ipc_close(&child->channel);
			return;
		case IPC_FAULTY:
			log_error("message %s from %s is not allowed: ending "
				  "it",
			    ipc_type_name(in.type), role_name(role));
			ipc_close(&child->channel);
			child->killed = true;
			if (child->pid != 0)
				kill(child->pid, SIGKILL);
			return;
		}
	}
}

static void
listen_to_resolver(struct supervisor *s)
{
	struct ipc_channel *netd = &s->children[ROLE_NETD].channel;
	struct resolved r;
	struct iovec iov = { &r, sizeof(r) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(s->resolver, &msg, MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof(r)) {
		close(s->resolver);
		s->resolver = -1;
		return;
	}
	r.error[sizeof(r.error) - 1] = '\0';
	if (r.addrs.count > BOOT_ADDRS_MAX)
		return;
	if (r.addrs.count > 0)
		ipc_send(netd, IPC_BOOT_ADDRS, &r.addrs, NULL, 0);
	else if (!s->resolver_complained)
		log_warn("cannot resolve the bootnode %s: %s; still trying",
		    s->bootnode, r.error);
	s->resolver_complained = true;
}

/* --- Deaths --------------------------------------------------------- */

static void
log_violation(enum role role, int nr)
{
	char *name = nr == -1
	    ? NULL
	    : seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

	log_error("%s was killed by its sandbox: system call %s",
	    role_name(role), name != NULL ? name : "unknown");
	free(name);
}

/* What became of a child: in words, and for the program's exit code. One
 * gone, all gone, since the chain is broken; but the one that caused it may
 * not be the first that we hear of. */
static void
on_death(struct supervisor *s, enum role role, int status)
{
	struct supervised *child = &s->children[role];
	uint64_t patience = 0;

	child->pid = 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		log_violation(role, child->violation);
		s->exit_code = 3;
	} else if (WIFSIGNALED(status) && !child->killed) {
		log_error("%s was killed by signal %d (%s)", role_name(role),
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		log_error("%s could not be started", role_name(role));
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_ORPHANED) {
		patience = CAUSE_PATIENCE;
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
	    role == ROLE_UI) {
		s->ui_ended = true;
	}
	begin_end(s, patience);
}

static void
reap(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		FOREACH_CHILD (role) {
			if (s->children[role].pid != pid)
				continue;
			listen_to(s, role); /* its last words */
			on_death(s, role, status);
		}
	}
}

static bool
all_gone(const struct supervisor *s)
{
	FOREACH_CHILD (role)
		if (s->children[role].pid != 0)
			return false;
	return true;
}

static void
wait_for_news(struct supervisor *s)
{
	struct pollfd fds[ROLE_COUNT];
	struct timespec ts;
	sigset_t none;

	fds[ROLE_LAUNCHER] = (struct pollfd){ s->resolver, POLLIN, 0 };
	FOREACH_CHILD (role) {
		fds[role].fd = s->children[role].channel.fd;
		fds[role].events = ipc_poll_events(&s->children[role].channel);
	}
	sigemptyset(&none);
	if (ppoll(fds, ROLE_COUNT,
		clock_timeout(clock_now(), s->ending ? s->end_by : CLOCK_NEVER,
		    &ts),
		&none) == -1 &&
	    errno != EINTR)
		fatal("poll: %s", strerror(errno));
	FOREACH_CHILD (role) {
		if (s->children[role].channel.fd == -1)
			continue;
		ipc_flush(&s->children[role].channel);
		listen_to(s, role);
	}
	if (s->resolver != -1)
		listen_to_resolver(s);
}

int
supervise(struct supervisor *s)
{
	while (!all_gone(s)) {
		wait_for_news(s);
		if (got_end)
			ask_to_end(s);
		if (got_stop)
			stop(s);
		reap(s);
		if (s->ending && clock_now() >= s->end_by)
			kill_all(s);
	}
	if (s->exit_code != 0)
		return s->exit_code;
	return s->ui_ended ? 0 : EXIT_FAILURE;
}
