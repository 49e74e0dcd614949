/*
 * Good and bad lines of input in the json view (ui/json/json.c).
 */
#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void json_input_suite(void);

#define ERROR(text)                                    \
	"{\"event\":\"error\",\"time\":\"" FIXTURE_UTC \
	"\",\"room\":\"r\\\"om\",\"text\":\"" text "\"}\n"

static void
check_error(struct fixture *f, const char *line, const char *part)
{
	const char *got;

	fixture_feed(f, line, strlen(line));
	fixture_feed(f, "\n", 1);
	got = fixture_output(f);
	if (strstr(got, part) == NULL)
		fprintf(stderr, "\n  %.60s gave %s  without %s\n", line, got,
		    part);
	CU_ASSERT_PTR_NOT_NULL(strstr(got, "{\"event\":\"error\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(got, part));
	CU_ASSERT_PTR_EQUAL(strchr(got, '\n') + 1, got + strlen(got));
	CU_ASSERT_EQUAL(f->room->said.held_count, 0);
	CU_ASSERT_EQUAL(f->ui->phase, UI_RUNNING);
}

static void
test_bad_lines(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	check_error(&f, "hello", "line 1: the line is not JSON: ");
	check_error(&f, "", "line 2: the line is not JSON");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"cut",
	    "line 3: the line is not JSON");
	check_error(&f, "[]", "line 4: the line is not a JSON object");
	check_error(&f, "42", "line 5: the line is not");
	check_error(&f, "{}", "line 6: \\\"cmd\\\" is missing");
	check_error(&f, "{\"cmd\":5}", "line 7: \\\"cmd\\\" is missing");
	check_error(&f, "{\"cmd\":\"dance\"}",
	    "line 8: \\\"cmd\\\" is "
	    "\\\"dance\\\"");
	check_error(&f, "{\"cmd\":\"say\"}", "line 9: \\\"say\\\" needs");
	check_error(&f, "{\"cmd\":\"say\",\"text\":null}", "line 10: ");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"\"}",
	    "line 11: the text is empty");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"\xff\"}",
	    "line 12: the text is not valid UTF-8");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"\\ud800\"}", "line 13: ");
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"\\u0000\"}", "line 14: ");
	check_error(&f, "{\"cmd\":\"quit\"} {\"cmd\":\"quit\"}", "line 15: ");
	check_error(&f, "{\"cmd\":\"quit\",\"cmd\":\"say\"}", "line 16: ");
	/* The line is cut within a code point. */
	check_error(&f, "{\"cmd\":\"yüüüüüüüüüüüüüüüüüüüüüüüüüüüü\"}",
	    "line 17: ");
	fixture_close(&f);
}

/* A misspelt "to" would say a text for one to all. */
static void
test_unknown_members(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	check_error(&f, "{\"cmd\":\"say\",\"text\":\"a\",\"To\":\"00\"}",
	    "line 1: \\\"say\\\" has no \\\"To\\\", only \\\"cmd\\\", "
	    "\\\"room\\\", \\\"text\\\", \\\"to\\\", \\\"action\\\"; nothing done");
	check_error(&f,
	    "{\"id\":\"00\",\"cmd\":\"say\",\"text\":\"a\",\"x\\n\":1}",
	    "line 2: \\\"say\\\" has no \\\"id\\\", \\\"x");
	check_error(&f, "{\"cmd\":\"nick\",\"nick\":\"bob\",\"id\":\"00\"}",
	    "line 3: \\\"nick\\\" has no \\\"id\\\"");
	check_error(&f, "{\"cmd\":\"verify\",\"id\":\"00\",\"nick\":\"bob\"}",
	    "line 4: \\\"verify\\\" has no \\\"nick\\\"");
	check_error(&f, "{\"cmd\":\"status\",\"of\":\"bob\"}",
	    "line 5: \\\"status\\\" has no \\\"of\\\", only "
	    "\\\"cmd\\\", \\\"room\\\"; nothing done");
	check_error(&f, "{\"cmd\":\"quit\",\"when\":\"later\"}",
	    "line 6: \\\"quit\\\" has no \\\"when\\\"");
	CU_ASSERT_EQUAL(said_open(&f.room->said), 0);
	fixture_close(&f);
}

static void
test_nul_byte(void)
{
	static const char line[] = "{\"cmd\":\"say\",\"text\":\"a\0b\"}\n";
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	fixture_feed(&f, line, sizeof(line) - 1);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(fixture_output(&f), "line 1: the text contains a NUL byte"));
	CU_ASSERT_EQUAL(said_open(&f.room->said), 0);
	fixture_close(&f);
}

/* Says len bytes of one kind; returns how many lines have been said then. */
static size_t
say_long(struct fixture *f, const char *piece, size_t count)
{
	struct buf line = { 0 };

	buf_puts(&line, "{\"cmd\":\"say\",\"text\":\"");
	for (size_t i = 0; i < count; i++)
		buf_puts(&line, piece);
	buf_puts(&line, "\"}\n");
	fixture_feed(f, line.bytes, line.len);
	buf_free(&line);
	return said_open(&f->room->said);
}

static void
test_limits(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	CU_ASSERT_EQUAL(say_long(&f, "x", TEXT_MAX), 1);
	CU_ASSERT_EQUAL(say_long(&f, "\\u0041", TEXT_MAX), 2);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(say_long(&f, "x", TEXT_MAX + 1), 2);
	fixture_expect(&f,
	    ERROR("line 3: a text of 16385 bytes is over the "
		  "limit of 16384; not sent"));
	CU_ASSERT_EQUAL(say_long(&f, "x", 300000), 2);
	fixture_expect(&f,
	    ERROR("line 4: the line is longer than 99328 bytes, which is the "
		  "limit; not sent"));
	CU_ASSERT_EQUAL(say_long(&f, "x", 1), 3);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(f.room->said.held[0].len, 5 + TEXT_MAX);
	CU_ASSERT_EQUAL(f.room->said.held[1].len, 5 + TEXT_MAX);
	fixture_close(&f);
}

static void
test_commands(void)
{
	static const char says[] =
	    "{\"cmd\":\"say\",\"text\":\"a\\u202eb\"}\r\n"
	    " {\"text\":\"two\",\"cmd\":\"say\",\"action\":false} \n";
	static const char quit[] = "{\"cmd\":\"quit\"}\n";
	struct ipc_message_in in;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	f.room->model.joined = true;
	fixture_feed(&f, says, sizeof(says) - 1);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_SAY);
	CU_ASSERT_EQUAL(((const struct ipc_say *)in.body)->seq, 1);
	CU_ASSERT(
	    in.tail_len == 10 && memcmp(in.tail, "alicea\u202eb", 10) == 0);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(((const struct ipc_say *)in.body)->seq, 2);
	CU_ASSERT(in.tail_len == 8 && memcmp(in.tail, "alicetwo", 8) == 0);
	fixture_feed(&f, quit, sizeof(quit) - 1);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_QUIT);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	fixture_close(&f);
}

/* What only asks, and what leaves, need not wait behind what is said. */
static void
test_turns(void)
{
	static const struct {
		const char *line;
		enum turn turn;
	} cases[] = {
		{ "{\"cmd\":\"status\"}", TURN_ANY },
		{ " {\"cmd\":\"quit\",\"x\":1}", TURN_FIRST },
		{ "{\"cmd\":\"say\",\"text\":\"quit\"}", TURN_ITS_OWN },
		{ "{\"cmd\":\"nick\",\"nick\":\"quit\"}", TURN_ITS_OWN },
		{ "{\"cmd\":\"verify\",\"id\":\"00\"}", TURN_ITS_OWN },
		{ "{\"cmd\":\"dance\"}", TURN_ITS_OWN },
		{ "{\"cmd\":5}", TURN_ITS_OWN },
		{ "{}", TURN_ITS_OWN },
		{ "quit", TURN_ITS_OWN },
		{ "", TURN_ITS_OWN },
	};

	struct fixture f;
	enum turn turn;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_EQUAL(view_json.turn(f.room, cases[i].line,
				    strlen(cases[i].line)),
		    cases[i].turn);
	fixture_close(&f);
	/* An operator's command waits for the answer to the one before it. */
	fixture_open(&f, MODE_BOOTNODE, UI_JSON);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		turn = cases[i].turn == TURN_ANY ? TURN_ITS_OWN : cases[i].turn;
		CU_ASSERT_EQUAL(view_json.turn(f.room, cases[i].line,
				    strlen(cases[i].line)),
		    turn);
	}
	fixture_close(&f);
}

/* An error quotes no more than 40 bytes of each word. */
static void
test_long_words(void)
{
	char line[128], word[61], error[128];
	struct fixture f;

	memset(word, 'x', 60);
	word[60] = '\0';
	fixture_open(&f, MODE_CLIENT, UI_JSON);
	snprintf(line, sizeof(line), "{\"cmd\":\"%s\"}", word);
	snprintf(error, sizeof(error), "\\\"%.40s\\\"; it can be", word);
	check_error(&f, line, error);
	snprintf(line, sizeof(line), "{\"cmd\":\"quit\",\"%s\":1}", word);
	snprintf(error, sizeof(error), "has no \\\"%.40s\\\", only", word);
	check_error(&f, line, error);
	fixture_close(&f);
}

/* Each process names the commands that it has, and obeys no others. */
static void
test_other_commands(void)
{
	static const char *const others[] = { "{\"cmd\":\"dance\"}",
		"{\"cmd\":\"say\",\"text\":\"a\"}",
		"{\"cmd\":\"say\",\"text\":\"a\",\"action\":true}",
		"{\"cmd\":\"nick\",\"nick\":\"bob\"}",
		"{\"cmd\":\"verify\",\"id\":\"00\"}",
		"{\"cmd\":\"join\",\"room\":\"garden\"}", "{\"cmd\":\"part\"}",
		"{\"cmd\":\"invite\"}" };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	check_error(&f, others[0],
	    "\\\"cmd\\\" is \\\"dance\\\"; it can be \\\"say\\\", \\\"nick\\\", "
	    "\\\"verify\\\", \\\"join\\\", \\\"part\\\", \\\"status\\\", "
	    "\\\"invite\\\" or \\\"quit\\\"\"}");
	fixture_close(&f);
	fixture_open(&f, MODE_BOOTNODE, UI_JSON);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		check_error(&f, others[i],
		    "\\\"; it can be \\\"status\\\", \\\"rooms\\\", "
		    "\\\"sessions\\\", \\\"fleet\\\", \\\"kick\\\", \\\"drain\\\", "
		    "\\\"deny\\\", \\\"reload\\\" or \\\"quit\\\"\"}");
	fixture_close(&f);
}

void
json_input_suite(void)
{
	CU_pSuite s = CU_add_suite("json input", NULL, NULL);

	CU_add_test(s, "bad lines", test_bad_lines);
	CU_add_test(s, "unknown members", test_unknown_members);
	CU_add_test(s, "NUL byte", test_nul_byte);
	CU_add_test(s, "limits", test_limits);
	CU_add_test(s, "commands", test_commands);
	CU_add_test(s, "turns", test_turns);
	CU_add_test(s, "long words", test_long_words);
	CU_add_test(s, "other commands", test_other_commands);
}
