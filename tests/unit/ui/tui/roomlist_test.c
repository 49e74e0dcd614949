/*
 * The list of rooms at the left (ui/tui/roomlist.c), and its short form in the
 * top bar of narrow screens.
 */
#include "tests/unit/ui/tui/places.h"

#include "ui/tui/roomlist.h"
#include "ui/tui/screen.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void roomlist_suite(void);

#define MORE 14

/* The rooms beside the two of places. */
struct more {
	struct places p;
	struct room *rooms[MORE];
	struct ipc_channel cryptods[MORE];
};

static void
open_more(struct more *m, unsigned int columns, unsigned int rows)
{
	unsigned int number = 1;
	char name[16];

	places_open(&m->p, columns, rows);
	for (unsigned int i = 0; i < MORE; i++, number++) {
		number += m->p.desk.f.ui->rooms[number] != NULL;
		snprintf(name, sizeof(name), "place %u", i + 3);
		m->rooms[i] = fixture_open_room(&m->p.desk.f, number, name,
		    &m->cryptods[i]);
	}
	desk_show(&m->p.desk);
}

static void
close_more(struct more *m)
{
	desk_type(&m->p.desk, "\0331");
	for (unsigned int i = 0; i < MORE; i++)
		fixture_shut(m->rooms[i], &m->cryptods[i]);
	places_close(&m->p);
}

static void
hear(struct places *p, struct room *room, uint64_t seq, const char *text)
{
	places_about(p, room);
	if (model_peer(&room->model, 0x1001) == NULL)
		desk_meet_bob(&p->desk);
	desk_hear(&p->desk, seq, 0, text, strlen(text));
	places_about(p, p->first);
}

static void
expect_row(struct places *p, unsigned int row, const char *start)
{
	const char *text = vt_row(&p->desk.vt, row);

	if (strncmp(text, start, strlen(start)) != 0)
		fprintf(stderr, "\n  %s instead of %s", text, start);
	CU_ASSERT_NSTRING_EQUAL(text, start, strlen(start));
}

static struct screen_areas
areas(const struct places *p, unsigned int columns)
{
	struct inputline input = inputline_now(p->desk.f.ui);

	return screen_areas(p->desk.f.ui, columns, 24, &input);
}

/* It takes columns from the messages, where there are enough of them. */
static void
test_columns(void)
{
	struct places p;

	places_open(&p, 80, 24);
	CU_ASSERT_EQUAL(areas(&p, 79).room_columns, 0);
	CU_ASSERT_EQUAL(areas(&p, 79).message_columns, 79);
	CU_ASSERT_EQUAL(areas(&p, 80).room_columns, 16);
	CU_ASSERT_EQUAL(areas(&p, 80).message_columns, 64);
	CU_ASSERT_EQUAL(areas(&p, 100).room_columns, 22);
	desk_meet_bob(&p.desk);
	CU_ASSERT_EQUAL(areas(&p, 80).message_columns, 44);
	places_shut(&p);
	CU_ASSERT_EQUAL(areas(&p, 80).room_columns, 0);
	CU_ASSERT_EQUAL(areas(&p, 200).room_columns, 0);
	places_close(&p);
}

/* Numbers, names, which is shown, and what is unread. */
static void
test_rows(void)
{
	struct places p;

	places_open(&p, 80, 24);
	expect_row(&p, 1, " 1 r\"om        │");
	expect_row(&p, 2, " 2 kitchen     │");
	expect_row(&p, 3, "               │");
	CU_ASSERT_EQUAL(desk_style(&p.desk, "r\"om     "), STYLE_BAR);
	CU_ASSERT_EQUAL(desk_style(&p.desk, "kitchen"), STYLE_TEXT);
	hear(&p, p.other, 1, "text");
	desk_show(&p.desk);
	expect_row(&p, 2, " 2 kitchen    1│");
	CU_ASSERT_EQUAL(desk_style(&p.desk, "kitchen"), STYLE_OWN);
	hear(&p, p.other, 2, "alice?");
	desk_show(&p.desk);
	expect_row(&p, 2, " 2 kitchen   *2│");
	CU_ASSERT_EQUAL(desk_style(&p.desk, "kitchen"), STYLE_CALLED);
	p.other->pane->unread.count = 1000;
	tui_touch(p.desk.f.ui);
	desk_show(&p.desk);
	expect_row(&p, 2, " 2 kitch… *999+│");
	desk_type(&p.desk, "\0332");
	expect_row(&p, 2, " 2 kitchen     │");
	CU_ASSERT_EQUAL(desk_style(&p.desk, "kitchen    "), STYLE_BAR);
	places_close(&p);
}

/* Names may hold anything, be long, or not known yet. */
static void
test_names(void)
{
	struct room *room;
	struct places p;

	places_open(&p, 80, 24);
	room = p.other;
	strcpy(room->handle, "日本語の部屋です");
	desk_resize(&p.desk, 80, 23);
	expect_row(&p, 2, " 2 日本語の部… │");
	strcpy(room->handle, "a\033[31m\u202eb");
	desk_resize(&p.desk, 80, 24);
	expect_row(&p, 2, " 2 a␛[31m<U+20…│");
	strcpy(room->handle, "");
	desk_resize(&p.desk, 80, 23);
	expect_row(&p, 2, " 2 …           │");
	places_close(&p);
}

/* A room whose bootnode is lost, refuses or never answered has a mark; one that
 * nobody heard of yet has none. */
static void
test_cut_off(void)
{
	struct places p;

	places_open(&p, 80, 24);
	places_about(&p, p.other);
	for (unsigned int s = 0; s < BOOT_STATUS_COUNT; s++) {
		bool good = s == BOOT_JOINED || s == BOOT_REJOINED;

		fixture_tell_bootnode(&p.desk.f, (enum boot_status)s);
		places_pass(&p, TUI_FRAME_TIME);
		desk_show(&p.desk);
		expect_row(&p, 2, good ? " 2 kitchen" : " 2!kitchen");
		CU_ASSERT_EQUAL(desk_style(&p.desk, "kitchen"),
		    good ? STYLE_TEXT : STYLE_ABSENT);
	}
	p.other->boot_known = false;
	desk_resize(&p.desk, 80, 23);
	expect_row(&p, 2, " 2 kitchen");
	places_close(&p);
}

/* With more rooms than rows the one that is shown has one, and what is unread
 * if it can be; the rule tells of the rest. */
static void
test_scrolls(void)
{
	struct more m;

	open_more(&m, 80, 10);
	expect_row(&m.p, 1, " 1 r\"om        │");
	expect_row(&m.p, 7, " 7 place 7     ↓");
	desk_type(&m.p.desk, "\0330");
	expect_row(&m.p, 1, " 7 place 7     ↑");
	expect_row(&m.p, 4, "10 place 10    │");
	expect_row(&m.p, 7, "13 place 13    ↓");
	CU_ASSERT_EQUAL(desk_style(&m.p.desk, "↓"), STYLE_RULE);
	hear(&m.p, m.rooms[13], 1, "text");
	desk_show(&m.p.desk);
	expect_row(&m.p, 1, "10 place 10    ↑");
	expect_row(&m.p, 7, "16 place 16   1│");
	hear(&m.p, m.rooms[2], 1, "alice?");
	desk_show(&m.p.desk);
	expect_row(&m.p, 2, " 5 place 5   *1│");
	CU_ASSERT_EQUAL(desk_style(&m.p.desk, "↓"), STYLE_CALLED);
	close_more(&m);
}

/* The short form has the number of the room, and those of unread ones. */
static void
test_short(void)
{
	struct more m;

	open_more(&m, 40, 10);
	expect_row(&m.p, 0, " 1:r\"om · alice · 1 here");
	hear(&m.p, m.p.other, 1, "text");
	hear(&m.p, m.rooms[13], 1, "alice?");
	desk_show(&m.p.desk);
	expect_row(&m.p, 0, " 1:r\"om · act 16*,2 · alice · 1 here");
	for (unsigned int i = 2; i < 13; i++)
		hear(&m.p, m.rooms[i], 1, "text");
	desk_show(&m.p.desk);
	expect_row(&m.p, 0, " 1:r\"om · act 16*,2,5,6,7… · 1 here");
	desk_resize(&m.p.desk, 20, 5);
	expect_row(&m.p, 0, " 1:r\"om · act 16*…");
	desk_type(&m.p.desk, "\0330");
	expect_row(&m.p, 0, " 10:plac… · act 16*…");
	desk_resize(&m.p.desk, 80, 24);
	expect_row(&m.p, 0, " place 10 · alice");
	close_more(&m);
}

/* It tells of a bootnode that does not answer, too, unless the room is shown:
 * the bar has words for that one. */
static void
test_short_cut_off(void)
{
	struct places p;

	places_open(&p, 40, 10);
	places_about(&p, p.other);
	fixture_tell_bootnode(&p.desk.f, BOOT_LOST);
	places_pass(&p, TUI_FRAME_TIME);
	desk_show(&p.desk);
	expect_row(&p, 0, " 1:r\"om · act 2! · alice · 1 here");
	hear(&p, p.other, 1, "alice?");
	desk_show(&p.desk);
	expect_row(&p, 0, " 1:r\"om · act 2*! · alice · 1 here");
	desk_resize(&p.desk, 20, 5);
	expect_row(&p, 0, " 1:r\"om · act 2*!");
	desk_resize(&p.desk, 40, 10);
	desk_type(&p.desk, "\0332");
	expect_row(&p, 0, " 2:kitchen · alice");
	CU_ASSERT(desk_row_with(&p.desk, "act") == -1);
	desk_type(&p.desk, "\0331");
	expect_row(&p, 0, " 1:r\"om · act 2! · alice · 1 here");
	places_about(&p, p.other);
	fixture_tell_bootnode(&p.desk.f, BOOT_REJOINED);
	places_pass(&p, TUI_FRAME_TIME);
	desk_show(&p.desk);
	expect_row(&p, 0, " 1:r\"om · alice · 1 here");
	places_close(&p);
}

/* Without colours what is unread looks different, too, and what is for the
 * user different from that. */
static void
test_no_colours(void)
{
	static const enum style styles[] = { STYLE_TEXT, STYLE_BAR, STYLE_OWN,
		STYLE_CALLED, STYLE_ABSENT };
	struct buf one = { 0 }, other = { 0 };

	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
		for (size_t j = 0; j < i; j++) {
			one.len = other.len = 0;
			theme_put(&one, styles[i], COLOURS_NONE);
			theme_put(&other, styles[j], COLOURS_NONE);
			CU_ASSERT_FALSE(one.len == other.len &&
			    memcmp(one.bytes, other.bytes, one.len) == 0);
		}
	buf_free(&one);
	buf_free(&other);
}

/* On the smallest screen, and on all others, everything has its place. */
static void
test_sizes(void)
{
	struct more m;

	open_more(&m, 20, 5);
	hear(&m.p, m.rooms[3], 1, "alice?");
	for (unsigned int columns = 1; columns < 120; columns += 7)
		for (unsigned int rows = 1; rows < 30; rows += 3)
			desk_resize(&m.p.desk, columns, rows);
	close_more(&m);
}

void
roomlist_suite(void)
{
	CU_pSuite s = CU_add_suite("roomlist", NULL, NULL);

	CU_add_test(s, "columns", test_columns);
	CU_add_test(s, "rows", test_rows);
	CU_add_test(s, "names", test_names);
	CU_add_test(s, "bootnodes that do not answer", test_cut_off);
	CU_add_test(s, "more rooms than rows", test_scrolls);
	CU_add_test(s, "narrow screens", test_short);
	CU_add_test(s, "short, of bootnodes", test_short_cut_off);
	CU_add_test(s, "without colours", test_no_colours);
	CU_add_test(s, "all sizes", test_sizes);
}
