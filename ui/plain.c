/*
 * The plain view: lines in, lines out, for pipes and screen readers. Every
 * line starts with the time; further lines of a message are indented, so
 * that no text from a peer can look like a line of ours (README.md).
 */
#include "ui/errors.h"
#include "ui/ui.h"

#include "ui/answers.h"
#include "ui/ascii.h"
#include "ui/command.h"
#include "ui/events.h"
#include "ui/figures.h"
#include "ui/format.h"
#include "ui/rooms.h"
#include "ui/text.h"

#include <string.h>

/* The margin is as wide as the time and the space after it, and a bar. */
#define CONTINUATION "\n         | "

/* With several rooms, each line says whose it is. */
static void
put_room(const struct room *room, struct buf *line)
{
	buf_puts(line, "[");
	text_clean(line, room->handle, strlen(room->handle), NULL);
	buf_puts(line, "] ");
}

static void
line_begin(const struct room *room, struct buf *line)
{
	char clock[FORMAT_CLOCK_MAX];

	buf_printf(line, "%s ", format_clock(clock, room->ui->wall_ms));
	if (rooms_are_several(room->ui))
		put_room(room, line);
}

/* Puts a whole line, and frees it. */
static void
put_line(struct room *room, struct buf *line)
{
	struct buf ascii = { 0 };

	if (!room->ui->ascii) {
		output_line(&room->ui->out, line);
		return;
	}
	ascii_put(&ascii, line->bytes, line->len);
	buf_free(line);
	output_line(&room->ui->out, &ascii);
}

/* Puts a line of ours: '*' is an event, '!' an error. */
static void
put_marked(struct room *room, const char *mark, const char *text, size_t len)
{
	struct buf line = { 0 };

	line_begin(room, &line);
	buf_puts(&line, mark);
	buf_put(&line, text, len);
	put_line(room, &line);
}

/* Puts a sentence, which is freed. */
static void
put_event(struct room *room, const char *mark, struct buf *sentence)
{
	put_marked(room, mark, sentence->bytes, sentence->len);
	buf_free(sentence);
}

static void
plain_notice(struct room *room, const char *text)
{
	put_marked(room, "* ", text, strlen(text));
}

static void
plain_ready(struct room *room)
{
	char fingerprint[FORMAT_FINGERPRINT_MAX];
	struct buf text = { 0 };

	event_ready(&text, &room->model);
	put_event(room, "* ", &text);
	buf_printf(&text, "your fingerprint is %s",
	    format_fingerprint(fingerprint, room->model.fingerprint));
	put_event(room, "* ", &text);
}

static void
plain_bootnode(struct room *room, const struct ipc_bootnode *b)
{
	char key[FORMAT_KEY_MAX];
	struct buf text = { 0 };

	/* The refusal and its reason are an error, which follows. */
	if (b->status != BOOT_REFUSED) {
		event_bootnode(&text, b);
		put_event(room, "* ", &text);
	}
	if (b->status == BOOT_LOST)
		return;
	buf_printf(&text, "%skey %s",
	    b->status == BOOT_REFUSED ? "the bootnode has the " : "",
	    format_hex(key, b->key, X25519_LEN));
	put_event(room, "* ", &text);
}

static void
plain_peer(struct room *room, const struct peer *p)
{
	struct buf text = { 0 };

	event_peer(&text, &room->model, p);
	put_event(room, "* ", &text);
}

/* The user sees the typed line, but not to whom a command sent it. */
static void
plain_said(struct room *room, uint64_t seq, unsigned int flags,
    const struct peer *to, const char *text, size_t len)
{
	struct buf line = { 0 };

	(void)seq;
	(void)flags;
	(void)text;
	(void)len;
	if (to == NULL)
		return;
	buf_puts(&line, "to ");
	event_name(&line, to, &to->id);
	buf_puts(&line, " alone");
	put_event(room, "* ", &line);
}

/* A text cannot pass for one of another kind, nor a name for its frame: that
 * begins before the name and has < and >, which no name has. */
static void
plain_message(struct room *room, const struct peer *p, unsigned int flags,
    const char *text, size_t len)
{
	const char *dash = flags & TEXT_FLAG_ACTION ? "-" : "";
	struct buf line = { 0 };

	line_begin(room, &line);
	buf_printf(&line, "%s%s<%s>%s ",
	    flags & TEXT_FLAG_PRIVATE ? "(to you alone) " : "", dash, p->shown,
	    dash);
	text_clean(&line, text, len, CONTINUATION);
	put_line(room, &line);
}

static void
plain_sent(struct room *room, uint64_t seq, uint32_t peers, enum sent_to to)
{
	if (to == SENT_ALL && peers == 0)
		ui_error(room, "nobody is here: not sent to anyone: \"%s\"",
		    said_excerpt(&room->said, seq));
}

/* There is nothing to say: only a text that did not arrive is worth a line. */
static void
plain_delivered(struct room *room, const struct ipc_delivered *d,
    const struct peer *p)
{
	(void)room;
	(void)d;
	(void)p;
}

static void
plain_delivered_late(struct room *room, const struct ipc_delivered *d,
    const struct peer *p)
{
	struct buf text = { 0 };

	event_delivered_late(&text, &room->said, d, p);
	put_event(room, "* ", &text);
}

static void
plain_undelivered(struct room *room, const struct ipc_undelivered *u,
    const struct peer *p)
{
	struct buf text = { 0 };

	event_undelivered(&text, &room->said, u, p);
	put_event(room, "! ", &text);
}

/* Lines of the earlier ui are still there; but that somebody did not get ours
 * may not have been written. */
static void
plain_recalled(struct room *room, const struct recalled_text *t)
{
	struct buf text = { 0 };

	if (t->others == 0)
		return;
	event_recalled_others(&text, room->past.excerpt, t->others);
	put_event(room, "! ", &text);
}

static void
plain_recalled_missed(struct room *room, const struct ipc_undelivered *u,
    const struct peer *p)
{
	struct buf text = { 0 };

	event_recalled_missed(&text, room->past.excerpt, u, p);
	put_event(room, "! ", &text);
}

static void
plain_renamed(struct room *room, const struct peer *p, const char *before)
{
	struct buf text = { 0 };

	event_renamed(&text, &room->model, p, before);
	put_event(room, "* ", &text);
}

static void
put_warning(struct room *room, const char *line)
{
	put_marked(room, "! ", line, strlen(line));
}

static void
plain_key_changed(struct room *room, const struct peer *p,
    const struct known_peer *before)
{
	event_key_changed(room, p, before, put_warning);
}

static void
plain_claim(struct room *room, const struct ipc_peer_claim *c,
    const struct peer *p)
{
	event_claim(room, c, p, put_warning);
}

static void
plain_folded(struct room *room, enum fold_kind kind, const struct buf *text)
{
	put_marked(room, fold_is_warning(kind) ? "! " : "* ", text->bytes,
	    text->len);
}

static void
plain_fork(struct room *room, const struct peer *p, uint64_t seq)
{
	struct buf text = { 0 };

	(void)seq;
	event_fork(&text, p);
	put_event(room, "! ", &text);
}

static void
plain_gap(struct room *room, const struct peer *p, uint64_t seq)
{
	struct buf text = { 0 };

	(void)seq;
	event_gap(&text, p);
	put_event(room, "! ", &text);
}

static void
plain_stranger(struct room *room, const struct ipc_stranger *s)
{
	struct buf text = { 0 };

	event_stranger(&text, s);
	put_event(room, "! ", &text);
}

/* A lone yes is what comes to mind, but it is not an answer: it could come at
 * any time, to anything. */
static void
plain_safety(struct room *room, const struct peer *p,
    const struct ipc_safety *s)
{
	struct buf name = { 0 };

	answer_safety(room, p, s);
	format_argument(&name, p->shown);
	answer_line(room,
	    "if your friend has the same number, type this line:");
	answer_line(room, "  /verify %.*s yes", (int)name.len, name.bytes);
	buf_free(&name);
}

static void
plain_verified(struct room *room, const struct peer *p)
{
	struct buf text = { 0 };

	event_verified(&text, p);
	put_event(room, "* ", &text);
}

static void
plain_listening(struct room *room, const struct ipc_bootnode_ready *ready)
{
	char addr[ADDR_TEXT_MAX], key[FORMAT_KEY_MAX];
	struct buf text = { 0 };

	buf_printf(&text, "listening on %s",
	    addr_format(&ready->addr, addr, sizeof(addr)));
	put_event(room, "", &text);
	buf_printf(&text, "key %s", format_hex(key, ready->key, X25519_LEN));
	put_event(room, "", &text);
}

static void
plain_member(struct room *room, const struct ipc_member *m)
{
	struct buf text = { 0 };

	event_member(&text, m);
	put_event(room, "", &text);
}

static void
plain_stats(struct room *room, const struct ipc_stats *s, bool asked)
{
	if (asked)
		figures_all(room, s, plain_notice);
	else
		figures_news(room, s, plain_notice);
}

static void
plain_error(struct room *room, const char *text)
{
	struct buf safe = { 0 };

	text_clean(&safe, text, strlen(text), NULL);
	put_event(room, "! ", &safe);
}

static void
plain_bye(struct ui *ui)
{
	char clock[FORMAT_CLOCK_MAX];
	struct buf line = { 0 };

	buf_printf(&line, "%s * bye", format_clock(clock, ui->wall_ms));
	output_line(&ui->out, &line);
}

static void
plain_turned(struct room *room)
{
	if (rooms_are_several(room->ui))
		plain_notice(room, "what you type goes to this room now");
}

static void
plain_room(struct room *room, enum room_state state)
{
	struct buf text = { 0 };

	event_room(&text, room, state);
	put_event(state == ROOM_CLOSED ? room->ui->front : room, "* ", &text);
}

static void
plain_line(struct room *room, const char *line, size_t len)
{
	bool first = !room->model.joined && said_open(&room->said) == 0;

	if (room->ui->adrift && command_says(room, line, len)) {
		ui_line_error(room,
		    "not sent, because another room than this one was the "
		    "current room: /room says where what you type goes");
		return;
	}
	command_line(room, line, len);
	if (first && said_open(&room->said) > 0)
		plain_notice(room,
		    "your text waits for a connection to a bootnode");
}

const struct view view_plain = {
	.line_max = TEXT_MAX,
	.for_people = true,
	.turned = plain_turned,
	.room = plain_room,
	.line = plain_line,
	.turn = command_turn,
	.ready = plain_ready,
	.bootnode = plain_bootnode,
	.peer = plain_peer,
	.said = plain_said,
	.message = plain_message,
	.sent = plain_sent,
	.delivered = plain_delivered,
	.delivered_late = plain_delivered_late,
	.undelivered = plain_undelivered,
	.recalled = plain_recalled,
	.recalled_missed = plain_recalled_missed,
	.status = answer_status,
	.renamed = plain_renamed,
	.key_changed = plain_key_changed,
	.claim = plain_claim,
	.folded = plain_folded,
	.fork = plain_fork,
	.gap = plain_gap,
	.stranger = plain_stranger,
	.safety = plain_safety,
	.invite = answer_invite,
	.qr = answer_qr_lines,
	.verified = plain_verified,
	.listening = plain_listening,
	.member = plain_member,
	.stats = plain_stats,
	.notice = plain_notice,
	.error = plain_error,
	.bye = plain_bye,
	.checked = check_put,
};
