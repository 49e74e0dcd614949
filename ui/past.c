/*
 * Texts that an earlier ui showed. See past.h.
 */
#include "ui/errors.h"
#include "ui/ui.h"

#include "ui/format.h"
#include "ui/text.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

/* --- The people of it ----------------------------------------------------- */

static void
no_rename(void *arg, const struct peer *p, const char *before)
{
	(void)arg;
	(void)p;
	(void)before;
}

static struct model *
people_of(struct room *room)
{
	struct model *m = room->past.people;

	if (m != NULL)
		return m;
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		fatal("out of memory");
	m->ready = true;
	memcpy(m->fingerprint, room->model.fingerprint, FINGERPRINT_LEN);
	model_rename(m, room->model.own, no_rename, NULL);
	room->past.people = m;
	return m;
}

static void
free_people(struct ui_past *past)
{
	if (past->people != NULL)
		model_free(past->people);
	free(past->people);
	past->people = NULL;
}

/* Returns a person of this name and key, or NULL if there is nobody to be
 * shown. */
static const struct peer *
person(struct room *room, const struct peer_id *id, const uint8_t fingerprint[],
    const char *nick, size_t nick_len)
{
	struct model *people = people_of(room);
	const struct peer *p = model_peer_by_id(people, id);
	struct ipc_peer_state s = {
		.handle =
		    p != NULL ? p->handle : 0x1000 | (uint32_t)people->high,
		.state = PEER_CONNECTED,
		.kind = PATH_LAN,
		.id = *id,
	};

	if (nick_len == 0)
		return NULL;
	memcpy(s.fingerprint, fingerprint, FINGERPRINT_LEN);
	s.verified = known_is_verified(&room->known, fingerprint);
	p = model_peer_state(people, &s, nick, nick_len);
	if (p != NULL && !p->compared)
		model_compared(people, p->handle,
		    !p->us &&
			known_changed(&room->known, &p->look, p->fingerprint,
			    p->verified) != NULL);
	return p;
}

/*
 * With so many people, those who only missed a text get no name any more: each
 * text can name some, and a model has room for 2048. The rest is for the
 * authors of texts, of which cryptod keeps 500.
 */
#define NAMED_MAX 1024

/* Returns the peer that missed a text, or NULL: the id has to do. */
static const struct peer *
person_missed(struct room *room, const struct ipc_recall_missed *m,
    const char *nick, size_t nick_len)
{
	const struct model *people = people_of(room);

	if (people->high >= NAMED_MAX &&
	    model_peer_by_id(people, &m->id) == NULL)
		return NULL;
	return person(room, &m->id, m->fingerprint, nick, nick_len);
}

/* --- What becomes of ours ------------------------------------------------- */

static bool
is_settled(const struct past_own *o)
{
	return o->sent && !o->open && o->left == 0;
}

/* Nothing more will be heard about these texts. */
static void
drop_settled(struct ui_past *past)
{
	size_t kept = 0;

	for (size_t i = 0; i < past->own_count; i++)
		if (!is_settled(&past->own[i]))
			past->own[kept++] = past->own[i];
	past->own_count = kept;
}

static void
follow(struct ui_past *past, const struct ipc_recall *r)
{
	struct past_own *o;

	past->own =
	    reallocarray(past->own, past->own_count + 1, sizeof(past->own[0]));
	if (past->own == NULL)
		fatal("out of memory");
	o = &past->own[past->own_count++];
	o->seq = r->seq;
	o->peers = r->peers;
	o->left = r->left;
	o->sent = r->sent;
	o->open = r->open;
	memcpy(o->excerpt, past->excerpt, sizeof(o->excerpt));
	drop_settled(past);
}

static struct past_own *
find(const struct ui_past *past, uint64_t seq)
{
	for (size_t i = 0; i < past->own_count; i++)
		if (past->own[i].seq == seq)
			return &past->own[i];
	return NULL;
}

void
past_sent(struct room *room, uint64_t seq, uint32_t peers, bool open)
{
	struct past_own *o = find(&room->past, seq);

	if (o == NULL || o->sent)
		return;
	o->sent = true;
	o->peers = o->left = peers;
	o->open = open;
	room->ui->view->sent(room, seq, peers, open ? SENT_OPEN : SENT_ALL);
	drop_settled(&room->past);
}

void
past_also(struct room *room, uint64_t after)
{
	struct past_own *o = room->past.own;

	for (size_t i = 0; i < room->past.own_count; i++, o++) {
		if (!o->open || o->seq <= after)
			continue;
		o->left++;
		room->ui->view->sent(room, o->seq, ++o->peers, SENT_MORE);
	}
}

void
past_all(struct room *room, uint64_t seq)
{
	struct past_own *o = room->past.own;

	for (size_t i = 0; i < room->past.own_count; i++, o++) {
		if (!o->open || o->seq > seq)
			continue;
		o->open = false;
		room->ui->view->sent(room, o->seq, o->peers, SENT_ALL);
	}
	drop_settled(&room->past);
}

void
past_heard_of(struct room *room, uint64_t seq)
{
	struct past_own *o = find(&room->past, seq);

	if (o == NULL || o->left == 0)
		return;
	o->left--;
	drop_settled(&room->past);
}

void
past_lost(struct room *room)
{
	const struct past_own *o = room->past.own;
	size_t count = room->past.own_count;

	if (count == 0)
		return;
	room->ui->outcome.unknown = true;
	for (size_t i = 0; i < count; i++)
		room->ui->view->sent(room, o[i].seq, o[i].peers, SENT_UNKNOWN);
	ui_error(room,
	    "it is not known whether everybody received what you said before "
	    "ui was restarted, and it is not sent again: %zu of your "
	    "messages, the last is \"%s\"",
	    count, o[count - 1].excerpt);
	room->past.own_count = 0;
}

/* --- From cryptod --------------------------------------------------------- */

/* Our texts have rising numbers, lower than any of this ui. */
static bool
is_next(const struct room *room, uint64_t seq)
{
	return seq == 0 ||
	    (seq > room->past.seq && said_earlier(&room->said, seq));
}

int
past_text(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_recall *b = in->body;
	const char *nick = (const char *)in->tail;
	struct recalled_text t = {
		.wall_ms = b->wall_ms,
		.seq = b->seq,
		.flags = b->flags,
		.sent = b->sent,
		.open = b->open,
		.peers = b->peers,
		.delivered = b->delivered,
		.others = b->others,
		.text = nick + b->nick_len,
		.len = in->tail_len - b->nick_len,
	};

	if (!room->past.awaited || !is_next(room, b->seq))
		return -1;
	room->past.texts++;
	t.who = person(room, &b->id, b->fingerprint, nick, b->nick_len);
	if (b->seq != 0) {
		room->past.seq = b->seq;
		text_excerpt(room->past.excerpt, sizeof(room->past.excerpt),
		    t.text, t.len);
		follow(&room->past, b);
	}
	if (room->ui->view->recalled != NULL)
		room->ui->view->recalled(room, &t);
	return 0;
}

int
past_missed(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_recall_missed *b = in->body;
	struct ipc_undelivered u = {
		.seq = b->seq,
		.id = b->id,
		.reason = b->reason,
	};

	if (!room->past.awaited || b->seq != room->past.seq)
		return -1;
	room->ui->view->recalled_missed(room, &u,
	    person_missed(room, b, (const char *)in->tail, in->tail_len));
	return 0;
}

int
past_draft(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_draft *b = in->body;

	if (!room->past.awaited)
		return -1;
	if (room->ui->view->draft != NULL)
		room->ui->view->draft(room, (const char *)in->tail,
		    in->tail_len, b->cursor);
	return 0;
}

int
past_end(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;

	(void)in;
	past_over(room); /* there may be nothing to recall, nor ever was */
	return 0;
}

void
past_over(struct room *room)
{
	struct ui_past *r = &room->past;

	if (!r->awaited)
		return;
	r->awaited = false;
	room->may_answer = true;
	ui_error(room,
	    "ui ended and was restarted%s; what you typed just before may not "
	    "have been sent",
	    r->texts > 0 && room->ui->tui != NULL ? ": the texts above are old"
						  : "");
	if (r->ready_due)
		room->ui->view->ready(room);
	free_people(r);
}

void
past_free(struct ui_past *r)
{
	free_people(r);
	free(r->own);
}
