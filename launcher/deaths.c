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
#include "launcher/house.h"
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
log_violation(const struct supervisor *s, const struct supervised *child)
{
	const int nr = child->violation;
	char *name = nr == -1
	    ? NULL
	    : seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, nr);

	log_event(LOG_ERROR, "died",
	    "child=%s %ssignal=%d syscall=%s msg=%s was killed by its sandbox: "
	    "system call %s (%s). Either somebody has taken this process "
	    "over, or gochat does not know this system yet: please report "
	    "this line",
	    role_short_name(child->role), supervised_room_pair(s, child),
	    SIGSYS, name != NULL ? name : "unknown", supervised_name(s, child),
	    name != NULL ? name : "unknown", sandbox_build_name());
	free(name);
}

#define WITH_THE_OTHERS "%s was killed by signal %d, together with others"

static bool
is_in_closed_room(const struct supervisor *s, const struct supervised *child)
{
	return role_is_for_each_room(child->role) &&
	    s->rooms[s->family.at[child - s->children].room].life ==
	    ROOM_ENDING;
}

/* Everybody knows that it was to end. */
static bool
is_no_news(const struct supervisor *s, const struct supervised *child)
{
	return s->ui_ended || s->failed || is_in_closed_room(s, child);
}

/* Logs how a child ended. Of a child that was killed because it restarts with
 * another one, it is not known whether it was dying already: if it died first,
 * and the other one because of that, only this line says so. */
static void
log_death(const struct supervisor *s, const struct supervised *child,
    int status)
{
	const char *name = supervised_name(s, child);
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == SIGSYS)
		log_violation(s, child);
	else if (sig != 0 && !child->killed)
		log_event(LOG_ERROR, "died",
		    "child=%s %ssignal=%d msg=%s was killed by signal %d (%s)",
		    role_short_name(child->role),
		    supervised_room_pair(s, child), sig, name, sig,
		    strsignal(sig));
	else if (sig != 0 && is_no_news(s, child))
		log_debug(WITH_THE_OTHERS, name, sig);
	else if (sig != 0)
		log_info(WITH_THE_OTHERS, name, sig);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		log_error("%s could not be started: a library is missing, or "
			  "no memory is free; ldd shows its libraries",
		    name);
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

/* True if the program goes on without this child, or without its room. */
static bool
survives(struct supervisor *s, const struct supervised *child)
{
	return child->role == ROLE_FLEETD ||
	    (role_is_for_each_room(child->role) &&
		house_has_other(s, supervised_room(s, child)));
}

/*
 * A child of a room ended while the others go on. A fault at the room's start
 * would occur again, and an attacker who made the process break its filter
 * would get another try: the room is closed then, if there is another.
 */
static void
on_death_in_room(struct supervisor *s, struct supervised *child, int code,
    bool violated)
{
	struct room *room = supervised_room(s, child);

	if (room->life != ROOM_RUNNING)
		return;
	if (child->role == ROLE_FLEETD) {
		fleet_died(s, violated);
		return;
	}
	if (room->up && !violated) {
		s->ended |= supervised_bit(s, child);
		return;
	}
	if (!violated && code != CHILD_NO_ROOM) /* which it has said */
		log_error("%s ended before it worked",
		    supervised_name(s, child));
	house_fail(s, room);
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
	const bool violated = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	log_death(s, child, status);
	child->pid = 0;
	close(child->pidfd);
	child->pidfd = -1;
	ipc_close(&child->channel);
	if (violated)
		s->exit_code = 3;
	if (violated && !(supervised_all_ready(s) && survives(s, child))) {
		ending_begin(s, 0);
	} else if (is_in_closed_room(s, child) && !s->ending) {
		return; /* as it should */
	} else if (code == CHILD_NO_ROOM && survives(s, child)) {
		on_death_in_room(s, child, code, false);
	} else if (!supervised_all_ready(s)) {
		on_death_at_start(s, child, code);
	} else if (role == ROLE_UI && is_in_order(code)) {
		ui_ended(s, code);
		ending_begin(s, 0);
	} else if (role == ROLE_UI && code == CHILD_UNABLE) {
		ending_begin(s, 0);
	} else if (s->ending) {
		ending_begin(s, code == CHILD_ORPHANED ? CAUSE_PATIENCE : 0);
	} else if (role_is_for_each_room(role)) {
		on_death_in_room(s, child, code, violated);
	} else {
		s->ended |= supervised_bit(s, child);
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
	upgrade_died(s, child);
	drain_died(s, child);
	takeover_died(s, child);
	return UNCHANGED;
}

/* --- What follows --------------------------------------------------------- */

/* A child is left behind. What was to replace it waits for its end, so its room
 * is closed, unless it is already; without another room, or ui, nothing can go
 * on. */
static void
leave_behind(struct supervisor *s, struct supervised *child)
{
	log_error("%s was killed, but does not end", supervised_name(s, child));
	if (is_in_closed_room(s, child))
		return;
	if (child->role == ROLE_FLEETD && supervised_all_ready(s)) {
		fleet_left_behind(s);
		return;
	}
	if (role_is_for_each_room(child->role))
		house_fail(s, supervised_room(s, child));
	else
		ending_give_up(s);
}

void
deaths_overdue(struct supervisor *s, struct supervised *child)
{
	if (child->pid == 0 || kernel_now(&s->kernel) < child->due)
		return;
	child->due = CLOCK_NEVER;
	if (child->killed && s->ending)
		return; /* the end has a deadline of its own */
	if (child->killed) {
		leave_behind(s, child);
		return;
	}
	log_error("%s is not in its sandbox after %d s: ending it",
	    supervised_name(s, child), (int)(READY_PATIENCE / USEC_PER_SEC));
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
		 * reported it. Nothing takes the place of one whose room is
		 * closed; and nobody needs to wait for fleetd. */
		waiting = waiting ||
		    (child->killed && !is_in_closed_room(s, child) &&
			child->role != ROLE_FLEETD);
	}
	return waiting;
}

/* Notes that those of the set are restarted, and logs it. */
static void
note_restarts(struct supervisor *s, uint64_t set)
{
	FOREACH_CHILD (child, s)
		if ((set & supervised_bit(s, child)) != 0) {
			log_event(LOG_WARN, "restarted",
			    "child=%s %smsg=restarting %s",
			    role_short_name(child->role),
			    supervised_room_pair(s, child),
			    supervised_name(s, child));
			child->restarts++;
		}
}

static int
start_again(struct supervisor *s, uint64_t set)
{
	note_restarts(s, set);
	return children_start(s, set);
}

static void
log_too_many(void)
{
	log_error("more than %d restarts in %d s: giving up", RESTARTS_MAX,
	    (int)(RESTARTS_WITHIN / USEC_PER_SEC));
}

/* Restarts the children of one room. What they do too often concerns none of
 * the others; of the only room it is the program's. */
static void
mend_room(struct supervisor *s, struct room *room, uint64_t set)
{
	const bool alone = !house_has_other(s, room);

	if (set == 0 || s->ending)
		return;
	if (restart_note(alone ? &s->restarts : &room->restarts,
		kernel_now(&s->kernel))) {
		if (start_again(s, set) == -1)
			house_fail(s, room);
		return;
	}
	if (alone)
		log_too_many();
	else
		log_error("more than %d restarts in %d s: giving the room up",
		    RESTARTS_MAX, (int)(RESTARTS_WITHIN / USEC_PER_SEC));
	house_fail(s, room);
}

/* A room that made ui end has been closed for that, so it cannot again. */
static void
mend_ui(struct supervisor *s, uint64_t set)
{
	const bool excused = s->ui_excused;

	if (set == 0 || s->ending)
		return;
	s->ui_excused = false;
	if (excused || restart_note(&s->restarts, kernel_now(&s->kernel))) {
		if (start_again(s, set) == -1)
			ending_give_up(s);
		return;
	}
	log_too_many();
	ending_give_up(s);
}

static void
mend_fleet(struct supervisor *s, uint64_t set)
{
	if (set != 0 && !s->ending && start_again(s, set) == -1)
		fleet_not_started(s);
}

/* Each room is asked for by itself, so that one that cannot be started is the
 * only one. ui comes last: it gets the ends of all. */
void
deaths_mend(struct supervisor *s)
{
	const uint64_t set = family_restart_set(&s->family, s->ended);

	if (set == 0 || s->ending || upgrade_holds(s) || awaits_ends(s, set) ||
	    children_awaited(s))
		return;
	s->ended = 0;
	for (unsigned int room = 0; room < s->family.rooms; room++)
		mend_room(s, &s->rooms[room],
		    set & family_of_room(&s->family, room) & ~fleet_bit(s));
	mend_fleet(s, set & fleet_bit(s));
	mend_ui(s, set & family_of_rooms(&s->family, 0));
}
