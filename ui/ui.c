/*
 * The life of the ui process: input, the user's texts, receipts, the death of
 * cryptod. See ui.h.
 */
#include "ui/ui.h"

#include "ui/errors.h"
#include "ui/leave.h"
#include "ui/people.h"
#include "ui/receipts.h"
#include "ui/tell.h"

#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
ui_init(struct ui *ui, const struct ipc_config_ui *config,
    const struct view *view)
{
	ui->mode = (enum mode)config->mode;
	ui->view = view;
	ui->deadline = ui->return_by = CLOCK_NEVER;
	input_init(&ui->in, ui->view->line_max);
	turns_init(&ui->turns);
	model_init(&ui->model, config);
	memcpy(ui->state_dir, config->state_dir, sizeof(ui->state_dir));
	ui->invite_wanted = config->show_invite;
	said_init(&ui->said, config->first_seq);
	said_name(&ui->said, config->nick, config->nick_len);
	ui->past.awaited = config->restarted && ui->mode == MODE_CLIENT;
}

void
ui_use_ascii(struct ui *ui)
{
	ui->ascii = ui->model.ascii = true;
}

void
ui_free(struct ui *ui)
{
	if (ui->view->close != NULL)
		ui->view->close(ui);
	input_free(&ui->in);
	turns_drop(&ui->turns);
	output_free(&ui->out);
	model_free(&ui->model);
	known_free(&ui->known);
	buf_free(&ui->comparing);
	said_free(&ui->said);
	later_drop(ui, NULL);
	past_free(&ui->past);
}

bool
ui_reads_input(const struct ui *ui)
{
	if (ui->view->keys != NULL)
		return ui->phase == UI_RUNNING && !ui->in.ended &&
		    ui->view->takes_keys(ui);
	return ui->phase <= UI_DRAINING && input_wants(&ui->in) &&
	    !turns_full(&ui->turns);
}

bool
ui_reads_cryptod(const struct ui *ui)
{
	/* A client that leaves is to hear the goodbye. */
	return ui->phase == UI_QUITTING ||
	    (ui->phase <= UI_DRAINING && !output_full(&ui->out) &&
		ui->receipt_count < UI_RECEIPTS_MAX &&
		(ui->view->full == NULL || !ui->view->full(ui)));
}

static void
show_peer(void *arg, const struct peer *p)
{
	struct ui *ui = arg;

	ui_tell_peer(ui, p);
}

/* The texts that had gone out to the peers who were back. */
struct unsent {
	struct ui *ui;
	size_t count;
	uint64_t last;
};

static void
now_unknown(void *arg, uint64_t seq)
{
	struct unsent *u = arg;
	bool open;

	u->count++;
	u->last = seq;
	u->ui->view->sent(u->ui, seq, said_peers(&u->ui->said, seq, &open),
	    SENT_UNKNOWN);
}

static void
unsend(struct ui *ui)
{
	struct unsent u = { .ui = ui };

	said_unsend(&ui->said, now_unknown, &u);
	if (u.count == 0)
		return;
	ui->outcome.unknown = true;
	ui_error(ui,
	    "people who had not returned yet do not get %zu of your messages, "
	    "and gochat does not know who they are; the last is \"%s\"",
	    u.count, said_excerpt(&ui->said, u.last));
}

static const char *
what_comes_again(const struct ui *ui)
{
	if (ui->mode == MODE_BOOTNODE)
		return "clients join again when it is back";
	if (ui->past.own_count > 0)
		return "when it is back, gochat sends again what you said "
		       "since ui was restarted and was not delivered";
	return "when it is back, gochat sends again what was not delivered";
}

void
ui_cryptod_gone(struct ui *ui)
{
	if (ui->phase >= UI_FLUSHING)
		return;
	past_over(ui);
	ui->receipt_count = 0; /* their senders will ask again */
	ui->status_asked = ui->status_wanted = false;
	if (ui->phase == UI_QUITTING) {
		ui_goodbye(ui);
		return;
	}
	/* Without a first one this is a start that failed, and the process that
	 * failed has said why. */
	if (ui->was_ready)
		ui_error(ui, "the process with the keys ended; %s",
		    what_comes_again(ui));
	past_lost(ui);
	unsend(ui);
	model_cryptod_gone(&ui->model, show_peer, ui);
	ui->return_by = ui->now + UI_RETURN_TIME;
}

uint64_t
ui_deadline(const struct ui *ui)
{
	uint64_t at = clock_min(ui->deadline, ui->return_by);

	at = clock_min(at, fold_deadline(&ui->folds));
	at = clock_min(at, missed_deadline(ui));
	at = clock_min(at, turns_deadline(ui));

	if (ui->view->deadline != NULL)
		at = clock_min(at, ui->view->deadline(ui));
	return at;
}

void
ui_output_gone(struct ui *ui)
{
	output_abandon(&ui->out);
	ui->receipt_count = 0;
	ui_quit(ui);
}

/* True if all texts are with their addressees, or known not to get there. */
static bool
is_all_settled(const struct ui *ui)
{
	return said_open(&ui->said) == 0 && ui->later.count == 0 &&
	    !ui->past.awaited && ui->past.own_count == 0;
}

/* The input has ended, and nothing of it is waited for any more. For a text
 * that was said at once it may not be known yet whether it can be sent. */
static void
end_draining(struct ui *ui)
{
	ui->outcome.stayed_out = ui->kept_out && !ui->model.joined;
	ui_quit(ui);
}

void
ui_work(struct ui *ui)
{
	ui_send_receipts(ui);
	if (ui->view->typed != NULL)
		ui->view->typed(ui);
	turns_take(ui);
	if (ui->phase < UI_QUITTING) {
		later_say(ui);
		said_pump(&ui->said, &ui->cryptod);
	}
	if (ui->phase == UI_DRAINING && ui->in.ended && !turns_wait(ui) &&
	    is_all_settled(ui))
		end_draining(ui);
	ui_tell_folded(ui);
	missed_tell(ui, false);
	if (ui->view->work != NULL)
		ui->view->work(ui);
	if (ui->phase == UI_FLUSHING && !output_pending(&ui->out))
		ui->phase = UI_DONE;
	if (ui->now >= ui->return_by) {
		ui->return_by = CLOCK_NEVER;
		model_not_returned(&ui->model, show_peer, ui);
	}
	if (ui->now < ui->deadline)
		return;
	if (ui->phase == UI_DRAINING) {
		end_draining(ui);
	} else if (ui->phase == UI_QUITTING) {
		ui_error(ui, "the other processes did not confirm the end");
		ui_goodbye(ui);
	} else if (ui->phase == UI_FLUSHING) {
		ui->phase = UI_DONE;
	}
}
