/*
 * What is unread (ui/tui/unread.c): counted while another pane is shown, below
 * a line that stands where the user left, and found by Alt-a.
 */
#include "tests/unit/ui/tui/places.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void unread_suite(void);

#define ALT_A	"\033a"
#define LINE	"─ new ─"
#define MENTION "alice: look"
#define TALK	"some talk"

static uint64_t seq;

/* bob says something in this room, where he is. */
static void
hear(struct places *p, struct room *room, unsigned int flags, const char *text)
{
	places_about(p, room);
	if (model_peer(&room->model, 0x1001) == NULL)
		desk_meet_bob(&p->desk);
	desk_hear(&p->desk, ++seq, flags, text, strlen(text));
	desk_show(&p->desk);
}

static void
expect(const struct room *room, unsigned int count, bool notable)
{
	CU_ASSERT_EQUAL(room->pane->unread.count, count);
	CU_ASSERT_EQUAL(room->pane->unread.notable, notable);
}

/* Texts count while another room is shown; events do not. */
static void
test_counts(void)
{
	struct places p;

	places_open(&p, 80, 24);
	hear(&p, p.first, 0, MENTION);
	expect(p.first, 0, false);
	hear(&p, p.other, 0, TALK);
	expect(p.other, 1, false);
	CU_ASSERT_EQUAL(fixture_tell_peer(&p.desk.f, 2, PEER_CONNECTED, "eve"),
	    0);
	expect(p.other, 1, false);
	hear(&p, p.other, 0, MENTION);
	expect(p.other, 2, true);
	hear(&p, p.other, 0, TALK);
	expect(p.other, 3, true);
	desk_type(&p.desk, "\0332");
	expect(p.other, 0, false);
	hear(&p, p.other, TEXT_FLAG_PRIVATE, TALK);
	expect(p.other, 0, false);
	desk_type(&p.desk, "\0331");
	hear(&p, p.other, TEXT_FLAG_PRIVATE, TALK);
	expect(p.other, 1, true);
	places_close(&p);
}

/* What the user wrote in another place is no news. */
static void
test_own(void)
{
	struct places p;

	places_open(&p, 80, 24);
	places_about(&p, p.other);
	CU_ASSERT_EQUAL(fixture_tell_place(&p.desk.f, 1, FIXTURE_OWN_KEY,
			    PEER_CONNECTED, "alice"),
	    0);
	hear(&p, p.other, 0, TALK);
	expect(p.other, 0, false);
	places_close(&p);
}

/* The line stands before what came, and goes when the room is left again. */
static void
test_line(void)
{
	struct places p;
	int line;

	places_open(&p, 80, 24);
	desk_type(&p.desk, "\0332");
	hear(&p, p.other, 0, "before");
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, LINE), -1);
	desk_type(&p.desk, "\0331");
	hear(&p, p.other, 0, "behind");
	hear(&p, p.other, 0, "more");
	desk_type(&p.desk, "\0332");
	line = desk_row_with(&p.desk, LINE);
	CU_ASSERT(line > 0);
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, "before"), line - 1);
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, "behind"), line + 1);
	CU_ASSERT_EQUAL(desk_style(&p.desk, "new"), STYLE_NEW);
	hear(&p, p.other, 0, "now");
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, LINE), line - 1);
	desk_type(&p.desk, "\0331");
	desk_type(&p.desk, "\0332");
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, LINE), -1);
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, "behind"),
	    desk_row_with(&p.desk, "before") + 1);
	places_close(&p);
}

/* There is none above the first text of all. */
static void
test_no_line(void)
{
	struct places p;

	places_open(&p, 80, 24);
	hear(&p, p.other, 0, TALK);
	desk_type(&p.desk, "\0332");
	CU_ASSERT_EQUAL(desk_row_with(&p.desk, LINE), -1);
	places_close(&p);
}

/* Scrolling by single rows goes over the line, and over one that is gone. */
static void
test_scrolls_over(void)
{
	struct places p;
	char text[32];
	int steps;

	places_open(&p, 40, 8);
	desk_type(&p.desk, "\0332");
	for (int i = 0; i < 30; i++) {
		if (i == 10 || i == 20)
			desk_type(&p.desk, "\0331");
		snprintf(text, sizeof(text), "text %d.", i);
		hear(&p, p.other, 0, text);
		if (i == 10 || i == 20)
			desk_type(&p.desk, "\0332");
	}
	steps = 0;
	while (steps++ < 40 && desk_row_with(&p.desk, "text 0.") == -1)
		desk_type(&p.desk, "\033[1;2A");
	CU_ASSERT(steps < 40);
	while (steps-- > 1)
		desk_type(&p.desk, "\033[1;2B");
	CU_ASSERT(desk_row_with(&p.desk, "text 29.") > 0);
	/* What is looked for is what somebody said. */
	desk_type(&p.desk, "\022new");
	CU_ASSERT(desk_row_with(&p.desk, "not found") > 0);
	places_close(&p);
}

/* First what is for the user, then what is oldest. */
static void
test_next(void)
{
	struct ipc_channel more[2];
	struct room *rooms[2];
	struct places p;
	struct ui *ui;

	places_open(&p, 80, 24);
	ui = p.desk.f.ui;
	for (unsigned int i = 0; i < 2; i++)
		rooms[i] =
		    fixture_open_room(&p.desk.f, 5 + i, "more", &more[i]);
	desk_type(&p.desk, ALT_A);
	CU_ASSERT_PTR_EQUAL(ui->front, p.first);
	CU_ASSERT(desk_row_with(&p.desk, "nothing is unread") > 0);
	hear(&p, rooms[1], 0, TALK);
	hear(&p, p.other, 0, TALK);
	hear(&p, rooms[0], 0, TALK);
	hear(&p, rooms[0], 0, MENTION);
	desk_type(&p.desk, ALT_A);
	CU_ASSERT_PTR_EQUAL(ui->front, rooms[0]);
	desk_type(&p.desk, ALT_A);
	CU_ASSERT_PTR_EQUAL(ui->front, rooms[1]);
	desk_type(&p.desk, ALT_A);
	CU_ASSERT_PTR_EQUAL(ui->front, p.other);
	desk_type(&p.desk, ALT_A);
	CU_ASSERT_PTR_EQUAL(ui->front, p.other);
	desk_type(&p.desk, "\0331");
	for (unsigned int i = 0; i < 2; i++)
		fixture_shut(rooms[i], &more[i]);
	places_close(&p);
}

/* Texts of all rooms count in the title, as long as nobody looks. */
static void
test_title(void)
{
	struct places p;
	struct ui *ui;

	places_open(&p, 80, 24);
	ui = p.desk.f.ui;
	ui->now += ATTENTION_LOOK;
	hear(&p, p.other, 0, TALK);
	hear(&p, p.first, 0, TALK);
	CU_ASSERT_EQUAL(ui->tui->attention.unread, 2);
	places_close(&p);
}

void
unread_suite(void)
{
	CU_pSuite s = CU_add_suite("unread", NULL, NULL);

	CU_add_test(s, "the count", test_counts);
	CU_add_test(s, "own texts", test_own);
	CU_add_test(s, "the line", test_line);
	CU_add_test(s, "no line", test_no_line);
	CU_add_test(s, "scrolling over the line", test_scrolls_over);
	CU_add_test(s, "the next unread", test_next);
	CU_add_test(s, "the title", test_title);
}
