/*
 * A screen as cells (ui/tui/grid.c): its size, what is put where, and its
 * links.
 */
#include "ui/tui/grid.h"

#include <CUnit/CUnit.h>

#include <string.h>

void grid_suite(void);

/* A row of the grid as text: a point for the right part of what is wide. */
static const char *
row_of(const struct grid *g, unsigned int row)
{
	static char text[GRID_COLUMNS_MAX * CLUSTER_BYTES_MAX];
	const struct cell *cell;
	size_t n = 0;

	for (unsigned int column = 0; column < g->columns; column++) {
		cell = grid_cell(g, row, column);
		if (cell->cluster.len == 0)
			text[n++] = '.';
		memcpy(text + n, cell->cluster.bytes, cell->cluster.len);
		n += cell->cluster.len;
	}
	text[n] = '\0';
	return text;
}

static void
expect_size(struct grid *g, unsigned int columns, unsigned int rows)
{
	CU_ASSERT_EQUAL(g->columns, columns);
	CU_ASSERT_EQUAL(g->rows, rows);
	/* All of it is there. */
	memset(grid_cell(g, rows - 1, columns - 1), 0, sizeof(struct cell));
}

/* A terminal may say whatever it likes of its size. */
static void
test_size(void)
{
	struct grid g = { 0 };

	grid_resize(&g, 0, 0);
	expect_size(&g, 1, 1);
	grid_resize(&g, 2, 1);
	expect_size(&g, 2, 1);
	grid_resize(&g, 2, 2);
	expect_size(&g, 2, 2);
	grid_resize(&g, GRID_COLUMNS_MAX, GRID_ROWS_MAX);
	expect_size(&g, GRID_COLUMNS_MAX, GRID_ROWS_MAX);
	grid_resize(&g, GRID_COLUMNS_MAX + 1, GRID_ROWS_MAX + 1);
	expect_size(&g, GRID_COLUMNS_MAX, GRID_ROWS_MAX);
	grid_free(&g);
	CU_ASSERT_PTR_NULL(g.cells);
	CU_ASSERT_EQUAL(g.columns, 0);
}

/* Of another size or the same: nothing of before is left. */
static void
test_clear(void)
{
	struct grid g = { 0 };
	struct grid_place at = { &g, 1, 0, 5, STYLE_ERROR, 3 };

	for (unsigned int rows = 2; rows <= 3; rows++)
		for (int i = 0; i < 2; i++) {
			grid_resize(&g, 5, rows);
			CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "     ");
			CU_ASSERT_STRING_EQUAL(row_of(&g, 1), "     ");
			CU_ASSERT_EQUAL(grid_cell(&g, 1, 4)->style, STYLE_TEXT);
			CU_ASSERT_EQUAL(grid_cell(&g, 1, 4)->link, 0);
			CU_ASSERT_EQUAL(g.cursor_row + g.cursor_column, 0);
			CU_ASSERT_FALSE(g.cursor_hidden);
			CU_ASSERT_PTR_NULL(grid_url(&g, 3));
			CU_ASSERT_EQUAL(grid_link(&g, 3, "http://a", 8), 3);
			at.column = 0;
			grid_puts(&at, "hello");
			g.cursor_row = g.cursor_column = 1;
			g.cursor_hidden = true;
		}
	grid_free(&g);
}

/* Text, its look and its link go where they should and nowhere else. */
static void
test_put(void)
{
	struct grid g = { 0 };
	struct grid_place at = { &g, 1, 2, 8, STYLE_ERROR, 3 };

	grid_resize(&g, 9, 3);
	CU_ASSERT_TRUE(grid_put(&at, "a猫b!", 5));
	CU_ASSERT_EQUAL(at.column, 6);
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "         ");
	CU_ASSERT_STRING_EQUAL(row_of(&g, 1), "  a猫.b   ");
	CU_ASSERT_STRING_EQUAL(row_of(&g, 2), "         ");
	for (unsigned int column = 0; column < 9; column++) {
		bool put = column >= 2 && column < 6;

		CU_ASSERT_EQUAL(grid_cell(&g, 1, column)->style,
		    put ? STYLE_ERROR : STYLE_TEXT);
		CU_ASSERT_EQUAL(grid_cell(&g, 1, column)->link, put ? 3 : 0);
	}
	grid_free(&g);
}

/* A cluster is put as a whole or not at all; the rest of its place is blank. */
static void
test_no_room(void)
{
	struct grid g = { 0 };
	struct grid_place at = { &g, 0, 0, 4, STYLE_ERROR, 0 };

	grid_resize(&g, 6, 2);
	for (unsigned int row = 0; row < 2; row++) {
		at.row = row;
		at.column = 0;
		grid_puts(&at, "xxxx");
	}
	at.row = at.column = 0;
	CU_ASSERT_TRUE(grid_put(&at, "ab猫", 5));
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "ab猫.  ");
	at.column = 0;
	CU_ASSERT_FALSE(grid_put(&at, "abc猫d", 7));
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "abc   ");
	CU_ASSERT_EQUAL(at.column, 4);
	CU_ASSERT_FALSE(grid_put(&at, "d", 1));
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "abc   ");
	CU_ASSERT_STRING_EQUAL(row_of(&g, 1), "xxxx  ");
	/* The edge of the grid is an end, too, and so is its last row. */
	at = (struct grid_place){ &g, 0, 5, 99, STYLE_TEXT, 0 };
	CU_ASSERT_FALSE(grid_put(&at, "yz", 2));
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "abc  y");
	at = (struct grid_place){ &g, 2, 0, 6, STYLE_TEXT, 0 };
	CU_ASSERT_FALSE(grid_put(&at, "y", 1));
	grid_free(&g);
}

static void
test_blank(void)
{
	struct grid g = { 0 };
	struct grid_place at = { &g, 0, 0, 5, STYLE_BAR, 0 };

	grid_resize(&g, 6, 1);
	grid_puts(&at, "xxxxx");
	at.column = 1;
	grid_blank(&at, 3);
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "x  xx ");
	CU_ASSERT_EQUAL(at.column, 3);
	grid_blank(&at, 2);
	CU_ASSERT_EQUAL(at.column, 3);
	grid_blank(&at, 99);
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "x     ");
	CU_ASSERT_EQUAL(at.column, 5);
	CU_ASSERT_EQUAL(grid_cell(&g, 0, 4)->style, STYLE_BAR);
	CU_ASSERT_EQUAL(grid_cell(&g, 0, 5)->style, STYLE_TEXT);
	grid_free(&g);
}

/* What is not ASCII is that, in as many columns. */
static void
test_ascii(void)
{
	struct grid g = { .ascii = true };
	struct grid_place at = { &g, 0, 0, 6, STYLE_ERROR, 0 };

	grid_resize(&g, 7, 1);
	CU_ASSERT_TRUE(grid_put(&at, "a│猫b", 8));
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "a|??b  ");
	CU_ASSERT_EQUAL(grid_cell(&g, 0, 3)->style, STYLE_ERROR);
	CU_ASSERT_TRUE(grid_put(&at, "│", 3));
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "a|??b| ");
	at.column = 5;
	CU_ASSERT_FALSE(grid_put(&at, "猫", 3));
	CU_ASSERT_STRING_EQUAL(row_of(&g, 0), "a|??b  ");
	grid_free(&g);
}

/* Each link once, as many as there may be, and none that is too long. */
static void
test_links(void)
{
	static char url[GRID_URL_MAX + 1];
	struct grid g = { 0 };

	memset(url, 'u', sizeof(url));
	grid_resize(&g, 1, 1);
	CU_ASSERT_EQUAL(grid_link(&g, 0, "http://a", 8), 0);
	CU_ASSERT_EQUAL(grid_link(&g, 1, "http://a and more", 8), 1);
	CU_ASSERT_STRING_EQUAL(grid_url(&g, 1), "http://a");
	CU_ASSERT_EQUAL(grid_link(&g, 1, "http://b", 8), 1);
	CU_ASSERT_STRING_EQUAL(grid_url(&g, 1), "http://a");
	CU_ASSERT_EQUAL(grid_link(&g, 2, url, GRID_URL_MAX), 0);
	CU_ASSERT_PTR_NULL(grid_url(&g, 2));
	CU_ASSERT_EQUAL(grid_link(&g, 2, url, GRID_URL_MAX - 1), 2);
	CU_ASSERT_EQUAL(strlen(grid_url(&g, 2)), GRID_URL_MAX - 1);
	for (uint32_t id = 3; id <= GRID_LINKS_MAX; id++)
		CU_ASSERT_EQUAL(grid_link(&g, id, "http://c", 8), id);
	CU_ASSERT_EQUAL(grid_link(&g, GRID_LINKS_MAX + 1, "http://d", 8), 0);
	CU_ASSERT_EQUAL(grid_link(&g, GRID_LINKS_MAX, "http://c", 8),
	    GRID_LINKS_MAX);
	CU_ASSERT_STRING_EQUAL(grid_url(&g, 3), "http://c");
	grid_free(&g);
}

void
grid_suite(void)
{
	CU_pSuite s = CU_add_suite("grid", NULL, NULL);

	CU_add_test(s, "its size", test_size);
	CU_add_test(s, "cleared", test_clear);
	CU_add_test(s, "text", test_put);
	CU_add_test(s, "no room", test_no_room);
	CU_add_test(s, "blanks", test_blank);
	CU_add_test(s, "in ASCII", test_ascii);
	CU_add_test(s, "links", test_links);
}
