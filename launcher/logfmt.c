/*
 * Lines of the log. See logfmt.h.
 */
#include "launcher/logfmt.h"

#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz_"
#define KEY_CHARS  NAME_CHARS "0123456789"
/* The longest escape: a surrogate pair. */
#define ESCAPE_MAX 13

struct out {
	char *bytes;
	size_t size;
	size_t len;
};

struct span {
	const char *at;
	size_t len;
};

struct pair {
	struct span key;
	struct span value;
};

/* --- Reading an event ----------------------------------------------------- */

static bool
span_is(struct span s, const char *word)
{
	return s.len == strlen(word) && memcmp(s.at, word, s.len) == 0;
}

static bool
is_any_of(struct span s, const char *const words[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(s, words[i]))
			return true;
	return false;
}

static struct span
take(struct span *from, size_t len)
{
	struct span taken = { from->at, len };

	from->at += len;
	from->len -= len;
	return taken;
}

/* Returns the bytes at the start of s that are in a set, or those up to the
 * first blank. */
static size_t
run(struct span s, const char *set)
{
	size_t n = 0;

	while (n < s.len && s.at[n] != '\0' && strchr(set, s.at[n]) != NULL)
		n++;
	return n;
}

static size_t
up_to_blank(struct span s)
{
	const char *blank = memchr(s.at, ' ', s.len);

	return blank != NULL ? (size_t)(blank - s.at) : s.len;
}

/* Cuts " key=value" off the front. Returns 1, 0 if nothing is left, or -1 if
 * the text is no pair, or the key is not one that a child may write. */
static int
next_pair(struct span *rest, struct pair *p)
{
	static const char *const ours[] = { "time", "level", "process",
		"event" };

	if (rest->len == 0)
		return 0;
	take(rest, 1);
	p->key = take(rest, run(*rest, KEY_CHARS));
	if (p->key.len == 0 || rest->len == 0 || rest->at[0] != '=' ||
	    is_any_of(p->key, ours, sizeof(ours) / sizeof(ours[0])))
		return -1;
	take(rest, 1);
	p->value =
	    take(rest, span_is(p->key, "msg") ? rest->len : up_to_blank(*rest));
	return 1;
}

/* Returns false if log_event() would not make such a text; otherwise fills in
 * its name, and the rest for next_pair(). */
static bool
read_event(const struct log_entry *e, struct span *name, struct span *rest)
{
	struct span left;
	struct pair p;
	int result;

	*rest = (struct span){ e->text, e->len };
	*name = take(rest, run(*rest, NAME_CHARS));
	if (!e->event || name->len == 0 || name->len > LOG_EVENT_NAME_MAX ||
	    (rest->len > 0 && rest->at[0] != ' '))
		return false;
	left = *rest;
	while ((result = next_pair(&left, &p)) == 1)
		;
	return result == 0;
}

/* --- Writing -------------------------------------------------------------- */

/* Appends all of the text or nothing. */
static bool
put(struct out *o, const char *s, size_t len)
{
	if (len > o->size - o->len)
		return false;
	memcpy(o->bytes + o->len, s, len);
	o->len += len;
	return true;
}

static bool
put_span(struct out *o, struct span s)
{
	return put(o, s.at, s.len);
}

static bool
put_string(struct out *o, const char *s)
{
	return put(o, s, strlen(s));
}

/* Writes one code point, or one invalid byte, in the form of a JSON string.
 * Takes it off s; returns the length of out. */
static size_t
escape(char out[ESCAPE_MAX], struct span *s)
{
	uint32_t c = 0xfffd; /* REPLACEMENT CHARACTER */
	size_t n = utf8_decode(s->at, s->len, &c);

	take(s, n > 0 ? n : 1);
	if (c == '"' || c == '\\')
		return (size_t)snprintf(out, ESCAPE_MAX, "\\%c", (char)c);
	if (c >= 0x20 && c < 0x7f) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x10000)
		return (size_t)snprintf(out, ESCAPE_MAX, "\\u%04x", c);
	c -= 0x10000;
	return (size_t)snprintf(out, ESCAPE_MAX, "\\u%04x\\u%04x",
	    0xd800 | c >> 10, 0xdc00 | (c & 0x3ff));
}

/* Writes as much as fits. Returns false if that is not all. */
static bool
put_quoted(struct out *o, struct span s)
{
	char unit[ESCAPE_MAX];
	size_t n;

	if (o->size - o->len < 2)
		return false;
	o->bytes[o->len++] = '"';
	o->size--; /* kept for the other one */
	do
		n = s.len > 0 ? escape(unit, &s) : 0;
	while (n > 0 && put(o, unit, n));
	o->bytes[o->len++] = '"';
	o->size++;
	return n == 0;
}

static bool
put_value(struct out *o, struct span s)
{
	bool plain = s.len > 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] <= ' ' || s.at[i] >= 0x7f ||
		    strchr("\"=\\", s.at[i]) != NULL)
			plain = false;
	return plain ? put_span(o, s) : put_quoted(o, s);
}

/* Returns false if the pair does not fit; a msg is cut at its end. */
static bool
put_pair(struct out *o, const struct pair *p, bool addresses)
{
	struct span value = p->value;
	size_t start = o->len;

	if (!addresses && span_is(p->key, "address"))
		value = (struct span){ "-", 1 };
	if (put_string(o, " ") && put_span(o, p->key) && put_string(o, "=") &&
	    put_value(o, value))
		return true;
	if (!span_is(p->key, "msg") || o->bytes[o->len - 1] != '"')
		o->len = start;
	return false;
}

static void
put_pairs(struct out *o, struct span rest, bool addresses)
{
	struct pair p;

	while (next_pair(&rest, &p) == 1 && put_pair(o, &p, addresses))
		;
}

const char *
log_level_name(enum log_level level)
{
	static const char *const names[LOG_LEVEL_COUNT] = {
		"error",
		"warn",
		"info",
		"debug",
	};

	return names[level];
}

size_t
logfmt_put(char *out, size_t size, const struct log_entry *e, bool addresses)
{
	struct out o = { out, size, 0 };
	struct pair whole = { { "msg", 3 }, { e->text, e->len } };
	struct span name, rest;

	put_string(&o, "level=");
	put_string(&o, log_level_name(e->level));
	put_string(&o, " process=");
	put_string(&o, role_short_name(e->role));
	if (read_event(e, &name, &rest)) {
		put_string(&o, " event=");
		put_span(&o, name);
		put_pairs(&o, rest, addresses);
	} else {
		put_pair(&o, &whole, addresses);
	}
	return o.len;
}

/* --- For a terminal ------------------------------------------------------- */

static void
put_sentence(struct out *o, struct span s)
{
	for (size_t i = 0; i < s.len && o->len < o->size; i++)
		o->bytes[o->len++] =
		    (char)(s.at[i] < ' ' || s.at[i] >= 0x7f ? '?' : s.at[i]);
}

static bool
is_shown_anyway(struct span event)
{
	static const char *const shown[] = { "identity", "listening", "joined",
		"left", "started", "ready", "stopping", "refused", "broken" };

	return is_any_of(event, shown, sizeof(shown) / sizeof(shown[0]));
}

size_t
logfmt_put_readable(char *out, size_t size, const struct log_entry *e,
    bool addresses)
{
	struct out o = { out, size, 0 };
	struct span text = { e->text, e->len }, name, rest, left;
	struct pair p;
	bool event = read_event(e, &name, &rest);

	if (event && is_shown_anyway(name))
		return 0;
	if (event) {
		left = rest;
		while (next_pair(&left, &p) == 1)
			if (span_is(p.key, "msg"))
				text = p.value, event = false;
	}
	if (event) {
		put_span(&o, name);
		put_pairs(&o, rest, addresses);
	} else {
		put_sentence(&o, text);
	}
	return o.len;
}
