/*
 * Handlers of messages about texts: what others say, and what becomes of what
 * we said. See texts.h.
 */
#include "ui/texts.h"

#include "ui/missed.h"
#include "ui/past.h"
#include "ui/receipts.h"
#include "ui/tell.h"
#include "ui/trust.h"
#include "ui/ui.h"

#include <string.h>

int
texts_fork(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_fork *b = in->body;
	const struct peer *p = model_peer(&room->model, b->handle);

	if (p == NULL)
		return -1;
	ui_tell_fork(room, p, b->seq);
	return 0;
}

/* The peer says its next text under this name, which is examined like a name
 * that comes by itself. Nothing can be told by the name of a peer whose key we
 * do not know. */
static void
said_as(struct room *room, const struct peer *p, const char *nick, size_t len)
{
	const struct known_peer *known;
	char before[NICK_SHOWN_MAX];
	bool is_new;

	if (!p->known)
		return;
	memcpy(before, p->shown, sizeof(before));
	model_said_as(&room->model, p, nick, len);
	is_new = !p->compared;
	known = ui_compare(room, p);
	if (strcmp(before, p->shown) != 0)
		ui_tell_renamed(room, p, before);
	if (known != NULL)
		ui_tell_key_changed(room, p, known);
	if (is_new && !p->us)
		known_note(&room->known, p->fingerprint, p->nick, p->verified);
}

int
texts_message(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const char *tail = (const char *)in->tail;
	const struct ipc_message *b = in->body;
	const struct peer *p = model_peer(&room->model, b->handle);

	if (p == NULL)
		return -1;
	/* Nobody sees the text any more, and its sender hears that. */
	if (room->ui->phase == UI_QUITTING &&
	    (output_full(&room->ui->out) ||
		room->receipt_count == UI_RECEIPTS_MAX))
		return 0;
	/* The cryptod that had the receipt may be gone: the text came again. */
	if (model_is_new(&room->model, b->handle, b->seq)) {
		said_as(room, p, tail, b->nick_len);
		if (b->after_gap)
			ui_tell_gap(room, p, b->seq);
		room->ui->view->message(room, p, b->flags, tail + b->nick_len,
		    in->tail_len - b->nick_len);
	} else if (room->ui->view->touch != NULL) {
		room->ui->view->touch(
		    room->ui); /* its receipt goes with the next frame */
	}
	ui_owe_receipt(room, b);
	return 0;
}

static void
tell_sent(struct room *room, uint64_t seq, uint32_t peers, enum sent_to to)
{
	if (peers == 0 && to == SENT_ALL)
		room->ui->outcome.to_nobody = true;
	room->ui->view->sent(room, seq, peers, to);
}

int
texts_sent(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_sent *b = in->body;
	struct peer_id ids[CLIENT_PEERS_MAX];

	memcpy(ids, in->tail, in->tail_len);
	if (said_earlier(&room->said, b->seq)) {
		past_sent(room, b->seq, b->peers, b->open);
		return 0;
	}
	switch (said_sent(&room->said, b->seq, ids, b->peers, b->open)) {
	case -1:
		return -1;
	case 0:
		tell_sent(room, b->seq, b->peers,
		    b->open ? SENT_OPEN : SENT_ALL);
	}
	return 0;
}

static void
sent_more(void *arg, uint64_t seq)
{
	struct room *room = arg;
	uint32_t peers;
	bool open;

	peers = said_peers(&room->said, seq, &open);
	tell_sent(room, seq, peers, open ? SENT_MORE : SENT_ALL);
}

int
texts_sent_also(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_sent_also *b = in->body;

	if (said_also(&room->said, b->after, &b->id, sent_more, room) == -1)
		return -1;
	past_also(room, b->after);
	return 0;
}

int
texts_sent_all(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_sent_all *b = in->body;

	if (said_all(&room->said, b->seq, sent_more, room) == -1)
		return -1;
	past_all(room, b->seq);
	return 0;
}

int
texts_delivered(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_delivered *b = in->body;

	if (said_settled(&room->said, b->seq, &b->id) == -1)
		return -1;
	past_heard_of(room, b->seq);
	room->ui->view->delivered(room, b,
	    model_peer_by_id(&room->model, &b->id));
	return 0;
}

/* The text was reported as undelivered, but the peer had it after all. */
int
texts_delivered_late(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_delivered *b = in->body;

	if (b->seq == 0 || b->seq >= room->said.next)
		return -1;
	if (!said_earlier(&room->said, b->seq))
		outcome_delivered_late(&room->ui->outcome);
	missed_late(room, b, model_peer_by_id(&room->model, &b->id));
	return 0;
}

/* A peer that could not be reached when it was sent was not counted in SENT,
 * and the user is told all the same. */
int
texts_undelivered(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_undelivered *b = in->body;
	const struct peer *p = model_peer_by_id(&room->model, &b->id);
	bool failed = p != NULL && p->present && p->state == PEER_FAILED;

	if (said_settled(&room->said, b->seq, &b->id) == -1 &&
	    (!failed || !said_was_sent(&room->said, b->seq)))
		return -1;
	if (b->counted)
		past_heard_of(room, b->seq);
	outcome_undelivered(&room->ui->outcome);
	missed_undelivered(room, b, p);
	return 0;
}
