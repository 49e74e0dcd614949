/*
 * The bootnode's screen as its operator sees it.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <string.h>

void dashboard_suite(void);

/* A bootnode's tui on a terminal. */
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
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 39), " q ends it");
	stats.sessions = 12;
	stats.rooms = 3;
	tell_stats(&s, &stats);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 0),
	    " bootnode up 1h01m · 12 sessions in 3 rooms");
	CU_ASSERT_TRUE(s.f.ui->tui->grid.cursor_hidden);
	desk_close(&s);
}

/* What grew is told by the second, between two answers. */
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

/* With 96 columns or more, the drops are beside the totals. */
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

/* Tests the events: who came and who left, the last at the bottom. */
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
	/* However many figures there are, the last of them keep a place. */
	desk_resize(&s, 80, 14);
	CU_ASSERT_EQUAL(desk_row_with(&s, "peer abcd0000 left room deadbeef ("),
	    12);
	desk_close(&s);
}

/* Nobody ends it by accident: it says how many it would cost. */
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
	/* Where that takes more rows than one, they are the figures'. */
	desk_resize(&s, 60, 20);
	CU_ASSERT_EQUAL(desk_row_with(&s, " End the bootnode? It has 12"), 18);
	/* On a very small screen the brief question is there. */
	desk_resize(&s, 40, 2);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 1),
	    " y ends the bootnode, n does not");
	desk_type(&s, "n");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 1), " q ends it");
	desk_close(&s);
}

void
dashboard_suite(void)
{
	CU_pSuite suite = CU_add_suite("dashboard", NULL, NULL);

	CU_add_test(suite, "where it listens, and for whom", test_head);
	CU_add_test(suite, "figures by the second", test_rates);
	CU_add_test(suite, "beside one another", test_width);
	CU_add_test(suite, "sources", test_sources);
	CU_add_test(suite, "who came and left", test_members);
	CU_add_test(suite, "the question at the end", test_question);
}
