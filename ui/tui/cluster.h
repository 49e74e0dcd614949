/*
 * Text cut into what a reader takes for one character: extended grapheme
 * clusters (UAX #29), and how many columns each takes on a terminal.
 */
#ifndef UI_TUI_CLUSTER_H
#define UI_TUI_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A longer cluster is cut into several: a cell of the screen holds so much. */
#define CLUSTER_BYTES_MAX   32
#define CLUSTER_COLUMNS_MAX 4

struct cluster {
	char bytes[CLUSTER_BYTES_MAX]; /* as to be drawn, zeros after it */
	uint8_t len;
	uint8_t columns; /* 1 to CLUSTER_COLUMNS_MAX */
	/* Bytes of the first code point drawn: it may stand alone if a terminal
	 * that draws the parts side by side has no room. */
	uint8_t base;
	/* Every terminal agrees on the columns. Terminals with older or newer
	 * tables than ours may draw more or fewer for others. */
	bool certain;
	/* The most columns that a terminal may take for it. */
	uint8_t columns_worst;
};

/*
 * Reads the first cluster of s, valid UTF-8 of len bytes, at least one, after
 * text_clean(), so that nothing in it steers a terminal. Returns how many bytes
 * of s it takes. Marks without a base get U+25CC, a dotted circle, to be drawn
 * on.
 */
size_t cluster_next(const char *s, size_t len, struct cluster *);

/* Returns the columns that all of s takes. */
size_t cluster_columns(const char *s, size_t len);

#endif
