/*
 * fleetd as a process: what it tells netd and the launcher while its engine
 * comes, goes and comes back.
 */
#include "fleetd/run.h"
#include "tests/unit/fleetd/play.h"
#include "tests/unit/worker.h"

#include <sys/socket.h>

#include <CUnit/CUnit.h>

#include <poll.h>
#include <string.h>
#include <unistd.h>

void fleetd_suite(void);

struct scene {
	struct worker w;
	struct play play; /* the engine, of which it is the other end */
};

static struct scene s;

static void
run(struct child *child, void *arg)
{
	fleetd_run(child, arg);
}

static void
check_asks(void)
{
	struct ipc_message_in in;

	worker_says(&s.w.launcher, IPC_ENGINE_ASK, &in);
}

static void
begin(void)
{
	static const struct engine_access access = { .password = "secret" };
	static struct fleetd_start start = { .access = &access };

	play_begin(&s.play);
	worker_start(&s.w, PROCESS_FLEETD, MODE_BOOTNODE, run, &start);
	check_asks();
}

static void
end(void)
{
	worker_stop(&s.w);
	play_end(&s.play);
}

/* --- The engine ----------------------------------------------------------- */

static void
pass_engine(void)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX,
				  SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
				  pair),
	    0);
	CU_ASSERT_EQUAL(ipc_send_fd(&s.w.launcher, IPC_ENGINE, NULL, pair[1]),
	    0);
	close(pair[1]);
	s.play.peer = pair[0];
}

static void
check_asked(const char *commands)
{
	struct pollfd pfd = { s.play.peer, POLLIN, 0 };

	CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, 10000), 1);
	CU_ASSERT_STRING_EQUAL(play_asked(&s.play), commands);
}

static void
answer(const char *text)
{
	CU_ASSERT_EQUAL(send(s.play.peer, text, strlen(text), MSG_NOSIGNAL),
	    (ssize_t)strlen(text));
}

/* A new engine lets us in. */
static void
bring_engine(void)
{
	pass_engine();
	check_asked("AUTH secret\n");
	answer("+OK\r\n");
}

/* --- netd ----------------------------------------------------------------- */

static struct ipc_channel *
netd(void)
{
	return worker_end(&s.w, ROLE_NETD);
}

static void
write_record(bool ends)
{
	struct ipc_fleet_record head = { .name = { 0xab, 0xcd },
		.id = PLAY_ID,
		.ends = ends };

	ipc_send(netd(), IPC_FLEET_RECORD, &head, PLAY_SEALED,
	    ends ? 0 : strlen(PLAY_SEALED));
}

static void
check_found(void)
{
	const struct ipc_fleet_found *found;
	struct ipc_message_in in;

	found = worker_says(netd(), IPC_FLEET_FOUND, &in);
	CU_ASSERT_EQUAL(found->id, PLAY_ID);
	CU_ASSERT_EQUAL(in.tail_len, strlen(PLAY_SEALED));
	CU_ASSERT_EQUAL(memcmp(in.tail, PLAY_SEALED, in.tail_len), 0);
}

static void
check_over(enum fleet_result result, unsigned int found)
{
	const struct ipc_fleet_round *round;
	struct ipc_message_in in;

	round = worker_says(netd(), IPC_FLEET_ROUND, &in);
	CU_ASSERT_EQUAL(round->result, result);
	CU_ASSERT_EQUAL(round->found, found);
}

static void
answer_round(void)
{
	check_asked(PLAY_WRITES);
	answer(PLAY_ALONE);
	check_asked(PLAY_READS);
	answer(PLAY_RECORD);
}

static void
check_round(void)
{
	write_record(false);
	answer_round();
	check_found();
	check_over(FLEET_ROUND_DONE, 1);
}

/* --- Tests ---------------------------------------------------------------- */

static void
test_rounds(void)
{
	begin();
	bring_engine();
	check_round();
	worker_logs(&s.w, "engine_serves rtt_us=");
	check_round();
	worker_is_silent(&s.w, &s.w.launcher);
	write_record(true);
	check_asked("DEL @node:" PLAY_ID_HEX "\nSREM @nodes " PLAY_ID_HEX "\n");
	answer(":1\r\n:1\r\n");
	check_over(FLEET_ROUND_DONE, 0);
	end();
}

/* Without an engine, and while there is none to be had. */
static void
test_none(void)
{
	begin();
	for (int i = 0; i < 3; i++) {
		write_record(false); /* waits for what is asked for */
		worker_is_silent(&s.w, netd());
		ipc_send(&s.w.launcher, IPC_NO_ENGINE, NULL, NULL, 0);
		check_over(FLEET_ROUND_AWAY, 0);
		write_record(false);
		check_over(FLEET_ROUND_AWAY, 0);
		s.w.said[IPC_ENGINE_ASK] = false;
		worker_waits(&s.w, 8);
		CU_ASSERT_TRUE(s.w.said[IPC_ENGINE_ASK]);
	}
	write_record(false);
	bring_engine();
	answer_round();
	check_found();
	check_over(FLEET_ROUND_DONE, 1);
	end();
}

/* The engine goes and comes back: that is said once. */
static void
test_lost(void)
{
	begin();
	bring_engine();
	check_round();
	for (int i = 0; i < 2; i++) {
		write_record(false);
		check_asked(PLAY_WRITES);
		play_closes(&s.play);
		check_over(FLEET_ROUND_AWAY, 0);
		worker_logs(&s.w,
		    "engine_lost msg=the fleet's engine is lost: "
		    "the engine closed the connection");
		check_asks();
		bring_engine();
		play_closes(&s.play); /* it is lost once more, unsaid */
		check_asks();
		bring_engine();
		check_round();
		worker_logs(&s.w, "engine_serves");
	}
	worker_is_silent(&s.w, &s.w.launcher);
	end();
}

/* One that is not lost, but silent. */
static void
test_late(void)
{
	begin();
	bring_engine();
	check_round();
	write_record(false);
	check_asked(PLAY_WRITES);
	worker_waits(&s.w, 3);
	check_over(FLEET_ROUND_AWAY, 0);
	CU_ASSERT_EQUAL(recv(s.play.peer, (char[1]){ 0 }, 1, MSG_DONTWAIT), 0);
	play_closes(&s.play);
	end();
}

/* netd dies during a round. The next one has rounds of its own, by the same
 * connection, and hears nothing of that one. */
static void
test_netd_dies(void)
{
	begin();
	bring_engine();
	write_record(false);
	check_asked(PLAY_WRITES);
	worker_replace(&s.w, ROLE_NETD);
	worker_settles(&s.w);
	answer(PLAY_ALONE);
	check_asked(PLAY_READS);
	answer(PLAY_RECORD);
	worker_logs(&s.w, "engine_serves");
	worker_is_silent(&s.w, netd());
	check_round();
	end();
}

/* A second connection is nothing that was asked for. */
static void
test_second(void)
{
	int first;

	begin();
	pass_engine();
	first = s.play.peer;
	pass_engine();
	worker_blames(&s.w, ROLE_LAUNCHER, IPC_ENGINE);
	close(first);
	play_end(&s.play);
}

void
fleetd_suite(void)
{
	CU_pSuite suite = CU_add_suite("fleetd", NULL, NULL);

	CU_add_test(suite, "rounds", test_rounds);
	CU_add_test(suite, "no engine", test_none);
	CU_add_test(suite, "an engine that goes and comes", test_lost);
	CU_add_test(suite, "an engine that is silent", test_late);
	CU_add_test(suite, "netd dies", test_netd_dies);
	CU_add_test(suite, "a second engine", test_second);
}
