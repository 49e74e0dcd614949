/*
 * Many texts did not arrive at one peer (ui/missed.c): people are told the
 * first ones one by one, and the number of the others; nothing is left out.
 */
#include "ui/say.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void missed_suite(void);

#define TEXTS 100

/* Says so many texts, to peers 1 and 2, who are here. */
static void
open_said(struct fixture *f, enum ui_kind kind)
{
	struct ipc_message_in in;
	char text[16];

	fixture_open(f, MODE_CLIENT, kind);
	fixture_tell_ready(f);
	fixture_tell_bootnode(f, BOOT_JOINED);
	fixture_tell_peer(f, 1, PEER_CONNECTED, "bob");
	fixture_tell_peer(f, 2, PEER_CONNECTED, "carl");
	for (uint64_t seq = 1; seq <= TEXTS; seq++) {
		snprintf(text, sizeof(text), "text %d", (int)seq);
		ui_say(f->room, text, strlen(text));
		ui_work(f->ui);
		fixture_next(f, &in);
		CU_ASSERT_EQUAL(fixture_tell_sent(f, seq, 2), 0);
	}
	fixture_output(f);
}

static unsigned int
count(const char *s, const char *what)
{
	unsigned int n = 0;

	for (; (s = strstr(s, what)) != NULL; s++)
		n++;
	return n;
}

static void
tell_late(struct fixture *f, uint64_t seq, uint8_t n)
{
	struct ipc_delivered d = { .seq = seq, .id.bytes = { n, 0xee } };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_DELIVERED_LATE, &d, NULL, 0), 0);
}

/* Texts of two peers come in turn; the rest is told a second later, and what is
 * left at the end. */
static void
test_plain(void)
{
	struct ipc_empty nothing;
	struct fixture f;
	const char *out;

	open_said(&f, UI_PLAIN);
	for (uint64_t seq = 1; seq <= 50; seq++)
		for (uint32_t n = 1; n <= 2; n++)
			CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, seq, n),
			    0);
	out = fixture_output(&f);
	CU_ASSERT_EQUAL(count(out, "not delivered to bob"), MISSED_EACH);
	CU_ASSERT_EQUAL(count(out, "not delivered to carl"), MISSED_EACH);
	CU_ASSERT_EQUAL(ui_deadline(f.ui), f.ui->now + MISSED_TIME);
	f.ui->now += MISSED_TIME;
	ui_work(f.ui);
	fixture_expect(&f,
	    "12:34:56 ! not delivered to bob (no path): 42 more, the last "
	    "\"text 50\"\n"
	    "12:34:56 ! not delivered to carl (no path): 42 more, the last "
	    "\"text 50\"\n");
	for (uint64_t seq = 1; seq <= 10; seq++)
		tell_late(&f, seq, 1);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 51, 1), 0);
	CU_ASSERT_EQUAL(count(fixture_output(&f), "delivered after all"),
	    MISSED_EACH);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_GOODBYE, &nothing, NULL, 0), 0);
	out = fixture_output(&f);
	CU_ASSERT_EQUAL(count(out,
			    "* delivered after all to bob: 2 more, the last "
			    "\"text 10\"\n"),
	    1);
	CU_ASSERT_EQUAL(
	    count(out,
		"! not delivered to bob (no path): 1 more, the last "
		"\"text 51\"\n"),
	    1);
	fixture_close(&f);
}

/* After a pause each text is reported by itself again. */
static void
test_rest(void)
{
	struct fixture f;

	open_said(&f, UI_PLAIN);
	for (uint64_t seq = 1; seq <= MISSED_EACH; seq++)
		CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, seq, 1), 0);
	f.ui->now += MISSED_REST + 1;
	fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 50, 1), 0);
	fixture_expect(&f,
	    "12:34:56 ! not delivered to bob (no path): \"text 50\"\n");
	fixture_close(&f);
}

/* The rest has to be whole, and what was counted meanwhile is told first. */
static void
test_short_rest(void)
{
	struct fixture f;

	open_said(&f, UI_PLAIN);
	for (uint64_t seq = 1; seq <= MISSED_EACH; seq++)
		CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, seq, 1), 0);
	f.ui->now += MISSED_REST;
	fixture_output(&f);
	CU_ASSERT_EQUAL(ui_deadline(f.ui), CLOCK_NEVER);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 49, 1), 0);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(ui_deadline(f.ui), f.ui->now + MISSED_TIME);
	f.ui->now += MISSED_TIME - 1;
	ui_work(f.ui);
	fixture_expect(&f, "");
	/* It is told a second after the first of them, not of the last. */
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 50, 1), 0);
	f.ui->now++;
	ui_work(f.ui);
	fixture_expect(&f,
	    "12:34:56 ! not delivered to bob (no path): 2 more, the last "
	    "\"text 50\"\n");
	CU_ASSERT_EQUAL(ui_deadline(f.ui), CLOCK_NEVER);
	fixture_close(&f);
}

static void
test_json(void)
{
	struct fixture f;

	open_said(&f, UI_JSON);
	for (uint64_t seq = 1; seq <= TEXTS; seq++)
		CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, seq, 1), 0);
	CU_ASSERT_EQUAL(count(fixture_output(&f), "\"undelivered\""), TEXTS);
	fixture_close(&f);
}

/* There are more peers than can be followed: if one loses its place, all of its
 * texts are reported. */
static void
test_many_peers(void)
{
	struct ipc_message_in in;
	struct fixture f;
	char name[8];

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	for (uint32_t n = 1; n <= MISSED_RUNS + 1; n++) {
		snprintf(name, sizeof(name), "no%u", n);
		fixture_tell_peer(&f, n, PEER_CONNECTED, name);
	}
	for (uint64_t seq = 1; seq <= MISSED_EACH + 3; seq++) {
		ui_say(f.room, "text", 4);
		ui_work(f.ui);
		fixture_next(&f, &in);
		CU_ASSERT_EQUAL(fixture_tell_sent(&f, seq, MISSED_RUNS + 1), 0);
	}
	fixture_output(&f);
	for (uint32_t n = 1; n <= MISSED_RUNS; n++)
		for (uint64_t seq = 1; seq <= MISSED_EACH + 3; seq++)
			CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, seq, n),
			    0);
	CU_ASSERT_EQUAL(count(fixture_output(&f), "no1 "), MISSED_EACH);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 1, MISSED_RUNS + 1), 0);
	fixture_expect(&f,
	    "12:34:56 ! not delivered to no1 (no path): 3 more, the last "
	    "\"text\"\n"
	    "12:34:56 ! not delivered to no17 (no path): \"text\"\n");
	fixture_close(&f);
}

void
missed_suite(void)
{
	CU_pSuite s = CU_add_suite("missed", NULL, NULL);

	CU_add_test(s, "in plain", test_plain);
	CU_add_test(s, "after a rest", test_rest);
	CU_add_test(s, "after a shorter rest", test_short_rest);
	CU_add_test(s, "each, for programs", test_json);
	CU_add_test(s, "of many peers", test_many_peers);
}
