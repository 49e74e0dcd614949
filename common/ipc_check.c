/*
 * What a body must satisfy beyond its length: enums in range, counts within
 * their arrays, handles that can exist, text that is UTF-8. Called for every
 * message received, before anybody looks at it. The table is at the end; the
 * files beside this one have the checks, by who talks.
 */
#include "common/ipc_check_parts.h"

#include "common/utf8.h"

bool
ipc_is_handle(peer_handle handle)
{
	return handle != 0;
}

bool
ipc_is_nick(const char *nick, size_t len)
{
	return len > 0 && len <= NICK_MAX && utf8_valid(nick, len);
}

bool
ipc_is_text(const struct ipc_message_in *in)
{
	return in->tail_len > 0 &&
	    utf8_valid((const char *)in->tail, in->tail_len);
}

/* The table in ipc.h says all. */
bool
ipc_check_anything(const struct ipc_message_in *in)
{
	(void)in;
	return true;
}

bool
ipc_check_about_peer(const struct ipc_message_in *in)
{
	BODY(ipc_peer); /* every peer message starts with it */

	return ipc_is_handle(b->handle);
}

/* The serial of a session is the second field of all that is of one. */
bool
ipc_check_of_session(const struct ipc_message_in *in)
{
	BODY(ipc_session_up);

	return ipc_is_handle(b->handle) && b->serial > 0;
}

bool
ipc_check_nick(const struct ipc_message_in *in)
{
	return ipc_is_nick((const char *)in->tail, in->tail_len);
}

bool
ipc_check_verified(const struct ipc_message_in *in)
{
	BODY(ipc_verified);

	return ipc_is_handle(b->handle) && b->verified <= 1;
}

/* By type, in the order of the table in ipc.h. */
static bool (*const checks[IPC_TYPE_COUNT])(const struct ipc_message_in *) = {
	[IPC_PRIVILEGES] = ipc_check_privileges,
	[IPC_CONFIG_NETD] = ipc_check_config,
	[IPC_BOOT_ADDRS] = ipc_check_boot_addrs,
	[IPC_CONFIG_CRYPTOD] = ipc_check_config,
	[IPC_CONFIG_UI] = ipc_check_config,
	[IPC_CHANNEL] = ipc_check_channel,
	[IPC_SHUTDOWN] = ipc_check_anything,
	[IPC_NOTICE] = ipc_check_notice,
	[IPC_SCREEN] = ipc_check_anything,
	[IPC_SCREEN_ASK] = ipc_check_anything,
	[IPC_STOP] = ipc_check_anything,
	[IPC_LOG] = ipc_check_log,
	[IPC_FAREWELL] = ipc_check_anything,
	[IPC_READY] = ipc_check_ready,
	[IPC_VIOLATION] = ipc_check_anything,
	[IPC_FAULT] = ipc_check_fault,
	[IPC_RESOLVE] = ipc_check_anything,
	[IPC_FIGURES_ASK] = ipc_check_anything,
	[IPC_FIGURES] = ipc_check_figures,
	[IPC_PING] = ipc_check_anything,
	[IPC_PONG] = ipc_check_anything,
	[IPC_REMEMBER] = ipc_check_anything,
	[IPC_LOCAL] = ipc_check_local,
	[IPC_BOOT_COOKIE] = ipc_check_anything,
	[IPC_BOOT_WELCOME] = ipc_check_anything,
	[IPC_BOOT_SEALED] = ipc_check_anything,
	[IPC_BOOT_STATUS] = ipc_check_boot_status,
	[IPC_PATH] = ipc_check_path,
	[IPC_RECORD_IN] = ipc_check_record,
	[IPC_ACKED] = ipc_check_of_session,
	[IPC_HANDSHAKE_IN] = ipc_check_handshake,
	[IPC_SESSION_UP] = ipc_check_of_session,
	[IPC_LEFT] = ipc_check_anything,
	[IPC_NET_PEER] = ipc_check_net_peer,
	[IPC_NET_STATUS] = ipc_check_net_status,
	[IPC_BOOT_JOIN] = ipc_check_anything,
	[IPC_BOOT_SESSION] = ipc_check_boot_session,
	[IPC_BOOT_VERSION] = ipc_check_boot_version,
	[IPC_PEER_ADD] = ipc_check_peer_add,
	[IPC_PEER_UPDATE] = ipc_check_peer_update,
	[IPC_PEER_KEYS] = ipc_check_peer_keys,
	[IPC_HANDSHAKE_OUT] = ipc_check_handshake,
	[IPC_PEER_SESSION] = ipc_check_peer_session,
	[IPC_PEER_CHECK] = ipc_check_about_peer,
	[IPC_PEER_OPEN] = ipc_check_about_peer,
	[IPC_PEER_FALSE] = ipc_check_peer_false,
	[IPC_PEER_REST] = ipc_check_about_peer,
	[IPC_PEER_DROP] = ipc_check_about_peer,
	[IPC_RECORD_OUT] = ipc_check_record,
	[IPC_LEAVE] = ipc_check_anything,
	[IPC_NET_ASK] = ipc_check_anything,
	[IPC_CLIENT_READY] = ipc_check_nick,
	[IPC_KNOWN_PEER] = ipc_check_known_peer,
	[IPC_BOOTNODE] = ipc_check_bootnode,
	[IPC_SETTLED] = ipc_check_anything,
	[IPC_PEER] = ipc_check_peer_state,
	[IPC_STRANGER] = ipc_check_anything,
	[IPC_PEER_CLAIM] = ipc_check_about_peer,
	[IPC_MESSAGE] = ipc_check_message,
	[IPC_FORK] = ipc_check_about_peer,
	[IPC_SENT] = ipc_check_sent,
	[IPC_SENT_ALSO] = ipc_check_anything,
	[IPC_SENT_ALL] = ipc_check_anything,
	[IPC_DELIVERED] = ipc_check_anything,
	[IPC_DELIVERED_LATE] = ipc_check_anything,
	[IPC_UNDELIVERED] = ipc_check_undelivered,
	[IPC_STATUS_PEER] = ipc_check_status_peer,
	[IPC_STATUS] = ipc_check_status,
	[IPC_SAFETY] = ipc_check_safety,
	[IPC_VERIFIED] = ipc_check_verified,
	[IPC_GOODBYE] = ipc_check_anything,
	[IPC_STATUS_ASK] = ipc_check_anything,
	[IPC_RECALL] = ipc_check_recall,
	[IPC_RECALL_MISSED] = ipc_check_recall_missed,
	[IPC_RECALL_DRAFT] = ipc_check_draft,
	[IPC_RECALL_END] = ipc_check_anything,
	[IPC_SAY_TO] = ipc_check_say_to,
	[IPC_SAY] = ipc_check_say,
	[IPC_NICK] = ipc_check_nick,
	[IPC_SAFETY_ASK] = ipc_check_about_peer,
	[IPC_SET_VERIFIED] = ipc_check_verified,
	[IPC_RECEIPT] = ipc_check_about_peer,
	[IPC_QUIT] = ipc_check_anything,
	[IPC_LISTENING] = ipc_check_anything,
	[IPC_DRAFT] = ipc_check_draft,
	[IPC_JOIN_OPEN] = ipc_check_slot,
	[IPC_JOIN_REPLY] = ipc_check_slot,
	[IPC_JOIN_DROP] = ipc_check_slot,
	[IPC_SLOT_FREE] = ipc_check_slot,
	[IPC_SEAL] = ipc_check_seal,
	[IPC_MEMBER] = ipc_check_member,
	[IPC_STATS] = ipc_check_stats,
	[IPC_BOOT_KEYS] = ipc_check_boot_keys,
	[IPC_JOIN_OPENED] = ipc_check_join_opened,
	[IPC_JOIN_FAILED] = ipc_check_slot,
	[IPC_JOIN_SEALED] = ipc_check_slot,
	[IPC_SEALED] = ipc_check_sealed,
	[IPC_BOOTNODE_READY] = ipc_check_anything,
	[IPC_MEMBER_SHOW] = ipc_check_member,
	[IPC_STATS_SHOW] = ipc_check_stats,
};

bool
ipc_check(const struct ipc_message_in *in)
{
	/* One that has none is not looked at by anybody. */
	return checks[in->type] != NULL && checks[in->type](in);
}
