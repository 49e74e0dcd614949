/*
 * A text as a QR code (ISO/IEC 18004), drawn with half blocks: each character
 * is two modules, one above the other, which are squares where a character is
 * twice as high as it is wide.
 *
 * What is drawn are the light modules. With letters that are lighter than their
 * background, the code is then dark on light, as the standard says and every
 * scanner reads; on another terminal it is inverted, which not every scanner
 * reads. Who can set both colours does so (STYLE_QR of the tui).
 */
#ifndef UI_QR_H
#define UI_QR_H

#include "ui/buf.h"

#include <stdbool.h>

/* The light margin on each side, in modules: that of the standard, and one
 * that scanners take as well where there is no room for more. */
#define QR_MARGIN	4
#define QR_MARGIN_SMALL 2

/* The place for a code. */
struct qr_place {
	unsigned int columns;
	unsigned int rows; /* 0: as many as it takes */
	bool ascii;	   /* nothing but ASCII can be shown there */
};

/*
 * Draws the code of a text, a string that is not empty. It has the smallest
 * version (size) that holds the text at all, since a terminal has few rows and
 * a code on a screen gets no stains; and of that version the highest level of
 * error correction, which costs nothing.
 *
 * Returns true and appends the rows, all of the same number of columns and with
 * line feeds between them; or false, and appends a sentence that says why there
 * is none, and what to do.
 */
bool qr_put(struct buf *out, const char *text, const struct qr_place *);

#endif
