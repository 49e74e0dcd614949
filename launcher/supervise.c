/*
 * Watching over the other three. See supervise.h.
 */
#include "launcher/supervise.h"

#include "common/child.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/sandbox.h"

#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- Signals -------------------------------------------------------- */

static volatile sig_atomic_t got_end, got_stop, got_figures;

static void
on_signal(int sig)
{
	if (sig == SIGTSTP)
		got_stop = 1;
	else if (sig == SIGUSR1)
		got_figures = 1;
	else if (sig != SIGCHLD)
		got_end = 1;
}

static const int handled[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGTSTP,
	SIGUSR1 };

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

/* Waits for one, or until a deadline. Those that came before are taken. */
static void
await_signal(uint64_t deadline)
{
	struct timespec ts;
	sigset_t none;

	sigemptyset(&none);
	ppoll(NULL, 0, clock_timeout(clock_now(), deadline, &ts), &none);
}

/* --- The terminal --------------------------------------------------------- */

void
supervise_restore(struct supervisor *s)
{
	terminal_restore(&s->terminal);
	if (s->spawner != -1)
		spawner_ask(s->spawner, SPAWNER_TERMINAL_RESTORED);
}

void
supervise_resume(struct supervisor *s)
{
	if (!terminal_is_ours(&s->terminal))
		return;
	s->terminal.used = true;
	if (s->spawner != -1)
		spawner_ask(s->spawner, SPAWNER_TERMINAL_USED);
	ipc_send(&s->children[ROLE_UI].channel, IPC_RESUME, NULL, NULL, 0);
}

void
supervise_end_ui(struct supervisor *s)
{
	children_end(s, ROLE_UI);
	if (s->children[ROLE_UI].pid != 0)
		waitpid(s->children[ROLE_UI].pid, NULL, 0);
}

/* --- Ending --------------------------------------------------------- */

static void
begin_end(struct supervisor *s, uint64_t patience)
{
	uint64_t end_by = clock_now() + patience;

	if (!s->ending)
		service_stopping(s);
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
		/* Without ui, between two of them, there is no goodbye. */
		begin_end(s, s->children[ROLE_UI].pid != 0 ? END_PATIENCE : 0);
	} else if (now - s->asked_at > SAME_WISH) {
		begin_end(s, 0);
	}
}

void
supervise_end(struct supervisor *s)
{
	begin_end(s, 0);
}

static void
kill_all(struct supervisor *s)
{
	FOREACH_CHILD (role)
		children_end(s, role);
	s->end_by = CLOCK_NEVER;
}

/* --- Deaths --------------------------------------------------------- */

static void
log_violation(enum role role, int nr)
{
	char *name = nr == -1
	    ? NULL
	    : seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

	log_event(LOG_ERROR, "died",
	    "child=%s signal=%d syscall=%s msg=%s was killed by its sandbox: "
	    "system call %s (%s). Either somebody has taken it over, or it "
	    "does not know this system yet: please report this line",
	    role_short_name(role), SIGSYS, name != NULL ? name : "unknown",
	    role_name(role), name != NULL ? name : "unknown",
	    sandbox_build_name());
	free(name);
}

#define WITH_THE_OTHERS "%s was killed by signal %d, with the others"

/* What became of a child. Of one that was killed to be started anew with
 * another it cannot be told whether it was dying already: if it had died first,
 * and the other for want of it, this is all that says so. */
static void
log_death(const struct supervisor *s, enum role role, int status)
{
	const struct supervised *child = &s->children[role];
	const char *name = role_short_name(role);
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == SIGSYS)
		log_violation(role, child->violation);
	else if (sig != 0 && !child->killed)
		log_event(LOG_ERROR, "died",
		    "child=%s signal=%d msg=%s was killed by signal %d (%s)",
		    name, sig, role_name(role), sig, strsignal(sig));
	else if (sig != 0 && s->ui_ended) /* which is no news */
		log_debug(WITH_THE_OTHERS, role_name(role), sig);
	else if (sig != 0)
		log_info(WITH_THE_OTHERS, role_name(role), sig);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		log_error("%s could not be started", role_name(role));
}

/*
 * A death is mended by starting anew what belongs together, once all have
 * worked: what goes wrong at the start goes wrong again. A broken filter is
 * not mended: whoever made the process do that would have another try.
 */
static void
on_death(struct supervisor *s, enum role role, int status)
{
	struct supervised *child = &s->children[role];
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	log_death(s, role, status);
	child->pid = 0;
	close(child->pidfd);
	child->pidfd = -1;
	ipc_close(&child->channel);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		s->exit_code = 3;
		begin_end(s, 0);
	} else if (role == ROLE_UI && (code == 0 || code == CHILD_UNABLE)) {
		s->ui_ended = code == 0;
		begin_end(s, 0);
	} else if (s->ending || s->ready != ALL_ROLES) {
		/* The one that caused it may not be the first that we hear
		 * of. */
		begin_end(s, code == CHILD_ORPHANED ? CAUSE_PATIENCE : 0);
	} else {
		s->ended |= ROLE_BIT(role);
		if (role == ROLE_UI)
			supervise_restore(s);
	}
}

/* What a child has done, other than to end, since it was last asked. */
enum change {
	UNCHANGED,
	STOPPED,
	CONTINUED
};

static enum change
reap(struct supervisor *s, enum role role)
{
	pid_t pid = s->children[role].pid;
	int status;

	if (pid == 0 ||
	    waitpid(pid, &status, WNOHANG | WUNTRACED | WCONTINUED) != pid)
		return UNCHANGED;
	if (WIFSTOPPED(status))
		return STOPPED;
	if (WIFCONTINUED(status))
		return CONTINUED;
	children_listen(s, role); /* its last words */
	on_death(s, role, status);
	return UNCHANGED;
}

/* --- Ctrl-Z --------------------------------------------------------------- */

/* Stops ui, so that it draws nothing any more. If it was stopped before it
 * does not say so again, and is waited for in vain. */
static void
hold_ui(struct supervisor *s)
{
	uint64_t deadline = clock_now() + STOP_PATIENCE;

	children_signal(s, ROLE_UI, SIGSTOP);
	while (s->children[ROLE_UI].pid != 0 && clock_now() < deadline &&
	    reap(s, ROLE_UI) != STOPPED)
		await_signal(deadline);
}

/*
 * The job is this process and those that wait for it, say the shell of a
 * script, of another user perhaps: so the spawner is asked. Our other processes
 * ignore the signal; we take it as the sign that all have it.
 */
static void
stop_job(struct supervisor *s)
{
	uint64_t deadline = clock_now() + STOP_PATIENCE;

	got_stop = 0;
	if (s->spawner != -1 && spawner_ask(s->spawner, SPAWNER_STOP_JOB) == 0)
		while (!got_stop && clock_now() < deadline)
			await_signal(deadline);
	got_stop = 0;
	kill(s->self, SIGSTOP);
	await_signal(0);
}

/*
 * Gives the terminal back for as long as the job is stopped. One that is
 * continued in the background stops again, unless it is to end: the tui is of
 * no use there. The shell has then continued ui, too, which draws nothing
 * before it has asked.
 */
static void
suspend(struct supervisor *s)
{
	do {
		hold_ui(s);
		supervise_restore(s);
		if (!got_end)
			stop_job(s);
	} while (!got_end && !terminal_is_ours(&s->terminal));
}

/* The others keep the conversations alive meanwhile. */
static void
stop(struct supervisor *s)
{
	bool asked = s->stop_asked;

	got_stop = 0;
	s->stop_asked = false;
	if (asked && !s->terminal.has_shell) {
		log_warn("not stopped: there is no shell that could go on");
		return;
	}
	if (s->options->ui == UI_TUI) {
		suspend(s);
	} else {
		children_signal(s, ROLE_UI, SIGSTOP);
		kill(s->self, SIGSTOP);
	}
	/* Unless the shell has done it: ui would ask and draw twice. */
	if (reap(s, ROLE_UI) != CONTINUED)
		children_signal(s, ROLE_UI, SIGCONT);
}

/* --- What follows from deaths --------------------------------------------- */

/* If there is a ui left, it says what it knows of what was not delivered. */
static void
give_up(struct supervisor *s)
{
	ipc_send(&s->children[ROLE_UI].channel, IPC_SHUTDOWN, NULL, NULL, 0);
	s->gave_up = true;
	begin_end(s, s->children[ROLE_UI].pid != 0 ? CAUSE_PATIENCE : 0);
}

/* Starts anew what ended, as soon as all that goes with it has. */
static void
mend(struct supervisor *s)
{
	unsigned int set = restart_set(s->ended);
	bool waiting = s->starting != 0;

	if (set == 0 || s->ending)
		return;
	/* Who was killed for a fault ends with the one who told of it. */
	FOREACH_CHILD (role)
		if (s->children[role].killed && s->children[role].pid != 0)
			waiting = true;
	FOREACH_CHILD (role)
		if ((set & ROLE_BIT(role)) != 0 && s->children[role].pid != 0) {
			children_kill(s, role);
			waiting = true;
		}
	if (waiting)
		return;
	if (!restart_note(&s->restarts, clock_now())) {
		log_error("more than %d restarts in %d s: giving up",
		    RESTARTS_MAX, (int)(RESTARTS_WITHIN / USEC_PER_SEC));
		give_up(s);
		return;
	}
	FOREACH_CHILD (role)
		if ((set & ROLE_BIT(role)) != 0) {
			log_event(LOG_WARN, "restarted",
			    "child=%s msg=starting %s anew",
			    role_short_name(role), role_name(role));
			s->restarted[role]++;
		}
	s->ended = 0;
	if (children_start(s, set) == -1)
		give_up(s);
}

static bool
all_gone(const struct supervisor *s)
{
	FOREACH_CHILD (role)
		if (s->children[role].pid != 0)
			return false;
	return s->starting == 0 || s->spawner == -1;
}

enum {
	POLL_RESOLVER = ROLE_COUNT,
	POLL_SPAWNER,
	POLL_METRICS,
	POLL_COUNT
};

static void
wait_for_news(struct supervisor *s)
{
	struct pollfd fds[POLL_COUNT] = { { -1, 0, 0 } };
	uint64_t due = service_deadline(s);
	struct timespec ts;
	sigset_t none;

	if (s->ending)
		due = clock_min(due, s->end_by);
	fds[POLL_METRICS] =
	    (struct pollfd){ metrics_poll(&s->service.metrics), POLLIN, 0 };
	fds[POLL_RESOLVER] = (struct pollfd){ s->resolver, POLLIN, 0 };
	fds[POLL_SPAWNER] = (struct pollfd){ s->spawner, POLLIN, 0 };
	FOREACH_CHILD (role) {
		fds[role].fd = s->children[role].channel.fd;
		fds[role].events = ipc_poll_events(&s->children[role].channel);
	}
	sigemptyset(&none);
	if (ppoll(fds, POLL_COUNT, clock_timeout(clock_now(), due, &ts),
		&none) == -1 &&
	    errno != EINTR)
		fatal("poll: %s", strerror(errno));
	FOREACH_CHILD (role) {
		if (fds[role].revents == 0)
			continue;
		ipc_flush(&s->children[role].channel);
		children_listen(s, role);
	}
	if (fds[POLL_RESOLVER].revents != 0)
		children_resolved(s);
	if (fds[POLL_SPAWNER].revents != 0 && children_arrive(s) == -1)
		begin_end(s, 0);
	if (fds[POLL_METRICS].revents != 0)
		service_readers(s);
}

int
supervise(struct supervisor *s)
{
	while (!all_gone(s)) {
		children_notice(s);
		wait_for_news(s);
		if (got_stop || s->stop_asked)
			stop(s);
		if (got_end)
			ask_to_end(s);
		if (got_figures) {
			got_figures = 0;
			service_signal(s);
		}
		service_timer(s);
		FOREACH_CHILD (role)
			reap(s, role);
		mend(s);
		if (s->ending && clock_now() >= s->end_by)
			kill_all(s);
	}
	if (s->exit_code != 0)
		return s->exit_code;
	return s->ui_ended && !s->gave_up ? 0 : EXIT_FAILURE;
}
