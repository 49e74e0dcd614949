/*
 * Many texts that did not arrive. See missed.h.
 */
#include "ui/missed.h"

#include "ui/events.h"
#include "ui/ui.h"

#include <string.h>

static void
tell_more(struct room *room, struct missed_run *r)
{
	struct buf text = { 0 };

	if (r->more == 0)
		return;
	event_missed_more(&text, &room->said, r,
	    model_peer_by_id(&room->model, &r->id));
	buf_put(&text, "", 1);
	if (r->what == MISSED_LATE)
		room->ui->view->notice(room, text.bytes);
	else
		room->ui->view->error(room, text.bytes);
	buf_free(&text);
	r->more = 0;
}

/* Returns the peer's run, or the one that was quiet for longest, for it to
 * take. */
static struct missed_run *
run_of(struct room *room, const struct peer_id *id, unsigned int what)
{
	struct missed_run *r = room->missed, *oldest = r;

	for (; r < room->missed + MISSED_RUNS; r++) {
		if (r->told > 0 && r->what == what &&
		    memcmp(&r->id, id, sizeof(*id)) == 0)
			return r;
		if (r->at < oldest->at)
			oldest = r;
	}
	tell_more(room, oldest);
	*oldest = (struct missed_run){ .id = *id, .what = what };
	return oldest;
}

/* True if it is reported by itself. */
static bool
is_told(struct room *room, const struct peer_id *id, unsigned int what,
    uint64_t seq)
{
	struct missed_run *r;

	if (!room->ui->view->for_people || room->ui->tui != NULL)
		return true;
	r = run_of(room, id, what);
	if (room->ui->now - r->at > MISSED_REST && r->more == 0)
		r->told = 0;
	r->at = room->ui->now;
	if (r->told < MISSED_EACH) {
		r->told++;
		return true;
	}
	if (r->more++ == 0)
		r->tell_at = room->ui->now + MISSED_TIME;
	r->seq = seq;
	return false;
}

void
missed_undelivered(struct room *room, const struct ipc_undelivered *u,
    const struct peer *p)
{
	if (is_told(room, &u->id, u->reason, u->seq))
		room->ui->view->undelivered(room, u, p);
}

void
missed_late(struct room *room, const struct ipc_delivered *d,
    const struct peer *p)
{
	if (is_told(room, &d->id, MISSED_LATE, d->seq))
		room->ui->view->delivered_late(room, d, p);
}

void
missed_tell(struct room *room, bool all)
{
	for (size_t i = 0; i < MISSED_RUNS; i++)
		if (all || room->ui->now >= room->missed[i].tell_at)
			tell_more(room, &room->missed[i]);
}

uint64_t
missed_deadline(const struct room *room)
{
	uint64_t at = CLOCK_NEVER;

	for (size_t i = 0; i < MISSED_RUNS; i++)
		if (room->missed[i].more > 0)
			at = clock_min(at, room->missed[i].tell_at);
	return at;
}
