/*
 * The main loop of fleetd. See run.h.
 */
#include "fleetd/run.h"

#include "common/log.h"
#include "common/loop.h"
#include "fleetd/want.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct courier {
	struct loop loop;
	struct ipc_channel netd;
	struct want want;
	uint64_t now;
};

/* netd has died, and its successor's channel comes. The connection to the
 * engine stays. */
static void
netd_gone(void *self, struct ipc_channel *ch)
{
	(void)self;
	(void)ch;
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

static int
on_engine(void *self, const struct ipc_message_in *in)
{
	struct courier *c = self;

	place_engine(in->fd);
	close(FD_ENGINE);
	want_failed(&c->want, in->now);
	return 0;
}

static int
on_no_engine(void *self, const struct ipc_message_in *in)
{
	struct courier *c = self;

	want_failed(&c->want, in->now);
	return 0;
}

static int
on_record(void *self, const struct ipc_message_in *in)
{
	const struct ipc_fleet_round round = { .result = FLEET_ROUND_AWAY };
	struct courier *c = self;

	(void)in;
	ipc_send(&c->netd, IPC_FLEET_ROUND, &round, NULL, 0);
	return 0;
}

static void
work(void *self)
{
	struct courier *c = self;

	if (want_ask(&c->want, c->now))
		ipc_send(&c->loop.child->control, IPC_ENGINE_ASK, NULL, NULL,
		    0);
}

static uint64_t
deadline(const void *self)
{
	const struct courier *c = self;

	return c->want.at;
}

/* The number of messages that are taken in a turn. */
#define TURN 16

void
fleetd_run(struct child *child, const struct ipc_config_fleetd *config,
    const struct credentials *credentials)
{
	static struct courier c;
	const struct handler handlers[] = {
		{ IPC_CHANNEL, on_channel, &c },
		{ IPC_ENGINE, on_engine, &c },
		{ IPC_NO_ENGINE, on_no_engine, &c },
		{ IPC_FLEET_RECORD, on_record, &c },
	};

	(void)config;
	(void)credentials;
	loop_init(&c.loop, child, &c, &c.now);
	c.loop.work = work;
	c.loop.deadline = deadline;
	want_init(&c.want, c.now);
	child_open(child, &c.netd, FD_NETD, ROLE_NETD);
	loop_add(&c.loop, &c.netd, TURN)->gone = netd_gone;
	dispatch_add(&c.loop.handlers, handlers,
	    sizeof(handlers) / sizeof(handlers[0]));
	work(&c);
	for (;;)
		loop_turn(&c.loop);
}
