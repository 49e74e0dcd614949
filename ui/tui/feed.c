/*
 * The scrollback's input. See feed.h and feed_parts.h.
 */
#include "ui/tui/feed_parts.h"

#include "ui/tui/dashboard.h"
#include "ui/tui/feed.h"
#include "ui/tui/match.h"
#include "ui/tui/query.h"
#include "ui/tui/tui.h"

#include "ui/answers.h"
#include "ui/errors.h"
#include "ui/events.h"
#include "ui/qr.h"
#include "ui/text.h"

#include "common/log_channel.h"

#include <stdio.h>
#include <string.h>

void
feed_entry(struct pane *pane, enum entry_kind kind, const char *text,
    size_t len)
{
	struct history_new new = { .kind = kind,
		.wall_ms = pane->room->ui->wall_ms,
		.text = text,
		.len = len };

	pane_add(pane, &new);
	tui_touch(pane->room->ui);
}

void
feed_sentence(struct room *room, enum entry_kind kind, struct buf *sentence)
{
	feed_entry(room->pane, kind, sentence->bytes, sentence->len);
	buf_free(sentence);
}

void
feed_about(struct room *room, const struct peer *p, enum entry_kind kind,
    struct buf *sentence)
{
	struct pane *pane =
	    p != NULL && p->known ? query_find(room, p->fingerprint) : NULL;

	if (pane != NULL)
		feed_entry(pane, kind, sentence->bytes, sentence->len);
	feed_sentence(room, kind, sentence);
}

/* Adds text that may hold anything. */
static void
put_unsafe(struct pane *pane, enum entry_kind kind, const char *text)
{
	struct buf safe = { 0 };

	text_clean(&safe, text, strlen(text), NULL);
	feed_entry(pane, kind, safe.bytes, safe.len);
	buf_free(&safe);
}

struct entry *
feed_said(struct pane *pane, struct history_new *new, const char *text,
    size_t len)
{
	struct buf safe = { 0 };
	struct entry *e;

	text_clean(&safe, text, len, "\n");
	new->text = safe.bytes;
	new->len = safe.len;
	e = pane_add(pane, new);
	buf_free(&safe);
	tui_touch(pane->room->ui);
	return e;
}

static void
tui_ready(struct room *room)
{
	struct buf text = { 0 };

	event_ready(&text, &room->model);
	feed_sentence(room, ENTRY_EVENT, &text);
	room->ui->tui->attention.title_stale = true;
}

static void
tui_bootnode(struct room *room, const struct ipc_bootnode *b)
{
	struct buf text = { 0 };

	tui_touch(room->ui);
	if (b->status == BOOT_REFUSED)
		return; /* an error follows, and says why */
	event_bootnode(&text, b);
	feed_sentence(room, ENTRY_EVENT, &text);
}

/* The list shows who is connecting and over which path; a person who comes,
 * leaves or cannot be reached is worth a line. */
static void
tui_peer(struct room *room, const struct peer *p)
{
	struct buf text = { 0 };

	tui_touch(room->ui);
	query_named(room, p);
	if (p->state == PEER_CONNECTING || p->state == PEER_PATH)
		return;
	event_peer(&text, &room->model, p);
	feed_about(room, p, p->state == PEER_FAILED ? ENTRY_ERROR : ENTRY_EVENT,
	    &text);
}

struct pane *
feed_pane_of(const struct room *room, const struct peer *p)
{
	struct pane *pane = p != NULL && p->known && !p->us
	    ? query_find(room, p->fingerprint)
	    : NULL;

	return pane != NULL ? pane : room->pane;
}

static void
tui_said(struct room *room, uint64_t seq, unsigned int flags,
    const struct peer *to, const char *text, size_t len)
{
	struct history_new new = { .kind = ENTRY_SAID,
		.wall_ms = room->ui->wall_ms,
		.flags = flags,
		.name_style = STYLE_OWN,
		.name = room->model.own,
		.fingerprint = room->model.fingerprint,
		.to = to != NULL ? to->shown : NULL,
		.seq = seq };
	struct pane *pane = feed_pane_of(room, to);

	feed_said(pane, &new, text, len);
	scroll_to_bottom(&pane->scroll);
}

/* Something came that the user should know of, even if another room is shown or
 * another program used. */
static void
heard(struct pane *pane, bool notable)
{
	struct ui *ui = pane->room->ui;

	attention_heard(&ui->tui->attention, notable, ui->now);
	ui->tui->heard++;
	if (pane != ui->tui->shown)
		unread_heard(&pane->unread, notable, ui->tui->heard);
}

static void
tui_message(struct room *room, const struct peer *p, unsigned int flags,
    const char *text, size_t len)
{
	bool mention = !p->us && match_word(text, len, room->model.own);
	bool private = (flags & TEXT_FLAG_PRIVATE) != 0;
	struct pane *pane = feed_pane_of(room, private ? p : NULL);
	struct history_new new = { .kind = ENTRY_HEARD,
		.wall_ms = room->ui->wall_ms,
		.flags = flags,
		.mention = mention,
		.name_style = tui_nick_style(room, p),
		.name = p->shown,
		.fingerprint = p->fingerprint };

	feed_said(pane, &new, text, len);
	if (!p->us)
		heard(pane, mention || private);
	room->spoke[PEER_INDEX(p->handle)] = ++room->spoke_count;
}

static void
tui_status(struct room *room, const struct ipc_status *s)
{
	tui_touch(room->ui); /* the list has new round trip times */
	if (room->status_wanted)
		answer_status(room, s);
}

/* hang: the columns before all rows but the first. */
static void
put_answer(struct room *room, const char *text, size_t len, unsigned int hang)
{
	struct pane *pane = pane_answered(room);
	const struct history_new new = {
		.kind = ENTRY_NOTICE,
		.wall_ms = room->ui->wall_ms,
		.text = text,
		.len = len,
		.hang = hang,
	};

	pane_add(pane, &new);
	tui_touch(room->ui);
	scroll_to_bottom(&pane->scroll);
}

/* Rows after the first begin further right: no row is taken for a line of its
 * own. */
static void
tui_notice(struct room *room, const char *text)
{
	put_answer(room, text, strlen(text),
	    (unsigned int)strspn(text, " ") + 2);
}

/* The text begins in the same column in all rows. */
static void
tui_item(struct room *room, const char *what, unsigned int columns,
    const char *text)
{
	struct buf line = { 0 };

	buf_printf(&line, "%-*s%c", (int)columns, what,
	    strlen(what) > columns ? '\n' : ' ');
	buf_puts(&line, text);
	put_answer(room, line.bytes, line.len, columns + 1);
	buf_free(&line);
}

static void
tui_renamed(struct room *room, const struct peer *p, const char *before)
{
	struct buf text = { 0 };

	if (p != NULL)
		query_named(room, p);
	event_renamed(&text, &room->model, p, before);
	feed_about(room, p, ENTRY_EVENT, &text);
}

static void
put_alarm(struct room *room, const char *line)
{
	feed_entry(room->pane, ENTRY_ALARM, line, strlen(line));
}

static void
tui_key_changed(struct room *room, const struct peer *p,
    const struct known_peer *before)
{
	event_key_changed(room, p, before, put_alarm);
	heard(room->pane, true);
}

static void
put_warning(struct room *room, const char *line)
{
	feed_entry(room->pane, ENTRY_ERROR, line, strlen(line));
}

static void
tui_claim(struct room *room, const struct ipc_peer_claim *c,
    const struct peer *p)
{
	event_claim(room, c, p, put_warning);
}

/* The list shows paths, so no line does. */
static void
tui_folded(struct room *room, enum fold_kind kind, const struct buf *text)
{
	if (kind != FOLD_PATH)
		feed_entry(room->pane,
		    fold_is_warning(kind) ? ENTRY_ERROR : ENTRY_EVENT,
		    text->bytes, text->len);
}

static void
tui_fork(struct room *room, const struct peer *p, uint64_t seq)
{
	struct buf text = { 0 };

	(void)seq;
	event_fork(&text, p);
	feed_sentence(room, ENTRY_ERROR, &text);
}

static void
tui_gap(struct room *room, const struct peer *p, uint64_t seq)
{
	struct buf text = { 0 };

	(void)seq;
	event_gap(&text, p);
	feed_sentence(room, ENTRY_ERROR, &text);
}

static void
tui_stranger(struct room *room, const struct ipc_stranger *s)
{
	struct buf text = { 0 };

	event_stranger(&text, s);
	feed_sentence(room, ENTRY_ERROR, &text);
}

static void
tui_safety(struct room *room, const struct peer *p, const struct ipc_safety *s)
{
	answer_safety(room, p, s);
	question_verify(pane_answered(room), p);
	tui_touch(room->ui);
}

static void
tui_qr(struct room *room, const char *text)
{
	const struct scroll_window w = tui_window(room->ui);
	const struct qr_place place = { w.wide, w.rows, room->ui->ascii };
	struct pane *pane = pane_answered(room);
	struct buf rows = { 0 };
	bool drawn = qr_put(&rows, text, &place);

	feed_entry(pane, drawn ? ENTRY_QR : ENTRY_ERROR, rows.bytes, rows.len);
	buf_free(&rows);
	if (drawn && room->ui->tui->painter.colours == COLOURS_NONE)
		answer_qr_colours(room);
	scroll_to_bottom(&pane->scroll);
}

static void
tui_verified(struct room *room, const struct peer *p)
{
	struct buf text = { 0 };

	event_verified(&text, p);
	feed_about(room, p, ENTRY_EVENT, &text);
}

/* The room is being left, and its pane goes with it: the one in front tells
 * what became of the texts. */
static void
put_parting(const struct room *room, const char *text)
{
	struct buf named = { 0 };

	buf_printf(&named, "%s: %s", room->handle, text);
	buf_put(&named, "", 1);
	put_unsafe(pane_answered(room->ui->front), ENTRY_ERROR, named.bytes);
	buf_free(&named);
}

/* Its own pane tells that it is open; of its end, the one that is shown. */
static void
tui_room(struct room *room, enum room_state state)
{
	struct buf text = { 0 };

	if (state != ROOM_CLOSED)
		return;
	event_room(&text, room, state);
	query_put_closed(&text, room);
	feed_entry(room->ui->tui->shown, ENTRY_EVENT, text.bytes, text.len);
	buf_free(&text);
}

/* In the end the screen goes with everything on it: texts of now are told again
 * when it is gone. */
static void
tui_error(struct room *room, const char *text)
{
	if (room->phase != ROOM_STAYS && room->ui->phase < UI_QUITTING)
		put_parting(room, text);
	else
		put_unsafe(pane_answered(room), ENTRY_ERROR, text);
	if (room->ui->phase >= UI_QUITTING)
		log_farewell(text);
}

static void
tui_bye(struct ui *ui)
{
	static const char bye[] = "bye";
	char text[128];

	if (ui->tui->lost > 0) {
		(void)snprintf(text, sizeof(text),
		    "in %u cases it is not known whether a peer received one "
		    "of your last messages",
		    ui->tui->lost);
		log_farewell(text);
	}
	FOREACH_PANE (pane, ui->tui)
		if (pane->ahead.waiting)
			ui_error(pane->room,
			    "not sent, because too much is waiting: the last "
			    "%u lines",
			    pane->ahead.lines + 1);
	feed_entry(ui->front->pane, ENTRY_EVENT, bye, sizeof(bye) - 1);
}

static void
tui_listening(struct room *room, const struct ipc_bootnode_ready *ready)
{
	dashboard_listening(&room->ui->tui->dashboard, ready);
	tui_touch(room->ui);
}

static void
tui_member(struct room *room, const struct ipc_member *m)
{
	struct buf text = { 0 };

	event_member(&text, m);
	feed_sentence(room, ENTRY_EVENT, &text);
}

static void
tui_stats(struct room *room, const struct ipc_stats *s, bool asked)
{
	(void)asked;
	dashboard_stats(&room->ui->tui->dashboard, &room->stats, s);
	tui_touch(room->ui);
}

const struct view view_tui = {
	.line_max = TEXT_MAX,
	.for_people = true,
	.opened = pane_open,
	.adrift = tui_lost_front,
	.places = tui_places,
	.restore = tui_restore,
	.closed = pane_close,
	.turned = tui_turned,
	.turn_to = tui_turn_to,
	.number = pane_number,
	.query = tui_query,
	.part = tui_part,
	.turn_to_person = tui_turn_to_person,
	.queries = tui_queries,
	.shows = tui_shows,
	.unread = tui_unread,
	.alone = tui_alone,
	.room = tui_room,
	.ask_secret = tui_ask_secret,
	.ask_remember = tui_ask_remember,
	.keys = tui_keys,
	.takes_keys = tui_takes_keys,
	.waits = tui_waits,
	.touch = tui_touch,
	.typed = tui_typed,
	.work = tui_work,
	.deadline = tui_deadline,
	.full = tui_full,
	.ready = tui_ready,
	.bootnode = tui_bootnode,
	.peer = tui_peer,
	.said = tui_said,
	.message = tui_message,
	.sent = feed_sent,
	.delivered = feed_delivered,
	.delivered_late = feed_delivered_late,
	.undelivered = feed_undelivered,
	.recalled = feed_recalled,
	.recalled_missed = feed_recalled_missed,
	.draft = tui_draft,
	.status = tui_status,
	.notice = tui_notice,
	.item = tui_item,
	.renamed = tui_renamed,
	.key_changed = tui_key_changed,
	.claim = tui_claim,
	.folded = tui_folded,
	.fork = tui_fork,
	.gap = tui_gap,
	.stranger = tui_stranger,
	.safety = tui_safety,
	.invite = answer_invite,
	.qr = tui_qr,
	.verified = tui_verified,
	.key_help = tui_key_help,
	.operator_key_help = tui_operator_key_help,
	.search = tui_search,
	.clear = tui_clear,
	.listening = tui_listening,
	.member = tui_member,
	.stats = tui_stats,
	.error = tui_error,
	.bye = tui_bye,
	.close = tui_close,
};
