/*
 * Searching. See search.h.
 */
#include "ui/tui/search.h"

#include "ui/tui/match.h"

#include <string.h>

static bool
matches(const struct entry *e, const char *what)
{
	size_t at, n;

	return e->kind != ENTRY_DAY && e->kind != ENTRY_NEW &&
	    (match_find(e->text, e->len, what, &at, &n) ||
		match_find(e->name, strlen(e->name), what, &at, &n));
}

void
search_step(struct search *s, struct scroll *scroll,
    const struct scroll_window *w, bool older)
{
	const struct history *h = w->history;
	uint64_t at;
	struct entry *e;

	/* The entry that was found may be forgotten since. */
	at = history_entry(h, s->entry) != NULL ? s->entry : h->next;

	s->failed = true;
	if (s->what[0] == '\0')
		return;
	for (;;) {
		at = older ? at - 1 : at + 1;
		e = history_entry(h, at);
		if (e == NULL)
			return;
		if (matches(e, s->what))
			break;
	}
	s->failed = false;
	s->entry = at;
	scroll_to(scroll, w, e);
}

void
search_change(struct search *s, struct scroll *scroll,
    const struct scroll_window *w, const char *what, size_t len)
{
	if (len > sizeof(s->what) - 1) {
		len = sizeof(s->what) - 1;
		while (len > 0 && (what[len] & 0xc0) == 0x80)
			len--; /* not within a character */
	}
	memmove(s->what, what, len);
	s->what[len] = '\0';
	s->entry = 0;
	search_step(s, scroll, w, true);
	if (s->what[0] == '\0')
		s->failed = false;
	if (s->entry == 0)
		*scroll = s->before;
}

void
search_begin(struct search *s, struct scroll *scroll,
    const struct scroll_window *w, const char *what, size_t len)
{
	s->active = true;
	s->before = *scroll;
	search_change(s, scroll, w, what, len);
}

void
search_end(struct search *s, struct scroll *scroll, bool back)
{
	if (back)
		*scroll = s->before;
	memset(s, 0, sizeof(*s));
}
