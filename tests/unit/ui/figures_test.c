/*
 * A bootnode's figures in the views: none in the table is left out by accident,
 * and two columns take any number of rows.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/buf.h"
#include "ui/figures.h"
#include "ui/format.h"
#include "ui/tui/dashboard.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void ui_figures_suite(void);

/* The words that fit next to a number of 13 digits, in the plain view. */
#define WORDS_COLUMNS 14

static struct buf lines;

static void
remember(struct room *room, const char *text)
{
	(void)room;
	buf_puts(&lines, text);
	buf_puts(&lines, "\n");
}

static void
expect(const char *wanted)
{
	buf_put(&lines, "", 1);
	CU_ASSERT_STRING_EQUAL(lines.bytes, wanted);
	buf_free(&lines);
}

static void
empty(struct room *room, struct ui *ui)
{
	memset(room, 0, sizeof(*room));
	memset(ui, 0, sizeof(*ui));
	room->ui = ui;
}

/* Any number of figures fits; the test would see a row behind the last one. */
static void
test_totals(void)
{
	static const struct figures_row all[] = {
		{ "a", "first", NOT_TOLD, FIGURES_NUMBER },
		{ "b", IN_HEAD, IN_HEAD, FIGURES_NUMBER },
		{ "c", "second", NOT_TOLD, FIGURES_NUMBER },
		{ "d", NOT_TOLD, NOT_TOLD, FIGURES_NUMBER },
		{ "e", "third", NOT_TOLD, FIGURES_NUMBER },
	};
	static const char *const wanted[] = {
		"",
		"first                         1\n",
		"first                         1\n",
		"first                         1    "
		"second                        3\n",
		"first                         1    "
		"second                        3\n",
		"first                         1    "
		"second                        3\n"
		"third                         5\n",
	};
	const uint64_t numbers[] = { 1, 2, 3, 4, 5 };

	for (size_t n = 0; n <= sizeof(all) / sizeof(all[0]); n++) {
		figures_totals(NULL, all, numbers, n, remember);
		expect(wanted[n]);
	}
}

/* A figure that a view tells has words that fit, and a name of its own. */
static void
test_rows(void)
{
	for (size_t i = 0; i < FIGURES_COUNT; i++) {
		const struct figures_row *row = &figures_rows[i];

		CU_ASSERT_PTR_NOT_NULL_FATAL(row->json);
		CU_ASSERT(*row->json != '\0');
		CU_ASSERT(row->words == NOT_TOLD ||
		    strlen(row->words) <= WORDS_COLUMNS);
		for (size_t k = 0; k < i; k++) {
			CU_ASSERT_STRING_NOT_EQUAL(figures_rows[k].json,
			    row->json);
			CU_ASSERT(!figures_is_total(row) ||
			    !figures_is_total(&figures_rows[k]) ||
			    strcmp(figures_rows[k].words, row->words) != 0);
		}
	}
}

/* Each field is in its own place. */
static void
test_values(void)
{
	struct ipc_stats s = { 0 };
	uint64_t values[FIGURES_COUNT], n = 0;

#define X(field, ...) s.field = ++n;
	FIGURES_OF_STATS(X)
#undef X
	figures_values(&s, values);
	for (size_t i = 0; i < FIGURES_COUNT; i++)
		CU_ASSERT_EQUAL(values[i], i + 1);
}

/* What nobody sent or what was not dropped has no line; rates are by the time
 * that was counted. */
static void
test_all(void)
{
	struct ipc_stats s = { .sources_ms = 2000 };
	static struct room room;
	static struct ui ui;

	empty(&room, &ui);
	figures_all(&room, &s, remember);
	buf_put(&lines, "", 1);
	CU_ASSERT_EQUAL(strncmp(lines.bytes, "up 0 s, 0 sessions in 0 rooms\n",
			    30),
	    0);
	CU_ASSERT_PTR_NULL(strstr(lines.bytes, "recent top sources"));
	CU_ASSERT_PTR_NULL(strstr(lines.bytes, drop_name(DROP_COOKIE)));
	buf_free(&lines);
	s.source_count = 1;
	s.sources[0].received = 1;
	s.sources[0].dropped = 3;
	s.drops[DROP_COOKIE] = 1;
	figures_all(&room, &s, remember);
	buf_put(&lines, "", 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(lines.bytes,
	    "recent top sources                     received/s        "
	    "dropped/s\n"));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(lines.bytes, "             0.5              1.5\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(lines.bytes,
	    "  cookie                      1    a wrong or"));
	buf_free(&lines);
	/* They are known now: no news. */
	figures_news(&room, &s, remember);
	CU_ASSERT_EQUAL(lines.len, 0);
	CU_ASSERT_EQUAL(figures_per_second(5, 0), 0);
}

/* Only a change of a figure that is news is told. */
static void
test_news(void)
{
	struct ipc_stats s;
	static struct room room;
	static struct ui ui;
	size_t i = 0;

#define X(field, ...)                                                       \
	memset(&s, 0, sizeof(s));                                           \
	empty(&room, &ui);                                                  \
	s.field = 7;                                                        \
	figures_news(&room, &s, remember);                                  \
	CU_ASSERT_EQUAL(lines.len > 0, figures_rows[i++].news != NOT_TOLD); \
	buf_free(&lines);
	FIGURES_OF_STATS(X)
#undef X
	empty(&room, &ui);
	memset(&s, 0, sizeof(s));
	s.sessions = 3;
	s.rooms = 2;
	s.joins = 4;
	s.rejected = 5;
	s.dropped = 6;
	figures_news(&room, &s, remember);
	expect("3 sessions in 2 rooms; 4 joins, 5 rejected, 6 dropped\n");
}

/* Returns whether a row of the grid begins with this. */
static bool
shows(const struct grid *grid, const char *text)
{
	for (unsigned int row = 0; row < grid->rows; row++) {
		size_t i = 0;

		while (text[i] != '\0' &&
		    grid_cell(grid, row, (unsigned int)i)->cluster.bytes[0] ==
			text[i])
			i++;
		if (text[i] == '\0')
			return true;
	}
	return false;
}

/* The dashboard has a row for each total, with its own value. */
static void
test_dashboard(void)
{
	struct ipc_stats s = { .asked = 1 };
	struct grid grid = { 0 };
	uint64_t values[FIGURES_COUNT];
	char row[64];
	struct fixture f;

	s.joins = 11;
	s.rejected = s.rejections[REJECTION_DRAINING] = 12;
	s.heartbeats = 13;
	s.received = 14;
	s.sent = 15;
	s.relayed = 16;
	s.relayed_bytes = 17;
	s.dropped = s.drops[DROP_COOKIE] = 18;
	figures_values(&s, values);
	fixture_open(&f, MODE_BOOTNODE, UI_TUI);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_STATS_SHOW, &s, "", 0), 0);
	grid_resize(&grid, 80, 40);
	dashboard_compose(f.ui, &grid);
	for (size_t i = 0; i < FIGURES_COUNT; i++) {
		if (!figures_is_total(&figures_rows[i]))
			continue;
		snprintf(row, sizeof(row), " %-21s%14llu",
		    figures_rows[i].words, (unsigned long long)values[i]);
		CU_ASSERT(shows(&grid, row));
	}
	CU_ASSERT(shows(&grid, " dropped                          18"));
	CU_ASSERT(shows(&grid, " cookie                           18"));
	CU_ASSERT(shows(&grid, " draining                         12"));
	grid_free(&grid);
	fixture_close(&f);
}

void
ui_figures_suite(void)
{
	CU_pSuite suite = CU_add_suite("ui_figures", NULL, NULL);

	CU_add_test(suite, "lines of totals", test_totals);
	CU_add_test(suite, "the rows", test_rows);
	CU_add_test(suite, "the values", test_values);
	CU_add_test(suite, "all of them", test_all);
	CU_add_test(suite, "news", test_news);
	CU_add_test(suite, "the dashboard", test_dashboard);
}
