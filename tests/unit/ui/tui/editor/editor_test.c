/*
 * The line editor: what its keys do to text and cursor, its bounds, its
 * history; and no key makes a system call that ui's sandbox denies.
 */
#include "ui/tui/editor/editor.h"

#include "common/ipc_messages.h"
#include "common/utf8.h"
#include "tests/unit/common/sandbox_jail.h"
#include "tests/unit/ui/tui/editor/typist.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void editor_suite(void);

static struct editor e;

static int
end(void)
{
	editor_free(&e);
	return 0;
}

static void
type(const char *keys)
{
	typist_type(&e, keys);
}

static void
expect(const char *with_cursor)
{
	typist_expect(&e, with_cursor);
}

/* Empties the line, types keys, and checks the text. */
static void
check(const char *keys, const char *with_cursor)
{
	editor_clear(&e);
	type(keys);
	expect(with_cursor);
}

static void
test_keys(void)
{
	check("", "|");
	check("hello", "hello|");
	check("hello" LEFT LEFT "x", "helx|lo");
	check("hello\001x\005y", "xhelloy|");
	check("hello" HOME RIGHT DELETE, "h|llo");
	check("hello" BACK BACK "\010", "he|");
	check("hello\002\002\004", "hel|o");
	check("hello world\033b\033b\033f", "hello| world");
	check("hello world\033[1;5D\033[1;5C", "hello world|");
	check("hello world\001\033d", "| world");
	check("hello world\001\033[3;5~", "| world");
	check("hello wor-ld\033\177", "hello wor-|");
	check("hello wor-ld\033\010", "hello wor-|");
	check("hello wor-ld\027", "hello |");
	check("hello world\033b\013", "hello |");
	check("hello world\033b\025", "|world");
	check("hello world\033b\013\001\031 ", "world |hello ");
	check("one two\027\001\013\031\033y", "two|");
	check("ab\024", "ba|");
	check("abc" LEFT "\024", "acb|");
	check("one two\033t", "two one|");
	check("hello\001\033u", "HELLO|");
	check("HELLO\001\033l", "hello|");
	check("hello\001\033c", "Hello|");
	check("hello\027\037", "hello|");
	check("hello\027\030\025", "hello|");
	check("hello\027x\033r", "|");
	/* The start of a key is forgotten with the line. */
	check("hello\030", "hello|");
	check("x", "x|");
	CU_ASSERT(editor_key(&e, "", 0));
	expect("x|");
	/* At either end nothing happens. */
	check(LEFT BACK RIGHT DELETE "\024\033b\033f\033d", "|");
	check("a\024", "a|");
}

/* Clusters are a base with its marks, an emoji of several parts, a flag. */
static void
test_clusters(void)
{
#define FAMILY "👩‍👩‍👧"
#define FLAG   "🇩🇪"
	check("grüße" LEFT LEFT "x", "grüx|ße");
	check("e\xcc\x81x" LEFT LEFT, "|e\xcc\x81x");
	check("e\xcc\x81" BACK, "|");
	check("ae\xcc\x81" LEFT DELETE, "a|");
	check("a" FAMILY "b" LEFT LEFT, "a|" FAMILY "b");
	check("a" FAMILY "b" LEFT BACK, "a|b");
	check(FLAG FLAG LEFT, FLAG "|" FLAG);
	check(FLAG FLAG BACK, FLAG "|");
	check("e\xcc\x81x\024", "xe\xcc\x81|");
	check("猫犬" LEFT BACK, "|犬");
	/* A character that is typed before a mark takes it. */
	check("a\xcc\x81" HOME "x" HOME DELETE, "|a\xcc\x81");
	CU_ASSERT(editor_set(&e, "e\xcc\x81", 3, 1));
	expect("e\xcc\x81|");
	CU_ASSERT(editor_set(&e, "grüße", 7, 3));
	expect("grü|ße");
	CU_ASSERT(editor_set(&e, "abc", 3, 99));
	expect("abc|");
	/* A move by words ends at a boundary of clusters, too. */
	check("a" FAMILY " b\001\033f\033f\033b\033b", "|a" FAMILY " b");
}

/* Words may have letters that are not ASCII, whatever the locale is. */
static void
test_words(void)
{
	check("größe über\033b", "größe |über");
	check("größe über\033b\033u", "größe ÜBER|");
	check("größe über\033\177\033\177", "|");
}

static void
test_set(void)
{
	size_t len;

	editor_clear(&e);
	CU_ASSERT(editor_set(&e, "one\ntwo", 7, 3));
	expect("one|\ntwo");
	CU_ASSERT(editor_insert(&e, "\nand", 4));
	expect("one\nand|\ntwo");
	type("\037");
	expect("one|\ntwo");
	CU_ASSERT_FALSE(editor_insert(&e, "\xff", 1));
	CU_ASSERT_FALSE(editor_set(&e, "a\xc3", 2, 0));
	CU_ASSERT_FALSE(editor_set(&e, "a\0b", 3, 0));
	expect("one|\ntwo");
	editor_clear(&e);
	CU_ASSERT_STRING_EQUAL(editor_text(&e, &len), "");
	CU_ASSERT_EQUAL(len, 0);
	type("\037");
	expect("|");
}

static void
check_length(size_t expected)
{
	size_t len;
	const char *text = editor_text(&e, &len);

	CU_ASSERT(utf8_valid(text, len));
	CU_ASSERT_EQUAL(len, expected);
}

/* The text never exceeds TEXT_MAX, by whatever key; and it stays as it is. */
static void
test_bound(void)
{
	char *text = malloc(TEXT_MAX + 1);

	memset(text, 'x', TEXT_MAX + 1);
	CU_ASSERT_FALSE(editor_set(&e, text, TEXT_MAX + 1, 0));
	CU_ASSERT(editor_set(&e, text, TEXT_MAX, 0));
	CU_ASSERT_FALSE(editor_key(&e, "y", 1));
	CU_ASSERT_FALSE(editor_insert(&e, "y", 1));
	check_length(TEXT_MAX);
	CU_ASSERT_EQUAL(editor_cursor(&e), 0);
	type(DELETE);
	CU_ASSERT_FALSE(editor_key(&e, "ü", 2));
	check_length(TEXT_MAX - 1);
	CU_ASSERT(editor_key(&e, "y", 1));
	CU_ASSERT_FALSE(editor_key(&e, "z", 1));
	check_length(TEXT_MAX);
	/* All of it is killed, and yanked twice. */
	type("\005\025\031");
	CU_ASSERT_FALSE(editor_key(&e, "\031", 1));
	check_length(TEXT_MAX);
	CU_ASSERT_EQUAL(editor_cursor(&e), TEXT_MAX);
	type(BACK "z");
	check_length(TEXT_MAX);
	free(text);
}

static void
say(const char *line)
{
	editor_clear(&e);
	type(line);
	editor_accept(&e);
	expect("|");
}

static void
test_history(void)
{
	say("first");
	say("second");
	say("second");
	say("f third");
	editor_accept(&e); /* an empty line is not kept */
	check("draft" LEFT UP, "f third|");
	type("\020");
	expect("second|");
	type(UP);
	expect("first|");
	type("\016");
	expect("second|");
	type(" changed" DOWN);
	expect("f third|");
	type(DOWN);
	expect("draft|");
	type(DOWN);
	expect("draft|");
	/* A line that was changed in the history is not kept there. */
	check(UP UP, "second|");
	type(" time");
	editor_accept(&e);
	check(UP, "second time|");
	type(UP UP);
	expect("second|");
	/* The search uses the start of the text, which may be the draft's. */
	check("f\033p", "f| third");
	type("\033p");
	expect("f|irst");
	type("\033p");
	expect("f|irst");
	type("\033n\033n");
	expect("f|");
	check("nothing like it\033p", "nothing like it|");
	/* Undo does not go back to an earlier line. */
	check("x" UP "\037", "second time|");
}

/* A changed line of the history becomes the draft, unless there is one
 * already. */
static void
test_changed(void)
{
	say("one");
	say("two");
	check(UP "x" UP, "one|");
	type(DOWN);
	expect("two|");
	type(DOWN);
	expect("twox|");
	check("draft" UP "x" UP DOWN DOWN, "draft|");
	check(UP "\025" UP DOWN, "two|");
	type(DOWN);
	expect("|");
}

/* Up and down move in a text of several lines before they go to the history;
 * the column is kept over shorter lines. */
static void
test_lines(void)
{
	say("older");
	CU_ASSERT(editor_set(&e, "a1\nb2\nc3", 8, 8));
	editor_accept(&e);
	CU_ASSERT(editor_set(&e, "long first\nx\nthe third", 22, 22));
	expect("long first\nx\nthe third|");
	type(UP);
	expect("long first\nx|\nthe third");
	type("\020");
	expect("long firs|t\nx\nthe third");
	type(DOWN "\016");
	expect("long first\nx\nthe third|");
	CU_ASSERT(editor_set(&e, "long first\nx\nthe third", 22, 14));
	type(UP UP);
	expect("l|ong first\nx\nthe third");
	/* The history comes next, and then the lines of its entry. */
	type(UP);
	expect("a1\nb2\nc3|");
	type(UP LEFT UP);
	expect("a|1\nb2\nc3");
	type(UP);
	expect("older|");
	type(DOWN);
	expect("a1\nb2\nc3|");
	type(DOWN);
	expect("long first\nx\nthe third|");
	/* The cursor moves by columns, of which a wide character has two. */
	CU_ASSERT(editor_set(&e, "日本語\nabcd", 14, 13));
	expect("日本語\nabc|d");
	type(UP);
	expect("日|本語\nabcd");
	editor_clear(&e);
}

static void
test_history_bound(void)
{
	char line[32];

	for (int i = 0; i < EDITOR_HISTORY_MAX + 10; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		say(line);
	}
	for (int i = 0; i < EDITOR_HISTORY_MAX + 100; i++)
		type(UP);
	expect("line 10|");
}

/* --- In the sandbox ------------------------------------------------------- */

/* Presses any key, on an empty line and on a text, which stays valid. */
static bool
survives(const char *key, size_t len)
{
	static const char *const texts[] = { "", "größe e\xcc\x81 two\nthree" };
	const char *text;
	size_t n;

	for (size_t i = 0; i < 2; i++) {
		if (!editor_set(&e, texts[i], strlen(texts[i]), i * 8))
			return false;
		editor_key(&e, key, len);
		editor_key(&e, "x", 1);
		editor_key(&e, "\031", 1);
		text = editor_text(&e, &n);
		if (n > TEXT_MAX || !utf8_valid(text, n) ||
		    editor_cursor(&e) > n || text[n] != '\0')
			return false;
	}
	return true;
}

static int
press_all(const struct inmate *in)
{
	static const char *const sequences[] = { UP, DOWN, LEFT, RIGHT, HOME,
		END, DELETE, "\033[1;5C", "\033[1;5D", "\033[3;5~", "\033[99~",
		"\033[x", "\033O1", "\033\033[A", "\030\033[A" };
	char key[2];

	(void)in;
	for (int round = 0; round < 2; round++) {
		for (int c = 0; c < 256; c++) {
			key[0] = (char)c;
			if (!survives(key, 1))
				return 1;
			key[1] = (char)c;
			for (const char *p = "\033\030"; *p != '\0'; p++) {
				key[0] = *p;
				if (!survives(key, 2))
					return 2;
			}
		}
		for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]);
		     i++)
			if (!survives(sequences[i], strlen(sequences[i])))
				return 3;
		editor_accept(&e);
	}
	return 0;
}

static void
test_sandbox(void)
{
	struct jail j;

	editor_clear(&e);
	jail_start(&j, PROCESS_UI_CLIENT, press_all);
	jail_end(&j);
	CU_ASSERT_EQUAL(j.end, JAIL_DID);
	CU_ASSERT_EQUAL(j.error, 0);
	CU_ASSERT_EQUAL(j.violation, -1);
	CU_ASSERT_STRING_EQUAL(j.text, "");
}

void
editor_suite(void)
{
	CU_pSuite s = CU_add_suite("editor", NULL, end);

	CU_add_test(s, "keys", test_keys);
	CU_add_test(s, "clusters", test_clusters);
	CU_add_test(s, "words", test_words);
	CU_add_test(s, "text that is set", test_set);
	CU_add_test(s, "no longer than TEXT_MAX", test_bound);
	CU_add_test(s, "history", test_history);
	CU_add_test(s, "history that is changed", test_changed);
	CU_add_test(s, "lines of a text", test_lines);
	CU_add_test(s, "history is bounded", test_history_bound);
	CU_add_test(s, "every key in the sandbox", test_sandbox);
}
