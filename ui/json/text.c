/*
 * Strings of JSON. See text.h.
 */
#include "ui/json/text.h"

#include "ui/text.h"

#include "common/log.h"
#include "common/utf8.h"

#include <string.h>

/* The escapes that are one letter: the character, and the letter. The last one
 * is read, but not written. */
static const char escapes[][2] = { { '"', '"' }, { '\\', '\\' }, { '\b', 'b' },
	{ '\f', 'f' }, { '\n', 'n' }, { '\r', 'r' }, { '\t', 't' },
	{ '/', '/' } };
#define ESCAPES (sizeof(escapes) / sizeof(escapes[0]))

/* True for a character that does not stand for itself in a string. */
static bool
is_special(char c)
{
	return (unsigned char)c < ' ' || c == '"' || c == '\\';
}

/* Returns how many of the first bytes stand for themselves. */
static size_t
literal_run(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && !is_special(s[n]))
		n++;
	return n;
}

void
json_text_escape(struct buf *out, const char *s, size_t len)
{
	uint32_t c;

	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_plain_run(s + i, len - i);
		if (n > 0) {
			buf_put(out, s + i, n);
			continue;
		}
		n = utf8_decode(s + i, len - i, &c);
		if (n == 0)
			fatal("json is not UTF-8");
		if (!text_is_invisible(c) && !text_is_unknown(c))
			buf_put(out, s + i, n);
		else if (c < 0x10000)
			buf_printf(out, "\\u%04x", (unsigned int)c);
		else
			buf_printf(out, "\\u%04x\\u%04x",
			    (unsigned int)(0xd800 + ((c - 0x10000) >> 10)),
			    (unsigned int)(0xdc00 + (c & 0x3ff)));
	}
}

static void
put_special(struct buf *out, char c)
{
	for (size_t i = 0; i < ESCAPES; i++)
		if (escapes[i][0] == c) {
			buf_printf(out, "\\%c", escapes[i][1]);
			return;
		}
	buf_printf(out, "\\u%04X", (unsigned int)c);
}

void
json_text_put(struct buf *out, const char *s, size_t len)
{
	buf_puts(out, "\"");
	for (size_t n; len > 0; s += n, len -= n) {
		n = literal_run(s, len);
		json_text_escape(out, s, n);
		if (n < len)
			put_special(out, s[n++]);
	}
	buf_puts(out, "\"");
}

/* The rest of a line. */
struct rest {
	const char *s;
	size_t len;
};

static void
skip(struct rest *r, size_t n)
{
	r->s += n;
	r->len -= n;
}

/* Takes a word, and the spaces before it. */
static bool
take(struct rest *r, const char *word)
{
	size_t n = strlen(word);

	while (r->len > 0 && *r->s == ' ')
		skip(r, 1);
	if (r->len < n || memcmp(r->s, word, n) != 0)
		return false;
	skip(r, n);
	return true;
}

static bool
take_escape(struct rest *r, struct buf *text)
{
	if (r->len < 2 || r->s[0] != '\\')
		return false;
	for (size_t i = 0; i < ESCAPES; i++)
		if (escapes[i][1] == r->s[1]) {
			buf_put(text, &escapes[i][0], 1);
			skip(r, 2);
			return true;
		}
	return false;
}

bool
json_text_say(struct buf *text, const char *line, size_t len)
{
	struct rest r = { line, len };
	size_t n;

	if (!take(&r, "{") || !take(&r, "\"cmd\"") || !take(&r, ":") ||
	    !take(&r, "\"say\"") || !take(&r, ",") || !take(&r, "\"text\"") ||
	    !take(&r, ":") || !take(&r, "\""))
		return false;
	do {
		n = literal_run(r.s, r.len);
		buf_put(text, r.s, n);
		skip(&r, n);
	} while (take_escape(&r, text));
	return take(&r, "\"") && take(&r, "}") && take(&r, "") && r.len == 0;
}
