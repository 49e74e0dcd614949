/*
 * Wrapping. See wrap.h.
 */
#include "ui/tui/wrap.h"

#include "ui/tui/cluster.h"

#include "common/utf8.h"

#include <string.h>
#include <utf8proc.h>

static utf8proc_category_t
category_at(const char *s, size_t len)
{
	uint32_t c;

	if (utf8_decode(s, len, &c) == 0)
		return UTF8PROC_CATEGORY_CN;
	return utf8proc_category((utf8proc_int32_t)c);
}

/* Closing brackets and full stops do not begin a row. */
static bool
begins_no_row(utf8proc_category_t category)
{
	return category == UTF8PROC_CATEGORY_PE ||
	    category == UTF8PROC_CATEGORY_PF ||
	    category == UTF8PROC_CATEGORY_PO;
}

/* Opening ones do not end it. */
static bool
ends_no_row(utf8proc_category_t category)
{
	return category == UTF8PROC_CATEGORY_PS ||
	    category == UTF8PROC_CATEGORY_PI;
}

/* A place to break before the present character, or none. */
struct opportunity {
	size_t end; /* of the row */
	size_t next;
};

/* The character before: it decides, with the next one, whether there is a
 * place. */
struct before {
	bool any;
	bool space;
	bool wide;
	utf8proc_category_t category; /* of a wide one */
};

static bool
may_break(const struct before *before, const struct cluster *cl,
    utf8proc_category_t category)
{
	if (!before->any || before->space)
		return false; /* noted where the spaces began */
	if (!before->wide && cl->columns < 2)
		return false;
	return !begins_no_row(category) && !ends_no_row(before->category);
}

size_t
wrap_row(const char *s, size_t len, size_t start, unsigned int columns,
    size_t *end)
{
	struct opportunity place = { start, start };
	struct before before = { 0 };
	utf8proc_category_t category;
	unsigned int used = 0;
	bool beyond = false; /* there are spaces behind the edge */
	struct cluster cl;
	size_t n;

	for (size_t at = start; at < len; at += n) {
		if (s[at] == '\n') {
			*end = beyond ? place.end : at;
			return at + 1;
		}
		n = cluster_next(s + at, len - at, &cl);
		if (n == 1 && s[at] == ' ') {
			/* Spaces at the edge need no room. */
			if (!before.space)
				place.end = at;
			place.next = at + 1;
			beyond = used == columns;
			used += used < columns;
			before = (struct before){ true, true, false,
				UTF8PROC_CATEGORY_ZS };
			continue;
		}
		category = category_at(s + at, len - at);
		if (may_break(&before, &cl, category))
			place = (struct opportunity){ at, at };
		if (used + cl.columns > columns) {
			if (at == start) {
				*end = at + n;
				return *end < len ? *end : len + 1;
			}
			if (place.next > start) {
				*end = place.end;
				return place.next;
			}
			*end = at;
			return at;
		}
		used += cl.columns;
		before =
		    (struct before){ true, false, cl.columns > 1, category };
	}
	*end = beyond ? place.end : len;
	return len + 1;
}
