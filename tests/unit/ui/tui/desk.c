/*
 * A tui on a desk. See desk.h.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <string.h>

void
desk_show(struct desk *s)
{
	const char *bytes;

	if (s->f.ui->tui->burst.pasted)
		s->f.ui->now += BURST_PASTE_TIME;
	s->f.ui->now += 2 * TUI_FRAME_TIME;
	ui_work(s->f.ui);
	bytes = fixture_output(&s->f);
	vt_write(&s->vt, bytes, strlen(bytes));
	CU_ASSERT(vt_shows(&s->vt, &s->f.ui->tui->painter.shown));
	CU_ASSERT_FALSE(s->f.ui->tui->changed);
}

void
desk_open(struct desk *s, unsigned int columns, unsigned int rows)
{
	struct terminal *t;

	fixture_open(&s->f, MODE_CLIENT, UI_TUI);
	t = &s->f.ui->tui->terminal;
	t->columns = columns;
	t->rows = rows;
	vt_open(&s->vt, columns, rows);
	fixture_tell_ready(&s->f);
	fixture_tell_bootnode(&s->f, BOOT_JOINED);
	desk_show(s);
}

void
desk_close(struct desk *s)
{
	vt_close(&s->vt);
	fixture_close(&s->f);
}

void
desk_type(struct desk *s, const char *keys)
{
	tui_keys(s->f.ui, keys, strlen(keys));
	desk_show(s);
}

void
desk_hear(struct desk *s, uint64_t seq, unsigned int flags, const char *text,
    size_t len)
{
	struct ipc_message m = { .handle = 0x1001,
		.flags = (uint8_t)flags,
		.seq = seq };

	CU_ASSERT_EQUAL(fixture_tell(&s->f, IPC_MESSAGE, &m, text, len), 0);
}

void
desk_resize(struct desk *s, unsigned int columns, unsigned int rows)
{
	s->f.ui->tui->terminal.columns = columns;
	s->f.ui->tui->terminal.rows = rows;
	vt_resize(&s->vt, columns, rows);
	tui_resized(s->f.ui);
	desk_show(s);
}

void
desk_meet_bob(struct desk *s)
{
	CU_ASSERT(fixture_tell_peer(&s->f, 1, PEER_CONNECTED, "bob") == 0);
}

void
desk_drain(struct desk *s)
{
	struct ipc_message_in in;

	while (fixture_next(&s->f, &in) != IPC_NONE)
		;
}

int
desk_row_with(struct desk *s, const char *text)
{
	for (int row = 0; row < s->vt.rows; row++)
		if (strstr(vt_row(&s->vt, (unsigned int)row), text) != NULL)
			return row;
	return -1;
}

enum style
desk_style(struct desk *s, const char *text)
{
	int row = desk_row_with(s, text);
	const char *all, *at;

	CU_ASSERT_FATAL(row >= 0);
	all = vt_row(&s->vt, (unsigned int)row);
	at = strstr(all, text);
	return grid_cell(&s->f.ui->tui->painter.shown, (unsigned int)row,
	    (unsigned int)cluster_columns(all, (size_t)(at - all)))
	    ->style;
}

void
desk_paste(struct desk *s, const char *text)
{
	tui_keys(s->f.ui, "\033[200~", 6);
	tui_keys(s->f.ui, text, strlen(text));
	tui_keys(s->f.ui, "\033[201~", 6);
	desk_show(s);
}
