/*
 * Completion. See complete.h. The first Tab finds everything that fits, further
 * ones go round.
 */
#include "ui/tui/complete.h"

#include "ui/command.h"
#include "ui/format.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* What the completed word is, which decides the text after it. */
enum word_kind {
	WORD_COMMAND, /* "/st" */
	WORD_FIRST,   /* a name at the start: who is addressed */
	WORD_TEXT,    /* a name within the text */
	WORD_PERSON,  /* the name after /msg and others */
	WORD_ROOM,    /* the room after /part and others */
	WORD_PLACE    /* the room or conversation after /room */
};

struct word {
	enum word_kind kind;
	size_t start; /* in the text; ends at the cursor */
	char *folded;
};

static void *
check(void *memory)
{
	if (memory == NULL)
		fatal("out of memory");
	return memory;
}

/* The form in which names are compared: without case and compatibility forms,
 * and perhaps without marks. */
static char *
fold(const char *s, size_t len, bool strip)
{
	int options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
	    UTF8PROC_CASEFOLD | (strip ? UTF8PROC_STRIPMARK : 0);
	utf8proc_uint8_t *out;

	if (utf8proc_map((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len,
		&out, (utf8proc_option_t)options) < 0)
		return check(strdup(""));
	return (char *)out;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The commands that take the name of a person, of a room, or of either. */
static const struct {
	const char *name;
	enum word_kind kind;
} takers[] = {
	{ "/msg", WORD_PERSON },
	{ "/query", WORD_PERSON },
	{ "/verify", WORD_PERSON },
	{ "/room", WORD_PLACE },
	{ "/part", WORD_ROOM },
	{ "/remember", WORD_ROOM },
	{ "/forget", WORD_ROOM },
};

/* True if a name that begins at start and goes up to the cursor is not yet
 * over. With quotes it ends with them. Without, that of a person ends with a
 * blank, but that of a room may have blanks. */
static bool
goes_on(enum word_kind kind, const char *name, size_t len)
{
	if (len > 0 && *name == '"')
		return memchr(name + 1, '"', len - 1) == NULL;
	for (size_t i = 0; kind == WORD_PERSON && i < len; i++)
		if (is_blank(name[i]))
			return false;
	return true;
}

/* Returns where the name begins if the text up to the cursor is a command that
 * takes one, and it is not yet over; else 0. */
static size_t
argument_start(const char *text, size_t cursor, enum word_kind *kind)
{
	size_t start = 0, n;

	while (start < cursor && is_blank(text[start]))
		start++;
	for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++) {
		n = strlen(takers[i].name);
		if (cursor - start <= n ||
		    strncasecmp(text + start, takers[i].name, n) != 0 ||
		    !is_blank(text[start + n]))
			continue;
		for (n += start; n < cursor && is_blank(text[n]); n++)
			;
		*kind = takers[i].kind;
		return goes_on(*kind, text + n, cursor - n) ? n : 0;
	}
	return 0;
}

/* A name with blanks needs quotes there. */
static bool
is_argument(enum word_kind kind)
{
	return kind == WORD_PERSON || kind == WORD_ROOM || kind == WORD_PLACE;
}

static void
find_word(struct word *w, const char *text, size_t cursor)
{
	size_t first = 0, from;

	while (first < cursor && is_blank(text[first]))
		first++;
	w->start = argument_start(text, cursor, &w->kind);
	if (w->start == 0) {
		for (w->start = cursor;
		     w->start > 0 && !is_blank(text[w->start - 1]); w->start--)
			;
		if (w->start != first)
			w->kind = WORD_TEXT;
		else if (first < cursor && text[first] == '/')
			w->kind = WORD_COMMAND;
		else
			w->kind = WORD_FIRST;
	}
	from = w->start;
	if (is_argument(w->kind) && from < cursor && text[from] == '"')
		from++;
	w->folded = fold(text + from, cursor - from, false);
}

static bool
starts_so(const struct word *w, const char *name, bool strip)
{
	char *folded = fold(name, strlen(name), strip);
	bool fit = strncmp(folded, w->folded, strlen(w->folded)) == 0;

	free(folded);
	return fit;
}

/* An accent need not be typed; one that was typed has to be there. */
static bool
fits(const struct word *w, const char *name)
{
	return starts_so(w, name, false) || starts_so(w, name, true);
}

/* Puts a name in the form that it has in the text. */
static char *
written(const struct word *w, const char *name)
{
	struct buf b = { 0 };

	if (is_argument(w->kind))
		format_argument(&b, name);
	else
		buf_puts(&b, name);
	buf_puts(&b, w->kind == WORD_FIRST ? ": " : " ");
	buf_put(&b, "", 1);
	return b.bytes;
}

/* Finds what fits of a list that has its order. */
static void
find_listed(struct complete *c, const struct word *w, const char *const *list,
    size_t count)
{
	c->found = check(calloc(count + 1, sizeof(char *)));
	for (size_t i = 0; i < count; i++)
		if (fits(w, list[i]))
			c->found[c->count++] = written(w, list[i]);
}

static int
compare_names(const void *a, const void *b)
{
	const struct complete_name *x = a, *y = b;

	if (x->last_spoke != y->last_spoke)
		return x->last_spoke > y->last_spoke ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
find_names(struct complete *c, const struct word *w,
    const struct complete_words *words)
{
	struct complete_name *names =
	    check(calloc(words->name_count + 1, sizeof(*names)));
	size_t count = 0;

	/* A name that begins with a slash would make a command of the line. */
	for (size_t i = 0; i < words->name_count; i++)
		if (fits(w, words->names[i].name) &&
		    (w->kind != WORD_FIRST || words->names[i].name[0] != '/'))
			names[count++] = words->names[i];
	qsort(names, count, sizeof(*names), compare_names);
	c->found = check(calloc(count + 1, sizeof(char *)));
	for (size_t i = 0; i < count; i++)
		c->found[c->count++] = written(w, names[i].name);
	free(names);
}

/* A blank, or a colon and a blank, that is behind the cursor already is not put
 * there twice. */
static size_t
already_there(const struct word *w, const char *text, size_t len, size_t cursor)
{
	const char *end = w->kind == WORD_FIRST ? ": " : " ";
	size_t n = strlen(end);

	return len - cursor >= n && memcmp(text + cursor, end, n) == 0 ? n : 0;
}

static void
start(struct complete *c, const struct complete_words *words, const char *text,
    size_t len, size_t cursor)
{
	struct word w;

	find_word(&w, text, cursor);
	if (w.kind == WORD_COMMAND)
		find_listed(c, &w, words->commands, words->command_count);
	else if (w.kind == WORD_ROOM)
		find_listed(c, &w, words->rooms, words->room_count);
	else if (w.kind == WORD_PLACE)
		find_listed(c, &w, words->places, words->place_count);
	else
		find_names(c, &w, words);
	buf_put(&c->before, text, w.start);
	cursor += already_there(&w, text, len, cursor);
	buf_put(&c->after, text + cursor, len - cursor);
	free(w.folded);
}

bool
complete_tab(struct complete *c, const struct complete_words *words,
    const char *text, size_t len, size_t cursor, bool backwards,
    struct buf *out, size_t *out_cursor)
{
	out->len = 0;
	if (c->found == NULL) {
		start(c, words, text, len, cursor);
		if (c->count == 0) {
			complete_end(c);
			return false;
		}
		c->at = backwards ? c->count - 1 : 0;
	} else {
		c->at = (c->at + (backwards ? c->count - 1 : 1)) % c->count;
	}
	buf_put(out, c->before.bytes, c->before.len);
	buf_puts(out, c->found[c->at]);
	*out_cursor = out->len;
	buf_put(out, c->after.bytes, c->after.len);
	return true;
}

void
complete_end(struct complete *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->found[i]);
	free(c->found);
	buf_free(&c->before);
	buf_free(&c->after);
	memset(c, 0, sizeof(*c));
}
