/*
 * The main loop of fleetd. See run.h.
 */
#include "fleetd/run.h"

#include "common/log.h"
#include "common/loop.h"
#include "fleetd/engine.h"
#include "fleetd/outage.h"
#include "fleetd/want.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct courier {
	struct loop loop;
	struct ipc_channel netd;
	struct want want;
	struct engine_setup setup;
	struct engine engine;
	struct outage outage;
	bool asked; /* by this netd, not by one before it */
	/* A connection is being made: this waits for it. */
	bool holds;
	struct engine_record held;
	uint64_t now;
};

/* --- What the engine says, for netd and the log -------------------------- */

/* A round of a netd that has died is of no use to the next one. */
static void
tell_netd(struct courier *c, enum ipc_type type, const void *body,
    const void *tail, size_t len)
{
	if (c->asked)
		ipc_send(&c->netd, type, body, tail, len);
}

static void
on_found(void *self, uint64_t id, const uint8_t *sealed, size_t len)
{
	const struct ipc_fleet_found found = { .id = id };

	tell_netd(self, IPC_FLEET_FOUND, &found, sealed, len);
}

static void
on_over(void *self, const struct ipc_fleet_round *round)
{
	struct courier *c = self;

	tell_netd(c, IPC_FLEET_ROUND, round, NULL, 0);
	if (round->result != FLEET_ROUND_DONE)
		return;
	want_served(&c->want);
	if (outage_over(&c->outage))
		log_event(LOG_INFO, "engine_serves", "rtt_us=%u",
		    round->rtt_us);
}

static void
on_lost(void *self, const char *why)
{
	struct courier *c = self;

	want_failed(&c->want, c->now);
	if (outage_lost(&c->outage, why))
		log_event(LOG_WARN, "engine_lost",
		    "msg=the fleet's engine is lost: %s", why);
}

/* --- What the launcher and netd say -------------------------------------- */

/* netd has died, and its successor's channel comes. The connection to the
 * engine stays. */
static void
netd_gone(void *self, struct ipc_channel *ch)
{
	struct courier *c = self;

	(void)ch;
	c->asked = c->holds = false;
}

static int
on_channel(void *self, const struct ipc_message_in *in)
{
	const struct ipc_channel_end *end = in->body;
	struct courier *c = self;

	if (end->role != ROLE_NETD)
		return -1;
	loop_end(&c->loop, &c->netd);
	child_reopen(c->loop.child, &c->netd, FD_NETD, in->fd);
	return 0;
}

/* Puts a connection at its number, which the filter knows. */
static void
place_engine(int fd)
{
	if (fd == FD_ENGINE)
		return;
	if (dup3(fd, FD_ENGINE, O_CLOEXEC) == -1)
		fatal("connection to the engine: %s", strerror(errno));
	close(fd);
}

/* A connection has come, or will not. */
static void
let_go(struct courier *c, uint64_t now)
{
	if (c->holds)
		engine_round(&c->engine, &c->held, now);
	c->holds = false;
}

/* There is one at a time, since there is none when we ask. */
static int
on_engine(void *self, const struct ipc_message_in *in)
{
	struct courier *c = self;

	if (engine_fd(&c->engine) != -1)
		return -1;
	place_engine(in->fd);
	engine_take(&c->engine, FD_ENGINE, in->now);
	let_go(c, in->now);
	return 0;
}

static int
on_no_engine(void *self, const struct ipc_message_in *in)
{
	struct courier *c = self;

	want_failed(&c->want, in->now);
	let_go(c, in->now);
	return 0;
}

static int
on_record(void *self, const struct ipc_message_in *in)
{
	const struct ipc_fleet_record *head = in->body;
	struct engine_record record = { .head = *head, .len = in->tail_len };
	struct courier *c = self;

	if (in->tail_len > 0)
		memcpy(record.sealed, in->tail, in->tail_len);
	c->asked = true;
	if (engine_fd(&c->engine) == -1 && want_is_asked(&c->want)) {
		c->held = record;
		c->holds = true;
		return 0;
	}
	engine_round(&c->engine, &record, in->now);
	return 0;
}

/* --- The main loop ------------------------------------------------------- */

static void
ready(void *self)
{
	struct courier *c = self;

	engine_ready(&c->engine, c->now);
}

/* What it waits for next is known last. */
static void
work(void *self)
{
	struct courier *c = self;

	engine_work(&c->engine, c->now);
	if (want_ask(&c->want, c->now))
		ipc_send(&c->loop.child->control, IPC_ENGINE_ASK, NULL, NULL,
		    0);
	c->loop.fds[0].fd = engine_fd(&c->engine);
	c->loop.fds[0].events = engine_events(&c->engine);
}

static uint64_t
deadline(const void *self)
{
	const struct courier *c = self;

	return clock_min(c->want.at, engine_deadline(&c->engine));
}

/* The number of messages that are taken in a turn. */
#define TURN 16

void
fleetd_run(struct child *child, const struct fleetd_start *start)
{
	static const struct engine_calls calls = { on_found, on_over, on_lost };
	static struct courier c;
	const struct handler handlers[] = {
		{ IPC_CHANNEL, on_channel, &c },
		{ IPC_ENGINE, on_engine, &c },
		{ IPC_NO_ENGINE, on_no_engine, &c },
		{ IPC_FLEET_RECORD, on_record, &c },
	};

	loop_init(&c.loop, child, &c, &c.now);
	c.loop.fd_count = 1;
	c.loop.ready = ready;
	c.loop.work = work;
	c.loop.deadline = deadline;
	want_init(&c.want, c.now);
	c.setup = (struct engine_setup){
		.trust = start->trust,
		.user = start->access->user,
		.password = start->access->password,
		.db = start->db,
	};
	engine_init(&c.engine, &c.setup, &calls, &c);
	child_open(child, &c.netd, FD_NETD, ROLE_NETD);
	loop_add(&c.loop, &c.netd, TURN)->gone = netd_gone;
	dispatch_add(&c.loop.handlers, handlers,
	    sizeof(handlers) / sizeof(handlers[0]));
	work(&c);
	for (;;)
		loop_turn(&c.loop);
}
