/*
 * Fuzzes others' text on the screen: it is cleaned, laid out, and painted over
 * what was there before. The terminal (libvterm) must show each cell as the
 * grid says. The first two bytes are the columns and where in the text the
 * second frame begins.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/unit/ui/tui/vt.h"

#include "ui/text.h"
#include "ui/tui/layout.h"
#include "ui/tui/paint.h"

#define ROWS 6

static void
put(struct grid *g, const char *text, size_t len)
{
	struct entry e = { .kind = ENTRY_HEARD, .name = (char *)"" };
	struct layout l = { 0 };
	struct buf safe = { 0 };

	text_clean(&safe, text, len, "\n");
	e.text = safe.bytes;
	e.len = safe.len;
	layout_entry(&l, &e, g->columns, "e");
	for (unsigned int row = 0;
	     l.text.len > 0 && row < l.row_count && row < g->rows; row++) {
		struct grid_place at = { g, row, 0, g->columns, STYLE_TEXT, 0 };

		grid_put(&at, l.text.bytes + l.rows[row].start,
		    l.rows[row].end - l.rows[row].start);
	}
	layout_free(&l);
	buf_free(&safe);
}

static void
show(struct painter *p, struct vt *vt, struct grid *g)
{
	struct buf out = { 0 };

	paint(p, &out, g);
	vt_write(vt, out.bytes, out.len);
	REQUIRE(vt_shows(vt, &p->shown) && vt->bells == 0);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct painter p = { .colours = COLOURS_256, .links = true };
	struct grid g = { 0 };
	unsigned int columns;
	size_t second;
	struct vt vt;

	if (size < 2)
		return 0;
	columns = data[0] % 100 + 1;
	second = data[1] % (size - 1);
	data += 2;
	size -= 2;
	vt_open(&vt, columns, ROWS);
	grid_resize(&g, columns, ROWS);
	put(&g, (const char *)data, size);
	show(&p, &vt, &g);
	grid_resize(&g, columns, ROWS);
	put(&g, (const char *)data + second, size - second);
	show(&p, &vt, &g);
	vt_close(&vt);
	grid_free(&g);
	paint_free(&p);
	return 0;
}
