/*
 * Text from peers is made safe (ui/text.c): a hostile peer could try to steer a
 * terminal, hide or reorder text, or break the output's UTF-8.
 */
#include "ui/text.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_suite(void);

/* Cleans len bytes and compares; newline is what text_clean() takes. */
static void
check_clean(const char *in, size_t len, const char *newline,
    const char *expected)
{
	struct buf out = { 0 };
	bool same;

	text_clean(&out, in, len, newline);
	same = out.len == strlen(expected) &&
	    (out.len == 0 || memcmp(out.bytes, expected, out.len) == 0);
	if (!same)
		fprintf(stderr, "\n  got \"%.*s\", expected \"%s\"\n",
		    (int)out.len, out.bytes, expected);
	CU_ASSERT(same);
	buf_free(&out);
}

#define CLEAN(in, expected) check_clean(in, sizeof(in) - 1, NULL, expected)

static void
check_code_point(uint32_t c, const char *expected)
{
	char in[6] = "a", out[32];
	size_t n = 1 + utf8_encode(in + 1, c);

	in[n++] = 'b';
	snprintf(out, sizeof(out), "a%sb", expected);
	check_clean(in, n, NULL, out);
}

static void
test_c0(void)
{
	char symbol[5];

	for (uint32_t c = 0; c < 0x20; c++) {
		if (c == '\t')
			continue;
		memset(symbol, 0, sizeof(symbol));
		utf8_encode(symbol, 0x2400 + c);
		check_code_point(c, symbol);
	}
	check_code_point('\t', " ");
	check_code_point(0x7f, "\xe2\x90\xa1");
}

static void
test_c1(void)
{
	char shown[16];

	for (unsigned int c = 0x80; c < 0xa0; c++) {
		snprintf(shown, sizeof(shown), "<U+%04X>", c);
		check_code_point(c, shown);
	}
}

static void
test_escape_sequences(void)
{
	CLEAN("\x1b[31mred\x1b[0m", "␛[31mred␛[0m");
	CLEAN("\x1b]0;title\x07", "␛]0;title␇");
	CLEAN("\x1b]52;c;cm0=\x1b\\", "␛]52;c;cm0=␛\\");
	CLEAN("\x1bP+q544e\x1b\\", "␛P+q544e␛\\");
	CLEAN("\xc2\x9b"
	      "2J\xc2\x9d"
	      "0;x\xc2\x9c",
	    "<U+009B>2J<U+009D>0;x<U+009C>");
	CLEAN("over\rwritten\b\b", "over␍written␈␈");
	CLEAN("\x0e\x0f", "␎␏");
}

static void
test_lines(void)
{
	check_clean("a\nb\n", 4, "\n | ", "a\n | b\n | ");
	check_clean("a\r\nb", 4, "\n", "a␍\nb");
	CLEAN("a\nb", "a␊b");
	CLEAN("a\u2028b\u2029c", "a<U+2028>b<U+2029>c");
	CLEAN("a\xc2\x85"
	      "b",
	    "a<U+0085>b");
}

static void
test_bidi(void)
{
	static const uint32_t controls[] = { 0x61c, 0x200e, 0x200f, 0x202a,
		0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068,
		0x2069 };
	char shown[16];

	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		snprintf(shown, sizeof(shown), "<U+%04X>",
		    (unsigned int)controls[i]);
		check_code_point(controls[i], shown);
	}
	CLEAN("שלום, مرحبا", "שלום, مرحبا");
}

static void
test_invisible(void)
{
	static const uint32_t hidden[] = { 0xad, 0x34f, 0x115f, 0x1160, 0x17b4,
		0x180b, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x2064,
		0x206a, 0x206f, 0x3164, 0xfe00, 0xfe0f, 0xfeff, 0xffa0, 0xfff9,
		0xfffb, 0x1bca0, 0x1d173, 0xe0001, 0xe0020, 0xe0041, 0xe007f,
		0xe0100, 0xe01ef };
	char shown[16];

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		snprintf(shown, sizeof(shown), "<U+%04X>",
		    (unsigned int)hidden[i]);
		check_code_point(hidden[i], shown);
		CU_ASSERT(text_is_invisible(hidden[i]));
	}
	CU_ASSERT(!text_is_invisible(' '));
	CU_ASSERT(!text_is_invisible(0xe9));
	CU_ASSERT(!text_is_invisible(0x301));
	CU_ASSERT(!text_is_invisible(0x1f600));
}

static void
test_unassigned(void)
{
	check_code_point(0x378, "<U+0378>");
	check_code_point(0xe000, "<U+E000>");
	check_code_point(0xfdd0, "<U+FDD0>");
	check_code_point(0xfffe, "<U+FFFE>");
	check_code_point(0xf0000, "<U+F0000>");
	check_code_point(0x10ffff, "<U+10FFFF>");
}

static void
test_invalid_utf8(void)
{
	static const char fffd[] = "a\xef\xbf\xbd"
				   "b";
	char in[3] = { 'a', '?', 'b' };

	for (int c = 0x80; c < 0x100; c++) {
		in[1] = (char)c;
		check_clean(in, 3, NULL, fffd);
	}
	CLEAN("\xc0\xaf", "\ufffd\ufffd");
	CLEAN("\xed\xa0\x80", "\ufffd\ufffd\ufffd");
	CLEAN("\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd");
	CLEAN("x\xe2\x82", "x\ufffd\ufffd");
	CLEAN("\xc3\x1b[0m", "\ufffd␛[0m");
	CLEAN("", "");
}

#define EIGHT_MARKS "\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
#define NINE_MARKS  EIGHT_MARKS "\u0301"

static void
test_marks(void)
{
	char in[2 + 2 * 300], expected[64] = "e";

	in[0] = 'e';
	for (int i = 0; i < 300; i++)
		memcpy(in + 1 + 2 * i, "\u0301", 2);
	in[601] = 'x';
	for (int i = 0; i < TEXT_MARKS_MAX; i++)
		strcat(expected, "\u0301");
	check_clean(in, 1 + 2 * TEXT_MARKS_MAX, NULL, expected);
	strcat(expected, "<+292 marks>");
	check_clean(in, 601, NULL, expected);
	strcat(expected, "x");
	check_clean(in, 602, NULL, expected);
	CLEAN("e\u0301\u200b\u0301", "e\u0301<U+200B>\u0301");
	CLEAN("a\u20e0b", "a\u20e0b");
}

/* Marks are counted up to whatever is no mark, and from there again. */
static void
test_marks_between(void)
{
	CLEAN("e" NINE_MARKS "ü" NINE_MARKS,
	    "e" EIGHT_MARKS "<+1 marks>ü" EIGHT_MARKS "<+1 marks>");
	CLEAN("e" NINE_MARKS "\n\u0301", "e" EIGHT_MARKS "<+1 marks>␊\u0301");
}

/* A digit, # or * under the sign of a key needs a selector, and no other
 * character may have one there: it would be invisible. */
static void
test_keycaps(void)
{
	static const char keys[] = "0123456789#*", others[] = "/:\"+ a";
	char in[8] = "?\ufe0f\u20e3", expected[16] = "?<U+FE0F>\u20e3";

	for (const char *key = keys; *key != '\0'; key++) {
		in[0] = *key;
		check_clean(in, 7, NULL, in);
	}
	for (const char *other = others; *other != '\0'; other++) {
		in[0] = expected[0] = *other;
		check_clean(in, 7, NULL, expected);
	}
	CLEAN("1ü\ufe0f\u20e3", "1ü<U+FE0F>\u20e3");
	CLEAN("1👩\u200d🚀2\ufe0f\u20e3", "1👩\u200d🚀2\ufe0f\u20e3");
}

/* The five tones, and no neighbour of theirs, may stand before a joiner; after
 * a tone an emoji has no other form. */
static void
test_skin_tones(void)
{
	char in[16] = "👩";
	size_t n;

	for (uint32_t c = 0x1f3fb; c <= 0x1f3ff; c++) {
		CU_ASSERT(text_is_skin_tone(c));
		n = 4 + utf8_encode(in + 4, c);
		memcpy(in + n, "\u200d🚀", 7);
		check_clean(in, n + 7, NULL, in);
	}
	CU_ASSERT(!text_is_skin_tone(0x1f3fa));
	CU_ASSERT(!text_is_skin_tone(0x1f400));
	CLEAN("👩🏽\ufe0f", "👩🏽<U+FE0F>");
	CLEAN("🏽\u200d🚀", "🏽<U+200D>🚀");
}

static void
test_emoji(void)
{
	CLEAN("👩\u200d🚀", "👩\u200d🚀");
	CLEAN("👩🏽\u200d🚀", "👩🏽\u200d🚀");
	CLEAN("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥");
	CLEAN("1\ufe0f\u20e3", "1\ufe0f\u20e3");
	CLEAN("1\ufe0f!", "1<U+FE0F>!");
	CLEAN("👩\u200dx", "👩<U+200D>x");
	CLEAN("x\u200d👩", "x<U+200D>👩");
	CLEAN("👩\u200d\u200d🚀", "👩<U+200D><U+200D>🚀");
	CLEAN("❤\ufe0e", "❤\ufe0e");
	CLEAN("é\ufe0e", "é<U+FE0E>");
	CLEAN("❤\ufe0f\ufe0f", "❤\ufe0f<U+FE0F>");
	CLEAN("👩\u200d", "👩<U+200D>");
	CLEAN("🏴\U000e0067\U000e007f", "🏴<U+E0067><U+E007F>");
}

static void
test_excerpt(void)
{
	char out[12];

	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 12, "short", 5), "short");
	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 12, "", 0), "");
	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 12, "elevenbytes", 11),
	    "elevenbytes");
	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 12, "twelve bytes", 12),
	    "twelve b…");
	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 12, "üüüüüüü", 14), "üüüü…");
	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 12, "one\ntwo", 7), "one…");
	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 12, "\x1b!", 2), "␛!");
	/* The last that fits before the sign that more follows, and what does
	 * not fit whole. */
	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 12, "eight by\nx", 10),
	    "eight by…");
	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 12, "nine byte\nx", 11),
	    "nine byt…");
	CU_ASSERT_STRING_EQUAL(text_excerpt(out, 4, "🚀🚀", 8), "…");
}

static void
check_column(const char *name, size_t columns, const char *expected)
{
	struct buf out = { 0 };

	text_column(&out, name, strlen(name), columns);
	buf_put(&out, "", 1);
	CU_ASSERT_STRING_EQUAL(out.bytes, expected);
	buf_free(&out);
}

/* A column is as wide as it says, whatever stands in it. */
static void
test_columns(void)
{
	check_column("anna", 6, "anna  ");
	check_column("anna", 5, "anna ");
	check_column("anna", 4, "anna");
	check_column("anna", 3, "an…");
	check_column("anna", 1, "…");
	check_column("", 2, "  ");
	/* A character of two columns has room whole, or not at all. */
	check_column("日本語", 7, "日本語 ");
	check_column("日本語", 6, "日本語");
	check_column("日本語", 5, "日本…");
	check_column("日本語", 4, "日… ");
	check_column("a日本", 4, "a日…");
	check_column("e\u0301e\u0301", 2, "e\u0301e\u0301");
	check_column("e\u0301e\u0301e", 2, "e\u0301…");
}

/* Runs of plain text, whose characters are not looked at one by one, end what
 * comes before and begin what comes next like each of their characters. */
static void
test_runs(void)
{
	char in[3000], expected[sizeof(in) + 3] = { 0 }, marked[64];

	CLEAN("room 1\ufe0f\u20e3", "room 1\ufe0f\u20e3");
	CLEAN("rooms\ufe0f\u20e3", "rooms<U+FE0F>\u20e3");
	CLEAN("1 room\ufe0f\u20e3", "1 room<U+FE0F>\u20e3");
	CLEAN("👩 and \u200d🚀", "👩 and <U+200D>🚀");
	CLEAN("❤ it\ufe0f", "❤ it<U+FE0F>");
	CLEAN("a word e\u0301", "a word e\u0301");
	for (size_t i = 0; i < 40; i += 2)
		memcpy(marked + i, "\u0301", 2);
	memcpy(marked + 40, "a longer word", 13);
	check_clean(marked, 53, NULL,
	    "\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301"
	    "<+12 marks>a longer word");
	memset(in, 'x', sizeof(in));
	for (size_t at = 0; at < sizeof(in); at += 101) {
		in[at] = '\x1b';
		memset(expected, 'x', sizeof(in) + 2);
		memcpy(expected + at, "␛", 3);
		check_clean(in, sizeof(in), NULL, expected);
		in[at] = 'x';
	}
}

static bool
is_safe(const struct buf *b)
{
	size_t n;
	uint32_t c;

	for (size_t i = 0; i < b->len; i += n) {
		n = utf8_decode(b->bytes + i, b->len - i, &c);
		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) ||
		    (c >= 0x202a && c <= 0x202e) || c == 0x2028 ||
		    c == 0x200b || (c >= 0xe0000 && c < 0xe1000))
			return false;
	}
	return true;
}

/* Makes random bytes, half the time with random code points among them. */
static size_t
random_text(unsigned short seed[3], char in[64])
{
	size_t len = (size_t)(nrand48(seed) % 60), at = 0;
	uint32_t c;

	while (at < len) {
		c = (uint32_t)nrand48(seed) % 0x110000;
		if (c & 1)
			in[at++] = (char)(c >> 3);
		else if (c < 0xd800 || c > 0xdfff)
			at += utf8_encode(in + at, c & 2 ? c : c & 0x3fff);
	}
	return at;
}

static void
test_random(void)
{
	unsigned short seed[3] = { 9, 5, 9 };
	struct buf out = { 0 };
	unsigned int unsafe = 0;
	char in[64];
	size_t len;

	for (int i = 0; i < 100000; i++) {
		len = random_text(seed, in);
		out.len = 0;
		text_clean(&out, in, len, NULL);
		unsafe += !is_safe(&out);
	}
	CU_ASSERT_EQUAL(unsafe, 0);
	buf_free(&out);
}

/* Makes the excerpt of a text after cleaning all of it. */
static void
slow_excerpt(char *out, size_t max, const char *s, size_t len)
{
	const char *end = memchr(s, '\n', len);
	struct buf b = { 0 };
	size_t keep;

	text_clean(&b, s, end != NULL ? (size_t)(end - s) : len, NULL);
	if (end != NULL)
		buf_puts(&b, "…");
	keep = b.len;
	if (keep >= max) {
		keep = max - sizeof("…");
		while (keep > 0 && (b.bytes[keep] & 0xc0) == 0x80)
			keep--;
		b.len = keep;
		buf_puts(&b, "…");
	}
	if (b.len > 0)
		memcpy(out, b.bytes, b.len);
	out[b.len] = '\0';
	buf_free(&b);
}

/* An excerpt looks only at the start of a text, with the same result. */
static void
test_excerpt_random(void)
{
	unsigned short seed[3] = { 3, 1, 7 };
	char in[64 * 8], got[48], expected[48];
	unsigned int wrong = 0;
	size_t len, max;

	for (int i = 0; i < 50000; i++) {
		len = 0;
		for (long parts = nrand48(seed) % 4; parts >= 0; parts--) {
			len += random_text(seed, in + len);
			if (len < 128) {
				memset(in + len, '1', 40);
				len += (size_t)(nrand48(seed) % 40);
			}
		}
		max = 4 + (size_t)(nrand48(seed) % 45);
		slow_excerpt(expected, max, in, len);
		wrong += strcmp(text_excerpt(got, max, in, len), expected) != 0;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

void
text_suite(void)
{
	CU_pSuite s = CU_add_suite("text", NULL, NULL);

	CU_add_test(s, "C0 controls and DEL", test_c0);
	CU_add_test(s, "C1 controls", test_c1);
	CU_add_test(s, "CSI, OSC and DCS sequences", test_escape_sequences);
	CU_add_test(s, "line feeds and separators", test_lines);
	CU_add_test(s, "bidirectional controls", test_bidi);
	CU_add_test(s, "zero-width, tags, fillers", test_invisible);
	CU_add_test(s, "unassigned, private, noncharacters", test_unassigned);
	CU_add_test(s, "invalid UTF-8", test_invalid_utf8);
	CU_add_test(s, "towers of combining marks", test_marks);
	CU_add_test(s, "marks after marks", test_marks_between);
	CU_add_test(s, "emoji", test_emoji);
	CU_add_test(s, "keycaps", test_keycaps);
	CU_add_test(s, "skin tones", test_skin_tones);
	CU_add_test(s, "runs of plain text", test_runs);
	CU_add_test(s, "excerpts", test_excerpt);
	CU_add_test(s, "names in columns", test_columns);
	CU_add_test(s, "excerpts of random inputs", test_excerpt_random);
	CU_add_test(s, "100,000 random inputs", test_random);
}
