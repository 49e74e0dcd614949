/*
 * A launcher and its children in a test. See household.h.
 */
#include "tests/unit/launcher/household.h"

#include "common/log.h"
#include "launcher/brief.h"
#include "launcher/children.h"
#include "launcher/house.h"
#include "launcher/supervise.h"

#include "tests/unit/launcher/household_spawner.h"
#include "tests/unit/launcher/options_trial.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_PID 1000
/* More turns at one moment mean that the loop does not rest. */
#define TURNS_MAX 10000

/* --- Children ------------------------------------------------------------- */

struct member *
household_member(struct household *h, enum role role)
{
	return &h->members[family_find(&h->s.family, role, h->room)];
}

uint64_t
household_bit(struct household *h, enum role role)
{
	return CHILD_BIT(family_find(&h->s.family, role, h->room));
}

static void
end_member(struct member *m, int status)
{
	if (m->pid == 0 || m->over)
		return;
	m->over = true;
	m->status = status;
	ipc_close(&m->channel);
	raise(SIGCHLD);
}

void
household_exit(struct household *h, enum role role, int code)
{
	end_member(household_member(h, role), W_EXITCODE(code, 0));
}

void
household_crash(struct household *h, enum role role, int sig)
{
	end_member(household_member(h, role), W_EXITCODE(0, sig));
}

void
household_say(struct household *h, enum role role, enum ipc_type type,
    const void *body, const char *tail)
{
	CU_ASSERT_EQUAL(ipc_send(&household_member(h, role)->channel, type,
			    body, tail, tail == NULL ? 0 : strlen(tail)),
	    0);
}

static void
hear_room(struct member *m, const struct ipc_message_in *in)
{
	m->room = *(const struct ipc_room *)in->body;
	memset(m->room_texts, 0, sizeof(m->room_texts));
	memcpy(m->room_texts, in->tail, in->tail_len);
}

static void
hear_notice(struct member *m, const struct ipc_message_in *in)
{
	m->notice = *(const struct ipc_notice *)in->body;
	m->rooms_then = m->told[IPC_ROOM];
}

static void
hear(struct member *m, const struct ipc_message_in *in)
{
	m->told[in->type]++;
	if (in->type == IPC_CONFIG_NETD)
		m->netd = *(const struct ipc_config_netd *)in->body;
	else if (in->type == IPC_CONFIG_CRYPTOD)
		m->cryptod = *(const struct ipc_config_cryptod *)in->body;
	else if (in->type == IPC_CONFIG_UI)
		m->ui = *(const struct ipc_config_ui *)in->body;
	else if (in->type == IPC_BOOT_ADDRS)
		m->addrs = *(const struct ipc_boot_addrs *)in->body;
	else if (in->type == IPC_NOTICE)
		hear_notice(m, in);
	else if (in->type == IPC_PLACES_BEFORE)
		m->places = *(const struct ipc_places *)in->body;
	else if (in->type == IPC_ROOM)
		hear_room(m, in);
	else if (in->type == IPC_PING && m->answers)
		ipc_send(&m->channel, IPC_PONG, NULL, NULL, 0);
	if (in->fd != -1)
		close(in->fd);
}

/* A child that has not told READY reads only messages for its start. */
static void
listen_to_launcher(struct member *m)
{
	struct ipc_message_in in;

	if (m->pid == 0 || m->over || m->channel.fd == -1)
		return;
	while (
	    (m->channel.state == AT_WORK || m->told[IPC_PRIVILEGES] == 0 ||
		m->told[IPC_CONFIG_NETD] + m->told[IPC_CONFIG_CRYPTOD] +
			m->told[IPC_CONFIG_FLEETD] + m->told[IPC_CONFIG_UI] ==
		    0) &&
	    ipc_receive(&m->channel, &in) == IPC_GOT)
		hear(m, &in);
}

static void
say_ready(struct member *m)
{
	struct ipc_ready ready = { .port = 0 };

	if (m->channel.self == ROLE_NETD)
		ready.port = 4545;
	listen_to_launcher(m);
	CU_ASSERT_EQUAL(ipc_send(&m->channel, IPC_READY, &ready, NULL, 0), 0);
}

void
household_ready(struct household *h, enum role role)
{
	say_ready(household_member(h, role));
}

void
household_all_ready(struct household *h)
{
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (h->members[i].pid != 0 &&
		    h->members[i].channel.state == AT_START)
			say_ready(&h->members[i]);
	household_pass(h, 0);
}

void
household_open_room(struct household *h, uint32_t ticket, const char *bootnode,
    const char *name)
{
	struct ipc_room_open open = {
		.ticket = ticket,
		.secret = SECRET_PASSPHRASE,
		.bootnode_len = (uint16_t)strlen(bootnode),
		.room_len = (uint16_t)strlen(name),
	};
	char texts[ROOM_TEXTS_MAX + 1];

	(void)snprintf(texts, sizeof(texts), "%s%s", bootnode, name);
	household_say(h, ROLE_UI, IPC_ROOM_OPEN, &open, texts);
	household_pass(h, 0);
}

void
household_add_room(struct household *h, const char *name)
{
	household_open_room(h, 1, "", name);
	household_all_ready(h);
	CU_ASSERT_EQUAL(household_member(h, ROLE_UI)->room.state, ROOM_OPENED);
	h->room = household_member(h, ROLE_UI)->room.room;
}

void
household_lose_spawner(struct household *h)
{
	close(h->spawner);
	h->spawner = -1;
}

/* --- The kernel ----------------------------------------------------------- */

static uint64_t
kernel_time(void *arg)
{
	return ((struct household *)arg)->now;
}

/* The children do what they have to do, and waiting signals are taken. If there
 * is nothing for the launcher then, time passes. */
static int
let_pass(void *arg, struct pollfd *fds, nfds_t count, uint64_t until)
{
	const struct timespec at_once = { 0, 0 };
	struct household *h = arg;
	sigset_t none;
	int result;

	sigemptyset(&none);
	household_grant(h);
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		listen_to_launcher(&h->members[i]);
	result = ppoll(fds, count, &at_once, &none);
	if (result != 0)
		return result;
	if (until == CLOCK_NEVER && h->until == CLOCK_NEVER) {
		h->stuck = true;
		h->s.buried_by = 0;
		return 0;
	}
	h->now = clock_max(h->now, clock_min(until, h->until)) + h->asleep;
	h->asleep = 0;
	return 0;
}

static pid_t
bury(void *arg, pid_t pid, int *status)
{
	struct household *h = arg;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct member *m = &h->members[i];

		if (m->pid != pid)
			continue;
		if (m->stopped)
			*status = W_STOPCODE(SIGSTOP);
		else if (m->continued)
			*status = __W_CONTINUED;
		else if (m->over)
			*status = m->status;
		else
			return 0;
		if (!m->stopped && !m->continued)
			m->pid = 0;
		m->stopped = m->continued = false;
		return pid;
	}
	CU_FAIL("somebody else's child is waited for");
	return -1;
}

static void
signal_member(void *arg, int pidfd, int sig)
{
	struct household *h = arg;

	FOREACH_CHILD (child, &h->s) {
		struct member *m = &h->members[child - h->s.children];

		if (child->pidfd != pidfd)
			continue;
		m->signals[sig]++;
		if (sig == SIGKILL && !m->undying)
			end_member(m, W_EXITCODE(0, SIGKILL));
		m->stopped = m->stopped || sig == SIGSTOP;
		m->continued = m->continued || sig == SIGCONT;
		raise(SIGCHLD);
		return;
	}
	CU_FAIL("nobody has this pidfd");
}

static void
stop_launcher(void *arg, pid_t self)
{
	struct household *h = arg;

	CU_ASSERT_EQUAL(self, h->s.self);
	h->stops++;
	h->now += h->stop_takes;
}

static bool
has_terminal(void *arg, const struct terminal *t)
{
	struct household *h = arg;

	(void)t;
	if (h->background == 0)
		return true;
	h->background--;
	return false;
}

/* --- All of it ------------------------------------------------------------ */

static struct household *logging;

static void
on_log(enum log_level level, bool event, const char *text)
{
	static const char *const levels[LOG_LEVEL_COUNT] = { "error", "warn",
		"info", "debug" };
	size_t len = strlen(logging->log);

	(void)snprintf(logging->log + len, sizeof(logging->log) - len,
	    "%s %s%s\n", levels[level], event ? "event " : "", text);
}

unsigned int
household_logged(const struct household *h, const char *text)
{
	unsigned int count = 0;

	for (const char *p = h->log; (p = strstr(p, text)) != NULL; p++)
		count++;
	return count;
}

void
household_log(struct household *h)
{
	logging = h;
	log_to_function(on_log);
}

static void
take_options(struct household *h, enum mode mode, bool fleet)
{
	struct trial client = { .flags = { "gochat", "--bootnode", "b.example",
				    "--room", "r", "--nick", "n" } };
	struct trial bootnode = { .flags = { "gochat", "--mode", "bootnode" } };
	struct trial one_of_fleet = { .flags = { "gochat", "--mode", "bootnode",
					  "--fleet", "unix:/engine" } };
	struct trial *t = mode == MODE_CLIENT ? &client
	    : fleet			      ? &one_of_fleet
					      : &bootnode;

	trial_check_text("a household", trial_run(t), "");
	h->settings.options = t->o;
}

static void
open_household(struct household *h, enum mode mode, bool fleet)
{
	struct supervisor *s = &h->s;
	char err[256];
	int pair[2];

	memset(h, 0, sizeof(*h));
	take_options(h, mode, fleet);
	h->now = h->until = 1000 * USEC_PER_SEC;
	h->next_pid = FIRST_PID;
	h->resolver = h->connector = -1;
	h->job_stops = true;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	h->spawner = pair[0];
	s->spawner = pair[1];
	s->kernel = (struct kernel){ kernel_time, let_pass, bury, signal_member,
		stop_launcher, has_terminal, h };
	s->self = 999;
	s->sockets_given = mode == MODE_BOOTNODE;
	s->settings = &h->settings;
	s->options = &h->settings.options;
	terminal_save(&s->terminal);
	s->terminal.saved = s->terminal.has_shell = true;
	s->terminal.undo = "";
	s->service.started = h->now;
	s->service.metrics.socket.fd = s->service.notify.fd = -1;
	s->service.figures_due = s->service.beat_at = CLOCK_NEVER;
	s->buried_by = CLOCK_NEVER;
	family_make(&s->family, mode, mode == MODE_CLIENT ? ROOMS_MAX : 1,
	    fleet);
	children_init(s);
	CU_ASSERT_EQUAL(house_first(s, err, sizeof(err)), 0);
	for (unsigned int child = 0; child < CHILDREN_MAX; child++)
		h->members[child].channel.fd = -1;
	household_log(h);
}

void
household_open(struct household *h, enum mode mode)
{
	open_household(h, mode, false);
}

void
household_open_fleet(struct household *h)
{
	open_household(h, MODE_BOOTNODE, true);
	h->s.fleet.addresses = (struct fleet_addresses){
		.count = 1,
		.at = { { .port = 9595 } },
	};
}

void
household_live_fleet(struct household *h)
{
	household_open_fleet(h);
	household_start(h, false);
	household_all_ready(h);
}

void
household_live(struct household *h, enum mode mode)
{
	household_open(h, mode);
	household_start(h, false);
	household_all_ready(h);
}

void
household_live_two(struct household *h)
{
	household_live(h, MODE_CLIENT);
	household_add_room(h, "kitchen");
}

void
household_start(struct household *h, bool resolver)
{
	h->until = CLOCK_NEVER;
	supervise_start(&h->s, resolver);
	h->until = h->now;
}

void
household_close(struct household *h)
{
	log_to_function(NULL);
	CU_ASSERT_FALSE(h->stuck);
	FOREACH_CHILD (child, &h->s) {
		ipc_close(&child->channel);
		if (child->pidfd != -1)
			close(child->pidfd);
		if (h->members[child - h->s.children].channel.fd != -1)
			ipc_close(&h->members[child - h->s.children].channel);
	}
	if (h->s.spawner != -1)
		close(h->s.spawner);
	if (h->spawner != -1)
		close(h->spawner);
	for (unsigned int room = 0; room < ROOMS_MAX; room++)
		if (h->s.rooms[room].resolver != -1)
			close(h->s.rooms[room].resolver);
	if (h->resolver != -1)
		close(h->resolver);
	if (h->connector != -1)
		close(h->connector);
	if (h->s.fleet.connector != -1)
		close(h->s.fleet.connector);
}

void
household_pass(struct household *h, uint64_t usec)
{
	unsigned int turns = 0;

	h->until = h->now + usec;
	while (supervise_turn(&h->s) && h->now < h->until)
		CU_ASSERT_FATAL(++turns < TURNS_MAX);
	/* Takes what follows from the last of them. */
	for (int i = 0; i < 12; i++)
		supervise_turn(&h->s);
}

int
household_end(struct household *h, uint64_t *took)
{
	uint64_t began = h->now;
	int code;

	h->until = CLOCK_NEVER;
	code = supervise(&h->s);
	*took = h->now - began;
	return code;
}

void
household_check_end(struct household *h, int code, uint64_t within)
{
	uint64_t took;

	CU_ASSERT_EQUAL(household_end(h, &took), code);
	CU_ASSERT_EQUAL(took, within);
	FOREACH_CHILD (child, &h->s)
		CU_ASSERT_EQUAL(child->pid, 0);
	household_close(h);
}

bool
household_runs(const struct household *h, unsigned int room, enum role role)
{
	return h->members[family_find(&h->s.family, role, room)].pid != 0;
}

unsigned int
household_kills(struct household *h, enum role role)
{
	return household_member(h, role)->signals[SIGKILL];
}

static struct sigaction before[NSIG];
static sigset_t blocked_before;

int
household_setup(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, NULL, &before[sig]);
	sigprocmask(SIG_BLOCK, NULL, &blocked_before);
	brief_init();
	supervise_signals();
	return 0;
}

int
household_cleanup(void)
{
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &before[sig], NULL);
	sigprocmask(SIG_SETMASK, &blocked_before, NULL);
	return 0;
}
