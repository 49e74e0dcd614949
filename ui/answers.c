/*
 * Answers to commands that the plain view and the tui give in the same words.
 * See answers.h.
 */
#include "ui/answers.h"

#include "ui/errors.h"
#include "ui/events.h"
#include "ui/format.h"
#include "ui/people.h"
#include "ui/qr.h"
#include "ui/text.h"
#include "ui/ui.h"

#include "common/invite.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The columns that are left of 80 after the time and "* ". */
#define WIDTH	     69
#define NAME_COLUMNS 20

void
answer_line(struct room *room, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	room->ui->view->notice(room, text);
}

void
answer_buf(struct room *room, struct buf *line)
{
	buf_put(line, "", 1);
	room->ui->view->notice(room, line->bytes);
	buf_free(line);
}

void
answer_place(struct room *room, unsigned int number, bool current,
    struct buf *text)
{
	char what[16];

	(void)snprintf(what, sizeof(what), "%c%2u", current ? '>' : ' ',
	    number);
	buf_put(text, "", 1);
	answer_item(room, (unsigned int)strlen(what), what, text->bytes);
	buf_free(text);
}

void
answer_put_room(struct buf *line, const char *name)
{
	struct buf safe = { 0 };

	text_clean(&safe, name, strlen(name), NULL);
	text_shorten(line, safe.bytes, safe.len, NICK_COLUMNS);
	buf_free(&safe);
}

/* The line is broken at spaces; a screen does that itself, by its own
 * columns. */
void
answer_wrapped(struct room *room, const char *text)
{
	size_t len = strlen(text), n;

	if (room->ui->view->keys != NULL) {
		room->ui->view->notice(room, text);
		return;
	}
	for (; len > 0; text += n, len -= n) {
		n = len;
		if (n > WIDTH)
			for (n = WIDTH; text[n] != ' '; n--)
				;
		answer_line(room, "%.*s", (int)n, text);
		n += text[n] == ' ';
	}
}

void
answer_item(struct room *room, unsigned int columns, const char *what,
    const char *text)
{
	struct buf line = { 0 };

	if (room->ui->view->item != NULL) {
		room->ui->view->item(room, what, columns, text);
		return;
	}
	buf_printf(&line, "%-*s ", (int)columns, what);
	buf_puts(&line, text);
	answer_buf(room, &line);
}

/* Lists all places that are present, in the order of their names. */
static size_t
sorted_places(const struct room *room, const struct peer *places[PEERS_MAX])
{
	struct person people[PEERS_MAX];
	size_t count = people_list(&room->model, people), at = 0;

	for (size_t i = 0; i < count; i++) {
		const struct peer *q = NULL;

		places[at++] = people[i].p;
		while ((q = people_elsewhere(&room->model, people[i].p, q)) !=
		    NULL)
			if (strcmp(q->shown, people[i].p->shown) == 0)
				places[at++] = q;
	}
	return at;
}

/* Starts a line about a peer with its name, all in one width. */
static void
put_name(struct buf *line, const struct peer *p)
{
	struct buf name = { 0 };

	event_name(&name, p, &p->id);
	text_column(line, name.bytes, name.len, NAME_COLUMNS);
	buf_free(&name);
}

/* --- /status -------------------------------------------------------------- */

/* Puts "said up to 12, 1 gap", and the chain; nothing if there were no
 * texts. */
static void
status_texts(struct room *room, const char *who, const struct ipc_texts *t)
{
	char chain[FORMAT_CHAIN_MAX], gaps[32] = "";

	if (t->last == 0 && t->gaps == 0)
		return;
	if (t->gaps > 0)
		snprintf(gaps, sizeof(gaps), ", %u gap%s", t->gaps,
		    t->gaps > 1 ? "s" : "");
	answer_line(room, "%ssaid up to %" PRIu64 "%s%s", who, t->last, gaps,
	    t->forks > 0 ? ", DOES NOT AGREE" : "");
	answer_line(room, "  chain %s", format_chain(chain, t->chain));
}

static void
status_peer(struct room *room, const struct peer *p)
{
	const struct ipc_status_peer *f = &p->figures;
	char addr[ADDR_TEXT_MAX], session[FORMAT_AGE_MAX],
	    rekey[FORMAT_AGE_MAX];
	unsigned int loss = format_loss(&f->net);
	struct buf line = { 0 };

	put_name(&line, p);
	if (f->net.handle == 0) {
		buf_printf(&line, " %s", format_presence(p->state));
		answer_buf(room, &line);
		return;
	}
	buf_printf(&line, " %-6s %10.1f ms %4u.%u %% %8s %8s",
	    format_path(p->kind), f->net.rtt_us / 1000.0, loss / 10, loss % 10,
	    format_age(session, f->session_age_ms),
	    format_age(rekey, f->rekey_age_ms));
	answer_buf(room, &line);
	answer_line(room, "  at %s", addr_format(&p->addr, addr, sizeof(addr)));
	status_texts(room, "  ", &f->texts);
}

static void
status_bootnode(struct room *room, const struct ipc_status *s)
{
	char addr[ADDR_TEXT_MAX], key[FORMAT_KEY_MAX], age[FORMAT_AGE_MAX];

	answer_line(room, "bootnode %s: %s",
	    s->net.addr.port != 0
		? addr_format(&s->net.addr, addr, sizeof(addr))
		: "without an address",
	    format_boot_words(s->boot_status));
	if (s->has_key)
		answer_line(room, "key %s",
		    format_hex(key, s->key, X25519_LEN));
	if (s->net.heard)
		answer_line(room, "it last answered %s ago",
		    format_age(age, s->net.heard_age_ms));
}

void
answer_status(struct room *room, const struct ipc_status *s)
{
	char addr[ADDR_TEXT_MAX];
	const struct peer *places[PEERS_MAX];
	size_t count = sorted_places(room, places);
	const char *identity = room->identity;

	status_bootnode(room, s);
	if (*identity != '\0')
		answer_line(room, "your identity: %s", identity);
	answer_line(room, "NAT: %s%s%s", format_mapping(s->net.mapping),
	    s->net.observed.port != 0 ? ", you are seen as " : "",
	    s->net.observed.port != 0
		? addr_format(&s->net.observed, addr, sizeof(addr))
		: "");
	answer_wrapped(room, format_nat_meaning(&s->net));
	status_texts(room, "you ", &s->texts);
	if (count > 0)
		answer_line(room, "%-*s %-6s %13s %8s %8s %8s", NAME_COLUMNS,
		    "peer", "path", "round trip", "loss", "session", "rekey");
	for (size_t i = 0; i < count; i++)
		status_peer(room, places[i]);
	if (count == 0)
		answer_line(room, "nobody else is here");
	if (s->strangers > 0)
		answer_line(room,
		    "members whose card cannot be opened: %u; they know only "
		    "the room's tag",
		    s->strangers);
}

/* --- /peers and /fingerprint ---------------------------------------------- */

static void
peer_lines(struct room *room, const struct peer *p)
{
	char addr[ADDR_TEXT_MAX], fingerprint[FORMAT_FINGERPRINT_MAX];
	struct buf line = { 0 };

	put_name(&line, p);
	buf_printf(&line, " %s", format_presence(p->state));
	if (model_is_connected(p))
		buf_printf(&line, ", %s, %.1f ms, %s", format_path(p->kind),
		    p->rtt_us / 1000.0,
		    p->verified ? "verified" : "not verified");
	answer_buf(room, &line);
	if (model_is_connected(p))
		answer_line(room, "  at %s",
		    addr_format(&p->addr, addr, sizeof(addr)));
	if (p->known)
		answer_line(room, "  %s",
		    format_fingerprint(fingerprint, p->fingerprint));
}

void
answer_fingerprint(struct room *room)
{
	const char *identity = room->identity;
	char fingerprint[FORMAT_FINGERPRINT_MAX];

	if (!room->model.ready) {
		answer_line(room, "you are %s; your key is not known yet",
		    room->model.own);
		return;
	}
	answer_line(room, "you are %s, with the fingerprint%s%s",
	    room->model.own, *identity != '\0' ? " of the identity " : "",
	    identity);
	answer_line(room, "  %s",
	    format_fingerprint(fingerprint, room->model.fingerprint));
}

void
answer_peers(struct room *room)
{
	const struct peer *places[PEERS_MAX];
	size_t count = sorted_places(room, places);

	for (size_t i = 0; i < count; i++)
		peer_lines(room, places[i]);
	if (count == 0)
		answer_line(room, "nobody else is here");
	answer_fingerprint(room);
}

/* --- /names --------------------------------------------------------------- */

#define ACROSS	       3
#define ACROSS_COLUMNS 22 /* of each, and a blank */

/* Puts "anna ×2", cut at its column. */
static void
put_across(struct buf *line, const struct person *person)
{
	struct buf name = { 0 };

	event_name(&name, person->p, &person->p->id);
	if (person->places > 1)
		buf_printf(&name, " ×%u", person->places);
	text_column(line, name.bytes, name.len, ACROSS_COLUMNS);
	buf_free(&name);
}

void
answer_names(struct room *room)
{
	struct person people[PEERS_MAX];
	size_t count = people_list(&room->model, people);
	unsigned int here, relayed;
	struct buf line = { 0 };

	people_count(&room->model, &here, &relayed);
	answer_line(room, "%u here, including you, %s", here, room->model.own);
	for (size_t i = 0; i < count; i++) {
		buf_puts(&line, i % ACROSS == 0 ? "" : " ");
		put_across(&line, &people[i]);
		if (i % ACROSS == ACROSS - 1 || i + 1 == count)
			answer_buf(room, &line);
	}
}

/* --- /invite -------------------------------------------------------------- */

void
answer_invite(struct room *room, const char *invite, size_t len)
{
	answer_line(room,
	    "whoever has this line can enter the room; send it by a way that "
	    "nobody else reads:");
	answer_line(room, "%.*s", (int)len, invite);
}

/* In capitals it is a smaller code. */
void
answer_qr(struct room *room, const char *invite, size_t len)
{
	char capitals[INVITE_TEXT_MAX + 1];

	invite_capitals(capitals, invite, len);
	room->ui->view->qr(room, capitals);
	explicit_bzero(capitals, sizeof(capitals));
}

void
answer_qr_lines(struct room *room, const char *text)
{
	const struct qr_place place = { WIDTH, 0, room->ui->ascii };
	struct buf rows = { 0 };
	bool drawn = qr_put(&rows, text, &place);

	buf_put(&rows, "", 1);
	if (!drawn)
		ui_error(room, "%s", rows.bytes);
	for (char *next = rows.bytes, *row; drawn && next != NULL;) {
		row = strsep(&next, "\n");
		room->ui->view->notice(room, row);
	}
	if (drawn)
		answer_qr_colours(room);
	buf_free(&rows);
}

void
answer_qr_colours(struct room *room)
{
	answer_wrapped(room,
	    "the code is for a terminal whose letters are lighter than their "
	    "background; on another one, not every scanner reads it");
}

/* --- /verify -------------------------------------------------------------- */

void
answer_safety(struct room *room, const struct peer *p,
    const struct ipc_safety *s)
{
	char fingerprint[FORMAT_FINGERPRINT_MAX];
	const char *d = s->digits;
	struct buf line = { 0 };

	answer_line(room, "your fingerprint:");
	answer_line(room, "  %s", format_fingerprint(fingerprint, s->own));
	buf_puts(&line, "that of ");
	event_name(&line, p, &p->id);
	buf_printf(&line, ", %s:", s->verified ? "verified" : "not verified");
	answer_buf(room, &line);
	answer_line(room, "  %s",
	    format_fingerprint(fingerprint, s->fingerprint));
	answer_line(room, "the safety number, the same for both of you:");
	for (int half = 0; half < 2; half++, d += SAFETY_DIGITS / 2)
		answer_line(room, "  %.5s %.5s %.5s %.5s %.5s %.5s", d, d + 5,
		    d + 10, d + 15, d + 20, d + 25);
}
