/*
 * A terminal and who types at it. See asked.h.
 */
#include "tests/unit/launcher/asked.h"

#include <sys/wait.h>

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE 10000 /* milliseconds */

/* Who has started the tests may have had signals ignored, as nohup(1) and the
 * jobs of a script do, and what is ignored is so in children. */
static void
heed_signals(void)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
		SIGTSTP, SIGALRM };
	sigset_t none;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)signal(numbers[i], SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void
be_asked(const char *tty, int out, int (*ask)(int out))
{
	heed_signals();
	(void)alarm(2 * PATIENCE / 1000);
	if (setsid() == -1 || (tty != NULL && open(tty, O_RDWR) == -1))
		_exit(99);
	_exit(ask(out));
}

void
asked_start(struct asked *t, bool has_terminal, int (*ask)(int out))
{
	int out[2];

	memset(t, 0, sizeof(*t));
	t->terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	CU_ASSERT_FATAL(t->terminal != -1 && grantpt(t->terminal) == 0);
	CU_ASSERT_FATAL(unlockpt(t->terminal) == 0);
	CU_ASSERT_FATAL(tcgetattr(t->terminal, &t->before) == 0);
	CU_ASSERT_FATAL(pipe2(out, O_CLOEXEC) == 0);
	t->pid = fork();
	CU_ASSERT_FATAL(t->pid != -1);
	if (t->pid == 0)
		be_asked(has_terminal ? ptsname(t->terminal) : NULL, out[1],
		    ask);
	(void)close(out[1]);
	t->out = out[0];
}

void
asked_await(struct asked *t, const char *text)
{
	struct pollfd p = { .fd = t->terminal, .events = POLLIN };
	const char *found;
	ssize_t n;

	while ((found = strstr(t->screen + t->seen, text)) == NULL) {
		if (poll(&p, 1, PATIENCE) != 1 ||
		    t->len == sizeof(t->screen) - 1)
			break;
		n = read(t->terminal, t->screen + t->len,
		    sizeof(t->screen) - 1 - t->len);
		if (n <= 0)
			break;
		t->len += (size_t)n;
	}
	if (found == NULL)
		fprintf(stderr, "\n  no <%s> in <%s>\n", text,
		    t->screen + t->seen);
	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	t->seen = (size_t)(found - t->screen) + strlen(text);
}

void
asked_type(struct asked *t, const char *keys)
{
	CU_ASSERT_EQUAL(write(t->terminal, keys, strlen(keys)),
	    (ssize_t)strlen(keys));
}

void
asked_answer(struct asked *t, const char *question, const char *keys)
{
	asked_await(t, question);
	asked_type(t, keys);
}

int
asked_end(struct asked *t, const char *written)
{
	char got[ASKED_TEXT_MAX];
	struct termios after;
	size_t len = 0;
	int status = 0;
	ssize_t n;

	while ((n = read(t->out, got + len, sizeof(got) - 1 - len)) > 0)
		len += (size_t)n;
	got[len] = '\0';
	CU_ASSERT_EQUAL(waitpid(t->pid, &status, 0), t->pid);
	CU_ASSERT_STRING_EQUAL(got, written);
	if (strcmp(got, written) != 0)
		fprintf(stderr, "\n  got <%s>, not <%s>\n", got, written);
	CU_ASSERT_EQUAL(tcgetattr(t->terminal, &after), 0);
	CU_ASSERT_EQUAL(after.c_lflag, t->before.c_lflag);
	(void)close(t->out);
	(void)close(t->terminal);
	return status;
}
