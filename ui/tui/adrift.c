/*
 * What is typed when the place for which it was typed is gone. See tui.h.
 */
#include "ui/tui/action_parts.h"
#include "ui/tui/tui.h"

static const struct {
	uint64_t time; /* without a key: then keys count again */
	const char *hint;
} reasons[] = {
	[ADRIFT_GONE] = { USEC_PER_SEC,
	    "that was for the room that is gone: pause for a second, then "
	    "type" },
	[ADRIFT_RESTARTED] = { USEC_PER_SEC,
	    "ui was restarted, and may show another room: pause for a second, "
	    "then type" },
	[ADRIFT_ASKED] = { USEC_PER_SEC,
	    "a passphrase is asked for: pause for a second, then type it" },
	[ADRIFT_ENTERED] = { 300 * USEC_PER_MSEC,
	    "what came so soon behind the passphrase was dropped" },
};

void
tui_adrift(struct ui *ui, enum adrift why)
{
	ui->tui->adrift = why;
	ui->tui->adrift_until = ui->now + reasons[why].time;
}

void
tui_lost_front(struct ui *ui)
{
	tui_adrift(ui, ADRIFT_RESTARTED);
}

void
adrift_came(struct ui *ui)
{
	struct tui *t = ui->tui;

	if (ui->now < t->adrift_until ||
	    (t->adrift_until > 0 && !keys_at_start(&t->keys)))
		tui_adrift(ui, t->adrift);
	else
		t->adrift_until = 0;
}

/* True for a key that changes or ends a line. */
static bool
is_typing(enum key_kind kind)
{
	switch (kind) {
	case KEY_BYTES:
	case KEY_ENTER:
	case KEY_NEWLINE:
	case KEY_TAB:
	case KEY_SHIFT_TAB:
	case KEY_CTRL_D:
	case KEY_PASTE:
		return true;
	default:
		return false;
	}
}

bool
adrift_key(struct ui *ui, const struct key_event *event)
{
	if (ui->now >= ui->tui->adrift_until || ui->tui->replaying ||
	    !is_typing(event->kind))
		return false;
	tui_hint(ui, reasons[ui->tui->adrift].hint);
	return true;
}
