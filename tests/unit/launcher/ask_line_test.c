/*
 * A question on a terminal: what is shown, how it ends, and that the terminal
 * is as it was in any case. It is asked as it is in life, by a child that gets
 * a secret.
 */
#include "launcher/ask_line.h"

#include "launcher/secret_child.h"
#include "tests/unit/launcher/asked.h"

#include <sys/wait.h>

#include <CUnit/CUnit.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void ask_line_suite(void);

#define LEFT 7U
#define MORE "The rest of it, or Enter: "

static bool
is_whole(const char *text, size_t len)
{
	(void)text;
	(void)len;
	return false;
}

/* Asks twice: what is typed shows the first time. */
static unsigned int
work(void *arg, int to)
{
	char line[ASK_LINE_MAX];
	struct asker a;
	enum ask_end end = ASK_ANSWERED;

	(void)arg;
	if (ask_open(&a) == -1)
		return secret_call_failed();
	for (int i = 0; i < 2 && end == ASK_ANSWERED; i++) {
		end = ask_line(&a, i == 0 ? "one? " : "two? ", i == 0, is_whole,
		    line);
		if (end == ASK_ANSWERED &&
		    dprintf(to, "<%s>", line) != (int)strlen(line) + 2)
			return secret_call_failed();
	}
	return end == ASK_ANSWERED ? SECRET_GOT
	    : end == ASK_LEFT	   ? LEFT
				   : secret_call_failed();
}

static bool
is_begun(const char *text, size_t len)
{
	return len > 0 && text[len - 1] != '.';
}

/* Asks for an answer that ends with a full stop, and then for a line. */
static unsigned int
work_rows(void *arg, int to)
{
	char line[ASK_LINE_MAX];
	struct asker a;
	enum ask_end end;

	(void)arg;
	if (ask_open(&a) == -1)
		return secret_call_failed();
	end = ask_line(&a, "one? ", true, is_begun, line);
	if (end == ASK_TOO_LONG && dprintf(to, "too long <%s>", line) > 0)
		end = ask_line(&a, "again? ", false, is_begun, line);
	if (end != ASK_ANSWERED || dprintf(to, "<%s>", line) < 0 ||
	    ask_line(&a, "two? ", true, is_whole, line) != ASK_ANSWERED ||
	    dprintf(to, "<%s>", line) < 0)
		return end == ASK_LEFT ? LEFT : secret_call_failed();
	return SECRET_GOT;
}

/* Writes what the child got. */
static int
pass_on(int out, secret_work *by)
{
	char text[2 * ASK_LINE_MAX] = "";
	unsigned int outcome;
	ssize_t n;
	int fd;

	outcome = secret_by_child(&fd, by, NULL);
	if (outcome != SECRET_GOT)
		return (int)outcome;
	n = pread(fd, text, sizeof(text), 0);
	return n <= 0 || write(out, text, (size_t)n) != n;
}

static int
ask_two(int out)
{
	return pass_on(out, work);
}

static int
ask_several(int out)
{
	return pass_on(out, work_rows);
}

static bool
ended_with(int status, unsigned int code)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == (int)code;
}

/* Somebody leaves at this question. */
static void
leave(struct asked *t, const char *question)
{
	asked_answer(t, question, "\004");
	CU_ASSERT(ended_with(asked_end(t, ""), LEFT));
}

/* Asks for an answer in rows, and gives the first. */
static void
begin_rows(struct asked *t, const char *row)
{
	asked_start(t, true, ask_several);
	asked_answer(t, "one? ", row);
}

static bool
died_of(int status, int number)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == number;
}

/* One is seen and can be corrected, the other cannot be seen. */
static void
test_lines(void)
{
	static struct asked t;

	asked_start(&t, true, ask_two);
	asked_answer(&t, "one? ", "sx\177een \n");
	asked_await(&t, "two? ");
	CU_ASSERT_PTR_NOT_NULL(strstr(t.screen, "een"));
	asked_type(&t, "k\u00fcche\n");
	asked_await(&t, "\n");
	CU_ASSERT_PTR_NULL(strstr(t.screen, "che"));
	CU_ASSERT(ended_with(asked_end(&t, "<seen ><k\u00fcche>"), 0));
}

/* The rest of a paste is no answer. */
static void
test_typed_before(void)
{
	static struct asked t;

	asked_start(&t, true, ask_two);
	asked_answer(&t, "one? ", "first\nrest\n");
	asked_answer(&t, "two? ", "\n");
	CU_ASSERT(ended_with(asked_end(&t, "<first><>"), 0));
}

/* Rows that come at once, as of a paste, or one by one. Those after the first
 * do not show, and what comes after the last is no answer. */
static void
test_rows(void)
{
	static struct asked t;

	begin_rows(&t, "one\n");
	asked_answer(&t, MORE, "secret \nthree.\nfour\n");
	asked_await(&t, "two? ");
	CU_ASSERT_PTR_NULL(strstr(t.screen, "secret"));
	CU_ASSERT_PTR_NULL(strstr(t.screen, "three"));
	asked_type(&t, "\n");
	CU_ASSERT(ended_with(asked_end(&t, "<onesecret three.><>"), 0));
	begin_rows(&t, "half\n");
	asked_answer(&t, MORE, "\n");
	asked_answer(&t, "two? ", "x\n");
	CU_ASSERT(ended_with(asked_end(&t, "<half><x>"), 0));
	begin_rows(&t, "half\n");
	leave(&t, MORE);
}

/* Types rows that are each followed by the question for more. */
static void
type_rows(struct asked *t, const char *row, int count)
{
	for (int i = 0; i < count; i++) {
		asked_type(t, row);
		asked_type(t, "\n");
		asked_await(t, MORE);
	}
}

/* In rows or, as the terminal cuts it, in one. What fits is kept whole. */
static void
test_too_long(void)
{
	static char row[1001], line[5001];
	static struct asked t;
	char want[3 * sizeof(row)];

	memset(row, 'r', sizeof(row) - 1);
	memset(line, 'l', sizeof(line) - 1);
	for (int whole = 0; whole < 2; whole++) {
		asked_start(&t, true, ask_several);
		asked_await(&t, "one? ");
		if (!whole)
			type_rows(&t, row, 4);
		asked_type(&t, whole ? line : row);
		asked_type(&t, "\n");
		asked_await(&t, "again? ");
		type_rows(&t, row, 2);
		asked_type(&t, ".\n");
		asked_answer(&t, "two? ", "x\n");
		(void)snprintf(want, sizeof(want), "too long <><%s%s.><x>", row,
		    row);
		CU_ASSERT(ended_with(asked_end(&t, want), 0));
	}
}

static void
test_left(void)
{
	static struct asked t;

	asked_start(&t, true, ask_two);
	leave(&t, "one? ");
	asked_start(&t, true, ask_two);
	asked_answer(&t, "one? ", "x\n");
	leave(&t, "two? ");
}

/* A key reaches both, and kill(1) the parent alone. Both die of it, and the
 * child has put the terminal back before the parent does. */
static void
test_signals(void)
{
	static const int numbers[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };
	static struct asked t;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		asked_start(&t, true, ask_two);
		asked_answer(&t, "one? ", "x\n");
		asked_await(&t, "two? ");
		CU_ASSERT_EQUAL(kill(t.pid, numbers[i]), 0);
		CU_ASSERT(died_of(asked_end(&t, ""), numbers[i]));
	}
	asked_start(&t, true, ask_two);
	asked_answer(&t, "one? ", "half\003");
	CU_ASSERT(died_of(asked_end(&t, ""), SIGINT));
}

static void
test_no_terminal(void)
{
	static struct asked t;

	asked_start(&t, false, ask_two);
	CU_ASSERT(ended_with(asked_end(&t, ""), SECRET_CALL_FAILED + ENXIO));
}

void
ask_line_suite(void)
{
	CU_pSuite suite = CU_add_suite("questions on a terminal", NULL, NULL);

	CU_add_test(suite, "lines", test_lines);
	CU_add_test(suite, "typed before", test_typed_before);
	CU_add_test(suite, "rows", test_rows);
	CU_add_test(suite, "too long", test_too_long);
	CU_add_test(suite, "Ctrl-D", test_left);
	CU_add_test(suite, "signals", test_signals);
	CU_add_test(suite, "no terminal", test_no_terminal);
}
