/*
 * Events as sentences. See events.h.
 */
#include "ui/events.h"

#include "ui/format.h"
#include "ui/people.h"
#include "ui/text.h"
#include "ui/ui.h"

#include <stdio.h>
#include <string.h>

static void
put_id(struct buf *out, const struct peer_id *id)
{
	char text[FORMAT_ID_MAX];

	buf_printf(out, "peer %.8s", format_hex(text, id->bytes, PEER_ID_LEN));
}

void
event_name(struct buf *out, const struct peer *p, const struct peer_id *id)
{
	if (p != NULL && p->us)
		buf_puts(out, "you, elsewhere");
	else if (p != NULL && p->known)
		format_argument(out, p->shown);
	else
		put_id(out, id);
}

/* Puts "direct, 12.3 ms". */
static void
put_path(struct buf *out, const struct peer *p)
{
	buf_printf(out, "%s, %.1f ms", format_path(p->kind),
	    p->rtt_us / 1000.0);
}

void
event_room(struct buf *out, const struct room *room, enum room_state state)
{
	const char *name =
	    state == ROOM_CLOSED ? room->handle : room->model.room;

	if (state == ROOM_CLOSED)
		buf_puts(out,
		    room->close_asked ? "you left room "
				      : "gochat had to close room ");
	else
		buf_puts(out, "room ");
	text_clean(out, name, strlen(name), NULL);
	if (state == ROOM_CLOSED)
		return;
	buf_printf(out, " is open, at bootnode %s", room->bootnode);
	if (room->identity[0] != '\0')
		buf_printf(out, ", with your identity %s", room->identity);
}

void
event_ready(struct buf *out, const struct model *m)
{
	static const char *const secrets[SECRET_KIND_COUNT] = {
		[SECRET_NONE] = "no passphrase",
		[SECRET_PASSPHRASE] = "with a passphrase",
		[SECRET_INVITE] = "by invite",
	};

	buf_printf(out, "you are %s in room ", m->own);
	text_clean(out, m->room, strlen(m->room), NULL);
	buf_printf(out, " (%s)", secrets[m->secret]);
	buf_printf(out, ", UDP port %u", m->port);
}

/* Puts the peer's name for a sentence about what the peer does. */
static void
put_subject(struct buf *out, const struct peer *p)
{
	if (p->us)
		buf_puts(out, "your other place");
	else
		event_name(out, p, &p->id);
}

/* Reports one more place of a person who is here already. */
static void
put_another_place(struct buf *out, const struct model *m, const struct peer *p)
{
	const struct peer *q = NULL;

	if (p->us) {
		buf_puts(out, "you are here from another place, too (");
		return;
	}
	format_argument(out, p->shown);
	while ((q = people_elsewhere(m, p, q)) != NULL)
		if (strcmp(p->shown, q->shown) == 0) {
			buf_puts(out, " is here from another place, too (");
			return;
		}
	buf_puts(out, " is here, the same person as ");
	format_argument(out, people_elsewhere(m, p, NULL)->shown);
	buf_puts(out, " (");
}

static void
put_here(struct buf *out, const struct model *m, const struct peer *p)
{
	if (p->us || p->others > 0) {
		put_another_place(out, m, p);
	} else {
		event_name(out, p, &p->id);
		buf_puts(out, " is here (");
	}
	put_path(out, p);
	buf_puts(out, ")");
}

static void
put_left(struct buf *out, const struct peer *p)
{
	put_subject(out, p);
	buf_puts(out, " left");
	if (p->others > 0 && !p->us)
		buf_puts(out, " one place");
	if (*format_left_meaning(p->left) != '\0')
		buf_printf(out, " (%s)", format_left_meaning(p->left));
	if (p->others > 0 && !p->us)
		buf_puts(out, ", and is still here");
}

void
event_peer(struct buf *out, const struct model *m, const struct peer *p)
{
	switch (p->state) {
	case PEER_CONNECTING:
		put_subject(out, p);
		buf_puts(out, " is connecting");
		break;
	case PEER_CONNECTED:
		put_here(out, m, p);
		break;
	case PEER_PATH:
		put_subject(out, p);
		buf_puts(out, " has another path (");
		put_path(out, p);
		buf_puts(out, ")");
		break;
	case PEER_FAILED:
		put_subject(out, p);
		buf_printf(out, " cannot be reached (%s); still trying",
		    format_failure(p->failure));
		break;
	default:
		put_left(out, p);
		break;
	}
}

/* Puts who did not get a text; if one of several places has it, that may be
 * enough. */
static void
put_missed_by(struct buf *out, const struct peer *p, const struct peer_id *id)
{
	event_name(out, p, id);
	if (p != NULL && p->others > 0)
		buf_puts(out, " in one place");
}

void
event_missed(struct buf *out, const struct ipc_undelivered *u,
    const struct peer *p)
{
	put_missed_by(out, p, &u->id);
	buf_printf(out, " (%s)", format_undelivered(u->reason));
}

/* what: an enum undelivered_reason, or MISSED_LATE. */
static void
put_what(struct buf *out, unsigned int what, const struct peer *p,
    const struct peer_id *id)
{
	bool known = what != UNDELIVERED_QUIT && what != MISSED_LATE;

	/* A client that leaves no longer learns which texts arrive. */
	if (what == UNDELIVERED_QUIT)
		buf_puts(out, "not known to have reached ");
	else
		buf_puts(out,
		    known ? "not delivered to " : "delivered after all to ");
	put_missed_by(out, p, id);
	if (known)
		buf_printf(out, " (%s)", format_undelivered(what));
}

void
event_undelivered(struct buf *out, const struct said *said,
    const struct ipc_undelivered *u, const struct peer *p)
{
	put_what(out, u->reason, p, &u->id);
	buf_printf(out, ": \"%s\"", said_excerpt(said, u->seq));
}

void
event_missed_more(struct buf *out, const struct said *said,
    const struct missed_run *r, const struct peer *p)
{
	put_what(out, r->what, p, &r->id);
	buf_printf(out, ": %u more", r->more);
	if (said_was_sent(said, r->seq))
		buf_printf(out, ", the last \"%s\"",
		    said_excerpt(said, r->seq));
}

void
event_recalled_missed(struct buf *out, const char *excerpt,
    const struct ipc_undelivered *u, const struct peer *p)
{
	put_what(out, u->reason, p, &u->id);
	buf_printf(out, ": \"%s\"", excerpt);
}

void
event_recalled_others(struct buf *out, const char *excerpt, uint32_t others)
{
	buf_printf(out,
	    "not delivered to %u more, whose names were not kept: "
	    "\"%s\"",
	    others, excerpt);
}

void
event_delivered_late(struct buf *out, const struct said *said,
    const struct ipc_delivered *d, const struct peer *p)
{
	put_what(out, MISSED_LATE, p, &d->id);
	if (said_was_sent(said, d->seq))
		buf_printf(out, ": \"%s\"", said_excerpt(said, d->seq));
}

/* True if only the digits behind the nickname came or went. This happens when
 * somebody else takes a nickname that looks like it, or gives it up. */
static bool
is_same_nick(const struct peer *p, const char *before)
{
	size_t len = strlen(p->nick);

	return strncmp(before, p->nick, len) == 0 &&
	    (before[len] == '\0' || before[len] == '~');
}

void
event_renamed(struct buf *out, const struct model *m, const struct peer *p,
    const char *before)
{
	if (p == NULL) {
		buf_printf(out, "you are now called %s", m->own);
		return;
	}
	if (p->us)
		put_subject(out, p);
	else
		format_argument(out, before);
	buf_puts(out,
	    is_same_nick(p, before) ? " is now shown as " : " is now called ");
	format_argument(out, p->shown);
	if (is_same_nick(p, before) && strcmp(p->shown, p->nick) != 0)
		buf_puts(out, ", to tell similar names apart");
}

void
event_verified(struct buf *out, const struct peer *p)
{
	event_name(out, p, &p->id);
	buf_printf(out, " is marked as %s",
	    p->verified ? "verified" : "not verified");
}

/* Puts the line and empties it. */
static void
put_line(struct room *room, struct buf *line,
    void (*put)(struct room *, const char *line))
{
	buf_put(line, "", 1);
	put(room, line->bytes);
	buf_free(line);
}

void
event_key_changed(struct room *room, const struct peer *p,
    const struct known_peer *before,
    void (*put)(struct room *, const char *line))
{
	char fingerprint[FORMAT_FINGERPRINT_MAX];
	struct buf line = { 0 };

	buf_puts(&line, "THE KEY OF ");
	event_name(&line, p, &p->id);
	buf_puts(&line, " IS NOT THE ONE KNOWN BY THIS NAME");
	put_line(room, &line, put);
	buf_printf(&line, "known, %s: %s",
	    before->verified ? "and verified" : "not verified",
	    format_fingerprint(fingerprint, before->fingerprint));
	put_line(room, &line, put);
	buf_printf(&line, "now: %s",
	    format_fingerprint(fingerprint, p->fingerprint));
	put_line(room, &line, put);
	buf_puts(&line,
	    "either somebody else uses this name, or it is a new "
	    "installation: ask over another channel, and compare with "
	    "/verify ");
	event_name(&line, p, &p->id);
	put_line(room, &line, put);
	buf_puts(&line, "the known key is in ");
	if (room->ui->config.state_dir[0] != '\0') {
		text_clean(&line, room->ui->config.state_dir,
		    strlen(room->ui->config.state_dir), NULL);
		buf_puts(&line, "/known_peers");
	} else {
		buf_puts(&line, "known_peers in the state folder");
	}
	buf_puts(&line, ", on a line that ends in its name");
	put_line(room, &line, put);
}

void
event_claim(struct room *room, const struct ipc_peer_claim *c,
    const struct peer *p, void (*put)(struct room *, const char *line))
{
	char fingerprint[FORMAT_FINGERPRINT_MAX], addr[ADDR_TEXT_MAX];
	struct buf line = { 0 };

	buf_puts(&line, "somebody in the room pretends to be ");
	event_name(&line, p, &c->id);
	buf_puts(&line, "; gochat refused them");
	put_line(room, &line, put);
	buf_printf(&line, "their key: %s",
	    format_fingerprint(fingerprint, c->fingerprint));
	if (c->addr.port != 0)
		buf_printf(&line, ", at %s",
		    addr_format(&c->addr, addr, sizeof(addr)));
	put_line(room, &line, put);
}

/* Puts the present state of a person whose events were folded. */
static void
put_now(struct buf *out, const struct peer *p)
{
	if (p == NULL)
		buf_puts(out, ", and has left");
	else if (p->state == PEER_CONNECTING)
		buf_puts(out, ", and is connecting now");
	else if (p->state == PEER_FAILED)
		buf_puts(out, ", and cannot be reached now");
	else
		buf_puts(out, ", and is here now");
}

static void
put_who(struct buf *out, const struct fold *f)
{
	if (f == NULL)
		buf_puts(out, "other people");
	else
		format_argument(out, f->shown);
}

void
event_folded(struct buf *out, enum fold_kind kind, unsigned int count,
    const struct fold *f, const struct peer *p)
{
	char times[32] = "once more", fingerprint[FORMAT_FINGERPRINT_MAX];

	if (count > 1)
		snprintf(times, sizeof(times), "%u times more", count);
	switch (kind) {
	case FOLD_PRESENCE:
		put_who(out, f);
		buf_printf(out, " came or went %s", times);
		break;
	case FOLD_PATH:
		put_who(out, f);
		buf_printf(out, " had another path %s", times);
		break;
	case FOLD_NICK:
		put_who(out, f);
		buf_printf(out, " took another name %s", times);
		break;
	case FOLD_KEY:
		put_who(out, f);
		buf_printf(out, " took a name known with another key %s",
		    times);
		break;
	case FOLD_FORK:
		put_who(out, f);
		buf_printf(out,
		    " sent texts that do not agree with earlier ones %s",
		    times);
		break;
	case FOLD_GAP:
		put_who(out, f);
		buf_printf(out, " said something that has not reached you %s",
		    times);
		break;
	default:
		buf_printf(out,
		    "somebody pretended to be others in the room %s, and was "
		    "refused",
		    times);
		if (f != NULL)
			buf_printf(out, "; their key: %s",
			    format_fingerprint(fingerprint, f->fingerprint));
		return;
	}
	if (f == NULL)
		return;
	if (p != NULL && strcmp(p->shown, f->shown) != 0) {
		buf_puts(out, ", and is now called ");
		format_argument(out, p->shown);
	} else if (kind == FOLD_NICK && p != NULL) {
		buf_puts(out, ", and has the first name again");
	} else {
		put_now(out, p);
	}
}

void
event_fork(struct buf *out, const struct peer *p)
{
	buf_puts(out, "the texts of ");
	event_name(out, p, &p->id);
	buf_puts(out,
	    " do not agree with what they said before: others may have "
	    "received something else; compare /status with them");
}

void
event_gap(struct buf *out, const struct peer *p)
{
	buf_puts(out, "before this, ");
	event_name(out, p, &p->id);
	buf_puts(out, " said something that has not reached you");
}

void
event_stranger(struct buf *out, const struct ipc_stranger *s)
{
	put_id(out, &s->id);
	if (s->others > 0)
		buf_printf(out, " and %u other%s", s->others,
		    s->others > 1 ? "s" : "");
	buf_printf(out,
	    " %s listed in the room and %s not show who %s: nothing is sent "
	    "to %s",
	    s->others > 0 ? "are" : "is", s->others > 0 ? "do" : "does",
	    s->others > 0 ? "they are" : "it is",
	    s->others > 0 ? "them" : "it");
}

void
event_member(struct buf *out, const struct ipc_member *m)
{
	char room[sizeof(m->room) * 2 + 1];

	put_id(out, &m->id);
	buf_printf(out, " %s room %s",
	    m->what == MEMBER_LEFT ? "left" : "joined",
	    format_hex(room, m->room, sizeof(m->room)));
	if (m->what == MEMBER_LEFT)
		buf_printf(out, " (%s)", format_leave(m->reason));
}
