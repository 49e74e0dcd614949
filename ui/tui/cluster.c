/*
 * Grapheme clusters and their widths. See cluster.h.
 *
 * The width of a cluster is ours to say, by utf8proc's tables, which follow
 * Unicode's: East Asian Wide and emoji take two columns, marks that take no
 * space none. What a terminal makes of it may differ; the painter moves the
 * cursor after every cluster that is not certain.
 */
#include "ui/tui/cluster.h"

#include "ui/text.h"

#include "common/utf8.h"

#include <string.h>
#include <utf8proc.h>

#define ZERO_WIDTH_JOINER  0x200d
#define EMOJI_PRESENTATION 0xfe0f

static const char dotted_circle[] = "\u25cc";

static unsigned int
width_of(uint32_t c)
{
	return (unsigned int)utf8proc_charwidth((utf8proc_int32_t)c);
}

static utf8proc_boundclass_t
bound_class(uint32_t c)
{
	return (utf8proc_boundclass_t)utf8proc_get_property((utf8proc_int32_t)c)
	    ->boundclass;
}

static bool
is_regional_indicator(uint32_t c)
{
	return bound_class(c) == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR;
}

/* True if the character draws nothing of its own on any terminal, but on the
 * one before. */
static bool
is_mark(uint32_t c)
{
	return text_is_mark(c) || c == ZERO_WIDTH_JOINER;
}

/* True for a vowel or final consonant of a Korean syllable, which is drawn
 * within it. */
static bool
is_within_syllable(uint32_t c)
{
	return bound_class(c) == UTF8PROC_BOUNDCLASS_V ||
	    bound_class(c) == UTF8PROC_BOUNDCLASS_T;
}

/* The same by our tables, which others may not share. */
static bool
is_zero_width(uint32_t c)
{
	return is_mark(c) || is_within_syllable(c) || width_of(c) == 0;
}

/*
 * Blocks whose width all terminals have agreed on for decades: ASCII, and the
 * East Asian characters of Unicode 1 to 3. Greek, Cyrillic and drawing lines
 * are not among them: terminals set up for East Asia draw them wide.
 */
static bool
is_certain(uint32_t c)
{
	return (c >= 0x20 && c <= 0x7e) || (c >= 0x3041 && c <= 0x3096) ||
	    (c >= 0x30a1 && c <= 0x30fa) || (c >= 0x4e00 && c <= 0x9fa5) ||
	    (c >= 0xac00 && c <= 0xd7a3);
}

/* Most terminals give a vowel sign next to its letter a column; the others
 * leave the column blank. */
static unsigned int
columns_of(uint32_t c)
{
	if (utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_MC)
		return 1;
	return is_zero_width(c) ? 0 : width_of(c);
}

/* Returns what the next code point adds to the columns of its cluster. */
struct measure {
	uint32_t first;
	uint32_t last;
	unsigned int columns;
	bool pair;  /* of regional indicators */
	bool emoji; /* asked for by a selector */
};

static void
measure_add(struct measure *m, uint32_t c)
{
	if (c == EMOJI_PRESENTATION)
		m->emoji = true;
	if (is_regional_indicator(c) && is_regional_indicator(m->last))
		m->pair = true;
	/* Characters with a joiner, or with a skin tone, are one picture. */
	if (m->first == 0 ||
	    (m->last != ZERO_WIDTH_JOINER && !text_is_skin_tone(c)))
		m->columns += columns_of(c);
	if (m->first == 0)
		m->first = c;
	m->last = c;
}

static unsigned int
measure_columns(const struct measure *m)
{
	if (m->pair || m->emoji)
		return 2;
	return m->columns > 0 ? m->columns : 1;
}

/* Puts a code point at the end of the cluster. */
static void
append(struct cluster *cl, const char *bytes, size_t n)
{
	memcpy(cl->bytes + cl->len, bytes, n);
	cl->len = (uint8_t)(cl->len + n);
}

/* A joiner with nothing after it would join the character that is drawn
 * next. */
static void
drop_last_joiner(struct cluster *cl)
{
	static const char joiner[] = "\u200d";
	size_t n = sizeof(joiner) - 1;

	while (cl->len > n && memcmp(cl->bytes + cl->len - n, joiner, n) == 0) {
		cl->len = (uint8_t)(cl->len - n);
		memset(cl->bytes + cl->len, 0, n);
	}
}

static size_t
ascii(char c, struct cluster *cl)
{
	memset(cl->bytes, 0, sizeof(cl->bytes));
	cl->bytes[0] = c;
	cl->len = cl->columns = cl->base = cl->columns_worst = 1;
	cl->certain = true;
	return 1;
}

size_t
cluster_next(const char *s, size_t len, struct cluster *cl)
{
	struct measure m = { 0 }, longer;
	utf8proc_int32_t state = 0;
	size_t taken = 0, n;
	uint32_t c;

	if (s[0] >= ' ' && s[0] <= '~' &&
	    (len == 1 || ((unsigned char)s[1] & 0x80) == 0))
		return ascii(s[0], cl);
	memset(cl, 0, sizeof(*cl));
	for (; taken < len; taken += n) {
		n = utf8_decode(s + taken, len - taken, &c);
		if (n == 0)
			break; /* the contract is broken: nothing is drawn */
		if (taken == 0 && is_zero_width(c)) {
			append(cl, dotted_circle, sizeof(dotted_circle) - 1);
			cl->base = cl->len;
			cl->columns_worst = 2;
		} else if (taken > 0 &&
		    utf8proc_grapheme_break_stateful((utf8proc_int32_t)m.last,
			(utf8proc_int32_t)c, &state)) {
			break;
		}
		longer = m;
		measure_add(&longer, c);
		if (cl->len + n > sizeof(cl->bytes) ||
		    measure_columns(&longer) > CLUSTER_COLUMNS_MAX)
			break;
		m = longer;
		append(cl, s + taken, n);
		if (!is_mark(c))
			cl->columns_worst = (uint8_t)(cl->columns_worst + 2);
		if (cl->base == 0)
			cl->base = cl->len;
	}
	drop_last_joiner(cl);
	cl->columns = (uint8_t)measure_columns(&m);
	if (cl->columns_worst < cl->columns)
		cl->columns_worst = cl->columns;
	cl->certain = cl->len == cl->base && is_certain(m.first);
	return taken > 0 ? taken : 1;
}

size_t
cluster_columns(const char *s, size_t len)
{
	struct cluster cl;
	size_t columns = 0, n;

	for (; len > 0; s += n, len -= n) {
		n = cluster_next(s, len, &cl);
		columns += cl.columns;
	}
	return columns;
}
