/*
 * Each command of the line editor by itself: with clusters of all kinds, wide
 * characters, text from right to left and several lines; and no command of the
 * table goes without a test.
 */
#include "ui/tui/editor/parts.h"

#include "tests/unit/ui/tui/editor/typist.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void editor_commands_suite(void);

#define FAMILY "👩‍👩‍👧"
#define FLAG   "🇩🇪"
#define ACUTE  "\xcc\x81" /* U+0301, belongs to what is before it */

/* A text with its cursor, a key or several, and the text after them. */
struct trial {
	const char *before;
	const char *keys;
	const char *after;
};

static void
try_all(const struct trial *trials, size_t count)
{
	struct editor e = { 0 };

	for (size_t i = 0; i < count; i++) {
		typist_set(&e, trials[i].before);
		typist_type(&e, trials[i].keys);
		typist_expect(&e, trials[i].after);
		editor_free(&e);
	}
}

#define TRY(trials) try_all(trials, sizeof(trials) / sizeof((trials)[0]))

static const struct trial moves[] = {
	{ "ab|", LEFT, "a|b" },
	{ "a|b", "\002", "|ab" },
	{ "|ab", LEFT, "|ab" },
	{ "|ab", RIGHT, "a|b" },
	{ "a|b", "\006", "ab|" },
	{ "ab|", RIGHT, "ab|" },
	{ "one two|", HOME, "|one two" },
	{ "one two|", "\001", "|one two" },
	{ "|one two", END, "one two|" },
	{ "o|ne two", "\005", "one two|" },
	/* They move in all of the text, whatever lines it has. */
	{ "one\ntw|o", HOME, "|one\ntwo" },
	{ "o|ne\ntwo", END, "one\ntwo|" },
	/* They move by clusters. */
	{ "ae" ACUTE ACUTE "|", LEFT, "a|e" ACUTE ACUTE },
	{ "a" FAMILY "|b", LEFT, "a|" FAMILY "b" },
	{ "|👍🏽!", RIGHT, "👍🏽|!" },
	{ FLAG "|" FLAG, LEFT, "|" FLAG FLAG },
	{ "|한국", RIGHT, "한|국" },
	{ "|\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab.", RIGHT,
	    "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab|." },
	{ "|" ACUTE "a", RIGHT, ACUTE "|a" },
	{ "a\n|b", LEFT, "a|\nb" },
	/* They follow the order of the text, which is not that of the
	 * screen. */
	{ "שלום|", LEFT, "שלו|ם" },
	{ "|سَلام", RIGHT, "سَ|لام" },
};

static const struct trial words[] = {
	{ "one two|", "\033b", "one |two" },
	{ "one t|wo", "\033[1;5D", "one |two" },
	{ "one |two", "\033b", "|one two" },
	{ "  one|", "\033b\033b", "|  one" },
	{ "|one two", "\033f", "one| two" },
	{ "one| two", "\033[1;5C", "one two|" },
	{ "one two|", "\033f", "one two|" },
	{ "|-- --", "\033f", "-- --|" },
	{ "-- --|", "\033b", "|-- --" },
	{ "a_b|", "\033b", "a_|b" },
	{ "|x86 4711", "\033f\033f", "x86 4711|" },
	{ "|one\n\ntwo", "\033f\033f", "one\n\ntwo|" },
	/* A letter and its marks are one. */
	{ "|e" ACUTE "tude x", "\033f", "e" ACUTE "tude| x" },
	{ "cafe" ACUTE "|", "\033b", "|cafe" ACUTE },
	{ "|größer ist", "\033f", "größer| ist" },
	{ "a " FAMILY " b|", "\033b\033b", "|a " FAMILY " b" },
	{ "שלום עולם|", "\033b", "שלום |עולם" },
	{ "|日本語、犬", "\033f", "日本語|、犬" },
};

static const struct trial deletions[] = {
	{ "ab|c", BACK, "a|c" },
	{ "ab|c", "\010", "a|c" },
	{ "|abc", BACK, "|abc" },
	{ "a|bc", DELETE, "a|c" },
	{ "a|bc", "\004", "a|c" },
	{ "abc|", DELETE, "abc|" },
	{ "e" ACUTE ACUTE "|x", BACK, "|x" },
	{ "x|e" ACUTE, DELETE, "x|" },
	{ "a" FAMILY "|", BACK, "a|" },
	{ "|👍🏽!", DELETE, "|!" },
	{ FLAG "|" FLAG, DELETE, FLAG "|" },
	{ "日本|", BACK, "日|" },
	{ "שלום|", BACK, "שלו|" },
	{ "one\n|two", BACK, "one|two" },
	{ "one|\ntwo", DELETE, "one|two" },
};

static const struct trial kills[] = {
	{ "one two|", "\027", "one |" },
	{ "one two  |", "\027", "one |" },
	{ "one tw|o", "\027", "one |o" },
	{ "one\ntwo|", "\027", "one\n|" },
	{ "one\ttwo|", "\027", "one\t|" },
	{ "a/b-c|", "\027", "|" },
	{ "  |", "\027", "|" },
	{ "a " ACUTE "|", "\027", "|" },
	{ "one |two", "\013", "one |" },
	{ "one|\ntwo", "\013", "one|" },
	{ "one| two", "\025", "| two" },
	{ "one\nt|wo", "\025", "|wo" },
	{ "one wor-ld|", "\033\177", "one wor-|" },
	{ "one wor-ld|", "\033\010", "one wor-|" },
	{ "e" ACUTE "te" ACUTE "|", "\033\177", "|" },
	{ "|one two", "\033d", "| two" },
	{ "one| two", "\033[3;5~", "one|" },
	{ "|" FAMILY " a b", "\033d", "| b" },
	{ "שלום עולם|", "\027", "שלום |" },
	/* A kill comes back at the cursor. */
	{ "one two|", "\027\001\031", "two|one " },
	{ "ab|", "\025\031\031", "abab|" },
	{ "a|b", "\031", "a|b" },
	/* Kills in a row are one, each added at its end of it. */
	{ "one two three|", "\027\027\031", "one two three|" },
	{ "|one two three", "\033d\033d\005\031", " threeone two|" },
	{ "one t|wo", "\013\025\031", "one two|" },
	{ "one t|wo", "\025\013\031", "one two|" },
	/* A key between two kills keeps them apart; a kill of nothing does
	 * not. */
	{ "one two|", "\027" LEFT RIGHT "\027\031", "one |" },
	{ "one two|", "\027\013\027\031", "one two|" },
	/* An older kill comes next, and only right after a yank. */
	{ "a b c|", "\027 \027 \027\031\033y", "b  |" },
	{ "one two|", "\027\001\013\031\033y", "two|" },
	{ "one two|", "\027\001\013\031\033y\033y", "one |" },
	{ "one two|", "\027\001\013\031x\033y", "one x|" },
	{ "one two|", "\027\001\013\033y", "|" },
	{ "one two|", "\027\001\013\031\033y\031", "twotwo|" },
};

static const struct trial changes[] = {
	{ "ab|", "\024", "ba|" },
	{ "a|bc", "\024", "ba|c" },
	{ "|ab", "\024", "|ab" },
	{ "a|", "\024", "a|" },
	{ "e" ACUTE "|x", "\024", "xe" ACUTE "|" },
	{ FAMILY "|" FLAG, "\024", FLAG FAMILY "|" },
	{ "日本|", "\024", "本日|" },
	{ "א|ב", "\024", "בא|" },
	{ "one two|", "\033t", "two one|" },
	{ "one |two three", "\033t", "two one| three" },
	{ "one, two!|", "\033t", "two, one|!" },
	{ "|one two", "\033t", "|one two" },
	{ "one|", "\033t", "one|" },
	{ "  one|", "\033t", "  one|" },
	{ "--|", "\033t", "--|" },
	{ "שלום עולם|", "\033t", "עולם שלום|" },
	{ "|hello world", "\033u", "HELLO| world" },
	{ "he|llo", "\033u", "heLLO|" },
	{ "|HELLO", "\033l", "hello|" },
	{ "|hELLO", "\033c", "Hello|" },
	{ "| - hELLO x", "\033c", " - Hello| x" },
	{ "|e" ACUTE "T x", "\033c", "E" ACUTE "t| x" },
	{ "|ǆ", "\033c", "ǅ|" },
	{ "|ПРИВЕТ", "\033l", "привет|" },
	{ "|日本", "\033u", "日本|" },
	{ "|x", "\033u", "X|" },
	{ "x|", "\033u", "x|" },
	{ "|", "\033c", "|" },
};

static const struct trial undone[] = {
	{ "one|", " two\037", "one|" },
	{ "one|", " two" LEFT "x\037", "one tw|o" },
	{ "one|", BACK BACK "\037", "on|" },
	{ "|two", "one\013\037", "one|two" },
	{ "|two", "one\013\037\037", "|two" },
	{ "|two", "one" BACK "\037\037", "|two" },
	{ "one two|", "\027\037", "one two|" },
	{ "one two|", "\001\013\037", "|one two" },
	{ "one two|", "\033t\037", "one two|" },
	{ "|one", "\033u\037", "|one" },
	{ "one two|", "\027\030\025", "one two|" },
	{ "one|", "x" BACK BACK "\030\025\030\025", "onex|" },
	{ "e|", ACUTE "\037", "e|" },
	/* Setting a text is a change, too. */
	{ "one|", "\037", "|" },
	{ "one two|", "\027x" LEFT "y\033r", "|" },
	{ "one|", "\037\037", "|" },
	/* Without a change there is nothing to undo. */
	{ "one|", DELETE "\037", "|" },
	{ "|one", BACK "\037", "|" },
	{ "one|", "\013\033u\033t" RIGHT "\037", "|" },
	/* A key that has no meaning after Ctrl-X does nothing. */
	{ "one|", "\030x", "one|" },
	{ "one|", "\030\030\025", "|" },
};

static const struct trial lines[] = {
	{ "one\ntw|o", UP, "on|e\ntwo" },
	{ "one\ntw|o", "\020", "on|e\ntwo" },
	{ "on|e\ntwo", DOWN, "one\ntw|o" },
	{ "on|e\ntwo", "\016", "one\ntw|o" },
	/* The column is kept over a shorter line; another key sets it again. */
	{ "long\nx\nlong|", UP UP, "long|\nx\nlong" },
	{ "long\nx\nlong|", UP LEFT UP, "|long\nx\nlong" },
	{ "\n\n|", UP UP DOWN, "\n|\n" },
	/* The cursor moves by columns, and never within a cluster. */
	{ "日本\nabc|d", UP, "日|本\nabcd" },
	{ "abcdef\n日|本", UP, "ab|cdef\n日本" },
	{ "e" ACUTE "e" ACUTE "\na|b", UP, "e" ACUTE "|e" ACUTE "\nab" },
	{ FAMILY "x\na|b", UP, "|" FAMILY "x\nab" },
	{ "שלום\nab|c", UP, "של|ום\nabc" },
};

static void
test_moves(void)
{
	TRY(moves);
}

static void
test_words(void)
{
	TRY(words);
}

static void
test_deletions(void)
{
	TRY(deletions);
}

static void
test_kills(void)
{
	TRY(kills);
}

static void
test_changes(void)
{
	TRY(changes);
}

static void
test_undo(void)
{
	TRY(undone);
}

static void
test_lines(void)
{
	TRY(lines);
}

/* --- All of them ---------------------------------------------------------- */

#define ROW(names, meaning, commands) commands
#define KEY(bytes, command)	      bytes,
static const char *const all_keys[] = { EDITOR_COMMANDS(ROW, KEY) };
#undef ROW
#undef KEY

static bool
is_tried(const char *key, const struct trial *trials, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strstr(trials[i].keys, key) != NULL)
			return true;
	return false;
}

/* Keys that search earlier lines are in editor_test.c. */
static void
test_all(void)
{
#define HAS(trials) is_tried(key, trials, sizeof(trials) / sizeof((trials)[0]))
	for (size_t i = 0; i < sizeof(all_keys) / sizeof(all_keys[0]); i++) {
		const char *key = all_keys[i];

		if (strcmp(key, "\033p") == 0 || strcmp(key, "\033n") == 0)
			continue;
		if (!HAS(moves) && !HAS(words) && !HAS(deletions) &&
		    !HAS(kills) && !HAS(changes) && !HAS(undone) &&
		    !HAS(lines)) {
			fprintf(stderr, "\n  key %zu is not tried\n", i);
			CU_FAIL("a key of the table is not tried");
		}
		for (size_t j = 0; j < i; j++)
			CU_ASSERT_STRING_NOT_EQUAL(key, all_keys[j]);
	}
#undef HAS
}

/* --- Where they are told of ----------------------------------------------- */

#define README "ui/tui/README.md"
#define TABLE  "\n| keys | what they do |\n|---|---|\n"

#define ROW(names, meaning, commands) "| " names " | " meaning " |\n"
#define KEY(bytes, command)
static const char rows[] = EDITOR_COMMANDS(ROW, KEY);
#undef ROW
#undef KEY

/* The table of the document is this one, row by row. */
static void
test_readme(void)
{
	static char text[65536];
	FILE *file = fopen(README, "r");
	const char *table;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	table = strstr(text, TABLE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(table);
	table += strlen(TABLE);
	if (strncmp(table, rows, strlen(rows)) != 0)
		fprintf(stderr, "\n  %s should have:\n%s", README, rows);
	CU_ASSERT_EQUAL(strncmp(table, rows, strlen(rows)), 0);
	CU_ASSERT_EQUAL(table[strlen(rows)], '\n');
}

void
editor_commands_suite(void)
{
	CU_pSuite s = CU_add_suite("editor_commands", NULL, NULL);

	CU_add_test(s, "by characters", test_moves);
	CU_add_test(s, "by words", test_words);
	CU_add_test(s, "deleting", test_deletions);
	CU_add_test(s, "killing and putting back", test_kills);
	CU_add_test(s, "order and case", test_changes);
	CU_add_test(s, "undo", test_undo);
	CU_add_test(s, "by lines", test_lines);
	CU_add_test(s, "each key of the table", test_all);
	CU_add_test(s, "the table in the README", test_readme);
}
