/*
 * Bytes from a terminal: each key in the forms that terminals have for it,
 * whole and in pieces; what is no key; pastes, and how one without an end is
 * got rid of.
 */
#include "common/utf8.h"
#include "tests/unit/ui/tui/keyboard.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void keys_suite(void);

static void
test_text(void)
{
	keyboard_check("hello", "hello");
	keyboard_check("grüße 猫 👩‍👧", "grüße 猫 👩‍👧");
	/* Bytes that are not UTF-8 are dropped, and those after them are
	 * not. */
	keyboard_check("a\xff\xc0\xaf"
		       "b",
	    "ab");
	keyboard_check("\xc3q", "q");
	keyboard_check("\xe7\x8c\x1b[A", "<[A>");
	keyboard_check("\xed\xa0\x80x", "x");
	keyboard_check("\xf4\x90\x80\x80x", "x");
	keyboard_check("a\xc2\x9b"
		       "31mb",
	    "a31mb"); /* a C1 control is dropped */
	keyboard_check_bytes("a\0b", 3, "a<^@>b");
}

static void
test_controls(void)
{
	keyboard_check("\r\n", "<Enter><Enter>");
	keyboard_check("\t", "<Tab>");
	keyboard_check("\x03\x04\x07\x0c\x12\x13\x1a",
	    "<C-c><C-d><C-g><C-l><C-r><C-s><C-z>");
	keyboard_check("\x01\x0b\x1f", "<^A><^K><^_>");
	keyboard_check("\033f\033b\033\177\033\010", "<f><b><\177><\010>");
	keyboard_check("\033<\033>", "<Top><Bottom>");
	keyboard_check("\033\r\033\n", "<Newline><Newline>");
	keyboard_check("\033\t", "<Shift-Tab>"); /* the Linux console */
	keyboard_check("\033\x03", "<C-c>");
	keyboard_check("\033ä", ""); /* no key */
}

static void
test_arrows(void)
{
	keyboard_check("\033[A\033[B\033[C\033[D", "<[A><[B><[C><[D>");
	keyboard_check("\033OA\033OB\033OC\033OD", "<[A><[B><[C><[D>");
	keyboard_check("\033[1;1A", "<[A>");
	keyboard_check("\033[1;5C\033[1;5D", "<[1;5C><[1;5D>");
	keyboard_check(
	    "\033[1;3C\033O5C\033O1;5C\033Oc", /* Meta; older; rxvt */
	    "<Next><[1;5C><[1;5C><[1;5C>");
	keyboard_check("\033\033[C\033\033OD", "<Next><Before>");
	keyboard_check("\033[1;2C\033[c",
	    "<[C><[C>"); /* Shift has no effect here */
	keyboard_check("\033[1;2A\033[1;5B\033[a\033Ob\033\033[A",
	    "<Line-Up><Line-Down><Line-Up><Line-Down><Line-Up>");
	/* Home and End, as xterm, screen and rxvt send them. */
	keyboard_check("\033[H\033OH\033[1~\033[7~", "<[H><[H><[H><[H>");
	keyboard_check("\033[F\033OF\033[4~\033[8~", "<[F><[F><[F><[F>");
	keyboard_check("\033[1;5H\033[1;2F\033[7^\033[8$\033[8@",
	    "<Top><Bottom><Top><Bottom><Bottom>");
	keyboard_check("\033[3~\033[3;5~\033[3^", "<[3~><[3;5~><[3;5~>");
	keyboard_check(
	    "\033[5~\033[6~\033[5;2~\033[6;5~\033[5^\033[6$\033\033[5~",
	    "<PageUp><PageDown><PageUp><PageDown><PageUp><PageDown><PageUp>");
	keyboard_check("\033[Z", "<Shift-Tab>");
	keyboard_check("\033OM", "<Enter>"); /* the keypad */
	keyboard_check("\033Op\033Oy", "09");
}

static void
test_mouse(void)
{
	keyboard_check("\033[<64;1;1M\033[<65;10;200M",
	    "<wheel up 0 0><wheel down 9 199>");
	keyboard_check("\033[<68;2;3M\033[<80;2;3M",
	    "<wheel up 1 2><wheel up 1 2>");
	/* Ignored: clicks, motion, releases, the wheel to the side, no
	 * place. */
	keyboard_check("\033[<0;1;1M\033[<0;1;1m\033[<35;5;5M\033[<66;1;1M",
	    "");
	keyboard_check("\033[<64;0;1M\033[<64;1M\033[<64;1;1;1M\033[<;;M", "");
	keyboard_check("\033[M !!\033[M`!!", ""); /* without SGR */
	keyboard_check("\033[I\033[O", "<In><Out>");
}

/* Unknown sequences are ignored as a whole, so that no part of them is taken
 * for typing. */
static void
test_unknown(void)
{
	keyboard_check("\033OP\033OS\033[[A\033[[E", "");    /* F1, F4 */
	keyboard_check("\033[11~\033[24~\033[24;5~", "");    /* F1, F12 */
	keyboard_check("\033[2~\033[27;5;9~\033[97;5u", ""); /* Insert; CSI u */
	keyboard_check("\033[?1;2c\033[>41;380;0c",
	    ""); /* what terminals answer */
	keyboard_check("\033[24;80R\033[?2026;2$y\033[0n", "");
	keyboard_check("\033[201~", "");
	keyboard_check("\033[1;99999999999999999C\033[;;;;;;A", "");
	keyboard_check(
	    "\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20m", "");
	keyboard_check("\033\\", "<\\>");
	/* A sequence is cut short by a byte that cannot be in it. */
	keyboard_check("\033[1;\033[A", "<[A>");
	keyboard_check("\033[1;\x03", "<C-c>");
	keyboard_check("\033[1;ü", "ü");
	keyboard_check("\033O\033[A", "<[A>");
}

/* Types a 5, which stays where a sequence that is too long would go on; then
 * ESC [, zeros and another 5, so many bytes in all; and this end. */
static void
type_long(size_t len, const char *end)
{
	char bytes[2 * KEYS_SEQUENCE_MAX];

	CU_ASSERT_FATAL(len <= sizeof(bytes));
	memset(bytes, '0', len);
	bytes[len - 1] = '5';
	keyboard_start();
	keyboard_type("5\033[");
	keyboard_feed(bytes, len);
	CU_ASSERT(keyboard_keys.len <= sizeof(keyboard_keys.bytes) + 1);
	keyboard_type(end);
}

/* A sequence is as long as what is kept, or longer; rxvt's $ ends only one that
 * is kept. */
static void
test_long(void)
{
	type_long(KEYS_SEQUENCE_MAX, "~x");
	keyboard_expect("5<PageUp>x");
	type_long(KEYS_SEQUENCE_MAX, "$x");
	keyboard_expect("5<PageUp>x");
	for (size_t more = 1; more <= KEYS_SEQUENCE_MAX; more++) {
		type_long(KEYS_SEQUENCE_MAX + more, "~x");
		keyboard_expect("5x");
		type_long(KEYS_SEQUENCE_MAX + more, "$xy");
		keyboard_expect("5y");
		type_long(KEYS_SEQUENCE_MAX + more, "$$$~y");
		keyboard_expect("5y");
	}
}

static void
test_strings(void)
{
	char *longer = malloc(KEYS_STRING_MAX + 16);

	keyboard_check("\033]11;rgb:0000/0000/0000\033\\", "");
	keyboard_check("\033]11;rgb:0000/0000/0000\a", "");
	keyboard_check("\033P1+r436f=323536\033\\", "");
	keyboard_check("\033_Gi=1;OK\033\\\033^x\033\\\033Xx\033\\", "");
	keyboard_check("\033]0;tïtle\033\\", "");
	/* A string is cut short. */
	keyboard_check("\033]0;x\033[A", "<[A>");
	keyboard_check("\033]0;x\x03", "<C-c>");
	/* A string without end is given up, after some bytes or some time. */
	memset(longer, 'x', KEYS_STRING_MAX + 16);
	memcpy(longer, "\033]", 2);
	keyboard_start();
	keyboard_feed(longer, KEYS_STRING_MAX + 1);
	keyboard_expect("");
	keyboard_feed(longer + 2, 1);
	keyboard_type("a");
	keyboard_expect("a");
	keyboard_start();
	keyboard_type("\033]0;x");
	keyboard_pass(KEYS_SEQUENCE_TIME);
	keyboard_type("a");
	keyboard_expect("a");
	free(longer);
}

/* ESC alone, and the start of a sequence, are keys after a while. */
static void
test_escape(void)
{
	keyboard_start();
	keyboard_type("\033");
	CU_ASSERT_EQUAL(keys_deadline(&keyboard_keys),
	    keyboard_now + KEYS_ESCAPE_TIME);
	keyboard_pass(KEYS_ESCAPE_TIME - 1);
	keyboard_expect("");
	keyboard_pass(1);
	keyboard_expect("<Escape>");
	CU_ASSERT_EQUAL(keys_deadline(&keyboard_keys), CLOCK_NEVER);
	keyboard_type("[A");
	keyboard_expect("[A");
	/* The key is the same if nobody looked at the deadline. */
	keyboard_type("\033");
	keyboard_now += KEYS_ESCAPE_TIME;
	keyboard_type("[A");
	keyboard_expect("<Escape>[A");
	keyboard_type("\033\033");
	keyboard_pass(KEYS_ESCAPE_TIME);
	keyboard_expect("<Escape>");
	for (const char *p = "[OP]_"; *p != '\0'; p++) {
		char bytes[] = { '\033', *p, '\0' };

		keyboard_type(bytes);
		keyboard_pass(KEYS_ESCAPE_TIME);
		keyboard_type("a");
		keyboard_expect("a");
	}
	/* In the middle of a sequence the wait is longer. */
	keyboard_type("\033[1;");
	keyboard_pass(KEYS_ESCAPE_TIME);
	keyboard_type("5C");
	keyboard_expect("<[1;5C>");
	keyboard_type("\033[1;");
	keyboard_pass(KEYS_SEQUENCE_TIME);
	keyboard_type("a");
	keyboard_expect("a");
}

#define PASTE "\033[200~"
#define STOP  "\033[201~"

static void
test_paste(void)
{
	keyboard_check(PASTE "hello" STOP, "<paste hello>");
	keyboard_check(PASTE STOP, "<paste >");
	keyboard_check(PASTE "a\r\nb\rc\nd\te" STOP, "<paste a\nb\nc\nd\te>");
	keyboard_check(PASTE "\r\r\n\r" STOP, "<paste \n\n\n>");
	keyboard_check(PASTE "grüße\xff\xc3 \xc2\x9b\x7f!" STOP,
	    "<paste grüße !>");
	/* A paste has no keys in it, and the start of its end is text. */
	keyboard_check(PASTE "a\x03\x1a\033[A\033"
			     "b" STOP,
	    "<paste a[Ab>");
	keyboard_check(PASTE "a\033[20\033[201" STOP "b", "<paste a[20[201>b");
	keyboard_check(PASTE PASTE "a" STOP, "<paste [200~a>");
	keyboard_check("x" PASTE "a" STOP PASTE "b" STOP "y",
	    "x<paste a><paste b>y");
}

static void
test_long_paste(void)
{
	size_t len = KEYS_PASTE_MAX + 10, n;
	char *text = malloc(len);
	struct key_event e;

	memset(text, 'x', len);
	memcpy(text + KEYS_PASTE_MAX - 1, "ü", 2); /* cut in the middle */
	keyboard_start();
	keyboard_type(PASTE);
	keyboard_feed(text, len);
	keyboard_expect("");
	n = keys_next(&keyboard_keys, STOP, strlen(STOP), keyboard_now, &e);
	CU_ASSERT_EQUAL(n, strlen(STOP));
	CU_ASSERT_EQUAL(e.kind, KEY_PASTE);
	/* Half a character that still fitted is dropped, too. */
	CU_ASSERT_EQUAL(e.cut, 10);
	CU_ASSERT_EQUAL(e.len, KEYS_PASTE_MAX - 1);
	CU_ASSERT(utf8_valid(e.bytes, e.len));
	keyboard_type(PASTE "short" STOP);
	keyboard_expect("<paste short>");
	free(text);
}

/* A paste never ends. No time ends it, since late text must not be said; a
 * Ctrl-C ends it, unless it comes in the middle of it. */
static void
test_endless_paste(void)
{
	keyboard_start();
	keyboard_type(PASTE "secret\r");
	CU_ASSERT(keyboard_keys.pasting);
	CU_ASSERT_EQUAL(keys_deadline(&keyboard_keys), CLOCK_NEVER);
	keyboard_pass(3600 * USEC_PER_SEC);
	keyboard_type("more\r\x03");
	keyboard_now += KEYS_PASTE_QUIET - 1;
	keyboard_type("\x03\r");
	keyboard_expect("");
	CU_ASSERT(keyboard_keys.pasting);
	keyboard_now += KEYS_PASTE_QUIET;
	keyboard_type("\x03");
	keyboard_expect("<C-c>");
	CU_ASSERT_FALSE(keyboard_keys.pasting);
	keyboard_type("a" PASTE "b" STOP);
	keyboard_expect("a<paste b>");
}

void
keys_suite(void)
{
	CU_pSuite s = CU_add_suite("keys", NULL, NULL);

	CU_add_test(s, "text", test_text);
	CU_add_test(s, "control characters", test_controls);
	CU_add_test(s, "arrows and their neighbours", test_arrows);
	CU_add_test(s, "mouse and focus", test_mouse);
	CU_add_test(s, "unknown sequences", test_unknown);
	CU_add_test(s, "sequences that are too long", test_long);
	CU_add_test(s, "strings", test_strings);
	CU_add_test(s, "escape", test_escape);
	CU_add_test(s, "paste", test_paste);
	CU_add_test(s, "a paste that is too long", test_long_paste);
	CU_add_test(s, "a paste without end", test_endless_paste);
}
