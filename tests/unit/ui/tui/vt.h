/*
 * A terminal to draw on, libvterm's, which checks that it shows what a grid
 * says.
 */
#ifndef TESTS_UNIT_UI_TUI_VT_H
#define TESTS_UNIT_UI_TUI_VT_H

#include "ui/tui/grid.h"

#include <vterm.h>

struct vt {
	VTerm *term;
	VTermScreen *screen;
	int columns;
	int rows;
	unsigned int bells;
};

/* Opens it with autowrap off, as the tui has it. */
void vt_open(struct vt *, unsigned int columns, unsigned int rows);
void vt_close(struct vt *);
void vt_resize(struct vt *, unsigned int columns, unsigned int rows);
void vt_write(struct vt *, const char *bytes, size_t len);

/* Returns a row as UTF-8, without the blanks at its end; valid until the next
 * call. */
const char *vt_row(struct vt *, unsigned int row);

/*
 * Returns whether each cell shows what the grid has there. Of a cluster of
 * several code points the terminal may show only the first ones. It says on
 * standard error where it differs.
 */
bool vt_shows(struct vt *, const struct grid *);

#endif
