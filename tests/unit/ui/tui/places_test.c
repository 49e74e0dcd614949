/*
 * Turning between panes (ui/tui/turn.c): by which keys, what each pane has of
 * its own, and what happens when a room comes or goes while somebody types.
 */
#include "tests/unit/ui/tui/places.h"

#include <CUnit/CUnit.h>

#include <string.h>

void places_suite(void);

static void
type(struct places *p, const char *keys)
{
	desk_type(&p->desk, keys);
	p->desk.f.ui->now += 2 * BURST_TIME;
	desk_show(&p->desk);
}

static void
expect_first(const struct places *p)
{
	CU_ASSERT_TRUE(places_is_shown(p, p->first));
}

static void
expect_other(const struct places *p)
{
	CU_ASSERT_TRUE(places_is_shown(p, p->other));
}

/* By number, to the neighbours, around the ends. */
static void
test_keys(void)
{
	static const char *const next[] = { "\033[1;3C", "\033\033[C", "\016" };
	static const char *const before[] = { "\033[1;3D", "\033\033[D",
		"\020" };
	struct places p;

	places_open(&p, 80, 24);
	expect_first(&p);
	type(&p, "\0332");
	expect_other(&p);
	CU_ASSERT_EQUAL(p.other->pane->number, 2);
	type(&p, "\0331");
	expect_first(&p);
	for (size_t i = 0; i < 3; i++) {
		type(&p, next[i]);
		expect_other(&p);
		type(&p, next[i]);
		expect_first(&p);
		type(&p, before[i]);
		expect_other(&p);
		type(&p, before[i]);
		expect_first(&p);
	}
	places_expect_typed(&p, "");
	places_close(&p);
}

/* A place that nobody has is named as such; place 10 is on the key 0. */
static void
test_no_place(void)
{
	struct places p;

	places_open(&p, 80, 24);
	type(&p, "\0333");
	expect_first(&p);
	CU_ASSERT(
	    desk_row_with(&p.desk, "there is no room of that number") > 0);
	type(&p, "\0330");
	expect_first(&p);
	p.desk.f.ui->tui->panes[9] = p.other->pane;
	p.desk.f.ui->tui->panes[1] = NULL;
	p.other->pane->number = 10;
	type(&p, "\0330");
	expect_other(&p);
	CU_ASSERT_FALSE(tui_turn_to(p.desk.f.ui, 0));
	CU_ASSERT_FALSE(tui_turn_to(p.desk.f.ui, 2));
	CU_ASSERT_FALSE(tui_turn_to(p.desk.f.ui, PANES_MAX + 1));
	CU_ASSERT_TRUE(tui_turn_to(p.desk.f.ui, 1));
	expect_first(&p);
	places_close(&p);
}

/* With one room the same keys do what they did: history, words. */
static void
test_one_room(void)
{
	struct places p;

	places_open(&p, 80, 24);
	places_shut(&p);
	type(&p, "one two\r\020");
	places_expect_typed(&p, "one two");
	type(&p, "\033[1;3Dx");
	places_expect_typed(&p, "one xtwo");
	type(&p, "\033[1;3C\033\033[Dy\0332");
	places_expect_typed(&p, "one yxtwo");
	places_close(&p);
}

/* A place is free again once its room is closed, and numbers stay. */
static void
test_numbers(void)
{
	struct ipc_channel more;
	struct room *third;
	struct places p;

	places_open(&p, 80, 24);
	third = fixture_open_room(&p.desk.f, 7, "third", &more);
	CU_ASSERT_EQUAL(third->pane->number, 3);
	places_shut(&p);
	CU_ASSERT_EQUAL(third->pane->number, 3);
	p.other = fixture_open_room(&p.desk.f, 1, "again", &p.cryptod);
	CU_ASSERT_EQUAL(p.other->pane->number, 2);
	fixture_shut(third, &more);
	places_close(&p);
}

/* Commands take and show the numbers that are on the screen. */
static void
test_commands(void)
{
	struct places p;

	places_open(&p, 80, 24);
	CU_ASSERT_EQUAL(p.other->number, 3);
	type(&p, "/rooms\r");
	CU_ASSERT(desk_row_with(&p.desk, "> 1 r\"om") > 0);
	CU_ASSERT(desk_row_with(&p.desk, "  2 kitchen") > 0);
	type(&p, "/room 2\r");
	expect_other(&p);
	type(&p, "/room r\"om\r");
	expect_first(&p);
	type(&p, "/room 4\r");
	expect_first(&p);
	type(&p, "/part 2\r");
	CU_ASSERT_EQUAL(p.other->phase, ROOM_LEAVES);
	CU_ASSERT_EQUAL(p.first->phase, ROOM_STAYS);
	places_close(&p);
}

/* Each keeps the line that is being typed, which its cryptod has at once. */
static void
test_lines(void)
{
	struct places p;

	places_open(&p, 80, 24);
	type(&p, "for the first");
	places_expect_draft(&p, p.first, NULL);
	type(&p, "\0332");
	places_expect_draft(&p, p.first, "for the first");
	places_expect_typed(&p, "");
	type(&p, "for kitchen");
	type(&p, "\0331");
	places_expect_draft(&p, p.first, NULL);
	places_expect_draft(&p, p.other, "for kitchen");
	places_expect_typed(&p, "for the first");
	type(&p, "\r");
	places_expect_said(&p, p.first, "/for the first");
	places_expect_said(&p, p.other, "");
	type(&p, "\0332");
	places_expect_typed(&p, "for kitchen");
	/* The lines of Up are those that were entered here. */
	type(&p, "\025\033[A");
	places_expect_typed(&p, "");
	places_close(&p);
}

/* The line of a ui that died comes back in its own room. */
static void
test_recalled_line(void)
{
	struct places p;

	places_open(&p, 80, 24);
	type(&p, "now");
	tui_draft(p.other, "then", 4, 4);
	places_expect_typed(&p, "now");
	type(&p, "\r");
	places_expect_said(&p, p.first, "/now");
	type(&p, "\0332");
	places_expect_typed(&p, "then");
	places_close(&p);
}

/* Where one is in the text, and what one looks for, stay as well. */
static void
test_scroll(void)
{
	struct places p;

	places_open(&p, 40, 10);
	desk_meet_bob(&p.desk);
	for (uint64_t i = 1; i < 40; i++)
		desk_hear(&p.desk, i, 0, "line", 4);
	desk_show(&p.desk);
	type(&p, "\033[5~");
	CU_ASSERT_TRUE(p.first->pane->scroll.held);
	type(&p, "\0332");
	CU_ASSERT_FALSE(p.other->pane->scroll.held);
	type(&p, "\022kit");
	CU_ASSERT_TRUE(p.other->pane->search.typing);
	type(&p, "\0331");
	CU_ASSERT_TRUE(p.first->pane->scroll.held);
	CU_ASSERT(desk_row_with(&p.desk, "scrolled up") >= 0);
	type(&p, "text");
	places_expect_typed(&p, "text");
	type(&p, "\0332");
	CU_ASSERT(desk_row_with(&p.desk, "search: kit") >= 0);
	places_close(&p);
}

/* A room that another process opens comes to the front, but not between the
 * letters of a line. */
static void
test_turned(void)
{
	struct ui *ui;
	struct places p;

	places_open(&p, 80, 24);
	ui = p.desk.f.ui;
	type(&p, "half a l");
	ui->front = p.other;
	tui_turned(p.other);
	expect_first(&p);
	desk_show(&p.desk);
	CU_ASSERT(desk_row_with(&p.desk, "/room 2 turns to kitchen") >= 0);
	type(&p, "ine\r");
	places_expect_said(&p, p.first, "/half a line");
	ui->front = p.other;
	tui_turned(p.other);
	expect_other(&p);
	places_close(&p);
}

/* A name that is too long for the hint is cut between its letters. */
static void
test_turned_long(void)
{
	struct places p;

	places_open(&p, 120, 24);
	for (size_t i = 0; i < 85; i++)
		memcpy(p.other->handle + 3 * i, "語", 3);
	type(&p, "half");
	tui_turned(p.other);
	desk_show(&p.desk);
	CU_ASSERT(desk_row_with(&p.desk, "語語…") >= 0);
	places_close(&p);
}

/* Whatever is under way counts as typing. */
static void
test_busy(void)
{
	static const char *const busy[] = { "ab", "\033[200~ab",
		"\033[200~ab\033[201~", "\0332\0331\022" };
	struct places p;

	for (size_t i = 0; i < sizeof(busy) / sizeof(busy[0]); i++) {
		places_open(&p, 80, 24);
		tui_keys(p.desk.f.ui, busy[i], strlen(busy[i]));
		p.desk.f.ui->front = p.other;
		tui_turned(p.other);
		expect_first(&p);
		places_close(&p);
	}
}

/* The room goes from under a line: no part of it is said elsewhere. */
static void
test_taken_away(void)
{
	struct ui *ui;
	struct places p;

	places_open(&p, 80, 24);
	ui = p.desk.f.ui;
	type(&p, "\0332the secret");
	places_shut(&p);
	expect_first(&p);
	type(&p, " of all\r");
	places_expect_typed(&p, "");
	places_expect_said(&p, p.first, "");
	CU_ASSERT(desk_row_with(&p.desk, "pause for a second") >= 0);
	ui->now += USEC_PER_SEC / 2;
	type(&p, "still\r");
	places_expect_said(&p, p.first, "");
	ui->now += USEC_PER_SEC;
	type(&p, "mine\r");
	places_expect_said(&p, p.first, "/mine");
	places_close(&p);
}

/* A paste that is under way then is for nobody, however long it takes. */
static void
test_paste_taken_away(void)
{
	struct ui *ui;
	struct places p;

	places_open(&p, 80, 24);
	ui = p.desk.f.ui;
	type(&p, "\0332");
	tui_keys(ui, "\033[200~the", 9);
	places_shut(&p);
	ui->now += 10 * USEC_PER_SEC;
	tui_keys(ui, " secret\033[201~", 13);
	desk_show(&p.desk);
	type(&p, "\r");
	places_expect_said(&p, p.first, "");
	places_expect_typed(&p, "");
	places_close(&p);
}

/* A room that is being left does not stay in front. */
static void
test_left(void)
{
	struct places p;

	places_open(&p, 80, 24);
	type(&p, "\0332half");
	p.other->phase = ROOM_LEAVES;
	type(&p, "\r");
	places_expect_said(&p, p.other, "");
	places_expect_typed(&p, "half");
	p.desk.f.ui->front = p.first;
	tui_turned(p.first);
	expect_first(&p);
	type(&p, "ine\r");
	places_expect_said(&p, p.first, "");
	places_close(&p);
}

/* The title names the room that is shown. */
static void
test_title(void)
{
	struct places p;

	places_open(&p, 80, 24);
	tui_keys(p.desk.f.ui, "\0332", 2);
	p.desk.f.ui->now += 2 * TUI_FRAME_TIME;
	ui_work(p.desk.f.ui);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(fixture_output(&p.desk.f), "\033]2;kitchen - gochat\033\\"));
	places_close(&p);
}

void
places_suite(void)
{
	CU_pSuite s = CU_add_suite("places", NULL, NULL);

	CU_add_test(s, "keys that turn", test_keys);
	CU_add_test(s, "places that nobody has", test_no_place);
	CU_add_test(s, "the same keys with one room", test_one_room);
	CU_add_test(s, "numbers", test_numbers);
	CU_add_test(s, "numbers in commands", test_commands);
	CU_add_test(s, "lines", test_lines);
	CU_add_test(s, "a line that comes back", test_recalled_line);
	CU_add_test(s, "scrolling and searching", test_scroll);
	CU_add_test(s, "a room comes while somebody types", test_turned);
	CU_add_test(s, "its long name", test_turned_long);
	CU_add_test(s, "what counts as typing", test_busy);
	CU_add_test(s, "a room goes while somebody types", test_taken_away);
	CU_add_test(s, "a room goes within a paste", test_paste_taken_away);
	CU_add_test(s, "a room that is being left", test_left);
	CU_add_test(s, "the title", test_title);
}
