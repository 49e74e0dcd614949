/*
 * When the tui has something to do (ui/tui/tui.c): frames, figures to ask for,
 * what waits for time to pass; and when it has so much that nothing may come.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tui_time_suite(void);

/* Everything is painted, and nothing is due. */
static void
open_idle(struct desk *s)
{
	desk_open(s, 80, 24);
	desk_meet_bob(s);
	desk_show(s);
	s->f.ui->tui->attention.key_at = 0;
	fixture_keep_drafts(&s->f);
	desk_drain(s);
	CU_ASSERT_EQUAL(tui_deadline(s->f.ui), CLOCK_NEVER);
}

/* A frame is due a 60th of a second after the last one, if anything changed and
 * the terminal takes it. */
static void
test_frames(void)
{
	struct tui *t;
	struct desk s;

	open_idle(&s);
	t = s.f.ui->tui;
	tui_touch(s.f.ui);
	CU_ASSERT_EQUAL(tui_deadline(s.f.ui), t->painted + TUI_FRAME_TIME);
	t->suspended = true;
	CU_ASSERT_EQUAL(tui_deadline(s.f.ui), CLOCK_NEVER);
	t->suspended = false;
	output_put(&s.f.ui->out, "x", 1);
	CU_ASSERT_EQUAL(tui_deadline(s.f.ui), CLOCK_NEVER);
	fixture_output(&s.f);
	s.f.ui->now = t->painted + TUI_FRAME_TIME - 1;
	tui_work(s.f.ui);
	CU_ASSERT_TRUE(t->changed);
	s.f.ui->now++;
	tui_work(s.f.ui);
	CU_ASSERT_FALSE(t->changed);
	CU_ASSERT_EQUAL(t->painted, s.f.ui->now);
	desk_close(&s);
}

/* What was typed waits for its time: whichever comes first. */
static void
test_keys(void)
{
	struct desk s;

	open_idle(&s);
	s.f.ui->tui->suspended = true;
	s.f.ui->tui->ask_at = CLOCK_NEVER;
	tui_keys(s.f.ui, "\033", 1);
	CU_ASSERT_EQUAL(tui_deadline(s.f.ui), s.f.ui->now + KEYS_ESCAPE_TIME);
	s.f.ui->now += KEYS_ESCAPE_TIME - 1;
	tui_typed(s.f.ui);
	CU_ASSERT_EQUAL(s.f.ui->tui->keys.state, KEYS_ESCAPE);
	s.f.ui->now++;
	tui_typed(s.f.ui);
	CU_ASSERT_TRUE(keys_at_start(&s.f.ui->tui->keys));
	CU_ASSERT_EQUAL(tui_deadline(s.f.ui), CLOCK_NEVER);
	tui_keys(s.f.ui, "ab", 2);
	CU_ASSERT_EQUAL(tui_deadline(s.f.ui), s.f.ui->now + BURST_TIME);
	s.f.ui->now += BURST_TIME - 1;
	tui_typed(s.f.ui);
	fixture_expect_typed(&s.f, "");
	s.f.ui->now++;
	tui_typed(s.f.ui);
	fixture_expect_typed(&s.f, "ab");
	CU_ASSERT_EQUAL(tui_deadline(s.f.ui), CLOCK_NEVER);
	desk_close(&s);
}

static unsigned int
count_asked(struct fixture *f)
{
	struct ipc_message_in in;
	unsigned int count = 0;

	tui_work(f->ui);
	fixture_output(f);
	while (fixture_next(f, &in) != IPC_NONE)
		count += in.type == IPC_STATUS_ASK;
	f->room->status_asked = false;
	return count;
}

/* A list of peers is asked for while somebody looks, in a room. */
static void
test_asked(void)
{
	struct ui *ui;
	struct desk s;

	open_idle(&s);
	ui = s.f.ui;
	ui->tui->ask_at = ui->now;
	CU_ASSERT_EQUAL(count_asked(&s.f), 0);
	ui->tui->attention.key_at = ui->now - TUI_ASK_WITHIN;
	CU_ASSERT_EQUAL(count_asked(&s.f), 0);
	ui->tui->attention.key_at++;
	CU_ASSERT_EQUAL(tui_deadline(ui), ui->now);
	ui->front->model.joined = false;
	CU_ASSERT_EQUAL(count_asked(&s.f), 0);
	ui->front->model.joined = true;
	ui->phase = UI_DRAINING;
	CU_ASSERT_EQUAL(count_asked(&s.f), 0);
	ui->phase = UI_RUNNING;
	CU_ASSERT_EQUAL(count_asked(&s.f), 1);
	CU_ASSERT_EQUAL(ui->tui->ask_at, ui->now + TUI_ASK_TIME);
	CU_ASSERT_EQUAL(count_asked(&s.f), 0);
	desk_close(&s);
}

/* A bootnode's figures are asked for all the time, by the second. */
static void
test_bootnode_asked(void)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_TUI);
	CU_ASSERT_EQUAL(count_asked(&f), 1);
	CU_ASSERT_EQUAL(f.ui->tui->ask_at, f.ui->now + DASHBOARD_INTERVAL);
	f.ui->now += DASHBOARD_INTERVAL - 1;
	CU_ASSERT_EQUAL(count_asked(&f), 0);
	f.ui->now++;
	CU_ASSERT_EQUAL(count_asked(&f), 1);
	fixture_close(&f);
}

/* Half of what the scrollback holds may come without a frame. */
static void
test_full(void)
{
	struct pane *p;
	struct tui *t;
	struct desk s;

	open_idle(&s);
	t = s.f.ui->tui;
	p = s.f.room->pane;
	CU_ASSERT_FALSE(tui_full(s.f.room));
	p->history.next = p->painted_entry + HISTORY_ENTRIES_MAX / 2;
	CU_ASSERT_FALSE(tui_full(s.f.room));
	p->history.next++;
	CU_ASSERT_TRUE(tui_full(s.f.room));
	p->history.next = p->painted_entry;
	p->history.appended = p->painted_bytes + HISTORY_BYTES_MAX / 2;
	CU_ASSERT_FALSE(tui_full(s.f.room));
	p->history.appended++;
	CU_ASSERT_TRUE(tui_full(s.f.room));
	tui_touch(s.f.ui);
	desk_show(&s);
	CU_ASSERT_FALSE(tui_full(s.f.room));
	t->shown->ahead.len = AHEAD_BYTES_MAX;
	CU_ASSERT_TRUE(tui_takes_keys(s.f.ui));
	t->shown->ahead.len++;
	CU_ASSERT_FALSE(tui_takes_keys(s.f.ui));
	t->shown->ahead.len = 0;
	desk_close(&s);
}

/* The title has the room's name, safe, and in ASCII where that is all. */
static void
test_title(void)
{
	struct desk s;
	const char *out;

	open_idle(&s);
	snprintf(s.f.room->handle, sizeof(s.f.room->handle), "%s", "r\033]0;ü");
	for (int ascii = 0; ascii < 2; ascii++) {
		s.f.ui->ascii = ascii == 1;
		s.f.ui->tui->attention.title_stale = true;
		tui_touch(s.f.ui);
		s.f.ui->now += TUI_FRAME_TIME;
		ui_work(s.f.ui);
		out = strstr(fixture_output(&s.f), "\033]2;");
		CU_ASSERT_PTR_NOT_NULL_FATAL(out);
		CU_ASSERT_PTR_NULL(strstr(out, "\033]0;"));
		CU_ASSERT_PTR_NOT_NULL(strstr(out, " - gochat\033\\"));
		CU_ASSERT_EQUAL(strstr(out, "ü") == NULL, ascii == 1);
	}
	desk_close(&s);
}

void
tui_time_suite(void)
{
	CU_pSuite s = CU_add_suite("tui_time", NULL, NULL);

	CU_add_test(s, "frames", test_frames);
	CU_add_test(s, "keys", test_keys);
	CU_add_test(s, "figures of peers", test_asked);
	CU_add_test(s, "a bootnode's figures", test_bootnode_asked);
	CU_add_test(s, "full", test_full);
	CU_add_test(s, "the title", test_title);
}
