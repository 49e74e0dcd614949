/*
 * The plain view: lines in, lines out, for pipes and screen readers. Every
 * line starts with the time; further lines of a message are indented, so
 * that no text from a peer can look like a line of ours (README.md).
 */
#include "ui/ui.h"

#include "ui/answers.h"
#include "ui/command.h"
#include "ui/figures.h"
#include "ui/format.h"
#include "ui/plain.h"
#include "ui/text.h"

#include <string.h>

/* As wide as the time and the space after it, and a bar. */
#define CONTINUATION "\n         | "

static void
line_begin(const struct ui *ui, struct buf *line)
{
	char clock[FORMAT_CLOCK_MAX];

	buf_printf(line, "%s ", format_clock(clock, ui->wall_ms));
}

static void
put_path(struct buf *line, const struct peer *p)
{
	buf_printf(line, "%s, %.1f ms", format_path(p->kind),
	    p->rtt_us / 1000.0);
}

static void
plain_ready(struct ui *ui)
{
	char fingerprint[FORMAT_FINGERPRINT_MAX];
	struct buf line = { 0 };

	line_begin(ui, &line);
	buf_printf(&line, "* you are %s in room ", ui->model.own);
	text_clean(&line, ui->model.room, strlen(ui->model.room), NULL);
	buf_puts(&line,
	    ui->model.has_passphrase ? " (with a passphrase)"
				     : " (no passphrase)");
	buf_printf(&line, ", UDP port %u, fingerprint %s", ui->model.port,
	    format_fingerprint(fingerprint, ui->model.fingerprint));
	output_line(&ui->out, &line);
}

static void
plain_bootnode(struct ui *ui, const struct ipc_bootnode *b)
{
	char addr[ADDR_TEXT_MAX], key[FORMAT_KEY_MAX];
	struct buf line = { 0 };

	line_begin(ui, &line);
	buf_printf(&line, "* bootnode %s %s",
	    addr_format(&b->addr, addr, sizeof(addr)),
	    format_boot_status(b->status));
	if (b->status == BOOT_LOST)
		buf_puts(&line, "; conversations go on without it");
	else
		buf_printf(&line, ", key %s",
		    format_hex(key, b->key, X25519_LEN));
	output_line(&ui->out, &line);
}

static void
plain_peer(struct ui *ui, const struct peer *p)
{
	struct buf line = { 0 };

	line_begin(ui, &line);
	buf_puts(&line, "* ");
	answer_name(&line, p, &p->id);
	switch (p->state) {
	case PEER_CONNECTING:
		buf_puts(&line, " is connecting");
		break;
	case PEER_CONNECTED:
		buf_puts(&line, " is here (");
		put_path(&line, p);
		buf_puts(&line, ")");
		break;
	case PEER_PATH:
		buf_puts(&line, " has another path (");
		put_path(&line, p);
		buf_puts(&line, ")");
		break;
	case PEER_FAILED:
		buf_printf(&line, " cannot be reached (%s); still trying",
		    format_failure(p->failure));
		break;
	default:
		buf_puts(&line, " left");
		break;
	}
	output_line(&ui->out, &line);
}

/* A text cannot pass for one of another kind, nor a name for its frame: that
 * begins before the name and has < and >, which no name has. */
static void
plain_message(struct ui *ui, const struct peer *p, unsigned int flags,
    const char *text, size_t len)
{
	const char *dash = flags & TEXT_FLAG_ACTION ? "-" : "";
	struct buf line = { 0 };

	line_begin(ui, &line);
	buf_printf(&line, "%s%s<%s>%s ",
	    flags & TEXT_FLAG_PRIVATE ? "(to you alone) " : "", dash, p->shown,
	    dash);
	text_clean(&line, text, len, CONTINUATION);
	output_line(&ui->out, &line);
}

static void
plain_sent(struct ui *ui, uint64_t seq, uint32_t peers)
{
	if (peers == 0)
		ui_error(ui, "nobody is here: not sent to anyone: \"%s\"",
		    said_excerpt(&ui->said, seq));
}

/* Nothing to say: only what did not arrive is worth a line. */
static void
plain_delivered(struct ui *ui, const struct ipc_delivered *d,
    const struct peer *p)
{
	(void)ui;
	(void)d;
	(void)p;
}

static void
plain_delivered_late(struct ui *ui, const struct ipc_delivered *d,
    const struct peer *p)
{
	struct buf line = { 0 };

	line_begin(ui, &line);
	buf_puts(&line, "* delivered after all to ");
	answer_name(&line, p, &d->id);
	if (said_was_sent(&ui->said, d->seq))
		buf_printf(&line, ": \"%s\"", said_excerpt(&ui->said, d->seq));
	output_line(&ui->out, &line);
}

static void
plain_undelivered(struct ui *ui, const struct ipc_undelivered *u,
    const struct peer *p)
{
	struct buf line = { 0 };

	line_begin(ui, &line);
	/* Who leaves does not learn any more what arrived. */
	if (u->reason == UNDELIVERED_QUIT)
		buf_puts(&line, "! not known to be delivered to ");
	else
		buf_puts(&line, "! not delivered to ");
	answer_name(&line, p, &u->id);
	if (u->reason != UNDELIVERED_QUIT)
		buf_printf(&line, " (%s)", format_undelivered(u->reason));
	buf_printf(&line, ": \"%s\"", said_excerpt(&ui->said, u->seq));
	output_line(&ui->out, &line);
}

static void
plain_listening(struct ui *ui, const struct ipc_bootnode_ready *ready)
{
	char addr[ADDR_TEXT_MAX], key[FORMAT_KEY_MAX];
	struct buf line = { 0 };

	line_begin(ui, &line);
	buf_printf(&line, "listening on %s, key %s",
	    addr_format(&ready->addr, addr, sizeof(addr)),
	    format_hex(key, ready->key, X25519_LEN));
	output_line(&ui->out, &line);
}

static void
plain_member(struct ui *ui, const struct ipc_member *m)
{
	char room[sizeof(m->room) * 2 + 1];
	struct buf line = { 0 };

	line_begin(ui, &line);
	answer_name(&line, NULL, &m->id);
	buf_printf(&line, " %s room %s",
	    m->what == MEMBER_LEFT ? "left" : "joined",
	    format_hex(room, m->room, sizeof(m->room)));
	if (m->what == MEMBER_LEFT)
		buf_printf(&line, " (%s)", format_leave(m->reason));
	output_line(&ui->out, &line);
}

/* A line of the operator's view. */
static void
plain_stats(struct ui *ui, const struct ipc_stats *s, bool asked)
{
	if (asked)
		figures_all(ui, s, ui->view->notice);
	else
		figures_news(ui, s, ui->view->notice);
}

static void
plain_error(struct ui *ui, const char *text)
{
	struct buf line = { 0 };

	line_begin(ui, &line);
	buf_puts(&line, "! ");
	text_clean(&line, text, strlen(text), NULL);
	output_line(&ui->out, &line);
}

static void
plain_bye(struct ui *ui)
{
	struct buf line = { 0 };

	line_begin(ui, &line);
	buf_puts(&line, "* bye");
	output_line(&ui->out, &line);
}

static void
plain_line(struct ui *ui, const char *line, size_t len)
{
	size_t held = ui->said.held_count;

	command_line(ui, line, len);
	/* The first: before a bootnode was joined, nothing else empties it. */
	if (!ui->model.joined && held == 0 && ui->said.held_count == 1)
		plain_notice(ui, "held until a bootnode lets us in");
}

const struct view view_plain = {
	.line_max = TEXT_MAX,
	.line = plain_line,
	.ready = plain_ready,
	.bootnode = plain_bootnode,
	.peer = plain_peer,
	.said = plain_said,
	.message = plain_message,
	.sent = plain_sent,
	.delivered = plain_delivered,
	.delivered_late = plain_delivered_late,
	.undelivered = plain_undelivered,
	.status = answer_status,
	.renamed = plain_renamed,
	.key_changed = plain_key_changed,
	.safety = plain_safety,
	.verified = plain_verified,
	.listening = plain_listening,
	.member = plain_member,
	.stats = plain_stats,
	.notice = plain_notice,
	.error = plain_error,
	.bye = plain_bye,
};
