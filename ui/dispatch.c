/*
 * Handlers of messages from cryptod. A message that names nobody is refused,
 * and cryptod is reported for it.
 */
#include "ui/answers.h"
#include "ui/ask.h"
#include "ui/errors.h"
#include "ui/leave.h"
#include "ui/receipts.h"
#include "ui/tell.h"
#include "ui/trust.h"
#include "ui/ui.h"

#include "ui/format.h"
#include "ui/people.h"

static int
client_ready(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	int known = model_ready(&ui->model, in->body, (const char *)in->tail,
	    in->tail_len);

	if (known == -1)
		return -1;
	ui->was_ready = true;
	said_name(&ui->said, ui->model.own, strlen(ui->model.own));
	if (known == 0 && ui->past.awaited)
		ui->past.ready_due = true;
	else if (known == 0)
		ui->view->ready(ui);
	return 0;
}

/* The tui leaves errors after /quit in the log: those have no address. */
static bool
is_no_news(const struct ui *ui)
{
	return ui->tui != NULL && ui->phase >= UI_QUITTING;
}

static void
bootnode_unreachable(struct ui *ui, const struct ipc_bootnode *b)
{
	char addr[ADDR_TEXT_MAX];

	addr_format(&b->addr, addr, sizeof(addr));
	if (b->addr.port == 0) /* not resolved yet */
		ui_error(ui,
		    "the address of the bootnode is not known yet; still "
		    "trying");
	else if (b->mtu != 0)
		ui_error(ui,
		    "the link to bootnode %s takes packets of at most %u "
		    "bytes, and %u are needed; raise its MTU, or use another link; still "
		    "trying",
		    addr, b->mtu, WIRE_MTU_MIN(addr_is_ipv4(&b->addr)));
	else
		ui_error(ui, "bootnode %s does not answer; still trying", addr);
}

/* The error names the file that a key is remembered in, if that is the
 * reason. */
static void
bootnode_refused(struct ui *ui, const struct ipc_bootnode *b)
{
	bool file =
	    b->refusal == REFUSAL_KEY_CHANGED && ui->state_dir[0] != '\0';
	char addr[ADDR_TEXT_MAX];

	ui_error(ui, "bootnode %s refused: %s%s%s%s",
	    addr_format(&b->addr, addr, sizeof(addr)),
	    format_refusal(b->refusal), file ? ": " : "",
	    file ? ui->state_dir : "", file ? "/known_bootnodes" : "");
}

static int
bootnode(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_bootnode *b = in->body;

	later_all_known(ui); /* they are told before anything of a bootnode */
	ui->model.joined = ui->model.joined || b->joined;
	ui->kept_out = ui->kept_out || b->status == BOOT_REFUSED ||
	    b->status == BOOT_UNREACHABLE;
	if (b->status == BOOT_UNREACHABLE) {
		if (!is_no_news(ui))
			bootnode_unreachable(ui, b);
		return 0;
	}
	if (b->status == BOOT_JOINED || b->status == BOOT_REJOINED) {
		ui->model.settling = b->settling;
	} else if (b->status == BOOT_LOST) {
		ui->model.settling = true;
	}
	ui->view->bootnode(ui, b);
	if (b->status == BOOT_JOINED && ui->invite_wanted) {
		ui->invite_wanted = false;
		ui_ask_invite(ui, false);
	}
	if (b->status == BOOT_REFUSED && !is_no_news(ui))
		bootnode_refused(ui, b);
	return 0;
}

static int
settled(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;

	(void)in;
	ui->model.settling = false;
	return 0;
}

static int
peer_state(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_peer_state *s = in->body;
	const struct peer *p = model_peer_by_id(&ui->model, &s->id);
	bool was_named = p != NULL && p->present && p->known;
	bool was_connected = was_named && model_is_connected(p);
	const struct known_peer *known;
	bool is_new;
	char before[NICK_SHOWN_MAX];

	if (was_named)
		memcpy(before, p->shown, sizeof(before));
	p = model_peer_state(&ui->model, s, (const char *)in->tail,
	    in->tail_len);
	if (p == NULL)
		return -1;
	is_new = !p->compared && model_is_connected(p);
	known = ui_compare(ui, p);
	if (was_named && strcmp(before, p->shown) != 0)
		ui_tell_renamed(ui, p, before);
	/* A peer that is still connected is no news: it told its name. */
	if (!was_connected || s->state != PEER_CONNECTED)
		ui_tell_peer(ui, p);
	if (known != NULL)
		ui_tell_key_changed(ui, p, known);
	if (is_new && !p->us)
		known_note(&ui->known, p->fingerprint, p->nick, p->verified);
	return 0;
}

static int
known_peer(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_known_peer *b = in->body;
	char nick[NICK_MAX + 1];

	if (nick_normalise((const char *)in->tail, in->tail_len, nick) == -1)
		nick_stand_in(nick, b->fingerprint);
	known_note(&ui->known, b->fingerprint, nick, b->verified);
	return 0;
}

/* Answers come in the order of questions: the peer may be gone since. */
static int
safety(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_safety *b = in->body;
	const struct peer *p = model_peer(&ui->model, b->handle);

	if (p != NULL)
		ui->view->safety(ui, p, b);
	return 0;
}

/* The answer to ui_ask_invite(). */
static int
invite(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_invite *b = in->body;
	bool qr = ui->qr_wanted;

	ui->qr_wanted = false;
	switch ((enum invite_state)b->state) {
	case INVITE_MADE:
		ui->view->invite(ui, (const char *)in->tail, in->tail_len);
		if (qr)
			answer_qr(ui, (const char *)in->tail, in->tail_len);
		break;
	case INVITE_NO_SECRET:
		ui_error(ui,
		    "there is no invite to this room: people enter it by its "
		    "name and passphrase. gochat --new-room makes a room that "
		    "people enter by invite");
		break;
	case INVITE_NO_KEY:
		ui_error(ui,
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
	struct ui *ui = self;
	const struct peer *p = model_verified(&ui->model, in->body), *q = NULL;

	if (p == NULL)
		return 0;
	known_note(&ui->known, p->fingerprint, p->nick, p->verified);
	ui->view->verified(ui, p);
	while (!ui->view->for_people &&
	    (q = people_elsewhere(&ui->model, p, q)) != NULL)
		ui->view->verified(ui, q);
	return 0;
}

/* This ui need not have heard of the peer yet. */
static int
claim(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;

	ui_tell_claim(ui, in->body);
	return 0;
}

static int
stranger(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;

	ui->view->stranger(ui, in->body);
	return 0;
}

static int
text_fork(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_fork *b = in->body;
	const struct peer *p = model_peer(&ui->model, b->handle);

	if (p == NULL)
		return -1;
	ui_tell_fork(ui, p, b->seq);
	return 0;
}

/* The peer says its next text under this name, which is examined like a name
 * that comes by itself. Nothing can be told by the name of a peer whose key we
 * do not know. */
static void
said_as(struct ui *ui, const struct peer *p, const char *nick, size_t len)
{
	const struct known_peer *known;
	char before[NICK_SHOWN_MAX];
	bool is_new;

	if (!p->known)
		return;
	memcpy(before, p->shown, sizeof(before));
	model_said_as(&ui->model, p, nick, len);
	is_new = !p->compared;
	known = ui_compare(ui, p);
	if (strcmp(before, p->shown) != 0)
		ui_tell_renamed(ui, p, before);
	if (known != NULL)
		ui_tell_key_changed(ui, p, known);
	if (is_new && !p->us)
		known_note(&ui->known, p->fingerprint, p->nick, p->verified);
}

static int
message(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const char *tail = (const char *)in->tail;
	const struct ipc_message *b = in->body;
	const struct peer *p = model_peer(&ui->model, b->handle);

	if (p == NULL)
		return -1;
	/* Nobody sees the text any more, and its sender hears that. */
	if (ui->phase == UI_QUITTING &&
	    (output_full(&ui->out) || ui->receipt_count == UI_RECEIPTS_MAX))
		return 0;
	/* The cryptod that had the receipt may be gone: the text came again. */
	if (model_is_new(&ui->model, b->handle, b->seq)) {
		said_as(ui, p, tail, b->nick_len);
		if (b->after_gap)
			ui_tell_gap(ui, p, b->seq);
		ui->view->message(ui, p, b->flags, tail + b->nick_len,
		    in->tail_len - b->nick_len);
	} else if (ui->view->touch != NULL) {
		ui->view->touch(ui); /* its receipt goes with the next frame */
	}
	ui_owe_receipt(ui, b);
	return 0;
}

static void
tell_sent(struct ui *ui, uint64_t seq, uint32_t peers, enum sent_to to)
{
	if (peers == 0 && to == SENT_ALL)
		ui->outcome.to_nobody = true;
	ui->view->sent(ui, seq, peers, to);
}

static int
sent(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_sent *b = in->body;
	struct peer_id ids[CLIENT_PEERS_MAX];

	memcpy(ids, in->tail, in->tail_len);
	if (said_earlier(&ui->said, b->seq)) {
		past_sent(ui, b->seq, b->peers, b->open);
		return 0;
	}
	switch (said_sent(&ui->said, b->seq, ids, b->peers, b->open)) {
	case -1:
		return -1;
	case 0:
		tell_sent(ui, b->seq, b->peers, b->open ? SENT_OPEN : SENT_ALL);
	}
	return 0;
}

static void
sent_more(void *arg, uint64_t seq)
{
	struct ui *ui = arg;
	uint32_t peers;
	bool open;

	peers = said_peers(&ui->said, seq, &open);
	tell_sent(ui, seq, peers, open ? SENT_MORE : SENT_ALL);
}

static int
sent_also(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_sent_also *b = in->body;

	if (said_also(&ui->said, b->after, &b->id, sent_more, ui) == -1)
		return -1;
	past_also(ui, b->after);
	return 0;
}

static int
sent_all(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_sent_all *b = in->body;

	if (said_all(&ui->said, b->seq, sent_more, ui) == -1)
		return -1;
	past_all(ui, b->seq);
	return 0;
}

static int
delivered(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_delivered *b = in->body;

	if (said_settled(&ui->said, b->seq, &b->id) == -1)
		return -1;
	past_heard_of(ui, b->seq);
	ui->view->delivered(ui, b, model_peer_by_id(&ui->model, &b->id));
	return 0;
}

/* The text was reported as undelivered, but the peer had it after all. */
static int
delivered_late(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_delivered *b = in->body;

	if (b->seq == 0 || b->seq >= ui->said.next)
		return -1;
	if (!said_earlier(&ui->said, b->seq))
		outcome_delivered_late(&ui->outcome);
	missed_late(ui, b, model_peer_by_id(&ui->model, &b->id));
	return 0;
}

/* A peer that could not be reached when it was sent was not counted in SENT,
 * and the user is told all the same. */
static int
undelivered(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_undelivered *b = in->body;
	const struct peer *p = model_peer_by_id(&ui->model, &b->id);
	bool failed = p != NULL && p->present && p->state == PEER_FAILED;

	if (said_settled(&ui->said, b->seq, &b->id) == -1 &&
	    (!failed || !said_was_sent(&ui->said, b->seq)))
		return -1;
	if (b->counted)
		past_heard_of(ui, b->seq);
	outcome_undelivered(&ui->outcome);
	missed_undelivered(ui, b, p);
	return 0;
}

static int
goodbye(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;

	(void)in;
	ui_goodbye(ui); /* an earlier ui may have asked for it */
	return 0;
}

static int
bootnode_ready(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;

	ui->was_ready = true;
	ui->view->listening(ui, in->body);
	return 0;
}

static int
member(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;

	ui->view->member(ui, in->body);
	return 0;
}

static int
stats(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;
	const struct ipc_stats *now = in->body;
	bool asked;

	/* A new netd has counted from zero. */
	if (now->uptime_ms < ui->stats.uptime_ms)
		memset(&ui->stats, 0, sizeof(ui->stats));
	/* The answer may be for an earlier ui. */
	asked = now->asked && ui->status_asked;
	ui->view->stats(ui, now, asked);
	ui->stats = *now;
	if (asked)
		ui->status_asked = false;
	return 0;
}

/* An answer without a question is for an earlier ui. */
static int
status_peer(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;

	return ui->status_asked ? model_figures(&ui->model, in->body) : 0;
}

static int
status(void *self, const struct ipc_message_in *in)
{
	struct ui *ui = self;

	if (!ui->status_asked)
		return 0;
	ui->status_asked = false;
	ui->view->status(ui, in->body);
	ui->status_wanted = false;
	model_forget_figures(&ui->model);
	return 0;
}

void
ui_add_handlers(struct ui *ui, struct dispatch *d)
{
	const struct handler handlers[] = {
		{ IPC_CLIENT_READY, client_ready, ui },
		{ IPC_BOOTNODE, bootnode, ui },
		{ IPC_SETTLED, settled, ui },
		{ IPC_KNOWN_PEER, known_peer, ui },
		{ IPC_PEER, peer_state, ui },
		{ IPC_FORK, text_fork, ui },
		{ IPC_STRANGER, stranger, ui },
		{ IPC_PEER_CLAIM, claim, ui },
		{ IPC_MESSAGE, message, ui },
		{ IPC_SENT, sent, ui },
		{ IPC_SENT_ALSO, sent_also, ui },
		{ IPC_SENT_ALL, sent_all, ui },
		{ IPC_DELIVERED, delivered, ui },
		{ IPC_DELIVERED_LATE, delivered_late, ui },
		{ IPC_UNDELIVERED, undelivered, ui },
		{ IPC_SAFETY, safety, ui },
		{ IPC_INVITE, invite, ui },
		{ IPC_VERIFIED, verified, ui },
		{ IPC_STATUS_PEER, status_peer, ui },
		{ IPC_STATUS, status, ui },
		{ IPC_RECALL, past_text, ui },
		{ IPC_RECALL_MISSED, past_missed, ui },
		{ IPC_RECALL_DRAFT, past_draft, ui },
		{ IPC_RECALL_END, past_end, ui },
		{ IPC_GOODBYE, goodbye, ui },
		{ IPC_BOOTNODE_READY, bootnode_ready, ui },
		{ IPC_MEMBER_SHOW, member, ui },
		{ IPC_STATS_SHOW, stats, ui },
	};

	dispatch_add(d, handlers, sizeof(handlers) / sizeof(handlers[0]));
}
