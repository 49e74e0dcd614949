/*
 * Names that change, ours and those of peers (ui/trust.c): what is told, to
 * whom, and in which order with what is said.
 */
#include "ui/trust.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>

void rename_suite(void);

static void
expect_nick(struct fixture *f, const char *nick)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_NICK);
	CU_ASSERT(in.tail_len == strlen(nick) &&
	    memcmp(in.tail, nick, in.tail_len) == 0);
}

static void
test_rename(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_output(&f);
	CU_ASSERT_EQUAL(ui_rename(f.room, " B\u00f6b ", 6), 0);
	expect_nick(&f, "B\u00f6b");
	fixture_expect(&f, "12:34:56 * you are now called B\u00f6b\n");
	CU_ASSERT_EQUAL(ui_rename(f.room, "b\u202eob", 6), -1);
	CU_ASSERT_EQUAL(ui_rename(f.room, "", 0), -1);
	fixture_output(&f);
	fixture_expect_next(&f, IPC_NONE);
	/* A peer whose name looks like ours is shown with its key, while it
	 * does. */
	CU_ASSERT_EQUAL(ui_rename(f.room, "bob", 3), 0);
	expect_nick(&f, "bob");
	fixture_expect(&f,
	    "12:34:56 * bob is now shown as bob~ab01, to tell "
	    "similar names apart\n"
	    "12:34:56 * you are now called bob\n");
	CU_ASSERT_EQUAL(ui_rename(f.room, "carl", 4), 0);
	fixture_expect(&f,
	    "12:34:56 * bob~ab01 is now shown as bob\n"
	    "12:34:56 * you are now called carl\n");
	fixture_close(&f);
}

/* What was said before goes before the new name, and under the old one. */
static void
test_rename_order(void)
{
	struct ipc_message_in in;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_type(&f, "as alice\n");
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAY);
	CU_ASSERT(
	    in.tail_len == 13 && memcmp(in.tail, "aliceas alice", 13) == 0);
	/* More than cryptod takes: what follows waits. */
	for (uint64_t seq = 2; seq <= SAID_UNSENT_MAX + 1; seq++)
		fixture_type(&f, "as alice\n");
	fixture_type(&f, "/nick anne\nas anne\n");
	for (uint64_t seq = 2; seq <= SAID_UNSENT_MAX; seq++)
		fixture_expect_say(&f, seq, "as alice");
	fixture_expect_next(&f, IPC_NONE);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 2, 1), 0);
	ui_work(f.ui);
	fixture_expect_say(&f, SAID_UNSENT_MAX + 1, "as alice");
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAY);
	CU_ASSERT(in.tail_len == 11 && memcmp(in.tail, "anneas anne", 11) == 0);
	expect_nick(&f, "anne");
	fixture_expect_next(&f, IPC_NONE);
	/* The next cryptod is told it under the same name. */
	said_unsend(&f.room->said, NULL, NULL);
	ui_work(f.ui);
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAY_TO);
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAY);
	CU_ASSERT_EQUAL(memcmp(in.tail, "aliceas alice", 13), 0);
	fixture_close(&f);
}

/* The next cryptod is told, and what it says of before does not count. */
static void
test_rename_kept(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	ui_cryptod_came(f.room); /* the launcher's name: nothing to tell */
	fixture_expect_next(&f, IPC_NONE);
	ui_rename(f.room, "anne", 4);
	expect_nick(&f, "anne");
	model_cryptod_gone(&f.room->model, NULL, NULL);
	ui_cryptod_came(f.room);
	expect_nick(&f, "anne");
	fixture_tell_ready(&f); /* sent before it was told */
	CU_ASSERT_STRING_EQUAL(f.room->model.own, "anne");
	fixture_close(&f);
}

/* A new ui learns it from cryptod, and tells the next. */
static void
test_rename_learnt(void)
{
	struct ipc_client_ready ready = { .port = 4545 };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_CLIENT_READY, &ready, "anne", 4),
	    0);
	CU_ASSERT_STRING_EQUAL(f.room->model.own, "anne");
	ui_cryptod_came(f.room);
	expect_nick(&f, "anne");
	fixture_close(&f);
}

static void
test_peer_renamed(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_output(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "rob");
	fixture_expect(&f, "12:34:56 * bob is now called rob\n");
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "rob ");
	fixture_expect(&f, ""); /* it is the same */
	fixture_close(&f);
}

static void
expect_refused(struct fixture *f, const char *nick, const char *error)
{
	CU_ASSERT_EQUAL(ui_rename(f->room, nick, strlen(nick)), -1);
	fixture_expect(f, error);
	fixture_expect_next(f, IPC_NONE);
}

/* The name that we have is no change, and is not counted as one; and it is told
 * in whole seconds when there may be another. */
static void
test_rename_refused(void)
{
	static const char *const nicks[] = { "a", "b", "c", "d", "e" };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	f.ui->terminal = true;
	fixture_tell_ready(&f);
	fixture_output(&f);
	for (int i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(ui_rename(f.room, " alice ", 7), 0);
	fixture_expect(&f, "");
	fixture_expect_next(&f, IPC_NONE);
	for (size_t i = 0; i < 5; i++) {
		CU_ASSERT_EQUAL(ui_rename(f.room, nicks[i], 1), 0);
		fixture_expect_next(&f, IPC_NICK);
	}
	fixture_output(&f);
#define TOO_OFTEN(s)                                                          \
	"12:34:56 ! you have changed your name 5 times in a short time; you " \
	"can change it again in " s " s\n"
	expect_refused(&f, "f", TOO_OFTEN("60"));
	f.ui->now += USEC_PER_SEC - 1;
	expect_refused(&f, "f", TOO_OFTEN("60"));
	f.ui->now++;
	expect_refused(&f, "f", TOO_OFTEN("59"));
	f.ui->now += 59 * USEC_PER_SEC - 1;
	expect_refused(&f, "f", TOO_OFTEN("1"));
	f.ui->now++;
	CU_ASSERT_EQUAL(ui_rename(f.room, "f", 1), 0);
	fixture_close(&f);
	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	f.ui->terminal = true;
	expect_refused(&f, "f", "12:34:56 ! a bootnode has no nickname\n");
	ui_cryptod_came(f.room);
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

void
rename_suite(void)
{
	CU_pSuite s = CU_add_suite("rename", NULL, NULL);

	CU_add_test(s, "another name of ours", test_rename);
	CU_add_test(s, "no other name", test_rename_refused);
	CU_add_test(s, "another name, in its place", test_rename_order);
	CU_add_test(s, "the next cryptod and our name", test_rename_kept);
	CU_add_test(s, "the next ui and our name", test_rename_learnt);
	CU_add_test(s, "another name of a peer", test_peer_renamed);
}
