/*
 * The life of the ui process: input, what was said, receipts, the death of
 * cryptod. See ui.h.
 */
#include "ui/ui.h"

#include "ui/people.h"

#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ERROR_TEXT_MAX 1024

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
ui_takes_lines(const struct ui *ui)
{
	return ui->phase <= UI_DRAINING && !said_full(&ui->said) &&
	    !output_full(&ui->out) && !ipc_congested(&ui->cryptod);
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
	/* Whoever leaves is to hear the goodbye. */
	return ui->phase == UI_QUITTING ||
	    (ui->phase <= UI_DRAINING && !output_full(&ui->out) &&
		ui->receipt_count < UI_RECEIPTS_MAX &&
		(ui->view->full == NULL || !ui->view->full(ui)));
}

static void __attribute__((format(printf, 3, 0)))
show_error(struct ui *ui, const char *before, const char *format, va_list ap)
{
	char text[ERROR_TEXT_MAX];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s", before);

	vsnprintf(text + n, sizeof(text) - n, format, ap);
	ui->view->error(ui, text);
}

void
ui_error(struct ui *ui, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	show_error(ui, "", format, ap);
	va_end(ap);
}

void
ui_line_error(struct ui *ui, const char *format, ...)
{
	char before[40] = "";
	va_list ap;

	if (!ui->terminal) {
		ui->outcome.refused = true;
		snprintf(before, sizeof(before),
		    "line %llu: ", (unsigned long long)ui->turns.line);
	}
	va_start(ap, format);
	show_error(ui, before, format, ap);
	va_end(ap);
}

void
ui_say(struct ui *ui, const char *text, size_t len)
{
	ui_say_as(ui, 0, NULL, text, len);
}

/* to: one of the places that it goes to, or NULL. */
static int
say_to(struct ui *ui, unsigned int flags, const struct peer *to,
    const struct peer_id *ids, uint32_t count, const char *text, size_t len)
{
	uint64_t seq;

	if (ui->mode == MODE_BOOTNODE)
		ui_line_error(ui, "a bootnode does not chat; not sent");
	else if (len > TEXT_MAX)
		ui_line_error(ui,
		    "a text of %zu bytes is over the limit of "
		    "%d; not sent",
		    len, TEXT_MAX);
	else if (to != NULL && !to->known)
		ui_line_error(ui,
		    "its key is not known before it is connected; not sent");
	else if (said_full(&ui->said))
		ui_line_error(ui, "too much waits to be sent; not sent");
	else {
		if (to != NULL)
			flags |= TEXT_FLAG_PRIVATE;
		seq = said_hold(&ui->said, flags, ids, count,
		    to != NULL ? to->fingerprint : NULL, text, len);
		ui->view->said(ui, seq, flags, to, text, len);
		return 0;
	}
	return -1;
}

int
ui_say_as(struct ui *ui, unsigned int flags, const struct peer *to,
    const char *text, size_t len)
{
	return say_to(ui, flags, to, to != NULL ? &to->id : NULL, to != NULL,
	    text, len);
}

int
ui_say_to_person(struct ui *ui, unsigned int flags, const struct peer *to,
    const char *text, size_t len)
{
	struct peer_id ids[CLIENT_PEERS_MAX] = { to->id };
	const struct peer *p = NULL;
	uint32_t count = 1;

	while (count < CLIENT_PEERS_MAX &&
	    (p = people_elsewhere(&ui->model, to, p)) != NULL)
		ids[count++] = p->id;
	return say_to(ui, flags, to, ids, count, text, len);
}

void
ui_poll_status(struct ui *ui)
{
	if (!ui->status_asked &&
	    ipc_send(&ui->cryptod, IPC_STATUS_ASK, NULL, NULL, 0) == 0)
		ui->status_asked = true;
}

void
ui_ask_status(struct ui *ui)
{
	ui_poll_status(ui);
	if (ui->status_asked)
		ui->status_wanted = true;
	else
		ui_error(ui, "nobody can tell while cryptod is started anew");
}

static void
show_peer(void *arg, const struct peer *p)
{
	struct ui *ui = arg;

	ui_tell_peer(ui, p);
}

/* Of what had gone out to those who were back. */
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
	    "who was not back yet does not get %zu of your messages, and is "
	    "not known; the last is \"%s\"",
	    u.count, said_excerpt(&ui->said, u.last));
}

static const char *
what_comes_again(const struct ui *ui)
{
	if (ui->mode == MODE_BOOTNODE)
		return "clients join again when there is another";
	if (ui->past.own_count > 0)
		return "what was said since ui was started anew and was not "
		       "delivered is sent again when there is another";
	return "what was not delivered is sent again when there is another";
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
	/* Without a first one this is a start that failed, and whoever failed
	 * has said why. */
	if (ui->was_ready)
		ui_error(ui, "the process that holds the keys ended; %s",
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

void
ui_owe_receipt(struct ui *ui, const struct ipc_message *message)
{
	struct ui_receipt *r;

	/* What a screen shows that is about to go nobody reads. */
	if (ui->out.gone || (ui->tui != NULL && ui->phase >= UI_QUITTING))
		return;
	if (ui->receipt_count == UI_RECEIPTS_MAX)
		fatal("more messages than receipts");
	r = &ui->receipts[(ui->receipt_first + ui->receipt_count++) %
	    UI_RECEIPTS_MAX];
	r->body.handle = message->handle;
	r->body.seq = message->seq;
	r->at = ui->view->work != NULL ? UI_NOT_SHOWN : ui->out.put;
}

void
ui_shown(struct ui *ui)
{
	struct ui_receipt *r;

	for (size_t i = ui->receipt_count; i-- > 0;) {
		r = &ui->receipts[(ui->receipt_first + i) % UI_RECEIPTS_MAX];
		if (r->at != UI_NOT_SHOWN)
			return; /* so are those before it */
		r->at = ui->out.put;
	}
}

void
ui_not_shown(struct ui *ui)
{
	struct ui_receipt *r;

	for (size_t i = 0; i < ui->receipt_count; i++) {
		r = &ui->receipts[(ui->receipt_first + i) % UI_RECEIPTS_MAX];
		if (r->at > ui->out.written)
			r->at = UI_NOT_SHOWN;
	}
	output_drop(&ui->out);
}

/* A receipt says that the message was shown: not before it is written. */
static void
send_receipts(struct ui *ui)
{
	const struct ui_receipt *r;

	while (ui->receipt_count > 0) {
		r = &ui->receipts[ui->receipt_first];
		if (r->at > ui->out.written)
			return;
		ipc_send(&ui->cryptod, IPC_RECEIPT, &r->body, NULL, 0);
		ui->receipt_first = (ui->receipt_first + 1) % UI_RECEIPTS_MAX;
		ui->receipt_count--;
	}
}

/* All that was said is where it belongs, or known not to get there. */
static bool
is_all_settled(const struct ui *ui)
{
	return said_open(&ui->said) == 0 && ui->later.count == 0 &&
	    !ui->past.awaited && ui->past.own_count == 0;
}

void
ui_work(struct ui *ui)
{
	send_receipts(ui);
	if (ui->view->typed != NULL)
		ui->view->typed(ui);
	turns_take(ui);
	if (ui->phase < UI_QUITTING)
		later_say(ui);
	if (ui->phase < UI_QUITTING)
		said_pump(&ui->said, &ui->cryptod);
	if (ui->phase == UI_DRAINING && ui->in.ended && !turns_wait(ui) &&
	    is_all_settled(ui))
		ui_quit(ui);
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
		ui_quit(ui);
	} else if (ui->phase == UI_QUITTING) {
		ui_error(ui, "no goodbye from the others");
		ui_goodbye(ui);
	} else if (ui->phase == UI_FLUSHING) {
		ui->phase = UI_DONE;
	}
}
