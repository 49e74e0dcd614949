/*
 * Text of others, made safe to show. See text.h.
 */
#include "ui/text.h"

#include "common/log.h"
#include "common/utf8.h"

#include <string.h>
#include <utf8proc.h>

#define ZERO_WIDTH_JOINER  0x200d
#define TEXT_PRESENTATION  0xfe0e
#define EMOJI_PRESENTATION 0xfe0f
#define KEYCAP		   0x20e3

/* Where in an emoji the text is after a code point. */
enum emoji {
	EMOJI_NONE,
	EMOJI_BASE,    /* may take a presentation selector */
	EMOJI_SELECTED /* has one; may be joined to the next */
};

struct cleaner {
	struct buf *out;
	const char *newline;
	enum emoji emoji;
	bool key;	    /* after a digit, # or * */
	unsigned int marks; /* in a row */
};

bool
text_is_invisible(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		return utf8proc_get_property((utf8proc_int32_t)c)->ignorable;
	}
}

static bool
is_pictograph(uint32_t c)
{
	return utf8proc_get_property((utf8proc_int32_t)c)->boundclass ==
	    UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

bool
text_is_skin_tone(uint32_t c)
{
	return c >= 0x1f3fb && c <= 0x1f3ff;
}

bool
text_is_mark(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

	return category == UTF8PROC_CATEGORY_MN ||
	    category == UTF8PROC_CATEGORY_ME;
}

bool
text_is_unknown(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

	return category == UTF8PROC_CATEGORY_CN ||
	    category == UTF8PROC_CATEGORY_CO;
}

/* The characters that may be under a keycap. */
static bool
is_key(uint32_t c)
{
	return (c >= '0' && c <= '9') || c == '#' || c == '*';
}

static void
put_code_point(struct buf *out, uint32_t c)
{
	char bytes[4];

	buf_put(out, bytes, utf8_encode(bytes, c));
}

/* Puts how many marks were left out, once their sequence is over. */
static void
end_marks(struct cleaner *cl)
{
	if (cl->marks > TEXT_MARKS_MAX)
		buf_printf(cl->out, "<+%u marks>", cl->marks - TEXT_MARKS_MAX);
	cl->marks = 0;
}

/*
 * The invisible parts of an emoji that may stay: a presentation selector
 * after a pictograph or within a keycap, a joiner between two pictographs.
 * Returns true if c is one, and notes it.
 */
static bool
is_emoji_part(struct cleaner *cl, uint32_t c, uint32_t next)
{
	if (c == EMOJI_PRESENTATION && cl->key && next == KEYCAP)
		return true;
	if ((c == EMOJI_PRESENTATION || c == TEXT_PRESENTATION) &&
	    cl->emoji == EMOJI_BASE) {
		cl->emoji = EMOJI_SELECTED;
		return true;
	}
	return c == ZERO_WIDTH_JOINER && is_pictograph(next) &&
	    cl->emoji != EMOJI_NONE;
}

static void
put_control(struct cleaner *cl, uint32_t c)
{
	if (c == '\n' && cl->newline != NULL)
		buf_puts(cl->out, cl->newline);
	else if (c == '\t')
		buf_puts(cl->out, " ");
	else
		put_code_point(cl->out, c == 0x7f ? 0x2421 : 0x2400 + c);
}

/* What is in no plain run. */
static void
put_clean(struct cleaner *cl, uint32_t c, uint32_t next)
{
	if (is_emoji_part(cl, c, next)) {
		put_code_point(cl->out, c);
		return;
	}
	if (text_is_mark(c) && !text_is_invisible(c)) {
		if (cl->marks++ < TEXT_MARKS_MAX)
			put_code_point(cl->out, c);
		return;
	}
	end_marks(cl);
	if (c < 0x20 || c == 0x7f)
		put_control(cl, c);
	else if (text_is_invisible(c) || text_is_unknown(c))
		buf_printf(cl->out, "<U+%04X>", (unsigned int)c);
	else
		put_code_point(cl->out, c);
	cl->key = false;
	if (text_is_skin_tone(c) && cl->emoji != EMOJI_NONE)
		cl->emoji = EMOJI_SELECTED;
	else
		cl->emoji = is_pictograph(c) ? EMOJI_BASE : EMOJI_NONE;
}

/* Appends many at once that are shown unchanged, and are no part of an emoji
 * except perhaps the last, which may be the key of a keycap. */
static void
put_plain_run(struct cleaner *cl, const char *s, size_t len)
{
	char last = s[len - 1];

	end_marks(cl);
	buf_put(cl->out, s, len);
	cl->key = is_key((unsigned char)last);
	cl->emoji = EMOJI_NONE;
}

/* Cleans as text_clean() does, but stops once *out is at least that long. */
static void
clean_until(struct buf *out, size_t enough, const char *s, size_t len,
    const char *newline)
{
	struct cleaner cl = { .out = out, .newline = newline };
	size_t n, room;
	uint32_t c, next;

	for (; len > 0 && out->len < enough; s += n, len -= n) {
		room = enough - out->len;
		n = utf8_plain_run(s, len < room ? len : room);
		if (n > 0) {
			put_plain_run(&cl, s, n);
			continue;
		}
		n = utf8_decode(s, len, &c);
		if (n == 0) {
			n = 1;
			c = 0xfffd;
		}
		if (utf8_decode(s + n, len - n, &next) == 0)
			next = 0;
		put_clean(&cl, c, next);
	}
	end_marks(&cl);
}

void
text_clean(struct buf *out, const char *s, size_t len, const char *newline)
{
	clean_until(out, SIZE_MAX, s, len, newline);
}

static size_t
width_of(uint32_t c)
{
	return (size_t)utf8proc_charwidth((utf8proc_int32_t)c);
}

size_t
text_shorten(struct buf *out, const char *name, size_t len, size_t columns)
{
	size_t all = 0, used = 0, n;
	uint32_t c;

	for (size_t i = 0; i < len; i += n) {
		if ((n = utf8_decode(name + i, len - i, &c)) == 0)
			fatal("a name is not UTF-8");
		all += width_of(c);
	}
	for (; len > 0; name += n, len -= n) {
		n = utf8_decode(name, len, &c);
		if (all > columns && used + width_of(c) > columns - 1) {
			buf_puts(out, "…");
			return used + 1;
		}
		buf_put(out, name, n);
		used += width_of(c);
	}
	return used;
}

void
text_column(struct buf *out, const char *name, size_t len, size_t columns)
{
	size_t used = text_shorten(out, name, len, columns);

	for (; used < columns; used++)
		buf_puts(out, " ");
}

char *
text_excerpt(char *out, size_t max, const char *s, size_t len)
{
	static const char more[] = "…";
	const char *end = memchr(s, '\n', len);
	struct buf b = { 0 };
	size_t keep;
	bool cut = end != NULL;

	/* Only the start of a long text matters. */
	clean_until(&b, max, s, cut ? (size_t)(end - s) : len, NULL);
	keep = b.len;
	if (keep + (cut ? sizeof(more) : 1) > max) {
		cut = true;
		keep = max - sizeof(more);
		while (keep > 0 && (b.bytes[keep] & 0xc0) == 0x80)
			keep--;
	}
	if (keep > 0)
		memcpy(out, b.bytes, keep);
	memcpy(out + keep, cut ? more : "", cut ? sizeof(more) : 1);
	buf_free(&b);
	return out;
}
