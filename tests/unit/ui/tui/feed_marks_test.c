/*
 * Texts in the tui (ui/tui/feed.c): what a mark says as the news of it come,
 * what is recalled after a restart, and what is left to say at the end.
 */
#include "ui/tui/feed.h"

#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void feed_marks_suite(void);

static void
open_wide(struct desk *s)
{
	desk_open(s, 200, 30);
	desk_meet_bob(s);
	desk_show(s);
}

static const struct entry *
last(struct desk *s)
{
	const struct history *h = &s->f.room->pane->history;

	return history_entry(h, h->next - 1);
}

/* That the news is painted with the next frame; and the text is there then. */
static void
expect_news(struct desk *s, const char *text)
{
	CU_ASSERT_TRUE(s->f.ui->tui->changed);
	desk_show(s);
	if (desk_row_with(s, text) == -1)
		fprintf(stderr, "\n  no row with <%s>\n", text);
	CU_ASSERT_NOT_EQUAL(desk_row_with(s, text), -1);
}

static void
say(struct desk *s, const char *line)
{
	desk_type(s, line);
	desk_type(s, "\r");
}

static void
tell_sent(struct desk *s, uint64_t seq, uint32_t peers, enum sent_to to)
{
	s->f.ui->view->sent(s->f.room, seq, peers, to);
}

/* To whom it went, and whether others get it. */
static void
test_sent(void)
{
	struct desk s;

	open_wide(&s);
	say(&s, "hello");
	CU_ASSERT(desk_row_with(&s, "hello  waiting") > 0);
	tell_sent(&s, 1, 2, SENT_OPEN);
	CU_ASSERT_TRUE(last(&s)->mark.open);
	expect_news(&s, "hello  sent");
	tell_sent(&s, 1, 2, SENT_MORE);
	CU_ASSERT_TRUE(last(&s)->mark.open);
	tell_sent(&s, 1, 2, SENT_ALL);
	CU_ASSERT_FALSE(last(&s)->mark.open);
	CU_ASSERT_FALSE(last(&s)->mark.unknown);
	tell_sent(&s, 1, 2, SENT_UNKNOWN);
	CU_ASSERT_TRUE(last(&s)->mark.unknown);
	CU_ASSERT_EQUAL(last(&s)->rows, 0);
	expect_news(&s, "hello  0/2?");
	/* Of one that was forgotten nothing is shown. */
	tell_sent(&s, 2, 1, SENT_ALL);
	CU_ASSERT_FALSE(s.f.ui->tui->changed);
	desk_close(&s);
}

/* One after the other has it; also one that was given up on. */
static void
test_delivered(void)
{
	const struct ipc_delivered d = { .seq = 1, .id.bytes = { 1, 0xee } };
	const struct ipc_undelivered u = { .seq = 1,
		.reason = UNDELIVERED_NO_PATH,
		.id = d.id };
	const struct peer *bob;
	struct desk s;

	open_wide(&s);
	bob = model_peer(&s.f.room->model, 0x1001);
	say(&s, "hello");
	tell_sent(&s, 1, 3, SENT_ALL);
	s.f.ui->view->delivered(s.f.room, &d, bob);
	expect_news(&s, "hello  1/3");
	s.f.ui->view->delivered(s.f.room, &d, bob);
	CU_ASSERT_EQUAL(last(&s)->rows, 0);
	expect_news(&s, "hello  2/3");
	s.f.ui->view->undelivered(s.f.room, &u, bob);
	expect_news(&s, "not delivered to bob (no path)");
	s.f.ui->view->delivered_late(s.f.room, &d, bob);
	expect_news(&s, "hello  ✓3/3");
	CU_ASSERT_EQUAL(desk_row_with(&s, "not delivered"), -1);
	desk_close(&s);
}

/* Without its message, that it came late is a line, and that it was delivered
 * is none. */
static void
test_forgotten(void)
{
	const struct ipc_delivered d = { .seq = 7, .id.bytes = { 1, 0xee } };
	const struct peer *bob;
	struct desk s;
	uint64_t lines;

	open_wide(&s);
	bob = model_peer(&s.f.room->model, 0x1001);
	lines = s.f.room->pane->history.next;
	s.f.ui->view->delivered(s.f.room, &d, bob);
	CU_ASSERT_EQUAL(s.f.room->pane->history.next, lines);
	CU_ASSERT_FALSE(s.f.ui->tui->changed);
	s.f.ui->view->delivered_late(s.f.room, &d, bob);
	CU_ASSERT_EQUAL(s.f.room->pane->history.next, lines + 1);
	CU_ASSERT_EQUAL(last(&s)->kind, ENTRY_EVENT);
	expect_news(&s, "bob");
	desk_close(&s);
}

/* --- Recalled ------------------------------------------------------------- */

static const struct entry *
recall(struct desk *s, const struct recalled_text *t)
{
	struct recalled_text r = *t;

	r.wall_ms = 1709200000000; /* before the line of the day */
	r.text = "hi alice\033[1m\n";
	r.len = strlen(r.text);
	s->f.room->past.people = &s->f.room->model;
	s->f.ui->view->recalled(s->f.room, &r);
	s->f.room->past.people = NULL; /* the model is freed once */
	CU_ASSERT_EQUAL(last(s)->wall_ms, r.wall_ms);
	CU_ASSERT_TRUE(s->f.ui->tui->changed);
	return last(s);
}

/* Ours has its mark as it was. */
static void
test_recalled_own(void)
{
	const struct peer *bob;
	const struct entry *e;
	struct desk s;

	open_wide(&s);
	bob = model_peer(&s.f.room->model, 0x1001);
	e = recall(&s,
	    &(struct recalled_text){ .seq = 5,
		.flags = TEXT_FLAG_PRIVATE,
		.who = bob,
		.sent = true,
		.open = true,
		.peers = 4,
		.delivered = 2,
		.others = 1 });
	CU_ASSERT_EQUAL(e->kind, ENTRY_SAID);
	CU_ASSERT_EQUAL(e->seq, 5);
	CU_ASSERT_EQUAL(e->flags, TEXT_FLAG_PRIVATE);
	CU_ASSERT_STRING_EQUAL(e->name, "alice");
	CU_ASSERT_STRING_EQUAL(e->to, "bob");
	CU_ASSERT_EQUAL(e->name_style, STYLE_OWN);
	CU_ASSERT_FALSE(e->mention);
	CU_ASSERT_TRUE(e->mark.sent);
	CU_ASSERT_TRUE(e->mark.open);
	CU_ASSERT_EQUAL(e->mark.peers, 4);
	CU_ASSERT_EQUAL(e->mark.delivered, 2);
	CU_ASSERT_EQUAL(e->mark.undelivered, 1);
	CU_ASSERT_PTR_EQUAL(history_own(&s.f.room->pane->history, 5), e);
	CU_ASSERT_STRING_EQUAL(recall(&s, &(struct recalled_text){ .seq = 6 })
				   ->to,
	    "");
	desk_close(&s);
}

/* A peer's looks as it did, and is no news: nothing rings, and Tab does not
 * offer its author first. */
static void
test_recalled_heard(void)
{
	struct peer *bob;
	const struct entry *e;
	struct desk s;

	open_wide(&s);
	s.f.ui->tui->attention.how = NOTIFY_BELL;
	s.f.ui->now += 2 * ATTENTION_LOOK;
	bob = (struct peer *)model_peer(&s.f.room->model, 0x1001);
	e = recall(&s, &(struct recalled_text){ .who = bob });
	CU_ASSERT_EQUAL(e->kind, ENTRY_HEARD);
	CU_ASSERT_STRING_EQUAL(e->name, "bob");
	CU_ASSERT_STRING_EQUAL(e->to, "");
	CU_ASSERT_EQUAL(e->name_style, tui_nick_style(s.f.room, bob));
	CU_ASSERT(memcmp(e->tag, bob->fingerprint, HISTORY_TAG) == 0);
	CU_ASSERT_TRUE(e->mention);
	CU_ASSERT_NSTRING_EQUAL(e->text, "hi alice", 8);
	CU_ASSERT_PTR_NULL(strchr(e->text, '\033'));
	CU_ASSERT_EQUAL(s.f.room->spoke_count, 0);
	CU_ASSERT_EQUAL(s.f.ui->tui->attention.unread, 0);
	desk_show(&s);
	CU_ASSERT_EQUAL(s.vt.bells, 0);
	/* Of an author that is not known any more, and of one's other self. */
	e = recall(&s, &(struct recalled_text){ .who = NULL });
	CU_ASSERT_STRING_EQUAL(e->name, "?");
	CU_ASSERT_EQUAL(e->name_style, STYLE_TEXT);
	CU_ASSERT_FALSE(e->mention);
	bob->us = true;
	e = recall(&s, &(struct recalled_text){ .who = bob });
	CU_ASSERT_FALSE(e->mention);
	CU_ASSERT_EQUAL(e->name_style, STYLE_OWN);
	desk_close(&s);
}

static void
test_recalled_missed(void)
{
	struct ipc_undelivered u = { .seq = 5,
		.reason = UNDELIVERED_NO_PATH,
		.id.bytes = { 1, 0xee } };
	const struct peer *bob;
	struct desk s;

	open_wide(&s);
	bob = model_peer(&s.f.room->model, 0x1001);
	recall(&s,
	    &(struct recalled_text){ .seq = 5, .sent = true, .peers = 1 });
	s.f.ui->view->recalled_missed(s.f.room, &u, bob);
	expect_news(&s, "not delivered to bob (no path)");
	u.seq = 6; /* forgotten */
	s.f.ui->view->recalled_missed(s.f.room, &u, bob);
	CU_ASSERT_EQUAL(last(&s)->mark.undelivered, 1);
	desk_close(&s);
}

/* --- In the margin -------------------------------------------------------- */

/* What one says from another place does not ring, nor count as unread. */
static void
test_own_place(void)
{
	struct ipc_message m = { .handle = 0x100e, .seq = 1 };
	struct desk s;

	open_wide(&s);
	s.f.ui->tui->attention.how = NOTIFY_BELL;
	CU_ASSERT_EQUAL(fixture_tell_place(&s.f, 14, FIXTURE_OWN_KEY,
			    PEER_CONNECTED, "alice"),
	    0);
	s.f.ui->now += 2 * ATTENTION_LOOK;
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_MESSAGE, &m, "alice!", 6), 0);
	CU_ASSERT_FALSE(last(&s)->mention);
	CU_ASSERT_EQUAL(s.f.ui->tui->attention.unread, 0);
	desk_show(&s);
	CU_ASSERT_EQUAL(s.vt.bells, 0);
	desk_close(&s);
}

/* An answer, and what one says, are seen wherever one was reading. */
static void
test_scrolled(void)
{
	struct desk s;

	desk_open(&s, 80, 8);
	for (int i = 0; i < 20; i++)
		s.f.ui->view->notice(s.f.room, "a line");
	desk_type(&s, "\033<");
	CU_ASSERT_TRUE(s.f.room->pane->scroll.held);
	s.f.ui->view->notice(s.f.room, "an answer");
	CU_ASSERT_FALSE(s.f.room->pane->scroll.held);
	desk_type(&s, "\033<");
	s.f.ui->view->said(s.f.room, 1, 0, NULL, "hello", 5);
	CU_ASSERT_FALSE(s.f.room->pane->scroll.held);
	desk_close(&s);
}

/* An error follows that says why: nothing is said twice. */
static void
test_refused(void)
{
	struct desk s;
	uint64_t lines;

	open_wide(&s);
	lines = s.f.room->pane->history.next;
	s.f.ui->view->bootnode(s.f.room,
	    &(struct ipc_bootnode){ .status = BOOT_REFUSED });
	CU_ASSERT_EQUAL(s.f.room->pane->history.next, lines);
	CU_ASSERT_TRUE(s.f.ui->tui->changed);
	desk_close(&s);
}

/* The last word; before it, how much of what was typed is not sent. */
static void
test_bye(void)
{
	struct desk s;

	open_wide(&s);
	s.f.ui->view->bye(s.f.ui);
	CU_ASSERT_STRING_EQUAL(last(&s)->text, "bye");
	CU_ASSERT_EQUAL(last(&s)->kind, ENTRY_EVENT);
	CU_ASSERT_EQUAL(desk_row_with(&s, "too much is waiting"), -1);
	s.f.ui->tui->shown->ahead.waiting = true;
	s.f.ui->tui->shown->ahead.lines = 2;
	s.f.ui->view->bye(s.f.ui);
	desk_show(&s);
	CU_ASSERT(desk_row_with(&s,
		      "not sent, because too much is waiting: the last 3 "
		      "lines") > 0);
	s.f.ui->tui->shown->ahead.waiting = false;
	desk_close(&s);
}

void
feed_marks_suite(void)
{
	CU_pSuite s = CU_add_suite("feed_marks", NULL, NULL);

	CU_add_test(s, "sent", test_sent);
	CU_add_test(s, "delivered", test_delivered);
	CU_add_test(s, "forgotten", test_forgotten);
	CU_add_test(s, "recalled, ours", test_recalled_own);
	CU_add_test(s, "recalled, a peer's", test_recalled_heard);
	CU_add_test(s, "recalled, and missed", test_recalled_missed);
	CU_add_test(s, "from another place", test_own_place);
	CU_add_test(s, "scrolled up", test_scrolled);
	CU_add_test(s, "refused", test_refused);
	CU_add_test(s, "the last word", test_bye);
}
