/*
 * A bootnode hands its state over. See upgrade.h.
 */
#include "launcher/upgrade.h"

#include "common/log.h"
#include "launcher/ending.h"
#include "launcher/needs.h"
#include "launcher/supervised.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* The time for the next bootnode to die. */
#define DEATH_PATIENCE KILL_PATIENCE

static void
enter(struct supervisor *s, enum upgrade_step step, uint64_t patience)
{
	s->upgrade.step = step;
	s->upgrade.due = kernel_now(&s->kernel) + patience;
}

static void
close_one(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

/* --- The end of it -------------------------------------------------------- */

static void
finish(struct supervisor *s, enum upgrade_step step)
{
	struct upgrade *h = &s->upgrade;

	close_one(&h->memory);
	close_one(&h->channel);
	close_one(&h->pidfd);
	h->step = step;
}

/* The attempt is given up: cryptod forgets it, and netd serves again. */
static void
say_stay(struct supervisor *s)
{
	ipc_send(&supervised_of(s, ROLE_CRYPTOD, 0)->channel, IPC_STAY, NULL,
	    NULL, 0);
}

/* A cryptod that hangs may have netd wait: then only a restart of both
 * helps. */
static void
stay(struct supervisor *s)
{
	if (s->upgrade.step == UPGRADE_PARTS &&
	    kernel_now(&s->kernel) - s->upgrade.heard_at >= PART_PATIENCE)
		supervised_kill(s, supervised_of(s, ROLE_CRYPTOD, 0));
	else
		say_stay(s);
}

/* This bootnode serves on. A netd that has died since will be restarted. */
static void
serve_on(struct supervisor *s)
{
	if (s->upgrade.used) /* and with it goes the state, netd's, too */
		supervised_kill(s, supervised_of(s, ROLE_CRYPTOD, 0));
	else
		stay(s);
	finish(s, UPGRADE_NONE);
}

/* Ends the next bootnode. That the spawner does, which can whoever we are; it
 * is ours to be sure that it happens. */
static void
kill_successor(struct supervisor *s)
{
	struct upgrade *h = &s->upgrade;

	if (h->channel != -1)
		successor_say(h->channel, SUCCESSOR_STAY, 0);
	if ((s->spawner == -1 ||
		spawner_tell(s->spawner, WISH_END_SUCCESSOR) == -1) &&
	    h->pidfd != -1)
		kernel_signal(&s->kernel, h->pidfd, SIGKILL);
}

static void
fail(struct supervisor *s, const char *why)
{
	struct upgrade *h = &s->upgrade;

	if (h->to_systemd) {
		log_warn("the state is not kept, clients join again: %s", why);
		say_stay(s); /* and cryptod hears ui's goodbye again */
		finish(s, UPGRADE_DONE);
		ending_ask(s);
		return;
	}
	log_error("not upgraded, this bootnode serves on: %s", why);
	switch (h->step) {
	case UPGRADE_MEMORY:
		finish(s, UPGRADE_NONE);
		break;
	case UPGRADE_PARTS:
		kill_successor(s); /* there is none, but the file goes */
		serve_on(s);
		break;
	case UPGRADE_STARTS:
		kill_successor(s); /* it may have been started after all */
		serve_on(s);
		break;
	case UPGRADE_PREPARES:
	case UPGRADE_GONE:
		h->used = h->step == UPGRADE_GONE;
		kill_successor(s);
		enter(s, UPGRADE_WITHDRAWS, DEATH_PATIENCE);
		break;
	case UPGRADE_NONE:
	case UPGRADE_WITHDRAWS:
	case UPGRADE_DONE:
		break;
	}
}

/* --- The beginning of it -------------------------------------------------- */

static void
begin(struct supervisor *s, bool to_systemd)
{
	s->upgrade = (struct upgrade){
		.to_systemd = to_systemd,
		.memory = -1,
		.channel = -1,
		.pidfd = -1,
		.began = kernel_now(&s->kernel),
	};
	enter(s, UPGRADE_MEMORY, UPGRADE_PATIENCE);
	if (spawner_tell(s->spawner, WISH_MEMORY) == -1)
		fail(s, "the spawner is gone");
}

/* There is a state, and nobody has begun to hand it over. */
static bool
can_begin(const struct supervisor *s)
{
	return s->options->mode == MODE_BOOTNODE && s->takeover.serves &&
	    s->upgrade.step == UPGRADE_NONE && s->spawner != -1;
}

bool
upgrade_keep(struct supervisor *s)
{
	if (!can_begin(s) || s->service.notify.fd == -1)
		return false;
	begin(s, true);
	return true;
}

/* Returns why this cannot be done, or NULL. */
static const char *
refuse_upgrade(const struct supervisor *s)
{
	if (s->service.notify.fd != -1)
		return "use systemctl restart, which keeps the sessions, too";
	if (s->self == 1)
		return "with this process the container would end: replace the "
		       "container";
	if (s->terminal.saved)
		return "its terminal cannot be handed over; start it with "
		       "another standard input";
	if (s->upgrade.step != UPGRADE_NONE)
		return "an upgrade is under way";
	if (s->reload.asked || s->reload.fd != -1)
		return "the settings are being read; try again";
	if (s->ending || s->asked_at != 0)
		return "it ends";
	return can_begin(s) ? NULL : "it does not serve yet, or no more";
}

void
upgrade_want(struct supervisor *s)
{
	const char *why = refuse_upgrade(s);

	if (s->options->mode != MODE_BOOTNODE)
		return;
	if (why != NULL)
		log_warn("not upgraded on SIGUSR2: %s", why);
	else
		begin(s, false);
}

/* --- The state ------------------------------------------------------------ */

void
upgrade_memory(struct supervisor *s, int fd, int error)
{
	struct upgrade *h = &s->upgrade;
	struct supervised *cryptod = supervised_of(s, ROLE_CRYPTOD, 0);

	if (h->step != UPGRADE_MEMORY) {
		close_one(&fd);
		return;
	}
	h->memory = fd;
	if (fd == -1) {
		fail(s, needs_reason(error));
		return;
	}
	h->step = UPGRADE_PARTS;
	h->heard_at = kernel_now(&s->kernel);
	if (cryptod->pid == 0 || cryptod->channel.state != AT_WORK ||
	    ipc_send(&cryptod->channel, IPC_HAND_OVER, NULL, NULL, 0) == -1)
		fail(s, "cryptod is gone");
}

/* Returns the longest state that there can be, or a netd that was taken over
 * could fill the memory. A session takes 300 to 700 bytes, with its WELCOME;
 * the table of known JOINs, the most of what else there is, 12 MiB. */
static uint64_t
state_max(const struct supervisor *s)
{
	return (uint64_t)s->options->max_sessions * 1024 + 32 * 1024 * 1024;
}

/* All parts are taken, even if the first cannot be written: then netd is where
 * it can go on. */
void
upgrade_part(struct supervisor *s, const struct ipc_message_in *in)
{
	struct upgrade *h = &s->upgrade;
	ssize_t n;

	h->heard_at = kernel_now(&s->kernel);
	if (h->step != UPGRADE_PARTS || h->error != 0)
		return;
	if (h->bytes + in->tail_len > state_max(s)) {
		h->error = EFBIG;
		return;
	}
	n = write(h->memory, in->tail, in->tail_len);
	if (n == (ssize_t)in->tail_len)
		h->bytes += in->tail_len;
	else
		h->error = n == -1 ? errno : ENOSPC;
}

static void
give_to_systemd(struct supervisor *s)
{
	struct upgrade *h = &s->upgrade;

	if (notify_store(&s->service.notify, "gochat-state", h->memory) == -1) {
		fail(s, needs_reason(errno));
		return;
	}
	finish(s, UPGRADE_DONE);
	ending_ask(s);
}

static void
start_successor(struct supervisor *s)
{
	enter(s, UPGRADE_STARTS, SPAWN_PATIENCE);
	if (s->spawner == -1 || spawner_tell(s->spawner, WISH_SUCCESSOR) == -1)
		fail(s, "the spawner is gone");
}

void
upgrade_whole(struct supervisor *s, const struct ipc_kept_whole *whole)
{
	struct upgrade *h = &s->upgrade;

	if (h->step != UPGRADE_PARTS)
		return;
	h->step = UPGRADE_STARTS; /* now netd waits, and can go on */
	if (h->error != 0 || h->bytes != whole->bytes) {
		fail(s,
		    h->error != 0 ? needs_reason(h->error)
				  : "a part of the state is missing");
		return;
	}
	log_event(LOG_INFO, "kept", "sessions=%u rooms=%u bytes=%llu ms=%llu",
	    whole->sessions, whole->rooms, (unsigned long long)h->bytes,
	    (unsigned long long)(kernel_now(&s->kernel) - h->began) /
		USEC_PER_MSEC);
	if (h->to_systemd)
		give_to_systemd(s);
	else
		start_successor(s);
}

/* --- The next bootnode ---------------------------------------------------- */

void
upgrade_started(struct supervisor *s, const int fds[2], pid_t pid, int error)
{
	struct upgrade *h = &s->upgrade;
	int channel = fds[0], pidfd = fds[1];

	if (h->step != UPGRADE_STARTS) { /* too late: it is killed already */
		if (channel != -1)
			successor_say(channel, SUCCESSOR_STAY, 0);
		close_one(&channel);
		close_one(&pidfd);
		return;
	}
	if (channel == -1) {
		fail(s, needs_reason(error));
		return;
	}
	h->channel = channel;
	h->pidfd = pidfd;
	h->pid = pid;
	log_event(LOG_INFO, "successor", "pid=%d", pid);
	successor_say(channel, SUCCESSOR_WAIT, 0);
	enter(s, UPGRADE_PREPARES, SUCCESSOR_START_PATIENCE);
}

static void
give_way(struct supervisor *s)
{
	log_info("the bootnode of pid %d serves from now on", s->upgrade.pid);
	finish(s, UPGRADE_DONE);
	s->ui_ended = true; /* there is nothing to say goodbye for */
	ending_begin(s, 0);
}

static void
on_word(struct supervisor *s, const struct successor_says *says)
{
	struct upgrade *h = &s->upgrade;
	char why[256];

	if (says->word == SUCCESSOR_STARTED && h->step == UPGRADE_PREPARES) {
		enter(s, UPGRADE_PREPARES, SUCCESSOR_PATIENCE);
	} else if (says->word == SUCCESSOR_PREPARED &&
	    h->step == UPGRADE_PREPARES) {
		enter(s, UPGRADE_GONE, SERVING_PATIENCE);
		successor_say(h->channel, SUCCESSOR_GO, 0);
	} else if (says->word == SUCCESSOR_SERVING && h->step == UPGRADE_GONE) {
		give_way(s);
	} else if (says->word == SUCCESSOR_NOT_STARTED) {
		(void)snprintf(why, sizeof(why),
		    "the new program cannot be started: %s",
		    needs_reason(says->error));
		fail(s, why);
	}
}

int
upgrade_poll(const struct supervisor *s)
{
	const struct upgrade *h = &s->upgrade;

	if (h->step == UPGRADE_WITHDRAWS)
		return h->pidfd;
	return h->step == UPGRADE_PREPARES || h->step == UPGRADE_GONE
	    ? h->channel
	    : -1;
}

void
upgrade_heard(struct supervisor *s)
{
	struct upgrade *h = &s->upgrade;
	struct successor_says says;
	int result;

	if (h->step == UPGRADE_WITHDRAWS) {
		serve_on(s);
		return;
	}
	result = successor_hear(h->channel, &says);
	if (result == 1)
		on_word(s, &says);
	else if (result == -1)
		fail(s, "the new bootnode has ended; its log says why");
}

/* --- What else happens ---------------------------------------------------- */

bool
upgrade_is_under_way(const struct supervisor *s)
{
	return s->upgrade.step != UPGRADE_NONE &&
	    s->upgrade.step != UPGRADE_DONE;
}

bool
upgrade_holds(const struct supervisor *s)
{
	const struct upgrade *h = &s->upgrade;

	return h->step >= UPGRADE_STARTS && h->step <= UPGRADE_WITHDRAWS;
}

/* Once the state is in the file, nobody who dies can harm it. */
void
upgrade_died(struct supervisor *s, const struct supervised *child)
{
	const struct upgrade *h = &s->upgrade;

	if (child->role != ROLE_UI && child->role != ROLE_FLEETD &&
	    (h->step == UPGRADE_MEMORY || h->step == UPGRADE_PARTS))
		fail(s, "a process died");
}

void
upgrade_without_spawner(struct supervisor *s)
{
	const enum upgrade_step step = s->upgrade.step;

	if (step == UPGRADE_MEMORY || step == UPGRADE_STARTS)
		fail(s, "the spawner is gone");
}

void
upgrade_end(struct supervisor *s)
{
	const enum upgrade_step step = s->upgrade.step;

	if (step == UPGRADE_STARTS || step == UPGRADE_PREPARES ||
	    step == UPGRADE_GONE)
		kill_successor(s);
	if (step == UPGRADE_PARTS)
		say_stay(s);
	if (step != UPGRADE_NONE)
		finish(s, UPGRADE_DONE);
}

uint64_t
upgrade_deadline(const struct supervisor *s)
{
	const enum upgrade_step step = s->upgrade.step;

	return step == UPGRADE_NONE || step == UPGRADE_DONE ? CLOCK_NEVER
							    : s->upgrade.due;
}

void
upgrade_overdue(struct supervisor *s)
{
	if (kernel_now(&s->kernel) < upgrade_deadline(s))
		return;
	if (s->upgrade.step != UPGRADE_WITHDRAWS) {
		fail(s, "it takes too long");
		return;
	}
	log_error("the new bootnode was killed, but does not end");
	serve_on(s);
}
