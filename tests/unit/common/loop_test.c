/*
 * The main loop of a child: who gets which message, which channel's turn it is,
 * and what happens to a channel whose other end has died.
 */
#include "common/clock.h"
#include "common/log.h"
#include "tests/unit/common/loop_stage.h"

#include <CUnit/CUnit.h>

#include <sys/wait.h>

#include <string.h>
#include <unistd.h>

void loop_suite(void);

/* Each message goes to its object, and no channel keeps another waiting. */
static void
test_turns(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.worked, 1);
	loop_stage_tell(&s, 5);
	ipc_send(&s.ui_end, IPC_QUIT, NULL, NULL, 0);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 2);
	CU_ASSERT_EQUAL(s.quits, 1);
	CU_ASSERT_EQUAL(s.worked, 2);
	loop_turn(&s.loop);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 5);
	loop_stage_end(&s);
}

static void
test_congestion(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	s.full = true;
	loop_stage_tell(&s, 1);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 0);
	s.full = false;
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 1);
	loop_stage_end(&s);
}

/* Messages that came in one call are more than a turn takes: the loop does not
 * wait for others, but for whoever is congested. */
static void
test_held(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	ipc_share_calls(&s.netd);
	s.deadline = CLOCK_NEVER;
	loop_stage_tell(&s, 5);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 2);
	s.full = true;
	s.deadline = 0;
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 2);
	s.full = false;
	s.deadline = CLOCK_NEVER;
	loop_turn(&s.loop);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 5);
	loop_stage_end(&s);
}

/* A channel that is not looked at for now, and a process that takes nothing
 * yet: what has come waits, and so does the end of a neighbour. */
static void
test_later(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	loop_stage_tell(&s, 1);
	ipc_close(&s.netd_end);
	s.loop.channels[0].off = true;
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked + s.gone, 0);
	s.loop.channels[0].off = false;
	s.asleep = true;
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked + s.gone, 0);
	CU_ASSERT_EQUAL(s.worked, 2);
	s.asleep = false;
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 1);
	CU_ASSERT_EQUAL(s.gone, 1);
	loop_stage_end(&s);
}

/* What waits in a queue goes out as soon as there is room for it: to the
 * neighbours, and to the launcher. */
static void
test_flush(void)
{
	const struct ipc_log line = { .level = LOG_INFO };
	const struct ipc_sent_all told = { .seq = 1 };
	char text[100] = "";
	struct ipc_message_in in;
	struct stage s;

	loop_stage_begin(&s, 2);
	memset(text, 'x', sizeof(text));
	while (s.netd.first == NULL)
		ipc_send(&s.netd, IPC_NET_ASK, NULL, NULL, 0);
	while (s.ui.first == NULL)
		ipc_send(&s.ui, IPC_SENT_ALL, &told, NULL, 0);
	while (s.child.control.first == NULL)
		ipc_send(&s.child.control, IPC_LOG, &line, text, sizeof(text));
	while (ipc_receive(&s.netd_end, &in) == IPC_GOT)
		;
	while (ipc_receive(&s.ui_end, &in) == IPC_GOT)
		;
	while (ipc_receive(&s.launcher, &in) == IPC_GOT)
		;
	loop_turn(&s.loop);
	CU_ASSERT_PTR_NULL(s.netd.first);
	CU_ASSERT_PTR_NULL(s.ui.first);
	CU_ASSERT_PTR_NULL(s.child.control.first);
	loop_stage_end(&s);
}

/* After a death all that the other end said is taken, whoever is congested, or
 * nothing at all; and only once. */
static void
test_gone(void)
{
	struct stage s;

	for (int heard = 0; heard < 2; heard++) {
		loop_stage_begin(&s, 2);
		s.loop.channels[0].heard_out = heard;
		s.full = true;
		loop_stage_tell(&s, 5);
		ipc_close(&s.netd_end);
		loop_turn(&s.loop);
		CU_ASSERT_EQUAL(s.asked, heard ? 5 : 0);
		CU_ASSERT_EQUAL(s.gone, 1);
		loop_turn(&s.loop);
		loop_end(&s.loop, &s.netd);
		CU_ASSERT_EQUAL(s.gone, 1);
		loop_stage_end(&s);
	}
}

/* The end of each of them is seen, and it is its own. */
static void
test_other_gone(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	s.loop.channels[1].gone = loop_stage_gone;
	ipc_send(&s.ui_end, IPC_QUIT, NULL, NULL, 0);
	ipc_close(&s.ui_end);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.gone, 1);
	CU_ASSERT_EQUAL(s.quits, 0);
	CU_ASSERT_EQUAL(s.ui.fd, -1);
	CU_ASSERT_NOT_EQUAL(s.netd.fd, -1);
	loop_stage_end(&s);
}

/* It dies while it is listened to, after the wait. */
static void
test_gone_meanwhile(void)
{
	struct stage s;

	loop_stage_begin(&s, 3);
	s.netd_dies = true;
	loop_stage_tell(&s, 1);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.asked, 1);
	CU_ASSERT_EQUAL(s.gone, 1);
	CU_ASSERT_EQUAL(s.netd.fd, -1);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.gone, 1);
	loop_stage_end(&s);
}

/* The launcher has said that it died, before the channel shows it. */
static void
test_told_of_end(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	loop_end(&s.loop, &s.netd);
	CU_ASSERT_EQUAL(s.gone, 0); /* not yet: its last words may come */
	s.loop.channels[0].heard_out = false;
	loop_end(&s.loop, &s.netd);
	CU_ASSERT_EQUAL(s.gone, 1);
	CU_ASSERT_EQUAL(s.netd.fd, -1);
	CU_ASSERT_NOT_EQUAL(s.ui.fd, -1);
	loop_stage_end(&s);
}

/* The end of a neighbour is noticed before the channel to the next one, which
 * gets its number; and the launcher comes before the neighbours. */
static void
test_order(void)
{
	const struct ipc_channel_end next = { .incarnation = 2,
		.role = ROLE_NETD };
	struct stage s;

	loop_stage_begin(&s, 2);
	ipc_send(&s.ui_end, IPC_QUIT, NULL, NULL, 0);
	CU_ASSERT_EQUAL(ipc_send_fd(&s.launcher, IPC_CHANNEL, &next,
			    STDERR_FILENO),
	    0);
	ipc_close(&s.netd_end);
	loop_turn(&s.loop);
	CU_ASSERT_STRING_EQUAL(s.order, "GOQ");
	loop_stage_end(&s);

	/* It is listened to, too, while nobody else has anything to say. */
	loop_stage_begin(&s, 2);
	CU_ASSERT_EQUAL(ipc_send_fd(&s.launcher, IPC_CHANNEL, &next,
			    STDERR_FILENO),
	    0);
	loop_turn(&s.loop);
	CU_ASSERT_STRING_EQUAL(s.order, "O");
	loop_stage_end(&s);
}

/* Runs a process whose neighbour sends that; returns its exit code. */
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
	loop_stage_end(s);
}

/* A message that its handler refuses ends the process, and so does one without
 * a handler. */
static void
test_faults(void)
{
	const struct ipc_local local = { .port = 1 };
	struct stage s;

	loop_stage_begin(&s, 2);
	ipc_send(&s.netd_end, IPC_LEFT, NULL, NULL, 0);
	expect_fault(&s, IPC_LEFT);
	loop_stage_begin(&s, 2);
	ipc_send(&s.netd_end, IPC_LOCAL, &local, NULL, 0);
	expect_fault(&s, IPC_LOCAL);
	/* A process that does not handle its neighbour's end ends, too. */
	loop_stage_begin(&s, 2);
	ipc_close(&s.ui_end);
	CU_ASSERT_EQUAL(end_of(&s), CHILD_ORPHANED);
	loop_stage_end(&s);
}

void
loop_suite(void)
{
	CU_pSuite suite = CU_add_suite("loop", NULL, NULL);

	CU_add_test(suite, "turns", test_turns);
	CU_add_test(suite, "who is congested", test_congestion);
	CU_add_test(suite, "what is held", test_held);
	CU_add_test(suite, "what waits", test_later);
	CU_add_test(suite, "what is queued", test_flush);
	CU_add_test(suite, "who is gone", test_gone);
	CU_add_test(suite, "another is gone", test_other_gone);
	CU_add_test(suite, "who is gone meanwhile", test_gone_meanwhile);
	CU_add_test(suite, "who is said to be gone", test_told_of_end);
	CU_add_test(suite, "who comes first", test_order);
	CU_add_test(suite, "what is refused", test_faults);
}
