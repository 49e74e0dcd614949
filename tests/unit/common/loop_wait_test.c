/*
 * The main loop of a child: how long it waits and for what, which descriptors
 * it waits for together with its channels, and its bounds.
 */
#include "common/clock.h"
#include "tests/unit/common/loop_stage.h"
#include "tests/unit/forked.h"

#include <sys/resource.h>

#include <CUnit/CUnit.h>

#include <signal.h>
#include <unistd.h>

void loop_wait_suite(void);

/* --- Other descriptors ---------------------------------------------------- */

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
	loop_stage_begin(&s, 2);
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
	loop_stage_end(&s);
}

/* All that are ready are told of at once, each with what it is ready for; one
 * that is -1 is not looked at. */
static void
on_two_ready(void *self)
{
	struct stage *s = self;

	CU_ASSERT_FALSE(s->ready);
	CU_ASSERT_EQUAL(s->loop.fds[0].revents, POLLIN);
	CU_ASSERT_EQUAL(s->loop.fds[1].revents, 0);
	CU_ASSERT_EQUAL(s->loop.fds[2].revents, POLLOUT);
	s->ready = true;
}

static void
test_all_descriptors(void)
{
	struct stage s;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	CU_ASSERT_EQUAL(write(fds[1], "x", 1), 1);
	loop_stage_begin(&s, 2);
	s.loop.fds[0] = (struct pollfd){ fds[0], POLLIN, 0 };
	s.loop.fds[1] = (struct pollfd){ -1, POLLIN, 0 };
	s.loop.fds[2] = (struct pollfd){ fds[1], POLLOUT, 0 };
	s.loop.fd_count = LOOP_FDS;
	s.loop.ready = on_two_ready;
	loop_stage_tell(&s, 1);
	loop_turn(&s.loop);
	CU_ASSERT_TRUE(s.ready);
	CU_ASSERT_EQUAL(s.asked, 1);
	close(fds[0]);
	close(fds[1]);
	loop_stage_end(&s);
}

/* --- The wait ------------------------------------------------------------- */

/* It lasts until the deadline, even if a congested neighbour's message could be
 * read: a process that goes round and round does not wait. */
static void
test_deadline(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	s.full = true;
	loop_stage_tell(&s, 1);
	s.deadline = s.now + 20 * USEC_PER_MSEC;
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.loop.due, s.deadline);
	CU_ASSERT(s.now >= s.deadline);
	CU_ASSERT(s.now <= clock_now());
	CU_ASSERT_EQUAL(s.asked, 0);
	loop_stage_end(&s);
}

/* There need be no deadline, and nothing else to call. */
static void
test_bare(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	s.loop.deadline = NULL;
	s.loop.woke = NULL;
	s.loop.work = NULL;
	loop_stage_tell(&s, 1);
	loop_turn(&s.loop);
	CU_ASSERT_EQUAL(s.loop.due, CLOCK_NEVER);
	CU_ASSERT_EQUAL(s.asked, 1);
	loop_stage_end(&s);
}

static volatile sig_atomic_t caught;

static void catch (int sig)
{
	caught = sig;
}

/* A signal that is blocked but for the wait ends it, and is no error. */
static int
wait_for_signal(void *arg)
{
	struct stage *s = arg;
	sigset_t blocked, none;

	sigemptyset(&none);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGUSR1, catch);
	raise(SIGUSR1);
	s->deadline = clock_now() + 10 * USEC_PER_SEC;
	s->loop.waiting = &none;
	EXPECT(caught == 0);
	loop_turn(&s->loop);
	EXPECT(caught == SIGUSR1);
	EXPECT(s->now < s->deadline);
	EXPECT(s->worked == 1);
	return 0;
}

static void
test_signal(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	CU_ASSERT_EQUAL(forked(wait_for_signal, &s), 0);
	loop_stage_end(&s);
}

/* --- Channels that come --------------------------------------------------- */

static bool
add_channel(void *self)
{
	struct stage *s = self;

	loop_add(&s->loop, &s->ui, 1);
	return true;
}

static void
on_second_ready(void *self)
{
	struct stage *s = self;

	CU_ASSERT_EQUAL(s->loop.fds[0].revents, 0);
	CU_ASSERT_EQUAL(s->loop.fds[1].revents, POLLOUT);
	s->ready = true;
}

/* A channel is added after the wait: what the wait told of the others holds. */
static void
test_comes(void)
{
	struct stage s;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	loop_stage_begin(&s, 2);
	s.loop.fds[0] = (struct pollfd){ fds[0], POLLIN, 0 };
	s.loop.fds[1] = (struct pollfd){ fds[1], POLLOUT, 0 };
	s.loop.fd_count = 2;
	s.loop.ready = on_second_ready;
	s.loop.woke = add_channel;
	loop_turn(&s.loop);
	CU_ASSERT_TRUE(s.ready);
	close(fds[0]);
	close(fds[1]);
	loop_stage_end(&s);
}

/* --- Its bounds ----------------------------------------------------------- */

/* Adds one channel more than the stage has. */
static int
add_one(void *arg)
{
	const struct rlimit no_core = { 0, 0 };
	struct stage *s = arg;

	setrlimit(RLIMIT_CORE, &no_core);
	close(STDERR_FILENO);
	loop_add(&s->loop, &s->ui, 1);
	return 0;
}

static int
count(void *self, const struct ipc_message_in *in)
{
	unsigned int *n = self;

	(void)in;
	++*n;
	return 0;
}

/* A handler that was added without an object gets the channel's. */
static void
test_self(void)
{
	unsigned int own = 0, channel = 0;
	const struct handler handlers[] = {
		{ IPC_QUIT, count, NULL },
		{ IPC_LEFT, count, &own },
	};
	struct ipc_message_in in = { .type = IPC_QUIT };
	struct dispatch d = { 0 };

	dispatch_add(&d, handlers, 2);
	CU_ASSERT_EQUAL(dispatch_message(&d, &channel, &in), 0);
	CU_ASSERT_EQUAL(channel, 1);
	in.type = IPC_LEFT;
	CU_ASSERT_EQUAL(dispatch_message(&d, &channel, &in), 0);
	CU_ASSERT_EQUAL(channel, 1);
	CU_ASSERT_EQUAL(own, 1);
}

/* A channel too many would be written over what stands behind the others. */
static void
test_too_many(void)
{
	struct stage s;

	loop_stage_begin(&s, 2);
	while (s.loop.channel_count < LOOP_CHANNELS)
		loop_add(&s.loop, &s.ui, 1);
	/* A bug of ours: a trap, or a sanitizer's report of it. */
	CU_ASSERT_NOT_EQUAL(forked(add_one, &s), 0);
	loop_remove(&s.loop, &s.netd);
	CU_ASSERT_EQUAL(forked(add_one, &s), 0);
	loop_stage_end(&s);
}

void
loop_wait_suite(void)
{
	CU_pSuite suite = CU_add_suite("loop_wait", NULL, NULL);

	CU_add_test(suite, "other descriptors", test_descriptors);
	CU_add_test(suite, "all descriptors", test_all_descriptors);
	CU_add_test(suite, "until the deadline", test_deadline);
	CU_add_test(suite, "without a deadline", test_bare);
	CU_add_test(suite, "until a signal comes", test_signal);
	CU_add_test(suite, "the object of a handler", test_self);
	CU_add_test(suite, "a channel that comes", test_comes);
	CU_add_test(suite, "a channel too many", test_too_many);
}
