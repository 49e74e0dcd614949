/*
 * The gutter. See gutter.h.
 */
#include "ui/tui/gutter.h"

#include "ui/format.h"

#include "common/ipc_messages.h"

#include <string.h>
#include <time.h>

#define MORE "…"

struct gutter
gutter_for(unsigned int columns)
{
	if (columns >= 76)
		return (struct gutter){ 6, 14, 3 };
	if (columns >= 56)
		return (struct gutter){ 6, 10, 3 };
	if (columns >= 36)
		return (struct gutter){ 6, 8, 3 };
	if (columns >= 14)
		return (struct gutter){ 0, 7, 1 };
	return (struct gutter){ 0, 0, 0 };
}

unsigned int
gutter_columns(const struct gutter *g)
{
	return g->time + g->name + g->rule;
}

/* Returns the first clusters of s that take at most so many columns, in
 * bytes. */
static size_t
head(const char *s, size_t len, unsigned int columns)
{
	struct cluster cl;
	size_t at = 0, n;

	for (; at < len; at += n) {
		n = cluster_next(s + at, len - at, &cl);
		if (cl.columns > columns)
			break;
		columns -= cl.columns;
	}
	return at;
}

void
gutter_name(struct buf *out, const char *name, const uint8_t *fingerprint,
    unsigned int columns)
{
	const unsigned int tail = 1 + 2 * HISTORY_TAG; /* "~ab12" */
	char digits[2 * HISTORY_TAG + 1];
	size_t len = strlen(name);

	if (cluster_columns(name, len) <= columns) {
		buf_put(out, name, len);
		return;
	}
	if (columns > tail) {
		buf_put(out, name, head(name, len, columns - 1 - tail));
		buf_puts(out, MORE);
	}
	buf_puts(out, "~");
	buf_puts(out, format_hex(digits, fingerprint, HISTORY_TAG));
}

static void
put_time(struct grid_place *at, const struct entry *e)
{
	time_t t = (time_t)(e->wall_ms / 1000);
	char text[16];
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(text, sizeof(text), "%H:%M", &tm);
	at->style = STYLE_TIME;
	grid_puts(at, text);
}

/* The mark before an entry without an author. */
static const char *
sign(const struct entry *e)
{
	switch (e->kind) {
	case ENTRY_ERROR:
	case ENTRY_ALARM:
		return "!";
	case ENTRY_EVENT:
		return "--";
	default: /* an action */
		return "*";
	}
}

static void
put_name(struct grid_place *at, const struct gutter *g, const struct entry *e)
{
	bool talk = e->kind == ENTRY_HEARD || e->kind == ENTRY_SAID;
	unsigned int start = at->column, columns;
	struct buf text = { 0 };

	if (talk && !(e->flags & TEXT_FLAG_ACTION)) {
		buf_puts(&text, "<");
		gutter_name(&text, e->name, e->tag, g->name - 2);
		buf_puts(&text, ">");
		at->style = e->name_style;
	} else {
		buf_puts(&text, sign(e));
		at->style = e->kind == ENTRY_ERROR || e->kind == ENTRY_ALARM
		    ? STYLE_ERROR
		    : STYLE_EVENT;
	}
	columns = (unsigned int)cluster_columns(text.bytes, text.len);
	grid_blank(at, start + g->name - columns);
	grid_put(at, text.bytes, text.len);
	buf_free(&text);
}

void
gutter_put(struct grid_place *at, const struct gutter *g, const struct entry *e,
    bool first)
{
	unsigned int start = at->column;

	at->style = STYLE_TEXT;
	if (first && g->time > 0)
		put_time(at, e);
	grid_blank(at, start + g->time);
	if (first && g->name > 0)
		put_name(at, g, e);
	at->style = STYLE_RULE;
	grid_blank(at, start + g->time + g->name + (g->rule == 3));
	if (g->rule > 0)
		grid_puts(at, e->flags & TEXT_FLAG_PRIVATE ? "║" : "│");
	grid_blank(at, start + gutter_columns(g));
}
