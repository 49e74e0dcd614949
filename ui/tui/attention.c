/*
 * Attention. See attention.h.
 */
#include "ui/tui/attention.h"

static bool
somebody_looks(const struct attention *a, uint64_t now)
{
	if (a->tells_focus)
		return a->focused;
	return now < a->key_at + ATTENTION_LOOK;
}

void
attention_heard(struct attention *a, bool notable, uint64_t now)
{
	if (somebody_looks(a, now))
		return;
	a->unread++;
	a->title_stale = true;
	if ((notable || a->what == NOTIFY_ALL) && a->how != NOTIFY_OFF &&
	    now >= a->quiet_until) {
		a->due = true;
		a->quiet_until = now + ATTENTION_REST;
	}
}

static void
all_read(struct attention *a)
{
	if (a->unread > 0)
		a->title_stale = true;
	a->unread = 0;
}

void
attention_key(struct attention *a, uint64_t now)
{
	a->key_at = now;
	all_read(a);
}

void
attention_focus(struct attention *a, bool focused)
{
	a->tells_focus = true;
	a->focused = focused;
	if (focused)
		all_read(a);
}

void
attention_put(struct attention *a, struct buf *out, const char *room,
    size_t len, bool has_title)
{
	if (a->due && a->how == NOTIFY_OSC9)
		buf_puts(out, "\033]9;gochat: something for you\033\\");
	else if (a->due)
		buf_puts(out, "\a");
	a->due = false;
	if (!a->title_stale || !has_title)
		return;
	a->title_stale = false;
	buf_puts(out, "\033]2;");
	if (a->unread > 0)
		buf_printf(out, "(%llu) ", (unsigned long long)a->unread);
	buf_put(out, room, len);
	buf_puts(out, " - gochat\033\\");
}
