/*
 * Answers to a bootnode's operator. See answer.h.
 */
#include "ui/bootnode/answer.h"

#include "ui/figures.h"
#include "ui/format.h"
#include "ui/json/json.h"
#include "ui/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
put(struct buf *out, json_t *event)
{
	json_event_append(out, event);
	buf_put(out, "\n", 1);
}

void
answer_text(struct buf *out, const struct ui *ui, const char *text)
{
	json_t *event = json_event_of_all(ui, "line");

	json_set_string(event, "text", text);
	put(out, event);
}

static void say(struct buf *, const struct ui *, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
say(struct buf *out, const struct ui *ui, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	answer_text(out, ui, text);
}

/* --- status --------------------------------------------------------------- */

static struct buf *sink; /* of the lines of figures_all(), while it runs */

static void
put_figures_line(struct room *room, const char *text)
{
	answer_text(sink, room->ui, text);
}

/* What the view has told its operator stays as it was. */
static void
say_figures(struct buf *out, struct ui *ui, const struct ipc_stats *stats)
{
	const struct figures told = ui->front->figures;

	sink = out;
	figures_all(ui->front, stats, put_figures_line);
	sink = NULL;
	ui->front->figures = told;
}

void
answer_figures(struct buf *out, struct ui *ui, bool text,
    const struct ipc_stats *stats)
{
	char addr[ADDR_TEXT_MAX], key[FORMAT_KEY_MAX];
	const struct room *room = ui->front;

	for (size_t i = 0; i < room->listening_count; i++) {
		const struct ipc_bootnode_ready *at = &room->listening[i];

		if (!text)
			put(out, json_listening_event(room, at));
		else
			say(out, ui, "listening on %s",
			    addr_format(&at->addr, addr, sizeof(addr)));
	}
	if (!text) {
		put(out, json_stats_event(room, stats, true));
		return;
	}
	if (room->listening_count > 0)
		say(out, ui, "key %s",
		    format_hex(key, room->listening[0].key, X25519_LEN));
	if (stats->draining)
		say(out, ui, "draining: nobody is let in");
	say_figures(out, ui, stats);
}

/* --- Lists ---------------------------------------------------------------- */

static const char *
alias(const struct ipc_operated_entry *e, char text[2 * ROOM_ALIAS_LEN + 1])
{
	return format_hex(text, e->room, ROOM_ALIAS_LEN);
}

static void
put_room(struct buf *out, const struct ui *ui, bool text,
    const struct ipc_operated_entry *e)
{
	char room[2 * ROOM_ALIAS_LEN + 1];
	json_t *event;

	if (text) {
		say(out, ui, "room %s %6" PRIu32 " member%s", alias(e, room),
		    e->number, e->number == 1 ? "" : "s");
		return;
	}
	event = json_event_of_all(ui, "room");
	json_set_string(event, "room", alias(e, room));
	json_set_number(event, "members", e->number);
	put(out, event);
}

static void
put_session(struct buf *out, const struct ui *ui, bool text,
    const struct ipc_operated_entry *e)
{
	char room[2 * ROOM_ALIAS_LEN + 1], addr[ADDR_TEXT_MAX],
	    id[FORMAT_ID_MAX];
	json_t *event;

	if (text) {
		say(out, ui, "%s room %s heard %5.1f s ago %s",
		    format_hex(id, e->id.bytes, PEER_ID_LEN), alias(e, room),
		    e->number / 1000.0,
		    addr_format(&e->addr, addr, sizeof(addr)));
		return;
	}
	event = json_event_of_all(ui, "session");
	json_set_id(event, "peer", &e->id);
	json_set_string(event, "room", alias(e, room));
	json_set_addr(event, &e->addr);
	json_set(event, "heard_s", json_real(e->number / 1000.0));
	put(out, event);
}

void
answer_entry(struct buf *out, const struct ui *ui, const struct request *r,
    const struct ipc_operated_entry *e)
{
	if (r->command == REQUEST_ROOMS)
		put_room(out, ui, r->text, e);
	else
		put_session(out, ui, r->text, e);
}

/* --- The end -------------------------------------------------------------- */

static void
say_end(struct buf *out, const struct ui *ui, const struct request *r,
    uint64_t count)
{
	const char *s = count == 1 ? "" : "s";

	switch (r->command) {
	case REQUEST_STATUS:
		break;
	case REQUEST_ROOMS:
		say(out, ui, "%" PRIu64 " room%s", count, s);
		break;
	case REQUEST_SESSIONS:
		say(out, ui, "%" PRIu64 " session%s", count, s);
		break;
	case REQUEST_KICK:
		say(out, ui,
		    "%" PRIu64 " session%s ended; the client may come again",
		    count, s);
		break;
	case REQUEST_DRAIN:
		if (r->operate.what == OPERATE_REFILL)
			say(out, ui, "clients are let in again");
		else
			say(out, ui,
			    "nobody is let in any more; the bootnode ends "
			    "with the last session, or in %u s",
			    r->seconds);
		break;
	case REQUEST_DENY:
		if (count == 0)
			say(out, ui, "that is denied already");
		else
			say(out, ui,
			    "denied until the next reload, or until netd is "
			    "started again; sessions from there end");
		break;
	case REQUEST_RELOAD:
		say(out, ui,
		    "the settings are read again; the log says what has "
		    "changed");
		break;
	}
}

void
answer_end(struct buf *out, const struct ui *ui, const struct request *r,
    uint64_t count)
{
	json_t *event = json_event_of_all(ui, "end");

	if (r->text)
		say_end(out, ui, r, count);
	json_set_number(event, "count", count);
	put(out, event);
}

void
answer_error(struct buf *out, const struct ui *ui, const char *why, size_t len)
{
	json_t *event = json_event_of_all(ui, "error");
	struct buf clean = { 0 };

	text_clean(&clean, why, len, NULL);
	json_set(event, "text", json_stringn(clean.bytes, clean.len));
	buf_free(&clean);
	put(out, event);
}
