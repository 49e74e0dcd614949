/*
 * A ui process on trial. See trial.h.
 */
#include "tests/unit/ui/trial.h"

#include "ui/foreground.h"
#include "ui/start.h"

#include "common/log.h"

#include "tests/unit/ipc_pair.h"
#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <sys/ioctl.h>

#include <curses.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static uint64_t now;
static char logged[LOG_LEVEL_COUNT + 512];

static void
read_clocks(struct ui *ui)
{
	ui->now = now;
	ui->wall_ms = FIXTURE_WALL_MS;
}

static void
on_log(enum log_level level, bool event, const char *text)
{
	(void)level;
	(void)event;
	snprintf(logged, sizeof(logged), "%s", text);
}

static struct ipc_config_ui
client(enum ui_kind kind)
{
	return (struct ipc_config_ui){
		.first_seq = 1,
		.mode = MODE_CLIENT,
		.kind = (uint8_t)kind,
		.nick_len = 5,
		.room_len = 4,
		.nick = "alice",
		.room = "room",
	};
}

/* All but the configuration. */
static void
prepare(struct trial *t)
{
	t->p = calloc(1, sizeof(*t->p));
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->p);
	t->p->read_clocks = read_clocks;
	now = 1000 * USEC_PER_SEC;
	logged[0] = '\0';
	log_to_function(on_log);
	setenv("TZ", "UTC", 1);
	tzset();
}

static void
set_up(struct trial *t, const struct ipc_config_ui *config)
{
	start_outside(t->p, config);
	ipc_pair(&t->p->child.control, ROLE_UI, &t->launcher, ROLE_LAUNCHER);
	ipc_pair(&t->p->ui.front->cryptod, ROLE_UI, &t->cryptod, ROLE_CRYPTOD);
	t->p->child.role = ROLE_UI;
	t->p->child.mode = MODE_CLIENT;
	t->p->rooms_fd = t->p->ui.front->cryptod.fd;
	t->p->connected = true;
	now++; /* a sandbox takes its time */
	start_inside(t->p, config);
	CU_ASSERT_EQUAL(t->p->ui.now, now);
}

void
trial_start(struct trial *t, const struct ipc_config_ui *config)
{
	int in[2], out[2];

	prepare(t);
	CU_ASSERT_EQUAL_FATAL(pipe2(in, O_NONBLOCK | O_CLOEXEC), 0);
	CU_ASSERT_EQUAL_FATAL(pipe2(out, O_NONBLOCK | O_CLOEXEC), 0);
	t->p->in = in[0];
	t->in = in[1];
	t->out = out[0];
	t->p->out = out[1];
	set_up(t, config);
}

void
trial_open(struct trial *t, enum ui_kind kind)
{
	struct ipc_config_ui config = client(kind);

	trial_start(t, &config);
}

void
trial_open_tui(struct trial *t)
{
	const struct winsize size = { .ws_col = 90, .ws_row = 30 };
	struct ipc_config_ui config = client(UI_TUI);
	int flags = O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK;

	prepare(t);
	setenv("TERM", "xterm-256color", 1);
	t->in = t->out = posix_openpt(flags);
	CU_ASSERT_FATAL(t->in != -1 && grantpt(t->in) == 0);
	CU_ASSERT_EQUAL_FATAL(unlockpt(t->in), 0);
	t->p->in = open(ptsname(t->in), flags);
	t->p->out = open(ptsname(t->in), flags);
	CU_ASSERT_FATAL(t->p->in != -1 && t->p->out != -1);
	CU_ASSERT_EQUAL_FATAL(ioctl(t->in, TIOCSWINSZ, &size), 0);
	set_up(t, &config);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->p->ui.tui);
}

void
trial_close(struct trial *t)
{
	if (t->p->loop.waiting != NULL) {
		signal(SIGWINCH, SIG_DFL);
		signal(SIGCONT, SIG_DFL);
		sigprocmask(SIG_SETMASK, t->p->loop.waiting, NULL);
	}
	ipc_close(&t->p->child.control);
	ipc_close(&t->p->ui.front->cryptod);
	ipc_close(&t->launcher);
	ipc_close(&t->cryptod);
	close(t->p->in);
	close(t->p->out);
	close(t->in);
	if (t->out != t->in)
		close(t->out);
	ui_free(&t->p->ui);
	free(t->p);
	if (cur_term != NULL)
		del_curterm(cur_term); /* what terminal_probe() looked up */
	log_to_function(NULL);
}

void
trial_wait(uint64_t usec)
{
	now += usec;
}

void
trial_work(struct trial *t)
{
	t->p->loop.work(t->p);
}

void
trial_ready(struct trial *t, int which, short revents)
{
	for (int i = 0; i < WAIT_COUNT; i++)
		t->p->loop.fds[i].revents = i == which ? revents : 0;
	t->p->loop.ready(t->p);
}

int
trial_tell(struct trial *t, enum ipc_type type, const void *body,
    const void *tail, size_t len, int fd)
{
	struct ipc_message_in in = { type, body, tail != NULL ? tail : "", len,
		fd, now };

	return dispatch_message(&t->p->loop.handlers, t->p->ui.front, &in);
}

const char *
trial_output(struct trial *t)
{
	static char text[65536];
	size_t len = 0;
	ssize_t n;

	do {
		trial_work(t);
		if (output_pending(&t->p->ui.out))
			trial_ready(t, WAIT_OUT, POLLOUT);
		n = read(t->out, text + len, sizeof(text) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	text[len] = '\0';
	return text;
}

void
trial_expect(struct ipc_channel *ch, enum ipc_type type)
{
	struct ipc_message_in in;
	enum ipc_type got;

	do
		got = ipc_receive(ch, &in) == IPC_GOT ? in.type : IPC_NONE;
	while (got == IPC_PLACES && type != IPC_PLACES);
	CU_ASSERT_EQUAL(got, type);
}

const char *
trial_logged(void)
{
	return logged;
}
