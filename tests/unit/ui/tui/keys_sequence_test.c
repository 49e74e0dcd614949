/*
 * What a sequence means, for each of its numbers and last bytes, and where one
 * ends that is none (ui/tui/keys_sequence.c, keys.c); keys_test.c has the keys
 * of each terminal.
 */
#include "tests/unit/ui/tui/keyboard.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void keys_sequence_suite(void);

/* A key with each number of a modifier: none, 1, Shift, Meta, Shift and Meta,
 * Ctrl. */
static void
check_modified(const char *number, char final, const char *const expected[6])
{
	static const char *const modifiers[] = { "", ";1", ";2", ";3", ";4",
		";5" };
	char bytes[32];

	for (size_t i = 0; i < 6; i++) {
		snprintf(bytes, sizeof(bytes), "\033[%s%s%c", number,
		    modifiers[i], final);
		keyboard_check(bytes, expected[i]);
	}
}

static void
test_modifiers(void)
{
	static const char *const up[] = { "<[A>", "<[A>", "<Line-Up>",
		"<Line-Up>", "<Line-Up>", "<Line-Up>" };
	static const char *const right[] = { "<[C>", "<[C>", "<[C>", "<Next>",
		"<Next>", "<[1;5C>" };
	static const char *const left[] = { "<[D>", "<[D>", "<[D>", "<Before>",
		"<Before>", "<[1;5D>" };
	static const char *const home[] = { "<[H>", "<[H>", "<Top>", "<[H>",
		"<Top>", "<Top>" };
	static const char *const end[] = { "<[F>", "<[F>", "<Bottom>", "<[F>",
		"<Bottom>", "<Bottom>" };
	static const char *const delete[] = { "<[3~>", "<[3~>", "<[3~>",
		"<[3;5~>", "<[3;5~>", "<[3;5~>" };
	static const char *const page[] = { "<PageUp>", "<PageUp>", "<PageUp>",
		"<PageUp>", "<PageUp>", "<PageUp>" };

	check_modified("1", 'A', up);
	check_modified("1", 'C', right);
	check_modified("1", 'D', left);
	check_modified("1", 'H', home);
	check_modified("1", 'F', end);
	check_modified("1", '~', home);
	check_modified("4", '~', end);
	check_modified("7", '~', home);
	check_modified("8", '~', end);
	check_modified("3", '~', delete);
	check_modified("5", '~', page);
}

/* Without a first number, with one too many, and with none where one is. */
static void
test_numbers(void)
{
	keyboard_check("\033[;5A", "<Line-Up>");
	keyboard_check("\033[2A", "<[A>");
	keyboard_check("\033[1;0A\033[1;A\033[;A", "<[A><[A><[A>");
	keyboard_check("\033[1;2;9A\033[;;;A", "<Line-Up><[A>");
	keyboard_check("\033[1;2;9;9A\033[;;;;A", "");
	keyboard_check("\033[5;~\033[05~", "<PageUp><PageUp>");
	keyboard_check("\033[~\033[0~\033[9~\033[50~", "");
	keyboard_check("\033[5;99999~", "<PageUp>");
	keyboard_check("\033[5;100000~\033[100005~", "");
	keyboard_check("\033[5:1~\033[5/~\033[ 5~", "");
}

/* rxvt says the modifiers by the last byte, without a number of their own. */
static void
test_rxvt(void)
{
	keyboard_check("\033[7~\033[7^\033[7$\033[7@", "<[H><Top><Top><Top>");
	keyboard_check("\033[3^\033[3$\033[3@", "<[3;5~><[3~><[3;5~>");
	keyboard_check("\033\033[3~", "<[3;5~>");
	keyboard_check("\033[a\033[b\033[c\033[d",
	    "<Line-Up><Line-Down><[C><[D>");
	keyboard_check("\033Oa\033Ob\033Oc\033Od",
	    "<Line-Up><Line-Down><[1;5C><[1;5D>");
	keyboard_check("\033[e\033[`\033[1a\033Oe\033O`", "");
	keyboard_check("\033[5;1^\033[5;1@\033[^\033[@", "");
	/* Elsewhere $ is within a sequence. */
	keyboard_check("\033[$y\033[1;2$y\033[?5$y", "");
	/* Meta is over with the key. */
	keyboard_check("\033\033[A\033[A", "<Line-Up><[A>");
	keyboard_check("\033\033[5\x03\033[A", "<C-c><[A>");
}

/* The keypad, and the modifier in the only number or in the last one. */
static void
test_ss3(void)
{
	keyboard_check("\033Op\033Oq\033Or\033Os\033Ot\033Ou\033Ov\033Ow\033Ox"
		       "\033Oy",
	    "0123456789");
	keyboard_check("\033Oo\033Oz\033OE\033OZ", "");
	keyboard_check("\033O2A\033O1;2A\033O2;1A\033O1A",
	    "<Line-Up><Line-Up><[A><[A>");
	keyboard_check("\033O5M", "<Enter>");
	keyboard_check("\033O<A", "A"); /* F-something, and then a letter */
}

static void
test_mouse(void)
{
	keyboard_check("\033[<92;1;1M\033[<93;1;1M",
	    "<wheel up 0 0><wheel down 0 0>");
	keyboard_check("\033[<63;1;1M\033[<66;1;1M\033[<96;1;1M", "");
	keyboard_check("\033[<64;1;0M\033[<64;0;1M", "");
	keyboard_check("\033[<64;1;1m\033[<64;1;1A\033[<5~\033[<I", "");
	/* Not the mouse's, though like it. */
	keyboard_check("\033[1Mabc\033[1[abc", "abcabc");
}

/* What a terminal tells of itself is no key; focus has no number. */
static void
test_private(void)
{
	keyboard_check("\033[?A\033[=A\033[>A\033[>5~\033[?I", "");
	keyboard_check("\033[I\033[O\033[1I\033[1O", "<In><Out>");
	keyboard_check("\033[Z\033[1;2Z", "<Shift-Tab><Shift-Tab>");
	keyboard_check("\033[E\033[G\033[P\033[S", "");
}

/* Whatever cannot be in a sequence ends it, and is what it is alone. */
static void
test_cut_short(void)
{
	keyboard_check("\033[5\177a\033O\177a", "\177a\177a");
	keyboard_check("\033[5\037\033O5\037", "<^_><^_>");
	keyboard_check("\033[5\0335", "<5>");
	keyboard_check("\033O5ü", "ü");
	keyboard_check("\033]0;a\006\033]0;a\016\033]0;a\037", "<^F><^N><^_>");
	/* What formats a text may be in a string. */
	keyboard_check("\033]0;a\bb\tc\nd\ve\ff\rg\177h\a", "");
	keyboard_check("\033]0;a\033\033[A", "<Line-Up>");
}

/* A byte that begins no character is not waited behind. */
static void
test_first_bytes(void)
{
	for (int c = 0x80; c < 0x100; c++) {
		char byte = (char)c;

		keyboard_start();
		keyboard_feed(&byte, 1);
		CU_ASSERT_EQUAL(keys_at_start(&keyboard_keys),
		    c < 0xc2 || c > 0xf4);
	}
	/* The shortest and the longest of each length. */
	keyboard_check("\u00a0\u07ff\u0800\uffff\U00010000\U0010ffff",
	    "\u00a0\u07ff\u0800\uffff\U00010000\U0010ffff");
	keyboard_check("\302\200\302\237", "");
	keyboard_check("\033\u00a0\033\u0800", "");
}

/* Each control character has a kind of its own or is the editor's; behind ESC
 * what is none of these. */
static void
test_each(void)
{
	static const char own[] = "\003\004\007\t\n\f\r\022\023\032\033";
	char byte[2] = "", expected[16];

	for (char c = 1; c < 0x20; c++) {
		byte[0] = c;
		if (strchr(own, c) != NULL)
			continue;
		snprintf(expected, sizeof(expected), "<^%c>", c + '@');
		keyboard_check(byte, expected);
	}
	for (char c = 0x20; c < 0x7f; c++) {
		char bytes[] = { '\033', c, '\0' };

		if (strchr("[OPX]^_<>", c) != NULL)
			continue;
		snprintf(expected, sizeof(expected), "<%c>", c);
		keyboard_check(bytes, expected);
	}
}

/* How long it is waited for more: of what may be a key less than within a
 * sequence. */
static void
test_deadlines(void)
{
	static const char *const keys[] = { "\033", "\033[", "\033O", "\033]",
		"\033P", "\033\033" };
	static const char *const within[] = { "\033[1", "\033O1", "\033]0",
		"\033]\033", "\xc3", "\033[[", "\033[M!" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		keyboard_start();
		keyboard_type(keys[i]);
		CU_ASSERT_EQUAL(keys_deadline(&keyboard_keys),
		    keyboard_now + KEYS_ESCAPE_TIME);
	}
	for (size_t i = 0; i < sizeof(within) / sizeof(within[0]); i++) {
		keyboard_start();
		keyboard_type(within[i]);
		CU_ASSERT_EQUAL(keys_deadline(&keyboard_keys),
		    keyboard_now + KEYS_SEQUENCE_TIME);
	}
	keyboard_start();
	CU_ASSERT_EQUAL(keys_deadline(&keyboard_keys), CLOCK_NEVER);
	keyboard_type("\033[200~\033[2");
	CU_ASSERT_EQUAL(keys_deadline(&keyboard_keys), CLOCK_NEVER);
	CU_ASSERT_FALSE(keys_at_start(&keyboard_keys));
}

/* What was due before the bytes came is the event, and none of them is taken.
 */
static void
test_due_before(void)
{
	struct key_event e;

	keyboard_start();
	keyboard_type("\033");
	keyboard_now += KEYS_ESCAPE_TIME;
	CU_ASSERT_EQUAL(keys_next(&keyboard_keys, "ab", 2, keyboard_now, &e),
	    0);
	CU_ASSERT_EQUAL(e.kind, KEY_ESCAPE);
	CU_ASSERT_EQUAL(keys_next(&keyboard_keys, "ab", 2, keyboard_now, &e),
	    1);
	CU_ASSERT_EQUAL(e.kind, KEY_BYTES);
}

static int
letter(enum key_kind kind, const char *bytes)
{
	const struct key_event e = { .kind = kind,
		.bytes = bytes,
		.len = strlen(bytes) };

	return key_letter(&e);
}

static void
test_letter(void)
{
	CU_ASSERT_EQUAL(letter(KEY_BYTES, "a"), 'a');
	CU_ASSERT_EQUAL(letter(KEY_BYTES, "Z"), 'z');
	CU_ASSERT_EQUAL(letter(KEY_BYTES, "1"), 0);
	CU_ASSERT_EQUAL(letter(KEY_BYTES, "\001"), 0);
	CU_ASSERT_EQUAL(letter(KEY_BYTES, "\033a"), 0);
	CU_ASSERT_EQUAL(letter(KEY_BYTES, "ü"), 0);
	CU_ASSERT_EQUAL(letter(KEY_PASTE, "a"), 0);
	CU_ASSERT_EQUAL(letter(KEY_ENTER, ""), 0);
}

#define PASTE "\033[200~"
#define STOP  "\033[201~"

/* Which characters stay, and that nothing of the paste before does. */
static void
test_paste(void)
{
	keyboard_check(PASTE "a\037\177\302\200\302\237\u00a0 \t" STOP,
	    "<paste a\u00a0 \t>");
	keyboard_check(PASTE "xx\n" STOP PASTE "a\r" STOP,
	    "<paste xx\n><paste a\n>");
	keyboard_check(PASTE "\033[201" STOP, "<paste [201>");
}

/* As much as there may be is not cut; without brackets what is cut is known
 * before. */
static void
test_longest_paste(void)
{
	static char text[KEYS_PASTE_MAX + 1];
	struct key_event e;

	memset(text, 'x', sizeof(text));
	keyboard_start();
	keyboard_type(PASTE);
	keyboard_feed(text, KEYS_PASTE_MAX);
	CU_ASSERT_EQUAL(keys_next(&keyboard_keys, STOP, 6, keyboard_now, &e),
	    6);
	CU_ASSERT_EQUAL(e.len, KEYS_PASTE_MAX);
	CU_ASSERT_EQUAL(e.cut, 0);
	CU_ASSERT_FALSE(e.bare);
	keys_paste(&keyboard_keys, "a\rb\001", 4, 7, &e);
	CU_ASSERT_EQUAL(e.kind, KEY_PASTE);
	CU_ASSERT_EQUAL(e.len, 3);
	CU_ASSERT_NSTRING_EQUAL(e.bytes, "a\nb", 3);
	CU_ASSERT_EQUAL(e.cut, 7);
	CU_ASSERT_TRUE(e.bare);
	CU_ASSERT_FALSE(e.follows);
	keys_paste(&keyboard_keys, text, sizeof(text), 7, &e);
	CU_ASSERT_EQUAL(e.len, KEYS_PASTE_MAX);
	CU_ASSERT_EQUAL(e.cut, 8);
}

void
keys_sequence_suite(void)
{
	CU_pSuite s = CU_add_suite("keys_sequence", NULL, NULL);

	CU_add_test(s, "modifiers", test_modifiers);
	CU_add_test(s, "numbers", test_numbers);
	CU_add_test(s, "as rxvt says it", test_rxvt);
	CU_add_test(s, "the keypad", test_ss3);
	CU_add_test(s, "mouse", test_mouse);
	CU_add_test(s, "what terminals tell", test_private);
	CU_add_test(s, "cut short", test_cut_short);
	CU_add_test(s, "how characters begin", test_first_bytes);
	CU_add_test(s, "each control, and each with ESC", test_each);
	CU_add_test(s, "deadlines", test_deadlines);
	CU_add_test(s, "what was due before", test_due_before);
	CU_add_test(s, "letters", test_letter);
	CU_add_test(s, "what stays of a paste", test_paste);
	CU_add_test(s, "the longest paste", test_longest_paste);
}
