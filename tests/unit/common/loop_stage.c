/*
 * What the tests of the main loop share. See loop_stage.h.
 */
#include "tests/unit/common/loop_stage.h"
#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <string.h>
#include <unistd.h>

static void
note(struct stage *s, const char *what)
{
	CU_ASSERT(strlen(s->order) + 1 < sizeof(s->order));
	strncat(s->order, what, 1);
}

static int
on_net_status(void *self, const struct ipc_message_in *in)
{
	struct stage *s = self;

	CU_ASSERT_EQUAL(in->now, s->now);
	s->asked++;
	if (s->netd_dies)
		ipc_close(&s->netd_end);
	return 0;
}

static int
on_channel(void *self, const struct ipc_message_in *in)
{
	note(self, "O");
	close(in->fd);
	return 0;
}

static int
on_quit(void *self, const struct ipc_message_in *in)
{
	struct stage *s = self;

	CU_ASSERT_EQUAL(in->type, IPC_QUIT);
	CU_ASSERT_EQUAL(in->now, s->now);
	note(s, "Q");
	s->quits++;
	return 0;
}

static int
refuse(void *self, const struct ipc_message_in *in)
{
	(void)self;
	(void)in;
	return -1;
}

static bool
may_read(const void *self, bool gone)
{
	const struct stage *s = self;

	return gone || !s->full;
}

void
loop_stage_gone(void *self, struct ipc_channel *ch)
{
	struct stage *s = self;

	CU_ASSERT(ch == &s->netd || ch == &s->ui);
	CU_ASSERT_EQUAL(ch->fd, -1);
	note(s, "G");
	s->gone++;
}

static uint64_t
deadline(const void *self)
{
	const struct stage *s = self;

	return s->deadline != 0 ? s->deadline : s->now;
}

static bool
woke(void *self)
{
	const struct stage *s = self;

	return !s->asleep;
}

static void
work(void *self)
{
	struct stage *s = self;

	s->worked++;
}

void
loop_stage_begin(struct stage *s, int turn)
{
	const struct handler handlers[] = {
		{ IPC_NET_STATUS, on_net_status, s },
		{ IPC_CHANNEL, on_channel, s },
		{ IPC_QUIT, on_quit, s },
		{ IPC_LEFT, refuse, s },
	};
	struct loop_channel *c;

	memset(s, 0, sizeof(*s));
	s->child.role = ROLE_CRYPTOD;
	ipc_pair(&s->child.control, ROLE_CRYPTOD, &s->launcher, ROLE_LAUNCHER);
	ipc_pair(&s->netd, ROLE_CRYPTOD, &s->netd_end, ROLE_NETD);
	ipc_pair(&s->ui, ROLE_CRYPTOD, &s->ui_end, ROLE_UI);
	loop_init(&s->loop, &s->child, s, &s->now);
	dispatch_add(&s->loop.handlers, handlers, 4);
	c = loop_add(&s->loop, &s->netd, turn);
	c->may_read = may_read;
	c->gone = loop_stage_gone;
	c->heard_out = true;
	loop_add(&s->loop, &s->ui, turn);
	s->loop.deadline = deadline;
	s->loop.woke = woke;
	s->loop.work = work;
}

void
loop_stage_end(struct stage *s)
{
	ipc_close(&s->child.control);
	ipc_close(&s->launcher);
	ipc_close(&s->netd);
	ipc_close(&s->netd_end);
	ipc_close(&s->ui);
	ipc_close(&s->ui_end);
}

void
loop_stage_tell(struct stage *s, int count)
{
	const struct ipc_net_status status = { .heard = 1 };

	while (count-- > 0)
		CU_ASSERT_EQUAL(ipc_send(&s->netd_end, IPC_NET_STATUS, &status,
				    NULL, 0),
		    0);
}
