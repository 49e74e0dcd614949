/*
 * One peer: its state and its end. See peer.h.
 */
#include "cryptod/client/peer.h"

#include "common/hex.h"
#include "common/log.h"
#include "cryptod/client/addressees.h"
#include "cryptod/client/told.h"
#include "cryptod/client/trust.h"

#include <stdlib.h>
#include <string.h>

void
peer_tell_ui(struct peer *p, enum peer_state state)
{
	struct ipc_peer_state body = {
		.handle = p->handle,
		.state = (uint8_t)state,
		.kind = p->path.kind,
		.failure = state == PEER_FAILED ? (uint8_t)p->failure : 0,
		.left = state == PEER_LEFT ? (uint8_t)p->left : 0,
		.rtt_us = p->path.rtt_us,
		.addr = p->path.addr,
		.verified = trust_is_verified(p),
		.id = p->id,
	};

	p->verified = body.verified;
	memcpy(body.fingerprint, p->fingerprint, sizeof(body.fingerprint));
	ipc_send(&p->client->ui, IPC_PEER, &body, p->nick, p->nick_len);
}

void
peer_show_kept(struct peer *p)
{
	if (p->kept > 0)
		inbox_show_kept(&p->client->inbox, &p->client->ui, p->handle);
	/* The peer may have another name by now. */
	if (p->kept > 0 && p->state == PEER_CONNECTED)
		peer_tell_ui(p, p->state);
	p->kept = 0;
	p->named = true;
}

void
peer_set_state(struct peer *p, enum peer_state state)
{
	bool was_gone = p->state == PEER_LEFT;

	if (p->state == state)
		return;
	if (state == PEER_LEFT)
		peer_show_kept(p);
	p->state = state;
	peer_tell_ui(p, state);
	if (state == PEER_CONNECTED) {
		p->awaited = false;
		peer_show_kept(p);
	}
	if (was_gone)
		addressees_came(p);
	if (state == PEER_LEFT) /* ui forgets who it was */
		p->named = false;
}

void
peer_fail(struct peer *p, enum path_failure failure)
{
	p->failure = failure;
	peer_set_state(p, PEER_FAILED);
}

void
peer_leave(struct peer *p, enum left_reason why)
{
	p->left = why;
	peer_set_state(p, PEER_LEFT);
}

void
peer_give_up_one(struct peer *p, enum undelivered_reason why)
{
	uint64_t seq = p->place.owed->seq;

	late_add(&p->lates, seq, p->place.owed != p->place.unsent);
	told_undelivered(p->client, seq, &p->id, why);
	outbox_done(&p->client->outbox, &p->place);
}

void
peer_give_up(struct peer *p, enum undelivered_reason why)
{
	while (p->place.owed != NULL)
		peer_give_up_one(p, why);
}

static void
drop_from_netd(struct peer *p)
{
	struct ipc_peer body = { .handle = p->handle };

	if (p->known_to_netd)
		ipc_send(&p->client->netd, IPC_PEER_DROP, &body, NULL, 0);
	p->known_to_netd = false;
	p->path_up = false;
	attempts_end(p);
	session_free(p->session);
	p->session = NULL;
	memset(&p->lates, 0, sizeof(p->lates));
	p->receipt_due = false;
}

void
peer_free(struct peer *p)
{
	peer_give_up(p, UNDELIVERED_LEFT);
	drop_from_netd(p);
	inbox_forget(&p->client->inbox, p->handle);
	crypto_secret_free(p->packets, sizeof(*p->packets));
	crypto_secret_free(p->packets_next, sizeof(*p->packets_next));
	p->client->peers[PEER_INDEX(p->handle)] = NULL;
	free(p);
}

/*
 * The peer is gone, as far as the user is concerned. Its session rests: if only
 * its network was gone, the peer comes back with the same session, and packet
 * numbers and counters continue. After a goodbye there is nothing to come back
 * to; its entry stays while the bootnode still lists it, so that a roster on
 * its way does not revive it.
 */
void
peer_remove(struct peer *p, enum left_reason why)
{
	struct ipc_peer body = { .handle = p->handle };

	p->awaited = false;
	peer_give_up(p, UNDELIVERED_LEFT);
	p->path_up = false;
	peer_leave(p, why);
	if ((p->session != NULL || p->packets != NULL) && !p->said_bye) {
		ipc_send(&p->client->netd, IPC_PEER_REST, &body, NULL, 0);
		return;
	}
	drop_from_netd(p);
	if (!p->in_roster)
		peer_free(p);
}

void
peer_break(struct peer *p)
{
	char id[PEER_ID_LEN * 2 + 1];

	log_event(LOG_WARN, "broken", "peer=%s",
	    format_hex(id, p->id.bytes, PEER_ID_LEN));
	p->broken = true;
	p->awaited = false;
	peer_give_up(p, UNDELIVERED_PROTOCOL);
	drop_from_netd(p);
	if (p->in_roster)
		peer_fail(p, FAILURE_PROTOCOL);
	else
		peer_leave(p, LEFT_PROTOCOL);
}
