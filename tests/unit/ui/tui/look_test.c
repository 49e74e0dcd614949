/*
 * Small parts of the tui's look: links and words in a text (link.c, match.c),
 * names that are cut (gutter.c), colours (theme.c), and how messages call for
 * attention (attention.c).
 */
#include "ui/tui/attention.h"
#include "ui/tui/colours.h"
#include "ui/tui/gutter.h"
#include "ui/tui/link.h"
#include "ui/tui/match.h"
#include "ui/tui/theme.h"

#include <CUnit/CUnit.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

void look_suite(void);

/* Checks the first link of the text; NULL: there is none. */
static void
link_is(const char *text, const char *expected)
{
	size_t at = 0, n = 0;
	bool found = link_find(text, strlen(text), &at, &n);
	bool right = expected == NULL ? !found
				      : found && n == strlen(expected) &&
		memcmp(text + at, expected, n) == 0;

	if (!right)
		fprintf(stderr, "\n  \"%s\" has the link \"%.*s\"\n", text,
		    (int)n, text + at);
	CU_ASSERT(right);
}

static void
test_links(void)
{
	size_t at, n;

	link_is("no link", NULL);
	link_is("http:// http:/x https://", NULL);
	link_is("xhttp://a", NULL);
	link_is("javascript:alert(1) file:///etc/passwd", NULL);
	link_is("see https://example.org/a?b=c#d.",
	    "https://example.org/a?b=c#d");
	link_is("(http://example.org/a_(b))", "http://example.org/a_(b)");
	link_is("HTTPS://EXAMPLE.ORG, now", "HTTPS://EXAMPLE.ORG");
	link_is("http://[::1]:80/x]", "http://[::1]:80/x");
	link_is("https://ex\u0430mple.org", "https://ex");
	link_is("'https://example.org/x'!", "https://example.org/x");
	link_is("http://a", "http://a");
	link_is("https://a", "https://a");
	link_is("http://-a", NULL);
	link_is("http:///a http://b", "http://b");
	link_is("9http://a -http://b", "http://b");
	link_is("Zhttp://a zhttp://b 0http://c", NULL);
	link_is("hhttp://a", NULL);
	link_is("h http://a h", "http://a");
	link_is("http://0 ", "http://0");
	link_is("http://9z:1", "http://9z:1");
	/* What is behind the text is no part of it. */
	CU_ASSERT_FALSE(link_find("https://a", 8, &at, &n));
	CU_ASSERT_FALSE(link_find("http://a", 7, &at, &n));
	CU_ASSERT_TRUE(link_find("http://ab", 8, &at, &n));
	CU_ASSERT_EQUAL(n, 8);
}

/* What ends the sentence around a link is not its end. */
static void
test_ends_of_links(void)
{
	link_is("http://a.,;:!?'", "http://a");
	link_is("http://a/-", "http://a/-");
	link_is("http://a)", "http://a");
	link_is("http://a/b)c)", "http://a/b)c");
	link_is("http://a/(b)", "http://a/(b)");
	link_is("http://a/(b))).", "http://a/(b)");
	link_is("http://a/[b]].", "http://a/[b]");
	link_is("http://a/([b)]", "http://a/([b)]");
	link_is("http://a(", "http://a(");
	link_is("http://a\"b http://a<b", "http://a");
	link_is("http://a/-._~:/?#[@!$&'*+,;=%b\\",
	    "http://a/-._~:/?#[@!$&'*+,;=%b");
}

/* Where in the text, in bytes, and how many of them. */
static void
found_at(const char *text, const char *what, size_t at, size_t n)
{
	size_t got_at = 99, got_n = 99;
	bool found = match_find(text, strlen(text), what, &got_at, &got_n);

	CU_ASSERT_EQUAL(found, n > 0);
	if (!found)
		return;
	CU_ASSERT_EQUAL(got_at, at);
	CU_ASSERT_EQUAL(got_n, n);
}

/* Without regard to case, ASCII or not, also where a capital has other bytes
 * than the small letter. */
static void
test_found(void)
{
	found_at("abcabc", "bc", 1, 2);
	found_at("ABC", "abc", 0, 3);
	found_at("abc", "ABC", 0, 3);
	found_at("aZ[", "z[", 1, 2);
	found_at("a@`{", "`", 2, 1);
	found_at("x@", "`", 0, 0);
	found_at("x[", "{", 0, 0);
	found_at("größer", "Ö", 2, 2);
	found_at("K\u212a", "kk", 0, 4); /* KELVIN SIGN */
	found_at("ab", "abc", 0, 0);
	found_at("", "a", 0, 0);
	found_at("aab", "ab", 1, 2);
	found_at("日本語", "本", 3, 3);
	/* A text that is none is searched to its end. */
	found_at("\xff\xc3 ab", "ab", 3, 2);
}

static void
test_mentions(void)
{
	CU_ASSERT(match_word("anna: hi", 8, "anna"));
	CU_ASSERT(match_word("hi ANNA", 7, "anna"));
	CU_ASSERT(match_word("(Zoë)", strlen("(Zoë)"), "zoË"));
	CU_ASSERT_FALSE(match_word("annabel", 7, "anna"));
	CU_ASSERT_FALSE(match_word("joanna", 6, "anna"));
	CU_ASSERT_FALSE(match_word("anna\u0301", 6, "anna"));
	CU_ASSERT_FALSE(match_word("", 0, "anna"));
	CU_ASSERT_FALSE(match_word("anything", 8, ""));
	CU_ASSERT(match_word("anna", 4, "anna"));
	CU_ASSERT(match_word("joanna anna", 11, "anna"));
	CU_ASSERT(match_word("annanna anna!", 13, "anna"));
	CU_ASSERT_FALSE(match_word("annaanna", 8, "anna"));
	/* What belongs to a word: letters, digits, marks, a low line. */
	CU_ASSERT_FALSE(match_word("anna_", 5, "anna"));
	CU_ASSERT_FALSE(match_word("_anna", 5, "anna"));
	CU_ASSERT_FALSE(match_word("anna2", 5, "anna"));
	CU_ASSERT_FALSE(match_word("2anna", 5, "anna"));
	CU_ASSERT_FALSE(match_word("日anna", 7, "anna"));
	CU_ASSERT_FALSE(match_word("éanna", 6, "anna"));
	CU_ASSERT_FALSE(match_word("Éanna", 6, "anna"));
	CU_ASSERT_FALSE(match_word("ʰanna", 6, "anna"));
	CU_ASSERT_FALSE(match_word("anna\u0903", 7, "anna"));
	CU_ASSERT_FALSE(match_word("ǅanna", 6, "anna"));
	CU_ASSERT(match_word("-anna-", 6, "anna"));
	CU_ASSERT(match_word("…anna…", 10, "anna"));
	CU_ASSERT(match_word("½anna", 6, "anna"));
	CU_ASSERT_FALSE(match_word("ann", 3, "anna"));
	CU_ASSERT_FALSE(match_word("anna", 3, "anna"));
	/* What is behind the text is no part of it. */
	CU_ASSERT(match_word("x annab", 6, "anna"));
}

static void
name_is(const char *name, unsigned int columns, const char *expected)
{
	static const uint8_t fingerprint[FINGERPRINT_LEN] = { 0xab, 0x12 };
	struct buf out = { 0 };

	gutter_name(&out, name, fingerprint, columns);
	buf_put(&out, "", 1);
	CU_ASSERT_STRING_EQUAL(out.bytes, expected);
	buf_free(&out);
}

/* However narrow the column is, cut names can be told apart. */
static void
test_names(void)
{
	name_is("anna", 8, "anna");
	name_is("annabella", 9, "annabella");
	name_is("annabella", 8, "an…~ab12");
	name_is("annabella~ab12", 8, "an…~ab12");
	name_is("anna~ab12", 6, "…~ab12");
	name_is("日本語日本語", 10, "日本…~ab12");
	name_is("annabel", 5, "~ab12");
	name_is("annabel", 6, "…~ab12");
	name_is("annabella", 7, "a…~ab12");
	name_is("日本語日本語", 9, "日…~ab12");
	name_is("", 5, "");
}

/* Returns the relative luminance (WCAG 2.1) of one of the 256 colours, 16 to
 * 231. */
static double
luminance(int colour)
{
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };
	static const double weights[] = { 0.2126, 0.7152, 0.0722 };
	int rgb[3] = { levels[(colour - 16) / 36],
		levels[(colour - 16) / 6 % 6], levels[(colour - 16) % 6] };
	double sum = 0, c;

	for (int i = 0; i < 3; i++) {
		c = rgb[i] / 255.0;
		c = c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
		sum += weights[i] * c;
	}
	return sum;
}

/* Each colour can be read on black and on white, with a contrast of 3.5. */
static void
test_contrast(void)
{
#define X(name, colour_256, ...) colour_256,
	static const int colours[] = { THEME_STYLES(X) };
#undef X

	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		int colour = colours[i];
		double l;

		/* A code has a background of its own. */
		if (colour == THEME_DEFAULT || i == STYLE_QR)
			continue;
		CU_ASSERT_FATAL(colour >= 16 && colour <= 231);
		l = luminance(colour);
		CU_ASSERT((l + 0.05) / 0.05 >= 3.5);
		CU_ASSERT(1.05 / (l + 0.05) >= 3.5);
	}
}

/* Names differ in their looks, with 256 colours and with 16. */
static void
test_nicks_differ(void)
{
	static const enum theme_colours of[] = { COLOURS_256, COLOURS_16 };
	struct buf a = { 0 }, b = { 0 };

	for (int k = 0; k < 2; k++)
		for (unsigned int i = 0; i < theme_nicks(of[k]); i++)
			for (unsigned int j = 0; j < i; j++) {
				theme_put(&a, STYLE_NICK_0 + i, of[k]);
				theme_put(&b, STYLE_NICK_0 + j, of[k]);
				CU_ASSERT(a.len != b.len ||
				    memcmp(a.bytes, b.bytes, a.len) != 0);
				buf_free(&a);
				buf_free(&b);
			}
	CU_ASSERT_EQUAL(theme_nicks(COLOURS_256), 16);
	CU_ASSERT_EQUAL(theme_nicks(COLOURS_16), 12);
}

/* Adds a peer whose key begins with this byte; returns its style. */
static enum style
style_of(struct colours *c, struct model *m, struct peer *p, uint8_t key)
{
	p->known = p->present = true;
	p->fingerprint[0] = key;
	m->peers[m->high++] = p;
	return colours_of(c, m, p, COLOURS_256);
}

/* Whatever their keys are, all colours differ as long as there are enough, and
 * then as few as possible are alike; and everybody keeps theirs. */
static void
test_who_has_which(void)
{
	static struct colours c;
	static struct model m;
	struct peer peers[2 * THEME_NICKS] = { { 0 } };
	unsigned int used[STYLE_COUNT] = { 0 };
	enum style first;

	for (unsigned int n = 0; n < 2 * THEME_NICKS; n++) {
		peers[n].fingerprint[1] = (uint8_t)n;
		used[style_of(&c, &m, &peers[n], n % 2 == 0 ? 7 : 23)]++;
		for (unsigned int s = STYLE_NICK_0; s < STYLE_COUNT; s++)
			CU_ASSERT(used[s] <= 1 + n / THEME_NICKS);
	}
	/* One leaves, others come, and it is back with its colour. */
	first = colours_of(&c, &m, &peers[3], COLOURS_256);
	peers[3].present = false;
	peers[4].fingerprint[2] = 9;
	colours_of(&c, &m, &peers[4], COLOURS_256);
	peers[3].present = true;
	CU_ASSERT_EQUAL(colours_of(&c, &m, &peers[3], COLOURS_256), first);
	peers[3].us = true;
	CU_ASSERT_EQUAL(colours_of(&c, &m, &peers[3], COLOURS_256), STYLE_OWN);
	/* There may be any number of keys. */
	for (unsigned int n = 1; n < 3 * COLOURS_KEYS; n++) {
		memcpy(&peers[5].fingerprint[5], &n, sizeof(n));
		CU_ASSERT(colours_of(&c, &m, &peers[5], COLOURS_16) <
		    STYLE_NICK_0 + THEME_NICKS_16);
	}
	CU_ASSERT_EQUAL(c.count, COLOURS_KEYS);
}

/* The first colour that is tried follows from the key; the next ones from it,
 * around the end. */
static void
test_first_colour(void)
{
	static struct colours c;
	static struct model m;
	struct peer peers[4] = { { 0 } };

	for (uint8_t n = 0; n < 4; n++)
		peers[n].fingerprint[1] = n;
	CU_ASSERT_EQUAL(style_of(&c, &m, &peers[0], 14 + 16), STYLE_NICK_14);
	CU_ASSERT_EQUAL(style_of(&c, &m, &peers[1], 14), STYLE_NICK_15);
	CU_ASSERT_EQUAL(style_of(&c, &m, &peers[2], 14), STYLE_NICK_0);
	peers[3].fingerprint[0] = 14;
	CU_ASSERT_EQUAL(colours_of(&c, &m, &peers[3], COLOURS_16),
	    STYLE_NICK_2);
}

/* Who left does not count, and keeps their colour as long as their key is
 * known: the table forgets the oldest. */
static void
test_colour_kept(void)
{
	static struct colours c;
	static struct model m;
	struct peer peers[2] = { { 0 } }, others = { .fingerprint = { 1 } };
	unsigned int n = 0;

	peers[1].fingerprint[1] = 1;
	style_of(&c, &m, &peers[0], 7);
	CU_ASSERT_EQUAL(style_of(&c, &m, &peers[1], 7), STYLE_NICK_8);
	peers[0].present = false;
	while (c.count < COLOURS_KEYS) {
		memcpy(&others.fingerprint[5], &n, sizeof(n));
		colours_of(&c, &m, &others, COLOURS_256);
		n++;
	}
	for (int more = 0; more < 2; more++, n++) {
		CU_ASSERT_EQUAL(colours_of(&c, &m, &peers[1], COLOURS_256),
		    STYLE_NICK_8);
		memcpy(&others.fingerprint[5], &n, sizeof(n));
		colours_of(&c, &m, &others, COLOURS_256);
	}
	CU_ASSERT_EQUAL(c.count, COLOURS_KEYS);
	CU_ASSERT_EQUAL(colours_of(&c, &m, &peers[1], COLOURS_256),
	    STYLE_NICK_7);
}

static const char *
sequence(enum style style, enum theme_colours colours)
{
	static char text[64];
	struct buf out = { 0 };

	theme_put(&out, style, colours);
	snprintf(text, sizeof(text), "%.*s", (int)out.len, out.bytes);
	buf_free(&out);
	return text;
}

static void
test_colours(void)
{
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_TEXT, COLOURS_256), "\033[0m");
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_ERROR, COLOURS_256),
	    "\033[0;38;5;160m");
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_ERROR, COLOURS_16), "\033[0;31m");
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_ERROR, COLOURS_NONE),
	    "\033[0;1m");
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_BAR, COLOURS_256), "\033[0;7m");
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_ALARM, COLOURS_16),
	    "\033[0;1;7;31m");
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_MENTION, COLOURS_NONE),
	    "\033[0;1;7m");
	/* The only style with a background. */
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_QR, COLOURS_256),
	    "\033[0;38;5;231;48;5;16m");
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_QR, COLOURS_16), "\033[0;37;40m");
	CU_ASSERT_STRING_EQUAL(sequence(STYLE_QR, COLOURS_NONE), "\033[0m");
	for (unsigned int i = 0; i < STYLE_COUNT; i++)
		CU_ASSERT_PTR_NULL(
		    strstr(sequence((enum style)i, COLOURS_NONE), ";3"));
}

/* Returns what is written for attention, or "". */
static const char *
put_with(struct attention *a, bool has_title)
{
	static char text[128];
	struct buf out = { 0 };

	attention_put(a, &out, "room", 4, has_title);
	snprintf(text, sizeof(text), "%.*s", (int)out.len,
	    out.bytes != NULL ? out.bytes : "");
	buf_free(&out);
	return text;
}

static const char *
put(struct attention *a)
{
	return put_with(a, true);
}

#define T0 (1000 * USEC_PER_SEC)

/* Without a title it rings all the same. */
static void
test_no_title(void)
{
	struct attention a = { .how = NOTIFY_BELL, .what = NOTIFY_ALL };

	attention_heard(&a, false, T0);
	CU_ASSERT_STRING_EQUAL(put_with(&a, false), "\a");
	CU_ASSERT_STRING_EQUAL(put_with(&a, false), "");
}

static void
test_bell(void)
{
	struct attention a = { .how = NOTIFY_BELL, .what = NOTIFY_MENTIONS };

	attention_heard(&a, false, T0);
	CU_ASSERT_STRING_EQUAL(put(&a), "\033]2;(1) room - gochat\033\\");
	attention_heard(&a, true, T0);
	CU_ASSERT_STRING_EQUAL(put(&a), "\a\033]2;(2) room - gochat\033\\");
	/* A flood rings once, and again when it is over. */
	attention_heard(&a, true, T0 + ATTENTION_REST - 1);
	CU_ASSERT_STRING_EQUAL(put(&a), "\033]2;(3) room - gochat\033\\");
	attention_heard(&a, true, T0 + ATTENTION_REST);
	CU_ASSERT_STRING_EQUAL(put(&a), "\a\033]2;(4) room - gochat\033\\");
	attention_key(&a, T0 + 2 * ATTENTION_REST);
	CU_ASSERT_STRING_EQUAL(put(&a), "\033]2;room - gochat\033\\");
	/* The user has just pressed a key. */
	attention_heard(&a, true, T0 + 2 * ATTENTION_REST + 1);
	CU_ASSERT_STRING_EQUAL(put(&a), "");
	attention_heard(&a, true, T0 + 2 * ATTENTION_REST + ATTENTION_LOOK - 1);
	CU_ASSERT_STRING_EQUAL(put(&a), "");
	attention_heard(&a, true, T0 + 2 * ATTENTION_REST + ATTENTION_LOOK);
	CU_ASSERT_STRING_EQUAL(put(&a), "\a\033]2;(1) room - gochat\033\\");
	CU_ASSERT_STRING_EQUAL(put(&a), "");
	/* Nothing to read is no news for the title. */
	attention_key(&a, T0 + 4 * ATTENTION_REST);
	put(&a);
	attention_key(&a, T0 + 4 * ATTENTION_REST);
	CU_ASSERT_STRING_EQUAL(put(&a), "");
}

static void
test_focus(void)
{
	struct attention a = { .how = NOTIFY_OSC9, .what = NOTIFY_ALL };

	attention_focus(&a, true);
	attention_heard(&a, true, T0);
	CU_ASSERT_STRING_EQUAL(put(&a), "");
	attention_focus(&a, false);
	attention_heard(&a, false, T0);
	CU_ASSERT_STRING_EQUAL(put(&a),
	    "\033]9;gochat: something for you\033\\"
	    "\033]2;(1) room - gochat\033\\");
	attention_focus(&a, true);
	CU_ASSERT_STRING_EQUAL(put(&a), "\033]2;room - gochat\033\\");
	a.how = NOTIFY_OFF;
	attention_focus(&a, false);
	attention_heard(&a, true, T0 + ATTENTION_REST);
	CU_ASSERT_STRING_EQUAL(put(&a), "\033]2;(1) room - gochat\033\\");
}

void
look_suite(void)
{
	CU_pSuite s = CU_add_suite("look", NULL, NULL);

	CU_add_test(s, "links", test_links);
	CU_add_test(s, "ends of links", test_ends_of_links);
	CU_add_test(s, "what is found", test_found);
	CU_add_test(s, "mentions", test_mentions);
	CU_add_test(s, "names that are cut", test_names);
	CU_add_test(s, "contrast", test_contrast);
	CU_add_test(s, "colours", test_colours);
	CU_add_test(s, "names differ", test_nicks_differ);
	CU_add_test(s, "who has which colour", test_who_has_which);
	CU_add_test(s, "the first colour", test_first_colour);
	CU_add_test(s, "how long it is kept", test_colour_kept);
	CU_add_test(s, "the bell", test_bell);
	CU_add_test(s, "without a title", test_no_title);
	CU_add_test(s, "the focus", test_focus);
}
