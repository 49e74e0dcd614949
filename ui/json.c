/*
 * The json view: one object per line, in and out. The events and their
 * fields are a contract (README.md); other programs rely on them.
 */
#include "ui/ui.h"

#include "ui/format.h"
#include "ui/json_text.h"
#include "ui/text.h"

#include "common/log.h"

#include <jansson.h>

#include <stdlib.h>
#include <string.h>

/* Most digits of a number with 3 decimals below 2^32 / 1000, and no noise
 * from binary fractions. */
#define REAL_DIGITS 15

static void
set(json_t *event, const char *key, json_t *value)
{
	if (json_object_set_new(event, key, value) == -1)
		fatal("out of memory");
}

static void
set_string(json_t *event, const char *key, const char *value)
{
	set(event, key, json_string(value));
}

static void
set_number(json_t *event, const char *key, uint64_t value)
{
	set(event, key, json_integer((json_int_t)value));
}

static void
set_addr(json_t *event, const struct addr *addr)
{
	char text[ADDR_TEXT_MAX];

	set_string(event, "address", addr_format(addr, text, sizeof(text)));
}

static void
set_key(json_t *event, const uint8_t key[X25519_LEN])
{
	char text[FORMAT_KEY_MAX];

	set_string(event, "key", format_hex(text, key, X25519_LEN));
}

static void
set_id(json_t *event, const char *name, const struct peer_id *id)
{
	char text[FORMAT_ID_MAX];

	set_string(event, name, format_hex(text, id->bytes, PEER_ID_LEN));
}

static void
set_fingerprint(json_t *event, const uint8_t fingerprint[FINGERPRINT_LEN])
{
	char text[FORMAT_FINGERPRINT_MAX];

	set_string(event, "fingerprint", format_fingerprint(text, fingerprint));
}

static json_t *
event_new(const struct ui *ui, const char *name)
{
	json_t *event = json_object();
	char text[FORMAT_UTC_MAX];

	set_string(event, "event", name);
	set_string(event, "time", format_utc(text, ui->wall_ms));
	return event;
}

/* Appends the event as an object, and frees it. */
static void
put_event(struct buf *line, json_t *event)
{
	char *text =
	    json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS));

	if (text == NULL)
		fatal("out of memory");
	json_text_escape(line, text, strlen(text));
	free(text);
	json_decref(event);
}

/* Puts the event out as one line, and frees it. */
static void
event_put(struct ui *ui, json_t *event)
{
	struct buf line = { 0 };

	put_event(&line, event);
	output_line(&ui->out, &line);
}

static void
json_ready(struct ui *ui)
{
	json_t *event = event_new(ui, "ready");

	set_string(event, "nick", ui->model.own);
	set_fingerprint(event, ui->model.fingerprint);
	set_string(event, "room", ui->model.room);
	set_number(event, "port", ui->model.port);
	event_put(ui, event);
}

static void
json_bootnode(struct ui *ui, const struct ipc_bootnode *b)
{
	json_t *event = event_new(ui, "bootnode");

	set_string(event, "state", format_boot_status(b->status));
	set_addr(event, &b->addr);
	set_key(event, b->key);
	event_put(ui, event);
}

static void
json_peer(struct ui *ui, const struct peer *p)
{
	json_t *event = event_new(ui, "peer");
	bool connected = model_is_connected(p);

	set_string(event, "state", format_peer_state(p->state));
	set_id(event, "id", &p->id);
	if (connected || (p->state == PEER_LEFT && p->known))
		set_string(event, "nick", p->shown);
	if (connected) {
		set_fingerprint(event, p->fingerprint);
		set_string(event, "path", format_path(p->kind));
		set_addr(event, &p->addr);
		set(event, "rtt_ms", json_real(p->rtt_us / 1000.0));
	}
	if (p->state == PEER_FAILED)
		set_string(event, "reason", format_failure(p->failure));
	event_put(ui, event);
}

static void
json_message(struct ui *ui, const struct peer *p, const char *text, size_t len)
{
	json_t *event = event_new(ui, "message");
	struct buf line = { 0 };

	set_id(event, "id", &p->id);
	set_string(event, "nick", p->shown);
	put_event(&line, event);
	line.len--; /* the brace that closes it */
	buf_puts(&line, ",\"text\":");
	json_text_put(&line, text, len);
	buf_puts(&line, ",\"room\":");
	json_text_put(&line, ui->model.room, strlen(ui->model.room));
	buf_puts(&line, "}");
	output_line(&ui->out, &line);
}

static void
json_sent(struct ui *ui, uint64_t seq, uint32_t peers)
{
	json_t *event = event_new(ui, "sent");

	set_number(event, "seq", seq);
	set_number(event, "peers", peers);
	event_put(ui, event);
}

static void
json_delivered(struct ui *ui, const struct ipc_delivered *d,
    const struct peer *p)
{
	json_t *event = event_new(ui, "delivered");

	(void)p;
	set_number(event, "seq", d->seq);
	set_id(event, "id", &d->id);
	event_put(ui, event);
}

static void
json_undelivered(struct ui *ui, const struct ipc_undelivered *u,
    const struct peer *p)
{
	json_t *event = event_new(ui, "undelivered");

	(void)p;
	set_number(event, "seq", u->seq);
	set_id(event, "id", &u->id);
	set_string(event, "reason", format_undelivered(u->reason));
	event_put(ui, event);
}

/* Three decimals, and no more. */
static void
set_seconds(json_t *event, const char *key, uint64_t msec)
{
	set(event, key, json_real((double)msec / 1000));
}

static json_t *
status_bootnode(const struct ipc_status *s)
{
	json_t *object = json_object();

	set_string(object, "state", format_boot_status(s->boot_status));
	if (s->net.addr.port != 0)
		set_addr(object, &s->net.addr);
	if (s->has_key)
		set_key(object, s->key);
	if (s->net.heard)
		set_seconds(object, "heartbeat_age_s", s->net.heard_age_ms);
	return object;
}

static json_t *
status_nat(const struct ipc_status *s)
{
	json_t *object = json_object();

	set_string(object, "mapping", format_mapping(s->net.mapping));
	if (s->net.observed.port != 0)
		set_addr(object, &s->net.observed);
	set_string(object, "meaning", format_nat_meaning(&s->net));
	return object;
}

static json_t *
status_peer(const struct peer *p)
{
	const struct ipc_status_peer *f = &p->figures;
	json_t *object = json_object();

	set_id(object, "id", &p->id);
	if (p->known)
		set_string(object, "nick", p->shown);
	set_string(object, "state", format_presence(p->state));
	if (f->net.handle == 0)
		return object;
	set_string(object, "path", format_path(p->kind));
	set_addr(object, &p->addr);
	set(object, "rtt_ms", json_real(f->net.rtt_us / 1000.0));
	set(object, "loss", json_real(format_loss(&f->net) / 1000.0));
	set_seconds(object, "session_age_s", f->session_age_ms);
	set_seconds(object, "rekey_age_s", f->rekey_age_ms);
	return object;
}

static void
json_status(struct ui *ui, const struct ipc_status *s)
{
	json_t *event = event_new(ui, "status"), *peers = json_array();
	const struct peer *p;

	for (size_t i = 0; i < ui->model.high; i++) {
		p = ui->model.peers[i];
		if (p != NULL && p->present &&
		    json_array_append_new(peers, status_peer(p)) == -1)
			fatal("out of memory");
	}
	set(event, "bootnode", status_bootnode(s));
	set(event, "nat", status_nat(s));
	set(event, "peers", peers);
	event_put(ui, event);
}

static void
json_listening(struct ui *ui, const struct ipc_bootnode_ready *ready)
{
	json_t *event = event_new(ui, "listening");

	set_addr(event, &ready->addr);
	set_key(event, ready->key);
	event_put(ui, event);
}

static void
json_member(struct ui *ui, const struct ipc_member *m)
{
	bool left = m->what == MEMBER_LEFT;
	json_t *event = event_new(ui, left ? "left" : "joined");
	char room[sizeof(m->room) * 2 + 1];

	set_id(event, "peer", &m->id);
	set_string(event, "room", format_hex(room, m->room, sizeof(m->room)));
	if (left)
		set_string(event, "reason", format_leave(m->reason));
	event_put(ui, event);
}

/* Causes from this one on and how often each was one; their names without so
 * many characters. */
static json_t *
stats_drops(const struct ipc_stats *s, unsigned int first, size_t skip)
{
	json_t *causes = json_object();

	for (unsigned int i = first; i < DROP_COUNT; i++)
		set_number(causes, format_drop(i) + skip, s->drops[i]);
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
		set_string(source, "address",
		    addr_block_format(&from->block, text));
		set_number(source, "received", from->received);
		set_number(source, "dropped", from->dropped);
		if (json_array_append_new(sources, source) == -1)
			fatal("out of memory");
	}
	return sources;
}

static void
json_stats(struct ui *ui, const struct ipc_stats *s, bool asked)
{
	json_t *event = event_new(ui, "stats");

	set_number(event, "sessions", s->sessions);
	set_number(event, "rooms", s->rooms);
	set_number(event, "joins", s->joins);
	set_number(event, "heartbeats", s->heartbeats);
	set_number(event, "rejected", s->rejected);
	set_number(event, "dropped", s->dropped);
	set_number(event, "received", s->received);
	set_number(event, "sent", s->sent);
	set_number(event, "relayed", s->relayed);
	set_number(event, "relayed_bytes", s->relayed_bytes);
	set(event, "relay_dropped",
	    stats_drops(s, DROP_RELAY_FIRST, strlen(DROP_RELAY_NAME)));
	set_seconds(event, "uptime_s", s->uptime_ms);
	set(event, "drops", stats_drops(s, 0, 0));
	if (asked) {
		set(event, "sources", stats_sources(s));
		set_seconds(event, "sources_s", s->sources_ms);
	}
	event_put(ui, event);
}

static void
json_error_event(struct ui *ui, const char *text)
{
	json_t *event = event_new(ui, "error");
	struct buf clean = { 0 };

	/* It can quote input that was cut within a code point. */
	text_clean(&clean, text, strlen(text), NULL);
	set(event, "text", json_stringn(clean.bytes, clean.len));
	buf_free(&clean);
	event_put(ui, event);
}

static void
json_bye(struct ui *ui)
{
	event_put(ui, event_new(ui, "bye"));
}

static void
say(struct ui *ui, const char *text, size_t len)
{
	if (len == 0)
		ui_line_error(ui, "the text is empty; not sent");
	else
		ui_say(ui, text, len);
}

static void
command_say(struct ui *ui, const json_t *command)
{
	const json_t *text = json_object_get(command, "text");

	if (!json_is_string(text))
		ui_line_error(ui,
		    "\"say\" needs \"text\", a string; "
		    "not sent");
	else
		say(ui, json_string_value(text), json_string_length(text));
}

/* Any line but the simple ones that json_text_say() reads. */
static void
json_command(struct ui *ui, const char *line, size_t len)
{
	json_error_t error;
	json_t *command = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	const char *cmd = json_string_value(json_object_get(command, "cmd"));

	if (command == NULL)
		ui_line_error(ui, "not JSON: %s (column %d)", error.text,
		    error.column);
	else if (!json_is_object(command))
		ui_line_error(ui, "not a JSON object");
	else if (cmd == NULL)
		ui_line_error(ui, "no \"cmd\", or it is not a string");
	else if (strcmp(cmd, "say") == 0)
		command_say(ui, command);
	else if (strcmp(cmd, "status") == 0)
		ui_ask_status(ui);
	else if (strcmp(cmd, "quit") == 0)
		ui_quit(ui);
	else
		ui_line_error(ui,
		    "\"cmd\" is \"%.40s\"; it can be \"say\", "
		    "\"status\" or \"quit\"",
		    cmd);
	json_decref(command);
}

static void
json_line(struct ui *ui, const char *line, size_t len)
{
	struct buf text = { 0 };

	if (json_text_say(&text, line, len))
		say(ui, text.bytes, text.len);
	else
		json_command(ui, line, len);
	buf_free(&text);
}

const struct view view_json = {
	.line_max = 6 * TEXT_MAX + 1024, /* every byte as \u00XX */
	.line = json_line,
	.ready = json_ready,
	.bootnode = json_bootnode,
	.peer = json_peer,
	.message = json_message,
	.sent = json_sent,
	.delivered = json_delivered,
	.delivered_late = json_delivered,
	.undelivered = json_undelivered,
	.status = json_status,
	.listening = json_listening,
	.member = json_member,
	.stats = json_stats,
	.error = json_error_event,
	.bye = json_bye,
};
