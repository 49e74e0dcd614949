/*
 * What a child owes the launcher; how its death is logged, and what follows
 * from it. See deaths.h.
 */
#include "launcher/deaths.h"

#include "common/child.h"
#include "common/log.h"
#include "common/sandbox.h"
#include "launcher/children.h"
#include "launcher/ending.h"
#include "launcher/listen.h"
#include "launcher/screen.h"
#include "launcher/supervised.h"

#include <sys/wait.h>

#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- What is said ------------------------------------------------------- */

static void
log_violation(enum role role, int nr)
{
	char *name = nr == -1
	    ? NULL
	    : seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

	log_event(LOG_ERROR, "died",
	    "child=%s signal=%d syscall=%s msg=%s was killed by its sandbox: "
	    "system call %s (%s). Either somebody has taken this process "
	    "over, or gochat does not know this system yet: please report "
	    "this line",
	    role_short_name(role), SIGSYS, name != NULL ? name : "unknown",
	    role_name(role), name != NULL ? name : "unknown",
	    sandbox_build_name());
	free(name);
}

#define WITH_THE_OTHERS "%s was killed by signal %d, together with others"

/* Logs how a child ended. Of a child that was killed because it restarts with
 * another one, it is not known whether it was dying already: if it died first,
 * and the other one because of that, only this line says so. */
static void
log_death(const struct supervisor *s, const struct supervised *child,
    int status)
{
	const enum role role = child->role;
	const char *name = role_short_name(role);
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == SIGSYS)
		log_violation(role, child->violation);
	else if (sig != 0 && !child->killed)
		log_event(LOG_ERROR, "died",
		    "child=%s signal=%d msg=%s was killed by signal %d (%s)",
		    name, sig, role_name(role), sig, strsignal(sig));
	else if (sig != 0 && (s->ui_ended || s->failed)) /* no news */
		log_debug(WITH_THE_OTHERS, role_name(role), sig);
	else if (sig != 0)
		log_info(WITH_THE_OTHERS, role_name(role), sig);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		log_error("%s could not be started: a library is missing, or "
			  "no memory is free; ldd shows its libraries",
		    role_name(role));
}

/* --- A death ------------------------------------------------------------ */

static bool
is_in_order(int code)
{
	return code == 0 || code == CHILD_UNDELIVERED;
}

static void
ui_ended(struct supervisor *s, int code)
{
	s->ui_ended = true;
	s->undelivered = code == CHILD_UNDELIVERED;
}

/*
 * The child ended before all were in their sandboxes. If that was ui, because
 * its input has ended already, the exit code depends on whether the others come
 * up.
 */
static void
on_death_at_start(struct supervisor *s, const struct supervised *child,
    int code)
{
	if (child->role == ROLE_UI && is_in_order(code)) {
		ui_ended(s, code);
		ending_begin(s, s->asked_at == 0 ? READY_PATIENCE : 0);
		return;
	}
	if (!child->killed)
		s->failed = true;
	/* The launcher may not hear first of the child that caused it. */
	ending_begin(s, code == CHILD_ORPHANED ? CAUSE_PATIENCE : 0);
}

/*
 * A death is mended by restarting the processes that belong together, once all
 * have worked: a fault at the start would occur again. A broken filter is not
 * mended: an attacker who made the process break it would get another try.
 */
static void
on_death(struct supervisor *s, struct supervised *child, int status)
{
	const enum role role = child->role;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	log_death(s, child, status);
	child->pid = 0;
	close(child->pidfd);
	child->pidfd = -1;
	ipc_close(&child->channel);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		s->exit_code = 3;
		ending_begin(s, 0);
	} else if (!supervised_all_ready(s)) {
		on_death_at_start(s, child, code);
	} else if (role == ROLE_UI && is_in_order(code)) {
		ui_ended(s, code);
		ending_begin(s, 0);
	} else if (role == ROLE_UI && code == CHILD_UNABLE) {
		ending_begin(s, 0);
	} else if (s->ending) {
		ending_begin(s, code == CHILD_ORPHANED ? CAUSE_PATIENCE : 0);
	} else {
		s->ended |= supervised_bit(s, child);
		if (role == ROLE_UI)
			screen_restore(s);
	}
}

enum change
deaths_reap(struct supervisor *s, struct supervised *child)
{
	pid_t pid = child->pid;
	int status;

	if (pid == 0 || kernel_wait(&s->kernel, pid, &status) != pid)
		return UNCHANGED;
	if (WIFSTOPPED(status))
		return STOPPED;
	if (WIFCONTINUED(status))
		return CONTINUED;
	listen_child(s, child); /* its last words */
	on_death(s, child, status);
	return UNCHANGED;
}

/* --- What follows --------------------------------------------------------- */

void
deaths_overdue(struct supervisor *s, struct supervised *child)
{
	if (child->pid == 0 || kernel_now(&s->kernel) < child->due)
		return;
	child->due = CLOCK_NEVER;
	if (child->killed && s->ending)
		return; /* the end has a deadline of its own */
	if (child->killed) {
		log_error("%s was killed, but does not end",
		    role_name(child->role));
		ending_give_up(s);
		return;
	}
	log_error("%s is not in its sandbox after %d s: ending it",
	    role_name(child->role), (int)(READY_PATIENCE / USEC_PER_SEC));
	if (!supervised_all_ready(s))
		s->failed = true;
	supervised_kill(s, child);
}

/* True while a child has to end before others can be started. */
static bool
awaits_ends(struct supervisor *s, uint64_t set)
{
	bool waiting = false;

	FOREACH_CHILD (child, s) {
		if (child->pid == 0)
			continue;
		if ((set & supervised_bit(s, child)) != 0 && !child->killed)
			supervised_kill(s, child);
		/* A child that was killed for a fault ends with the one that
		 * reported it. */
		waiting = waiting || child->killed;
	}
	return waiting;
}

void
deaths_mend(struct supervisor *s)
{
	uint64_t set = family_restart_set(&s->family, s->ended);

	if (set == 0 || s->ending || awaits_ends(s, set) || children_awaited(s))
		return;
	if (!restart_note(&s->restarts, kernel_now(&s->kernel))) {
		log_error("more than %d restarts in %d s: giving up",
		    RESTARTS_MAX, (int)(RESTARTS_WITHIN / USEC_PER_SEC));
		ending_give_up(s);
		return;
	}
	FOREACH_CHILD (child, s)
		if ((set & supervised_bit(s, child)) != 0) {
			log_event(LOG_WARN, "restarted",
			    "child=%s msg=restarting %s",
			    role_short_name(child->role),
			    role_name(child->role));
			child->restarts++;
		}
	s->ended = 0;
	if (children_start(s, set) == -1)
		ending_give_up(s);
}
