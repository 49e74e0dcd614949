/*
 * The keys that wait (ui/tui/ahead.c): what is taken is what was added, in
 * order, and a line is taken from among them without a trace. ahead_test.c has
 * what becomes of them.
 */
#include "ui/tui/ahead.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ahead_keys_suite(void);

static void
add(struct ahead *a, enum key_kind kind, const char *bytes)
{
	const struct key_event event = { .kind = kind,
		.bytes = bytes,
		.len = strlen(bytes) };

	ahead_add(a, &event);
}

/* Each character as a key, \r as Enter and an ESC with all behind it as one
 * key. */
static void
type(struct ahead *a, const char *keys)
{
	char key[8];

	for (; *keys != '\0'; keys += strlen(key)) {
		snprintf(key, sizeof(key), "%.*s", *keys == '\033' ? 7 : 1,
		    keys);
		add(a, *keys == '\r' ? KEY_ENTER : KEY_BYTES, key);
	}
}

static void
expect(struct ahead *a, enum key_kind kind, const char *bytes)
{
	struct key_event event;

	CU_ASSERT_TRUE_FATAL(ahead_take(a, &event));
	CU_ASSERT_EQUAL(event.kind, kind);
	CU_ASSERT_EQUAL_FATAL(event.len, strlen(bytes));
	CU_ASSERT(memcmp(event.bytes, bytes, event.len) == 0);
	CU_ASSERT_EQUAL(event.cut, 0);
	CU_ASSERT_FALSE(event.bare);
}

/* That these keys wait, and no more. */
static void
expect_typed(struct ahead *a, const char *keys)
{
	char key[] = "x";

	for (; *keys != '\0'; keys++) {
		key[0] = *keys;
		expect(a, *keys == '\r' ? KEY_ENTER : KEY_BYTES, key);
	}
	CU_ASSERT_FALSE(ahead_take(a, &(struct key_event){ 0 }));
}

/* All of an event that matters later; and memory only while anything waits. */
static void
test_events(void)
{
	struct key_event paste = { .kind = KEY_PASTE,
		.bytes = "one\ntwo",
		.len = 7,
		.cut = 12,
		.bare = true };
	struct ahead a = { 0 };
	struct key_event event;

	add(&a, KEY_BYTES, "grün");
	add(&a, KEY_TAB, "");
	add(&a, KEY_ENTER, "\r");
	ahead_add(&a, &paste);
	paste.cut = (size_t)UINT32_MAX + 5;
	ahead_add(&a, &paste);
	CU_ASSERT_EQUAL(a.lines, 1);
	expect(&a, KEY_BYTES, "grün");
	expect(&a, KEY_TAB, "");
	expect(&a, KEY_ENTER, "\r");
	CU_ASSERT_EQUAL(a.lines, 0);
	CU_ASSERT_TRUE(ahead_take(&a, &event));
	CU_ASSERT_EQUAL(event.kind, KEY_PASTE);
	CU_ASSERT_NSTRING_EQUAL(event.bytes, "one\ntwo", 7);
	CU_ASSERT_EQUAL(event.cut, 12);
	CU_ASSERT_TRUE(event.bare);
	/* As much as can be noted. */
	CU_ASSERT_TRUE(ahead_take(&a, &event));
	CU_ASSERT_EQUAL(event.cut, UINT32_MAX);
	CU_ASSERT_FALSE(ahead_take(&a, &event));
	CU_ASSERT_PTR_NULL(a.bytes);
	CU_ASSERT_EQUAL(a.size, 0);
}

static void
number(char key[16], unsigned int n)
{
	snprintf(key, 16, "%u", n);
}

/* While some are taken others come: they stay in order, however often their
 * memory grows or its start is free. */
static void
test_order(void)
{
	struct ahead a = { 0 };
	unsigned int taken = 0;
	char key[16];

	for (unsigned int n = 0; n < 3000; n++) {
		number(key, n);
		add(&a, KEY_BYTES, key);
		if (n % 3 != 0)
			continue;
		number(key, taken++);
		expect(&a, KEY_BYTES, key);
	}
	for (; taken < 3000; taken++) {
		number(key, taken);
		expect(&a, KEY_BYTES, key);
	}
	CU_ASSERT_FALSE(ahead_take(&a, &(struct key_event){ 0 }));
}

/* What has gone makes room: a queue that stays short needs no more memory. */
static void
test_memory(void)
{
	struct ahead a = { 0 };
	size_t size;

	add(&a, KEY_BYTES, "x");
	size = a.size;
	for (unsigned int n = 0; n < 1000; n++) {
		add(&a, KEY_BYTES, "x");
		expect(&a, KEY_BYTES, "x");
	}
	CU_ASSERT_EQUAL(a.size, size);
	ahead_drop(&a);
}

/* A paste is as large as one can be. */
static void
test_large(void)
{
	static char text[KEYS_PASTE_MAX];
	const struct key_event paste = { .kind = KEY_PASTE,
		.bytes = text,
		.len = sizeof(text) };
	struct ahead a = { 0 };
	struct key_event event;

	memset(text, 'x', sizeof(text));
	add(&a, KEY_BYTES, "before");
	ahead_add(&a, &paste);
	add(&a, KEY_BYTES, "after");
	CU_ASSERT_TRUE(ahead_full(&a));
	expect(&a, KEY_BYTES, "before");
	CU_ASSERT_TRUE(ahead_take(&a, &event));
	CU_ASSERT_EQUAL_FATAL(event.len, sizeof(text));
	CU_ASSERT(memcmp(event.bytes, text, sizeof(text)) == 0);
	expect(&a, KEY_BYTES, "after");
	ahead_drop(&a);
}

static bool
is_slash(const void *arg, const char *line, size_t len)
{
	CU_ASSERT_STRING_EQUAL(arg, "asked with");
	return len > 0 && line[0] == '/';
}

/* That the first line of a command is this one; NULL: there is none. */
static void
expect_line(struct ahead *a, const char *expected)
{
	struct buf line = { 0 };
	bool taken = ahead_take_line(a, is_slash, "asked with", &line);

	CU_ASSERT_EQUAL(taken, expected != NULL);
	CU_ASSERT_EQUAL_FATAL(line.len, taken ? strlen(expected) : 0);
	CU_ASSERT(line.len == 0 || memcmp(line.bytes, expected, line.len) == 0);
	buf_free(&line);
}

/* A line is taken out from among others: these are whole and in order. */
static void
test_line(void)
{
	struct ahead a = { 0 };

	type(&a, "xhello\r/who\rmore\r/grün are you\rdraft");
	expect(&a, KEY_BYTES, "x");
	expect_line(&a, "/who");
	CU_ASSERT_EQUAL(a.lines, 3);
	expect_line(&a, "/grün are you");
	CU_ASSERT_EQUAL(a.lines, 2);
	expect_line(&a, NULL);
	CU_ASSERT_EQUAL(a.lines, 2);
	expect_typed(&a, "hello\rmore\rdraft");
	/* It is the first, the last, or all there is. */
	type(&a, "/one\rtext\r/two\r");
	expect_line(&a, "/one");
	expect_line(&a, "/two");
	expect_typed(&a, "text\r");
	type(&a, "/three\r");
	expect_line(&a, "/three");
	expect_typed(&a, "");
}

/* A line is not known from its keys if any of them does more than add a
 * character, nor before its end was typed. */
static void
test_other_keys(void)
{
	static const char *const lines[] = { "/x\001\r", "/x\177\r", "/x\037\r",
		"/not over", "\r" };
	struct ahead a = { 0 };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		type(&a, lines[i]);
		expect_line(&a, NULL);
		expect_typed(&a, lines[i]);
	}
	type(&a, "/x");
	type(&a, "\033[D");
	type(&a, "\r/ ~\r");
	add(&a, KEY_PASTE, "/pasted");
	type(&a, "\r");
	add(&a, KEY_TAB, "");
	type(&a, "/completed\r/y\r");
	expect_line(&a, "/ ~");
	expect_line(&a, "/y");
	expect_line(&a, NULL);
	CU_ASSERT_EQUAL(a.lines, 3);
	ahead_drop(&a);
}

/* Nothing is free behind the last line. */
static void
test_line_at_end_of_memory(void)
{
	struct ahead a = { 0 };
	size_t one, lines = 0;

	type(&a, "\r");
	one = a.len;
	while (a.len + 4 * one <= a.size) {
		type(&a, "\r");
		lines++;
	}
	type(&a, "/x\r");
	CU_ASSERT(a.size - a.len < one);
	expect_line(&a, "/x");
	CU_ASSERT_EQUAL(a.lines, lines + 1);
	for (; lines > 0; lines--)
		expect(&a, KEY_ENTER, "\r");
	expect_typed(&a, "\r");
}

static void
test_full(void)
{
	CU_ASSERT_FALSE(ahead_full(&(struct ahead){ 0 }));
	CU_ASSERT_FALSE(ahead_full(&(struct ahead){ .len = AHEAD_BYTES_MAX }));
	CU_ASSERT_TRUE(
	    ahead_full(&(struct ahead){ .len = AHEAD_BYTES_MAX + 1 }));
}

/* Nothing waits any more, not even the line. */
static void
test_drop(void)
{
	static const struct ahead nothing;
	struct ahead a = { .waiting = true };

	type(&a, "one\rtwo\r");
	ahead_drop(&a);
	CU_ASSERT(memcmp(&a, &nothing, sizeof(a)) == 0);
	ahead_drop(&a);
	CU_ASSERT_FALSE(ahead_take(&a, &(struct key_event){ 0 }));
}

void
ahead_keys_suite(void)
{
	CU_pSuite s = CU_add_suite("ahead_keys", NULL, NULL);

	CU_add_test(s, "events", test_events);
	CU_add_test(s, "in order", test_order);
	CU_add_test(s, "how much memory", test_memory);
	CU_add_test(s, "a large paste", test_large);
	CU_add_test(s, "a line among them", test_line);
	CU_add_test(s, "lines of other keys", test_other_keys);
	CU_add_test(s, "a line at the end", test_line_at_end_of_memory);
	CU_add_test(s, "full", test_full);
	CU_add_test(s, "dropped", test_drop);
}
