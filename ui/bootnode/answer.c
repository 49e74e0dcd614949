/*
 * Answers to a bootnode's operator. See answer.h.
 */
#include "ui/bootnode/answer.h"

#include "common/log.h"
#include "ui/errors.h"
#include "ui/figures.h"
#include "ui/format.h"
#include "ui/json/json.h"
#include "ui/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
put(const struct answer *a, json_t *event)
{
	if (a->out == NULL) {
		json_event_put(a->ui->front, event);
		return;
	}
	json_event_append(a->out, event);
	buf_put(a->out, "\n", 1);
}

/* True if people read the answer as it is. */
static bool
is_for_people(const struct answer *a)
{
	return a->out == NULL && a->ui->view->for_people;
}

static void
put_text(const struct answer *a, const char *text)
{
	json_t *event;

	if (is_for_people(a)) {
		a->ui->view->notice(a->ui->front, text);
		return;
	}
	event = json_event_of_all(a->ui, "line");
	json_set_string(event, "text", text);
	put(a, event);
}

static void say(const struct answer *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
say(const struct answer *a, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	put_text(a, text);
}

/* --- status --------------------------------------------------------------- */

static const struct answer
    *sink; /* of the lines of figures_all(), while it runs */

static void
put_figures_line(struct room *room, const char *text)
{
	(void)room;
	put_text(sink, text);
}

/* What the view has told its operator stays as it was, if this is not read
 * there. */
static void
say_figures(const struct answer *a, const struct ipc_stats *stats)
{
	struct room *room = a->ui->front;
	const struct figures told = room->figures;

	sink = a;
	figures_all(room, stats, put_figures_line);
	sink = NULL;
	if (!is_for_people(a))
		room->figures = told;
}

void
answer_figures(const struct answer *a, const struct ipc_stats *stats)
{
	char addr[ADDR_TEXT_MAX], key[FORMAT_KEY_MAX];
	const struct room *room = a->ui->front;

	for (size_t i = 0; i < room->listening_count; i++) {
		const struct ipc_bootnode_ready *at = &room->listening[i];

		if (!a->text)
			put(a, json_listening_event(room, at));
		else
			say(a, "listening on %s",
			    addr_format(&at->addr, addr, sizeof(addr)));
	}
	if (!a->text) {
		put(a, json_stats_event(room, stats, true));
		return;
	}
	if (room->listening_count > 0)
		say(a, "key %s",
		    format_hex(key, room->listening[0].key, X25519_LEN));
	if (stats->draining)
		say(a, "draining: nobody is let in");
	say_figures(a, stats);
}

/* --- Lists ---------------------------------------------------------------- */

static const char *
alias(const struct ipc_operated_entry *e, char text[2 * ROOM_ALIAS_LEN + 1])
{
	return format_hex(text, e->room, ROOM_ALIAS_LEN);
}

static void
put_room(const struct answer *a, const struct ipc_operated_entry *e)
{
	char room[2 * ROOM_ALIAS_LEN + 1];
	json_t *event;

	if (a->text) {
		say(a, "room %s %6" PRIu32 " member%s", alias(e, room),
		    e->number, e->number == 1 ? "" : "s");
		return;
	}
	event = json_event_of_all(a->ui, "room");
	json_set_string(event, "room", alias(e, room));
	json_set_number(event, "members", e->number);
	put(a, event);
}

static void
put_session(const struct answer *a, const struct ipc_operated_entry *e)
{
	char room[2 * ROOM_ALIAS_LEN + 1], addr[ADDR_TEXT_MAX],
	    id[FORMAT_ID_MAX];
	json_t *event;

	if (a->text) {
		say(a, "%s room %s heard %5.1f s ago %s",
		    format_hex(id, e->id.bytes, PEER_ID_LEN), alias(e, room),
		    e->number / 1000.0,
		    addr_format(&e->addr, addr, sizeof(addr)));
		return;
	}
	event = json_event_of_all(a->ui, "session");
	json_set_id(event, "peer", &e->id);
	json_set_string(event, "room", alias(e, room));
	json_set_addr(event, &e->addr);
	json_set(event, "heard_s", json_real(e->number / 1000.0));
	put(a, event);
}

void
answer_entry(const struct answer *a, const struct request *r,
    const struct ipc_operated_entry *e)
{
	if (r->command == REQUEST_ROOMS)
		put_room(a, e);
	else
		put_session(a, e);
}

/* --- fleet ---------------------------------------------------------------- */

static const char *const states[OPERATED_STATE_COUNT] = {
	[OPERATED_LIVES] = "lives",
	[OPERATED_DRAINS] = "drains",
	[OPERATED_GONE] = "gone",
};

/* Two lines: a node may have four addresses. */
static void
say_node(const struct answer *a, const struct ipc_operated_node *n,
    const char *version)
{
	char addr[ADDR_TEXT_MAX];
	struct buf line = { 0 };

	say(a,
	    "%016" PRIx64 " %-6s %7" PRIu32 " of %7" PRIu32
	    " sessions %7" PRIu32 " rooms %5.1f s%s",
	    n->id, states[n->state], n->sessions, n->capacity, n->rooms,
	    n->age_ms / 1000.0, n->self ? " *" : "");
	for (size_t i = 0; i < n->addr_count; i++)
		buf_printf(&line, " %s",
		    addr_format(&n->addrs[i], addr, sizeof(addr)));
	say(a, "  %s%.*s", version, (int)line.len, line.bytes);
	buf_free(&line);
}

static json_t *
addresses(const struct ipc_operated_node *n)
{
	char addr[ADDR_TEXT_MAX];
	json_t *list = json_array();

	for (size_t i = 0; i < n->addr_count; i++)
		if (json_array_append_new(list,
			json_string(addr_format(&n->addrs[i], addr,
			    sizeof(addr)))) == -1)
			fatal("out of memory");
	return list;
}

void
answer_node(const struct answer *a, const struct ipc_operated_node *n)
{
	char version[sizeof(n->version) + 1] = "", id[17];
	json_t *event;

	memcpy(version, n->version, sizeof(n->version));
	if (a->text) {
		say_node(a, n, version);
		return;
	}
	(void)snprintf(id, sizeof(id), "%016" PRIx64, n->id);
	event = json_event_of_all(a->ui, "node");
	json_set_string(event, "id", id);
	json_set_string(event, "state", states[n->state]);
	json_set(event, "self", json_boolean(n->self));
	json_set(event, "addresses", addresses(n));
	json_set_number(event, "capacity", n->capacity);
	json_set_number(event, "sessions", n->sessions);
	json_set_number(event, "rooms", n->rooms);
	json_set(event, "heard_s", json_real(n->age_ms / 1000.0));
	json_set_string(event, "version", version);
	put(a, event);
}

/* --- The end -------------------------------------------------------------- */

static void
say_end(const struct answer *a, const struct request *r, uint64_t count)
{
	const char *s = count == 1 ? "" : "s";

	switch (r->command) {
	case REQUEST_STATUS:
		break;
	case REQUEST_ROOMS:
		say(a, "%" PRIu64 " room%s", count, s);
		break;
	case REQUEST_SESSIONS:
		say(a, "%" PRIu64 " session%s", count, s);
		break;
	case REQUEST_FLEET:
		if (count == 0)
			say(a, "this bootnode is in no fleet");
		else
			say(a, "%" PRIu64 " node%s; * this one", count, s);
		break;
	case REQUEST_KICK:
		say(a, "%" PRIu64 " session%s ended; the client may come again",
		    count, s);
		break;
	case REQUEST_DRAIN:
		if (r->operate.what == OPERATE_REFILL)
			say(a, "clients are let in again");
		else
			say(a,
			    "nobody is let in any more; the bootnode ends "
			    "with the last session, or in %u s",
			    r->seconds);
		break;
	case REQUEST_DENY:
		if (count == 0)
			say(a, "that is denied already");
		else
			say(a,
			    "denied until the next reload, or until netd is "
			    "started again; sessions from there end");
		break;
	case REQUEST_RELOAD:
		say(a,
		    "the settings are read again; the log says what has "
		    "changed");
		break;
	}
}

void
answer_end(const struct answer *a, const struct request *r, uint64_t count)
{
	json_t *event;

	if (a->text)
		say_end(a, r, count);
	if (is_for_people(a))
		return;
	event = json_event_of_all(a->ui, "end");
	json_set_number(event, "count", count);
	put(a, event);
}

void
answer_error(const struct answer *a, const char *why, size_t len)
{
	struct buf clean = { 0 };
	json_t *event;

	if (a->out == NULL) {
		ui_error(a->ui->front, "%.*s", (int)len, why);
		return;
	}
	event = json_event_of_all(a->ui, "error");
	text_clean(&clean, why, len, NULL);
	json_set(event, "text", json_stringn(clean.bytes, clean.len));
	buf_free(&clean);
	put(a, event);
}
