/*
 * The input line as rows (ui/tui/inputline.c): where it is broken, where the
 * cursor is, and which part of it is shown if it has too few rows.
 */
#include "ui/tui/inputline.h"

#include "ui/tui/grid.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void inputline_suite(void);

/* A line, with a bar where its cursor is. */
static struct inputline
line_of(const char *with_cursor)
{
	static char text[256];
	size_t cursor = strcspn(with_cursor, "|");

	snprintf(text, sizeof(text), "%.*s%s", (int)cursor, with_cursor,
	    with_cursor + cursor + 1);
	return (struct inputline){ "> ", text, strlen(text), cursor };
}

/* The rows of the grid, each ended by a bar, without blanks at their ends. */
static const char *
rows_of(const struct grid *g)
{
	static char text[1024];
	size_t n = 0, start;

	for (unsigned int row = 0; row < g->rows; row++) {
		start = n;
		for (unsigned int column = 0; column < g->columns; column++) {
			const struct cell *cell = grid_cell(g, row, column);

			memcpy(text + n, cell->cluster.bytes,
			    cell->cluster.len);
			n += cell->cluster.len;
		}
		while (n > start && text[n - 1] == ' ')
			n--;
		text[n++] = '|';
	}
	text[n] = '\0';
	return text;
}

/* What is shown in so many columns and rows, below one that is another's, and
 * where the cursor is. */
static void
expect_part(const char *with_cursor, unsigned int columns, unsigned int rows,
    const char *expected, unsigned int row, unsigned int column)
{
	const struct inputline line = line_of(with_cursor);
	struct grid g = { 0 };

	grid_resize(&g, columns, rows + 2);
	inputline_put(&line, &g, 1, rows);
	if (strcmp(rows_of(&g), expected) != 0)
		fprintf(stderr, "\n  got %s, expected %s\n", rows_of(&g),
		    expected);
	CU_ASSERT_STRING_EQUAL(rows_of(&g), expected);
	CU_ASSERT_EQUAL(g.cursor_row, 1 + row);
	CU_ASSERT_EQUAL(g.cursor_column, column);
	grid_free(&g);
}

/* All of it. */
static void
expect(const char *with_cursor, unsigned int columns, const char *expected,
    unsigned int row, unsigned int column)
{
	const struct inputline line = line_of(with_cursor);
	unsigned int rows = inputline_rows(&line, columns);
	char all[256];

	snprintf(all, sizeof(all), "|%s|", expected);
	expect_part(with_cursor, columns, rows, all, row, column);
}

static void
test_one_row(void)
{
	expect("|", 10, ">|", 0, 2);
	expect("abc|", 10, "> abc|", 0, 5);
	expect("a|bc", 10, "> abc|", 0, 3);
	expect("猫|a", 10, "> 猫a|", 0, 4);
	/* The cursor needs a column, too. */
	expect("1234567|", 10, "> 1234567|", 0, 9);
	expect("12345678|", 10, "> 12345678||", 1, 2);
	expect("1234567|8", 10, "> 12345678|", 0, 9);
}

/* Behind the prompt, in each row; a line feed is shown where it is. */
static void
test_rows(void)
{
	expect("123456789|", 10, "> 12345678|  9|", 1, 3);
	expect("12345678|9", 10, "> 12345678|  9|", 1, 2);
	expect("1234567猫|", 10, "> 1234567|  猫|", 1, 4);
	expect("ab\n|cd", 10, "> ab⏎|  cd|", 1, 2);
	expect("ab|\ncd", 10, "> ab⏎|  cd|", 0, 4);
	expect("ab\n|", 10, "> ab⏎||", 1, 2);
	expect("\n\n|", 10, "> ⏎|  ⏎||", 2, 2);
	expect("12345678\n|", 10, "> 12345678|  ⏎||", 2, 2);
}

/* Where it is too narrow there is no prompt, nor an indent. */
static void
test_narrow(void)
{
	expect("123456|", 8, "> 123456||", 1, 2);
	expect("123456|", 7, "123456|", 0, 6);
	expect("1234567|", 7, "1234567||", 1, 0);
	expect("12345678|", 7, "1234567|8|", 1, 1);
	expect("|ab", 1, "a|b|", 0, 0);
	expect("ab|", 1, "a|b||", 2, 0);
	/* What has no room at all leaves its row empty. */
	expect("|猫", 1, "|", 0, 0);
}

/* A longer prompt needs more columns: the text has six of them at least. */
static void
test_long_prompt(void)
{
	const struct inputline line = { "search: ", "1234567", 7, 7 };
	struct grid g = { 0 };

	grid_resize(&g, 14, 2);
	inputline_put(&line, &g, 0, 2);
	CU_ASSERT_STRING_EQUAL(rows_of(&g), "search: 123456|        7|");
	CU_ASSERT_EQUAL(g.cursor_row, 1);
	CU_ASSERT_EQUAL(g.cursor_column, 9);
	for (unsigned int columns = 8; columns < 14; columns++) {
		grid_resize(&g, columns, 1);
		inputline_put(&line, &g, 0, 1);
		CU_ASSERT_STRING_EQUAL(rows_of(&g), "1234567|");
		CU_ASSERT_EQUAL(g.cursor_column, 7);
	}
	grid_free(&g);
}

/* Nothing that was pasted steers the terminal; what it is shown as may take
 * more columns, and a cursor within a cluster is between its parts. */
static void
test_safe(void)
{
	const struct inputline line = { "> ", "a\033b", 3, 3 };
	struct grid g = { 0 };

	grid_resize(&g, 20, 1);
	inputline_put(&line, &g, 0, 1);
	CU_ASSERT_PTR_NULL(strchr(rows_of(&g), '\033'));
	CU_ASSERT(g.cursor_column >= 5);
	grid_free(&g);
	expect("e\u0301|x", 10, "> e\u0301x|", 0, 3);
	expect("e|\u0301x", 10, "> e\u25cc\u0301x|", 0, 3);
}

/* Of too few rows the last is the cursor's, or one above it. */
static void
test_part(void)
{
	static const char text[] = "11111111222222223333333344444444";
	char line[64];

	snprintf(line, sizeof(line), "%s|", text);
	expect_part(line, 10, 2, "|  44444444|||", 1, 2);
	expect_part(line, 10, 3, "|  33333333|  44444444|||", 2, 2);
	snprintf(line, sizeof(line), "%.17s|%s", text, text + 17);
	expect_part(line, 10, 2, "|  22222222|  33333333||", 1, 3);
	expect_part(line, 10, 1, "|  33333333||", 0, 3);
	snprintf(line, sizeof(line), "%.15s|%s", text, text + 15);
	expect_part(line, 10, 2, "|> 11111111|  22222222||", 1, 9);
	snprintf(line, sizeof(line), "|%s", text);
	expect_part(line, 10, 2, "|> 11111111|  22222222||", 0, 2);
}

static void
test_looks(void)
{
	const struct inputline line = line_of("a\nb|");
	struct grid g = { 0 };

	grid_resize(&g, 10, 2);
	inputline_put(&line, &g, 0, 2);
	CU_ASSERT_EQUAL(grid_cell(&g, 0, 0)->style, STYLE_MARK);
	CU_ASSERT_EQUAL(grid_cell(&g, 0, 2)->style, STYLE_TEXT);
	CU_ASSERT_EQUAL(grid_cell(&g, 0, 3)->style, STYLE_MARK);
	CU_ASSERT_EQUAL(grid_cell(&g, 1, 2)->style, STYLE_TEXT);
	grid_free(&g);
}

void
inputline_suite(void)
{
	CU_pSuite s = CU_add_suite("inputline", NULL, NULL);

	CU_add_test(s, "one row", test_one_row);
	CU_add_test(s, "several rows", test_rows);
	CU_add_test(s, "a narrow terminal", test_narrow);
	CU_add_test(s, "a long prompt", test_long_prompt);
	CU_add_test(s, "anything that was pasted", test_safe);
	CU_add_test(s, "a part of it", test_part);
	CU_add_test(s, "what it looks like", test_looks);
}
