/*
 * What became of our texts, in the scrollback, and the texts of an earlier ui.
 * See feed_parts.h.
 */
#include "ui/tui/feed_parts.h"

#include "ui/tui/match.h"
#include "ui/tui/query.h"
#include "ui/tui/tui.h"

#include "ui/events.h"

/* Returns our text of that number, in whichever pane of the room it is, if it
 * is still there; else NULL. */
static struct entry *
find_own(const struct room *room, uint64_t seq)
{
	struct entry *e = NULL;

	FOREACH_PANE (pane, room->ui->tui)
		if (pane->room == room && e == NULL)
			e = history_own(&pane->history, seq);
	return e;
}

/* Notes with its message who did not get it, and why. */
static void
mark_missed(struct entry *e, const struct ipc_undelivered *u,
    const struct peer *p)
{
	struct buf text = { 0 };

	event_missed(&text, u, p);
	buf_put(&text, "", 1);
	history_missed(e, &u->id, text.bytes);
	buf_free(&text);
}

/* This is no news: nothing rings, and nobody spoke just now. */
void
feed_recalled(struct room *room, const struct recalled_text *t)
{
	const struct peer *who = t->who;
	struct pane *pane = room->pane;
	bool own = t->seq != 0;
	struct history_new new = { .kind = own ? ENTRY_SAID : ENTRY_HEARD,
		.wall_ms = t->wall_ms,
		.flags = t->flags,
		.mention = !own && who != NULL && !who->us &&
		    match_word(t->text, t->len, room->model.own),
		.name_style = STYLE_OWN,
		.name = room->model.own,
		.fingerprint = room->model.fingerprint,
		.to = own && who != NULL ? who->shown : NULL,
		.seq = t->seq };
	struct entry *e;

	if (!own) {
		new.name = who != NULL ? who->shown : "?";
		new.name_style = STYLE_TEXT;
	}
	if (!own && who != NULL) {
		new.name_style = colours_of(&room->ui->tui->colours,
		    room->past.people, who, room->ui->tui->painter.colours);
		new.fingerprint = who->fingerprint;
	}
	if (who != NULL && (t->flags & TEXT_FLAG_PRIVATE) != 0) {
		query_named(room, who);
		pane = feed_pane_of(room, who);
	}
	e = feed_said(pane, &new, t->text, t->len);
	e->mark.sent = t->sent;
	e->mark.open = t->open;
	e->mark.peers = t->peers;
	e->mark.delivered = t->delivered;
	e->mark.undelivered = t->others;
}

void
feed_recalled_missed(struct room *room, const struct ipc_undelivered *u,
    const struct peer *p)
{
	struct entry *e = find_own(room, u->seq);

	if (e != NULL)
		mark_missed(e, u, p);
}

void
feed_sent(struct room *room, uint64_t seq, uint32_t peers, enum sent_to to)
{
	struct entry *e = find_own(room, seq);

	if (e == NULL)
		return;
	e->mark.sent = true;
	e->mark.peers = peers;
	e->mark.open = to == SENT_OPEN || to == SENT_MORE;
	e->mark.unknown = to == SENT_UNKNOWN;
	e->rows = 0;
	tui_touch(room->ui);
}

void
feed_delivered(struct room *room, const struct ipc_delivered *d,
    const struct peer *p)
{
	struct entry *e = find_own(room, d->seq);

	(void)p;
	if (e == NULL)
		return;
	e->mark.delivered++;
	e->rows = 0;
	tui_touch(room->ui);
}

/* The mark of its message is taken back, if that is still there; else there is
 * a line. */
void
feed_delivered_late(struct room *room, const struct ipc_delivered *d,
    const struct peer *p)
{
	struct entry *e = find_own(room, d->seq);
	struct buf text = { 0 };

	tui_touch(room->ui);
	if (e != NULL) {
		history_not_missed(e, &d->id);
		return;
	}
	event_delivered_late(&text, &room->said, d, p);
	feed_sentence(room, ENTRY_EVENT, &text);
}

/* This is noted with its message, if that is still there; else it is a line. */
void
feed_undelivered(struct room *room, const struct ipc_undelivered *u,
    const struct peer *p)
{
	struct entry *e = find_own(room, u->seq);
	struct buf text = { 0 };

	if (room->ui->phase >= UI_QUITTING) {
		room->ui->tui->lost++;
		return;
	}
	if (e == NULL) {
		event_undelivered(&text, &room->said, u, p);
		feed_sentence(room, ENTRY_ERROR, &text);
		return;
	}
	mark_missed(e, u, p);
	tui_touch(room->ui);
}
