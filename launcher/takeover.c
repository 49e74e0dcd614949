/*
 * A bootnode that takes the place of another one. See takeover.h.
 */
#include "launcher/takeover.h"

#include "common/log.h"
#include "launcher/ending.h"
#include "launcher/needs.h"
#include "launcher/successor.h"
#include "launcher/supervised.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void
start_empty(const char *why)
{
	log_warn("starting empty, clients join again: %s", why);
}

/* --- Before the sandbox --------------------------------------------------- */

/* Nobody can seal it a second time: who could not has not the first turn. */
static int
latch(int state)
{
	char why[256];

	if (fcntl(state, F_ADD_SEALS,
		F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
		return state;
	(void)snprintf(why, sizeof(why), "the state of the last bootnode %s",
	    errno == EPERM ? "was taken before, by a start that failed"
			   : needs_reason(errno));
	start_empty(why);
	close(state);
	return -1;
}

int
takeover_open(struct supervisor *s, struct given_others *given)
{
	struct takeover *t = &s->takeover;
	int state = given->fds[GIVEN_STATE];

	t->predecessor = given->fds[GIVEN_PREDECESSOR];
	if (state != -1) {
		notify_send_surely(&s->service.notify,
		    "FDSTOREREMOVE=1\nFDNAME=gochat-state");
		state = latch(state);
	}
	t->restores = t->waits = t->held = state != -1;
	return state;
}

/* --- The predecessor ------------------------------------------------------ */

static void
forget_predecessor(struct takeover *t)
{
	if (t->predecessor != -1)
		close(t->predecessor);
	t->predecessor = -1;
}

static void
serve(struct supervisor *s)
{
	struct takeover *t = &s->takeover;
	struct supervised *netd = supervised_of(s, ROLE_NETD, 0);

	t->serves = true;
	if (t->held)
		ipc_send(&netd->channel, IPC_SERVE, NULL, NULL, 0);
	t->held = false;
	if (t->predecessor != -1)
		successor_say(t->predecessor, SUCCESSOR_SERVING, 0);
	forget_predecessor(t);
	service_ready(s);
}

/* The other bootnode has all that we have, and waits: it is better than an
 * empty one. */
static void
leave_it_to_predecessor(struct supervisor *s, const char *why)
{
	log_error("ending before it has served: %s", why);
	forget_predecessor(&s->takeover);
	ending_give_up(s);
}

int
takeover_poll(const struct supervisor *s)
{
	return s->takeover.predecessor;
}

/* The channel has ended. One that has noticed us says STAY before it serves on:
 * without that it is dead, and nobody else serves. One that has not serves on:
 * its spawner has died, or was too slow. */
static void
lose_predecessor(struct supervisor *s)
{
	struct takeover *t = &s->takeover;

	forget_predecessor(t);
	if (s->ending)
		return;
	if (!t->noticed) {
		leave_it_to_predecessor(s,
		    "the bootnode before does not know of this one");
		return;
	}
	log_warn("the bootnode before is gone without a word");
	takeover_go_on(s);
}

void
takeover_heard(struct supervisor *s)
{
	struct takeover *t = &s->takeover;
	struct successor_says says = { .word = SUCCESSOR_GO };
	int result = successor_hear(t->predecessor, &says);

	if (result == -1)
		lose_predecessor(s);
	if (result != 1 || s->ending)
		return;
	if (says.word == SUCCESSOR_STAY)
		leave_it_to_predecessor(s, "the bootnode before serves on");
	else if (says.word == SUCCESSOR_WAIT)
		t->noticed = true;
	else if (says.word == SUCCESSOR_GO && t->prepared)
		serve(s);
}

/* --- The state ------------------------------------------------------------ */

/* Who waits for the state begins without it: netd is restarted with cryptod. */
static void
do_without(struct supervisor *s, const char *why)
{
	struct takeover *t = &s->takeover;

	if (t->predecessor != -1) {
		leave_it_to_predecessor(s, why);
		return;
	}
	start_empty(why);
	t->restores = t->waits = t->held = false;
	t->due = CLOCK_NEVER;
	supervised_kill(s, supervised_of(s, ROLE_CRYPTOD, 0));
	takeover_go_on(s);
}

void
takeover_go_on(struct supervisor *s)
{
	struct takeover *t = &s->takeover;

	if (t->serves || s->ending || !supervised_all_ready(s))
		return;
	if (!t->started && t->predecessor != -1)
		successor_say(t->predecessor, SUCCESSOR_STARTED, 0);
	t->started = true;
	if (t->waits) {
		if (t->due == CLOCK_NEVER)
			t->due = kernel_now(&s->kernel) + TAKEOVER_PATIENCE;
		return;
	}
	if (t->predecessor == -1)
		serve(s);
	else if (!t->prepared)
		successor_say(t->predecessor, SUCCESSOR_PREPARED, 0);
	t->prepared = true;
}

/* An upgrade to another version has to be possible, if need be to an empty
 * bootnode. Whatever else is wrong is wrong with this one: its key is another,
 * say. */
static bool
is_unfit(const struct ipc_restored *r)
{
	return r->result != KEPT_TAKEN && r->result != KEPT_OTHER_VERSION;
}

/* The state cannot be used. */
static void
refused(struct supervisor *s, const struct ipc_restored *r)
{
	static const char *const why[KEPT_RESULT_COUNT] = {
		[KEPT_OTHER_VERSION] = "of another version",
		[KEPT_OTHER_KEY] = "of a bootnode with another key",
		[KEPT_DAMAGED] = "damaged",
		[KEPT_TOO_OLD] = "too old",
	};
	char text[128];

	(void)snprintf(text, sizeof(text),
	    "the state of the last bootnode is %s", why[r->result]);
	if (is_unfit(r) && s->takeover.predecessor != -1)
		leave_it_to_predecessor(s, text);
	else
		start_empty(text);
}

void
takeover_restored(struct supervisor *s, const struct ipc_restored *r)
{
	struct takeover *t = &s->takeover;

	if (!t->waits)
		return;
	t->restores = t->waits = false;
	t->due = CLOCK_NEVER;
	if (r->result == KEPT_TAKEN)
		log_event(LOG_INFO, "restored", "sessions=%u rooms=%u ms=%llu",
		    r->sessions, r->rooms,
		    (unsigned long long)(kernel_now(&s->kernel) -
			s->service.started) /
			USEC_PER_MSEC);
	else
		refused(s, r);
	takeover_go_on(s);
}

void
takeover_died(struct supervisor *s, const struct supervised *child)
{
	const struct takeover *t = &s->takeover;

	if (t->serves || s->ending || !supervised_all_ready(s) || !t->held ||
	    child->role == ROLE_UI || child->role == ROLE_FLEETD)
		return;
	do_without(s,
	    "a process died that was to take over the state of the "
	    "last bootnode");
}

void
takeover_give_up(struct supervisor *s)
{
	if (s->takeover.held && s->takeover.predecessor == -1)
		log_warn("ended before it has served: the state of the last "
			 "bootnode is lost, and clients join again");
}

uint64_t
takeover_deadline(const struct supervisor *s)
{
	return s->takeover.waits ? s->takeover.due : CLOCK_NEVER;
}

void
takeover_overdue(struct supervisor *s)
{
	if (!s->ending && kernel_now(&s->kernel) >= takeover_deadline(s))
		do_without(s,
		    "the state of the last bootnode is not taken "
		    "over in time");
}
