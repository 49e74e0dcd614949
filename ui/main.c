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

#include <jansson.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A background process may not read its terminal: EIO, tried again so. */
#define STDIN_RETRY USEC_PER_SEC
/* Messages taken from cryptod before the others have their turn. */
#define RECEIVE_MAX 64
/* Bytes of keys taken at once. */
#define KEYS_MAX 4096

enum {
	WAIT_IN,
	WAIT_OUT,
	WAIT_CONTROL,
	WAIT_CRYPTOD,
	WAIT_COUNT
};

struct process {
	struct child child;
	struct ui ui;
	uint64_t stdin_at; /* not read before */
	bool hung_up;	   /* what is left to be read is all that comes */
	sigset_t waiting;  /* what is blocked while ppoll waits */
	int exit_code;
};

/* Of the terminal, for the tui; they come only while ppoll waits. */
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

static void
poll_set(struct process *p, struct pollfd fds[WAIT_COUNT])
{
	struct ui *ui = &p->ui;
	bool input = ui_reads_input(ui) && ui->now >= p->stdin_at;
	short cryptod = ipc_poll_events(&ui->cryptod);

	if (!ui_reads_cryptod(ui))
		cryptod &= ~POLLIN;
	/* Without events too: to see that its writer or reader is gone. */
	fds[WAIT_IN] =
	    (struct pollfd){ input || !p->hung_up ? STDIN_FILENO : -1,
		    input ? POLLIN : 0, 0 };
	fds[WAIT_OUT] = (struct pollfd){ ui->out.gone ? -1 : STDOUT_FILENO,
		output_pending(&ui->out) ? POLLOUT : 0, 0 };
	fds[WAIT_CONTROL] = (struct pollfd){ p->child.control.fd,
		ipc_poll_events(&p->child.control), 0 };
	fds[WAIT_CRYPTOD] =
	    (struct pollfd){ ui->phase < UI_FLUSHING ? ui->cryptod.fd : -1,
		    cryptod, 0 };
}

static uint64_t
next_deadline(const struct process *p)
{
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
 * Asks for signals alone. Where a descriptor is ready, too, ppoll(2) tells of
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

/* It is not read, because what it says has to wait; and its writer is gone. */
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

/* If cryptod is gone, reads on whatever waits: up to the end. */
static void
read_cryptod(struct process *p, short revents)
{
	bool gone = (revents & (POLLERR | POLLHUP)) != 0;
	struct ui *ui = &p->ui;
	struct ipc_message_in in;

	ipc_flush(&ui->cryptod);
	for (int i = 0; i < RECEIVE_MAX; i++) {
		if (ui->phase >= UI_FLUSHING ||
		    (!gone && !ui_reads_cryptod(ui)) ||
		    (ui->phase < UI_QUITTING &&
			ui->receipt_count >= UI_RECEIPTS_MAX))
			return;
		switch (child_receive_from(&p->child, &ui->cryptod, &in)) {
		case IPC_GOT:
			break;
		case IPC_CLOSED:
			ui_cryptod_gone(ui);
			return;
		default:
			return;
		}
		if (ui_dispatch(ui, &in) == -1)
			child_fault(&p->child, &ui->cryptod, in.type);
	}
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

static void
read_control(struct process *p)
{
	const struct ipc_channel_end *end;
	struct ipc_message_in in;

	ipc_flush(&p->child.control);
	while (child_receive(&p->child, &p->child.control, &in)) {
		end = in.body;
		if (in.type == IPC_SHUTDOWN)
			ui_quit(&p->ui);
		else if (in.type == IPC_CHANNEL && end->role == ROLE_CRYPTOD)
			reopen(p, in.fd);
		else if (in.type == IPC_SCREEN && p->ui.tui != NULL)
			take_terminal(p);
		else if (in.type == IPC_NOTICE)
			ui_error(&p->ui, "%.*s", (int)in.tail_len,
			    (const char *)in.tail);
		else
			child_fault(&p->child, &p->child.control, in.type);
	}
}

static void
run(struct process *p)
{
	struct pollfd fds[WAIT_COUNT];
	struct timespec ts;

	for (;;) {
		read_clocks(&p->ui);
		look_at_terminal(p);
		ui_work(&p->ui);
		if (p->ui.phase == UI_DONE)
			return;
		if (p->ui.stop_wanted)
			ask_to_stop(p);
		poll_set(p, fds);
		if (ppoll(fds, WAIT_COUNT,
			clock_timeout(p->ui.now, next_deadline(p), &ts),
			p->ui.tui != NULL ? &p->waiting : NULL) == -1) {
			if (errno != EINTR)
				fatal("ppoll: %s", strerror(errno));
			continue;
		}
		if (was_continued(p))
			continue;
		read_clocks(&p->ui);
		if (fds[WAIT_CRYPTOD].revents != 0)
			read_cryptod(p, fds[WAIT_CRYPTOD].revents);
		if (fds[WAIT_CONTROL].revents != 0)
			read_control(p);
		if (fds[WAIT_OUT].revents != 0)
			write_output(p, fds[WAIT_OUT].revents);
		if (fds[WAIT_IN].revents != 0 && fds[WAIT_IN].events != 0)
			read_input(p);
		else if (fds[WAIT_IN].revents != 0)
			hang_up(p);
	}
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
