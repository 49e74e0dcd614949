/*
 * Questions on the terminal. See ask_line.h.
 */
#include "launcher/ask_line.h"

#include <sys/signalfd.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static void
put(const struct asker *a, const char *text)
{
	/* A terminal that takes nothing has nobody who would answer. */
	if (write(a->terminal, text, strlen(text)) == -1)
		return;
}

void
ask_say(const struct asker *a, const char *text)
{
	put(a, text);
	put(a, "\n");
}

/* What a key or a closed terminal sends, and kill(1). SIGTTIN and SIGTTOU stop
 * us before we have changed anything. */
static void
fill_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGQUIT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGTSTP);
}

int
ask_open(struct asker *a)
{
	sigset_t set;

	fill_signals(&set);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		return -1;
	a->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (a->signals == -1)
		return -1;
	a->terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	return a->terminal == -1 ? -1 : 0;
}

/* Does what the signal does, which is to end or to stop us. */
static void
obey_signal(const struct asker *a)
{
	struct signalfd_siginfo info;
	sigset_t set;

	if (read(a->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	sigemptyset(&set);
	sigaddset(&set, (int)info.ssi_signo);
	(void)raise((int)info.ssi_signo);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

enum read_end {
	READ_LINE,
	READ_TOO_LONG,
	READ_END,
	READ_SIGNAL,
	READ_FAILED
};

/* Reads a line to the end of the text, byte by byte: what comes after it is
 * somebody else's. */
static enum read_end
read_line(const struct asker *a, char text[ASK_LINE_MAX], size_t *len)
{
	struct pollfd from[] = { { a->signals, POLLIN, 0 },
		{ a->terminal, POLLIN, 0 } };
	ssize_t n;
	char c;

	for (;;) {
		if (poll(from, 2, -1) == -1 && errno != EINTR)
			return READ_FAILED;
		if (from[0].revents != 0)
			return READ_SIGNAL;
		if (from[1].revents == 0)
			continue;
		n = read(a->terminal, &c, 1);
		if (n == -1 && errno != EINTR)
			return READ_FAILED;
		if (n == 0)
			return READ_END;
		if (n == 1 && c == '\n')
			break;
		if (n == 1 && *len < ASK_LINE_MAX - 1)
			text[(*len)++] = c;
	}
	text[*len] = '\0';
	return *len < ASK_LINE_MAX - 1 ? READ_LINE : READ_TOO_LONG;
}

/* What is typed from now on shows, or does not. */
static int
show(const struct asker *a, const struct termios *before, bool shown, int when)
{
	struct termios now = *before;

	now.c_lflag |= ICANON | ISIG | ECHO;
	if (!shown)
		now.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	return tcsetattr(a->terminal, when, &now);
}

/* Reads the rows of an answer. */
static enum read_end
read_rows(const struct asker *a, const struct termios *before, bool shown,
    ask_goes_on *goes_on, char text[ASK_LINE_MAX])
{
	size_t len = 0, row;
	enum read_end end;

	for (;;) {
		row = len;
		end = read_line(a, text, &len);
		/* The answer did not go to the next line, or there is none. */
		if (!shown || end == READ_END || end == READ_SIGNAL)
			put(a, "\n");
		if (end != READ_LINE || len == row || !goes_on(text, len))
			return end;
		shown = false;
		if (show(a, before, false, TCSANOW) == -1)
			return READ_FAILED;
		put(a, "The rest of it, or Enter: ");
	}
}

enum ask_end
ask_line(struct asker *a, const char *question, bool shown,
    ask_goes_on *goes_on, char line[ASK_LINE_MAX])
{
	struct termios before;
	enum read_end end;
	int error;

	do {
		if (tcgetattr(a->terminal, &before) == -1 ||
		    show(a, &before, shown, TCSAFLUSH) == -1)
			return ASK_FAILED;
		put(a, question);
		end = read_rows(a, &before, shown, goes_on, line);
		error = errno;
		(void)tcsetattr(a->terminal, TCSAFLUSH, &before);
		if (end == READ_SIGNAL)
			obey_signal(a);
	} while (end == READ_SIGNAL);
	if (end != READ_LINE)
		explicit_bzero(line, ASK_LINE_MAX);
	errno = error;
	return end == READ_LINE	   ? ASK_ANSWERED
	    : end == READ_TOO_LONG ? ASK_TOO_LONG
	    : end == READ_END	   ? ASK_LEFT
				   : ASK_FAILED;
}
