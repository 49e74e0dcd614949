/*
 * What the bytes of a burst are (ui/tui/burst.c), one rule after the other;
 * burst_test.c has what the user sees of them.
 */
#include "ui/tui/burst.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void burst_bytes_suite(void);

static struct burst *
open_burst(void)
{
	struct burst *b = calloc(1, sizeof(*b));

	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	return b;
}

static void
add(struct burst *b, const char *text)
{
	burst_add(b, text, strlen(text), false);
}

static void
expect(const struct burst *b, const char *text)
{
	CU_ASSERT_EQUAL_FATAL(b->len, strlen(text));
	CU_ASSERT(memcmp(b->bytes, text, b->len) == 0);
}

/* A tab is text, and so is each byte of a character; other controls are not. */
static void
test_text(void)
{
	for (int c = 0; c < 256; c++)
		CU_ASSERT_EQUAL(burst_is_text((char)c),
		    c == '\t' || (c >= 0x20 && c < 0x7f) || c >= 0x80);
}

/* Without a byte behind them that could be read by mistake. */
static bool
begins(const char *text, bool quick)
{
	size_t len = strlen(text);
	char *bytes = memcpy(malloc(len), text, len);
	bool begun = burst_begins(bytes, len, quick);

	free(bytes);
	return begun;
}

/* One key is a key, of however many bytes; two characters at once are the start
 * of a burst, and so is the end of a line within one. */
static void
test_begins(void)
{
	static const char *const keys[] = { "a", " ", "\t", "ü", "猫", "😀",
		"\001", "\001a", "\177a", "\033[A" };
	static const char *const bursts[] = { "ab", "\ta", "üa", "aü", "üü",
		"😀😀", "a\r", "a\033[A" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		CU_ASSERT_FALSE(begins(keys[i], false));
		CU_ASSERT_FALSE(begins(keys[i], true));
	}
	for (size_t i = 0; i < sizeof(bursts) / sizeof(bursts[0]); i++) {
		CU_ASSERT_TRUE(begins(bursts[i], false));
		CU_ASSERT_TRUE(begins(bursts[i], true));
	}
	CU_ASSERT_FALSE(begins("\r", false));
	CU_ASSERT_FALSE(begins("\nmore", false));
	CU_ASSERT_TRUE(begins("\r", true));
	CU_ASSERT_TRUE(begins("\n", true));
}

static void
test_time(void)
{
	struct burst *b = open_burst();
	const uint64_t now = USEC_PER_SEC;

	burst_came(b, now);
	CU_ASSERT_TRUE(burst_quick(b, now));
	CU_ASSERT_TRUE(burst_quick(b, now + BURST_TIME - 1));
	CU_ASSERT_FALSE(burst_quick(b, now + BURST_TIME));
	CU_ASSERT_EQUAL(burst_deadline(b), CLOCK_NEVER);
	add(b, "a");
	CU_ASSERT_EQUAL(burst_deadline(b), now + BURST_TIME);
	/* It is longer behind a paste, even one of nothing. */
	b->len = 0;
	b->pasted = true;
	CU_ASSERT_EQUAL(burst_deadline(b), now + BURST_PASTE_TIME);
	free(b);
}

/* A burst is up to the first ESC, but all that comes behind a paste. */
static void
test_up_to_escape(void)
{
	struct burst *b = open_burst();

	CU_ASSERT_EQUAL(burst_text(b, "text", 4), 4);
	CU_ASSERT_EQUAL(burst_text(b, "te\033[A\033[B", 8), 2);
	CU_ASSERT_EQUAL(burst_text(b, "\033[A", 3), 0);
	CU_ASSERT_EQUAL(burst_text(b, "te\033[A", 2), 2);
	b->pasted = true;
	CU_ASSERT_EQUAL(burst_text(b, "te\033[A", 5), 5);
	free(b);
}

/* What comes is added in order, and only its first piece can follow what was
 * typed. */
static void
test_added(void)
{
	struct burst *b = open_burst();

	burst_add(b, "one", 3, true);
	burst_add(b, " two", 4, false);
	expect(b, "one two");
	CU_ASSERT_TRUE(b->follows);
	b->len = 0;
	burst_add(b, "three", 5, false);
	burst_add(b, " four", 5, true);
	expect(b, "three four");
	CU_ASSERT_FALSE(b->follows);
	CU_ASSERT_EQUAL(b->cut, 0);
	free(b);
}

/* It holds as much as a paste may have, to the byte; what is beyond is
 * counted. */
static void
test_room(void)
{
	static char text[KEYS_PASTE_MAX - 2];
	struct burst *b = open_burst();

	memset(text, 'x', sizeof(text));
	burst_add(b, text, sizeof(text), false);
	burst_add(b, "yz", 2, false);
	CU_ASSERT_EQUAL(b->len, KEYS_PASTE_MAX);
	CU_ASSERT_EQUAL(b->cut, 0);
	CU_ASSERT_EQUAL(b->bytes[KEYS_PASTE_MAX - 1], 'z');
	burst_add(b, "!", 1, false);
	CU_ASSERT_EQUAL(b->cut, 1);
	b->len -= 2;
	burst_add(b, "12345", 5, false);
	CU_ASSERT_EQUAL(b->len, KEYS_PASTE_MAX);
	CU_ASSERT_EQUAL(b->cut, 4);
	CU_ASSERT(memcmp(b->bytes + KEYS_PASTE_MAX - 3, "x12", 3) == 0);
	free(b);
}

/* A paste begins one, with what was missing of it already. */
static void
test_paste(void)
{
	const struct key_event paste = { .kind = KEY_PASTE,
		.bytes = "pasted",
		.len = 6,
		.cut = 17 };
	struct burst *b = open_burst();

	burst_paste(b, &paste);
	expect(b, "pasted");
	CU_ASSERT_EQUAL(b->cut, 17);
	CU_ASSERT_TRUE(b->pasted);
	CU_ASSERT_FALSE(b->follows);
	free(b);
}

/* What a terminal adds is taken out wherever it is, however often, and nothing
 * else is. */
static void
test_strip(void)
{
	struct burst *b = open_burst();

	add(b, "\033[200~\033[200~one\033[201~two\033[I\033[O\033[Ithree");
	add(b, "\033[O\033[201~\033[201~");
	burst_strip(b);
	expect(b, "onetwothree");
	b->len = 0;
	add(b, "\033[202~\033[20~\033[A[I\033");
	burst_strip(b);
	expect(b, "\033[202~\033[20~\033[A[I\033");
	b->len = 0;
	burst_strip(b);
	expect(b, "");
	free(b);
}

static void
last_end_is(const char *text, size_t end)
{
	CU_ASSERT_EQUAL(burst_last_end(text, strlen(text)), end);
}

/* Where the last line begins that has any text. */
static void
test_last_end(void)
{
	last_end_is("", 0);
	last_end_is("one", 0);
	last_end_is("one\r", 0);
	last_end_is("one\r\n\n\r", 0);
	last_end_is("one\rtwo", 4);
	last_end_is("one\r\ntwo\r\n", 5);
	last_end_is("one\ntwo\n\nthree\n\n", 9);
	last_end_is("\ra", 1);
	last_end_is("a\r\001\177", 0);
	last_end_is("a\rb\r\001", 2);
	last_end_is("a\r\001b", 2);
	CU_ASSERT_EQUAL(burst_last_end("a\rb", 2), 0);
}

void
burst_bytes_suite(void)
{
	CU_pSuite s = CU_add_suite("burst_bytes", NULL, NULL);

	CU_add_test(s, "what is text", test_text);
	CU_add_test(s, "how one begins", test_begins);
	CU_add_test(s, "how long it is waited for", test_time);
	CU_add_test(s, "up to a sequence", test_up_to_escape);
	CU_add_test(s, "in order", test_added);
	CU_add_test(s, "how much it holds", test_room);
	CU_add_test(s, "behind a paste", test_paste);
	CU_add_test(s, "what a terminal adds", test_strip);
	CU_add_test(s, "the last line", test_last_end);
}
