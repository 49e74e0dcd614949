/*
 * Many texts that did not arrive. See missed.h.
 */
#include "ui/missed.h"

#include "ui/events.h"
#include "ui/ui.h"

#include <string.h>

static void
tell_more(struct ui *ui, struct missed_run *r)
{
	struct buf text = { 0 };

	if (r->more == 0)
		return;
	event_missed_more(&text, &ui->said, r,
	    model_peer_by_id(&ui->model, &r->id));
	buf_put(&text, "", 1);
	if (r->what == MISSED_LATE)
		ui->view->notice(ui, text.bytes);
	else
		ui->view->error(ui, text.bytes);
	buf_free(&text);
	r->more = 0;
}

/* Returns the peer's run, or the one that was quiet for longest, for it to
 * take. */
static struct missed_run *
run_of(struct ui *ui, const struct peer_id *id, unsigned int what)
{
	struct missed_run *r = ui->missed, *oldest = r;

	for (; r < ui->missed + MISSED_RUNS; r++) {
		if (r->told > 0 && r->what == what &&
		    memcmp(&r->id, id, sizeof(*id)) == 0)
			return r;
		if (r->at < oldest->at)
			oldest = r;
	}
	tell_more(ui, oldest);
	*oldest = (struct missed_run){ .id = *id, .what = what };
	return oldest;
}

/* True if it is reported by itself. */
static bool
is_told(struct ui *ui, const struct peer_id *id, unsigned int what,
    uint64_t seq)
{
	struct missed_run *r;

	if (!ui->view->for_people || ui->tui != NULL)
		return true;
	r = run_of(ui, id, what);
	if (ui->now - r->at > MISSED_REST && r->more == 0)
		r->told = 0;
	r->at = ui->now;
	if (r->told < MISSED_EACH) {
		r->told++;
		return true;
	}
	if (r->more++ == 0)
		r->tell_at = ui->now + MISSED_TIME;
	r->seq = seq;
	return false;
}

void
missed_undelivered(struct ui *ui, const struct ipc_undelivered *u,
    const struct peer *p)
{
	if (is_told(ui, &u->id, u->reason, u->seq))
		ui->view->undelivered(ui, u, p);
}

void
missed_late(struct ui *ui, const struct ipc_delivered *d, const struct peer *p)
{
	if (is_told(ui, &d->id, MISSED_LATE, d->seq))
		ui->view->delivered_late(ui, d, p);
}

void
missed_tell(struct ui *ui, bool all)
{
	for (size_t i = 0; i < MISSED_RUNS; i++)
		if (all || ui->now >= ui->missed[i].tell_at)
			tell_more(ui, &ui->missed[i]);
}

uint64_t
missed_deadline(const struct ui *ui)
{
	uint64_t at = CLOCK_NEVER;

	for (size_t i = 0; i < MISSED_RUNS; i++)
		if (ui->missed[i].more > 0)
			at = clock_min(at, ui->missed[i].tell_at);
	return at;
}
