/*
 * What keys do while something is searched. See action_parts.h.
 */
#include "ui/tui/action_parts.h"
#include "ui/tui/tui.h"

#include <string.h>

/* The searched text is a line of its own, with the few keys it needs. */
static void
search_typed(struct ui *ui, const struct key_event *event)
{
	struct search *s = &ui->tui->shown->search;
	struct scroll_window w = tui_window(ui);
	struct buf what = { 0 };
	unsigned char first = (unsigned char)event->bytes[0];

	buf_puts(&what, s->what);
	if (first == 0x7f || first == '\b')
		while (what.len > 0 && (what.bytes[--what.len] & 0xc0) == 0x80)
			;
	else if (first == 'U' - '@')
		what.len = 0;
	else if (first >= ' ')
		buf_put(&what, event->bytes, event->len);
	search_change(s, &ui->tui->shown->scroll, &w,
	    what.bytes != NULL ? what.bytes : "", what.len);
	buf_free(&what);
}

void
search_key(struct ui *ui, const struct key_event *event)
{
	struct search *s = &ui->tui->shown->search;
	struct scroll *scrolled = &ui->tui->shown->scroll;
	struct scroll_window w = tui_window(ui);

	switch (event->kind) {
	case KEY_BYTES:
		search_typed(ui, event);
		break;
	case KEY_CTRL_R:
		search_step(s, scrolled, &w, true);
		break;
	case KEY_CTRL_S:
		search_step(s, scrolled, &w, false);
		break;
	case KEY_ENTER:
		search_end(s, scrolled, false);
		break;
	case KEY_ESCAPE:
	case KEY_CTRL_C:
	case KEY_CTRL_D:
	case KEY_CTRL_G:
		search_end(s, scrolled, true);
		break;
	default:
		break;
	}
}

void
search_found_key(struct ui *ui, const struct key_event *event)
{
	switch (event->kind) {
	case KEY_CTRL_R:
	case KEY_CTRL_S:
	case KEY_ENTER:
	case KEY_ESCAPE:
	case KEY_CTRL_C:
	case KEY_CTRL_D:
	case KEY_CTRL_G:
		search_key(ui, event);
		break;
	default:
		search_end(&ui->tui->shown->search, &ui->tui->shown->scroll,
		    false);
		action_compose(ui, event);
		break;
	}
}
