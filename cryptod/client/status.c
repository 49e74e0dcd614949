/*
 * The answer to /status: netd's figures of paths, the bootnode and the NAT, and
 * cryptod's own of sessions and keys. One question is under way at a time; its
 * answer is also that of any that come meanwhile.
 */
#include "cryptod/client/status.h"

#include "common/clock.h"
#include "cryptod/client/peer.h"
#include "cryptod/client/peers.h"

#include <string.h>

static uint64_t
msec_since(const struct client *c, uint64_t time)
{
	return (c->now - time) / USEC_PER_MSEC;
}

/* Reports only peers that the user knows to be connected. */
static void
tell_peer(const struct client *c, const struct peer *p)
{
	struct ipc_status_peer body = {
		.net = p->figures,
		.texts = chain_texts(&p->chain),
	};

	if (p->state != PEER_CONNECTED || !session_established(p->session))
		return;
	if (body.net.handle == 0) {
		body.net.handle = p->handle;
		body.net.rtt_us = p->path.rtt_us;
	}
	body.session_age_ms = msec_since(c, session_start_time(p->session));
	body.rekey_age_ms = msec_since(c, session_key_time(p->session));
	ipc_send(&p->client->ui, IPC_STATUS_PEER, &body, NULL, 0);
}

static void
answer(struct client *c, const struct ipc_net_status *net)
{
	struct ipc_status body = {
		.net = *net,
		.boot_status = c->boot.status.status,
		.has_key = c->boot.known,
		.strangers = (uint32_t)c->strangers.count,
		.texts = chain_texts(&c->outbox.chain),
	};
	struct peer *p;

	if (c->boot.status.status == BOOT_REJOINED)
		body.boot_status = BOOT_JOINED;
	if (c->boot.known)
		memcpy(body.key, c->config.boot_key, sizeof(body.key));
	c->status_asked = false;
	FOREACH_PEER (c, p)
		tell_peer(c, p);
	ipc_send(&c->ui, IPC_STATUS, &body, NULL, 0);
}

void
status_without_netd(struct client *c)
{
	const struct ipc_net_status net = { .addr = c->boot.addr };

	if (c->status_asked)
		answer(c, &net);
}

int
status_ask(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	struct peer *p;

	(void)in;
	if (c->status_asked)
		return 0;
	c->status_asked = true;
	FOREACH_PEER (c, p)
		memset(&p->figures, 0, sizeof(p->figures));
	if (ipc_send(&c->netd, IPC_NET_ASK, NULL, NULL, 0) == -1)
		status_without_netd(c);
	return 0;
}

int
status_net_peer(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;

	if (c->status_asked)
		peers_figures(c, in->body);
	return 0;
}

int
status_net(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;

	/* The ui that asked may have died. */
	if (c->status_asked)
		answer(c, in->body);
	return 0;
}
