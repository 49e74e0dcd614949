/*
 * Supervision of the children. See supervise.h.
 */
#include "launcher/supervise.h"

#include "common/clock.h"
#include "common/log.h"
#include "launcher/children.h"
#include "launcher/deaths.h"
#include "launcher/ending.h"
#include "launcher/listen.h"
#include "launcher/logfile.h"
#include "launcher/needs.h"
#include "launcher/house.h"
#include "launcher/screen.h"
#include "launcher/supervised.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* --- Signals -------------------------------------------------------- */

static volatile sig_atomic_t got_end, got_stop, got_figures, got_hangup,
    got_upgrade;

static void
on_signal(int sig)
{
	if (sig == SIGTSTP)
		got_stop = 1;
	else if (sig == SIGUSR1)
		got_figures = 1;
	else if (sig == SIGHUP)
		got_hangup = 1;
	else if (sig == SIGUSR2)
		got_upgrade = 1;
	else if (sig != SIGCHLD)
		got_end = 1;
}

static const int handled[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGTSTP,
	SIGUSR1, SIGUSR2 };

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
	signal(SIGTTOU, SIG_IGN);
}

/* Waits for a signal, or until a deadline. Signals that came before are
 * taken. */
static void
await_signal(const struct supervisor *s, uint64_t deadline)
{
	kernel_poll(&s->kernel, NULL, 0, deadline);
}

/* --- The terminal --------------------------------------------------------- */

void
supervise_end_ui(struct supervisor *s)
{
	struct supervised *ui = supervised_of(s, ROLE_UI, 0);
	struct pollfd ended = { ui->pidfd, POLLIN, 0 };
	struct timespec ts;

	supervised_end(s, ui);
	if (ui->pid != 0)
		ppoll(&ended, 1, clock_timeout(0, BURIAL_PATIENCE, &ts), NULL);
}

/* --- Ending --------------------------------------------------------- */

/* The user wants gochat to end. A second wish does not wait. */
static void
ask_to_end(struct supervisor *s)
{
	uint64_t now = kernel_now(&s->kernel);

	got_end = 0;
	if (s->asked_at == 0) {
		s->asked_at = now;
		if (!drain_begin(s))
			ending_keep(s);
	} else if (now - s->asked_at > SAME_WISH) {
		ending_begin(s, 0);
	}
}

static void
kill_all(struct supervisor *s)
{
	FOREACH_CHILD (child, s) {
		listen_child(s, child); /* it may be dying already */
		supervised_end(s, child);
	}
	s->end_by = CLOCK_NEVER;
	s->buried_by = BURIAL_PATIENCE +
	    clock_max(kernel_now(&s->kernel), s->end_began + END_PATIENCE);
}

/* SIGHUP: the terminal is gone, or a bootnode is to read its settings again. */
static void
hang_up(struct supervisor *s)
{
	got_hangup = 0;
	if (s->options->mode == MODE_CLIENT || terminal_hung_up(&s->terminal))
		ask_to_end(s);
	else
		reload_want(s, 0);
}

/* --- Ctrl-Z --------------------------------------------------------------- */

/* Stops ui, so that it draws nothing any more. A ui that was stopped before
 * does not report it again, and the wait is in vain. */
static void
hold_ui(struct supervisor *s)
{
	uint64_t deadline = kernel_now(&s->kernel) + STOP_PATIENCE;
	struct supervised *ui = supervised_of(s, ROLE_UI, 0);

	supervised_signal(s, ui, SIGSTOP);
	while (ui->pid != 0 && kernel_now(&s->kernel) < deadline &&
	    deaths_reap(s, ui) != STOPPED)
		await_signal(s, deadline);
}

/*
 * The job is this process and those that wait for it, for example the shell of
 * a script, perhaps of another user: so the spawner is asked. Our other
 * processes ignore the signal; we take it as the sign that all have it.
 */
static void
stop_job(struct supervisor *s)
{
	uint64_t deadline = kernel_now(&s->kernel) + STOP_PATIENCE;

	got_stop = 0;
	if (s->spawner != -1 && spawner_tell(s->spawner, WISH_STOP_JOB) == 0)
		while (!got_stop && kernel_now(&s->kernel) < deadline)
			await_signal(s, deadline);
	got_stop = 0;
	kernel_stop(&s->kernel, s->self);
	await_signal(s, 0);
}

/*
 * Gives the terminal back for as long as the job is stopped. A job that is
 * continued in the background stops again, unless it is to end: the tui is of
 * no use there. The shell has then continued ui, too, which draws nothing
 * before it has asked.
 */
static void
suspend(struct supervisor *s)
{
	do {
		hold_ui(s);
		screen_restore(s);
		if (!got_end && !got_hangup)
			stop_job(s);
	} while (!got_end && !got_hangup &&
	    !kernel_has_terminal(&s->kernel, &s->terminal));
}

/* Nobody has done anything for this long, through no fault of theirs. */
static void
postpone(struct supervisor *s, uint64_t by)
{
	s->answer_by += by;
	s->upgrade.due += by;
	fleet_postpone(s, by);
	if (s->drain.due != CLOCK_NEVER)
		s->drain.due += by;
	if (s->takeover.due != CLOCK_NEVER)
		s->takeover.due += by;
	FOREACH_CHILD (child, s)
		if (child->due != CLOCK_NEVER)
			child->due += by;
}

/* The other processes keep the conversations alive meanwhile. */
static void
stop(struct supervisor *s)
{
	struct supervised *ui = supervised_of(s, ROLE_UI, 0);
	uint64_t stopped_at = kernel_now(&s->kernel);
	bool asked = s->stop_asked;

	got_stop = 0;
	s->stop_asked = false;
	if (asked && !s->terminal.has_shell) {
		log_warn("not suspended: there is no shell to return to");
		return;
	}
	if (s->terminal.screen) {
		suspend(s);
	} else {
		supervised_signal(s, ui, SIGSTOP);
		kernel_stop(&s->kernel, s->self);
	}
	/* This is not needed if the shell has done it: ui would ask and draw
	 * twice. */
	if (deaths_reap(s, ui) != CONTINUED)
		supervised_signal(s, ui, SIGCONT);
	postpone(s, kernel_now(&s->kernel) - stopped_at);
}

/* --- The loop ------------------------------------------------------------- */

static bool
all_gone(const struct supervisor *s)
{
	FOREACH_CHILD (child, s)
		if (child->pid != 0)
			return false;
	/* A child that comes too late finds its channel closed, and ends. */
	return (!children_awaited(s) && !upgrade_holds(s)) ||
	    s->buried_by != CLOCK_NEVER;
}

static uint64_t
check_due(const struct supervisor *s)
{
	return s->check_by == 0 || s->ending ? CLOCK_NEVER : s->check_by;
}

static uint64_t
next_deadline(const struct supervisor *s)
{
	uint64_t due = clock_min(service_deadline(s), s->buried_by);

	due = clock_min(due, reload_deadline(s));
	due = clock_min(due, upgrade_deadline(s));
	due = clock_min(due, takeover_deadline(s));
	due = clock_min(due, fleet_deadline(s));
	due = clock_min(due, drain_deadline(s));
	due = clock_min(due, check_due(s));
	if (s->ending)
		due = clock_min(due, s->end_by);
	if (children_awaited(s))
		due = clock_min(due, s->answer_by);
	FOREACH_CHILD (child, s)
		if (child->pid != 0)
			due = clock_min(due, child->due);
	return due;
}

/* Waits until there is something to do, or a signal has come. */
static void
wait_on(struct supervisor *s, struct pollfd *fds, nfds_t count)
{
	uint64_t due = next_deadline(s), now = kernel_now(&s->kernel);

	if (kernel_poll(&s->kernel, fds, count, due) == -1 && errno != EINTR)
		fatal("poll: %s", needs_reason(errno));
	due = clock_max(due, now);
	now = kernel_now(&s->kernel);
	if (due < now && now - due > ASLEEP)
		postpone(s, now - due);
}

/* The descriptors to wait for. After these come those of children and rooms'
 * resolvers, as many as there are: poll(2) takes no more than there may be
 * descriptors. */
enum {
	POLL_SPAWNER,
	POLL_METRICS,
	POLL_LOG,
	POLL_RELOAD,
	POLL_SUCCESSOR,
	POLL_PREDECESSOR,
	POLL_CONNECTOR,
	POLL_OTHERS,
	POLL_COUNT = POLL_OTHERS + CHILDREN_MAX + ROOMS_MAX
};

/* Who waits at the same place. */
struct poll_owner {
	struct supervised *child;
	struct room *room;
};

static nfds_t
poll_set(struct supervisor *s, struct pollfd fds[POLL_COUNT],
    struct poll_owner owners[POLL_COUNT])
{
	nfds_t n = POLL_OTHERS;

	fds[POLL_METRICS] = (struct pollfd){ service_poll(s), POLLIN, 0 };
	fds[POLL_LOG] = (struct pollfd){ logfile_poll(), POLLOUT, 0 };
	fds[POLL_RELOAD] = (struct pollfd){ s->reload.fd, POLLIN, 0 };
	fds[POLL_SUCCESSOR] = (struct pollfd){ upgrade_poll(s), POLLIN, 0 };
	fds[POLL_PREDECESSOR] = (struct pollfd){ takeover_poll(s), POLLIN, 0 };
	fds[POLL_CONNECTOR] = (struct pollfd){ fleet_poll(s), POLLIN, 0 };
	fds[POLL_SPAWNER] = (struct pollfd){ s->spawner, POLLIN, 0 };
	FOREACH_CHILD (child, s) {
		if (child->channel.fd == -1)
			continue;
		owners[n] = (struct poll_owner){ .child = child };
		fds[n++] = (struct pollfd){ child->channel.fd,
			ipc_poll_events(&child->channel), 0 };
	}
	for (unsigned int room = 0; room < s->family.rooms; room++) {
		if (s->rooms[room].resolver == -1)
			continue;
		owners[n] = (struct poll_owner){ .room = &s->rooms[room] };
		fds[n++] =
		    (struct pollfd){ s->rooms[room].resolver, POLLIN, 0 };
	}
	return n;
}

/* Those that are no children. A message of one may have made another's
 * descriptor one of somebody else's. */
static void
hear_others(struct supervisor *s, const struct pollfd fds[POLL_OTHERS])
{
	if (fds[POLL_SPAWNER].revents != 0 && children_arrive(s) == -1)
		ending_give_up(s);
	if (fds[POLL_CONNECTOR].revents != 0)
		fleet_heard(s);
	if (fds[POLL_METRICS].revents != 0)
		service_readers(s);
	if (fds[POLL_LOG].revents != 0)
		logfile_flush();
	if (fds[POLL_RELOAD].revents != 0)
		reload_heard(s);
	if (fds[POLL_SUCCESSOR].revents != 0 &&
	    fds[POLL_SUCCESSOR].fd == upgrade_poll(s))
		upgrade_heard(s);
	if (fds[POLL_PREDECESSOR].revents != 0 &&
	    fds[POLL_PREDECESSOR].fd == takeover_poll(s))
		takeover_heard(s);
}

static void
wait_for_news(struct supervisor *s)
{
	struct pollfd fds[POLL_COUNT];
	struct poll_owner owners[POLL_COUNT];
	const nfds_t count = poll_set(s, fds, owners);

	wait_on(s, fds, count);
	for (nfds_t i = POLL_OTHERS; i < count; i++) {
		struct supervised *child = owners[i].child;

		if (fds[i].revents == 0)
			continue;
		if (child != NULL) {
			ipc_flush(&child->channel);
			listen_child(s, child);
		} else if (owners[i].room->resolver == fds[i].fd) {
			listen_resolver(s, owners[i].room);
		}
	}
	hear_others(s, fds);
}

/* Does what the signals ask for. */
static void
obey(struct supervisor *s)
{
	if (got_stop || s->stop_asked)
		stop(s);
	if (got_end)
		ask_to_end(s);
	if (got_hangup)
		hang_up(s);
	reload_turn(s);
	if (got_figures) {
		got_figures = 0;
		service_signal(s);
	}
	if (got_upgrade) {
		got_upgrade = 0;
		upgrade_want(s);
	}
}

static void
hurry_spawner(struct supervisor *s)
{
	if (children_awaited(s) && kernel_now(&s->kernel) >= s->answer_by &&
	    children_overdue(s) == -1)
		ending_give_up(s);
}

/* Deals with everything that is late, or due. */
static void
look_at_clock(struct supervisor *s)
{
	service_timer(s);
	reload_overdue(s);
	upgrade_overdue(s);
	takeover_overdue(s);
	fleet_overdue(s);
	drain_overdue(s);
	hurry_spawner(s);
	FOREACH_CHILD (child, s)
		deaths_overdue(s, child);
	/* ui has ended, and the launcher waited for the others to come up. */
	if (s->ui_ended && supervised_all_ready(s))
		ending_begin(s, 0);
	if (kernel_now(&s->kernel) >= check_due(s)) {
		log_error("the check has not come to an end in time");
		ending_give_up(s);
	}
	if (s->ending && kernel_now(&s->kernel) >= s->end_by)
		kill_all(s);
}

void
supervise_start(struct supervisor *s, bool resolver)
{
	struct pollfd spawner;

	if (children_start(s, family_of_rooms(&s->family, 1)) == -1 ||
	    (resolver && children_resolve(s, 0) == -1))
		ending_give_up(s);
	while (children_awaited(s) && !s->ending) {
		spawner = (struct pollfd){ s->spawner, POLLIN, 0 };
		wait_on(s, &spawner, 1);
		if (spawner.revents != 0 && children_arrive(s) == -1)
			ending_give_up(s);
		if (got_end)
			ask_to_end(s);
		if (got_hangup)
			hang_up(s);
		hurry_spawner(s);
	}
}

bool
supervise_turn(struct supervisor *s)
{
	if (all_gone(s) || kernel_now(&s->kernel) >= s->buried_by)
		return false;
	children_notice(s);
	wait_for_news(s);
	obey(s);
	FOREACH_CHILD (child, s)
		deaths_reap(s, child);
	house_turn(s);
	deaths_mend(s);
	look_at_clock(s);
	return true;
}

int
supervise(struct supervisor *s)
{
	while (supervise_turn(s))
		;
	FOREACH_CHILD (child, s)
		if (child->pid != 0)
			log_error(
			    "%s was killed, but does not end, and is left "
			    "behind",
			    supervised_name(s, child));
	if (s->exit_code != 0)
		return s->exit_code;
	if (!s->ui_ended || s->failed)
		return EXIT_FAILURE;
	if (s->undelivered)
		return s->options->check ? EXIT_FAILURE : EXIT_UNDELIVERED;
	return 0;
}
