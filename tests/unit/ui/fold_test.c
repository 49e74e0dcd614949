/*
 * How much one person can have shown (fold.c): people see less of it, and
 * programs see all (tell.c).
 */
#include "ui/trust.h"

#include "tests/unit/ui/fixture.h"

#include "ui/events.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fold_suite(void);

#define T0 (1000 * USEC_PER_SEC)

static void
test_bucket(void)
{
	struct fold_bucket b = { 0 };

	for (int i = 0; i < 3; i++)
		CU_ASSERT_TRUE(fold_take(&b, 3, T0));
	CU_ASSERT_FALSE(fold_take(&b, 3, T0));
	CU_ASSERT_EQUAL(fold_ready(&b, 3), T0 + FOLD_TIME);
	CU_ASSERT_FALSE(fold_take(&b, 3, T0 + FOLD_TIME - 1));
	CU_ASSERT_TRUE(fold_take(&b, 3, T0 + FOLD_TIME));
	CU_ASSERT_FALSE(fold_take(&b, 3, T0 + FOLD_TIME));
	/* The budget never holds more, however long nothing is taken. */
	for (int i = 0; i < 3; i++)
		CU_ASSERT_TRUE(fold_take(&b, 3, T0 + 100 * FOLD_TIME));
	CU_ASSERT_FALSE(fold_take(&b, 3, T0 + 100 * FOLD_TIME));
}

static void
make_key(uint8_t key[FINGERPRINT_LEN], uint32_t n)
{
	memset(key, 0, FINGERPRINT_LEN);
	memcpy(key, &n, sizeof(n));
}

static bool
shows(struct folds *all, enum fold_kind kind, uint32_t n, uint64_t now)
{
	uint8_t key[FINGERPRINT_LEN];

	make_key(key, n);
	return fold_shows(all, kind, key, key, "name", now);
}

/* Each kind and each key has a budget of its own. What was folded is told at
 * its time, once, and more is folded until it is time again. */
static void
test_budgets(void)
{
	struct folds *all = calloc(1, sizeof(*all));
	const struct fold *f;
	enum fold_kind kind;
	unsigned int count;

	for (int i = 0; i < 6; i++)
		CU_ASSERT_EQUAL(shows(all, FOLD_NICK, 1, T0), i < 5);
	CU_ASSERT_TRUE(shows(all, FOLD_NICK, 2, T0));
	CU_ASSERT_TRUE(shows(all, FOLD_KEY, 1, T0));
	for (int i = 0; i < 36; i++)
		CU_ASSERT_FALSE(shows(all, FOLD_NICK, 1, T0 + 1));
	CU_ASSERT_PTR_NULL(fold_due(all, T0 + 1, &kind, &count));
	CU_ASSERT_EQUAL(fold_deadline(all), T0 + FOLD_TIME);
	/* Nothing newer is told before the folded. */
	CU_ASSERT_FALSE(shows(all, FOLD_NICK, 1, T0 + FOLD_TIME));
	f = fold_due(all, T0 + FOLD_TIME, &kind, &count);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(kind == FOLD_NICK && count == 38);
	CU_ASSERT_STRING_EQUAL(f->shown, "name");
	CU_ASSERT_PTR_NULL(fold_due(all, T0 + FOLD_TIME, &kind, &count));
	CU_ASSERT_EQUAL(fold_deadline(all), CLOCK_NEVER);
	CU_ASSERT_FALSE(shows(all, FOLD_NICK, 1, T0 + FOLD_TIME));
	free(all);
}

/* Keys beyond the room for them share one budget, except for warnings about
 * keys and forks; a place that is no longer needed goes to another key. */
static void
test_crowd(void)
{
	struct folds *all = calloc(1, sizeof(*all));
	unsigned int shown = 0, warned = 0, forked = 0;
	const struct fold *f;
	enum fold_kind kind;
	unsigned int count;

	for (uint32_t n = 0; n < 3 * FOLD_KEYS; n++) {
		shown += shows(all, FOLD_PRESENCE, n, T0);
		warned += shows(all, FOLD_KEY, n, T0);
		forked += shows(all, FOLD_FORK, n, T0);
	}
	CU_ASSERT_EQUAL(shown, FOLD_KEYS + 8);
	CU_ASSERT_EQUAL(warned, 3 * FOLD_KEYS);
	CU_ASSERT_EQUAL(forked, 3 * FOLD_KEYS);
	f = fold_due(all, T0 + FOLD_TIME, &kind, &count);
	CU_ASSERT_PTR_EQUAL(f, &all->crowd);
	CU_ASSERT_EQUAL(count, 2 * FOLD_KEYS - 8);
	CU_ASSERT_TRUE(shows(all, FOLD_NICK, 9999, T0 + FOLD_TIME));
	CU_ASSERT(all->count == FOLD_KEYS && all->crowd.folded[FOLD_NICK] == 0);
	free(all);
}

/* --- In the views --------------------------------------------------------- */

static void
open_ready(struct fixture *f, enum ui_kind kind)
{
	fixture_open(f, MODE_CLIENT, kind);
	fixture_tell_ready(f);
	fixture_output(f);
}

static void
rename_often(struct fixture *f, unsigned int n, unsigned int times)
{
	char nick[16];

	for (unsigned int i = 1; i <= times; i++) {
		snprintf(nick, sizeof(nick), "name %u", i);
		CU_ASSERT_EQUAL(fixture_tell_peer(f, n, PEER_CONNECTED, nick),
		    0);
	}
}

/* Somebody takes 400 names: that makes five lines, and one more a minute later;
 * json has all. */
static void
test_nicks(void)
{
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "anna");
	rename_often(&f, 1, 400);
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), "is now called"), 5);
	CU_ASSERT_STRING_EQUAL(model_peer(&f.room->model, 0x1001)->shown,
	    "name 400");
	CU_ASSERT(ui_deadline(f.ui) <= f.ui->now + FOLD_TIME);
	f.ui->now += FOLD_TIME;
	ui_work(f.ui);
	fixture_expect(&f,
	    "12:34:56 * \"name 5\" took another name 395 times more, and is now "
	    "called \"name 400\"\n");
	fixture_close(&f);
	open_ready(&f, UI_JSON);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "anna");
	fixture_output(&f);
	rename_often(&f, 1, 40);
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), "\"nick\",\"time\""),
	    40);
	CU_ASSERT_EQUAL(fold_deadline(&f.room->folds), CLOCK_NEVER);
	fixture_close(&f);
}

/* The first warning about a name is shown, whatever its owner has done before,
 * and whoever's names they took. */
static void
test_first_warning(void)
{
	struct ipc_known_peer known = { .fingerprint = { 0xab, 9, 0xcd } };
	struct fixture f;
	char name[24];

	open_ready(&f, UI_PLAIN);
	for (uint8_t i = 0; i < 20; i++) {
		known.fingerprint[4] = i;
		snprintf(name, sizeof(name), "known %u", i);
		fixture_tell(&f, IPC_KNOWN_PEER, &known, name, strlen(name));
	}
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "mallory");
	rename_often(&f, 1, 100);
	for (int i = 0; i < 30; i++) {
		fixture_tell_peer(&f, 1, PEER_LEFT, NULL);
		fixture_tell_peer(&f, 1, PEER_CONNECTED, "known 0");
	}
	fixture_output(&f);
	for (int i = 1; i < 20; i++) {
		snprintf(name, sizeof(name), "known %d", i);
		fixture_tell_peer(&f, 1, PEER_CONNECTED, name);
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(fixture_output(&f), "THE KEY OF"));
	}
	/* After two more times, the same name again and again is not told. */
	for (int i = 0; i < 30; i++) {
		fixture_tell_peer(&f, 1, PEER_CONNECTED, "known 1");
		fixture_tell_peer(&f, 1, PEER_CONNECTED, "known 2");
	}
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), "THE KEY OF"), 2 * 2);
	fixture_close(&f);
}

/* A peer comes and goes all the time. */
static void
test_presence(void)
{
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	for (int i = 0; i < 50; i++) {
		fixture_tell_peer(&f, 1, PEER_CONNECTED, "anna");
		fixture_tell_peer(&f, 1, PEER_LEFT, NULL);
	}
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), "anna"), 8);
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "bert");
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f), "bert is here"));
	f.ui->now += FOLD_TIME;
	ui_work(f.ui);
	fixture_expect(&f,
	    "12:34:56 * anna came or went 92 times more, and has left\n");
	/* Paths are told only in plain. */
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "anna");
	for (int i = 0; i < 50; i++)
		fixture_tell_peer(&f, 1, PEER_PATH, "anna");
	fixture_output(&f);
	f.ui->now += FOLD_TIME;
	ui_work(f.ui);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "anna had another path 42 times more, and is here now"));
	fixture_close(&f);
}

/* A peer says a text, and that one before it is missing. */
static void
say_after_gap(struct fixture *f, uint32_t n, uint64_t seq)
{
	struct ipc_message m = { .handle = 0x1000 | n,
		.seq = seq,
		.after_gap = 1 };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_MESSAGE, &m, "text", 4), 0);
}

/* The number of a text is its author's word: each of 100 peers says that some
 * are missing. Every text is shown, and so is a gap of somebody else's. */
static void
test_gaps(void)
{
	const char *output;
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "mallory");
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "bert");
	fixture_output(&f);
	for (uint64_t seq = 1; seq <= 100; seq++)
		say_after_gap(&f, 1, 2 * seq);
	output = fixture_output(&f);
	CU_ASSERT_EQUAL(fixture_count(output, "before this, mallory"), 3);
	CU_ASSERT_EQUAL(fixture_count(output, "<mallory> text"), 100);
	say_after_gap(&f, 2, 2);
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), "before this, bert"),
	    1);
	f.ui->now += FOLD_TIME;
	ui_work(f.ui);
	fixture_expect(&f,
	    "12:34:56 ! mallory said something that has not reached you 97 "
	    "times more, and is here now\n");
	fixture_close(&f);
	open_ready(&f, UI_JSON);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "mallory");
	fixture_output(&f);
	for (uint64_t seq = 1; seq <= 100; seq++)
		say_after_gap(&f, 1, 2 * seq);
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), "\"event\":\"gap\""),
	    100);
	fixture_close(&f);
}

/* One key comes again and again, each time in another place, and cryptod
 * reports once a minute for each that its texts contradict others. */
static void
test_forks(void)
{
	struct ipc_fork fork = { .seq = 2 };
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	for (uint32_t n = 1; n <= 20; n++) {
		fixture_tell_place(&f, n, 1, PEER_CONNECTED, "mallory");
		fork.handle = 0x1000 | n;
		CU_ASSERT_EQUAL(fixture_tell(&f, IPC_FORK, &fork, NULL, 0), 0);
		fixture_tell_place(&f, n, 1, PEER_LEFT, NULL);
	}
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f),
			    "the texts of mallory"),
	    3);
	f.ui->now += FOLD_TIME;
	ui_work(f.ui);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "! mallory sent texts that do not agree with earlier ones 17 times "
	    "more, and has left\n"));
	fixture_close(&f);
}

/* The user's own names are refused, with the reason, until it is time. */
static void
test_own_nicks(void)
{
	struct fixture f;
	char nick[16];

	open_ready(&f, UI_PLAIN);
	for (int i = 0; i < 400; i++) {
		snprintf(nick, sizeof(nick), "me %d", i);
		CU_ASSERT_EQUAL(ui_rename(f.room, nick, strlen(nick)),
		    i < 5 ? 0 : -1);
	}
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f),
			    "you have changed your name 5 times in a short "
			    "time; you can change it again in 60 s"),
	    395);
	CU_ASSERT_STRING_EQUAL(f.room->model.own, "me 4");
	f.ui->now += FOLD_TIME;
	CU_ASSERT_EQUAL(ui_rename(f.room, "me", 2), 0);
	CU_ASSERT_EQUAL(ui_rename(f.room, "myself", 6), -1);
	fixture_close(&f);
}

static void
expect_sentence(enum fold_kind kind, unsigned int count, const struct fold *who,
    const char *sentence)
{
	struct buf out = { 0 };

	event_folded(&out, kind, count, who, NULL);
	buf_put(&out, "", 1);
	CU_ASSERT_STRING_EQUAL(out.bytes, sentence);
	buf_free(&out);
}

/* The sentences are about one person, about many, and about a single time. */
static void
test_sentences(void)
{
	const struct fold bob = { .shown = "bob" };

	expect_sentence(FOLD_PRESENCE, 1, &bob,
	    "bob came or went once more, and has left");
	expect_sentence(FOLD_PRESENCE, 2, &bob,
	    "bob came or went 2 times more, and has left");
	expect_sentence(FOLD_PRESENCE, 7, NULL,
	    "other people came or went 7 times more");
	expect_sentence(FOLD_NICK, 1, &bob,
	    "bob took another name once more, and has left");
	expect_sentence(FOLD_KEY, 2, NULL,
	    "other people took a name known with another key 2 times more");
}

void
fold_suite(void)
{
	CU_pSuite s = CU_add_suite("fold", NULL, NULL);

	CU_add_test(s, "a bucket", test_bucket);
	CU_add_test(s, "a budget for each key and kind", test_budgets);
	CU_add_test(s, "a crowd", test_crowd);
	CU_add_test(s, "names without end", test_nicks);
	CU_add_test(s, "the first warning", test_first_warning);
	CU_add_test(s, "coming and going without end", test_presence);
	CU_add_test(s, "texts that are missing without end", test_gaps);
	CU_add_test(s, "texts that do not agree", test_forks);
	CU_add_test(s, "our own names", test_own_nicks);
	CU_add_test(s, "sentences", test_sentences);
}
