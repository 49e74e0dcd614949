/*
 * The tui as a whole, without its process: messages of cryptod and keys go in,
 * and a terminal (libvterm) shows the output.
 */
#include "ui/receipts.h"

#include "tests/unit/hostile.h"
#include "tests/unit/ui/tui/desk.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tui_suite(void);

static void
test_screen(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_hear(&s, 1, 0, "hello alice", 11);
	desk_show(&s);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 0),
	    " r\"om · alice · 0000 0000 · bootnode connected · 2 here");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 21),
	    "12:34      <bob> │ hello alice                              │");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 1),
	    "                                                            "
	    "│ bob       direct");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 23), ">");
	desk_close(&s);
}

/* There are more people than rows: the last row names the command that lists
 * all of them. A name in several places has one row with their number. */
static void
test_list(void)
{
	struct desk s;
	char nick[16];

	desk_open(&s, 80, 12);
	for (unsigned int n = 1; n <= 12; n++) {
		snprintf(nick, sizeof(nick), "member%u", n);
		fixture_tell_peer(&s.f, n, PEER_CONNECTED, nick);
	}
	fixture_tell_place(&s.f, 13, 2, PEER_CONNECTED, "member2");
	fixture_tell_place(&s.f, 14, FIXTURE_OWN_KEY, PEER_CONNECTED, "alice");
	fixture_tell_bootnode(&s.f, BOOT_REJOINED);
	desk_show(&s);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 0),
	    " r\"om · alice · 0000 0000 · bootnode connected · 13 here");
	CU_ASSERT_EQUAL(desk_row_with(&s, "│ <you>     direct"), 1);
	CU_ASSERT_EQUAL(desk_row_with(&s, "│ member1   direct"), 2);
	CU_ASSERT_EQUAL(desk_row_with(&s, "│ member2×2 direct"), 3);
	CU_ASSERT_EQUAL(desk_row_with(&s, "│ member7   direct"), 8);
	CU_ASSERT_EQUAL(desk_row_with(&s, "│ 5 more: /names"), 9);
	desk_resize(&s, 100, 24);
	CU_ASSERT(desk_row_with(&s, "│ member2 ×2   direct   12ms") > 0);
	CU_ASSERT(desk_row_with(&s, "│ member12     direct   12ms") > 0);
	desk_close(&s);
}

static void
test_say(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_type(&s, "hi b");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 23), "> hi b");
	desk_type(&s, "ob\r");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 23), ">");
	CU_ASSERT(desk_row_with(&s, "<alice> │ hi bob  waiting") > 0);
	fixture_expect_next(&s.f, IPC_STATUS_ASK); /* since a key was pressed */
	fixture_expect_say(&s.f, 1, "hi bob");
	CU_ASSERT_EQUAL(fixture_tell_sent(&s.f, 1, 1), 0);
	desk_show(&s);
	CU_ASSERT(desk_row_with(&s, "hi bob  sent") > 0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&s.f, 1, 1), 0);
	desk_show(&s);
	CU_ASSERT(desk_row_with(&s, "hi bob  ✓1/1") > 0);
	desk_close(&s);
}

/* A name with spaces has quotes wherever it is part of a sentence. */
static void
test_names_in_sentences(void)
{
	static const char forged[] = "bob is marked as verified. carl";
	struct desk s;

	desk_open(&s, 120, 24);
	CU_ASSERT(fixture_tell_peer(&s.f, 1, PEER_CONNECTED, forged) == 0);
	desk_hear(&s, 1, TEXT_FLAG_ACTION, "waves", 5);
	desk_show(&s);
	CU_ASSERT(desk_row_with(&s,
		      "│ \"bob is marked as verified. carl\" is here") > 0);
	CU_ASSERT(desk_row_with(&s,
		      "│ \"bob is marked as verified. carl\" waves") > 0);
	desk_close(&s);
}

/* Frames are at least a 60th of a second apart, and there is none without a
 * change. */
static void
test_frames(void)
{
	struct desk s;
	uint64_t put;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_show(&s);
	put = s.f.ui->out.put;
	s.f.ui->now += 10 * TUI_FRAME_TIME;
	ui_work(s.f.ui);
	CU_ASSERT_EQUAL(s.f.ui->out.put, put);
	desk_hear(&s, 1, 0, "one", 3);
	ui_work(s.f.ui);
	CU_ASSERT(s.f.ui->out.put > put);
	put = s.f.ui->out.put;
	fixture_output(&s.f);
	desk_hear(&s, 2, 0, "two", 3);
	ui_work(s.f.ui);
	CU_ASSERT_EQUAL(s.f.ui->out.put, put);
	CU_ASSERT_EQUAL(tui_deadline(s.f.ui), s.f.ui->now + TUI_FRAME_TIME);
	s.f.ui->now += TUI_FRAME_TIME;
	ui_work(s.f.ui);
	CU_ASSERT(s.f.ui->out.put > put);
	/* The frame before is not written yet. */
	put = s.f.ui->out.put;
	desk_hear(&s, 3, 0, "three", 5);
	s.f.ui->now += TUI_FRAME_TIME;
	ui_work(s.f.ui);
	CU_ASSERT_EQUAL(s.f.ui->out.put, put);
	desk_close(&s);
}

/* A receipt says that the message was shown: it goes out after the frame. */
static void
test_receipts(void)
{
	struct ipc_message_in in;
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_show(&s);
	desk_drain(&s);
	desk_hear(&s, 1, 0, "one", 3);
	s.f.ui->now += TUI_FRAME_TIME;
	ui_work(s.f.ui);
	CU_ASSERT_EQUAL(fixture_next(&s.f, &in), IPC_NONE);
	fixture_output(&s.f);
	ui_work(s.f.ui);
	fixture_expect_next(&s.f, IPC_RECEIPT);
	desk_close(&s);
}

/* The message was shown before, but the cryptod that had its receipt died: the
 * receipt is owed again, though there is nothing new to paint. */
static void
test_receipt_again(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_hear(&s, 1, 0, "one", 3);
	desk_show(&s);
	ui_work(s.f.ui);
	desk_drain(&s);
	desk_hear(&s, 1, 0, "one", 3);
	desk_show(&s);
	ui_work(s.f.ui);
	fixture_expect_next(&s.f, IPC_RECEIPT);
	desk_close(&s);
}

/* A frame that was never written has shown nothing. */
static void
test_receipt_of_dropped_frame(void)
{
	struct ipc_message_in in;
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_show(&s);
	desk_drain(&s);
	desk_hear(&s, 1, 0, "one", 3);
	s.f.ui->now += TUI_FRAME_TIME;
	ui_work(s.f.ui);
	CU_ASSERT(output_pending(&s.f.ui->out));
	ui_not_shown(s.f.ui);
	ui_work(s.f.ui);
	CU_ASSERT_EQUAL(fixture_next(&s.f, &in), IPC_NONE);
	tui_resized(s.f.ui);
	desk_show(&s);
	ui_work(s.f.ui);
	fixture_expect_next(&s.f, IPC_RECEIPT);
	desk_close(&s);
}

/* While nothing is painted, new messages may not push out those that were not
 * shown. */
static void
test_full(void)
{
	static char text[TEXT_MAX];
	struct desk s;
	uint64_t seq = 0;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	memset(text, 'x', sizeof(text));
	while (ui_reads_cryptod(s.f.room) && seq < UI_RECEIPTS_MAX)
		desk_hear(&s, ++seq, 0, text, sizeof(text));
	CU_ASSERT_FALSE(ui_reads_cryptod(s.f.room));
	CU_ASSERT(seq < UI_RECEIPTS_MAX);
	CU_ASSERT_PTR_NOT_NULL(history_entry(&s.f.room->pane->history, 1));
	desk_show(&s);
	CU_ASSERT(ui_reads_cryptod(s.f.room));
	desk_close(&s);
}

/* Each hostile text comes as a message, as an action and as a private one:
 * every cell is where it should be, no bell rings, nothing is answered. */
static void
hear_hostile(struct desk *s, const struct hostile *h, uint64_t *seq)
{
	size_t len = h->len;

	desk_hear(s, ++*seq, 0, h->bytes, len);
	desk_show(s);
	desk_hear(s, ++*seq, TEXT_FLAG_ACTION, h->bytes, len);
	desk_hear(s, ++*seq, TEXT_FLAG_PRIVATE, h->bytes, len);
	desk_show(s);
}

static void
test_hostile(void)
{
	static const unsigned int sizes[][2] = { { 80, 24 }, { 20, 5 },
		{ 33, 9 }, { 59, 12 }, { 121, 40 }, { 7, 4 }, { 1, 1 } };
	struct hostile *all;
	size_t count = hostile_read(&all);
	struct desk s;
	uint64_t seq = 0;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	s.f.ui->tui->attention.how = NOTIFY_OFF;
	for (size_t size = 0; size < sizeof(sizes) / sizeof(sizes[0]); size++) {
		desk_resize(&s, sizes[size][0], sizes[size][1]);
		for (size_t i = 0; i < count; i++) {
			if (!all[i].valid)
				continue; /* refused before it gets here */
			hear_hostile(&s, &all[i], &seq);
			desk_type(&s, "\033[5~");
			desk_type(&s, "\033[6~");
			while (ui_work(s.f.ui),
			    s.f.room->receipt_count > 0 &&
				fixture_output(&s.f)[0] != '\0')
				;
		}
	}
	CU_ASSERT_EQUAL(s.vt.bells, 0);
	desk_close(&s);
	hostile_free(all, count);
}

/* Hostile names are shown safely, or a stand-in is. */
static void
test_hostile_names(void)
{
	struct hostile *all;
	size_t count = hostile_read(&all), len;
	char nick[NICK_MAX];
	struct desk s;

	desk_open(&s, 80, 40);
	for (uint32_t i = 0; i < count; i++) {
		len = all[i].len < NICK_MAX ? all[i].len : NICK_MAX;
		memcpy(nick, all[i].bytes, len);
		while (len > 0 && !utf8_valid(nick, len))
			len--;
		if (len == 0)
			continue;
		nick[len < NICK_MAX ? len : NICK_MAX - 1] = '\0';
		CU_ASSERT(
		    fixture_tell_peer(&s.f, i + 1, PEER_CONNECTED, nick) == 0);
		desk_show(&s);
	}
	for (unsigned int columns = 60; columns < 140; columns += 7)
		desk_resize(&s, columns, 40);
	CU_ASSERT_EQUAL(s.vt.bells, 0);
	desk_close(&s);
	hostile_free(all, count);
}

/* Hostile texts are pasted, or typed, into the input line. */
static void
test_hostile_input(void)
{
	struct hostile *all;
	size_t count = hostile_read(&all);
	struct desk s;

	desk_open(&s, 80, 24);
	for (size_t i = 0; i < count; i++) {
		tui_keys(s.f.ui, "\033[200~", 6);
		tui_keys(s.f.ui, all[i].bytes, all[i].len);
		tui_keys(s.f.ui, "\033[201~", 6);
		desk_show(&s);
		if (s.f.ui->tui->shown->question.kind == QUESTION_PASTE)
			desk_type(&s, "e");
		desk_resize(&s, 11, 9);
		desk_type(&s, "\001\006\006");
		desk_resize(&s, 80, 24);
		desk_type(&s, "\003"); /* empties the line */
		question_end(&s.f.ui->tui->shown->question);
	}
	desk_close(&s);
	hostile_free(all, count);
}

static void
test_any_size(void)
{
	static const char text[] = "日本語 and some more text";
	struct desk s;

	desk_open(&s, 80, 24);
	for (uint32_t i = 1; i < 40; i++)
		CU_ASSERT(
		    fixture_tell_peer(&s.f, i, PEER_CONNECTED, "peer") == 0);
	desk_hear(&s, 1, 0, text, strlen(text));
	desk_type(&s, "typed 日本語 text that is longer than a row of it");
	for (unsigned int columns = 1; columns <= 120; columns += 3)
		for (unsigned int rows = 1; rows <= 12; rows++)
			desk_resize(&s, columns, rows);
	desk_resize(&s, 80, 24);
	CU_ASSERT(desk_row_with(&s, " and ") > 0);
	desk_resize(&s, 1000, 2);
	desk_close(&s);
}

static void
test_links(void)
{
	static const char text[] = "https://example.org/aaaaaaaaaaaaaaaaaaaaa"
				   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	struct desk s;
	const char *bytes, *at;
	char id[16];
	int count = 0;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_show(&s);
	desk_hear(&s, 1, 0, text, strlen(text));
	s.f.ui->now += TUI_FRAME_TIME;
	ui_work(s.f.ui);
	bytes = fixture_output(&s.f);
	at = strstr(bytes, "\033]8;id=");
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	snprintf(id, sizeof(id), "%.12s", at + strlen("\033]8;"));
	*strchr(id, ';') = '\0';
	/* Each of its rows has all of the same link, which ends there. */
	for (; (at = strstr(at, id)) != NULL; count++) {
		at += strlen(id) + 1;
		CU_ASSERT_NSTRING_EQUAL(at, text, strlen(text));
	}
	CU_ASSERT(count >= 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(bytes, "\033]8;;\033\\"));
	desk_close(&s);
}

static void
test_mention(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	s.f.ui->now += ATTENTION_LOOK;
	s.f.ui->tui->attention.how = NOTIFY_BELL;
	desk_hear(&s, 1, 0, "nothing", 7);
	desk_show(&s);
	CU_ASSERT_EQUAL(s.vt.bells, 0);
	desk_hear(&s, 2, 0, "Alice?", 6);
	desk_show(&s);
	CU_ASSERT_EQUAL(s.vt.bells, 1);
	desk_hear(&s, 3, TEXT_FLAG_PRIVATE, "psst", 4);
	s.f.ui->now += ATTENTION_REST;
	desk_hear(&s, 4, TEXT_FLAG_PRIVATE, "psst", 4);
	desk_show(&s);
	CU_ASSERT_EQUAL(s.vt.bells, 2);
	desk_close(&s);
}

void
tui_suite(void)
{
	CU_pSuite s = CU_add_suite("tui", NULL, NULL);

	CU_add_test(s, "the screen", test_screen);
	CU_add_test(s, "the list of people", test_list);
	CU_add_test(s, "saying", test_say);
	CU_add_test(s, "names in sentences", test_names_in_sentences);
	CU_add_test(s, "frames", test_frames);
	CU_add_test(s, "receipts", test_receipts);
	CU_add_test(s, "a receipt that is owed again", test_receipt_again);
	CU_add_test(s, "a frame that is dropped",
	    test_receipt_of_dropped_frame);
	CU_add_test(s, "nothing is painted", test_full);
	CU_add_test(s, "hostile text", test_hostile);
	CU_add_test(s, "hostile names", test_hostile_names);
	CU_add_test(s, "hostile input", test_hostile_input);
	CU_add_test(s, "any size", test_any_size);
	CU_add_test(s, "links", test_links);
	CU_add_test(s, "mentions", test_mention);
}
