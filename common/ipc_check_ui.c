/*
 * Rules for the bodies between cryptod and ui of a client. See
 * ipc_check_parts.h.
 */
#include "common/ipc_check_parts.h"

#include "common/utf8.h"

/* The tail is a nickname of that length, and then a text. */
static bool
is_said(const struct ipc_message_in *in, size_t nick_len)
{
	const char *tail = (const char *)in->tail;

	return in->tail_len > nick_len && in->tail_len - nick_len <= TEXT_MAX &&
	    ipc_is_nick(tail, nick_len) &&
	    utf8_valid(tail + nick_len, in->tail_len - nick_len);
}

bool
ipc_check_known_peer(const struct ipc_message_in *in)
{
	BODY(ipc_known_peer);

	return b->verified <= 1 && ipc_check_nick(in);
}

bool
ipc_check_bootnode(const struct ipc_message_in *in)
{
	BODY(ipc_bootnode);
	bool now = b->status == BOOT_JOINED || b->status == BOOT_REJOINED;

	return b->status < BOOT_STATUS_COUNT &&
	    b->refusal < BOOT_REFUSAL_COUNT && b->settling <= 1 &&
	    b->joined <= 1 && b->joined >= now && b->access <= 1 &&
	    (b->status == BOOT_REFUSED) == (b->refusal != REFUSAL_NONE) &&
	    (b->mtu == 0 || b->status == BOOT_UNREACHABLE);
}

bool
ipc_check_peer_state(const struct ipc_message_in *in)
{
	BODY(ipc_peer_state);
	bool connected = b->state == PEER_CONNECTED || b->state == PEER_PATH;

	if (!ipc_is_handle(b->handle) || b->state >= PEER_STATE_COUNT ||
	    b->kind >= PATH_KIND_COUNT || b->failure >= PATH_FAILURE_COUNT ||
	    b->verified > 1 ||
	    (b->state == PEER_FAILED) != (b->failure != FAILURE_NONE) ||
	    b->left >= LEFT_REASON_COUNT ||
	    (b->state == PEER_LEFT) != (b->left != LEFT_NONE))
		return false;
	if (connected && (b->kind == PATH_NONE || in->tail_len == 0))
		return false;
	return in->tail_len == 0 || ipc_check_nick(in);
}

bool
ipc_check_message(const struct ipc_message_in *in)
{
	BODY(ipc_message);

	return ipc_is_handle(b->handle) && (b->flags & ~TEXT_FLAGS) == 0 &&
	    b->after_gap <= 1 && is_said(in, b->nick_len);
}

bool
ipc_check_sent(const struct ipc_message_in *in)
{
	BODY(ipc_sent);

	return b->peers <= CLIENT_PEERS_MAX && b->open <= 1 &&
	    in->tail_len == b->peers * sizeof(struct peer_id);
}

bool
ipc_check_undelivered(const struct ipc_message_in *in)
{
	BODY(ipc_undelivered);

	return b->reason < UNDELIVERED_COUNT && b->counted <= 1;
}

bool
ipc_check_safety(const struct ipc_message_in *in)
{
	BODY(ipc_safety);

	for (size_t i = 0; i < SAFETY_DIGITS; i++)
		if (b->digits[i] < '0' || b->digits[i] > '9')
			return false;
	return ipc_is_handle(b->handle) && b->verified <= 1;
}

bool
ipc_check_invite(const struct ipc_message_in *in)
{
	const char *text = (const char *)in->tail;
	BODY(ipc_invite);

	return b->state < INVITE_STATE_COUNT &&
	    (b->state == INVITE_MADE) == (in->tail_len > 0) &&
	    utf8_plain_run(text, in->tail_len) == in->tail_len;
}

bool
ipc_check_say_to(const struct ipc_message_in *in)
{
	BODY(ipc_say_to);

	return b->peers > 0 && b->peers <= CLIENT_PEERS_MAX &&
	    in->tail_len == b->peers * sizeof(struct peer_id);
}

bool
ipc_check_say(const struct ipc_message_in *in)
{
	BODY(ipc_say);

	return (b->flags & ~TEXT_FLAGS) == 0 && b->again <= 1 &&
	    is_said(in, b->nick_len);
}
