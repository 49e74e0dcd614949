/*
 * Bytes that are read from the terminal: they become keys or, if they come in a
 * burst, perhaps a paste. See tui.h.
 */
#include "ui/tui/action_parts.h"
#include "ui/tui/tui.h"

#include <string.h>

/* Takes bytes up to the next key. Returns how many. A paste is not over yet:
 * bytes that come with it belong to it. */
static size_t
take_key(struct ui *ui, const char *bytes, size_t len)
{
	struct key_event event;
	size_t n = keys_next(&ui->tui->keys, bytes, len, ui->now, &event);

	if (event.kind == KEY_PASTE)
		burst_paste(&ui->tui->burst, &event);
	else
		tui_key(ui, &event);
	return n;
}

/* True if a paste is asked about: a burst of bytes belongs to it, and is no
 * answer. */
static bool
is_asked(const struct ui *ui)
{
	return ui->tui->shown->question.kind == QUESTION_PASTE &&
	    !hidden_is_asked(ui);
}

/* True if the rest of a burst from there on is a paste, because text follows
 * the end of a line at last. A searched text, and the answer to a question, are
 * typed, up to the end of their line. */
static bool
is_paste(const struct ui *ui, size_t at, size_t last)
{
	const struct tui *t = ui->tui;

	if (!keys_at_start(&t->keys))
		return false;
	if (is_asked(ui))
		return at == 0;
	if (hidden_is_asked(ui)) /* of several lines none is taken */
		return at == 0 && last > 0;
	return at < last && !t->shown->search.typing &&
	    t->shown->question.kind != QUESTION_VERIFY &&
	    (burst_is_text(t->burst.bytes[at]) ||
		(at == 0 && t->burst.follows));
}

static void
end_paste(struct ui *ui)
{
	struct burst *b = &ui->tui->burst;
	size_t len = b->len;
	struct key_event event;

	burst_strip(b);
	keys_paste(&ui->tui->keys, b->bytes, b->len, b->cut, &event);
	event.bare = false;
	explicit_bzero(b->bytes, len);
	b->len = b->cut = 0;
	b->pasted = false;
	tui_key(ui, &event);
}

static void
end_burst(struct ui *ui)
{
	struct burst *b = &ui->tui->burst;
	struct key_event event;
	size_t last, n;

	if (b->pasted) {
		end_paste(ui);
		return;
	}
	last = burst_last_end(b->bytes, b->len);
	for (size_t at = 0; at < b->len && ui->phase <= UI_DRAINING; at += n) {
		n = b->len - at;
		if (!is_paste(ui, at, last)) {
			n = take_key(ui, b->bytes + at, n);
			continue;
		}
		keys_paste(&ui->tui->keys, b->bytes + at, n, b->cut, &event);
		event.follows = at == 0 && b->follows;
		tui_key(ui, &event);
	}
	explicit_bzero(b->bytes, b->len);
	b->len = b->cut = 0;
}

/* behind: a sequence came just before, in the same read. */
static bool
begins_burst(const struct ui *ui, const char *bytes, size_t len, bool quick,
    bool behind)
{
	if (ui->mode != MODE_CLIENT || !keys_at_start(&ui->tui->keys))
		return false;
	return burst_begins(bytes, len, quick) ||
	    (behind && is_asked(ui) && burst_is_text(*bytes));
}

/*
 * Bytes that begin with ESC are a key, a report or a paste in brackets, and end
 * the burst before them: so the keys of a user who typed on while the network
 * stood still are those keys, and no part of a text. Behind a paste they are
 * text: the author may have written the sequence that ended it.
 */
void
tui_keys(struct ui *ui, const char *bytes, size_t len)
{
	struct tui *t = ui->tui;
	bool quick = burst_quick(&t->burst, ui->now), behind = false;
	size_t n;

	adrift_came(ui);
	burst_came(&t->burst, ui->now);
	for (; len > 0 && ui->phase == UI_RUNNING; bytes += n, len -= n) {
		n = burst_text(&t->burst, bytes, len);
		if (n == 0 && t->burst.len > 0) {
			end_burst(ui);
		} else if (t->burst.len > 0 || t->burst.pasted ||
		    begins_burst(ui, bytes, len, quick, behind)) {
			burst_add(&t->burst, bytes, n, quick);
		} else {
			behind = behind || n == 0;
			quick = quick && n > 0;
			n = take_key(ui, bytes, len);
		}
	}
}

void
tui_typed(struct ui *ui)
{
	struct keys *k = &ui->tui->keys;
	struct key_event event;

	tui_ahead(ui);
	if (ui->now >= burst_deadline(&ui->tui->burst))
		end_burst(ui);
	if (ui->now >= keys_deadline(k)) {
		keys_expire(k, ui->now, &event);
		tui_key(ui, &event);
	}
}
