/*
 * Scrolling. See scroll.h.
 */
#include "ui/tui/scroll.h"

#include "ui/tui/layout.h"

unsigned int
scroll_columns(const struct scroll_window *w, const struct entry *e)
{
	bool answer = e->kind == ENTRY_NOTICE || e->kind == ENTRY_QR;

	return answer ? w->wide : w->columns;
}

static unsigned int
rows_of(const struct scroll_window *w, struct entry *e)
{
	return layout_rows(e, scroll_columns(w, e));
}

/* Returns the entry of that number; if that is not shown, the next one up or
 * down; or NULL. */
static struct entry *
shown_entry(const struct history *h, uint64_t number, bool up)
{
	struct entry *e = history_entry(h, number);

	while (e != NULL && e->gone)
		e = history_entry(h, up ? e->number - 1 : e->number + 1);
	return e;
}

/* Goes one row up; false at the top. */
static bool
step_up(const struct scroll_window *w, struct scroll_row *at)
{
	struct entry *e;

	if (at->row > 0) {
		at->row--;
		return true;
	}
	e = shown_entry(w->history, at->entry->number - 1, true);
	if (e == NULL)
		return false;
	at->entry = e;
	at->row = rows_of(w, e) - 1;
	return true;
}

static bool
step_down(const struct scroll_window *w, struct scroll_row *at)
{
	struct entry *e;

	if (at->row + 1 < rows_of(w, at->entry)) {
		at->row++;
		return true;
	}
	e = shown_entry(w->history, at->entry->number + 1, false);
	if (e == NULL)
		return false;
	at->entry = e;
	at->row = 0;
	return true;
}

/* Writes as many rows as there are, at most n. Returns how many. */
static unsigned int
steps_up(const struct scroll_window *w, struct scroll_row *at, unsigned int n)
{
	unsigned int done = 0;

	while (done < n && step_up(w, at))
		done++;
	return done;
}

static void
steps_down(const struct scroll_window *w, struct scroll_row *at, unsigned int n)
{
	while (n-- > 0 && step_down(w, at))
		;
}

/* Returns the row of an entry that holds a byte of its text. */
static unsigned int
row_of(const struct scroll_window *w, struct entry *e, size_t offset)
{
	struct layout l = { 0 };
	unsigned int row = 0;

	layout_entry(&l, e, scroll_columns(w, e), NULL);
	while (row + 1 < l.row_count && l.rows[row + 1].start <= offset)
		row++;
	layout_free(&l);
	return row;
}

static size_t
offset_of(const struct scroll_window *w, const struct scroll_row *at)
{
	struct layout l = { 0 };
	size_t offset;

	layout_entry(&l, at->entry, scroll_columns(w, at->entry), NULL);
	offset = l.rows[at->row].start;
	layout_free(&l);
	return offset;
}

/* Returns where the bottom row is. There must be an entry. */
static struct scroll_row
bottom(const struct scroll *s, const struct scroll_window *w)
{
	const struct history *h = w->history;
	struct scroll_row at = { .row = 0 };

	if (!s->held) {
		at.entry = shown_entry(h, h->next - 1, true);
		at.row = rows_of(w, at.entry) - 1;
		return at;
	}
	at.entry = shown_entry(h, s->entry, true);
	if (at.entry == NULL) /* forgotten: the oldest there is */
		at.entry = shown_entry(h, h->oldest, false);
	else
		at.row = row_of(w, at.entry, s->offset);
	return at;
}

/* Puts the bottom row there, but leaves no row empty above the text. It is held
 * at the last row, too, if cleared text is seen above it. */
static void
settle(struct scroll *s, const struct scroll_window *w, struct scroll_row at)
{
	struct scroll_row top = at, below;
	unsigned int above = steps_up(w, &top, w->rows - 1);

	steps_down(w, &at, w->rows - 1 - above);
	top = below = at;
	steps_up(w, &top, w->rows - 1);
	s->held = step_down(w, &below) || top.entry->number < s->cleared;
	s->entry = at.entry->number;
	s->offset = offset_of(w, &at);
}

/* Goes to the top row of the screen; returns how many rows that is up. */
static unsigned int
rows_above(const struct scroll *s, const struct scroll_window *w,
    struct scroll_row *at)
{
	struct scroll_row above = *at;
	unsigned int count = 0;

	while (count < w->rows - 1 && step_up(w, &above) &&
	    (s->held || above.entry->number >= s->cleared)) {
		*at = above;
		count++;
	}
	return count;
}

unsigned int
scroll_view(const struct scroll *s, const struct scroll_window *w,
    struct scroll_row *rows)
{
	struct scroll_row at;
	unsigned int count;

	if (history_empty(w->history))
		return 0;
	at = bottom(s, w);
	count = rows_above(s, w, &at) + 1;
	if (!s->held && at.entry->number < s->cleared)
		return 0;
	for (unsigned int i = 0; i < count; i++) {
		rows[i] = at;
		step_down(w, &at);
	}
	return count;
}

/* Returns the rows that are empty above the text since it was cleared. */
static unsigned int
rows_cleared(const struct scroll *s, const struct scroll_window *w)
{
	struct scroll_row at;

	if (s->held || s->cleared <= w->history->oldest)
		return 0;
	at = bottom(s, w);
	if (at.entry->number < s->cleared)
		return w->rows;
	return w->rows - 1 - rows_above(s, w, &at);
}

void
scroll_up(struct scroll *s, const struct scroll_window *w, unsigned int rows)
{
	struct scroll_row at;
	unsigned int empty;

	if (history_empty(w->history))
		return;
	at = bottom(s, w);
	empty = rows_cleared(s, w);
	steps_up(w, &at, rows > empty ? rows - empty : 0);
	settle(s, w, at);
}

void
scroll_down(struct scroll *s, const struct scroll_window *w, unsigned int rows)
{
	struct scroll_row at, before;

	if (history_empty(w->history) || !s->held)
		return;
	at = bottom(s, w);
	before = at;
	steps_down(w, &at, rows);
	if (at.entry == before.entry && at.row == before.row)
		s->held = false; /* below is what was cleared */
	else
		settle(s, w, at);
}

void
scroll_to_top(struct scroll *s, const struct scroll_window *w)
{
	const struct history *h = w->history;

	if (history_empty(h))
		return;
	settle(s, w,
	    (struct scroll_row){ shown_entry(h, h->oldest, false), 0 });
}

void
scroll_to_bottom(struct scroll *s)
{
	s->held = false;
}

void
scroll_clear(struct scroll *s, const struct history *h)
{
	s->cleared = h->next;
	s->held = false;
}

void
scroll_to(struct scroll *s, const struct scroll_window *w, struct entry *e)
{
	struct scroll_row at = { e, 0 };

	steps_down(w, &at, w->rows / 2);
	settle(s, w, at);
}

/* Returns the number of messages heard up to the bottom row. */
static uint64_t
shown(const struct scroll *s, const struct history *h)
{
	const struct entry *e;

	if (!s->held)
		return h->messages;
	e = history_entry(h, s->entry);
	return e != NULL ? e->messages : 0;
}

void
scroll_seen(struct scroll *s, const struct history *h)
{
	uint64_t up_to = shown(s, h);

	if (up_to > s->seen)
		s->seen = up_to;
}

uint64_t
scroll_below(const struct scroll *s, const struct history *h)
{
	uint64_t up_to = shown(s, h);

	return h->messages - (up_to > s->seen ? up_to : s->seen);
}
