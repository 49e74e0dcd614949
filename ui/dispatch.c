/*
 * Handlers of messages from cryptod. A message that names nobody is refused,
 * and cryptod is reported for it.
 */
#include "ui/answers.h"
#include "ui/ask.h"
#include "ui/errors.h"
#include "ui/events.h"
#include "ui/leave.h"
#include "ui/receipts.h"
#include "ui/rooms.h"
#include "ui/tell.h"
#include "ui/texts.h"
#include "ui/trust.h"
#include "ui/ui.h"

#include "ui/format.h"
#include "ui/people.h"

static int
client_ready(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	int known = model_ready(&room->model, in->body, (const char *)in->tail,
	    in->tail_len);

	if (known == -1)
		return -1;
	room->was_ready = true;
	buf_wipe(&room->secret);
	said_name(&room->said, room->model.own, strlen(room->model.own));
	if (known == 0 && room->past.awaited)
		room->past.ready_due = true;
	else if (known == 0)
		room->ui->view->ready(room);
	return 0;
}

/* The tui leaves errors after /quit in the log: those have no address. */
static bool
is_no_news(const struct room *room)
{
	return room->ui->tui != NULL && room->ui->phase >= UI_QUITTING;
}

static void
bootnode_unreachable(struct room *room, const struct ipc_bootnode *b)
{
	struct buf why = { 0 };

	event_unreachable(&why, b, true);
	ui_error(room, "%.*s", (int)why.len, why.bytes);
	buf_free(&why);
}

/* The error names the file that a key is remembered in, if that is the
 * reason. */
static void
bootnode_refused(struct room *room, const struct ipc_bootnode *b)
{
	bool file = b->refusal == REFUSAL_KEY_CHANGED &&
	    room->ui->config.state_dir[0] != '\0';
	struct buf why = { 0 };

	event_refused(&why, b);
	ui_error(room, "%.*s%s%s%s", (int)why.len, why.bytes, file ? ": " : "",
	    file ? room->ui->config.state_dir : "",
	    file ? "/known_bootnodes" : "");
	buf_free(&why);
}

static int
bootnode(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_bootnode *b = in->body;

	if (room->ui->check.wanted)
		return check_heard(room, b);
	later_all_known(room); /* they are told before anything of a bootnode */
	room->boot_known = true;
	room->boot_state = b->status;
	room->model.joined = room->model.joined || b->joined;
	room->kept_out = room->kept_out || b->status == BOOT_REFUSED ||
	    b->status == BOOT_UNREACHABLE;
	if (b->status == BOOT_UNREACHABLE) {
		if (!is_no_news(room))
			bootnode_unreachable(room, b);
		return 0;
	}
	if (b->status == BOOT_JOINED || b->status == BOOT_REJOINED) {
		room->model.settling = b->settling;
	} else if (b->status == BOOT_LOST) {
		room->model.settling = true;
	}
	room->ui->view->bootnode(room, b);
	if (b->status == BOOT_JOINED && room->invite_wanted) {
		room->invite_wanted = false;
		ui_ask_invite(room, false);
	}
	if (b->status == BOOT_REFUSED && !is_no_news(room))
		bootnode_refused(room, b);
	return 0;
}

static int
settled(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;

	(void)in;
	room->model.settling = false;
	return 0;
}

static int
peer_state(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_peer_state *s = in->body;
	const struct peer *p = model_peer_by_id(&room->model, &s->id);
	bool was_named = p != NULL && p->present && p->known;
	bool was_connected = was_named && model_is_connected(p);
	const struct known_peer *known;
	bool is_new;
	char before[NICK_SHOWN_MAX];

	if (was_named)
		memcpy(before, p->shown, sizeof(before));
	p = model_peer_state(&room->model, s, (const char *)in->tail,
	    in->tail_len);
	if (p == NULL)
		return -1;
	is_new = !p->compared && model_is_connected(p);
	known = ui_compare(room, p);
	if (was_named && strcmp(before, p->shown) != 0)
		ui_tell_renamed(room, p, before);
	/* A peer that is still connected is no news: it told its name. */
	if (!was_connected || s->state != PEER_CONNECTED)
		ui_tell_peer(room, p);
	if (known != NULL)
		ui_tell_key_changed(room, p, known);
	if (is_new && !p->us)
		known_note(&room->known, p->fingerprint, p->nick, p->verified);
	return 0;
}

static int
known_peer(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_known_peer *b = in->body;
	char nick[NICK_MAX + 1];

	if (nick_normalise((const char *)in->tail, in->tail_len, nick) == -1)
		nick_stand_in(nick, b->fingerprint);
	known_note(&room->known, b->fingerprint, nick, b->verified);
	return 0;
}

/* Answers come in the order of questions: the peer may be gone since. */
static int
safety(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_safety *b = in->body;
	const struct peer *p = model_peer(&room->model, b->handle);

	if (p != NULL)
		room->ui->view->safety(room, p, b);
	return 0;
}

/* The answer to ui_ask_invite(). */
static int
invite(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_invite *b = in->body;
	bool qr = room->qr_wanted;

	room->qr_wanted = false;
	switch ((enum invite_state)b->state) {
	case INVITE_MADE:
		room->ui->view->invite(room, (const char *)in->tail,
		    in->tail_len);
		if (qr)
			answer_qr(room, (const char *)in->tail, in->tail_len);
		break;
	case INVITE_NO_SECRET:
		ui_error(room,
		    "there is no invite to this room: people enter it by its "
		    "name and passphrase. gochat --new-room makes a room that "
		    "people enter by invite");
		break;
	case INVITE_NO_KEY:
		ui_error(room,
		    "there is no invite yet: the bootnode's key is part of it, "
		    "and the bootnode has not answered");
		break;
	case INVITE_STATE_COUNT:
		break;
	}
	return 0;
}

static int
verified(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct peer *p = model_verified(&room->model, in->body),
			  *q = NULL;

	if (p == NULL)
		return 0;
	known_note(&room->known, p->fingerprint, p->nick, p->verified);
	room->ui->view->verified(room, p);
	while (!room->ui->view->for_people &&
	    (q = people_elsewhere(&room->model, p, q)) != NULL)
		room->ui->view->verified(room, q);
	return 0;
}

/* This ui need not have heard of the peer yet. */
static int
claim(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;

	ui_tell_claim(room, in->body);
	return 0;
}

static int
stranger(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;

	room->ui->view->stranger(room, in->body);
	return 0;
}

static int
goodbye(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;

	(void)in;
	ui_goodbye(room); /* an earlier ui may have asked for it */
	return 0;
}

/* A new netd listens at the same addresses. */
static void
note_listening(struct room *room, const struct ipc_bootnode_ready *ready)
{
	for (size_t i = 0; i < room->listening_count; i++)
		if (addr_equal(&room->listening[i].addr, &ready->addr))
			return;
	if (room->listening_count < BINDS_MAX)
		room->listening[room->listening_count++] = *ready;
}

static int
bootnode_ready(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;

	room->was_ready = true;
	note_listening(room, in->body);
	room->ui->view->listening(room, in->body);
	return 0;
}

static int
member(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;

	room->ui->view->member(room, in->body);
	return 0;
}

static int
stats(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	const struct ipc_stats *now = in->body;
	bool asked;

	/* A new netd has counted from zero. */
	if (now->uptime_ms < room->stats.uptime_ms)
		memset(&room->stats, 0, sizeof(room->stats));
	/* The answer may be for an earlier ui. */
	asked = now->asked && room->status_asked;
	if (!asked || room->ui->side == NULL ||
	    !room->ui->side->awaits_stats(room->ui))
		room->ui->view->stats(room, now, asked && !room->status_quiet);
	room->stats = *now;
	if (asked)
		room->status_asked = room->status_quiet = false;
	if (room->ui->side != NULL)
		room->ui->side->stats_told(room->ui, now);
	return 0;
}

/* An answer without a question is for an earlier ui. */
static int
status_peer(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;

	return room->status_asked ? model_figures(&room->model, in->body) : 0;
}

static int
status(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;

	if (!room->status_asked)
		return 0;
	room->status_asked = false;
	room->ui->view->status(room, in->body);
	room->status_wanted = false;
	model_forget_figures(&room->model);
	return 0;
}

void
ui_add_handlers(struct dispatch *d)
{
	const struct handler handlers[] = {
		{ IPC_CLIENT_READY, client_ready, NULL },
		{ IPC_BOOTNODE, bootnode, NULL },
		{ IPC_SETTLED, settled, NULL },
		{ IPC_KNOWN_PEER, known_peer, NULL },
		{ IPC_PEER, peer_state, NULL },
		{ IPC_FORK, texts_fork, NULL },
		{ IPC_STRANGER, stranger, NULL },
		{ IPC_PEER_CLAIM, claim, NULL },
		{ IPC_MESSAGE, texts_message, NULL },
		{ IPC_SENT, texts_sent, NULL },
		{ IPC_SENT_ALSO, texts_sent_also, NULL },
		{ IPC_SENT_ALL, texts_sent_all, NULL },
		{ IPC_DELIVERED, texts_delivered, NULL },
		{ IPC_DELIVERED_LATE, texts_delivered_late, NULL },
		{ IPC_UNDELIVERED, texts_undelivered, NULL },
		{ IPC_SAFETY, safety, NULL },
		{ IPC_INVITE, invite, NULL },
		{ IPC_VERIFIED, verified, NULL },
		{ IPC_STATUS_PEER, status_peer, NULL },
		{ IPC_STATUS, status, NULL },
		{ IPC_RECALL, past_text, NULL },
		{ IPC_RECALL_MISSED, past_missed, NULL },
		{ IPC_RECALL_DRAFT, past_draft, NULL },
		{ IPC_RECALL_END, past_end, NULL },
		{ IPC_SECRET_WANTED, rooms_secret_wanted, NULL },
		{ IPC_GOODBYE, goodbye, NULL },
		{ IPC_BOOTNODE_READY, bootnode_ready, NULL },
		{ IPC_MEMBER_SHOW, member, NULL },
		{ IPC_STATS_SHOW, stats, NULL },
	};

	dispatch_add(d, handlers, sizeof(handlers) / sizeof(handlers[0]));
}
