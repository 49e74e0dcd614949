/*
 * gochat-ui: the terminal's process. Takes its configuration, enters the
 * sandbox, then waits for the user, the output, the launcher and cryptod.
 */
#include "ui/ascii.h"
#include "ui/errors.h"
#include "ui/leave.h"
#include "ui/phase.h"
#include "ui/trust.h"
#include "ui/tui/tui.h"

#include "common/child.h"
#include "common/filter_table.h"
#include "common/log.h"
#include "common/loop.h"

#include <jansson.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A background process may not read its terminal: EIO, tried again so. */
#define STDIN_RETRY USEC_PER_SEC
/* Messages taken from cryptod before the others have their turn. */
#define TURN 64
/* Bytes of keys taken at once. */
#define KEYS_MAX 4096

/* Descriptors besides channels. */
enum {
	WAIT_OUT,
	WAIT_IN,
	WAIT_COUNT
};

_Static_assert(WAIT_COUNT <= LOOP_FDS, "more than a loop waits for");

struct process {
	struct child child;
	struct loop loop;
	struct loop_channel *cryptod; /* of the loop */
	struct ui ui;
	uint64_t stdin_at; /* not read before */
	bool hung_up;	   /* what is left to be read is all that comes */
	sigset_t waiting;  /* what is blocked while the loop waits */
	int exit_code;
};

/* Signals of the terminal, for the tui; they come only while the loop waits. */
static volatile sig_atomic_t resized, continued;

static void
on_signal(int signal)
{
	if (signal == SIGCONT)
		continued = 1;
	else
		resized = 1;
}

static void
catch_signals(struct process *p)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGCONT);
	sigprocmask(SIG_BLOCK, &set, &p->waiting);
	p->loop.waiting = &p->waiting;
	sigaction(SIGWINCH, &action, NULL);
	sigaction(SIGCONT, &action, NULL);
}

static void
read_clocks(struct ui *ui)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ui->wall_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	ui->now = clock_now();
}

/* What the next wait is for. */
static void
choose_descriptors(struct process *p)
{
	struct ui *ui = &p->ui;
	bool input = ui_reads_input(ui) && ui->now >= p->stdin_at;

	/* Without events too: to see that its writer or reader is gone. */
	p->loop.fds[WAIT_IN] =
	    (struct pollfd){ input || !p->hung_up ? STDIN_FILENO : -1,
		    input ? POLLIN : 0, 0 };
	p->loop.fds[WAIT_OUT] =
	    (struct pollfd){ ui->out.gone ? -1 : STDOUT_FILENO,
		    output_pending(&ui->out) ? POLLOUT : 0, 0 };
	p->cryptod->off = ui->phase >= UI_FLUSHING;
}

static uint64_t
deadline(const void *self)
{
	const struct process *p = self;

	if (p->stdin_at > p->ui.now && ui_reads_input(&p->ui))
		return clock_min(p->stdin_at, ui_deadline(&p->ui));
	return ui_deadline(&p->ui);
}

/* The launcher knows whether the terminal is ours, and puts it back however we
 * end, once it has given the screen to us: nothing is drawn before. */
static void
ask_for_screen(struct process *p)
{
	tui_suspend(&p->ui);
	ipc_send(&p->child.control, IPC_SCREEN_ASK, NULL, NULL, 0);
}

static void
take_terminal(struct process *p)
{
	struct ui *ui = &p->ui;

	if (terminal_raw(STDIN_FILENO) == -1)
		log_warn("cannot set up the terminal: %s", strerror(errno));
	terminal_measure(&ui->tui->terminal, STDOUT_FILENO);
	tui_resume(ui);
}

/* The tui, if the terminal can show it; else the plain view has to do. Before
 * the sandbox: terminfo is read. */
static void
open_screen(struct process *p, const struct ipc_config_ui *config)
{
	struct terminal terminal;
	const char *why;

	why = terminal_probe(&terminal);
	if (why != NULL) {
		ui_error(&p->ui, "no full screen, but --ui plain: %s", why);
		return;
	}
	catch_signals(p);
	tui_open(&p->ui, config, &terminal);
}

/* What the signals told. */
static void
look_at_terminal(struct process *p)
{
	struct ui *ui = &p->ui;

	if (ui->tui == NULL)
		return;
	/* The shell continues the whole job, in the background, too. */
	if (continued)
		ask_for_screen(p);
	else if (resized && terminal_measure(&ui->tui->terminal, STDOUT_FILENO))
		tui_resized(ui);
	continued = resized = 0;
}

/*
 * Asks for signals alone. Where a descriptor is ready, too, ppoll(2) reports
 * that and leaves the signal for the next time; a frame drawn until then would
 * be on the screen that the shell has.
 */
static bool
was_continued(const struct process *p)
{
	const struct timespec at_once = { 0, 0 };

	if (p->ui.tui == NULL)
		return false;
	ppoll(NULL, 0, &at_once, &p->waiting);
	return continued;
}

/* Ctrl-Z: the launcher stops us all, and gives the terminal back meanwhile. */
static void
ask_to_stop(struct process *p)
{
	p->ui.stop_wanted = false;
	ipc_send(&p->child.control, IPC_STOP, NULL, NULL, 0);
}

static int
read_keys(struct ui *ui)
{
	char bytes[KEYS_MAX];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	if (n == -1)
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	if (n == 0)
		input_end(&ui->in);
	ui->view->keys(ui, bytes, (size_t)n);
	return 0;
}

static void
read_input(struct process *p)
{
	struct ui *ui = &p->ui;

	if ((ui->view->keys != NULL ? read_keys(ui)
				    : input_read(&ui->in, STDIN_FILENO)) == 0)
		return;
	if (errno == EIO) {
		p->stdin_at = ui->now + STDIN_RETRY;
		return;
	}
	ui_error(ui, "cannot read the input: %s", strerror(errno));
	input_end(&ui->in);
}

/* The input is not read, because what it says has to wait; and its writer is
 * gone. */
static void
hang_up(struct process *p)
{
	p->hung_up = true;
	if (p->ui.phase == UI_RUNNING && p->stdin_at <= p->ui.now)
		ui_drain(&p->ui);
}

static void
output_failed(struct process *p, int error)
{
	if (error != EPIPE) {
		log_error("cannot write the output: %s", strerror(error));
		p->exit_code = CHILD_UNABLE;
	}
	ui_output_gone(&p->ui);
}

static void
write_output(struct process *p, short revents)
{
	if (revents & POLLNVAL)
		output_failed(p, EBADF);
	else if (revents & (POLLERR | POLLHUP))
		output_failed(p, EPIPE);
	else if (output_write(&p->ui.out, STDOUT_FILENO) == -1)
		output_failed(p, errno);
}

/* What cryptod said before it died is taken whether or not the output has room
 * for it, as long as there is a receipt for each text. */
static bool
may_read_cryptod(const void *self, bool gone)
{
	const struct process *p = self;
	const struct ui *ui = &p->ui;

	if (!gone)
		return ui_reads_cryptod(ui);
	return ui->phase == UI_QUITTING ||
	    (ui->phase < UI_QUITTING && ui->receipt_count < UI_RECEIPTS_MAX);
}

static void
cryptod_gone(void *self, struct ipc_channel *ch)
{
	struct process *p = self;

	(void)ch;
	ui_cryptod_gone(&p->ui);
}

/* There is a new cryptod. If the old one is not known to be gone, it is now:
 * what else it said is said again. */
static void
reopen(struct process *p, int fd)
{
	struct ui *ui = &p->ui;
	bool gone = ui->cryptod.fd == -1;

	child_reopen(&p->child, &ui->cryptod, FD_CRYPTOD, fd);
	if (!gone)
		ui_cryptod_gone(ui);
	ui_cryptod_came(ui);
}

static int
on_channel(void *self, const struct ipc_message_in *in)
{
	const struct ipc_channel_end *end = in->body;

	if (end->role != ROLE_CRYPTOD)
		return -1;
	reopen(self, in->fd);
	return 0;
}

static int
on_screen(void *self, const struct ipc_message_in *in)
{
	struct process *p = self;

	(void)in;
	if (p->ui.tui == NULL)
		return -1;
	take_terminal(p);
	return 0;
}

static int
on_notice(void *self, const struct ipc_message_in *in)
{
	struct process *p = self;

	ui_error(&p->ui, "%.*s", (int)in->tail_len, (const char *)in->tail);
	return 0;
}

static int
on_shutdown(void *self, const struct ipc_message_in *in)
{
	struct process *p = self;

	(void)in;
	ui_quit(&p->ui);
	return 0;
}

/* The wait is over. Nothing is taken while the shell may have the screen. */
static bool
woke(void *self)
{
	struct process *p = self;

	read_clocks(&p->ui);
	return !was_continued(p);
}

/* The output first: it makes room for what the input says. */
static void
ready(void *self)
{
	struct process *p = self;
	const struct pollfd *in = &p->loop.fds[WAIT_IN];

	if (p->loop.fds[WAIT_OUT].revents != 0)
		write_output(p, p->loop.fds[WAIT_OUT].revents);
	if (in->revents != 0 && in->events != 0)
		read_input(p);
	else if (in->revents != 0)
		hang_up(p);
}

static void
work(void *self)
{
	struct process *p = self;

	read_clocks(&p->ui);
	look_at_terminal(p);
	ui_work(&p->ui);
	if (p->ui.phase == UI_DONE)
		return;
	if (p->ui.stop_wanted)
		ask_to_stop(p);
	choose_descriptors(p);
}

static void
init_loop(struct process *p)
{
	const struct handler handlers[] = {
		{ IPC_SHUTDOWN, on_shutdown, p },
		{ IPC_CHANNEL, on_channel, p },
		{ IPC_SCREEN, on_screen, p },
		{ IPC_NOTICE, on_notice, p },
	};
	struct loop *l = &p->loop;

	loop_init(l, &p->child, p, &p->ui.now);
	dispatch_add(&l->handlers, handlers,
	    sizeof(handlers) / sizeof(handlers[0]));
	ui_add_handlers(&p->ui, &l->handlers);
	p->cryptod = loop_add(l, &p->ui.cryptod, TURN);
	p->cryptod->may_read = may_read_cryptod;
	p->cryptod->gone = cryptod_gone;
	p->cryptod->heard_out = true;
	l->fd_count = WAIT_COUNT;
	l->deadline = deadline;
	l->woke = woke;
	l->ready = ready;
	l->work = work;
}

static void
run(struct process *p)
{
	for (work(p); p->ui.phase != UI_DONE;)
		loop_turn(&p->loop);
}

/* The tui shows nothing that its own process logs. */
static void
tell_of_ascii(struct ui *ui)
{
	static const char text[] =
	    "the locale (LC_ALL, LC_CTYPE or LANG) is not UTF-8: characters "
	    "outside ASCII are shown as ? or <U+00E9>";

	if (ui->tui != NULL)
		ui->view->notice(ui, text);
	else
		log_warn("%s", text);
}

int
main(void)
{
	static struct process p;
	struct ipc_config_ui config = { 0 };

	child_start(&p.child, PROCESS_UI, IPC_CONFIG_UI, &config,
	    sizeof(config), &config.mode);
	ui_init(&p.ui, &config,
	    config.kind == UI_JSON ? &view_json : &view_plain);
	child_open(&p.child, &p.ui.cryptod, FD_CRYPTOD, ROLE_CRYPTOD);
	init_loop(&p);
	p.ui.terminal = isatty(STDIN_FILENO) == 1;
	/* The first time it opens a file: not in the sandbox. */
	json_object_seed(0);
	read_clocks(&p.ui);
	if (config.kind != UI_JSON && ascii_is_wanted())
		ui_use_ascii(&p.ui);
	if (config.kind == UI_TUI)
		open_screen(&p, &config);
	child_enter_sandbox(&p.child, &filter_ui);
	read_clocks(&p.ui);
	if (p.ui.tui != NULL)
		ask_for_screen(&p);
	if (p.ui.ascii && p.ui.mode == MODE_CLIENT && !config.restarted)
		tell_of_ascii(&p.ui);
	/* A client's user is told when all is back that there was. */
	if (config.restarted && p.ui.mode == MODE_BOOTNODE)
		ui_error(&p.ui, "ui ended and was restarted");
	p.ui.outcome.unknown = config.restarted;
	run(&p);
	_exit(p.exit_code != 0 ? p.exit_code : outcome_exit_code(&p.ui));
}
