/*
 * A terminal for tests, and for fuzzing: no CUnit. See vt.h.
 */
#include "tests/unit/ui/tui/vt.h"

#include "common/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTOWRAP_OFF "\033[?7l"
#define CODES_MAX    64

static int
on_bell(void *user)
{
	struct vt *vt = user;

	vt->bells++;
	return 1;
}

static const VTermScreenCallbacks callbacks = { .bell = on_bell };

void
vt_open(struct vt *vt, unsigned int columns, unsigned int rows)
{
	vt->columns = (int)columns;
	vt->rows = (int)rows;
	vt->bells = 0;
	vt->term = vterm_new(vt->rows, vt->columns);
	if (vt->term == NULL)
		abort();
	vterm_set_utf8(vt->term, 1);
	vt->screen = vterm_obtain_screen(vt->term);
	vterm_screen_set_callbacks(vt->screen, &callbacks, vt);
	vterm_screen_enable_altscreen(vt->screen, 1);
	vterm_screen_reset(vt->screen, 1);
	vt_write(vt, AUTOWRAP_OFF, strlen(AUTOWRAP_OFF));
}

void
vt_close(struct vt *vt)
{
	vterm_free(vt->term);
}

void
vt_resize(struct vt *vt, unsigned int columns, unsigned int rows)
{
	vt->columns = (int)columns;
	vt->rows = (int)rows;
	vterm_set_size(vt->term, vt->rows, vt->columns);
}

void
vt_write(struct vt *vt, const char *bytes, size_t len)
{
	vterm_input_write(vt->term, bytes, len);
}

/* Returns the code points that a cell shows; the right part of a wide one has
 * none. */
static size_t
cell_codes(struct vt *vt, unsigned int row, unsigned int column,
    uint32_t codes[VTERM_MAX_CHARS_PER_CELL])
{
	VTermPos pos = { .row = (int)row, .col = (int)column };
	VTermScreenCell cell;
	size_t n = 0;

	if (vterm_screen_get_cell(vt->screen, pos, &cell) != 1)
		abort();
	if (cell.chars[0] == (uint32_t)-1)
		return 0;
	while (n < VTERM_MAX_CHARS_PER_CELL && cell.chars[n] != 0) {
		codes[n] = cell.chars[n];
		n++;
	}
	if (n == 0)
		codes[n++] = ' ';
	return n;
}

const char *
vt_row(struct vt *vt, unsigned int row)
{
	static char text[GRID_COLUMNS_MAX * CLUSTER_BYTES_MAX + 1];
	uint32_t codes[VTERM_MAX_CHARS_PER_CELL];
	size_t len = 0, n;

	for (unsigned int column = 0; column < (unsigned int)vt->columns;
	     column++) {
		n = cell_codes(vt, row, column, codes);
		for (size_t i = 0; i < n; i++)
			len += utf8_encode(text + len, codes[i]);
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return text;
}

/* Returns whether the terminal's text in these columns begins as the cluster
 * does and has only blanks after it. */
static bool
shows_cluster(struct vt *vt, unsigned int row, unsigned int column,
    const struct cluster *cl)
{
	uint32_t shown[CODES_MAX], c;
	size_t count = 0, at = 0, i = 0, n;

	for (unsigned int k = 0; k < cl->columns; k++)
		count += cell_codes(vt, row, column + k, shown + count);
	while (count > 1 && shown[count - 1] == ' ')
		count--;
	for (; i < count && at < cl->len; i++, at += n) {
		n = utf8_decode(cl->bytes + at, cl->len - at, &c);
		if (n == 0 || c != shown[i])
			return false;
	}
	return i == count && count > 0;
}

bool
vt_shows(struct vt *vt, const struct grid *g)
{
	const struct cell *cell;

	for (unsigned int row = 0; row < g->rows; row++)
		for (unsigned int column = 0; column < g->columns; column++) {
			cell = grid_cell(g, row, column);
			if (cell->cluster.columns == 0 ||
			    shows_cluster(vt, row, column, &cell->cluster))
				continue;
			fprintf(stderr,
			    "\n  row %u column %u of %ux%u: \"%.*s\" expected "
			    "in \"%s\"\n",
			    row, column, g->columns, g->rows, cell->cluster.len,
			    cell->cluster.bytes, vt_row(vt, row));
			return false;
		}
	return true;
}
