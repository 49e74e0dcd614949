/*
 * Rules for the bodies between netd and cryptod of a client. See
 * ipc_check_parts.h.
 */
#include "common/ipc_check_parts.h"

bool
ipc_check_local(const struct ipc_message_in *in)
{
	BODY(ipc_local);

	return b->count <= CANDIDATES_MAX;
}

bool
ipc_check_boot_access(const struct ipc_message_in *in)
{
	BODY(ipc_boot_access);

	return b->has <= 1;
}

bool
ipc_check_boot_cookie(const struct ipc_message_in *in)
{
	BODY(ipc_boot_cookie);

	return b->skips.count <= JOIN_SKIPS_MAX;
}

bool
ipc_check_boot_status(const struct ipc_message_in *in)
{
	BODY(ipc_boot_status);

	return b->status < BOOT_STATUS_COUNT &&
	    b->refusal < BOOT_REFUSAL_COUNT &&
	    (b->status == BOOT_REFUSED) == (b->refusal != REFUSAL_NONE) &&
	    (b->mtu == 0 || b->status == BOOT_UNREACHABLE);
}

bool
ipc_check_path(const struct ipc_message_in *in)
{
	BODY(ipc_path);

	return ipc_is_handle(b->handle) && b->state < PATH_STATE_COUNT &&
	    b->kind < PATH_KIND_COUNT && b->failure < PATH_FAILURE_COUNT &&
	    b->secured <= 1 &&
	    (b->state == PATH_UP) == (b->kind != PATH_NONE) &&
	    (b->state == PATH_FAILED) == (b->failure != FAILURE_NONE);
}

bool
ipc_check_record(const struct ipc_message_in *in)
{
	return ipc_check_of_session(in) && in->tail_len > 0;
}

bool
ipc_check_handshake(const struct ipc_message_in *in)
{
	BODY(ipc_handshake);
	bool begin = b->number == HANDSHAKE_BEGIN;

	return ipc_is_handle(b->handle) && b->number < HANDSHAKE_NUMBER_COUNT &&
	    b->by_session <= 1 && b->on_path <= 1 && b->way < HANDSHAKE_WAYS &&
	    begin == (b->attempt == 0) && begin == (in->tail_len == 0);
}

bool
ipc_check_boot_session(const struct ipc_message_in *in)
{
	BODY(ipc_boot_session);

	return b->session != 0 && b->interval_ms > 0 && b->timeout_ms > 0;
}

bool
ipc_check_boot_node(const struct ipc_message_in *in)
{
	BODY(ipc_boot_node);

	if (b->count == 0 || b->count > NODE_ADDRS_MAX)
		return false;
	for (size_t i = 0; i < b->count; i++)
		if (addr_is_unusable(&b->addrs[i]))
			return false;
	return true;
}

bool
ipc_check_boot_version(const struct ipc_message_in *in)
{
	BODY(ipc_boot_version);

	return b->sync < SYNC_COUNT;
}

bool
ipc_check_peer_add(const struct ipc_message_in *in)
{
	BODY(ipc_peer_add);

	return ipc_is_handle(b->handle) && b->controlling <= 1 &&
	    b->count <= CANDIDATES_MAX;
}

bool
ipc_check_peer_update(const struct ipc_message_in *in)
{
	BODY(ipc_peer_update);

	return ipc_is_handle(b->handle) && b->count <= CANDIDATES_MAX;
}

bool
ipc_check_peer_keys(const struct ipc_message_in *in)
{
	BODY(ipc_peer_keys);

	return ipc_is_handle(b->handle) && b->epoch > 0 && b->send_now <= 1;
}

bool
ipc_check_peer_session(const struct ipc_message_in *in)
{
	BODY(ipc_peer_session);

	return ipc_is_handle(b->handle) && b->serial > 0 && b->confirmed <= 1 &&
	    b->has_stream <= 1 && (b->epoch > 0) == b->has_stream;
}

bool
ipc_check_peer_false(const struct ipc_message_in *in)
{
	BODY(ipc_peer_false);

	return ipc_is_handle(b->handle) && b->attempt != 0 &&
	    b->way < HANDSHAKE_WAYS;
}
