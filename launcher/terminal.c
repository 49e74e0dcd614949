/*
 * The terminal's attributes. See terminal.h.
 */
#include "launcher/terminal.h"

#include <unistd.h>

void
terminal_save(struct terminal *t)
{
	t->saved = tcgetattr(STDIN_FILENO, &t->attributes) == 0;
}

void
terminal_restore(const struct terminal *t)
{
	if (t->saved)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &t->attributes);
}
