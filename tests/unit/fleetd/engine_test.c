/*
 * Rounds with an engine that does what it should.
 */
#include "tests/unit/fleetd/play.h"

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void engine_suite(void);

static struct play s;

/* --- The beginning -------------------------------------------------------- */

/* Without a connection, a round is over at once. */
static void
test_none(void)
{
	play_begin(&s);
	CU_ASSERT_EQUAL(engine_fd(&s.engine), -1);
	CU_ASSERT_EQUAL(engine_deadline(&s.engine), CLOCK_NEVER);
	play_round(&s);
	play_round_ends(&s);
	CU_ASSERT_EQUAL(s.away, 2);
	CU_ASSERT_EQUAL(s.lost, 0);
	play_end(&s);
}

/* An engine without a password is told nothing before there is something to
 * do, and that may take as long as it will. */
static void
test_silent(void)
{
	play_begin(&s);
	play_connect(&s);
	play_waits(&s, 3600 * USEC_PER_SEC);
	CU_ASSERT_STRING_EQUAL(play_asked(&s), "");
	CU_ASSERT_EQUAL(engine_events(&s.engine), POLLIN);
	CU_ASSERT_EQUAL(engine_deadline(&s.engine), CLOCK_NEVER);
	CU_ASSERT_NOT_EQUAL(engine_fd(&s.engine), -1);
	CU_ASSERT_EQUAL(s.lost, 0);
	play_end(&s);
}

static void
check_greeting(const char *user, const char *password, uint32_t db,
    const char *asked, const char *answers)
{
	play_begin(&s);
	s.setup.user = user;
	s.setup.password = password;
	s.setup.db = db;
	play_connect(&s);
	play_round(&s);
	CU_ASSERT_STRING_EQUAL(play_asked(&s), asked);
	play_answers(&s, answers);
	CU_ASSERT_STRING_EQUAL(play_asked(&s), PLAY_WRITES);
	CU_ASSERT_EQUAL(s.lost, 0);
	play_end(&s);
}

/* A round waits until we are let in. */
static void
test_greetings(void)
{
	check_greeting("", "secret", 0, "AUTH secret\n", "+OK\r\n");
	check_greeting("gochat", "secret", 0, "AUTH gochat secret\n",
	    "+OK\r\n");
	check_greeting("", "", 15, "SELECT 15\n", "+OK\r\n");
	check_greeting("gochat", "secret", 4294967295,
	    "AUTH gochat secret\nSELECT 4294967295\n", "+OK\r\n+OK\r\n");
}

/* --- A round -------------------------------------------------------------- */

static void
check_done(unsigned int found)
{
	CU_ASSERT_EQUAL(s.done, 1);
	CU_ASSERT_EQUAL(s.found, found);
	CU_ASSERT_EQUAL(s.away, 0);
	CU_ASSERT_EQUAL(s.lost, 0);
	CU_ASSERT_EQUAL(engine_deadline(&s.engine), CLOCK_NEVER);
	CU_ASSERT_STRING_EQUAL(play_asked(&s), "");
	s.done = 0;
}

static void
test_round(void)
{
	play_begin(&s);
	play_connect(&s);
	play_round(&s);
	CU_ASSERT_STRING_EQUAL(play_asked(&s), PLAY_WRITES);
	s.now += 700;
	play_answers(&s, PLAY_ALONE);
	CU_ASSERT_STRING_EQUAL(play_asked(&s), PLAY_READS);
	CU_ASSERT_EQUAL(s.found, 0);
	s.now += 5000;
	play_answers(&s, PLAY_RECORD);
	check_done(1);
	CU_ASSERT_EQUAL(s.ids[0], PLAY_ID);
	CU_ASSERT_STRING_EQUAL(s.last, PLAY_SEALED);
	CU_ASSERT_EQUAL(s.round.rtt_us, 700);
	play_end(&s);
}

/* All that the engine says in a round of three nodes, of which one has no
 * record; in the order of the questions. */
static const char *const three[] = {
	PLAY_WRITTEN "*3\r\n$16\r\n" PLAY_OTHER_HEX "\r\n"
		     "$16\r\n00000000000000aa\r\n"
		     "$16\r\n" PLAY_ID_HEX "\r\n",
	"*3\r\n$5\r\nother\r\n$-1\r\n$6\r\nsealed\r\n",
	":1\r\n",
};
static const char *const three_asked[] = {
	PLAY_WRITES,
	"MGET @node:" PLAY_OTHER_HEX " @node:00000000000000aa"
	" @node:" PLAY_ID_HEX "\n",
	"SREM @nodes 00000000000000aa\n",
};

static void
answer_in_two(const char *text, size_t cut)
{
	if (cut > strlen(text))
		cut = strlen(text);
	play_answers_bytes(&s, text, cut);
	play_answers(&s, text + cut);
}

/* Each answer is cut in two at each byte. */
static void
test_split(void)
{
	play_begin(&s);
	play_connect(&s);
	for (size_t cut = 0; cut <= strlen(three[0]); cut++) {
		play_round(&s);
		for (size_t i = 0; i < 3; i++) {
			CU_ASSERT_STRING_EQUAL(play_asked(&s), three_asked[i]);
			CU_ASSERT_EQUAL(s.done, 0);
			answer_in_two(three[i], cut);
		}
		check_done(2);
		CU_ASSERT_EQUAL(s.ids[0], 0xfedcba9876543210ULL);
		CU_ASSERT_EQUAL(s.ids[1], PLAY_ID);
	}
	play_end(&s);
}

/* The engine forgets everything between two answers: nobody is found. */
static void
test_empty(void)
{
	play_begin(&s);
	play_connect(&s);
	play_round(&s);
	play_answers(&s, PLAY_WRITTEN "*0\r\n");
	CU_ASSERT_STRING_EQUAL(play_asked(&s), PLAY_WRITES);
	check_done(0);
	play_end(&s);
}

/* Answers to a fleet of the largest index: count ids, of which those from
 * `from` to `to` have a record of the longest kind. */
static void
answer_many(unsigned int count, unsigned int from, unsigned int to)
{
	static char text[64 * 1024];
	size_t len;

	len = (size_t)sprintf(text, PLAY_WRITTEN "*%u\r\n", count);
	for (unsigned int i = 0; i < count; i++)
		len += (size_t)sprintf(text + len, "$16\r\n%016x\r\n", i);
	play_answers_bytes(&s, text, len);
	CU_ASSERT_EQUAL(strlen(play_asked(&s)), 5 + count * 23);
	len = (size_t)sprintf(text, "*%u\r\n", count);
	for (unsigned int i = 0; i < count; i++)
		len += (size_t)(i >= from && i < to
			? sprintf(text + len, "$320\r\n%0320u\r\n", i)
			: sprintf(text + len, "$-1\r\n"));
	play_answers_bytes(&s, text, len);
}

/* More names than there can be nodes do not hide those that live; and they are
 * taken away. More living ones than that are left out. */
static void
test_many(void)
{
	play_begin(&s);
	play_connect(&s);
	play_round(&s);
	(void)play_asked(&s);
	answer_many(160, 32, 160);
	CU_ASSERT_EQUAL(strlen(play_asked(&s)), 12 + 32 * 17);
	play_answers(&s, ":32\r\n");
	check_done(128);
	CU_ASSERT_EQUAL(s.ids[0], 32);
	CU_ASSERT_EQUAL(s.ids[127], 159);
	play_round(&s);
	(void)play_asked(&s);
	answer_many(160, 0, 160);
	check_done(128);
	CU_ASSERT_EQUAL(s.ids[127], 127);
	play_end(&s);
}

/* None of them has a record. */
static void
test_all_stale(void)
{
	play_begin(&s);
	play_connect(&s);
	play_round(&s);
	(void)play_asked(&s);
	answer_many(160, 0, 0);
	CU_ASSERT_EQUAL(strlen(play_asked(&s)), 12 + 160 * 17);
	play_answers(&s, ":160\r\n");
	check_done(0);
	play_end(&s);
}

/* Our node ends: its record goes, and nobody's is read. */
static void
test_ends(void)
{
	play_begin(&s);
	play_connect(&s);
	play_round_ends(&s);
	CU_ASSERT_STRING_EQUAL(play_asked(&s),
	    "DEL @node:" PLAY_ID_HEX "\nSREM @nodes " PLAY_ID_HEX "\n");
	play_answers(&s, ":1\r\n");
	CU_ASSERT_EQUAL(s.done, 0);
	s.now += 300;
	play_answers(&s, ":0\r\n");
	check_done(0);
	CU_ASSERT_EQUAL(s.round.rtt_us, 300);
	play_end(&s);
}

/* --- Records that wait ---------------------------------------------------- */

/* While a round is under way, one record waits, the newest. */
static void
test_waits(void)
{
	play_begin(&s);
	play_connect(&s);
	play_round(&s);
	(void)play_asked(&s);
	play_round(&s);
	play_round_ends(&s);
	CU_ASSERT_STRING_EQUAL(play_asked(&s), "");
	play_answers(&s, PLAY_ALONE);
	CU_ASSERT_STRING_EQUAL(play_asked(&s), PLAY_READS);
	play_answers(&s, PLAY_RECORD);
	CU_ASSERT_EQUAL(s.done, 1);
	CU_ASSERT_STRING_EQUAL(play_asked(&s),
	    "DEL @node:" PLAY_ID_HEX "\nSREM @nodes " PLAY_ID_HEX "\n");
	s.done = 0;
	s.found = 0;
	play_answers(&s, ":1\r\n:1\r\n");
	check_done(0);
	play_end(&s);
}

/* It has the whole time, however long the one before it took. */
static void
test_waits_whole(void)
{
	play_begin(&s);
	play_connect(&s);
	play_round(&s);
	play_round(&s);
	s.now += ENGINE_PATIENCE - 1;
	play_answers(&s, PLAY_WRITTEN "*0\r\n");
	CU_ASSERT_EQUAL(s.done, 1);
	CU_ASSERT_EQUAL(engine_deadline(&s.engine), s.now + ENGINE_PATIENCE);
	play_end(&s);
}

/* --- A slow socket -------------------------------------------------------- */

/* The engine does not read for a while, and the socket takes little. */
static void
test_full_socket(void)
{
	int small = 1;
	char byte[512] = { 0 };

	play_begin(&s);
	play_connect(&s);
	CU_ASSERT_EQUAL(setsockopt(engine_fd(&s.engine), SOL_SOCKET, SO_SNDBUF,
			    &small, sizeof(small)),
	    0);
	while (write(engine_fd(&s.engine), byte, sizeof(byte)) > 0)
		;
	play_round(&s);
	CU_ASSERT_EQUAL(engine_events(&s.engine), POLLIN | POLLOUT);
	while (read(s.peer, byte, sizeof(byte)) > 0)
		;
	engine_ready(&s.engine, s.now);
	CU_ASSERT_EQUAL(engine_events(&s.engine), POLLIN);
	CU_ASSERT_STRING_EQUAL(play_asked(&s), PLAY_WRITES);
	play_end(&s);
}

void
engine_suite(void)
{
	CU_pSuite suite = CU_add_suite("engine", NULL, NULL);

	CU_add_test(suite, "no connection", test_none);
	CU_add_test(suite, "nothing to do", test_silent);
	CU_add_test(suite, "AUTH and SELECT", test_greetings);
	CU_add_test(suite, "a round", test_round);
	CU_add_test(suite, "answers cut at each byte", test_split);
	CU_add_test(suite, "an engine that forgot everything", test_empty);
	CU_add_test(suite, "more nodes than a fleet has", test_many);
	CU_add_test(suite, "nodes that are all gone", test_all_stale);
	CU_add_test(suite, "our node ends", test_ends);
	CU_add_test(suite, "records that wait", test_waits);
	CU_add_test(suite, "the time of a record that waited",
	    test_waits_whole);
	CU_add_test(suite, "a socket that is full", test_full_socket);
}
