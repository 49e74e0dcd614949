/*
 * The theme: styles as escape sequences. See theme.h.
 */
#include "ui/tui/theme.h"

static const struct {
	int colour_256;
	int colour_16;
	unsigned int attributes;
	unsigned int plain;
} styles[STYLE_COUNT] = {
#define X(name, c256, c16, attributes, plain) \
	[STYLE_##name] = { c256, c16, attributes, plain },
	THEME_STYLES(X)
#undef X
};

void
theme_put(struct buf *out, enum style style, enum theme_colours colours)
{
	unsigned int attributes = colours == COLOURS_NONE
	    ? styles[style].plain
	    : styles[style].attributes;

	buf_puts(out, "\033[0");
	if (attributes & THEME_BOLD)
		buf_puts(out, ";1");
	if (attributes & THEME_DIM)
		buf_puts(out, ";2");
	if (attributes & THEME_UNDERLINE)
		buf_puts(out, ";4");
	if (attributes & THEME_REVERSE)
		buf_puts(out, ";7");
	if (colours == COLOURS_256 && styles[style].colour_256 >= 0)
		buf_printf(out, ";38;5;%d", styles[style].colour_256);
	else if (colours == COLOURS_16 && styles[style].colour_16 >= 0)
		buf_printf(out, ";3%d", styles[style].colour_16);
	if (attributes & THEME_ON_BLACK)
		buf_puts(out, colours == COLOURS_256 ? ";48;5;16" : ";40");
	buf_puts(out, "m");
}

unsigned int
theme_nicks(enum theme_colours colours)
{
	return colours == COLOURS_256 ? THEME_NICKS
	    : colours == COLOURS_16   ? THEME_NICKS_16
				      : 1;
}
