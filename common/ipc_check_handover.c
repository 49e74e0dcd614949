/*
 * Rules for the bodies by which a bootnode hands its state over. See
 * ipc_check_parts.h.
 */
#include "common/ipc_check_parts.h"

bool
ipc_check_kept(const struct ipc_message_in *in)
{
	return in->tail_len > 0;
}

static bool
are_counts(uint32_t sessions, uint32_t rooms)
{
	return sessions <= SESSIONS_MAX && rooms <= sessions;
}

bool
ipc_check_kept_end(const struct ipc_message_in *in)
{
	BODY(ipc_kept_end);

	return are_counts(b->sessions, b->rooms);
}

bool
ipc_check_restore_end(const struct ipc_message_in *in)
{
	BODY(ipc_restore_end);

	return b->result < KEPT_RESULT_COUNT &&
	    are_counts(b->sessions, b->rooms);
}

bool
ipc_check_kept_whole(const struct ipc_message_in *in)
{
	BODY(ipc_kept_whole);

	return b->bytes > 0 && are_counts(b->sessions, b->rooms);
}

bool
ipc_check_restored(const struct ipc_message_in *in)
{
	BODY(ipc_restored);

	return b->result < KEPT_RESULT_COUNT &&
	    are_counts(b->sessions, b->rooms) &&
	    (b->result == KEPT_TAKEN || b->sessions == 0);
}
