/*
 * The FreeformClass of RFC 8264. See free_form.h. Categories come from
 * utf8proc, which knows neither joining letters nor scripts: gen_context.c
 * makes the table of those at build time.
 */
#include "precis/free_form.h"

#include "precis/context.h"

#include <utf8proc.h>

#define VIRAMA 9 /* a canonical combining class */

#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER     0x200d

static const struct context_range contexts[] = {
#include "precis/context.inc"
};

/* The properties of a code point for its neighbours: bits of enum context. */
static unsigned int
context_of(int32_t c)
{
	for (size_t i = 0; i < sizeof(contexts) / sizeof(contexts[0]); i++)
		if ((uint32_t)c >= contexts[i].first &&
		    (uint32_t)c <= contexts[i].last)
			return contexts[i].what;
	return 0;
}

/* True if the code point before, or after, index i is of this kind. */
static bool
follows(const int32_t *points, size_t i, enum context what)
{
	return i > 0 && (context_of(points[i - 1]) & what) != 0;
}

static bool
precedes(const int32_t *points, size_t count, size_t i, enum context what)
{
	return i + 1 < count && (context_of(points[i + 1]) & what) != 0;
}

static bool
has_any(const int32_t *points, size_t count, int32_t first, int32_t last)
{
	for (size_t i = 0; i < count; i++)
		if (points[i] >= first && points[i] <= last)
			return true;
	return false;
}

/* RFC 5892 appendix A.1: the joiner is allowed between two letters that would
 * join, whatever marks are on them. */
static bool
parts_letters(const int32_t *points, size_t count, size_t i)
{
	size_t before = i, after = i;

	while (follows(points, before, CONTEXT_TRANSPARENT))
		before--;
	while (precedes(points, count, after, CONTEXT_TRANSPARENT))
		after++;
	return follows(points, before, CONTEXT_JOINS_NEXT) &&
	    precedes(points, count, after, CONTEXT_JOINS_LAST);
}

static bool
follows_virama(const int32_t *points, size_t i)
{
	return i > 0 &&
	    utf8proc_get_property(points[i - 1])->combining_class == VIRAMA;
}

/* True if the text has a Japanese character, in any place. */
static bool
is_japanese(const int32_t *points, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if ((context_of(points[i]) & CONTEXT_JAPANESE) != 0)
			return true;
	return false;
}

/*
 * The rules of RFC 5892 appendix A, and the exceptions that no rule allows (RFC
 * 8264 section 9.6). Returns 1 or 0, or -1 if none is about the code point at
 * index i.
 */
static int
by_exception(const int32_t *points, size_t count, size_t i)
{
	switch (points[i]) {
	case ZERO_WIDTH_NON_JOINER:
		return follows_virama(points, i) ||
		    parts_letters(points, count, i);
	case ZERO_WIDTH_JOINER:
		return follows_virama(points, i);
	case 0x00b7: /* the middle dot of Catalan */
		return i > 0 && i + 1 < count && points[i - 1] == 'l' &&
		    points[i + 1] == 'l';
	case 0x0375: /* Greek lower numeral sign */
		return precedes(points, count, i, CONTEXT_GREEK);
	case 0x05f3: /* Hebrew geresh and gershayim */
	case 0x05f4:
		return follows(points, i, CONTEXT_HEBREW);
	case 0x30fb: /* Katakana middle dot */
		return is_japanese(points, count);
	case 0x0660 ... 0x0669: /* one kind of Arabic digits at a time */
		return !has_any(points, count, 0x06f0, 0x06f9);
	case 0x06f0 ... 0x06f9:
		return !has_any(points, count, 0x0660, 0x0669);
	case 0x0640:
	case 0x07fa:
	case 0x302e:
	case 0x302f:
	case 0x3031 ... 0x3035:
	case 0x303b:
		return 0;
	default:
		return -1;
	}
}

/* RFC 8264 section 9.9: syllables are one code point in NFC, and these are the
 * parts of those of Old Hangul. */
static bool
is_old_hangul(int32_t c)
{
	int boundclass = utf8proc_get_property(c)->boundclass;

	return boundclass == UTF8PROC_BOUNDCLASS_L ||
	    boundclass == UTF8PROC_BOUNDCLASS_V ||
	    boundclass == UTF8PROC_BOUNDCLASS_T;
}

/*
 * RFC 8264 section 8. A code point with a compatibility mapping is allowed
 * there whatever its category; all of them decompose into allowed ones.
 */
bool
free_form_allows(const int32_t *points, size_t count, size_t i)
{
	int32_t c = points[i];
	int exception = by_exception(points, count, i);

	if (exception != -1)
		return exception == 1;
	switch (utf8proc_category(c)) {
	case UTF8PROC_CATEGORY_CN: /* unassigned, or never to be */
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	default:
		return !utf8proc_get_property(c)->ignorable &&
		    !is_old_hangul(c);
	}
}
