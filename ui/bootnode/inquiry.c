/*
 * What an operator asks and orders. See inquiry.h.
 */
#include "ui/bootnode/inquiry.h"

#include "ui/ask.h"
#include "ui/leave.h"

#include <string.h>

#define FOREACH_INQUIRY(q, qs) \
	for (struct inquiry *q = (qs)->all; q < (qs)->all + INQUIRY_COUNT; q++)

void
inquiry_drop(struct inquiry *q)
{
	q->busy = q->more = q->awaits_stats = false;
	q->ticket = 0;
}

static void
finish(struct inquiry *q)
{
	answer_end(&q->answer, &q->request, q->count);
	inquiry_drop(q);
}

void
inquiry_fail(struct inquiry *q, const char *why, size_t len)
{
	answer_error(&q->answer, why, len);
	inquiry_drop(q);
}

bool
inquiry_waits(const struct inquiry *q)
{
	return q->ticket != 0 || q->awaits_stats;
}

/* --- Questions ------------------------------------------------------------ */

static void
take_ticket(struct inquiries *qs, struct inquiry *q, uint64_t patience)
{
	if (++qs->ticket == 0)
		qs->ticket = 1;
	q->ticket = qs->ticket;
	q->answer_by = qs->ui->now + patience;
}

/* Asks netd for the next page. */
static void
ask_page(struct inquiries *qs, struct inquiry *q)
{
	static const char none[] = "cryptod is being restarted: try again";
	struct room *room = qs->ui->front;

	q->more = false;
	take_ticket(qs, q, INQUIRY_PATIENCE);
	q->request.operate.ticket = q->ticket;
	if (ipc_send(&room->cryptod, IPC_OPERATE, &q->request.operate, NULL,
		0) == -1)
		inquiry_fail(q, none, sizeof(none) - 1);
}

/* Asks the launcher to read the settings again. */
static void
ask_reload(struct inquiries *qs, struct inquiry *q)
{
	struct ipc_reload body;

	take_ticket(qs, q, INQUIRY_RELOAD_PATIENCE);
	body.ticket = q->ticket;
	ipc_send(qs->ui->launcher, IPC_RELOAD, &body, NULL, 0);
}

void
inquiry_begin(struct inquiries *qs, struct inquiry *q)
{
	q->busy = true;
	q->count = 0;
	if (q->request.command == REQUEST_STATUS) {
		q->awaits_stats = true;
		q->answer_by = qs->ui->now + INQUIRY_PATIENCE;
		ui_fetch_status(qs->ui->front);
	} else if (q->request.command == REQUEST_RELOAD) {
		ask_reload(qs, q);
	} else {
		ask_page(qs, q);
	}
}

static void
fail_late(struct inquiry *q)
{
	static const char netd[] =
	    "netd does not answer, or is being restarted: try again";
	static const char reload[] =
	    "the reload takes long; the log will say how it went";

	if (q->request.command == REQUEST_RELOAD)
		inquiry_fail(q, reload, sizeof(reload) - 1);
	else
		inquiry_fail(q, netd, sizeof(netd) - 1);
}

void
inquiry_work(struct inquiries *qs, struct inquiry *q, bool room)
{
	if (q->busy && q->more && room)
		ask_page(qs, q);
	if (inquiry_waits(q) && qs->ui->now >= q->answer_by)
		fail_late(q);
}

/* --- Answers -------------------------------------------------------------- */

static void
drained(struct inquiries *qs, const struct request *r)
{
	if (r->operate.what == OPERATE_REFILL) {
		qs->drain_by = CLOCK_NEVER;
		return;
	}
	qs->drain_by = qs->ui->now + r->seconds * USEC_PER_SEC;
	ui_fetch_status(qs->ui->front); /* it may be empty already */
}

static void
put_entries(const struct inquiry *q, const struct ipc_message_in *in)
{
	struct ipc_operated_entry e;

	for (size_t at = 0; at < in->tail_len; at += sizeof(e)) {
		memcpy(&e, in->tail + at, sizeof(e));
		answer_entry(&q->answer, &q->request, &e);
	}
}

static void
put_nodes(const struct inquiry *q, const struct ipc_message_in *in)
{
	struct ipc_operated_node node;

	for (size_t at = 0; at < in->tail_len; at += sizeof(node)) {
		memcpy(&node, in->tail + at, sizeof(node));
		answer_node(&q->answer, &node);
	}
}

static void
take_page(struct inquiries *qs, struct inquiry *q,
    const struct ipc_message_in *in)
{
	static const char full[] =
	    "the list of those who are denied is full; nothing done";
	const struct ipc_operated *body = in->body;

	if (body->what == OPERATE_FLEET)
		put_nodes(q, in);
	else
		put_entries(q, in);
	q->ticket = 0;
	q->count += body->count;
	q->request.operate.from = body->next;
	q->more = body->next != 0;
	if (q->request.command == REQUEST_DRAIN)
		drained(qs, &q->request);
	if (body->full)
		inquiry_fail(q, full, sizeof(full) - 1);
	else if (!q->more)
		finish(q);
}

static int
on_operated(void *self, const struct ipc_message_in *in)
{
	const struct ipc_operated *body = in->body;
	struct inquiries *qs = self;

	FOREACH_INQUIRY(q, qs)
	{
		if (q->ticket == 0 || q->ticket != body->ticket)
			continue;
		if (body->what != q->request.operate.what)
			return -1;
		take_page(qs, q, in);
	}
	return 0;
}

/* One reload is for all who asked before it began. */
static int
on_reloaded(void *self, const struct ipc_message_in *in)
{
	const struct ipc_reload *body = in->body;
	struct inquiries *qs = self;

	FOREACH_INQUIRY(q, qs)
	{
		if (q->ticket == 0 || q->request.command != REQUEST_RELOAD ||
		    (int32_t)(body->ticket - q->ticket) < 0)
			continue;
		if (in->tail_len == 0)
			finish(q);
		else
			inquiry_fail(q, (const char *)in->tail, in->tail_len);
	}
	return 0;
}

void
inquiries_stats(struct inquiries *qs, const struct ipc_stats *stats)
{
	struct ui *ui = qs->ui;

	if (stats->asked)
		FOREACH_INQUIRY(q, qs)
	if (q->awaits_stats) {
		answer_figures(&q->answer, stats);
		finish(q);
	}
	/* A ui before this one was told to. */
	if (stats->draining && qs->drain_by == CLOCK_NEVER)
		qs->drain_by = ui->now + DRAIN_SECONDS * USEC_PER_SEC;
	if (stats->draining && stats->sessions == 0)
		ui_quit(ui);
}

void
inquiries_init(struct inquiries *qs, struct ui *ui, struct dispatch *all)
{
	const struct handler handlers[] = {
		{ IPC_OPERATED, on_operated, qs },
		{ IPC_RELOADED, on_reloaded, qs },
	};

	qs->ui = ui;
	qs->drain_by = CLOCK_NEVER;
	FOREACH_INQUIRY(q, qs)
	q->answer.ui = ui;
	dispatch_add(all, handlers, sizeof(handlers) / sizeof(handlers[0]));
}
