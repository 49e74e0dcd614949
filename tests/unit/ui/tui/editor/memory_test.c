/*
 * What the line editor keeps, how much of it, and that it overwrites all of it
 * that is not needed any more.
 */
#include "tests/unit/ui/tui/editor/typist.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void editor_memory_suite(void);

static struct editor e;

static bool
is_zero(const void *bytes, size_t len)
{
	const char *at = bytes;

	for (size_t i = 0; i < len; i++)
		if (at[i] != 0)
			return false;
	return true;
}

static int
end(void)
{
	editor_free(&e);
	return 0;
}

/* Undo takes back a run of typed keys at a time. */
static void
test_runs(void)
{
	editor_clear(&e);
	typist_type(&e, "abcdefghijklmnopqrstuvwxyz");
	typist_type(&e, "\037");
	typist_expect(&e, "abcdefghijklmnopqrst|");
	typist_type(&e, "\037");
	typist_expect(&e, "|");
	/* A run ends with another key, and with the line. */
	typist_type(&e, "ab" LEFT RIGHT "c\037");
	typist_expect(&e, "ab|");
	editor_clear(&e);
	typist_type(&e, "x\037\037");
	typist_expect(&e, "|");
}

/* So many changes can be undone; older ones stay. */
static void
test_changes(void)
{
	editor_clear(&e);
	for (int i = 0; i < EDITOR_UNDO_MAX + 10; i++)
		typist_type(&e, "x" LEFT RIGHT);
	CU_ASSERT_EQUAL(e.undo.count, EDITOR_UNDO_MAX);
	typist_type(&e, "\033r");
	typist_expect(&e, "xxxxxxxxxx|");
	CU_ASSERT_EQUAL(e.undo.count, 0);
	CU_ASSERT_EQUAL(e.undo.bytes, 0);
}

/* So many bytes are kept for undo, and no more. */
static void
test_bytes(void)
{
	static char text[TEXT_MAX];
	size_t len;

	editor_clear(&e);
	for (int i = 0; i < 2 * EDITOR_UNDO_BYTES / TEXT_MAX; i++) {
		memset(text, 'A' + i, sizeof(text));
		CU_ASSERT(editor_set(&e, text, sizeof(text), 0));
		CU_ASSERT(e.undo.bytes <= EDITOR_UNDO_BYTES);
	}
	CU_ASSERT_EQUAL(e.undo.bytes, EDITOR_UNDO_BYTES);
	typist_type(&e, "\033r");
	CU_ASSERT_EQUAL(editor_text(&e, &len)[0],
	    'A' + EDITOR_UNDO_BYTES / TEXT_MAX - 1);
	CU_ASSERT_EQUAL(len, TEXT_MAX);
	CU_ASSERT_EQUAL(e.undo.bytes, 0);
	/* Changes that are forgotten with their line do not count, either. */
	typist_type(&e, "\005\025");
	CU_ASSERT_EQUAL(e.undo.bytes, TEXT_MAX);
	editor_clear(&e);
	CU_ASSERT_EQUAL(e.undo.bytes, 0);
	CU_ASSERT_EQUAL(e.undo.count, 0);
}

/* The oldest kill makes room; the newest one comes after it again. */
static void
test_kills(void)
{
	char name[] = "a";

	for (int i = 0; i < EDITOR_KILLS_MAX + 2; i++) {
		name[0] = (char)('a' + i);
		editor_clear(&e);
		typist_type(&e, name);
		typist_type(&e, "\025");
	}
	CU_ASSERT_EQUAL(e.kills.count, EDITOR_KILLS_MAX);
	typist_type(&e, "\031");
	typist_expect(&e, "l|");
	for (int i = 0; i < EDITOR_KILLS_MAX - 1; i++)
		typist_type(&e, "\033y");
	typist_expect(&e, "c|");
	typist_type(&e, "\033y");
	typist_expect(&e, "l|");
}

/* Emptying a line keeps two kills apart; so does setting one. */
static void
test_parted(void)
{
	editor_clear(&e);
	typist_type(&e, "one\025");
	editor_clear(&e);
	typist_type(&e, "two\025\031");
	typist_expect(&e, "two|");
	typist_type(&e, "\025");
	CU_ASSERT(editor_set(&e, "three", 5, 5));
	typist_type(&e, "\025\031");
	typist_expect(&e, "three|");
	typist_type(&e, "\031");
	CU_ASSERT(editor_insert(&e, "x", 1));
	typist_type(&e, "\033y");
	typist_expect(&e, "threethreex|");
}

/* A command that would make the text too long does nothing at all. */
static void
test_full(void)
{
	static char text[TEXT_MAX + 1];
	const char *now;
	size_t len;

	for (size_t i = 0; i < TEXT_MAX; i += 2)
		memcpy(text + i, "ɐ", 2);
	editor_clear(&e);
	CU_ASSERT(editor_set(&e, text, TEXT_MAX, 0));
	/* The capital of this letter has one byte more. */
	CU_ASSERT_FALSE(editor_key(&e, "\033u", 2));
	CU_ASSERT_EQUAL(editor_cursor(&e), 0);
	CU_ASSERT_STRING_EQUAL(editor_text(&e, &len), text);
	/* The next key is not mixed up with the refused one. */
	CU_ASSERT(editor_key(&e, "\033l", 2));
	CU_ASSERT_EQUAL(editor_cursor(&e), TEXT_MAX);
	/* A kill is not put back in part, either, and the next one is the
	 * same. */
	typist_type(&e, "\025");
	typist_type(&e, "ab" LEFT "\013\031");
	typist_expect(&e, "ab|");
	CU_ASSERT_FALSE(editor_key(&e, "\033y", 2));
	typist_expect(&e, "ab|");
	now = editor_text(&e, &len);
	CU_ASSERT(utf8_valid(now, len));
}

static void
test_overwritten(void)
{
	static const char secret[] = "correct horse battery staple";

	editor_clear(&e);
	typist_type(&e, secret);
	typist_type(&e, BACK BACK "\033b");
	CU_ASSERT(is_zero(e.text + e.len, sizeof(e.text) - e.len));
	typist_type(&e, "\013");
	CU_ASSERT(is_zero(e.text + e.len, sizeof(e.text) - e.len));
	editor_accept(&e);
	CU_ASSERT(is_zero(e.text, sizeof(e.text)));
	typist_type(&e, UP "x" UP DOWN "\030");
	editor_free(&e);
	CU_ASSERT(is_zero(&e, sizeof(e)));
	/* The line is empty then, and works. */
	typist_type(&e, "x");
	typist_expect(&e, "x|");
}

void
editor_memory_suite(void)
{
	CU_pSuite s = CU_add_suite("editor_memory", NULL, end);

	CU_add_test(s, "runs of typing", test_runs);
	CU_add_test(s, "changes are bounded", test_changes);
	CU_add_test(s, "bytes are bounded", test_bytes);
	CU_add_test(s, "kills are bounded", test_kills);
	CU_add_test(s, "what parts two kills", test_parted);
	CU_add_test(s, "too long is refused", test_full);
	CU_add_test(s, "what was typed is overwritten", test_overwritten);
}
