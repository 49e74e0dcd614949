/*
 * Where clusters and words begin and end in the text. See parts.h.
 */
#include "ui/tui/editor/parts.h"

#include "common/utf8.h"

#include <stdint.h>
#include <utf8proc.h>

size_t
editor_cluster_end(const struct editor *e, size_t at)
{
	utf8proc_int32_t state = 0;
	uint32_t before, c;
	size_t n = utf8_decode(e->text + at, e->len - at, &before);

	if (n == 0)
		return e->len;
	for (at += n; at < e->len; at += n) {
		n = utf8_decode(e->text + at, e->len - at, &c);
		if (n == 0 ||
		    utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
			(utf8proc_int32_t)c, &state))
			return at;
		before = c;
	}
	return e->len;
}

static bool
is_plain(char c)
{
	return c >= ' ' && c <= '~';
}

/* Returns a boundary at or before at, near enough: for example, between two
 * ASCII characters. */
static size_t
boundary_before(const struct editor *e, size_t at)
{
	while (at > 0 && !(is_plain(e->text[at - 1]) && is_plain(e->text[at])))
		at--;
	return at;
}

size_t
editor_cluster_start(const struct editor *e, size_t at)
{
	size_t start, end;

	if (at == 0)
		return 0;
	end = boundary_before(e, at - 1);
	do {
		start = end;
		end = editor_cluster_end(e, start);
	} while (end < at);
	return start;
}

size_t
editor_cluster_boundary(const struct editor *e, size_t at)
{
	size_t boundary = boundary_before(e, at);

	while (boundary < at)
		boundary = editor_cluster_end(e, boundary);
	return boundary;
}

bool
editor_is_word(const char *cluster, size_t len)
{
	uint32_t c;

	if (utf8_decode(cluster, len, &c) == 0)
		return false;
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return true;
	default:
		return false;
	}
}

bool
editor_is_dark(const char *cluster, size_t len)
{
	return len != 1 ||
	    (*cluster != ' ' && *cluster != '\t' && *cluster != '\n');
}

size_t
editor_run_end(const struct editor *e, size_t at, editor_kind *is)
{
	bool within = false, hit;
	size_t next;

	for (; at < e->len; at = next) {
		next = editor_cluster_end(e, at);
		hit = is(e->text + at, next - at);
		if (within && !hit)
			break;
		within = hit;
	}
	return at;
}

/* Reads from the start of the text: clusters cannot be read backwards, and of a
 * text of TEXT_MAX this takes less than a millisecond. */
size_t
editor_run_start(const struct editor *e, size_t at, editor_kind *is)
{
	size_t start = 0, next;
	bool within = false, hit;

	for (size_t i = 0; i < at; i = next) {
		next = editor_cluster_end(e, i);
		hit = is(e->text + i, next - i);
		if (hit && !within)
			start = i;
		within = hit;
	}
	return start;
}
