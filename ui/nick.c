/*
 * Nicknames: normal form and look. See nick.h. The table of look-alikes is
 * made at build time by gen_confusables.c.
 */
#include "ui/nick.h"

#include "ui/text.h"

#include "common/log.h"
#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

struct confusable {
	uint32_t code_point;
	uint16_t at; /* its prototype in confusable_pool */
	uint16_t len;
};

#include "ui/confusables.inc"

/* RFC 8266 section 2.1: the rules are applied again until nothing changes, at
 * most so often; NFKC can make new spaces. */
#define NORMALISE_ROUNDS_MAX 4

static char *
map(const char *s, size_t len, int options)
{
	utf8proc_uint8_t *out;

	if (utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len,
		&out, (utf8proc_option_t)options) < 0)
		return NULL;
	return (char *)out;
}

/* Changes spaces to SPACE, none at the ends, one between. In place. */
static void
squeeze_spaces(char *s)
{
	size_t len = strlen(s), kept = 0, n;
	bool space = true;
	uint32_t c;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(s + i, len - i, &c);
		if (utf8proc_category((utf8proc_int32_t)c) ==
		    UTF8PROC_CATEGORY_ZS) {
			if (!space)
				s[kept++] = ' ';
			space = true;
			continue;
		}
		memmove(s + kept, s + i, n);
		kept += n;
		space = false;
	}
	if (kept > 0 && space)
		kept--;
	s[kept] = '\0';
}

/* Applies the rules once; returns a string to free(), or NULL. */
static char *
normalise_once(const char *nick, size_t len)
{
	char *spaced = strndup(nick, len), *out;

	if (spaced == NULL)
		fatal("out of memory");
	squeeze_spaces(spaced);
	out = map(spaced, strlen(spaced),
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
	free(spaced);
	return out;
}

/* True if it is shown unchanged, in the columns there are. */
static bool
is_showable(const char *nick)
{
	size_t len = strlen(nick), n;
	struct buf clean = { 0 };
	int columns = 0;
	uint32_t c;
	bool same;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(nick + i, len - i, &c);
		if (n == 0 || text_is_invisible(c))
			return false;
		columns += utf8proc_charwidth((utf8proc_int32_t)c);
	}
	if (columns < 1 || columns > NICK_COLUMNS)
		return false;
	text_clean(&clean, nick, len, NULL);
	same = clean.len == len && memcmp(clean.bytes, nick, len) == 0;
	buf_free(&clean);
	return same;
}

/* True if a part of it could be taken for the frame around a name. */
static bool
breaks_frame(const char *nick)
{
	char *skeleton = nick_skeleton(nick);
	bool breaks = strpbrk(skeleton, "<>") != NULL;

	free(skeleton);
	return breaks;
}

/* Returns a string to free(), or NULL if there is no form that stays. */
static char *
normalise(const char *nick, size_t len)
{
	char *now, *next;
	bool stable = false;

	if (!utf8_valid(nick, len))
		return NULL;
	now = normalise_once(nick, len);
	for (int i = 1; now != NULL && !stable && i < NORMALISE_ROUNDS_MAX;
	     i++) {
		next = normalise_once(now, strlen(now));
		stable = next != NULL && strcmp(now, next) == 0;
		free(now);
		now = next;
	}
	if (!stable) {
		free(now);
		now = NULL;
	}
	return now;
}

char *
nick_typed(const char *name, size_t len)
{
	char *normal = normalise(name, len);

	if (normal == NULL)
		normal = strndup(name, len);
	if (normal == NULL)
		fatal("out of memory");
	return normal;
}

int
nick_normalise(const char *nick, size_t len, char out[NICK_MAX + 1])
{
	char *now;
	bool ok;

	if (len == 0 || len > NICK_MAX)
		return -1;
	now = normalise(nick, len);
	ok = now != NULL && strlen(now) <= NICK_MAX && is_showable(now) &&
	    !breaks_frame(now);
	if (ok)
		memcpy(out, now, strlen(now) + 1);
	free(now);
	return ok ? 0 : -1;
}

void
nick_stand_in(char out[NICK_MAX + 1],
    const uint8_t fingerprint[FINGERPRINT_LEN])
{
	snprintf(out, NICK_MAX + 1, "peer-%02x%02x", fingerprint[0],
	    fingerprint[1]);
}

static int
confusable_compare(const void *key, const void *entry)
{
	uint32_t c = *(const uint32_t *)key;
	const struct confusable *e = entry;

	return (c > e->code_point) - (c < e->code_point);
}

static void
put_prototype(struct buf *out, const char *s, size_t n, uint32_t c)
{
	const struct confusable *e;

	if (utf8proc_get_property((utf8proc_int32_t)c)->ignorable)
		return;
	e = bsearch(&c, confusables,
	    sizeof(confusables) / sizeof(confusables[0]),
	    sizeof(confusables[0]), confusable_compare);
	if (e != NULL)
		buf_put(out, confusable_pool + e->at, e->len);
	else
		buf_put(out, s, n);
}

char *
nick_skeleton(const char *s)
{
	char *parts = map(s, strlen(s), UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
	size_t len = parts != NULL ? strlen(parts) : 0, n;
	struct buf b = { 0 };
	char *skeleton;
	uint32_t c;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(parts + i, len - i, &c);
		if (n == 0)
			break;
		put_prototype(&b, parts + i, n, c);
	}
	skeleton = map(b.len > 0 ? b.bytes : "", b.len,
	    UTF8PROC_STABLE | UTF8PROC_DECOMPOSE);
	buf_free(&b);
	free(parts);
	if (skeleton == NULL)
		fatal("no skeleton of a nickname");
	return skeleton;
}

static char *
fold(const char *s)
{
	char *folded = map(s, strlen(s),
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
		UTF8PROC_CASEFOLD);

	if (folded == NULL)
		fatal("no case folding of a nickname");
	return folded;
}

/*
 * The name is folded after the skeleton too: a prototype can be a capital (that
 * of the digit 0 is O).
 */
void
nick_look(struct nick_look *look, const char *nick)
{
	char *folded = fold(nick), *skeleton;

	skeleton = nick_skeleton(folded);
	look->folded = fold(skeleton);
	free(skeleton);
	free(folded);
	skeleton = nick_skeleton(nick);
	look->exact = fold(skeleton);
	free(skeleton);
}

void
nick_look_free(struct nick_look *look)
{
	free(look->folded);
	free(look->exact);
	look->folded = look->exact = NULL;
}

bool
nick_alike(const struct nick_look *a, const struct nick_look *b)
{
	return strcmp(a->folded, b->folded) == 0 ||
	    strcmp(a->exact, b->exact) == 0;
}
