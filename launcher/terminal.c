/*
 * Restores the terminal. See terminal.h.
 */
#include "launcher/terminal.h"

#include "common/clock.h"
#include "common/terminal_modes.h"
#include "launcher/brief.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A terminal that is stopped, for example by Ctrl-S, takes nothing. */
#define PATIENCE (USEC_PER_SEC / 2)

void
terminal_save(struct terminal *t)
{
	const char *name = getenv("TERM");

	t->saved = tcgetattr(STDIN_FILENO, &t->attributes) == 0;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		t->at |= isatty(fd) ? 1U << fd : 0;
	t->used = t->screen = false;
	t->group = getpgrp();
	/* A shell that can continue us has given us a group of our own. */
	t->has_shell = t->group != getsid(0);
	t->undo = name != NULL && strcmp(name, "linux") == 0
	    ? TERMINAL_OFF_CONSOLE
	    : TERMINAL_OFF;
}

void
terminal_give_screen(struct terminal *t)
{
	t->used = t->screen = true;
}

bool
terminal_hung_up(const struct terminal *t)
{
	struct pollfd at[STDERR_FILENO + 1];
	const struct timespec now = { 0, 0 };
	bool gone = false;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		at[fd] =
		    (struct pollfd){ (t->at >> fd & 1) != 0 ? fd : -1, 0, 0 };
	ppoll(at, STDERR_FILENO + 1, &now, NULL);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		gone = gone || (at[fd].revents & POLLHUP) != 0;
	return gone;
}

bool
terminal_is_ours(const struct terminal *t)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);

	return group == -1 || group == t->group;
}

/* The attributes are not those that ui left: it takes signals for bytes, and
 * no shell does that while it reads a line. */
static bool
somebody_has_set_theirs(const struct terminal *t)
{
	struct termios now;

	return !terminal_is_ours(t) && tcgetattr(STDIN_FILENO, &now) == 0 &&
	    (now.c_lflag & ISIG) != 0;
}

void
terminal_restore(struct terminal *t)
{
	if (!t->saved || !t->used)
		return;
	t->used = false;
	/* The sequence is written in one piece, or output of others would get
	 * in between. */
	if (t->screen)
		brief_write(STDOUT_FILENO, t->undo, strlen(t->undo), PATIENCE);
	t->screen = false;
	/* TCSADRAIN would wait for a terminal that is stopped. */
	if (!somebody_has_set_theirs(t))
		tcsetattr(STDIN_FILENO, TCSANOW, &t->attributes);
}
