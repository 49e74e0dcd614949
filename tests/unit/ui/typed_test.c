/*
 * Typed lines: characters that draw nothing do not hide a command, and those
 * that look like a slash are known. Over all of Unicode.
 */
#include "ui/typed.h"

#include "tests/unit/ui/fixture.h"

#include "ui/command.h"
#include "ui/nick.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

void typed_suite(void);

static enum typed_kind
kind_of(const char *line)
{
	return typed_begin(line, strlen(line)).kind;
}

static void
test_kinds(void)
{
	CU_ASSERT_EQUAL(kind_of(""), TYPED_NOTHING);
	CU_ASSERT_EQUAL(kind_of(" \t\r"), TYPED_NOTHING);
	CU_ASSERT_EQUAL(kind_of("\u00a0\u200b\ufeff"), TYPED_NOTHING);
	CU_ASSERT_EQUAL(kind_of("hello"), TYPED_TEXT);
	CU_ASSERT_EQUAL(kind_of("a /msg"), TYPED_TEXT);
	CU_ASSERT_EQUAL(kind_of("\\o/"), TYPED_TEXT);
	CU_ASSERT_EQUAL(kind_of("/"), TYPED_COMMAND);
	CU_ASSERT_EQUAL(kind_of("/msg bob hi"), TYPED_COMMAND);
	CU_ASSERT_EQUAL(kind_of("\n/msg bob hi"), TYPED_COMMAND);
	CU_ASSERT_EQUAL(kind_of("//"), TYPED_SLASHES);
	CU_ASSERT_EQUAL(kind_of(" //x"), TYPED_SLASHES);
	CU_ASSERT_EQUAL(kind_of("\uff0fmsg"), TYPED_ALIKE);
	CU_ASSERT_EQUAL(kind_of(" \u2215/msg"), TYPED_ALIKE);
	/* A letter of a script is a letter, whatever it looks like. */
	CU_ASSERT_EQUAL(kind_of("ノート"), TYPED_TEXT);
	/* A character that a font or a later Unicode may draw is said. */
	CU_ASSERT_EQUAL(kind_of("\ue000"), TYPED_TEXT);
	CU_ASSERT_EQUAL(kind_of("\u0301"), TYPED_TEXT);
	CU_ASSERT_EQUAL(kind_of("\ue000 /msg"), TYPED_COMMAND);
	CU_ASSERT_EQUAL(typed_begin("\ufeff /x", 6).at, 4);
}

/* A line that a program in front of a pipe has coloured is obeyed as it looks;
 * a line that only seems to begin with a sequence is said. */
static void
test_sequences(void)
{
	CU_ASSERT_EQUAL(kind_of("\033[1;31m/msg bob hi\033[0m"), TYPED_COMMAND);
	CU_ASSERT_EQUAL(kind_of("\xc2\x9b"
				"0m\033[K /msg"),
	    TYPED_COMMAND);
	CU_ASSERT_EQUAL(kind_of("\033(B\033[m/msg"), TYPED_COMMAND);
	CU_ASSERT_EQUAL(kind_of("\033/msg"), TYPED_COMMAND);
	CU_ASSERT_EQUAL(kind_of("\033[31mred"), TYPED_TEXT);
	CU_ASSERT_EQUAL(kind_of("\033["), TYPED_TEXT);
	CU_ASSERT_EQUAL(kind_of("\033[/"), TYPED_TEXT);
}

/* The bytes that a sequence may be of, and no others: their neighbours show. */
static void
test_bytes_of_sequences(void)
{
	static const char *const hidden[] = { "\033(B", "\033)0", "\033*~",
		"\033+ ", "\033[m", "\033[0m", "\033[?~", "\033[;@",
		"\xc2\x9bm", "\xc2\x9b", "\033" };
	static const char *const shown[] = { "\033'B", "\033,B", "\033(",
		"\033[", "\033[0", "\033[/m", "\033[ m", "\033[0\x7f",
		"\xc2\x9b/", "\xc2\x9b+m" };
	char line[32];

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		CU_ASSERT_EQUAL(kind_of(hidden[i]), TYPED_NOTHING);
		snprintf(line, sizeof(line), "%s\t/msg", hidden[i]);
		CU_ASSERT_EQUAL(kind_of(line), TYPED_COMMAND);
	}
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		CU_ASSERT_NOT_EQUAL(kind_of(shown[i]), TYPED_NOTHING);
	CU_ASSERT_EQUAL(typed_begin("\033(B\033[0;1mx", 10).at, 9);
}

/* The tables of Unicode decide, and not ours. */
static bool
draws_nothing(uint32_t c)
{
	const utf8proc_property_t *p =
	    utf8proc_get_property((utf8proc_int32_t)c);

	switch (p->category) {
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CO:
		return true;
	default:
		return p->ignorable || c == 0x2800;
	}
}

static bool
is_letter(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

	return category >= UTF8PROC_CATEGORY_LU &&
	    category <= UTF8PROC_CATEGORY_LO;
}

/* Returns whether the character's skeleton (UTS #39) is a slash. */
static bool
looks_like_slash(const char *s)
{
	char *skeleton = nick_skeleton(s);
	bool same = strcmp(skeleton, "/") == 0;

	free(skeleton);
	return same;
}

static void
check_code_point(uint32_t c)
{
	static const char rest[] = "/msg bob hi";
	char line[32] = "";
	size_t n = utf8_encode(line, c);
	enum typed_kind kind;

	if (c != '/' && !is_letter(c) && looks_like_slash(line) &&
	    !typed_is_alike(c)) {
		printf("\n  U+%04X looks like a slash\n", (unsigned int)c);
		CU_FAIL("a look-alike is not known");
	}
	memcpy(line + n, rest, sizeof(rest));
	kind = kind_of(line);
	if (draws_nothing(c) && kind != TYPED_COMMAND) {
		printf("\n  U+%04X hides a command\n", (unsigned int)c);
		CU_FAIL("a command is hidden");
	}
}

static void
test_all(void)
{
	for (uint32_t c = 1; c <= 0x10ffff; c++)
		if (c < 0xd800 || c > 0xdfff)
			check_code_point(c);
	CU_ASSERT(typed_is_alike(0x2215));
	CU_ASSERT(typed_is_alike(0x2044));
	CU_ASSERT(typed_is_alike(0xff0f));
	CU_ASSERT(typed_is_alike(0x29f8));
	CU_ASSERT_FALSE(typed_is_alike('/'));
	CU_ASSERT_FALSE(typed_is_alike('\\'));
	CU_ASSERT(typed_is_alike(0x1735)); /* the first of the table, */
	CU_ASSERT(typed_is_alike(0x20eb)); /* and the last */
}

static size_t
command_in(const char *text, size_t from)
{
	return typed_command_in(text, strlen(text), from, NULL);
}

/* Every character that somebody takes for the end of a line is one. */
static void
test_further_lines(void)
{
	static const char *const ends[] = { "\n", "\r", "\r\n", "\v", "\f",
		"\xc2\x85", "\u2028", "\u2029" };
	char text[64];
	size_t at = 0;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(text, sizeof(text), "one%stwo%s\u00a0/msg", ends[i],
		    ends[i]);
		CU_ASSERT_EQUAL(typed_command_in(text, strlen(text), 1, &at),
		    3);
		CU_ASSERT_STRING_EQUAL(text + at, "/msg");
		CU_ASSERT_EQUAL(command_in(text, 4), 0);
	}
	CU_ASSERT_EQUAL(command_in("/a\nb", 1), 1);
	CU_ASSERT_EQUAL(command_in("/a\nb", 2), 0);
	CU_ASSERT_EQUAL(command_in("a\n//b\n\nc/d", 1), 0);
	CU_ASSERT_EQUAL(command_in("a\n\n\u2044b", 2), 3);
	CU_ASSERT_EQUAL(command_in("", 1), 0);
	CU_ASSERT_EQUAL(command_in("a\xff\n/b", 1), 2);
	CU_ASSERT_EQUAL(command_in("a\r\r\n/b", 1), 3);
	CU_ASSERT_EQUAL(command_in("a\n\r/b", 1), 3);
	CU_ASSERT_EQUAL(command_in("a\r", 1), 0);
	CU_ASSERT_EQUAL(command_in("a\x0e/b\x09/c", 1), 0);
}

/* Nobody hears the line, and its error contains this. */
static void
expect_not_said(struct fixture *f, const char *line, const char *error)
{
	const char *output;

	command_line(f->room, line, strlen(line));
	ui_work(f->ui);
	output = fixture_output(f);
	if (strstr(output, error) == NULL)
		printf("\n  not \"%s\" in \"%s\"\n", error, output);
	CU_ASSERT_PTR_NOT_NULL(strstr(output, error));
	fixture_expect_next(f, IPC_NONE);
}

/* The text goes to the one who was named, and to nobody else. */
static void
expect_private(struct fixture *f, const char *line)
{
	struct ipc_message_in in;

	command_line(f->room, line, strlen(line));
	ui_work(f->ui);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY_TO);
	CU_ASSERT_EQUAL(fixture_next(f, &in), IPC_SAY);
	fixture_expect_next(f, IPC_NONE);
	fixture_output(f);
}

static void
expect_said(struct fixture *f, const char *line, uint64_t seq, const char *text)
{
	command_line(f->room, line, strlen(line));
	ui_work(f->ui);
	fixture_expect_say(f, seq, text);
	fixture_expect(f, "");
}

static void
test_never_said(void)
{
	static const char *const before[] = { "\ufeff", "\u00a0", "\u200b",
		"\u3000", "\u2003 \t", "\u202e", "\u2800", "\x01", "\u00ad",
		"\u3164" };
	char line[64];
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_tell_ready(&f);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	fixture_output(&f);
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		snprintf(line, sizeof(line), "%s/msg bob secret", before[i]);
		expect_private(&f, line);
	}
	expect_not_said(&f, "\u2215msg bob secret", "U+2215, which looks like");
	expect_not_said(&f, "\u00a0\uff0fmsg bob secret", "U+FF0F");
	/* Nor is a command said if the blank after it is not a real one. */
	expect_not_said(&f, "/msg\u00a0bob secret", "unknown command /msg");
	expect_not_said(&f, "hello\n\ufeff/msg bob secret",
	    "line 2 of your text begins like a command: /msg bob secret; "
	    "nothing was sent. With /say");
	expect_not_said(&f, "hello\r/msg bob secret", "line 2 of your text");
	expect_not_said(&f, "//hello\n/msg bob secret", "line 2 of your text");
	expect_not_said(&f, "/me waves\n/msg bob secret",
	    "line 2 of your text");
	expect_not_said(&f, "/msg bob a\n/msg carl secret",
	    "line 2 of your text");
	expect_not_said(&f, "\u200b\u00a0", "");
	/* /say says it all the same. */
	expect_said(&f, "/say \u2215msg", 11, "\u2215msg");
	expect_said(&f, "/say look:\n/etc", 12, "look:\n/etc");
	expect_said(&f, "\u00a0//etc", 13, "/etc");
	fixture_close(&f);
}

static void
expect_answer(const char *line, enum typed_answer answer)
{
	CU_ASSERT_EQUAL(typed_answer(line, strlen(line)), answer);
}

static void
test_answers(void)
{
	static const struct {
		const char *line;
		enum typed_answer answer;
	} answers[] = { { "yes", ANSWER_YES }, { "YES", ANSWER_YES },
		{ " Yes ", ANSWER_YES }, { "y", ANSWER_Y }, { "N", ANSWER_NO },
		{ "no.", ANSWER_NO }, { "yes!\r", ANSWER_YES },
		{ "\ufeffyes\u00a0", ANSWER_YES } };
	static const char *const others[] = { "", " ", "yes it is", "yesno",
		"not", "/yes", "yy", "no, wait", "y/n", "ja" };

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		expect_answer(answers[i].line, answers[i].answer);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		expect_answer(others[i], ANSWER_NONE);
}

static void
run(struct fixture *f, const char *line)
{
	command_line(f->room, line, strlen(line));
	ui_work(f->ui);
}

#define NUMBER "12345 12345 12345 12345 12345 12345"
#define NOT_SAID                                                                 \
	"12:34:56 ! not sent, because you are comparing numbers with \"b ob\": " \
	"/verify \"b ob\" yes marks the key, /verify \"b ob\" no does not; "     \
	"/say yes sends it\n"

/* In plain the line that answers is shown, and a lone yes is for nobody. */
static void
test_plain_comparing(void)
{
	static const char *const answers[] = { "yes", "No", " Y ", "n" };
	struct ipc_safety safety = { .handle = 0x1001 };
	struct fixture f;

	for (size_t i = 0; i < SAFETY_DIGITS; i++)
		safety.digits[i] = (char)('1' + i % 5);
	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	f.ui->terminal = true;
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_tell_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "b ob");
	run(&f, "yes");
	fixture_expect_say(&f, 1, "yes");
	run(&f, "/verify \"b ob\"");
	fixture_expect_next(&f, IPC_SAFETY_ASK);
	fixture_output(&f);
	run(&f, "yes"); /* before the number is here */
	fixture_expect(&f, NOT_SAID);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SAFETY, &safety, NULL, 0), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "*   " NUMBER "\n12:34:56 *   " NUMBER "\n"
	    "12:34:56 * if your friend has the same number, type this line:\n"
	    "12:34:56 *   /verify \"b ob\" yes\n"));
	/* Another text is said, and is no answer, either. */
	run(&f, "wait a moment");
	fixture_expect_say(&f, 2, "wait a moment");
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		run(&f, answers[i]);
		fixture_expect(&f, NOT_SAID);
		fixture_expect_next(&f, IPC_NONE);
	}
	run(&f, "/say yes");
	fixture_expect_say(&f, 3, "yes");
	run(&f, "/verify \"b ob\" yes");
	fixture_expect_next(&f, IPC_SET_VERIFIED);
	run(&f, "yes");
	fixture_expect_say(&f, 4, "yes");
	fixture_close(&f);
}

/* In json a text is always a text. */
static void
test_json(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_type(&f, "{\"cmd\":\"say\",\"text\":\"/msg bob\\n/x\"}\n");
	fixture_expect_say(&f, 1, "/msg bob\n/x");
	fixture_close(&f);
}

void
typed_suite(void)
{
	CU_pSuite s = CU_add_suite("typed", NULL, NULL);

	CU_add_test(s, "kinds", test_kinds);
	CU_add_test(s, "sequences", test_sequences);
	CU_add_test(s, "bytes of sequences", test_bytes_of_sequences);
	CU_add_test(s, "all of Unicode", test_all);
	CU_add_test(s, "further lines", test_further_lines);
	CU_add_test(s, "never said", test_never_said);
	CU_add_test(s, "answers", test_answers);
	CU_add_test(s, "comparing in plain", test_plain_comparing);
	CU_add_test(s, "json", test_json);
}
