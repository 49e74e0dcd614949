/*
 * The end of the ui process. See leave.h.
 */
#include "ui/leave.h"

#include "ui/errors.h"
#include "ui/phase.h"

/* So many of the lines that were never sent are named. */
#define HELD_NAMED 64

/* A line was not sent: names it, if it is one of the first. */
static void
report_line(struct ui *ui, const char *why, const char *excerpt, size_t number)
{
	if (number < HELD_NAMED)
		ui_error(ui, "not sent, because %s: \"%s\"", why, excerpt);
}

static void
report_more(struct ui *ui, const char *why, size_t more)
{
	if (more > 0)
		ui_error(ui, "not sent, because %s: %zu more lines", why, more);
}

static const char no_bootnode[] = "there is no connection to a bootnode";

static void
report_held(struct ui *ui, bool unread)
{
	const char *why =
	    ui->model.joined ? "gochat was told to quit first" : no_bootnode;
	uint64_t seq = ui->said.oldest;
	char excerpt[SAID_EXCERPT];
	size_t count = 0, more;

	later_drop(ui, why);
	/* cryptod sends nothing before a bootnode has admitted us. */
	for (; !ui->model.joined && said_unsent(&ui->said, &seq); seq++)
		report_line(ui, why, said_excerpt(&ui->said, seq), count++);
	while (said_drop(&ui->said, excerpt))
		report_line(ui, why, excerpt, count++);
	more = count > HELD_NAMED ? count - HELD_NAMED : 0;
	more += turns_drop(&ui->turns);
	report_more(ui, why, more);
	if (count > 0 || more > 0 || unread)
		ui->outcome.not_sent = true;
	if (unread)
		ui_error(ui, "not sent, because %s: the rest of the input",
		    why);
}

/* Texts of the ui before this one wait with cryptod, too. We may have quit
 * before it told us of that. */
static void
report_past(struct ui *ui)
{
	const struct ui_past *past = &ui->past;

	if (ui->model.joined || past->own_count == 0)
		return;
	ui->outcome.not_sent = true;
	for (size_t i = 0; i < past->own_count; i++)
		report_line(ui, no_bootnode, past->own[i].excerpt, i);
	if (past->own_count > HELD_NAMED)
		report_more(ui, no_bootnode, past->own_count - HELD_NAMED);
}

void
ui_quit(struct ui *ui)
{
	bool unread = ui->phase == UI_DRAINING && !ui->in.ended;

	if (ui->phase >= UI_QUITTING)
		return;
	/* The last texts go out, though nobody waits for them. */
	said_pump(&ui->said, &ui->cryptod);
	ui_enter(ui, UI_QUITTING, UI_GOODBYE_TIME);
	report_held(ui, unread);
	if (ipc_send(&ui->cryptod, IPC_QUIT, NULL, NULL, 0) == -1)
		ui_goodbye(ui); /* nobody is there to say it */
}

void
ui_goodbye(struct ui *ui)
{
	/* Before that nothing was sent, and that has been told. */
	size_t open =
	    ui->model.joined ? said_open(&ui->said) + ui->past.own_count : 0;

	report_past(ui);
	missed_tell(ui, true);
	if (open > 0)
		ui->outcome.unknown = true;
	if (open > 0)
		ui_error(ui,
		    "it is not known whether everybody received your last %zu "
		    "message%s",
		    open, open == 1 ? "" : "s");
	ui->view->bye(ui);
	ui_enter(ui, UI_FLUSHING, UI_FLUSH_TIME);
}
