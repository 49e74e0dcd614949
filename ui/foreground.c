/*
 * The terminal as the shell lends it. See foreground.h.
 */
#include "ui/foreground.h"

#include "ui/tui/tui.h"

#include "common/log.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t resized, continued;

static void
on_signal(int signal)
{
	if (signal == SIGCONT)
		continued = 1;
	else
		resized = 1;
}

void
foreground_catch(struct process *p)
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

void
foreground_ask(struct process *p)
{
	tui_suspend(&p->ui);
	ipc_send(&p->child.control, IPC_SCREEN_ASK, NULL, NULL, 0);
}

void
foreground_take(struct process *p)
{
	struct ui *ui = &p->ui;

	if (terminal_raw(p->in) == -1)
		log_warn("cannot set up the terminal: %s", strerror(errno));
	terminal_measure(&ui->tui->terminal, p->out);
	tui_resume(ui);
}

void
foreground_look(struct process *p)
{
	struct ui *ui = &p->ui;

	if (ui->tui == NULL)
		return;
	/* The shell continues the whole job, in the background, too. */
	if (continued)
		foreground_ask(p);
	else if (resized && terminal_measure(&ui->tui->terminal, p->out))
		tui_resized(ui);
	continued = resized = 0;
}

/*
 * Asks for signals alone. If a descriptor is ready, too, ppoll(2) reports that
 * and leaves the signal for the next time; a frame drawn until then would be on
 * the shell's screen.
 */
bool
foreground_returned(const struct process *p)
{
	const struct timespec at_once = { 0, 0 };

	if (p->ui.tui == NULL)
		return false;
	ppoll(NULL, 0, &at_once, &p->waiting);
	return continued;
}

void
foreground_stop(struct process *p)
{
	p->ui.stop_wanted = false;
	ipc_send(&p->child.control, IPC_STOP, NULL, NULL, 0);
}
