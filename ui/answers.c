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
answer_line(struct ui *ui, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	ui->view->notice(ui, text);
}

/* The line is broken at spaces; a screen does that itself, by its own
 * columns. */
void
answer_wrapped(struct ui *ui, const char *text)
{
	size_t len = strlen(text), n;

	if (ui->view->keys != NULL) {
		ui->view->notice(ui, text);
		return;
	}
	for (; len > 0; text += n, len -= n) {
		n = len;
		if (n > WIDTH)
			for (n = WIDTH; text[n] != ' '; n--)
				;
		answer_line(ui, "%.*s", (int)n, text);
		n += text[n] == ' ';
	}
}

/* Lists all places that are present, in the order of their names. */
static size_t
sorted_places(const struct ui *ui, const struct peer *places[PEERS_MAX])
{
	struct person people[PEERS_MAX];
	size_t count = people_list(&ui->model, people), at = 0;

	for (size_t i = 0; i < count; i++) {
		const struct peer *q = NULL;

		places[at++] = people[i].p;
		while (
		    (q = people_elsewhere(&ui->model, people[i].p, q)) != NULL)
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

static void
answer_buf(struct ui *ui, struct buf *line)
{
	buf_put(line, "", 1);
	ui->view->notice(ui, line->bytes);
	buf_free(line);
}

/* --- /status -------------------------------------------------------------- */

/* Puts "said up to 12, 1 gap", and the chain; nothing if there were no
 * texts. */
static void
status_texts(struct ui *ui, const char *who, const struct ipc_texts *t)
{
	char chain[FORMAT_CHAIN_MAX], gaps[32] = "";

	if (t->last == 0 && t->gaps == 0)
		return;
	if (t->gaps > 0)
		snprintf(gaps, sizeof(gaps), ", %u gap%s", t->gaps,
		    t->gaps > 1 ? "s" : "");
	answer_line(ui, "%ssaid up to %" PRIu64 "%s%s", who, t->last, gaps,
	    t->forks > 0 ? ", DOES NOT AGREE" : "");
	answer_line(ui, "  chain %s", format_chain(chain, t->chain));
}

static void
status_peer(struct ui *ui, const struct peer *p)
{
	const struct ipc_status_peer *f = &p->figures;
	char addr[ADDR_TEXT_MAX], session[FORMAT_AGE_MAX],
	    rekey[FORMAT_AGE_MAX];
	unsigned int loss = format_loss(&f->net);
	struct buf line = { 0 };

	put_name(&line, p);
	if (f->net.handle == 0) {
		buf_printf(&line, " %s", format_presence(p->state));
		answer_buf(ui, &line);
		return;
	}
	buf_printf(&line, " %-6s %10.1f ms %4u.%u %% %8s %8s",
	    format_path(p->kind), f->net.rtt_us / 1000.0, loss / 10, loss % 10,
	    format_age(session, f->session_age_ms),
	    format_age(rekey, f->rekey_age_ms));
	answer_buf(ui, &line);
	answer_line(ui, "  at %s", addr_format(&p->addr, addr, sizeof(addr)));
	status_texts(ui, "  ", &f->texts);
}

static void
status_bootnode(struct ui *ui, const struct ipc_status *s)
{
	char addr[ADDR_TEXT_MAX], key[FORMAT_KEY_MAX], age[FORMAT_AGE_MAX];

	answer_line(ui, "bootnode %s: %s",
	    s->net.addr.port != 0
		? addr_format(&s->net.addr, addr, sizeof(addr))
		: "without an address",
	    format_boot_words(s->boot_status));
	if (s->has_key)
		answer_line(ui, "key %s", format_hex(key, s->key, X25519_LEN));
	if (s->net.heard)
		answer_line(ui, "it last answered %s ago",
		    format_age(age, s->net.heard_age_ms));
}

void
answer_status(struct ui *ui, const struct ipc_status *s)
{
	char addr[ADDR_TEXT_MAX];
	const struct peer *places[PEERS_MAX];
	size_t count = sorted_places(ui, places);

	status_bootnode(ui, s);
	answer_line(ui, "NAT: %s%s%s", format_mapping(s->net.mapping),
	    s->net.observed.port != 0 ? ", you are seen as " : "",
	    s->net.observed.port != 0
		? addr_format(&s->net.observed, addr, sizeof(addr))
		: "");
	answer_wrapped(ui, format_nat_meaning(&s->net));
	status_texts(ui, "you ", &s->texts);
	if (count > 0)
		answer_line(ui, "%-*s %-6s %13s %8s %8s %8s", NAME_COLUMNS,
		    "peer", "path", "round trip", "loss", "session", "rekey");
	for (size_t i = 0; i < count; i++)
		status_peer(ui, places[i]);
	if (count == 0)
		answer_line(ui, "nobody else is here");
	if (s->strangers > 0)
		answer_line(ui,
		    "members whose card cannot be opened: %u; they know only "
		    "the room's tag",
		    s->strangers);
}

/* --- /peers and /fingerprint ---------------------------------------------- */

static void
peer_lines(struct ui *ui, const struct peer *p)
{
	char addr[ADDR_TEXT_MAX], fingerprint[FORMAT_FINGERPRINT_MAX];
	struct buf line = { 0 };

	put_name(&line, p);
	buf_printf(&line, " %s", format_presence(p->state));
	if (model_is_connected(p))
		buf_printf(&line, ", %s, %.1f ms, %s", format_path(p->kind),
		    p->rtt_us / 1000.0,
		    p->verified ? "verified" : "not verified");
	answer_buf(ui, &line);
	if (model_is_connected(p))
		answer_line(ui, "  at %s",
		    addr_format(&p->addr, addr, sizeof(addr)));
	if (p->known)
		answer_line(ui, "  %s",
		    format_fingerprint(fingerprint, p->fingerprint));
}

void
answer_fingerprint(struct ui *ui)
{
	char fingerprint[FORMAT_FINGERPRINT_MAX];

	if (!ui->model.ready) {
		answer_line(ui, "you are %s; your key is not known yet",
		    ui->model.own);
		return;
	}
	answer_line(ui, "you are %s, with the fingerprint", ui->model.own);
	answer_line(ui, "  %s",
	    format_fingerprint(fingerprint, ui->model.fingerprint));
}

void
answer_peers(struct ui *ui)
{
	const struct peer *places[PEERS_MAX];
	size_t count = sorted_places(ui, places);

	for (size_t i = 0; i < count; i++)
		peer_lines(ui, places[i]);
	if (count == 0)
		answer_line(ui, "nobody else is here");
	answer_fingerprint(ui);
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
answer_names(struct ui *ui)
{
	struct person people[PEERS_MAX];
	size_t count = people_list(&ui->model, people);
	unsigned int here, relayed;
	struct buf line = { 0 };

	people_count(&ui->model, &here, &relayed);
	answer_line(ui, "%u here, including you, %s", here, ui->model.own);
	for (size_t i = 0; i < count; i++) {
		buf_puts(&line, i % ACROSS == 0 ? "" : " ");
		put_across(&line, &people[i]);
		if (i % ACROSS == ACROSS - 1 || i + 1 == count)
			answer_buf(ui, &line);
	}
}

/* --- /invite -------------------------------------------------------------- */

void
answer_invite(struct ui *ui, const char *invite, size_t len)
{
	answer_line(ui,
	    "whoever has this line can enter the room; send it by a way that "
	    "nobody else reads:");
	answer_line(ui, "%.*s", (int)len, invite);
}

/* In capitals it is a smaller code. */
void
answer_qr(struct ui *ui, const char *invite, size_t len)
{
	char capitals[INVITE_TEXT_MAX + 1];

	invite_capitals(capitals, invite, len);
	ui->view->qr(ui, capitals);
	explicit_bzero(capitals, sizeof(capitals));
}

void
answer_qr_lines(struct ui *ui, const char *text)
{
	const struct qr_place place = { WIDTH, 0, ui->ascii };
	struct buf rows = { 0 };
	bool drawn = qr_put(&rows, text, &place);

	buf_put(&rows, "", 1);
	if (!drawn)
		ui_error(ui, "%s", rows.bytes);
	for (char *next = rows.bytes, *row; drawn && next != NULL;) {
		row = strsep(&next, "\n");
		ui->view->notice(ui, row);
	}
	if (drawn)
		answer_qr_colours(ui);
	buf_free(&rows);
}

void
answer_qr_colours(struct ui *ui)
{
	answer_wrapped(ui,
	    "the code is for a terminal whose letters are lighter than their "
	    "background; on another one, not every scanner reads it");
}

/* --- /verify -------------------------------------------------------------- */

void
answer_safety(struct ui *ui, const struct peer *p, const struct ipc_safety *s)
{
	char fingerprint[FORMAT_FINGERPRINT_MAX];
	const char *d = s->digits;
	struct buf line = { 0 };

	answer_line(ui, "your fingerprint:");
	answer_line(ui, "  %s", format_fingerprint(fingerprint, s->own));
	buf_puts(&line, "that of ");
	event_name(&line, p, &p->id);
	buf_printf(&line, ", %s:", s->verified ? "verified" : "not verified");
	answer_buf(ui, &line);
	answer_line(ui, "  %s",
	    format_fingerprint(fingerprint, s->fingerprint));
	answer_line(ui, "the safety number, the same for both of you:");
	for (int half = 0; half < 2; half++, d += SAFETY_DIGITS / 2)
		answer_line(ui, "  %.5s %.5s %.5s %.5s %.5s %.5s", d, d + 5,
		    d + 10, d + 15, d + 20, d + 25);
}
