/*
 * The terminal. See terminal.h. All sequences that are written are of ECMA-48
 * or are ignored by terminals that do not know them; terminfo is asked only
 * whether the terminal understands them at all, and how many colours it has.
 */
#include "ui/tui/terminal.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#undef columns /* term.h's word for something else */

/* CUP as terminfo writes it for terminals of the family. */
#define CUP_ECMA48 "\033[%i%p1%d;%p2%dH"

#define COLUMNS_UNKNOWN 80
#define ROWS_UNKNOWN	24

static bool
is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && *value != '\0';
}

static enum theme_colours
colours_of(int count)
{
	const char *more = getenv("COLORTERM");

	if (is_set("NO_COLOR") || count < 8)
		return COLOURS_NONE;
	if (count >= 256 ||
	    (more != NULL &&
		(strcmp(more, "truecolor") == 0 || strcmp(more, "24bit") == 0)))
		return COLOURS_256;
	return COLOURS_16;
}

/* What terminfo says of the terminal, as long as it is there. */
static const char *
look_up(struct terminal *t)
{
	const char *term = getenv("TERM"), *cup = tigetstr("cup");

	if (cup == NULL || cup == (char *)-1 ||
	    strncmp(cup, CUP_ECMA48, strlen(CUP_ECMA48)) != 0)
		return "a terminal of this TERM does not understand ECMA-48";
	t->colours = colours_of(tigetnum("colors"));
	/* A Linux console prints the OSC sequences that it does not know. */
	t->links = t->title =
	    term == NULL || strncmp(term, "linux", strlen("linux")) != 0;
	return NULL;
}

const char *
terminal_probe(struct terminal *t)
{
	const char *why;
	int error;

	memset(t, 0, sizeof(*t));
	if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return "terminfo does not know this TERM; try "
		       "TERM=xterm-256color";
	why = look_up(t);
	del_curterm(cur_term);
	return why;
}

bool
terminal_measure(struct terminal *t, int fd)
{
	unsigned int columns = t->columns, rows = t->rows;
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) == -1 || size.ws_col == 0 ||
	    size.ws_row == 0) {
		size.ws_col = COLUMNS_UNKNOWN;
		size.ws_row = ROWS_UNKNOWN;
	}
	t->columns = size.ws_col;
	t->rows = size.ws_row;
	return t->columns != columns || t->rows != rows;
}

int
terminal_raw(int fd)
{
	struct termios raw;

	if (tcgetattr(fd, &raw) == -1)
		return -1;
	cfmakeraw(&raw);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	/* With TCSAFLUSH, earlier typing would be lost. */
	return tcsetattr(fd, TCSADRAIN, &raw);
}
