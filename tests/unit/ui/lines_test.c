/*
 * Lines of input (ui/input.c), with lines of at most 8 bytes: where they end,
 * which are too long, and when more is to be read.
 */
#include "ui/input.h"

#include <CUnit/CUnit.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

void lines_suite(void);

#define LINE_MAX_HERE 8

struct reader {
	struct input in;
	int ends[2]; /* of a pipe; neither waits */
};

static void
open_reader(struct reader *r)
{
	CU_ASSERT_EQUAL_FATAL(pipe2(r->ends, O_NONBLOCK | O_CLOEXEC), 0);
	input_init(&r->in, LINE_MAX_HERE);
}

static void
close_reader(struct reader *r)
{
	input_free(&r->in);
	close(r->ends[0]);
	close(r->ends[1]);
}

/* Reads what comes now. */
static void
feed(struct reader *r, const char *bytes)
{
	size_t len = strlen(bytes);

	CU_ASSERT_EQUAL(write(r->ends[1], bytes, len), (ssize_t)len);
	CU_ASSERT_TRUE(input_wants(&r->in));
	CU_ASSERT_EQUAL(input_read(&r->in, r->ends[0]), 0);
}

static void
expect(struct reader *r, enum input_result expected)
{
	const char *line;
	size_t len;

	CU_ASSERT_EQUAL(input_next(&r->in, &line, &len), expected);
}

static void
expect_line(struct reader *r, uint64_t number, const char *text)
{
	const char *line = NULL;
	size_t len = 0;

	CU_ASSERT_EQUAL_FATAL(input_next(&r->in, &line, &len), INPUT_LINE);
	CU_ASSERT(len == strlen(text) && memcmp(line, text, len) == 0);
	CU_ASSERT_EQUAL(r->in.line, number);
}

static void
expect_too_long(struct reader *r, uint64_t number)
{
	expect(r, INPUT_TOO_LONG);
	CU_ASSERT_EQUAL(r->in.line, number);
}

/* By a line feed, which a carriage return may stand before; also in pieces. */
static void
test_ends(void)
{
	struct reader r;

	open_reader(&r);
	feed(&r, "\none\ntwo\r\n\r\n\rx\r\r\n12345678\n12345678\r\nth");
	expect_line(&r, 1, "");
	expect_line(&r, 2, "one");
	expect_line(&r, 3, "two");
	expect_line(&r, 4, "");
	expect_line(&r, 5, "\rx\r");
	expect_line(&r, 6, "12345678");
	expect_line(&r, 7, "12345678");
	expect(&r, INPUT_MORE);
	feed(&r, "re");
	expect(&r, INPUT_MORE);
	feed(&r, "e\nfour\r");
	expect_line(&r, 8, "three");
	expect(&r, INPUT_MORE);
	feed(&r, "\n");
	expect_line(&r, 9, "four");
	expect(&r, INPUT_MORE);
	close_reader(&r);
}

/* Told once, as soon as it is sure, and the line after it is whole. */
static void
test_too_long(void)
{
	struct reader r;

	open_reader(&r);
	feed(&r, "123456789\nx\n123456789\r\ny\n");
	expect_too_long(&r, 1);
	expect_line(&r, 2, "x");
	expect_too_long(&r, 3);
	expect_line(&r, 4, "y");
	expect(&r, INPUT_MORE);
	/* The ninth byte may be a carriage return, a tenth is too much. */
	feed(&r, "123456789");
	expect(&r, INPUT_MORE);
	feed(&r, "0");
	expect_too_long(&r, 5);
	expect(&r, INPUT_MORE);
	feed(&r, "and so on");
	expect(&r, INPUT_MORE);
	feed(&r, "the rest\nz\n");
	expect_line(&r, 6, "z");
	expect(&r, INPUT_MORE);
	feed(&r, "1234567890");
	expect_too_long(&r, 7);
	expect(&r, INPUT_MORE);
	feed(&r, "\n");
	expect(&r, INPUT_MORE);
	feed(&r, "after\n");
	expect_line(&r, 8, "after");
	close_reader(&r);
}

static void
expect_at_end(const char *bytes, const char *line)
{
	struct reader r;

	open_reader(&r);
	feed(&r, bytes);
	expect(&r, INPUT_MORE);
	close(r.ends[1]);
	r.ends[1] = -1;
	CU_ASSERT_EQUAL(input_read(&r.in, r.ends[0]), 0);
	if (line != NULL)
		expect_line(&r, 1, line);
	expect(&r, INPUT_END);
	expect(&r, INPUT_END);
	CU_ASSERT_FALSE(input_wants(&r.in));
	close_reader(&r);
}

/* What is left without a line feed is a line. */
static void
test_last_line(void)
{
	struct reader r;

	expect_at_end("x", "x");
	expect_at_end("12345678\r", "12345678");
	/* The rest of one that was too long is none. */
	open_reader(&r);
	feed(&r, "1234567890");
	expect_too_long(&r, 1);
	input_end(&r.in);
	expect(&r, INPUT_END);
	close_reader(&r);
	open_reader(&r);
	feed(&r, "123456789");
	input_end(&r.in);
	expect_too_long(&r, 1);
	expect(&r, INPUT_END);
	close_reader(&r);
	/* After a line feed there is nothing left. */
	open_reader(&r);
	feed(&r, "x\n");
	input_end(&r.in);
	expect_line(&r, 1, "x");
	expect(&r, INPUT_END);
	close_reader(&r);
}

/* It is read once all lines are taken, until its end; a read that gives nothing
 * changes nothing. */
static void
test_reading(void)
{
	int folder = open("/", O_RDONLY | O_CLOEXEC);
	struct reader r;

	open_reader(&r);
	CU_ASSERT_TRUE(input_wants(&r.in));
	CU_ASSERT_EQUAL(input_read(&r.in, r.ends[0]), 0); /* EAGAIN */
	CU_ASSERT_TRUE(input_wants(&r.in));
	errno = 0;
	CU_ASSERT_EQUAL(input_read(&r.in, folder), -1);
	CU_ASSERT_EQUAL(errno, EISDIR);
	CU_ASSERT_TRUE(input_wants(&r.in));
	feed(&r, "a\nb");
	CU_ASSERT_FALSE(input_wants(&r.in));
	expect_line(&r, 1, "a");
	CU_ASSERT_FALSE(input_wants(&r.in));
	expect(&r, INPUT_MORE);
	CU_ASSERT_TRUE(input_wants(&r.in));
	CU_ASSERT_EQUAL(input_read(&r.in, r.ends[0]), 0);
	CU_ASSERT_FALSE(r.in.ended);
	feed(&r, "c\n");
	expect_line(&r, 2, "bc");
	expect(&r, INPUT_MORE);
	close(r.ends[1]);
	r.ends[1] = -1;
	CU_ASSERT_EQUAL(input_read(&r.in, r.ends[0]), 0);
	CU_ASSERT_TRUE(r.in.ended);
	CU_ASSERT_FALSE(input_wants(&r.in));
	close(folder);
	close_reader(&r);
}

/* As much at once as a pipe holds, after the longest start of a line. */
static void
test_full_read(void)
{
	static char much[65536 + 1];
	struct reader r;
	uint64_t number = 1;

	open_reader(&r);
	feed(&r, "1234567\r8");
	expect(&r, INPUT_MORE);
	memset(much, '\n', sizeof(much) - 1);
	much[0] = '\r';
	CU_ASSERT_EQUAL(write(r.ends[1], much, sizeof(much) - 1),
	    (ssize_t)sizeof(much) - 1);
	CU_ASSERT_EQUAL(input_read(&r.in, r.ends[0]), 0);
	CU_ASSERT(r.in.end <= r.in.size);
	expect_too_long(&r, number);
	while (number < sizeof(much) - 2)
		expect_line(&r, ++number, "");
	expect(&r, INPUT_MORE);
	close_reader(&r);
}

/* A line with a secret is nowhere in the buffer any more once it is wiped, also
 * if it was moved before its end came. */
static void
test_wipe(void)
{
	struct reader r;

	open_reader(&r);
	feed(&r, "a\nsecr");
	expect_line(&r, 1, "a");
	expect(&r, INPUT_MORE);
	feed(&r, "et\nrest\n");
	expect_line(&r, 2, "secret");
	input_wipe(&r.in);
	CU_ASSERT_PTR_NULL(memmem(r.in.bytes, r.in.size, "sec", 3));
	CU_ASSERT_PTR_NULL(memmem(r.in.bytes, r.in.size, "ret", 3));
	expect_line(&r, 3, "rest");
	close_reader(&r);
}

void
lines_suite(void)
{
	CU_pSuite s = CU_add_suite("lines", NULL, NULL);

	CU_add_test(s, "where lines end", test_ends);
	CU_add_test(s, "too long", test_too_long);
	CU_add_test(s, "the last line", test_last_line);
	CU_add_test(s, "when it is read", test_reading);
	CU_add_test(s, "a full read", test_full_read);
	CU_add_test(s, "wiped", test_wipe);
}
