/*
 * Putting the terminal back. See terminal.h.
 */
#include "launcher/terminal.h"

#include "common/terminal_modes.h"

#include <sys/time.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A terminal that is stopped, by Ctrl-S say, takes nothing. */
#define PATIENCE_USEC 500000

static void
on_alarm(int sig)
{
	(void)sig;
}

void
terminal_save(struct terminal *t, bool tui)
{
	const struct sigaction sa = { .sa_handler = on_alarm };
	const char *name = getenv("TERM");

	sigaction(SIGALRM, &sa, NULL); /* no SA_RESTART: a call ends */
	t->saved = tcgetattr(STDIN_FILENO, &t->attributes) == 0;
	t->used = false;
	t->group = getpgrp();
	/* A shell that can continue us has given us a group of our own. */
	t->has_shell = t->group != getsid(0);
	t->undo = "";
	if (tui)
		t->undo = name != NULL && strcmp(name, "linux") == 0
		    ? TERMINAL_OFF_CONSOLE
		    : TERMINAL_OFF;
}

/*
 * In one piece, or what others write would get in between. A descriptor that
 * is not ours alone has to stay a blocking one: so a timer ends the call, and
 * again, should it ring before.
 */
static void
put(const char *text)
{
	const struct itimerval ring = { { 0, PATIENCE_USEC },
		{ 0, PATIENCE_USEC } };
	const struct itimerval never = { 0 };

	setitimer(ITIMER_REAL, &ring, NULL);
	if (write(STDOUT_FILENO, text, strlen(text)) == -1)
		errno = 0; /* then it is not to be helped */
	setitimer(ITIMER_REAL, &never, NULL);
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
	if (*t->undo != '\0')
		put(t->undo);
	/* Not TCSADRAIN: it would wait for a terminal that is stopped. */
	if (!somebody_has_set_theirs(t))
		tcsetattr(STDIN_FILENO, TCSANOW, &t->attributes);
}
