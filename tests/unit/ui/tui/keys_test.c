/*
 * Bytes from a terminal: each key in the forms that terminals have for it,
 * whole and in pieces; what is no key; pastes, and how one without an end is
 * got rid of. The clock is made up.
 */
#include "ui/tui/keys.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void keys_suite(void);

static const char *const names[] = {
	[KEY_ENTER] = "Enter",
	[KEY_NEWLINE] = "Newline",
	[KEY_TAB] = "Tab",
	[KEY_SHIFT_TAB] = "Shift-Tab",
	[KEY_ESCAPE] = "Escape",
	[KEY_CTRL_C] = "C-c",
	[KEY_CTRL_D] = "C-d",
	[KEY_CTRL_G] = "C-g",
	[KEY_CTRL_L] = "C-l",
	[KEY_CTRL_R] = "C-r",
	[KEY_CTRL_S] = "C-s",
	[KEY_CTRL_Z] = "C-z",
	[KEY_PAGE_UP] = "PageUp",
	[KEY_PAGE_DOWN] = "PageDown",
	[KEY_LINE_UP] = "Line-Up",
	[KEY_LINE_DOWN] = "Line-Down",
	[KEY_SCROLL_TOP] = "Top",
	[KEY_SCROLL_BOTTOM] = "Bottom",
	[KEY_FOCUS_IN] = "In",
	[KEY_FOCUS_OUT] = "Out",
};

static struct keys keys;
static uint64_t now;
static char got[4096]; /* events, as text */

static void
note(const struct key_event *e)
{
	size_t n = strlen(got), room = sizeof(got) - n;

	switch (e->kind) {
	case KEY_NONE:
		break;
	case KEY_BYTES:
		if (e->bytes[0] == '\033')
			snprintf(got + n, room, "<%.*s>", (int)e->len - 1,
			    e->bytes + 1);
		else if ((unsigned char)e->bytes[0] < ' ')
			snprintf(got + n, room, "<^%c>", e->bytes[0] + '@');
		else
			snprintf(got + n, room, "%.*s", (int)e->len, e->bytes);
		break;
	case KEY_PASTE:
		snprintf(got + n, room, "<paste%s %.*s>",
		    e->cut > 0 ? ", cut" : "", (int)e->len, e->bytes);
		break;
	case KEY_WHEEL_UP:
	case KEY_WHEEL_DOWN:
		snprintf(got + n, room, "<wheel %s %u %u>",
		    e->kind == KEY_WHEEL_UP ? "up" : "down", e->column, e->row);
		break;
	default:
		snprintf(got + n, room, "<%s>", names[e->kind]);
		break;
	}
}

static void
feed(const char *bytes, size_t len)
{
	struct key_event e;
	size_t n;

	for (; len > 0; bytes += n, len -= n) {
		n = keys_next(&keys, bytes, len, now, &e);
		CU_ASSERT_FATAL(n <= len && (n > 0 || e.kind != KEY_NONE));
		note(&e);
	}
}

static void
type(const char *bytes)
{
	feed(bytes, strlen(bytes));
}

static void
pass(uint64_t usec)
{
	struct key_event e;

	now += usec;
	keys_expire(&keys, now, &e);
	note(&e);
}

static void
start(void)
{
	keys_init(&keys);
	now = 1000 * USEC_PER_SEC;
	got[0] = '\0';
}

static void
expect(const char *expected)
{
	if (strcmp(got, expected) != 0)
		fprintf(stderr, "\n  got %s, expected %s\n", got, expected);
	CU_ASSERT_STRING_EQUAL(got, expected);
	got[0] = '\0';
}

/* The bytes, at once and one by one, with a letter after them: nothing of them
 * may be left. */
static void
check_bytes(const char *bytes, size_t len, const char *expected)
{
	char all[256];

	snprintf(all, sizeof(all), "%sz", expected);
	start();
	feed(bytes, len);
	type("z");
	expect(all);
	start();
	for (size_t i = 0; i < len; i++) {
		feed(bytes + i, 1);
		now += KEYS_ESCAPE_TIME - 1; /* slow, but not too slow */
	}
	type("z");
	expect(all);
	CU_ASSERT_EQUAL(keys_deadline(&keys), CLOCK_NEVER);
}

static void
check(const char *bytes, const char *expected)
{
	check_bytes(bytes, strlen(bytes), expected);
}

static void
test_text(void)
{
	check("hello", "hello");
	check("grüße 猫 👩‍👧", "grüße 猫 👩‍👧");
	/* Bytes that are not UTF-8 are dropped, and what follows is not. */
	check("a\xff\xc0\xaf"
	      "b",
	    "ab");
	check("\xc3q", "q");
	check("\xe7\x8c\x1b[A", "<[A>");
	check("\xed\xa0\x80x", "x");
	check("\xf4\x90\x80\x80x", "x");
	check("a\xc2\x9b"
	      "31mb",
	    "a31mb"); /* a C1 control is no text */
	check_bytes("a\0b", 3, "a<^@>b");
}

static void
test_controls(void)
{
	check("\r\n", "<Enter><Enter>");
	check("\t", "<Tab>");
	check("\x03\x04\x07\x0c\x12\x13\x1a",
	    "<C-c><C-d><C-g><C-l><C-r><C-s><C-z>");
	check("\x01\x0b\x1f", "<^A><^K><^_>");
	check("\033f\033b\033\177\033\010", "<f><b><\177><\010>");
	check("\033<\033>", "<Top><Bottom>");
	check("\033\r\033\n", "<Newline><Newline>");
	check("\033\t", "<Shift-Tab>"); /* the Linux console */
	check("\033\x03", "<C-c>");
	check("\033ä", ""); /* no key */
}

static void
test_arrows(void)
{
	check("\033[A\033[B\033[C\033[D", "<[A><[B><[C><[D>");
	check("\033OA\033OB\033OC\033OD", "<[A><[B><[C><[D>");
	check("\033[1;1A", "<[A>");
	check("\033[1;5C\033[1;5D", "<[1;5C><[1;5D>");
	check("\033[1;3C\033O5C\033O1;5C\033Oc", /* Meta; older; rxvt */
	    "<[1;5C><[1;5C><[1;5C><[1;5C>");
	check("\033\033[C\033\033OD", "<[1;5C><[1;5D>");
	check("\033[1;2C\033[c", "<[C><[C>"); /* Shift is nothing here */
	check("\033[1;2A\033[1;5B\033[a\033Ob\033\033[A",
	    "<Line-Up><Line-Down><Line-Up><Line-Down><Line-Up>");
	/* Home and End of xterm, screen, rxvt. */
	check("\033[H\033OH\033[1~\033[7~", "<[H><[H><[H><[H>");
	check("\033[F\033OF\033[4~\033[8~", "<[F><[F><[F><[F>");
	check("\033[1;5H\033[1;2F\033[7^\033[8$\033[8@",
	    "<Top><Bottom><Top><Bottom><Bottom>");
	check("\033[3~\033[3;5~\033[3^", "<[3~><[3;5~><[3;5~>");
	check("\033[5~\033[6~\033[5;2~\033[6;5~\033[5^\033[6$\033\033[5~",
	    "<PageUp><PageDown><PageUp><PageDown><PageUp><PageDown><PageUp>");
	check("\033[Z", "<Shift-Tab>");
	check("\033OM", "<Enter>"); /* the keypad */
	check("\033Op\033Oy", "09");
}

static void
test_mouse(void)
{
	check("\033[<64;1;1M\033[<65;10;200M",
	    "<wheel up 0 0><wheel down 9 199>");
	check("\033[<68;2;3M\033[<80;2;3M", "<wheel up 1 2><wheel up 1 2>");
	/* Clicks, motion, letting go, the wheel to the side, no place. */
	check("\033[<0;1;1M\033[<0;1;1m\033[<35;5;5M\033[<66;1;1M", "");
	check("\033[<64;0;1M\033[<64;1M\033[<64;1;1;1M\033[<;;M", "");
	check("\033[M !!\033[M`!!", ""); /* without SGR */
	check("\033[I\033[O", "<In><Out>");
}

/* Whole, so that no part of it is taken for typing. */
static void
test_unknown(void)
{
	check("\033OP\033OS\033[[A\033[[E", "");    /* F1, F4 */
	check("\033[11~\033[24~\033[24;5~", "");    /* F1, F12 */
	check("\033[2~\033[27;5;9~\033[97;5u", ""); /* Insert; CSI u */
	check("\033[?1;2c\033[>41;380;0c", "");	    /* what terminals answer */
	check("\033[24;80R\033[?2026;2$y\033[0n", "");
	check("\033[201~", "");
	check("\033[1;99999999999999999C\033[;;;;;;A", "");
	check("\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20m", "");
	check("\033\\", "<\\>");
	/* Cut short by what cannot be in it. */
	check("\033[1;\033[A", "<[A>");
	check("\033[1;\x03", "<C-c>");
	check("\033[1;ü", "ü");
	check("\033O\033[A", "<[A>");
}

/* A 5, which is kept where a sequence that is too long would go on; then ESC [,
 * zeros and another 5, so many bytes in all; and this end. */
static void
type_long(size_t len, const char *end)
{
	char bytes[2 * KEYS_SEQUENCE_MAX];

	CU_ASSERT_FATAL(len <= sizeof(bytes));
	memset(bytes, '0', len);
	bytes[len - 1] = '5';
	start();
	type("5\033[");
	feed(bytes, len);
	CU_ASSERT(keys.len <= sizeof(keys.bytes) + 1);
	type(end);
}

/* As long as what is kept, and longer; rxvt's $ ends one that is kept alone. */
static void
test_long(void)
{
	type_long(KEYS_SEQUENCE_MAX, "~x");
	expect("5<PageUp>x");
	type_long(KEYS_SEQUENCE_MAX, "$x");
	expect("5<PageUp>x");
	for (size_t more = 1; more <= KEYS_SEQUENCE_MAX; more++) {
		type_long(KEYS_SEQUENCE_MAX + more, "~x");
		expect("5x");
		type_long(KEYS_SEQUENCE_MAX + more, "$xy");
		expect("5y");
		type_long(KEYS_SEQUENCE_MAX + more, "$$$~y");
		expect("5y");
	}
}

static void
test_strings(void)
{
	char *longer = malloc(KEYS_STRING_MAX + 16);

	check("\033]11;rgb:0000/0000/0000\033\\", "");
	check("\033]11;rgb:0000/0000/0000\a", "");
	check("\033P1+r436f=323536\033\\", "");
	check("\033_Gi=1;OK\033\\\033^x\033\\\033Xx\033\\", "");
	check("\033]0;tïtle\033\\", "");
	/* Cut short. */
	check("\033]0;x\033[A", "<[A>");
	check("\033]0;x\x03", "<C-c>");
	/* One without end is not waited for: neither for bytes nor time. */
	memset(longer, 'x', KEYS_STRING_MAX + 16);
	memcpy(longer, "\033]", 2);
	start();
	feed(longer, KEYS_STRING_MAX + 1);
	expect("");
	feed(longer + 2, 1);
	type("a");
	expect("a");
	start();
	type("\033]0;x");
	pass(KEYS_SEQUENCE_TIME);
	type("a");
	expect("a");
	free(longer);
}

/* ESC alone, and what would begin a sequence, are keys after a while. */
static void
test_escape(void)
{
	start();
	type("\033");
	CU_ASSERT_EQUAL(keys_deadline(&keys), now + KEYS_ESCAPE_TIME);
	pass(KEYS_ESCAPE_TIME - 1);
	expect("");
	pass(1);
	expect("<Escape>");
	CU_ASSERT_EQUAL(keys_deadline(&keys), CLOCK_NEVER);
	type("[A");
	expect("[A");
	/* The key is the same if nobody asked at the deadline. */
	type("\033");
	now += KEYS_ESCAPE_TIME;
	type("[A");
	expect("<Escape>[A");
	type("\033\033");
	pass(KEYS_ESCAPE_TIME);
	expect("<Escape>");
	for (const char *p = "[OP]_"; *p != '\0'; p++) {
		char bytes[] = { '\033', *p, '\0' };

		type(bytes);
		pass(KEYS_ESCAPE_TIME);
		type("a");
		expect("a");
	}
	/* In the middle of a sequence it is waited longer. */
	type("\033[1;");
	pass(KEYS_ESCAPE_TIME);
	type("5C");
	expect("<[1;5C>");
	type("\033[1;");
	pass(KEYS_SEQUENCE_TIME);
	type("a");
	expect("a");
}

#define PASTE "\033[200~"
#define STOP  "\033[201~"

static void
test_paste(void)
{
	check(PASTE "hello" STOP, "<paste hello>");
	check(PASTE STOP, "<paste >");
	check(PASTE "a\r\nb\rc\nd\te" STOP, "<paste a\nb\nc\nd\te>");
	check(PASTE "\r\r\n\r" STOP, "<paste \n\n\n>");
	check(PASTE "grüße\xff\xc3 \xc2\x9b\x7f!" STOP, "<paste grüße !>");
	/* No key in it, nor what only begins like its end. */
	check(PASTE "a\x03\x1a\033[A\033"
		    "b" STOP,
	    "<paste a[Ab>");
	check(PASTE "a\033[20\033[201" STOP "b", "<paste a[20[201>b");
	check(PASTE PASTE "a" STOP, "<paste [200~a>");
	check("x" PASTE "a" STOP PASTE "b" STOP "y", "x<paste a><paste b>y");
}

static void
test_long_paste(void)
{
	size_t len = KEYS_PASTE_MAX + 10, n;
	char *text = malloc(len);
	struct key_event e;

	memset(text, 'x', len);
	memcpy(text + KEYS_PASTE_MAX - 1, "ü", 2); /* cut in the middle */
	start();
	type(PASTE);
	feed(text, len);
	expect("");
	n = keys_next(&keys, STOP, strlen(STOP), now, &e);
	CU_ASSERT_EQUAL(n, strlen(STOP));
	CU_ASSERT_EQUAL(e.kind, KEY_PASTE);
	/* The half of a character that had room is dropped, too. */
	CU_ASSERT_EQUAL(e.cut, 10);
	CU_ASSERT_EQUAL(e.len, KEYS_PASTE_MAX - 1);
	CU_ASSERT(utf8_valid(e.bytes, e.len));
	type(PASTE "short" STOP);
	expect("<paste short>");
	free(text);
}

/* Its end never comes: no time ends it, for what comes late is not to be
 * said; a Ctrl-C does, if it is not in the midst of it. */
static void
test_endless_paste(void)
{
	start();
	type(PASTE "secret\r");
	CU_ASSERT(keys.pasting);
	CU_ASSERT_EQUAL(keys_deadline(&keys), CLOCK_NEVER);
	pass(3600 * USEC_PER_SEC);
	type("more\r\x03");
	now += KEYS_PASTE_QUIET - 1;
	type("\x03\r");
	expect("");
	CU_ASSERT(keys.pasting);
	now += KEYS_PASTE_QUIET;
	type("\x03");
	expect("<C-c>");
	CU_ASSERT_FALSE(keys.pasting);
	type("a" PASTE "b" STOP);
	expect("a<paste b>");
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
