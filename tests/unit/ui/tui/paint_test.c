/*
 * Painting (ui/tui/paint.c) on a terminal: whatever the text is, each cell is
 * as the grid says.
 */
#include "ui/tui/layout.h"
#include "ui/tui/paint.h"

#include "tests/unit/hostile.h"
#include "tests/unit/ui/tui/vt.h"

#include "ui/text.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void paint_suite(void);

#define ROWS 12

/* Puts a text on the grid as a message, cleaned and wrapped. */
static void
put_text(struct grid *g, unsigned int row, const char *text, size_t len)
{
	struct buf safe = { 0 };
	struct entry e = { .kind = ENTRY_HEARD, .name = (char *)"" };
	struct layout l = { 0 };

	text_clean(&safe, text, len, "\n");
	e.text = safe.bytes;
	e.len = safe.len;
	layout_entry(&l, &e, g->columns, NULL);
	for (size_t i = 0; i < l.row_count && row < g->rows; i++, row++) {
		struct grid_place at = { g, row, 0, g->columns, STYLE_TEXT, 0 };

		grid_put(&at, l.text.bytes + l.rows[i].start,
		    l.rows[i].end - l.rows[i].start);
	}
	layout_free(&l);
	buf_free(&safe);
}

static bool
show(struct painter *p, struct vt *vt, struct grid *g)
{
	struct buf out = { 0 };
	bool right;

	paint(p, &out, g);
	vt_write(vt, out.bytes, out.len);
	right = vt_shows(vt, &p->shown);
	buf_free(&out);
	return right;
}

/* Paints a text, then another one over it, then nothing, and checks each. */
static void
check(const struct hostile *a, const struct hostile *b, unsigned int columns)
{
	struct painter p = { .colours = COLOURS_256, .links = true };
	struct grid g = { 0 };
	struct vt vt;
	bool right;

	vt_open(&vt, columns, ROWS);
	grid_resize(&g, columns, ROWS);
	put_text(&g, 0, a->bytes, a->len);
	right = show(&p, &vt, &g);
	grid_resize(&g, columns, ROWS);
	put_text(&g, 2, b->bytes, b->len);
	right = show(&p, &vt, &g) && right;
	grid_resize(&g, columns, ROWS);
	right = show(&p, &vt, &g) && right;
	if (!right)
		fprintf(stderr, "  %s, then %s\n", a->name, b->name);
	CU_ASSERT(right);
	CU_ASSERT_EQUAL(vt.bells, 0);
	vt_close(&vt);
	grid_free(&g);
	paint_free(&p);
}

static void
test_hostile_at_all_widths(void)
{
	struct hostile *all;
	size_t count = hostile_read(&all);

	for (unsigned int columns = 1; columns <= 200; columns++)
		for (size_t i = 0; i < count; i++)
			check(&all[i], &all[(i + 1) % count], columns);
	hostile_free(all, count);
}

/* Puts a text on the first row, from this column on. */
static void
put_at(struct grid *g, unsigned int column, const char *text)
{
	struct grid_place at = { g, 0, column, g->columns, STYLE_TEXT, 0 };

	grid_put(&at, text, strlen(text));
}

/* A change within a row keeps what is right of it, and costs a few bytes:
 * neither the row nor what is left of it is painted. */
static void
test_within_row(void)
{
	static const char *const changes[][2] = { { "c", " " }, { " ", "c" },
		{ "ab", "  " }, { "\u4f60", "  " }, { "  ", "\u4f60" },
		{ "\u4f60", "\u597d" }, { "\u4f60", "x " } };
	struct painter p = { .colours = COLOURS_256, .links = true };

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct grid g = { 0 };
		struct buf out = { 0 };
		struct vt vt;

		vt_open(&vt, 80, ROWS);
		paint_invalidate(&p);
		for (int change = 0; change < 2; change++) {
			grid_resize(&g, 80, ROWS);
			for (unsigned int at = 0; at < 80; at += 10)
				put_at(&g, at, at == 40 ? "" : "unchanged");
			put_at(&g, 42, changes[i][change]);
			buf_free(&out);
			paint(&p, &out, &g);
			vt_write(&vt, out.bytes, out.len);
			CU_ASSERT_TRUE(vt_shows(&vt, &p.shown));
		}
		CU_ASSERT(out.len > 0 && out.len < 60);
		buf_free(&out);
		vt_close(&vt);
		grid_free(&g);
	}
	paint_free(&p);
}

void
paint_suite(void)
{
	CU_pSuite suite = CU_add_suite("paint", NULL, NULL);

	CU_ADD_TEST(suite, test_hostile_at_all_widths);
	CU_add_test(suite, "within a row", test_within_row);
}
