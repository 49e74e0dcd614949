/*
 * The one form of room names and passphrases. See opaque_string.h.
 */
#include "precis/opaque_string.h"

#include "common/utf8.h"
#include "precis/free_form.h"

#include <string.h>
#include <utf8proc.h>

/* The number of code points, decomposed: at most three for each two of 1024
 * bytes. */
#define POINTS_MAX 2048

const char *
opaque_fault_text(enum opaque_fault fault)
{
#define OPAQUE_TEXT(id, text) [id] = text,
	static const char *const texts[OPAQUE_FAULT_COUNT] = { [OPAQUE_OK] = "",
		OPAQUE_FAULTS(OPAQUE_TEXT) };
#undef OPAQUE_TEXT

	return texts[fault];
}

/*
 * The steps of RFC 8265 section 4.2.2, in the order of RFC 8264 section 7.
 * Spaces are mapped between the two halves of NFC, which only knows such as
 * become other spaces.
 */
static enum opaque_fault
to_points(int32_t points[POINTS_MAX], size_t *count, const char *text,
    size_t len)
{
	utf8proc_ssize_t n;

	n = utf8proc_decompose((const utf8proc_uint8_t *)text,
	    (utf8proc_ssize_t)len, points, POINTS_MAX,
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0)
		return OPAQUE_NOT_UTF8;
	if (n > POINTS_MAX)
		return OPAQUE_TOO_LONG;
	for (utf8proc_ssize_t i = 0; i < n; i++)
		if (utf8proc_category(points[i]) == UTF8PROC_CATEGORY_ZS)
			points[i] = ' ';
	n = utf8proc_normalize_utf32(points, n,
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	*count = n > 0 ? (size_t)n : 0;
	return n > 0 ? OPAQUE_OK : OPAQUE_EMPTY;
}

static enum opaque_fault
look_at_points(const int32_t *points, size_t count, uint32_t *culprit)
{
	for (size_t i = 0; i < count; i++) {
		if (free_form_allows(points, count, i))
			continue;
		*culprit = (uint32_t)points[i];
		return utf8proc_category(points[i]) == UTF8PROC_CATEGORY_CC
		    ? OPAQUE_CONTROL
		    : OPAQUE_NOT_ALLOWED;
	}
	if (points[0] == ' ')
		return OPAQUE_BLANK_FIRST;
	if (points[count - 1] == ' ')
		return OPAQUE_BLANK_LAST;
	return OPAQUE_OK;
}

static enum opaque_fault
put_points(char *out, size_t max, const int32_t *points, size_t count)
{
	size_t used = 0, n;
	char bytes[4];

	for (size_t i = 0; i < count; i++, used += n) {
		n = utf8_encode(bytes, (uint32_t)points[i]);
		if (n > max - used)
			return OPAQUE_TOO_LONG;
		memcpy(out + used, bytes, n);
	}
	out[used] = '\0';
	return OPAQUE_OK;
}

enum opaque_fault
opaque_string(char *out, size_t max, const char *text, size_t len,
    uint32_t *culprit)
{
	int32_t points[POINTS_MAX];
	enum opaque_fault fault;
	size_t count = 0;

	*culprit = 0;
	fault = to_points(points, &count, text, len);
	if (fault == OPAQUE_OK)
		fault = look_at_points(points, count, culprit);
	if (fault == OPAQUE_OK)
		fault = put_points(out, max, points, count);
	if (fault != OPAQUE_OK)
		explicit_bzero(out, max + 1);
	explicit_bzero(points, sizeof(points));
	return fault;
}
