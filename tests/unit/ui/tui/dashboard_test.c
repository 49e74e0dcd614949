/*
 * The bootnode's screen as its operator sees it.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <string.h>

void dashboard_suite(void);

/* Opens a bootnode's tui on a terminal. */
static void
open_bootnode(struct desk *s, unsigned int columns, unsigned int rows)
{
	struct ipc_bootnode_ready ready = { .addr = { .port = 4545 },
		.key = { 0xf0, 0x0d } };

	fixture_open(&s->f, MODE_BOOTNODE, UI_TUI);
	s->f.ui->tui->terminal.columns = columns;
	s->f.ui->tui->terminal.rows = rows;
	vt_open(&s->vt, columns, rows);
	CU_ASSERT_EQUAL(fixture_tell(&s->f, IPC_BOOTNODE_READY, &ready, NULL,
			    0),
	    0);
	memcpy(ready.addr.ip, (uint8_t[16]){ [10] = 0xff, 0xff, 192, 0, 2, 1 },
	    16);
	CU_ASSERT_EQUAL(fixture_tell(&s->f, IPC_BOOTNODE_READY, &ready, NULL,
			    0),
	    0);
	desk_show(s);
}

static void
tell_stats(struct desk *s, const struct ipc_stats *stats)
{
	CU_ASSERT_EQUAL(fixture_tell(&s->f, IPC_STATS_SHOW, stats, "", 0), 0);
	desk_show(s);
}

static void
test_head(void)
{
	struct ipc_stats stats = { .uptime_ms = 3661007,
		.sessions = 1,
		.rooms = 1 };
	struct desk s;

	open_bootnode(&s, 100, 40);
	tell_stats(&s, &stats);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 0),
	    " bootnode up 1h01m · 1 session in 1 room");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 1),
	    " listening on [::]:4545, 192.0.2.1:4545");
	CU_ASSERT_EQUAL(strncmp(vt_row(&s.vt, 2), " key f00d0000", 13), 0);
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 39), " q ends it ", 11);
	stats.sessions = 12;
	stats.rooms = 3;
	tell_stats(&s, &stats);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 0),
	    " bootnode up 1h01m · 12 sessions in 3 rooms");
	CU_ASSERT_TRUE(s.f.ui->tui->grid.cursor_hidden);
	desk_close(&s);
}

/* Rates are given by the second, between two answers. */
static void
test_rates(void)
{
	struct ipc_stats stats = { .uptime_ms = 10000,
		.received = 100,
		.dropped = 5 };
	struct desk s;

	stats.drops[DROP_COOKIE] = 5;
	open_bootnode(&s, 80, 40);
	tell_stats(&s, &stats);
	stats.uptime_ms += 2000;
	stats.received += 31;
	stats.drops[DROP_COOKIE] += 4;
	stats.dropped += 4;
	tell_stats(&s, &stats);
	CU_ASSERT(desk_row_with(&s,
		      " received                        131       15.5") > 0);
	CU_ASSERT(desk_row_with(&s,
		      " cookie                            9        2.0") > 0);
	CU_ASSERT_EQUAL(desk_row_with(&s, "nothing was dropped"), -1);
	desk_close(&s);
}

/* With 96 columns or more, the drops are next to the totals. */
static void
test_width(void)
{
	struct ipc_stats stats = { .uptime_ms = 1000 };
	struct desk s;

	open_bootnode(&s, 95, 40);
	tell_stats(&s, &stats);
	CU_ASSERT(desk_row_with(&s, "dropped because") >
	    desk_row_with(&s, "since start"));
	CU_ASSERT(desk_row_with(&s, " nothing was dropped") > 0);
	desk_resize(&s, 96, 40);
	CU_ASSERT_EQUAL(desk_row_with(&s, "dropped because"), 3);
	CU_ASSERT_EQUAL(desk_row_with(&s, "since start"), 3);
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 3) + 50, " dropped because", 16);
	desk_close(&s);
}

static void
test_sources(void)
{
	struct ipc_stats stats = {
		.uptime_ms = 1000,
		.sources_ms = 2000,
		.source_count = 1,
		.sources = { { { { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 } },
		    7, 4 } },
	};
	struct desk s;

	open_bootnode(&s, 96, 40);
	tell_stats(&s, &stats);
	CU_ASSERT(desk_row_with(&s,
		      " 192.0.2.1                       3.5        2.0") >
	    desk_row_with(&s, "received/s"));
	CU_ASSERT(desk_row_with(&s, "received/s") > 0);
	desk_close(&s);
}

/* Events tell who came and who left, the last at the bottom. */
static void
test_members(void)
{
	struct ipc_member m = { .what = MEMBER_JOINED,
		.room = { 0xde, 0xad, 0xbe, 0xef },
		.id.bytes = { 0xab, 0xcd } };
	struct ipc_stats stats = { .uptime_ms = 1000 };
	struct desk s;
	int row;

	open_bootnode(&s, 80, 40);
	tell_stats(&s, &stats);
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_MEMBER_SHOW, &m, NULL, 0), 0);
	desk_show(&s);
	row = desk_row_with(&s, "peer abcd0000 joined room deadbeef");
	CU_ASSERT_EQUAL(row, 38);
	m.what = MEMBER_LEFT;
	m.reason = LEAVE_TIMEOUT;
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_MEMBER_SHOW, &m, NULL, 0), 0);
	desk_show(&s);
	CU_ASSERT_EQUAL(desk_row_with(&s, "peer abcd0000 left room deadbeef ("),
	    38);
	CU_ASSERT_EQUAL(desk_row_with(&s, "peer abcd0000 joined room deadbeef"),
	    37);
	/* However many figures there are, the last events keep a place. */
	desk_resize(&s, 80, 14);
	CU_ASSERT_EQUAL(desk_row_with(&s, "peer abcd0000 left room deadbeef ("),
	    12);
	desk_close(&s);
}

/* As many addresses as have room. */
static void
test_addresses(void)
{
	struct ipc_bootnode_ready ready = { .addr = { .port = 1 },
		.key = { 0xf0, 0x0d } };
	struct desk s;

	open_bootnode(&s, 200, 30);
	for (unsigned int i = 0; i < 20; i++)
		CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_BOOTNODE_READY, &ready,
				    NULL, 0),
		    0);
	desk_show(&s);
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 1),
	    " listening on [::]:4545, 192.0.2.1:4545, [::]:1, ", 49);
	CU_ASSERT_EQUAL(strlen(vt_row(&s.vt, 1)),
	    strlen(" listening on ") +
		sizeof(s.f.ui->tui->dashboard.listening) - 1);
	desk_close(&s);
}

/* What was counted before the process that counts was started again says
 * nothing of a rate. */
static void
test_shrunk(void)
{
	struct ipc_stats stats = { .uptime_ms = 10000, .received = 100 };
	struct desk s;

	open_bootnode(&s, 80, 40);
	tell_stats(&s, &stats);
	stats.uptime_ms += 2000;
	stats.received = 60;
	tell_stats(&s, &stats);
	CU_ASSERT(desk_row_with(&s,
		      " received                         60        0.0") > 0);
	desk_close(&s);
}

static int
count_rows(struct desk *s, const char *text)
{
	int count = 0;

	for (int row = 0; row < s->vt.rows; row++)
		count +=
		    strstr(vt_row(&s->vt, (unsigned int)row), text) != NULL;
	return count;
}

/* Each cause that occurred, and no other; what is below begins below both
 * columns, whichever is longer. */
static void
test_causes(void)
{
	struct ipc_stats stats = { .uptime_ms = 1000 };
	struct desk s;
	int below;

	open_bootnode(&s, 96, 60);
	tell_stats(&s, &stats);
	below = desk_row_with(&s, "recent top sources");
	CU_ASSERT_EQUAL(count_rows(&s, "nothing was dropped"), 1);
	for (unsigned int i = 0; i < DROP_COUNT; i++) {
		stats.drops[i] = 1000 + i;
		stats.dropped += 1000 + i;
	}
	tell_stats(&s, &stats);
	CU_ASSERT_EQUAL(count_rows(&s, "  10"), DROP_COUNT);
	CU_ASSERT_EQUAL(count_rows(&s, "nothing was dropped"), 0);
	CU_ASSERT(below <= desk_row_with(&s, "recent top sources"));
	CU_ASSERT(4 + DROP_COUNT <= desk_row_with(&s, "recent top sources"));
	/* Below one another, nothing is hidden. */
	below = desk_row_with(&s, "recent top sources");
	desk_resize(&s, 95, 60);
	CU_ASSERT_EQUAL(count_rows(&s, "  10"), DROP_COUNT);
	CU_ASSERT(desk_row_with(&s, "recent top sources") > below);
	desk_close(&s);
}

static void
test_look(void)
{
	struct ipc_stats stats = { .uptime_ms = 1000, .received = 7 };
	struct desk s;

	open_bootnode(&s, 80, 40);
	tell_stats(&s, &stats);
	CU_ASSERT_EQUAL(desk_style(&s, "bootnode up"), STYLE_BAR);
	CU_ASSERT_EQUAL(desk_style(&s, "listening"), STYLE_EVENT);
	CU_ASSERT_EQUAL(desk_style(&s, "since start"), STYLE_NOTICE);
	CU_ASSERT_EQUAL(desk_style(&s, "received "), STYLE_TEXT);
	CU_ASSERT_EQUAL(desk_style(&s, "nothing was dropped"), STYLE_ABSENT);
	CU_ASSERT_EQUAL(desk_style(&s, "q ends it"), STYLE_BAR);
	for (unsigned int row = 0; row < 40; row++)
		CU_ASSERT_EQUAL(grid_cell(&s.f.ui->tui->painter.shown, row, 1)
				    ->link,
		    0);
	/* The bars are as wide as the screen. */
	CU_ASSERT_EQUAL(grid_cell(&s.f.ui->tui->painter.shown, 0, 79)->style,
	    STYLE_BAR);
	CU_ASSERT_EQUAL(grid_cell(&s.f.ui->tui->painter.shown, 39, 79)->style,
	    STYLE_BAR);
	desk_close(&s);
}

/* Three rows stay for who came and left; on a smaller screen none do. */
static void
test_small(void)
{
	struct ipc_member m = { .what = MEMBER_JOINED };
	struct ipc_stats stats = { .uptime_ms = 1000 };
	struct desk s;

	open_bootnode(&s, 80, 14);
	tell_stats(&s, &stats);
	for (uint8_t i = 0; i < 5; i++) {
		m.id.bytes[0] = i;
		CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_MEMBER_SHOW, &m, NULL,
				    0),
		    0);
	}
	desk_show(&s);
	CU_ASSERT_EQUAL(count_rows(&s, " joined room "), 3);
	CU_ASSERT_EQUAL(desk_row_with(&s, "peer 02000000 joined"), 10);
	CU_ASSERT_EQUAL(desk_row_with(&s, "peer 04000000 joined"), 12);
	desk_resize(&s, 80, 13);
	CU_ASSERT_EQUAL(count_rows(&s, " joined room "), 0);
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 12), " q ends it ", 11);
	desk_resize(&s, 80, 2);
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 0), " bootnode up", 12);
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 1), " q ends it ", 11);
	desk_resize(&s, 80, 1);
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 0), " bootnode up", 12);
	desk_close(&s);
}

/* Nobody ends the bootnode by accident: a question says how many it serves. */
static void
test_question(void)
{
	struct ipc_stats stats = { .uptime_ms = 1000,
		.sessions = 12,
		.rooms = 3 };
	struct desk s;

	open_bootnode(&s, 100, 40);
	tell_stats(&s, &stats);
	desk_type(&s, "q");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 39),
	    " End the bootnode? It has 12 sessions in 3 rooms. y ends it, any "
	    "other key does not");
	/* If the question takes more than one row, the figures make room. */
	desk_resize(&s, 60, 20);
	CU_ASSERT_EQUAL(desk_row_with(&s, " End the bootnode? It has 12"), 18);
	desk_resize(&s, 60, 3);
	CU_ASSERT_EQUAL(desk_row_with(&s, " End the bootnode? It has 12"), 1);
	/* One row is always the figures'. */
	desk_resize(&s, 60, 2);
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 0), " bootnode up", 12);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 1),
	    " y ends the bootnode, n does not");
	desk_resize(&s, 100, 1);
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 0), " bootnode up", 12);
	/* A very small screen has the short question. */
	desk_resize(&s, 40, 2);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 1),
	    " y ends the bootnode, n does not");
	desk_type(&s, "n");
	CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, 1), " q ends it ", 11);
	desk_close(&s);
}

void
dashboard_suite(void)
{
	CU_pSuite suite = CU_add_suite("dashboard", NULL, NULL);

	CU_add_test(suite, "where it listens, and for whom", test_head);
	CU_add_test(suite, "figures by the second", test_rates);
	CU_add_test(suite, "next to one another", test_width);
	CU_add_test(suite, "many addresses", test_addresses);
	CU_add_test(suite, "figures that shrank", test_shrunk);
	CU_add_test(suite, "all causes", test_causes);
	CU_add_test(suite, "what it looks like", test_look);
	CU_add_test(suite, "small screens", test_small);
	CU_add_test(suite, "sources", test_sources);
	CU_add_test(suite, "who came and left", test_members);
	CU_add_test(suite, "the question at the end", test_question);
}
