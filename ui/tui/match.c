/*
 * Matching text. See match.h.
 */
#include "ui/tui/match.h"

#include "common/utf8.h"

#include <string.h>
#include <utf8proc.h>

static utf8proc_int32_t
lower(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? (utf8proc_int32_t)c + 0x20
					    : (utf8proc_int32_t)c;
	return utf8proc_tolower((utf8proc_int32_t)c);
}

/* Returns how many bytes of s match what from its start, or 0. */
static size_t
prefix(const char *s, size_t len, const char *what)
{
	size_t taken = 0, what_len = strlen(what), n, m;
	uint32_t a, b;

	for (; what_len > 0; what += m, what_len -= m, taken += n) {
		m = utf8_decode(what, what_len, &b);
		n = utf8_decode(s + taken, len - taken, &a);
		if (m == 0 || n == 0 || lower(a) != lower(b))
			return 0;
	}
	return taken;
}

bool
match_find(const char *s, size_t len, const char *what, size_t *at, size_t *n)
{
	uint32_t c;
	size_t step;

	for (size_t i = 0; i < len; i += step) {
		if ((*n = prefix(s + i, len - i, what)) > 0) {
			*at = i;
			return true;
		}
		step = utf8_decode(s + i, len - i, &c);
		if (step == 0)
			step = 1;
	}
	return false;
}

static bool
is_word(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ND:
		return true;
	default:
		return c == '_';
	}
}

bool
match_word(const char *s, size_t len, const char *name)
{
	uint32_t before = ' ', after, c;
	size_t n, step;

	if (name[0] == '\0')
		return false;
	for (size_t i = 0; i < len; i += step) {
		n = is_word(before) ? 0 : prefix(s + i, len - i, name);
		if (n > 0 &&
		    (utf8_decode(s + i + n, len - i - n, &after) == 0 ||
			!is_word(after)))
			return true;
		step = utf8_decode(s + i, len - i, &c);
		if (step == 0)
			return false;
		before = c;
	}
	return false;
}
