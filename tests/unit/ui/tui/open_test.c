/*
 * What the tui is opened with (ui/tui/open.c).
 */
#include "ui/tui/feed.h"
#include "ui/tui/tui.h"

#include <CUnit/CUnit.h>

#include <string.h>

void tui_open_suite(void);

static void
open_with(struct ui *ui, struct ipc_config_ui config, bool ascii)
{
	const struct terminal t = { COLOURS_16, true, false, 80, 24 };

	memset(ui, 0, sizeof(*ui));
	config.mode = MODE_CLIENT;
	config.kind = UI_TUI;
	ui_init(ui, &config, &view_plain);
	ui->ascii = ascii;
	tui_open(ui, &config, &t);
}

/* The options that are the tui's, and what its terminal can do. */
static void
test_open(void)
{
	static struct ui ui;

	open_with(&ui,
	    (struct ipc_config_ui){ .notify = NOTIFY_OSC9,
		.notify_for = NOTIFY_ALL,
		.mouse = MOUSE_ON },
	    true);
	CU_ASSERT_PTR_EQUAL(ui.view, &view_tui);
	CU_ASSERT_EQUAL(ui.tui->attention.how, NOTIFY_OSC9);
	CU_ASSERT_EQUAL(ui.tui->attention.what, NOTIFY_ALL);
	CU_ASSERT_TRUE(ui.tui->attention.title_stale);
	CU_ASSERT_TRUE(ui.tui->mouse);
	CU_ASSERT_TRUE(ui.front->pane->history.ascii);
	CU_ASSERT_TRUE(history_empty(&ui.front->pane->history));
	CU_ASSERT_EQUAL(ui.tui->painter.colours, COLOURS_16);
	CU_ASSERT_TRUE(ui.tui->painter.links);
	CU_ASSERT_FALSE(ui.tui->terminal.title);
	CU_ASSERT_EQUAL(ui.tui->terminal.rows, 24);
	ui_free(&ui);
	CU_ASSERT_PTR_NULL(ui.tui);
	open_with(&ui, (struct ipc_config_ui){ .mouse = MOUSE_OFF }, false);
	CU_ASSERT_FALSE(ui.tui->mouse);
	CU_ASSERT_FALSE(ui.front->pane->history.ascii);
	tui_close(&ui);
	CU_ASSERT_PTR_NULL(ui.tui);
	tui_close(&ui);
	ui_free(&ui);
}

void
tui_open_suite(void)
{
	CU_pSuite s = CU_add_suite("tui_open", NULL, NULL);

	CU_add_test(s, "options and terminal", test_open);
}
