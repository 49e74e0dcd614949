/*
 * The terminal itself: its abilities, its size, raw mode and back. The
 * launcher, too, undoes the modes that are switched on here, whatever happens
 * to this process (common/terminal_modes.h).
 */
#ifndef UI_TUI_TERMINAL_H
#define UI_TUI_TERMINAL_H

#include "ui/tui/theme.h"

#include <stdbool.h>

struct terminal {
	enum theme_colours colours;
	bool links; /* takes OSC 8 */
	bool title; /* has one: OSC 2 */
	unsigned int columns;
	unsigned int rows;
};

/*
 * Looks up TERM in terminfo: to be called before the sandbox, since it opens a
 * file. Fills in everything but the size. Returns NULL, or the reason for which
 * no screen can be drawn on such a terminal.
 */
const char *terminal_probe(struct terminal *);

/* Asks for the size; 80 by 24 if the terminal does not know. Returns true if
 * it is another than before. */
bool terminal_measure(struct terminal *, int fd);

/* Makes input raw: every byte as it comes, no echo, no signals. Returns 0, or
 * -1 with errno. */
int terminal_raw(int fd);

#endif
