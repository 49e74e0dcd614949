/*
 * cryptod of a client: the main loop and the dispatch of messages between
 * netd, which has packets and no keys, and ui, which has text and no network.
 */
#include "cryptod/client/client.h"

#include "common/clock.h"
#include "common/log.h"
#include "cryptod/client/boot_channel.h"
#include "cryptod/client/entry.h"
#include "cryptod/client/invites.h"
#include "cryptod/client/members.h"
#include "cryptod/client/names.h"
#include "cryptod/client/peers.h"
#include "cryptod/client/pump.h"
#include "cryptod/client/status.h"
#include "cryptod/client/told.h"
#include "cryptod/client/trust.h"
#include "cryptod/identity.h"

#include <string.h>
#include <unistd.h>

static void
tell_ready(struct client *c)
{
	struct ipc_client_ready ready = { .port = c->port };

	identity_fingerprint(ready.fingerprint,
	    c->secrets->identity.public_key);
	ipc_send(&c->ui, IPC_CLIENT_READY, &ready, c->config.nick,
	    c->config.nick_len);
	trust_tell_ui(c);
}

/* netd opened its socket: now there is a card to publish. Or our addresses have
 * changed, and the next JOIN publishes another card. */
static int
on_local(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_local *local = in->body;
	bool first = c->port == 0;

	bool known = c->have_local;

	c->have_local = true;
	c->port = local->port;
	c->card.serial++;
	c->card.count = local->count;
	memcpy(c->card.hosts, local->hosts, sizeof(c->card.hosts));
	if (first)
		tell_ready(c);
	else if (!known)
		members_tell_netd(c); /* this is not the first netd */
	return 0;
}

static int
on_left(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	(void)in;
	if (!c->leaving)
		return -1;
	ipc_send(&c->ui, IPC_GOODBYE, NULL, NULL, 0);
	return 0;
}

static int
on_say_to(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	c->say_to = *(const struct ipc_say_to *)in->body;
	memcpy(c->say_to_ids, in->tail, in->tail_len);
	return 0;
}

/* The next ui needs it. */
static void
note_said(struct client *c, const struct ipc_message_in *in)
{
	const struct ipc_say *say = in->body;
	const char *text = (const char *)in->tail + say->nick_len;
	size_t len = in->tail_len - say->nick_len;
	struct recall_whom whom;

	if ((say->flags & TEXT_FLAG_PRIVATE) != 0)
		whom = told_whom(c, &c->say_to_ids[0]);
	recall_text(&c->recall, told_time(c), say->seq, say->flags,
	    (say->flags & TEXT_FLAG_PRIVATE) != 0 ? &whom : NULL, text, len);
}

static int
on_say(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_say *say = in->body;
	uint32_t only = c->say_to.seq == say->seq ? c->say_to.peers : 0;

	if (c->leaving)
		return 0;
	c->say_to.peers = 0;
	/* The name is the one that NICK gives after this, or gave before. */
	if (!say->again &&
	    (say->nick_len != c->config.nick_len ||
		memcmp(in->tail, c->config.nick, say->nick_len) != 0))
		names_rename(c, in->tail, say->nick_len);
	if (outbox_say(&c->outbox, say, in->tail, in->tail_len, c->say_to_ids,
		only) == -1)
		return -1;
	note_said(c, in);
	pump_all(c);
	return 0;
}

static int
on_receipt(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	peers_receipt(c, in->body);
	pump_all(c);
	return 0;
}

static int
on_draft(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_draft *draft = in->body;

	recall_draft(&c->recall, draft->cursor, in->tail, in->tail_len);
	return 0;
}

static int
on_nick(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	names_rename(c, in->tail, in->tail_len);
	pump_all(c);
	return 0;
}

static int
on_quit(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	(void)in;
	if (c->leaving)
		return 0; /* a ui after the one that asked */
	c->leaving = true;
	peers_goodbye(c);
	if (c->netd.fd == -1)
		ipc_send(&c->ui, IPC_GOODBYE, NULL, NULL, 0);
	else
		ipc_send(&c->netd, IPC_LEAVE, NULL, NULL, 0);
	return 0;
}

/* --- The other ends, gone and come ------------------------------------ */

/* Everything that netd carried is lost: sessions begin again with the next
 * one. */
static void
netd_gone(struct client *c)
{
	boot_gone(c);
	peers_netd_gone(c);
	c->have_local = false;
	status_without_netd(c);
	if (c->leaving)
		ipc_send(&c->ui, IPC_GOODBYE, NULL, NULL, 0);
}

static void
netd_came(struct client *c, const struct ipc_channel_end *end, int fd)
{
	child_reopen(c->child, &c->netd, FD_NETD, fd);
	entry_tell_access(c);
	c->card.incarnation = end->incarnation;
	c->card.serial = 0;
}

/* The new ui knows nothing: it is told everything that it would know by now. */
static void
ui_came(struct client *c, int fd)
{
	child_reopen(c->child, &c->ui, FD_UI, fd);
	c->status_asked = false;
	if (c->port != 0)
		tell_ready(c);
	recall_tell(&c->recall, &c->ui);
	entry_ask(c);
	if (c->port == 0)
		return;
	boot_tell_ui(c);
	peers_tell_ui(c);
	if (c->leaving)
		ipc_send(&c->ui, IPC_GOODBYE, NULL, NULL, 0);
}

/* A message from either side leads to messages to either: all wait until both
 * sides take them. netd always reads, and ui as fast as it shows. While there
 * is no ui, the peers' texts stay with netd. */
static bool
is_congested(const struct client *c)
{
	return ipc_congested(&c->netd) || ipc_congested(&c->ui) ||
	    c->ui.fd == -1;
}

static bool
may_read(const void *self, bool gone_by)
{
	return gone_by || !is_congested(self);
}

/* By then its earlier messages are all taken: they are what the user typed, or
 * do no harm. */
static void
gone(void *self, struct ipc_channel *ch)
{
	struct client *c = self;

	if (ch == &c->netd)
		netd_gone(c);
}

static int
on_channel(void *self, const struct ipc_message_in *in)
{
	/* This is a copy, since later calls receive other messages. */
	const struct ipc_channel_end end =
	    *(const struct ipc_channel_end *)in->body;
	struct client *c = self;
	int fd = in->fd;

	if (end.role != ROLE_NETD && end.role != ROLE_UI)
		return -1;
	/* The end of the one before may not have been noticed. */
	loop_end(&c->loop, end.role == ROLE_NETD ? &c->netd : &c->ui);
	if (end.role == ROLE_NETD)
		netd_came(c, &end, fd);
	else
		ui_came(c, fd);
	return 0;
}

static void
work(void *self)
{
	struct client *c = self;

	peers_timer(c);
	trust_timer(c);
	pump_all(c); /* this needed room */
}

static uint64_t
deadline(const void *self)
{
	const struct client *c = self;

	return clock_min(peers_deadline(c), trust_deadline(c));
}

static void
add_handlers(struct client *c)
{
	const struct handler handlers[] = {
		{ IPC_CHANNEL, on_channel, c },
		{ IPC_LOCAL, on_local, c },
		{ IPC_BOOT_COOKIE, boot_cookie, c },
		{ IPC_BOOT_WELCOME, boot_welcome, c },
		{ IPC_BOOT_SEALED, boot_sealed, c },
		{ IPC_BOOT_STATUS, boot_status, c },
		{ IPC_PATH, peers_path, c },
		{ IPC_RECORD_IN, peers_record, c },
		{ IPC_HANDSHAKE_IN, peers_handshake, c },
		{ IPC_SESSION_UP, peers_session_up, c },
		{ IPC_ACKED, peers_acked, c },
		{ IPC_NET_PEER, status_net_peer, c },
		{ IPC_NET_STATUS, status_net, c },
		{ IPC_LEFT, on_left, c },
		{ IPC_SAY_TO, on_say_to, c },
		{ IPC_SAY, on_say, c },
		{ IPC_RECEIPT, on_receipt, c },
		{ IPC_DRAFT, on_draft, c },
		{ IPC_NICK, on_nick, c },
		{ IPC_SAFETY_ASK, trust_safety, c },
		{ IPC_SET_VERIFIED, trust_verify, c },
		{ IPC_STATUS_ASK, status_ask, c },
		{ IPC_INVITE_ASK, invites_ask, c },
		{ IPC_SECRET, entry_secret, c },
		{ IPC_ROOM_FILE, entry_file, c },
		{ IPC_QUIT, on_quit, c },
	};

	dispatch_add(&c->loop.handlers, handlers,
	    sizeof(handlers) / sizeof(handlers[0]));
}

/* The number of messages that are taken in a turn; the other channels wait. */
#define TURN 64

static void
listen_to(struct client *c, struct ipc_channel *ch)
{
	struct loop_channel *l = loop_add(&c->loop, ch, TURN);

	l->may_read = may_read;
	l->gone = gone;
	l->heard_out = true;
}

static void
start_loop(struct client *c)
{
	loop_init(&c->loop, c->child, c, &c->now);
	add_handlers(c);
	listen_to(c, &c->ui);
	listen_to(c, &c->netd);
	c->loop.work = work;
	c->loop.deadline = deadline;
}

static void
client_init(struct client *c, struct child *child,
    const struct ipc_config_cryptod *config, struct client_secrets *secrets,
    struct known_peers *known)
{
	memset(c, 0, sizeof(*c));
	c->child = child;
	c->config = *config;
	c->secrets = secrets;
	c->known = known;
	c->boot.known = config->pinned || config->remembered;
	outbox_init(&c->outbox);
	inbox_init(&c->inbox);
	recall_init(&c->recall);
	/* The number is higher than that of any cryptod before in this run. */
	c->boot.attempt = config->incarnation << 16;
	child_open(child, &c->netd, FD_NETD, ROLE_NETD);
	child_open(child, &c->ui, FD_UI, ROLE_UI);
	entry_tell_access(c);
	/* If both were restarted, there is nothing to recall. */
	ipc_send(&c->ui, IPC_RECALL_END, NULL, NULL, 0);
	entry_ask(c);
	if (!secrets->wanted)
		boot_enter(c);
	memcpy(c->card.nonce, config->run, sizeof(c->card.nonce));
	c->card.incarnation = config->incarnation;
}

void
cryptod_client_run(struct child *child, const struct ipc_config_cryptod *config,
    struct client_secrets *secrets, struct known_peers *known)
{
	static struct client c;

	client_init(&c, child, config, secrets, known);
	start_loop(&c);
	for (;;)
		loop_turn(&c.loop);
}
