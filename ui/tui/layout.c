/*
 * Entries as rows. See layout.h.
 */
#include "ui/tui/layout.h"

#include "ui/tui/link.h"
#include "ui/tui/match.h"
#include "ui/tui/wrap.h"

#include "ui/format.h"

#include "common/ipc_messages.h"
#include "common/log.h"

#include <stdlib.h>
#include <string.h>

void
layout_free(struct layout *l)
{
	buf_free(&l->text);
	free(l->spans);
	free(l->rows);
	memset(l, 0, sizeof(*l));
}

/* Grows an array of that many elements if it is at a power of two. */
static void *
grown(void *array, size_t count, size_t size)
{
	if (count > 0 && (count & (count - 1)) != 0)
		return array;
	array = reallocarray(array, count > 0 ? count * 2 : 1, size);
	if (array == NULL)
		fatal("no memory for a layout");
	return array;
}

/* The text that was appended since the last span gets this look. */
static void
end_span(struct layout *l, enum style style, uint32_t link)
{
	size_t before = l->span_count > 0 ? l->spans[l->span_count - 1].end : 0;

	if (l->text.len == before)
		return;
	l->spans = grown(l->spans, l->span_count, sizeof(*l->spans));
	l->spans[l->span_count++] =
	    (struct layout_span){ l->text.len, style, link, 0, 0 };
}

static void
put(struct layout *l, const char *s, size_t len, enum style style,
    uint32_t link)
{
	buf_put(&l->text, s, len);
	end_span(l, style, link);
}

static void
puts_as(struct layout *l, const char *s, enum style style)
{
	put(l, s, strlen(s), style, 0);
}

/* Puts text of one look, except for the searched part. */
static void
put_found(struct layout *l, const char *s, size_t len, enum style style,
    uint32_t link, const char *find)
{
	size_t at, n;

	while (find != NULL && match_find(s, len, find, &at, &n)) {
		put(l, s, at, style, link);
		put(l, s + at, n, STYLE_MATCH, link);
		s += at + n;
		len -= at + n;
	}
	put(l, s, len, style, link);
}

static enum style
text_style(const struct entry *e)
{
	switch (e->kind) {
	case ENTRY_EVENT:
		return STYLE_EVENT;
	case ENTRY_NOTICE:
		return STYLE_NOTICE;
	case ENTRY_QR:
		return STYLE_QR;
	case ENTRY_ERROR:
		return STYLE_ERROR;
	case ENTRY_ALARM:
		return STYLE_ALARM;
	default:
		break;
	}
	if (e->mention)
		return STYLE_MENTION;
	return e->flags & TEXT_FLAG_PRIVATE ? STYLE_PRIVATE : STYLE_TEXT;
}

/* Returns the same number for a link each time it is laid out, and hardly ever
 * the same for another one on the same screen. */
static uint32_t
link_id(const struct entry *e, size_t at)
{
	uint32_t id = (uint32_t)e->number * 2654435761u + (uint32_t)at;

	return id != 0 ? id : 1;
}

/* Notes where the URL of the spans from first on begins; it ends here. */
static void
end_url(struct layout *l, size_t first, size_t start)
{
	for (size_t i = first; i < l->span_count; i++) {
		l->spans[i].url = start;
		l->spans[i].url_end = l->text.len;
	}
}

static void
put_text(struct layout *l, const struct entry *e, const char *find)
{
	bool talk = e->kind == ENTRY_HEARD || e->kind == ENTRY_SAID;
	enum style style = text_style(e);
	const char *s = e->text;
	size_t len = e->len, at, n, first, start;

	while (talk && link_find(s, len, &at, &n)) {
		put_found(l, s, at, style, 0, find);
		first = l->span_count;
		start = l->text.len;
		put_found(l, s + at, n,
		    style == STYLE_TEXT ? STYLE_LINK : style,
		    link_id(e, (size_t)(s - e->text) + at), find);
		end_url(l, first, start);
		s += at + n;
		len -= at + n;
	}
	put_found(l, s, len, style, 0, find);
}

/* Puts the part before the text. */
static void
put_head(struct layout *l, const struct entry *e)
{
	if (e->flags & TEXT_FLAG_PRIVATE) {
		/* Nobody can forge the double rule next to it. */
		puts_as(l, e->kind == ENTRY_SAID ? "[to " : "[to you alone] ",
		    STYLE_PRIVATE);
		if (e->kind == ENTRY_SAID) {
			puts_as(l, e->to, STYLE_PRIVATE);
			puts_as(l, " alone] ", STYLE_PRIVATE);
		}
	}
	if (e->flags & TEXT_FLAG_ACTION) {
		format_argument(&l->text, e->name);
		end_span(l, e->name_style, 0);
		puts_as(l, " ", STYLE_TEXT);
	}
}

/* True if these are all of its addressees. */
static const char *
of_how_many(const struct entry_mark *m)
{
	if (m->unknown)
		return "?";
	return m->open ? "…" : "";
}

static void
put_count(struct layout *l, const char *before, const struct entry_mark *m,
    enum style style)
{
	buf_printf(&l->text, "%s%u/%u%s", before, m->delivered, m->peers,
	    of_how_many(m));
	end_span(l, style, 0);
}

static void
put_missed(struct layout *l, const struct entry_mark *m)
{
	size_t more = m->undelivered - m->missed_count;

	for (size_t i = 0; i < m->missed_count; i++) {
		puts_as(l, i > 0 ? ", " : "", STYLE_MARK_NOT);
		puts_as(l, m->missed[i].who_and_why, STYLE_MARK_NOT);
	}
	if (more > 0) {
		buf_printf(&l->text, "%s%zu more",
		    m->missed_count > 0 ? " and " : "", more);
		end_span(l, STYLE_MARK_NOT, 0);
	}
}

/* Puts how far our own message got. */
static void
put_mark(struct layout *l, const struct entry *e)
{
	const struct entry_mark *m = &e->mark;
	uint32_t all = m->peers;

	puts_as(l, "  ", STYLE_TEXT);
	if (m->unknown && all == 0)
		puts_as(l, "not known", STYLE_MARK_NOT);
	else if (m->unknown)
		put_count(l, "", m, STYLE_MARK);
	else if (m->undelivered == 0 && (!m->sent || (m->open && all == 0)))
		puts_as(l, "waiting", STYLE_MARK);
	else if (m->sent && all == 0 && m->undelivered == 0)
		puts_as(l, "nobody was here", STYLE_MARK_NOT);
	else if (m->delivered == all && all > 0 && !m->open)
		put_count(l, "✓", m, STYLE_MARK_ALL);
	else if (m->delivered > 0)
		put_count(l, "", m, STYLE_MARK);
	else if (m->sent && m->undelivered < all)
		puts_as(l, "sent", STYLE_MARK);
	if (m->undelivered == 0)
		return;
	puts_as(l, "\nnot delivered to ", STYLE_MARK_NOT);
	put_missed(l, m);
}

/* An indent leaves at least so many columns to the text, or there is none. */
#define HUNG_MIN_COLUMNS 12

/* True if the row ends within a word, of an invite or a key, that somebody may
 * copy: what goes on there has no blanks before it. */
static bool
ends_in_word(const char *text, const struct layout_row *row, size_t next)
{
	return next == row->end && next > 0 &&
	    (unsigned char)text[next - 1] < 0x80;
}

/* The rows after the first begin behind so many columns. */
static void
break_rows(struct layout *l, unsigned int columns, unsigned int hang)
{
	const char *text = l->text.bytes != NULL ? l->text.bytes : "";
	struct layout_row row = { 0 };
	size_t next;

	if (columns < hang + HUNG_MIN_COLUMNS)
		hang = 0;
	for (;; row.start = next) {
		next = wrap_row(text, l->text.len, row.start,
		    columns - row.indent, &row.end);
		l->rows = grown(l->rows, l->row_count, sizeof(*l->rows));
		l->rows[l->row_count++] = row;
		if (next > l->text.len)
			return;
		row.indent = ends_in_word(text, &row, next) ? 0 : hang;
	}
}

void
layout_entry(struct layout *l, struct entry *e, unsigned int columns,
    const char *find)
{
	layout_free(l);
	put_head(l, e);
	put_text(l, e, find);
	if (e->kind == ENTRY_SAID)
		put_mark(l, e);
	break_rows(l, columns, e->hang);
	e->rows = (unsigned int)l->row_count;
	e->rows_width = columns;
}

unsigned int
layout_rows(struct entry *e, unsigned int columns)
{
	struct layout l = { 0 };

	if (e->rows == 0 || e->rows_width != columns) {
		layout_entry(&l, e, columns, NULL);
		layout_free(&l);
	}
	return e->rows;
}
