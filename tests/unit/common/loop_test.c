/*
 * The main loop of a child: who gets which message, whose turn it is, and what
 * becomes of a channel whose other end has died.
 */
#include "common/loop.h"
#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <sys/wait.h>

#include <string.h>
#include <unistd.h>

void loop_suite(void);

/* A cryptod, its launcher and its two neighbours. */
struct stage {
	struct child child;
	struct loop loop;
	uint64_t now;
	struct ipc_channel launcher;
	struct ipc_channel netd, netd_end;
	struct ipc_channel ui, ui_end;
	int asked;  /* NET_STATUS came so often, */
	int quits;  /* and QUIT, */
	int worked; /* and it had time to work */
	int gone;
	bool full; /* nothing more is taken of netd */
	bool ready;
};

static int
on_net_status(void *self, const struct ipc_message_in *in)
{
	int *count = self;

	CU_ASSERT(in->now > 0);
	(*count)++;
	return 0;
}

static int
on_quit(void *self, const struct ipc_message_in *in)
{
	struct stage *s = self;

	CU_ASSERT_EQUAL(in->type, IPC_QUIT);
	CU_ASSERT_EQUAL(in->now, s->now);
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

static void
gone(void *self, struct ipc_channel *ch)
{
	struct stage *s = self;

	CU_ASSERT_PTR_EQUAL(ch, &s->netd);
	CU_ASSERT_EQUAL(ch->fd, -1);
	s->gone++;
}

static uint64_t
at_once(const void *self)
{
	const struct stage *s = self;

	return s->now;
}

static void
work(void *self)
{
	struct stage *s = self;

	s->worked++;
}

static void
begin(struct stage *s, int turn)
{
	const struct handler handlers[] = {
		{ IPC_NET_STATUS, on_net_status, &s->asked },
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
	dispatch_add(&s->loop.handlers, handlers, 3);
	c = loop_add(&s->loop, &s->netd, turn);
	c->may_read = may_read;
	c->gone = gone;
	c->heard_out = true;
	loop_add(&s->loop, &s->ui, turn);
	s->loop.deadline = at_once;
	s->loop.work = work;
}

static void
end(struct stage *s)
{
	ipc_close(&s->child.control);
	ipc_close(&s->launcher);
	ipc_close(&s->netd);
	ipc_close(&s->netd_end);
	ipc_close(&s->ui);
	ipc_close(&s->ui_end);
}

static void
tell(struct stage *s, int count)
{
	const struct ipc_net_status status = { .heard = 1 };

	while (count-- > 0)
		CU_ASSERT_EQUAL(ipc_send(&s->netd_end, IPC_NET_STATUS, &status,
				    NULL, 0),
		    0);
}

/* Each its object; one channel does not keep the other waiting. */
static void
test_turns(void)
{
	struct stage s;

	begin(&s, 2);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.worked, 1);
	tell(&s, 5);
	ipc_send(&s.ui_end, IPC_QUIT, NULL, NULL, 0);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 2);
	CU_ASSERT_EQUAL(s.quits, 1);
	CU_ASSERT_EQUAL(s.worked, 2);
	loop_turn(&s.loop);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 5);
	end(&s);
}

static void
test_congestion(void)
{
	struct stage s;

	begin(&s, 2);
	s.full = true;
	tell(&s, 1);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 0);
	s.full = false;
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 1);
	end(&s);
}

/* All that it said, whoever is congested; or nothing. Once. */
static void
test_gone(void)
{
	struct stage s;

	for (int heard = 0; heard < 2; heard++) {
		begin(&s, 2);
		s.loop.channels[0].heard_out = heard;
		s.full = true;
		tell(&s, 5);
		ipc_close(&s.netd_end);
		loop_turn(&s.loop);
		CU_ASSERT_EQUAL(s.asked, heard ? 5 : 0);
		CU_ASSERT_EQUAL(s.gone, 1);
		loop_turn(&s.loop);
		loop_end(&s.loop, &s.netd);
		CU_ASSERT_EQUAL(s.gone, 1);
		end(&s);
	}
}

/* The process whose neighbour sends that; returns its exit code. */
static int
end_of(struct stage *s)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < 3; i++)
			loop_turn(&s->loop);
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
expect_fault(struct stage *s, enum ipc_type type)
{
	const struct ipc_fault *fault;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(end_of(s), 1);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&s->launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_FAULT);
	fault = in.body;
	CU_ASSERT_EQUAL(fault->role, ROLE_NETD);
	CU_ASSERT_EQUAL(fault->type, type);
	end(s);
}

/* A message that its handler refuses, and one that has none. */
static void
test_faults(void)
{
	const struct ipc_local local = { .port = 1 };
	struct stage s;

	begin(&s, 2);
	ipc_send(&s.netd_end, IPC_LEFT, NULL, NULL, 0);
	expect_fault(&s, IPC_LEFT);
	begin(&s, 2);
	ipc_send(&s.netd_end, IPC_LOCAL, &local, NULL, 0);
	expect_fault(&s, IPC_LOCAL);
	/* A process that has nothing to say about its neighbour's end ends,
	 * too. */
	begin(&s, 2);
	ipc_close(&s.ui_end);
	CU_ASSERT_EQUAL(end_of(&s), CHILD_ORPHANED);
	end(&s);
}

static void
on_ready(void *self)
{
	struct stage *s = self;
	char byte;

	CU_ASSERT_EQUAL(s->loop.fds[0].revents & POLLIN, POLLIN);
	CU_ASSERT_EQUAL(read(s->loop.fds[0].fd, &byte, 1), 1);
	s->ready = true;
}

static void
test_descriptors(void)
{
	struct stage s;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	begin(&s, 2);
	s.loop.fds[0] = (struct pollfd){ fds[0], POLLIN, 0 };
	s.loop.fd_count = 1;
	s.loop.ready = on_ready;
	loop_turn(&s.loop);
	CU_ASSERT_FALSE(s.ready);
	CU_ASSERT_EQUAL(write(fds[1], "x", 1), 1);
	loop_turn(&s.loop);
	CU_ASSERT_TRUE(s.ready);
	close(fds[0]);
	close(fds[1]);
	end(&s);
}

void
loop_suite(void)
{
	CU_pSuite suite = CU_add_suite("loop", NULL, NULL);

	CU_add_test(suite, "turns", test_turns);
	CU_add_test(suite, "who is congested", test_congestion);
	CU_add_test(suite, "who is gone", test_gone);
	CU_add_test(suite, "what is refused", test_faults);
	CU_add_test(suite, "other descriptors", test_descriptors);
}
