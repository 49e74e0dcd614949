/*
 * Lines of the log: hostile text, events with and without addresses, and their
 * form on a terminal.
 */
#include "launcher/logfmt.h"

#include "common/ipc_messages.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void logfmt_suite(void);

#define HEAD   "level=warn process=netd "
#define LINE   1024
#define UMLAUT "\xc3\xa4"
#define GRIN   "\xf0\x9f\x98\x80"

static const char *
format(bool event, const char *text, size_t len, size_t size, bool addresses,
    bool readable)
{
	static char line[LINE + 1];
	const struct log_entry e = { ROLE_NETD, LOG_WARN, event, text, len, 0 };
	size_t n;

	memset(line, '#', sizeof(line));
	n = readable ? logfmt_put_readable(line, size, &e, addresses)
		     : logfmt_put(line, size, &e, addresses);
	CU_ASSERT_FATAL(n <= size);
	CU_ASSERT_EQUAL(line[size], '#');
	line[n] = '\0';
	CU_ASSERT_EQUAL(strlen(line), n);
	return line;
}

static void
check_text(const char *text, const char *want)
{
	char all[LINE];

	snprintf(all, sizeof(all), HEAD "%s", want);
	CU_ASSERT_STRING_EQUAL(format(false, text, strlen(text), LINE, true,
				   false),
	    all);
}

static void
check_event(const char *text, const char *want)
{
	char all[LINE];

	snprintf(all, sizeof(all), HEAD "%s", want);
	CU_ASSERT_STRING_EQUAL(format(true, text, strlen(text), LINE, true,
				   false),
	    all);
}

static void
check_terminal(bool event, const char *text, const char *want)
{
	CU_ASSERT_STRING_EQUAL(format(event, text, strlen(text), LINE, true,
				   true),
	    want);
}

static void
test_text(void)
{
	check_text("plain", "msg=plain");
	check_text("two words", "msg=\"two words\"");
	check_text("", "msg=\"\"");
	check_text("a=b", "msg=\"a=b\"");
	check_text("\"", "msg=\"\\\"\"");
	check_text("\\", "msg=\"\\\\\"");
	check_text("x\" level=error", "msg=\"x\\\" level=error\"");
	check_text("one\ntime=two", "msg=\"one\\u000atime=two\"");
	check_text("\x1b[2J\r\x7f", "msg=\"\\u001b[2J\\u000d\\u007f\"");
	check_text(UMLAUT, "msg=\"\\u00e4\"");
	check_text(GRIN, "msg=\"\\ud83d\\ude00\"");
	check_text("\xff|\xc3|\xed\xa0\x80",
	    "msg=\"\\ufffd|\\ufffd|\\ufffd\\ufffd\\ufffd\"");
	CU_ASSERT_STRING_EQUAL(format(false, "a\0b", 3, LINE, true, false),
	    HEAD "msg=\"a\\u0000b\"");
}

static void
test_event(void)
{
	check_event("ready", "event=ready");
	check_event("joined room=0a peer=1", "event=joined room=0a peer=1");
	check_event("x a= b=\"", "event=x a=\"\" b=\"\\\"\"");
	check_event("x a=b=c", "event=x a=\"b=c\"");
	check_event("x a=\n", "event=x a=\"\\u000a\"");
	check_event("x at=[::1]:95", "event=x at=[::1]:95");
	check_event("x n=1 msg=some words, level=error",
	    "event=x n=1 msg=\"some words, level=error\"");
	check_event("x msg=", "event=x msg=\"\"");
}

/* A malformed event becomes a plain text, which any process could have sent. */
static void
test_malformed(void)
{
	static const char *const texts[] = { "x ", "x  a=1", "x a", "x a=1 ",
		"x =1", "x A=1", "x a\n=1", " x", "X", "x\ty=1", "x a=1\n b",
		"x.", "x time=1", "x level=error", "x process=ui", "x event=y",
		"x a=1 level=error", "x a-b=1", "x=1",
		"an_event_with_a_name_far_too_long" };
	char want[LINE];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *line =
		    format(true, texts[i], strlen(texts[i]), LINE, true, false);

		CU_ASSERT_EQUAL(strncmp(line, HEAD "msg=", strlen(HEAD) + 4),
		    0);
		snprintf(want, sizeof(want), "%s",
		    format(false, texts[i], strlen(texts[i]), LINE, true,
			false));
		CU_ASSERT_STRING_EQUAL(format(true, texts[i], strlen(texts[i]),
					   LINE, true, false),
		    want);
	}
	check_event("", "msg=\"\"");
	CU_ASSERT_STRING_EQUAL(format(true, "x\0y", 3, LINE, true, false),
	    HEAD "msg=\"x\\u0000y\"");
}

static void
test_masking(void)
{
	static const char text[] =
	    "x address=192.0.2.1:4545 n=1 address= address=[::1]:1";

	CU_ASSERT_STRING_EQUAL(format(true, text, strlen(text), LINE, false,
				   false),
	    HEAD "event=x address=- n=1 address=- address=-");
	CU_ASSERT_STRING_EQUAL(format(true, text, strlen(text), LINE, false,
				   true),
	    "x address=- n=1 address=- address=-");
	check_event("x my_address=1 addresses=2",
	    "event=x my_address=1 addresses=2");
}

/* A line is too long: a pair is left out whole, a sentence loses its end, an
 * escape is never cut. */
static void
test_too_long(void)
{
	const size_t size = 128;
	const char *line;
	char text[LOG_TEXT_MAX];

	memset(text, '\n', sizeof(text));
	for (size_t less = 0; less < 8; less++) {
		line =
		    format(false, text, sizeof(text), size - less, true, false);
		CU_ASSERT(strlen(line) > size - less - 6);
		CU_ASSERT_STRING_EQUAL(line + strlen(line) - 7, "\\u000a\"");
	}
	for (size_t i = 0; i + 4 <= sizeof(text); i += 4)
		memcpy(text + i, GRIN, 4);
	for (size_t less = 0; less < 13; less++) {
		line =
		    format(false, text, sizeof(text), size - less, true, false);
		CU_ASSERT_STRING_EQUAL(line + strlen(line) - 13,
		    "\\ud83d\\ude00\"");
	}
	snprintf(text, sizeof(text), "x a=1 b=%0200d c=3", 7);
	CU_ASSERT_STRING_EQUAL(format(true, text, strlen(text), size, true,
				   false),
	    HEAD "event=x a=1");
	snprintf(text, sizeof(text), "x a=1 b=%s\n%0200d", "2", 7);
	CU_ASSERT_STRING_EQUAL(format(true, text, strlen(text), size, true,
				   false),
	    HEAD "event=x a=1");
	snprintf(text, sizeof(text), "x a=1 msg=no. %0200d", 7);
	line = format(true, text, strlen(text), size, true, false);
	CU_ASSERT_EQUAL(strlen(line), size);
	CU_ASSERT_EQUAL(line[size - 1], '"');
	memset(text, 'x', sizeof(text));
	line = format(true, text, sizeof(text), size, true, false);
	CU_ASSERT(strlen(line) <= size);
	line = format(false, text, sizeof(text), LINE, true, true);
	CU_ASSERT_EQUAL(strlen(line), sizeof(text));
}

/* Pairs that leave every number of bytes for the sentence at the end: it is cut
 * within its quotes, or not there. */
static void
test_end_of_sentence(void)
{
	const size_t size = 128, all = strlen("two words\"");
	const size_t most = size - strlen(HEAD "event=x a=0");
	const char *line, *msg;
	char text[256];
	size_t room;

	for (int pad = 0; pad <= (int)most; pad++) {
		snprintf(text, sizeof(text), "x a=%0*d msg=two words", pad + 1,
		    0);
		line = format(true, text, strlen(text), size, true, false);
		msg = strstr(line, " msg=\"");
		room = most - (size_t)pad;
		if (room < strlen(" msg=\"\"")) {
			CU_ASSERT_PTR_NULL(strstr(line, "msg"));
			continue;
		}
		CU_ASSERT_PTR_NOT_NULL_FATAL(msg);
		msg += strlen(" msg=\"");
		room -= strlen(" msg=\"");
		CU_ASSERT_EQUAL(strlen(msg), room < all ? room : all);
		CU_ASSERT_EQUAL(strncmp(msg, "two words\"", strlen(msg) - 1),
		    0);
		CU_ASSERT_EQUAL(msg[strlen(msg) - 1], '"');
	}
}

static void
test_terminal(void)
{
	check_terminal(false, "bad\x1b[2J\n" UMLAUT, "bad?[2J???");
	check_terminal(true, "joined room=0a", "");
	check_terminal(true, "started version=1", "");
	check_terminal(true, "joining room=0a", "joining room=0a");
	check_terminal(true, "figures rooms=1 a=\x1b",
	    "figures rooms=1 a=\"\\u001b\"");
	check_terminal(true, "died child=netd msg=netd died\x07", "netd died?");
	check_terminal(true, "no event: \"x\"", "no event: \"x\"");
	check_terminal(true, "joined\n", "joined?");
}

/* --- The other end: log_event() ------------------------------------------- */

static char sent[LOG_TEXT_MAX];

static void
on_log(enum log_level level, bool event, const char *text)
{
	CU_ASSERT_EQUAL(level, LOG_INFO);
	CU_ASSERT_TRUE(event);
	snprintf(sent, sizeof(sent), "%s", text);
}

static void
test_log_event(void)
{
	char name[2 * LOG_TEXT_MAX];

	log_to_function(on_log);
	log_event(LOG_INFO, "ready", NULL);
	CU_ASSERT_STRING_EQUAL(sent, "ready");
	log_event(LOG_INFO, "x", "a=%d b=%s", 1, "2");
	CU_ASSERT_STRING_EQUAL(sent, "x a=1 b=2");
	log_event(LOG_INFO, "x", "a=1 b=%0*d c=3", LOG_TEXT_MAX - 9, 7);
	CU_ASSERT_STRING_EQUAL(sent, "x a=1");
	/* With one byte less it fits. */
	log_event(LOG_INFO, "x", "a=1 b=%0*d", LOG_TEXT_MAX - 9, 7);
	CU_ASSERT_EQUAL(strlen(sent), LOG_TEXT_MAX - 1);
	log_event(LOG_INFO, "x", "a=%0*d", LOG_TEXT_MAX, 7);
	CU_ASSERT_STRING_EQUAL(sent, "x");
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	log_event(LOG_INFO, name, "a=%d", 1); /* no such name, so no event */
	CU_ASSERT_STRING_EQUAL(sent, "x");
	log_to_function(NULL);
}

void
logfmt_suite(void)
{
	CU_pSuite suite = CU_add_suite("logfmt", NULL, NULL);

	CU_add_test(suite, "texts, hostile ones", test_text);
	CU_add_test(suite, "events", test_event);
	CU_add_test(suite, "what is no event", test_malformed);
	CU_add_test(suite, "addresses are masked", test_masking);
	CU_add_test(suite, "what does not fit", test_too_long);
	CU_add_test(suite, "the end of a sentence", test_end_of_sentence);
	CU_add_test(suite, "on a terminal", test_terminal);
	CU_add_test(suite, "log_event()", test_log_event);
}
