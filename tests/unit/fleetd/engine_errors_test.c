/*
 * Engines that do not do what they should: the round is away, the connection is
 * closed, and it is said why.
 */
#include "tests/unit/fleetd/play.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

void engine_errors_suite(void);

static struct play s;

/* --- The steps of a round ------------------------------------------------- */

/* The answers until the engine is asked each thing: AUTH and SELECT; SET;
 * SADD; PEXPIRE; SRANDMEMBER; MGET; SREM. */
static const char *const until[] = {
	"",
	"+OK\r\n",
	"+OK\r\n+OK\r\n",
	"+OK\r\n+OK\r\n+OK\r\n",
	"+OK\r\n+OK\r\n+OK\r\n:1\r\n",
	"+OK\r\n+OK\r\n" PLAY_WRITTEN,
	"+OK\r\n+OK\r\n" PLAY_ALONE,
	"+OK\r\n+OK\r\n" PLAY_ALONE "*1\r\n$-1\r\n",
};
#define STEPS (sizeof(until) / sizeof(until[0]))

/* A round under way, at each of these steps. The engine cannot answer before it
 * is asked, so each answer has a turn of its own. */
static void
begin_at(size_t step)
{
	play_begin(&s);
	s.setup.password = "secret";
	s.setup.db = 1;
	play_connect(&s);
	play_round(&s);
	if (step >= 2)
		play_answers(&s, until[2]);
	if (step >= 2 && step < 6)
		play_answers(&s, until[step] + strlen(until[2]));
	if (step >= 6)
		play_answers(&s, until[6] + strlen(until[2]));
	if (step == 7)
		play_answers(&s, until[7] + strlen(until[6]));
	if (step == 1)
		play_answers(&s, until[1]);
	CU_ASSERT_EQUAL_FATAL(s.lost, 0);
	CU_ASSERT_EQUAL_FATAL(s.away, 0);
}

/* At each step, the engine answers that. */
static void
check_answer(const char *answer, const char *why)
{
	for (size_t i = 0; i < STEPS; i++) {
		begin_at(i);
		play_answers(&s, answer);
		play_lost(&s, 1, why);
		play_end(&s);
	}
}

static void
test_errors(void)
{
	check_answer("-NOAUTH Authentication required.\r\n",
	    "the engine answered NOAUTH");
	check_answer("-WRONGPASS invalid username-password pair\r\n",
	    "the engine answered WRONGPASS");
	check_answer("-NOPERM this user has no permissions\r\n",
	    "the engine answered NOPERM");
	check_answer("-LOADING Redis is loading\r\n",
	    "the engine answered LOADING");
	check_answer("-OOM command not allowed\r\n", "the engine answered OOM");
	check_answer("-READONLY You can't write against a replica.\r\n",
	    "the engine answered READONLY");
	check_answer("-WRONGTYPE Operation against a key\r\n",
	    "the engine answered WRONGTYPE");
}

/* Nothing like this is ever wanted. */
static void
test_wrong(void)
{
	check_answer("$2\r\nOK\r\n", "the engine's answer has the wrong type");
	check_answer("*-1\r\n", "the engine's answer has the wrong type");
	check_answer("SSH-2.0-OpenSSH\r\n", "the engine does not speak RESP");
}

/* The engine closes the connection, after each byte of an answer. */
static void
test_closes(void)
{
	static const char part[] = "*1\r\n$6\r\nseal";

	for (size_t i = 0; i < STEPS; i++) {
		begin_at(i);
		play_closes(&s);
		play_lost(&s, 1, "the engine closed the connection");
		play_end(&s);
	}
	for (size_t len = 0; len < sizeof(part); len++) {
		begin_at(6);
		play_answers_bytes(&s, part, len);
		play_closes(&s);
		play_lost(&s, 1, "the engine closed the connection");
		CU_ASSERT_EQUAL(s.found, 0);
		play_end(&s);
	}
}

/* The engine has two seconds for a round, and for the steps before it, however
 * it spreads its answers. */
static void
test_late(void)
{
	for (size_t i = 0; i < STEPS; i++) {
		begin_at(i);
		CU_ASSERT_EQUAL(engine_deadline(&s.engine),
		    s.now + ENGINE_PATIENCE);
		play_waits(&s, ENGINE_PATIENCE - 1);
		CU_ASSERT_EQUAL(s.lost, 0);
		play_waits(&s, 1);
		play_lost(&s, 1, "the engine did not answer in time");
		play_end(&s);
	}
}

static void
test_drips(void)
{
	static const char answers[] = PLAY_ALONE;
	size_t at = 0;

	begin_at(2);
	while (s.lost == 0 && at < sizeof(answers) - 1) {
		play_answers_bytes(&s, answers + at++, 1);
		play_waits(&s, 100 * USEC_PER_MSEC);
	}
	CU_ASSERT_EQUAL(at, 20);
	play_lost(&s, 1, "the engine did not answer in time");
	play_end(&s);
}

/* A record that waits is away together with the round. */
static void
test_waits(void)
{
	begin_at(3);
	play_round(&s);
	play_closes(&s);
	play_lost(&s, 1, "the engine closed the connection");
	play_end(&s);
}

/* --- Between rounds ------------------------------------------------------- */

/* No round is told of as away, since there is none. */
static void
test_idle(void)
{
	play_begin(&s);
	play_connect(&s);
	play_closes(&s);
	play_lost(&s, 0, "the engine closed the connection");
	play_connect(&s);
	play_answers(&s, "+");
	play_lost(&s, 0, "the engine answered without a question");
	play_end(&s);
}

/* What goes on after the last answer of a round is refused, too; the round is
 * not done, although all of it has come. */
static void
test_surplus(void)
{
	begin_at(6);
	play_answers(&s, PLAY_RECORD "$1");
	play_lost(&s, 1, "the engine answered without a question");
	CU_ASSERT_EQUAL(s.done, 0);
	play_end(&s);
}

/* One that has lost its connection gets another one, with nothing left of the
 * last. */
static void
test_again(void)
{
	begin_at(6);
	play_answers(&s, "*1\r\n$6\r\nsea");
	play_closes(&s);
	play_lost(&s, 1, "the engine closed the connection");
	play_connect(&s);
	play_answers(&s, "+OK\r\n+OK\r\n");
	play_round(&s);
	play_answers(&s, PLAY_ALONE);
	play_answers(&s, PLAY_RECORD);
	CU_ASSERT_EQUAL(s.done, 1);
	CU_ASSERT_EQUAL(s.found, 1);
	CU_ASSERT_EQUAL(s.lost, 0);
	play_end(&s);
}

/* --- Answers that are wrong at one place ---------------------------------- */

static void
check_index(const char *answer, const char *why)
{
	begin_at(5);
	play_answers(&s, answer);
	play_lost(&s, 1, why);
	play_end(&s);
}

/* What names no node. */
static void
test_index(void)
{
	check_index("*1\r\n$15\r\n0123456789abcde\r\n",
	    "the engine's answer has a wrong length");
	check_index("*1\r\n$17\r\n0123456789abcdef0\r\n",
	    "the engine's answer has a wrong length");
	check_index("*1\r\n$16\r\n0123456789ABCDEF\r\n",
	    "the engine's answer has a wrong element");
	check_index("*1\r\n$16\r\n0x23456789abcdef\r\n",
	    "the engine's answer has a wrong element");
	check_index("*1\r\n$16\r\n0123456789abcde \r\n",
	    "the engine's answer has a wrong element");
	begin_at(5);
	play_answers_bytes(&s, "*1\r\n$16\r\n0123456789abcde\0\r\n", 27);
	play_lost(&s, 1, "the engine's answer has a wrong element");
	play_end(&s);
	check_index("*161\r\n",
	    "the engine's answer has a wrong number of elements");
}

static void
check_records(const char *answer, const char *why)
{
	begin_at(6);
	play_answers(&s, answer);
	play_lost(&s, 1, why);
	play_end(&s);
}

static void
test_records(void)
{
	char longest[400];

	check_records("*0\r\n",
	    "the engine's answer has a wrong number of elements");
	check_records("*2\r\n",
	    "the engine's answer has a wrong number of elements");
	check_records("*1\r\n$0\r\n\r\n",
	    "the engine's answer has a wrong length");
	(void)snprintf(longest, sizeof(longest), "*1\r\n$%d\r\n%0*d\r\n",
	    FLEET_RECORD_SEALED_MAX + 1, FLEET_RECORD_SEALED_MAX + 1, 0);
	check_records(longest, "the engine's answer has a wrong length");
}

/* --- Floods --------------------------------------------------------------- */

/* An engine that only ever sends is not listened to for long: a turn of the
 * main loop reads a part of it, and all that it sends is bounded. */
static void
test_flood(void)
{
	static char zeros[16384];
	size_t sent = 0;

	memset(zeros, '0', sizeof(zeros));
	begin_at(4);
	CU_ASSERT_EQUAL(send(s.peer, ":", 1, MSG_NOSIGNAL), 1);
	while (s.lost == 0 && sent < 1024 * 1024) {
		play_answers_bytes(&s, zeros, sizeof(zeros));
		sent += sizeof(zeros);
	}
	CU_ASSERT_EQUAL(sent, sizeof(zeros));
	play_lost(&s, 1, "the engine's answer is too long");
	play_end(&s);
}

/* --- Memory --------------------------------------------------------------- */

/* Bytes that are in use; with a sanitizer, it is that which sees leaks. */
static size_t
in_use(void)
{
#if defined(__GLIBC__) && !defined(GOCHAT_SANITIZE)
	return mallinfo2().uordblks;
#else
	return 0;
#endif
}

/* A connection, and rounds with it; every other one has a node to take away. */
static void
run_rounds(unsigned int count)
{
	play_connect(&s);
	play_answers(&s, "+OK\r\n+OK\r\n");
	for (unsigned int i = 0; i < count; i++) {
		play_round(&s);
		play_answers(&s, PLAY_ALONE);
		play_answers(&s, i % 2 ? "*1\r\n$-1\r\n" : PLAY_RECORD);
		if (i % 2)
			play_answers(&s, ":1\r\n");
		CU_ASSERT_EQUAL_FATAL(s.done, i + 1);
		(void)play_asked(&s);
	}
	s.done = 0;
	play_closes(&s);
	play_lost(&s, 0, "the engine closed the connection");
}

/* Neither rounds nor connections leave anything behind: the smallest piece of
 * memory has 24 bytes, and malloc() keeps some that were freed. */
#define MEMORY_KEPT 4096

static void
test_memory(void)
{
	size_t before;

	play_begin(&s);
	s.setup.password = "secret";
	s.setup.db = 1;
	run_rounds(4);
	before = in_use();
	run_rounds(1000);
	CU_ASSERT(in_use() <= before + MEMORY_KEPT);
	for (int i = 0; i < 200; i++)
		run_rounds(1);
	CU_ASSERT(in_use() <= before + MEMORY_KEPT);
	play_end(&s);
}

void
engine_errors_suite(void)
{
	CU_pSuite suite = CU_add_suite("engine_errors", NULL, NULL);

	CU_add_test(suite, "errors of the engine", test_errors);
	CU_add_test(suite, "answers of the wrong type", test_wrong);
	CU_add_test(suite, "the connection is closed", test_closes);
	CU_add_test(suite, "late answers", test_late);
	CU_add_test(suite, "answers in drips", test_drips);
	CU_add_test(suite, "a record that waits", test_waits);
	CU_add_test(suite, "between rounds", test_idle);
	CU_add_test(suite, "an answer too many", test_surplus);
	CU_add_test(suite, "another connection", test_again);
	CU_add_test(suite, "what names no node", test_index);
	CU_add_test(suite, "records that are none", test_records);
	CU_add_test(suite, "a flood", test_flood);
	CU_add_test(suite, "memory", test_memory);
}
