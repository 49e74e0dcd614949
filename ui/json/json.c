/*
 * The json view: one object per line, in (command.c) and out. The events and
 * their fields are a contract (README.md); other programs rely on them.
 */
#include "ui/ui.h"

#include "ui/figures.h"
#include "ui/format.h"
#include "ui/json/json.h"
#include "ui/json/text.h"
#include "ui/text.h"

#include "common/log.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

static void
json_ready(struct room *room)
{
	json_t *event = json_event_new(room, "ready");

	json_set_string(event, "nick", room->model.own);
	json_set_fingerprint(event, "fingerprint", room->model.fingerprint);
	json_set_number(event, "port", room->model.port);
	json_event_put(room, event);
}

static void
json_bootnode(struct room *room, const struct ipc_bootnode *b)
{
	json_t *event = json_event_new(room, "bootnode");

	json_set_string(event, "state", format_boot_status(b->status));
	json_set_addr(event, &b->addr);
	json_set_key(event, b->key);
	json_event_put(room, event);
}

static void
json_peer(struct room *room, const struct peer *p)
{
	json_t *event = json_event_new(room, "peer");
	bool connected = model_is_connected(p);

	json_set_string(event, "state", format_peer_state(p->state));
	json_set_id(event, "id", &p->id);
	if (connected || (p->state == PEER_LEFT && p->known))
		json_set_string(event, "nick", p->shown);
	if (connected) {
		json_set_fingerprint(event, "fingerprint", p->fingerprint);
		json_set(event, "verified", json_boolean(p->verified));
		json_set_string(event, "path", format_path(p->kind));
		json_set_addr(event, &p->addr);
		json_set(event, "rtt_ms", json_real(p->rtt_us / 1000.0));
	}
	if (p->state == PEER_FAILED)
		json_set_string(event, "reason", format_failure(p->failure));
	if (p->state == PEER_LEFT)
		json_set_string(event, "reason", format_left(p->left));
	json_event_put(room, event);
}

/* A program knows its own texts, and gets their numbers with "sent". */
static void
json_said(struct room *room, uint64_t seq, unsigned int flags,
    const struct peer *to, const char *text, size_t len)
{
	(void)room;
	(void)seq;
	(void)flags;
	(void)to;
	(void)text;
	(void)len;
}

/* Answers to commands are events of their own. */
static void
json_notice(struct room *room, const char *text)
{
	(void)room;
	(void)text;
}

static void
json_message(struct room *room, const struct peer *p, unsigned int flags,
    const char *text, size_t len)
{
	json_t *event = json_event_new(room, "message");
	struct buf line = { 0 };

	json_set_id(event, "id", &p->id);
	json_set_string(event, "nick", p->shown);
	if (flags & TEXT_FLAG_PRIVATE)
		json_set(event, "private", json_true());
	if (flags & TEXT_FLAG_ACTION)
		json_set(event, "action", json_true());
	json_event_append(&line, event);
	line.len--; /* the brace that closes it */
	buf_puts(&line, ",\"text\":");
	json_text_put(&line, text, len);
	buf_puts(&line, "}");
	output_line(&room->ui->out, &line);
}

static void
json_sent(struct room *room, uint64_t seq, uint32_t peers, enum sent_to to)
{
	json_t *event;

	if (to == SENT_MORE)
		return; /* the number that counts is yet to come */
	event = json_event_new(room, "sent");
	json_set_number(event, "seq", seq);
	json_set_number(event, "peers", peers);
	if (to == SENT_OPEN)
		json_set(event, "open", json_true());
	if (to == SENT_UNKNOWN)
		json_set(event, "unknown", json_true());
	json_event_put(room, event);
}

static void
json_delivered(struct room *room, const struct ipc_delivered *d,
    const struct peer *p)
{
	json_t *event = json_event_new(room, "delivered");

	(void)p;
	json_set_number(event, "seq", d->seq);
	json_set_id(event, "id", &d->id);
	json_event_put(room, event);
}

static void
json_undelivered(struct room *room, const struct ipc_undelivered *u,
    const struct peer *p)
{
	json_t *event = json_event_new(room, "undelivered");

	(void)p;
	json_set_number(event, "seq", u->seq);
	json_set_id(event, "id", &u->id);
	json_set_string(event, "reason", format_undelivered(u->reason));
	json_event_put(room, event);
}

/* Texts of others were written before they were confirmed. For ours, the event
 * says where they have arrived: an event that came last may not have been
 * written. */
static void
json_recalled(struct room *room, const struct recalled_text *t)
{
	json_t *event;
	char said[FORMAT_UTC_MAX];

	if (t->seq == 0)
		return;
	event = json_event_new(room, "recalled");
	json_set_number(event, "seq", t->seq);
	json_set_string(event, "said", format_utc(said, t->wall_ms));
	json_set(event, "sent", json_boolean(t->sent));
	json_set_number(event, "peers", t->peers);
	if (t->open)
		json_set(event, "open", json_true());
	json_set_number(event, "delivered", t->delivered);
	if (t->others > 0)
		json_set_number(event, "others", t->others);
	json_set(event, "text", json_stringn(t->text, t->len));
	json_event_put(room, event);
}

/* Three decimals, and no more. */
static void
set_seconds(json_t *event, const char *key, uint64_t msec)
{
	json_set(event, key, json_real((double)msec / 1000));
}

static json_t *
status_bootnode(const struct ipc_status *s)
{
	json_t *object = json_object();

	json_set_string(object, "state", format_boot_status(s->boot_status));
	if (s->net.addr.port != 0)
		json_set_addr(object, &s->net.addr);
	if (s->has_key)
		json_set_key(object, s->key);
	if (s->net.heard)
		set_seconds(object, "heartbeat_age_s", s->net.heard_age_ms);
	return object;
}

static json_t *
status_nat(const struct ipc_status *s)
{
	json_t *object = json_object();

	json_set_string(object, "mapping", format_mapping(s->net.mapping));
	if (s->net.observed.port != 0)
		json_set_addr(object, &s->net.observed);
	json_set_string(object, "meaning", format_nat_meaning(&s->net));
	return object;
}

/* Sets nothing if there were none. */
static void
set_texts(json_t *event, const struct ipc_texts *t, bool own)
{
	char chain[sizeof(t->chain) * 2 + 1];
	json_t *object;

	if (t->last == 0 && t->gaps == 0)
		return;
	object = json_object();
	json_set_number(object, "seq", t->last);
	json_set_string(object, "chain",
	    format_hex(chain, t->chain, sizeof(t->chain)));
	if (!own) {
		json_set_number(object, "gaps", t->gaps);
		json_set_number(object, "forks", t->forks);
	}
	json_set(event, "texts", object);
}

static json_t *
status_peer(const struct peer *p)
{
	const struct ipc_status_peer *f = &p->figures;
	json_t *object = json_object();

	json_set_id(object, "id", &p->id);
	if (p->known)
		json_set_string(object, "nick", p->shown);
	json_set_string(object, "state", format_presence(p->state));
	if (f->net.handle == 0)
		return object;
	json_set_string(object, "path", format_path(p->kind));
	json_set_addr(object, &p->addr);
	json_set(object, "rtt_ms", json_real(f->net.rtt_us / 1000.0));
	json_set(object, "loss", json_real(format_loss(&f->net) / 1000.0));
	set_seconds(object, "session_age_s", f->session_age_ms);
	set_seconds(object, "rekey_age_s", f->rekey_age_ms);
	set_texts(object, &f->texts, false);
	return object;
}

static void
json_status(struct room *room, const struct ipc_status *s)
{
	json_t *event = json_event_new(room, "status"), *peers = json_array();
	const struct peer *p;

	for (size_t i = 0; i < room->model.high; i++) {
		p = room->model.peers[i];
		if (p != NULL && p->present &&
		    json_array_append_new(peers, status_peer(p)) == -1)
			fatal("out of memory");
	}
	json_set(event, "bootnode", status_bootnode(s));
	json_set(event, "nat", status_nat(s));
	json_set(event, "peers", peers);
	json_set_number(event, "strangers", s->strangers);
	set_texts(event, &s->texts, true);
	json_event_put(room, event);
}

json_t *
json_listening_event(const struct room *room,
    const struct ipc_bootnode_ready *ready)
{
	json_t *event = json_event_new(room, "listening");

	json_set_addr(event, &ready->addr);
	json_set_key(event, ready->key);
	return event;
}

static void
json_listening(struct room *room, const struct ipc_bootnode_ready *ready)
{
	json_event_put(room, json_listening_event(room, ready));
}

static void
json_member(struct room *room, const struct ipc_member *m)
{
	bool left = m->what == MEMBER_LEFT;
	json_t *event = json_event_new(room, left ? "left" : "joined");
	char tag[sizeof(m->room) * 2 + 1];

	json_set_id(event, "peer", &m->id);
	json_set_string(event, "room",
	    format_hex(tag, m->room, sizeof(m->room)));
	if (left)
		json_set_string(event, "reason", format_leave(m->reason));
	json_event_put(room, event);
}

/* Puts the causes from this one on and the count of each; their names without
 * so many characters. */
static json_t *
stats_drops(const struct ipc_stats *s, unsigned int first, size_t skip)
{
	json_t *causes = json_object();

	for (unsigned int i = first; i < DROP_COUNT; i++)
		json_set_number(causes, drop_name(i) + skip, s->drops[i]);
	return causes;
}

static json_t *
stats_rejections(const struct ipc_stats *s)
{
	json_t *causes = json_object();

	for (unsigned int i = 0; i < REJECTION_COUNT; i++)
		json_set_number(causes, rejection_name(i), s->rejections[i]);
	return causes;
}

static json_t *
stats_sources(const struct ipc_stats *s)
{
	json_t *sources = json_array(), *source;
	char text[ADDR_BLOCK_TEXT_MAX];

	for (size_t i = 0; i < s->source_count; i++) {
		const struct ipc_source *from = &s->sources[i];

		source = json_object();
		json_set_string(source, "address",
		    addr_block_format(&from->block, text));
		json_set_number(source, "received", from->received);
		json_set_number(source, "dropped", from->dropped);
		if (json_array_append_new(sources, source) == -1)
			fatal("out of memory");
	}
	return sources;
}

static void
stats_figures(json_t *event, const struct ipc_stats *s)
{
	uint64_t values[FIGURES_COUNT];

	figures_values(s, values);
	for (size_t i = 0; i < FIGURES_COUNT; i++) {
		const struct figures_row *row = &figures_rows[i];

		if (row->json == NOT_TOLD)
			continue;
		if (row->unit == FIGURES_MILLISECONDS)
			set_seconds(event, row->json, values[i]);
		else
			json_set_number(event, row->json, values[i]);
	}
}

json_t *
json_stats_event(const struct room *room, const struct ipc_stats *s, bool asked)
{
	json_t *event = json_event_new(room, "stats");

	stats_figures(event, s);
	json_set(event, "relay_dropped",
	    stats_drops(s, DROP_RELAY_FIRST, strlen(DROP_RELAY_NAME)));
	json_set(event, "drops", stats_drops(s, 0, 0));
	json_set(event, "rejections", stats_rejections(s));
	if (asked) {
		json_set(event, "sources", stats_sources(s));
		set_seconds(event, "sources_s", s->sources_ms);
	}
	return event;
}

static void
json_stats(struct room *room, const struct ipc_stats *s, bool asked)
{
	json_event_put(room, json_stats_event(room, s, asked));
}

static void
json_error_event(struct room *room, const char *text)
{
	json_t *event = json_event_new(room, "error");
	struct buf clean = { 0 };

	/* The text can quote input that was cut within a code point. */
	text_clean(&clean, text, strlen(text), NULL);
	json_set(event, "text", json_stringn(clean.bytes, clean.len));
	buf_free(&clean);
	json_event_put(room, event);
}

static void
json_room(struct room *room, enum room_state state)
{
	json_t *event = json_event_new(room, "room");

	json_set_string(event, "state",
	    state == ROOM_CLOSED ? "closed" : "opened");
	json_set_string(event, "bootnode", room->bootnode);
	if (room->identity[0] != '\0')
		json_set_string(event, "identity", room->identity);
	json_event_put(room, event);
}

static void
json_bye(struct ui *ui)
{
	json_event_put(ui->front, json_event_of_all(ui, "bye"));
}

const struct view view_json = {
	.line_max = 6 * TEXT_MAX + 1024, /* every byte as \u00XX */
	.room = json_room,
	.read = json_read,
	.room_of = json_room_of,
	.obey = json_obey,
	.forget = json_forget,
	.line = json_line,
	.turn = json_turn,
	.ready = json_ready,
	.bootnode = json_bootnode,
	.peer = json_peer,
	.said = json_said,
	.message = json_message,
	.sent = json_sent,
	.delivered = json_delivered,
	.delivered_late = json_delivered,
	.undelivered = json_undelivered,
	.recalled = json_recalled,
	.recalled_missed = json_undelivered,
	.status = json_status,
	.renamed = json_renamed,
	.key_changed = json_key_changed,
	.claim = json_claim,
	.fork = json_fork,
	.gap = json_gap,
	.stranger = json_stranger,
	.safety = json_safety,
	.invite = json_invite,
	.verified = json_verified,
	.listening = json_listening,
	.member = json_member,
	.stats = json_stats,
	.notice = json_notice,
	.error = json_error_event,
	.bye = json_bye,
	.checked = json_checked,
};
