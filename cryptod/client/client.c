/*
 * cryptod of a client: the main loop and the dispatch of messages between
 * netd, which has packets and no keys, and ui, which has text and no network.
 */
#include "cryptod/client/client.h"

#include "common/clock.h"
#include "common/log.h"
#include "cryptod/client/boot_channel.h"
#include "cryptod/client/members.h"
#include "cryptod/client/names.h"
#include "cryptod/client/peers.h"
#include "cryptod/client/pump.h"
#include "cryptod/client/status.h"
#include "cryptod/client/told.h"
#include "cryptod/client/trust.h"
#include "cryptod/identity.h"

#include <errno.h>
#include <poll.h>
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

/* netd opened its socket: now there is a card to publish. Or its addresses
 * are others now, and with the next JOIN there will be another card. */
static int
on_local(struct client *c, const struct ipc_message_in *in)
{
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
		members_tell_netd(c); /* it is not the first netd */
	return 0;
}

static int
on_boot_cookie(struct client *c, const struct ipc_message_in *in)
{
	return boot_cookie(c, in->body);
}

static int
on_boot_welcome(struct client *c, const struct ipc_message_in *in)
{
	return boot_welcome(c, in->body, in->tail, in->tail_len);
}

static int
on_boot_sealed(struct client *c, const struct ipc_message_in *in)
{
	return boot_sealed(c, in->body, in->tail, in->tail_len);
}

static int
on_boot_status(struct client *c, const struct ipc_message_in *in)
{
	return boot_status(c, in->body);
}

static int
on_path(struct client *c, const struct ipc_message_in *in)
{
	peers_path(c, in->body);
	return 0;
}

static int
on_record_in(struct client *c, const struct ipc_message_in *in)
{
	peers_record(c, in->body, in->tail, in->tail_len);
	return 0;
}

static int
on_handshake_in(struct client *c, const struct ipc_message_in *in)
{
	peers_handshake(c, in->body, in->tail, in->tail_len);
	return 0;
}

static int
on_session_up(struct client *c, const struct ipc_message_in *in)
{
	peers_session_up(c, in->body);
	return 0;
}

static int
on_acked(struct client *c, const struct ipc_message_in *in)
{
	peers_acked(c, in->body);
	return 0;
}

static int
on_net_peer(struct client *c, const struct ipc_message_in *in)
{
	status_net_peer(c, in->body);
	return 0;
}

static int
on_net_status(struct client *c, const struct ipc_message_in *in)
{
	status_net(c, in->body);
	return 0;
}

static int
on_left(struct client *c, const struct ipc_message_in *in)
{
	(void)in;
	if (!c->leaving)
		return -1;
	ipc_send(&c->ui, IPC_GOODBYE, NULL, NULL, 0);
	return 0;
}

static int
on_say_to(struct client *c, const struct ipc_message_in *in)
{
	c->say_to = *(const struct ipc_say_to *)in->body;
	memcpy(c->say_to_ids, in->tail, in->tail_len);
	return 0;
}

/* For the ui after this one. */
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
on_say(struct client *c, const struct ipc_message_in *in)
{
	const struct ipc_say *say = in->body;
	uint32_t only = c->say_to.seq == say->seq ? c->say_to.peers : 0;

	if (c->leaving)
		return 0;
	c->say_to.peers = 0;
	/* As NICK says it after this, or said it before. */
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
on_receipt(struct client *c, const struct ipc_message_in *in)
{
	peers_receipt(c, in->body);
	pump_all(c);
	return 0;
}

static int
on_draft(struct client *c, const struct ipc_message_in *in)
{
	const struct ipc_draft *draft = in->body;

	recall_draft(&c->recall, draft->cursor, in->tail, in->tail_len);
	return 0;
}

static int
on_nick(struct client *c, const struct ipc_message_in *in)
{
	names_rename(c, in->tail, in->tail_len);
	pump_all(c);
	return 0;
}

static int
on_safety_ask(struct client *c, const struct ipc_message_in *in)
{
	trust_safety(c, in->body);
	return 0;
}

static int
on_set_verified(struct client *c, const struct ipc_message_in *in)
{
	trust_verify(c, in->body);
	return 0;
}

static int
on_status_ask(struct client *c, const struct ipc_message_in *in)
{
	(void)in;
	status_ask(c);
	return 0;
}

static int
on_quit(struct client *c, const struct ipc_message_in *in)
{
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

/* Everything that may come in a client, and who handles it. A type that the
 * IPC table allows here but this list does not is the bootnode mode's. */
static int (*const handlers[IPC_TYPE_COUNT])(struct client *,
    const struct ipc_message_in *) = {
	[IPC_LOCAL] = on_local,
	[IPC_BOOT_COOKIE] = on_boot_cookie,
	[IPC_BOOT_WELCOME] = on_boot_welcome,
	[IPC_BOOT_SEALED] = on_boot_sealed,
	[IPC_BOOT_STATUS] = on_boot_status,
	[IPC_PATH] = on_path,
	[IPC_RECORD_IN] = on_record_in,
	[IPC_HANDSHAKE_IN] = on_handshake_in,
	[IPC_SESSION_UP] = on_session_up,
	[IPC_ACKED] = on_acked,
	[IPC_NET_PEER] = on_net_peer,
	[IPC_NET_STATUS] = on_net_status,
	[IPC_LEFT] = on_left,
	[IPC_SAY_TO] = on_say_to,
	[IPC_SAY] = on_say,
	[IPC_RECEIPT] = on_receipt,
	[IPC_DRAFT] = on_draft,
	[IPC_NICK] = on_nick,
	[IPC_SAFETY_ASK] = on_safety_ask,
	[IPC_SET_VERIFIED] = on_set_verified,
	[IPC_STATUS_ASK] = on_status_ask,
	[IPC_QUIT] = on_quit,
};

/* --- The other ends, gone and come ------------------------------------ */

/* All that it carried is lost: sessions begin again with the next one. */
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
	c->card.incarnation = end->incarnation;
	c->card.serial = 0;
}

/* It knows nothing: all that it would have been told by now. */
static void
ui_came(struct client *c, int fd)
{
	child_reopen(c->child, &c->ui, FD_UI, fd);
	c->status_asked = false;
	if (c->port != 0)
		tell_ready(c);
	recall_tell(&c->recall, &c->ui);
	if (c->port == 0)
		return;
	boot_tell_ui(c);
	peers_tell_ui(c);
	if (c->leaving)
		ipc_send(&c->ui, IPC_GOODBYE, NULL, NULL, 0);
}

/* What comes in from either side leads to messages to either: all waits
 * until both take them. netd always reads, and ui as fast as it shows. While
 * there is no ui, what the peers say stays with netd. */
static bool
is_congested(const struct client *c)
{
	return ipc_congested(&c->netd) || ipc_congested(&c->ui) ||
	    c->ui.fd == -1;
}

static void
handle(struct client *c, struct ipc_channel *ch,
    const struct ipc_message_in *in)
{
	c->now = clock_now();
	if (handlers[in->type] == NULL || handlers[in->type](c, in) == -1)
		child_fault(c->child, ch, in->type);
}

/* Takes what has come, up to a fair share; the other channels wait. */
#define TURN 64

static void
serve(struct client *c, struct ipc_channel *ch)
{
	struct ipc_message_in in;

	for (int i = 0; i < TURN && !is_congested(c) &&
	     child_receive_from(c->child, ch, &in) == IPC_GOT;
	     i++)
		handle(c, ch, &in);
}

/* The other end died: what it said before is taken to the last (it is what
 * the user typed, or what does no harm), whoever is congested. */
static void
serve_last(struct client *c, struct ipc_channel *ch)
{
	struct ipc_message_in in;

	if (ch->fd == -1)
		return;
	while (child_receive_from(c->child, ch, &in) == IPC_GOT)
		handle(c, ch, &in);
	ipc_close(ch);
	if (ch == &c->netd)
		netd_gone(c);
}

static void
serve_control(struct client *c)
{
	struct ipc_channel *ch = &c->child->control;
	struct ipc_channel_end end;
	struct ipc_message_in in;
	int fd;

	while (child_receive(c->child, ch, &in)) {
		if (in.type != IPC_CHANNEL)
			child_fault(c->child, ch, in.type);
		/* A copy: what follows receives other messages. */
		memcpy(&end, in.body, sizeof(end));
		fd = in.fd;
		if (end.role != ROLE_NETD && end.role != ROLE_UI)
			child_fault(c->child, ch, in.type);
		/* If we did not see that the one before is gone. */
		serve_last(c, end.role == ROLE_NETD ? &c->netd : &c->ui);
		if (end.role == ROLE_NETD)
			netd_came(c, &end, fd);
		else
			ui_came(c, fd);
	}
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
	/* Higher than any of the cryptods before in this run. */
	c->boot.attempt = config->incarnation << 16;
	child_open(child, &c->netd, FD_NETD, ROLE_NETD);
	child_open(child, &c->ui, FD_UI, ROLE_UI);
	/* If both were started anew, there is nothing to recall. */
	ipc_send(&c->ui, IPC_RECALL_END, NULL, NULL, 0);
	if (c->boot.known) {
		boot_derive(c, config->boot_key);
		boot_keep(c);
	}
	memcpy(c->card.nonce, config->run, sizeof(c->card.nonce));
	c->card.incarnation = config->incarnation;
}

void
cryptod_client_run(struct child *child, const struct ipc_config_cryptod *config,
    struct client_secrets *secrets, struct known_peers *known)
{
	static struct client c;
	short gone = POLLHUP | POLLERR;
	uint64_t deadline;
	struct timespec ts;

	client_init(&c, child, config, secrets, known);
	for (;;) {
		struct pollfd fds[] = {
			{ child->control.fd, ipc_poll_events(&child->control),
			    0 },
			{ c.netd.fd, ipc_poll_events(&c.netd), 0 },
			{ c.ui.fd, ipc_poll_events(&c.ui), 0 },
		};

		if (is_congested(&c)) {
			fds[1].events &= (short)~POLLIN;
			fds[2].events &= (short)~POLLIN;
		}
		deadline = clock_min(peers_deadline(&c), trust_deadline(&c));
		if (ppoll(fds, 3, clock_timeout(c.now, deadline, &ts), NULL) ==
			-1 &&
		    errno != EINTR)
			fatal("poll: %s", strerror(errno));
		ipc_flush(&child->control);
		ipc_flush(&c.netd);
		ipc_flush(&c.ui);
		/* Who is gone first: the new end gets the old one's number. */
		if ((fds[2].revents & gone) != 0)
			serve_last(&c, &c.ui);
		if ((fds[1].revents & gone) != 0)
			serve_last(&c, &c.netd);
		if (fds[0].revents != 0)
			serve_control(&c);
		if (fds[1].revents != 0)
			serve(&c, &c.netd);
		if (fds[2].revents != 0)
			serve(&c, &c.ui);
		c.now = clock_now();
		peers_timer(&c);
		trust_timer(&c);
		pump_all(&c); /* what waited for room */
	}
}
