/*
 * The terminal's attributes as they were at start, put back at the end
 * whatever ui did with them.
 */
#ifndef LAUNCHER_TERMINAL_H
#define LAUNCHER_TERMINAL_H

#include <stdbool.h>
#include <termios.h>

struct terminal {
	bool saved;
	struct termios attributes;
};

void terminal_save(struct terminal *);
void terminal_restore(const struct terminal *);

#endif
