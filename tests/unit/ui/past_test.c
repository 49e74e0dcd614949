/*
 * A ui that was restarted, and what cryptod tells it about the one before: it
 * shows the texts as they were, and takes none of them for news.
 */
#include "ui/tui/tui.h"

#include "ui/say.h"

#include "tests/unit/ipc_pair.h"
#include "tests/unit/ui/fixture.h"
#include "tests/unit/ui/recalled.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void past_suite(void);

static int
recall_peer(struct fixture *f, uint8_t n, const char *nick, const char *text)
{
	struct ipc_recall r = { .id.bytes = { n, 0xee },
		.fingerprint = { 0xab, n, 0xcd } };

	return recalled_text(f, r, nick, text);
}

static void
recall_draft(struct fixture *f, const char *text, uint32_t cursor)
{
	struct ipc_draft d = { cursor };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_RECALL_DRAFT, &d, text,
			    strlen(text)),
	    0);
}

static void
work(struct fixture *f)
{
	ui_work(f->ui);
	fixture_output(f);
}

static void
test_screen(void)
{
	struct ipc_recall own = { .seq = 5,
		.sent = 1,
		.peers = 3,
		.delivered = 1 };
	const struct entry *e;
	struct fixture f;

	recalled_begin(&f, UI_TUI);
	CU_ASSERT_EQUAL(recall_peer(&f, 1, "bob", "hello alice"), 0);
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello all"), 0);
	CU_ASSERT_EQUAL(recalled_missed(&f, 5, 1, "bob"), 0);
	recalled_end(&f);
	e = recalled_entry(&f, 1);
	CU_ASSERT_EQUAL(e->kind, ENTRY_HEARD);
	CU_ASSERT_EQUAL(e->wall_ms, RECALLED_WALL_MS);
	CU_ASSERT_STRING_EQUAL(e->name, "bob");
	CU_ASSERT_STRING_EQUAL(e->text, "hello alice");
	CU_ASSERT_TRUE(e->mention);
	e = recalled_entry(&f, 2);
	CU_ASSERT_EQUAL(e->kind, ENTRY_SAID);
	CU_ASSERT_STRING_EQUAL(e->name, "alice");
	CU_ASSERT(e->mark.sent && e->mark.peers == 3 && e->mark.delivered == 1);
	CU_ASSERT_EQUAL(e->mark.undelivered, 1);
	CU_ASSERT_STRING_EQUAL(e->mark.missed[0].who_and_why, "bob (left)");
	/* After that the user is told what happened, and who we are. */
	CU_ASSERT_EQUAL(recalled_entry(&f, 3)->kind, ENTRY_ERROR);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(recalled_entry(&f, 4)->text, "you are alice"));
	/* None of it is news. */
	CU_ASSERT_EQUAL(f.room->receipt_count, 0);
	CU_ASSERT_FALSE(f.ui->tui->attention.due);
	work(&f);
	fixture_expect_next(&f, IPC_NONE);
	/* Later events belong to the same texts. */
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 5, 2), 0);
	CU_ASSERT_EQUAL(recalled_entry(&f, 2)->mark.delivered, 2);
	fixture_close(&f);
}

/* Peers whose names are gone count as missing, until they have the text after
 * all. */
static void
test_others(void)
{
	struct ipc_recall own = { .seq = 5,
		.sent = 1,
		.peers = 3,
		.others = 2 };
	struct ipc_delivered d = { .seq = 5, .id.bytes = { 9, 0xee } };
	const struct entry_mark *m;
	struct fixture f;

	recalled_begin(&f, UI_TUI);
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello all"), 0);
	CU_ASSERT_EQUAL(recalled_missed(&f, 5, 1, "bob"), 0);
	recalled_end(&f);
	m = &recalled_entry(&f, 1)->mark;
	CU_ASSERT_EQUAL(m->undelivered, 3);
	CU_ASSERT_EQUAL(m->missed_count, 1);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_DELIVERED_LATE, &d, NULL, 0), 0);
	CU_ASSERT_EQUAL(m->undelivered, 2);
	CU_ASSERT_EQUAL(m->missed_count, 1);
	fixture_close(&f);
	/* A program is told their number. */
	recalled_begin(&f, UI_JSON);
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello all"), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "\"delivered\":0,\"others\":2,\"text\":\"hello all\"}\n"));
	fixture_close(&f);
}

/* Of the many who missed a text, those who wrote one have a name; of the
 * others, those beyond a bound have their ids. */
static void
test_crowd(void)
{
	struct ipc_recall own = { .sent = 1, .peers = 8 };
	struct ipc_recall_missed m = { .reason = UNDELIVERED_LEFT };
	const char *who;
	struct fixture f;
	uint16_t n = 1;

	recalled_begin(&f, UI_TUI);
	for (own.seq = 1; own.seq <= 300; own.seq++) {
		CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello all"), 0);
		m.seq = own.seq;
		for (int i = 0; i < 8; i++, n++) {
			memcpy(m.id.bytes, &n, sizeof(n));
			memcpy(m.fingerprint, &n, sizeof(n));
			m.id.bytes[2] = 0xdd;
			CU_ASSERT_EQUAL(fixture_tell(&f, IPC_RECALL_MISSED, &m,
					    "guest", 5),
			    0);
		}
	}
	CU_ASSERT_EQUAL(recall_peer(&f, 1, "bob", "hello alice"), 0);
	/* A peer that has a name keeps it. */
	m.seq = own.seq = 301;
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello bob"), 0);
	CU_ASSERT_EQUAL(recalled_missed(&f, 301, 1, "bob"), 0);
	recalled_end(&f);
	CU_ASSERT_STRING_EQUAL(recalled_entry(&f, 301)->name, "bob");
	who = recalled_entry(&f, 302)->mark.missed[0].who_and_why;
	CU_ASSERT_STRING_EQUAL(who, "bob (left)");
	who = recalled_entry(&f, 1)->mark.missed[0].who_and_why;
	CU_ASSERT_STRING_EQUAL(who, "guest (left)");
	who = recalled_entry(&f, 300)->mark.missed[0].who_and_why;
	CU_ASSERT_PTR_NOT_NULL(strstr(who, "dd"));
	fixture_close(&f);
}

/* Numbers of this ui do not take the place of those of the one before. */
static void
test_numbers(void)
{
	struct ipc_recall own = { .seq = 1,
		.sent = 1,
		.peers = 3,
		.delivered = 1 };
	struct ipc_recall waits = { .seq = 2 };
	struct fixture f;

	recalled_begin(&f, UI_TUI);
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello all"), 0);
	CU_ASSERT_EQUAL(recalled_text(&f, waits, "", "waits"), 0);
	recalled_end(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	ui_say(f.room, "x", 1);
	ui_say(f.room, "y", 1);
	work(&f);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 2, 2), 0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(recalled_entry(&f, 1)->mark.delivered, 2);
	CU_ASSERT_TRUE(recalled_entry(&f, 2)->mark.sent);
	fixture_close(&f);
}

/* A text that waited, or is open, is followed further. */
static void
test_followed(void)
{
	struct ipc_recall waits = { .seq = 5 };
	struct ipc_recall open = { .seq = 6, .sent = 1, .open = 1, .peers = 1 };
	struct ipc_sent_also also = { .after = 5, .id.bytes = { 2, 0xee } };
	struct ipc_sent_all all = { .seq = 6 };
	const struct entry_mark *m;
	struct fixture f;

	recalled_begin(&f, UI_TUI);
	recalled_text(&f, waits, "", "waits");
	recalled_text(&f, open, "", "is open");
	recalled_end(&f);
	CU_ASSERT_FALSE(recalled_entry(&f, 1)->mark.sent);
	m = &recalled_entry(&f, 2)->mark;
	CU_ASSERT(m->open && m->peers == 1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 5, 2), 0);
	CU_ASSERT(recalled_entry(&f, 1)->mark.sent &&
	    recalled_entry(&f, 1)->mark.peers == 2);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALSO, &also, NULL, 0), 0);
	CU_ASSERT(m->open && m->peers == 2);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALL, &all, NULL, 0), 0);
	CU_ASSERT(!m->open && m->peers == 2);
	CU_ASSERT_EQUAL(recalled_entry(&f, 1)->mark.peers, 2);
	fixture_close(&f);
}

/* The ui before may have asked for a yes: an answer that is typed now is not
 * said, before the recall is over or after, until something else is said. */
static void
test_answer(void)
{
	static const enum ui_kind kinds[] = { UI_PLAIN, UI_TUI };
	struct fixture f;

	for (size_t i = 0; i < 2; i++) {
		recalled_begin(&f, kinds[i]);
		f.room->model.joined = true;
		fixture_command(&f, "yes");
		fixture_expect_next(&f, IPC_NONE);
		recalled_end(&f);
		fixture_command(&f, " Yes.");
		fixture_command(&f, "");
		fixture_command(&f, "n");
		fixture_expect_next(&f, IPC_NONE);
		CU_ASSERT_EQUAL(said_open(&f.room->said), 0);
		fixture_command(&f, "/names");
		fixture_command(&f, "yes");
		ui_work(f.ui);
		CU_ASSERT_EQUAL(said_open(&f.room->said), 1);
		fixture_close(&f);
	}
}

/* The names get digits like those of people who are here. */
static void
test_names(void)
{
	static const struct ipc_known_peer known = { 1, { 0x77 } };
	struct fixture f;

	recalled_begin(&f, UI_TUI);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_KNOWN_PEER, &known, "dora", 4), 0);
	recall_peer(&f, 1, "bob", "one");
	recall_peer(&f, 2, "BOB", "another");
	recall_peer(&f, 3, "alice", "not you");
	recall_peer(&f, 4, "dora", "with another key");
	recall_peer(&f, 1, "robert", "one, renamed");
	recalled_end(&f);
	CU_ASSERT_STRING_EQUAL(recalled_entry(&f, 1)->name, "bob");
	CU_ASSERT_STRING_EQUAL(recalled_entry(&f, 2)->name, "BOB~ab02");
	CU_ASSERT_STRING_EQUAL(recalled_entry(&f, 3)->name, "alice~ab03");
	CU_ASSERT_STRING_EQUAL(recalled_entry(&f, 4)->name, "dora~ab04");
	CU_ASSERT_STRING_EQUAL(recalled_entry(&f, 5)->name, "robert");
	/* The recalled peers are not here. */
	CU_ASSERT_EQUAL(f.room->model.high, 0);
	CU_ASSERT_PTR_NULL(f.room->past.people);
	fixture_close(&f);
}

/* Two keys that the user has verified may have one name: neither is in doubt,
 * and the later text has the digits. */
static void
test_names_verified(void)
{
	const struct ipc_known_peer first = { 1, { 0xab, 1, 0xcd } },
				    second = { 1, { 0xab, 2, 0xcd } };
	struct fixture f;

	recalled_begin(&f, UI_TUI);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_KNOWN_PEER, &first, "bob", 3), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_KNOWN_PEER, &second, "bob", 3), 0);
	recall_peer(&f, 2, "bob", "one");
	recall_peer(&f, 1, "bob", "another");
	recalled_end(&f);
	CU_ASSERT_STRING_EQUAL(recalled_entry(&f, 1)->name, "bob");
	CU_ASSERT_STRING_EQUAL(recalled_entry(&f, 2)->name, "bob~ab01");
	fixture_close(&f);
}

static void
test_draft(void)
{
	struct fixture f;
	const char *text;
	size_t len;

	recalled_begin(&f, UI_TUI);
	tui_keys(f.ui, "typed since", 11);
	f.ui->now += USEC_PER_SEC;
	work(&f);
	fixture_expect_next(&f, IPC_NONE); /* or what is kept would be lost */
	recall_draft(&f, "half [] line", 6);
	recalled_end(&f);
	text = editor_text(&f.room->pane->editor, &len);
	CU_ASSERT(
	    len == 23 && memcmp(text, "half [typed since] line", 23) == 0);
	CU_ASSERT_EQUAL(editor_cursor(&f.room->pane->editor), 17);
	fixture_close(&f);
}

static void
pause_typing(struct fixture *f)
{
	for (int i = 0; i < 2; i++) {
		work(f);
		f->ui->now += DRAFT_TIME;
	}
	work(f);
}

/* cryptod is told within a moment what is being typed, and at once what was
 * entered. */
static void
test_telling(void)
{
	struct ipc_message_in in;
	const struct ipc_draft *d;
	struct fixture f;
	uint64_t start;

	recalled_begin(&f, UI_TUI);
	recalled_end(&f);
	start = f.ui->now;
	tui_keys(f.ui, "a", 1);
	work(&f);
	CU_ASSERT(ui_deadline(f.ui) <= start + DRAFT_TIME);
	f.ui->now += DRAFT_TIME / 4;
	tui_keys(f.ui, "b", 1);
	work(&f);
	f.ui->now += DRAFT_TIME / 4;
	tui_keys(f.ui, "c", 1);
	work(&f);
	fixture_expect_next(&f, IPC_NONE);
	f.ui->now = start + DRAFT_TIME;
	work(&f);
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_DRAFT);
	d = in.body;
	CU_ASSERT_EQUAL(d->cursor, 3);
	CU_ASSERT(in.tail_len == 3 && memcmp(in.tail, "abc", 3) == 0);
	f.ui->now += USEC_PER_SEC;
	work(&f);
	fixture_expect_next(&f, IPC_NONE); /* nothing has changed */
	fixture_tell_bootnode(&f, BOOT_JOINED);
	tui_keys(f.ui, "\r", 1);
	work(&f);
	fixture_expect_say(&f, 1ULL << 32 | 1, "abc");
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_DRAFT);
	CU_ASSERT_EQUAL(in.tail_len, 0);
	tui_keys(f.ui, "de", 2);
	pause_typing(&f);
	fixture_expect_next(&f, IPC_DRAFT);
	/* The next cryptod has no texts. */
	ipc_close(&f.room->cryptod);
	ipc_close(&f.cryptod);
	work(&f);
	ipc_pair(&f.room->cryptod, ROLE_UI, &f.cryptod, ROLE_CRYPTOD);
	pause_typing(&f);
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_DRAFT);
	CU_ASSERT(in.tail_len == 2 && memcmp(in.tail, "de", 2) == 0);
	fixture_close(&f);
}

/* Lines that plain wrote are still there; only those who missed ours are told
 * again. */
static void
test_plain(void)
{
	struct ipc_recall own = {
		.seq = 5,
		.sent = 1,
		.peers = 9,
		.others = 7,
	};
	struct fixture f;
	const char *out;

	recalled_begin(&f, UI_PLAIN);
	CU_ASSERT_EQUAL(recall_peer(&f, 1, "bob", "hello"), 0);
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello all"), 0);
	CU_ASSERT_EQUAL(recalled_missed(&f, 5, 1, "bob"), 0);
	CU_ASSERT_EQUAL(recalled_missed(&f, 5, 2, ""), 0);
	recall_draft(&f, "none here", 0);
	fixture_expect(&f,
	    "12:34:56 ! not delivered to 7 more, whose names were not kept: "
	    "\"hello all\"\n"
	    "12:34:56 ! not delivered to bob (left): \"hello all\"\n"
	    "12:34:56 ! not delivered to peer 02ee0000 (left): "
	    "\"hello all\"\n");
	recalled_end(&f);
	out = fixture_output(&f);
	CU_ASSERT_PTR_EQUAL(strstr(out,
				"12:34:56 ! ui ended and was restarted; "),
	    out);
	fixture_close(&f);
}

static void
test_json(void)
{
	struct ipc_recall own = { .seq = 5,
		.sent = 1,
		.peers = 3,
		.delivered = 2 };
	struct fixture f;
	const char *out;

	recalled_begin(&f, UI_JSON);
	CU_ASSERT_EQUAL(recall_peer(&f, 1, "bob", "hello"), 0);
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello \"all\""), 0);
	CU_ASSERT_EQUAL(recalled_missed(&f, 5, 1, "bob"), 0);
	fixture_expect(&f,
	    "{\"event\":\"recalled\",\"time\":\"" FIXTURE_UTC
	    "\",\"room\":\"r\\\"om\",\"seq\":5,\"said\":\"2024-02-29T12:33:56.007Z\",\"sent\":true,"
	    "\"peers\":3,\"delivered\":2,\"text\":\"hello \\\"all\\\"\"}\n"
	    "{\"event\":\"undelivered\",\"time\":\"" FIXTURE_UTC
	    "\",\"room\":\"r\\\"om\",\"seq\":5,\"id\":\"01ee0000000000000000000000000000\","
	    "\"reason\":\"left\"}\n");
	recalled_end(&f);
	out = fixture_output(&f);
	CU_ASSERT(strstr(out, "\"error\"") < strstr(out, "\"ready\""));
	fixture_close(&f);
}

/* Nothing is recalled once the recall is over, or in the first ui. */
static void
test_refused(void)
{
	struct ipc_recall own = { .seq = 5 };
	struct ipc_recall of_this_ui = { .seq = 1ULL << 32 | 1 };
	struct ipc_draft d = { 0 };
	struct fixture f;

	recalled_begin(&f, UI_TUI);
	CU_ASSERT_EQUAL(recalled_missed(&f, 5, 1, "bob"), -1);
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello"), 0);
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "the same number"), -1);
	CU_ASSERT_EQUAL(recalled_text(&f, of_this_ui, "", "hello"), -1);
	CU_ASSERT_EQUAL(recalled_missed(&f, 6, 1, "bob"), -1);
	recalled_end(&f);
	CU_ASSERT_EQUAL(recalled_text(&f, own, "", "hello"), -1);
	CU_ASSERT_EQUAL(recalled_missed(&f, 5, 1, "bob"), -1);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_RECALL_DRAFT, &d, NULL, 0), -1);
	recalled_end(&f); /* the next cryptod has none, either */
	fixture_close(&f);

	/* cryptod dies before the recall is over. */
	recalled_begin(&f, UI_TUI);
	CU_ASSERT_EQUAL(recall_peer(&f, 1, "bob", "hello"), 0);
	ui_cryptod_gone(f.room);
	CU_ASSERT_FALSE(f.room->past.awaited);
	CU_ASSERT_EQUAL(recalled_entry(&f, 2)->kind, ENTRY_ERROR);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(recalled_entry(&f, 3)->text, "you are alice"));
	fixture_close(&f);
}

void
past_suite(void)
{
	CU_pSuite s = CU_add_suite("past", NULL, NULL);

	CU_add_test(s, "on the screen", test_screen);
	CU_add_test(s, "an answer to the one before", test_answer);
	CU_add_test(s, "others", test_others);
	CU_add_test(s, "a crowd", test_crowd);
	CU_add_test(s, "numbers", test_numbers);
	CU_add_test(s, "followed on", test_followed);
	CU_add_test(s, "names", test_names);
	CU_add_test(s, "names of verified keys", test_names_verified);
	CU_add_test(s, "draft", test_draft);
	CU_add_test(s, "the draft is told of", test_telling);
	CU_add_test(s, "plain", test_plain);
	CU_add_test(s, "json", test_json);
	CU_add_test(s, "refused", test_refused);
}
