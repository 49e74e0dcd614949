/*
 * QR codes. See qr.h.
 */
#include "ui/qr.h"

#include "common/log.h"

#include <errno.h>
#include <qrencode.h>
#include <stdint.h>

#define LIGHT_BOTH  "█"
#define LIGHT_ABOVE "▀"
#define LIGHT_BELOW "▄"
#define DARK_BOTH   " "

static QRcode *
encode(const char *text, int version, QRecLevel level)
{
	QRcode *code = QRcode_encodeString(text, version, level, QR_MODE_8, 1);

	if (code == NULL && errno == ENOMEM)
		fatal("out of memory");
	return code;
}

/* Returns NULL if the text is longer than any code. */
static QRcode *
encode_smallest(const char *text)
{
	static const QRecLevel higher[] = { QR_ECLEVEL_H, QR_ECLEVEL_Q,
		QR_ECLEVEL_M };
	QRcode *code = encode(text, 0, QR_ECLEVEL_L), *better;

	for (size_t i = 0; code != NULL && i < 3; i++) {
		better = encode(text, code->version, higher[i]);
		/* A version that is too small is not an error: it grows. */
		if (better != NULL && better->version == code->version) {
			QRcode_free(code);
			return better;
		}
		QRcode_free(better);
	}
	return code;
}

/* A code and its margin, in modules from their top left. */
struct drawing {
	const QRcode *code;
	unsigned int margin;
	unsigned int width; /* with both margins */
};

static struct drawing
with_margin(const QRcode *code, unsigned int margin)
{
	return (struct drawing){ code, margin,
		(unsigned int)code->width + 2 * margin };
}

static unsigned int
rows_of(const struct drawing *d)
{
	return (d->width + 1) / 2;
}

static bool
fits(const struct drawing *d, const struct qr_place *place)
{
	return d->width <= place->columns &&
	    (place->rows == 0 || rows_of(d) <= place->rows);
}

/* What is not in the code is margin, and light. The last row has half a
 * module more of it than the others. */
static bool
is_light(const struct drawing *d, unsigned int column, unsigned int line)
{
	unsigned int width = (unsigned int)d->code->width;

	if (column < d->margin || column - d->margin >= width ||
	    line < d->margin || line - d->margin >= width)
		return true;
	return (d->code->data[(line - d->margin) * width + column - d->margin] &
		   1) == 0;
}

static void
draw(struct buf *out, const struct drawing *d)
{
	for (unsigned int row = 0; row < rows_of(d); row++) {
		if (row > 0)
			buf_puts(out, "\n");
		for (unsigned int column = 0; column < d->width; column++) {
			bool above = is_light(d, column, 2 * row);
			bool below = is_light(d, column, 2 * row + 1);

			buf_puts(out,
			    above && below ? LIGHT_BOTH
				: above	   ? LIGHT_ABOVE
				: below	   ? LIGHT_BELOW
					   : DARK_BOTH);
		}
	}
}

static void
say_no_room(struct buf *out, const struct drawing *d,
    const struct qr_place *place)
{
	buf_printf(out, "a QR code of this needs %u columns", d->width);
	if (place->rows > 0)
		buf_printf(out, " and %u rows", rows_of(d));
	buf_printf(out, ", and there are %u", place->columns);
	if (place->rows > 0)
		buf_printf(out,
		    " and %u: make the terminal larger, or its letters "
		    "smaller, and ask again",
		    place->rows);
}

bool
qr_put(struct buf *out, const char *text, const struct qr_place *place)
{
	struct drawing d;
	QRcode *code;
	bool drawn;

	if (place->ascii) {
		buf_puts(out,
		    "a QR code is drawn with characters that are not ASCII, "
		    "and the locale is not UTF-8");
		return false;
	}
	code = encode_smallest(text);
	if (code == NULL) {
		buf_puts(out, "this is too long for a QR code");
		return false;
	}
	d = with_margin(code, QR_MARGIN);
	if (!fits(&d, place))
		d = with_margin(code, QR_MARGIN_SMALL);
	drawn = fits(&d, place);
	if (drawn)
		draw(out, &d);
	else
		say_no_room(out, &d, place);
	QRcode_free(code);
	return drawn;
}
