/*
 * Rules for the bodies of ipc_recall.h. See ipc_check.c.
 */
#include "common/ipc_check_parts.h"

#include "common/utf8.h"

/* A peer's text has no mark. */
bool
ipc_check_recall(const struct ipc_message_in *in)
{
	BODY(ipc_recall);
	const char *nick = (const char *)in->tail;
	bool named = b->seq == 0 || (b->flags & TEXT_FLAG_PRIVATE) != 0;

	if ((b->flags & ~TEXT_FLAGS) != 0 || b->sent > 1 || b->wall_ms < 0 ||
	    b->delivered > b->peers || b->left > b->peers - b->delivered ||
	    (b->sent == 0 && (b->peers > 0 || b->others > 0)) ||
	    (b->seq == 0 && b->sent != 0) || b->open > b->sent ||
	    b->nick_len >= in->tail_len ||
	    in->tail_len - b->nick_len > TEXT_MAX)
		return false;
	return (b->nick_len == 0 ||
		   (named && ipc_is_nick(nick, b->nick_len))) &&
	    utf8_valid(nick + b->nick_len, in->tail_len - b->nick_len);
}

bool
ipc_check_recall_missed(const struct ipc_message_in *in)
{
	BODY(ipc_recall_missed);

	return b->seq > 0 && b->reason < UNDELIVERED_COUNT &&
	    (in->tail_len == 0 ||
		ipc_is_nick((const char *)in->tail, in->tail_len));
}

bool
ipc_check_draft(const struct ipc_message_in *in)
{
	BODY(ipc_draft);

	return b->cursor <= in->tail_len &&
	    utf8_valid((const char *)in->tail, in->tail_len);
}
