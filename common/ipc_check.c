/*
 * What a body must satisfy beyond its length: enums in range, counts within
 * their arrays, handles that can exist, text that is UTF-8. Called for every
 * message received, before anybody looks at it.
 */
#include "common/ipc_check_parts.h"

#include "common/log.h"
#include "common/sandbox.h"
#include "common/utf8.h"

#include <string.h>

static bool
is_handle(peer_handle handle)
{
	return handle != 0;
}

bool
ipc_is_nick(const char *nick, size_t len)
{
	return len > 0 && len <= NICK_MAX && utf8_valid(nick, len);
}

static bool
is_text(const struct ipc_message_in *in)
{
	return in->tail_len > 0 &&
	    utf8_valid((const char *)in->tail, in->tail_len);
}

/* A nickname of that length, and then a text. */
static bool
is_said(const struct ipc_message_in *in, size_t nick_len)
{
	const char *tail = (const char *)in->tail;

	return in->tail_len > nick_len && in->tail_len - nick_len <= TEXT_MAX &&
	    ipc_is_nick(tail, nick_len) &&
	    utf8_valid(tail + nick_len, in->tail_len - nick_len);
}

static bool
tail_is_nick(const struct ipc_message_in *in)
{
	return ipc_is_nick((const char *)in->tail, in->tail_len);
}

static bool
is_room(const char *room, size_t len)
{
	return len <= ROOM_MAX && utf8_valid(room, len);
}

/* The table in ipc.h says all. */
static bool
anything(const struct ipc_message_in *in)
{
	(void)in;
	return true;
}

static bool
check_privileges(const struct ipc_message_in *in)
{
	BODY(ipc_privileges);

	return b->drop <= 1;
}

static bool
check_config(const struct ipc_message_in *in)
{
	if (in->type == IPC_CONFIG_NETD) {
		BODY(ipc_config_netd);

		return b->mode <= MODE_BOOTNODE && b->port_asked_for <= 1 &&
		    b->boot_addr_count <= BOOT_ADDRS_MAX && b->bind_count > 0 &&
		    b->bind_count <= BINDS_MAX &&
		    (b->mode == MODE_BOOTNODE || b->bind_count == 1) &&
		    b->given <= (b->mode == MODE_BOOTNODE) &&
		    b->relay <= RELAY_ONLY && b->incarnation > 0 &&
		    b->heartbeat_ms > 0 && b->timeout_ms > b->heartbeat_ms &&
		    b->max_peers <= PEERS_MAX &&
		    b->max_per_address <= SESSIONS_MAX;
	}
	if (in->type == IPC_CONFIG_CRYPTOD) {
		BODY(ipc_config_cryptod);

		return b->mode <= MODE_BOOTNODE && b->has_passphrase <= 1 &&
		    b->pinned <= 1 && b->remembered <= 1 && b->hidden <= 1 &&
		    b->incarnation > 0 && is_room(b->room, b->room_len) &&
		    (b->mode == MODE_BOOTNODE ||
			ipc_is_nick(b->nick, b->nick_len));
	}
	BODY(ipc_config_ui);
	return b->mode <= MODE_BOOTNODE && b->kind < UI_KIND_COUNT &&
	    b->notify < NOTIFY_COUNT && b->notify_for < NOTIFY_FOR_COUNT &&
	    b->mouse < MOUSE_COUNT && b->has_passphrase <= 1 &&
	    b->restarted <= 1 && b->first_seq > 0 &&
	    memchr(b->state_dir, '\0', sizeof(b->state_dir)) != NULL &&
	    is_room(b->room, b->room_len) &&
	    (b->mode == MODE_BOOTNODE || ipc_is_nick(b->nick, b->nick_len));
}

static bool
check_path(const struct ipc_message_in *in)
{
	BODY(ipc_path);

	return is_handle(b->handle) && b->state < PATH_STATE_COUNT &&
	    b->kind < PATH_KIND_COUNT && b->failure < PATH_FAILURE_COUNT &&
	    b->secured <= 1 &&
	    (b->state == PATH_UP) == (b->kind != PATH_NONE) &&
	    (b->state == PATH_FAILED) == (b->failure != FAILURE_NONE);
}

static bool
check_peer_state(const struct ipc_message_in *in)
{
	BODY(ipc_peer_state);
	bool connected = b->state == PEER_CONNECTED || b->state == PEER_PATH;

	if (!is_handle(b->handle) || b->state >= PEER_STATE_COUNT ||
	    b->kind >= PATH_KIND_COUNT || b->failure >= PATH_FAILURE_COUNT ||
	    b->verified > 1 ||
	    (b->state == PEER_FAILED) != (b->failure != FAILURE_NONE) ||
	    b->left >= LEFT_REASON_COUNT ||
	    (b->state == PEER_LEFT) != (b->left != LEFT_NONE))
		return false;
	if (connected && (b->kind == PATH_NONE || in->tail_len == 0))
		return false;
	return in->tail_len == 0 || tail_is_nick(in);
}

static bool
are_slots(const uint8_t *slots, size_t count)
{
	uint32_t slot;

	for (size_t i = 0; i < count; i++) {
		memcpy(&slot, slots + i * sizeof(slot), sizeof(slot));
		if (slot >= SESSIONS_MAX)
			return false;
	}
	return true;
}

static bool
check_seal(const struct ipc_message_in *in)
{
	BODY(ipc_seal);

	size_t len = b->count * sizeof(uint32_t);

	for (size_t i = 0; i < SEAL_PAGES_MAX; i++) {
		if (b->lens[i] > WIRE_SEALED_MAX ||
		    (i > 0 && b->lens[i] > 0 && b->lens[i - 1] == 0))
			return false;
		len += b->lens[i];
	}
	return b->count > 0 && b->count <= SEAL_SLOTS_MAX && b->lens[0] > 0 &&
	    len == in->tail_len && are_slots(in->tail, b->count);
}

static bool
check_sealed(const struct ipc_message_in *in)
{
	BODY(ipc_sealed);

	size_t len = 0;

	if (b->count == 0 || b->count > SEALED_MAX)
		return false;
	for (size_t i = 0; i < b->count; i++) {
		if (b->slots[i] >= SESSIONS_MAX || b->lens[i] <= AEAD_TAG_LEN ||
		    b->lens[i] > WIRE_SEALED_MAX + AEAD_TAG_LEN)
			return false;
		len += b->lens[i];
	}
	return len == in->tail_len;
}

static bool
check_boot_status(const struct ipc_message_in *in)
{
	BODY(ipc_boot_status);

	return b->status < BOOT_STATUS_COUNT &&
	    b->refusal < BOOT_REFUSAL_COUNT &&
	    (b->status == BOOT_REFUSED) == (b->refusal != REFUSAL_NONE) &&
	    (b->mtu == 0 || b->status == BOOT_UNREACHABLE);
}

static bool
check_member(const struct ipc_message_in *in)
{
	BODY(ipc_member);

	return b->what == MEMBER_JOINED ||
	    (b->what == MEMBER_LEFT &&
		(b->reason == LEAVE_GRACEFUL || b->reason == LEAVE_TIMEOUT));
}

static bool
is_slot(const struct ipc_message_in *in)
{
	BODY(ipc_slot); /* every slot message starts with it */

	return b->slot < SESSIONS_MAX;
}

static bool
is_about_peer(const struct ipc_message_in *in)
{
	BODY(ipc_peer); /* every peer message starts with it */

	return is_handle(b->handle);
}

/* The serial of a session is the second field of all that is of one. */
static bool
is_of_session(const struct ipc_message_in *in)
{
	BODY(ipc_session_up);

	return is_handle(b->handle) && b->serial > 0;
}

static bool
check_peer_false(const struct ipc_message_in *in)
{
	BODY(ipc_peer_false);

	return is_handle(b->handle) && b->attempt != 0 &&
	    b->way < HANDSHAKE_WAYS;
}

static bool
check_peer_add(const struct ipc_message_in *in)
{
	BODY(ipc_peer_add);

	return is_handle(b->handle) && b->controlling <= 1 &&
	    b->count <= CANDIDATES_MAX;
}

static bool
check_peer_session(const struct ipc_message_in *in)
{
	BODY(ipc_peer_session);

	return is_handle(b->handle) && b->serial > 0 && b->confirmed <= 1 &&
	    b->has_stream <= 1 && (b->epoch > 0) == b->has_stream;
}

static bool
check_peer_keys(const struct ipc_message_in *in)
{
	BODY(ipc_peer_keys);

	return is_handle(b->handle) && b->epoch > 0 && b->send_now <= 1;
}

static bool
check_handshake(const struct ipc_message_in *in)
{
	BODY(ipc_handshake);
	bool begin = b->number == HANDSHAKE_BEGIN;

	return is_handle(b->handle) && b->number < HANDSHAKE_NUMBER_COUNT &&
	    b->by_session <= 1 && b->on_path <= 1 && b->way < HANDSHAKE_WAYS &&
	    begin == (b->attempt == 0) && begin == (in->tail_len == 0);
}

static bool
check_peer_update(const struct ipc_message_in *in)
{
	BODY(ipc_peer_update);

	return is_handle(b->handle) && b->count <= CANDIDATES_MAX;
}

static bool
check_known_peer(const struct ipc_message_in *in)
{
	BODY(ipc_known_peer);

	return b->verified <= 1 && tail_is_nick(in);
}

static bool
check_verified(const struct ipc_message_in *in)
{
	BODY(ipc_verified);

	return is_handle(b->handle) && b->verified <= 1;
}

static bool
check_safety(const struct ipc_message_in *in)
{
	BODY(ipc_safety);

	for (size_t i = 0; i < SAFETY_DIGITS; i++)
		if (b->digits[i] < '0' || b->digits[i] > '9')
			return false;
	return is_handle(b->handle) && b->verified <= 1;
}

static bool
check_message(const struct ipc_message_in *in)
{
	BODY(ipc_message);

	return is_handle(b->handle) && (b->flags & ~TEXT_FLAGS) == 0 &&
	    b->after_gap <= 1 && is_said(in, b->nick_len);
}

static bool
check_say(const struct ipc_message_in *in)
{
	BODY(ipc_say);

	return (b->flags & ~TEXT_FLAGS) == 0 && b->again <= 1 &&
	    is_said(in, b->nick_len);
}

static bool
check_log(const struct ipc_message_in *in)
{
	BODY(ipc_log);

	return b->level < LOG_LEVEL_COUNT && b->event <= 1;
}

static bool
check_notice(const struct ipc_message_in *in)
{
	BODY(ipc_log);

	return b->level < LOG_LEVEL_COUNT && b->event == 0 && is_text(in);
}

static bool
check_channel(const struct ipc_message_in *in)
{
	BODY(ipc_channel_end);

	return b->incarnation > 0 &&
	    (b->role == ROLE_NETD || b->role == ROLE_CRYPTOD ||
		b->role == ROLE_UI);
}

static bool
check_boot_addrs(const struct ipc_message_in *in)
{
	BODY(ipc_boot_addrs);

	return b->count <= BOOT_ADDRS_MAX;
}

static bool
check_ready(const struct ipc_message_in *in)
{
	BODY(ipc_ready);

	return (b->degraded & ~SANDBOX_STEPS) == 0;
}

static bool
check_fault(const struct ipc_message_in *in)
{
	BODY(ipc_fault);

	return b->role < ROLE_COUNT;
}

static bool
check_local(const struct ipc_message_in *in)
{
	BODY(ipc_local);

	return b->count <= CANDIDATES_MAX;
}

static bool
check_boot_session(const struct ipc_message_in *in)
{
	BODY(ipc_boot_session);

	return b->session != 0 && b->interval_ms > 0 && b->timeout_ms > 0;
}

static bool
check_boot_version(const struct ipc_message_in *in)
{
	BODY(ipc_boot_version);

	return b->sync < SYNC_COUNT;
}

static bool
check_bootnode(const struct ipc_message_in *in)
{
	BODY(ipc_bootnode);

	return b->status < BOOT_STATUS_COUNT &&
	    b->refusal < BOOT_REFUSAL_COUNT &&
	    (b->status == BOOT_REFUSED) == (b->refusal != REFUSAL_NONE) &&
	    (b->mtu == 0 || b->status == BOOT_UNREACHABLE);
}

static bool
check_sent(const struct ipc_message_in *in)
{
	BODY(ipc_sent);

	return b->peers <= SENT_PEERS_MAX && b->open <= 1 &&
	    in->tail_len == b->peers * sizeof(struct peer_id);
}

static bool
check_say_to(const struct ipc_message_in *in)
{
	BODY(ipc_say_to);

	return b->peers > 0 && b->peers <= SENT_PEERS_MAX &&
	    in->tail_len == b->peers * sizeof(struct peer_id);
}

static bool
check_undelivered(const struct ipc_message_in *in)
{
	BODY(ipc_undelivered);

	return b->reason < UNDELIVERED_COUNT;
}

static bool
check_opened(const struct ipc_message_in *in)
{
	BODY(ipc_join_opened);

	return is_slot(in) && b->hidden <= 1 && in->tail_len > 0;
}

static bool
check_boot_keys(const struct ipc_message_in *in)
{
	BODY(ipc_boot_keys);

	return b->fresh <= 1;
}

static bool
check_record(const struct ipc_message_in *in)
{
	return is_of_session(in) && in->tail_len > 0;
}

/* By type, in the order of the table in ipc.h. */
static bool (*const checks[IPC_TYPE_COUNT])(const struct ipc_message_in *) = {
	[IPC_PRIVILEGES] = check_privileges,
	[IPC_CONFIG_NETD] = check_config,
	[IPC_BOOT_ADDRS] = check_boot_addrs,
	[IPC_CONFIG_CRYPTOD] = check_config,
	[IPC_CONFIG_UI] = check_config,
	[IPC_CHANNEL] = check_channel,
	[IPC_SHUTDOWN] = anything,
	[IPC_NOTICE] = check_notice,
	[IPC_SCREEN] = anything,
	[IPC_SCREEN_ASK] = anything,
	[IPC_STOP] = anything,
	[IPC_LOG] = check_log,
	[IPC_FAREWELL] = anything,
	[IPC_READY] = check_ready,
	[IPC_VIOLATION] = anything,
	[IPC_FAULT] = check_fault,
	[IPC_RESOLVE] = anything,
	[IPC_FIGURES_ASK] = anything,
	[IPC_FIGURES] = ipc_check_figures,
	[IPC_PING] = anything,
	[IPC_PONG] = anything,
	[IPC_REMEMBER] = anything,
	[IPC_LOCAL] = check_local,
	[IPC_BOOT_COOKIE] = anything,
	[IPC_BOOT_WELCOME] = anything,
	[IPC_BOOT_SEALED] = anything,
	[IPC_BOOT_STATUS] = check_boot_status,
	[IPC_PATH] = check_path,
	[IPC_RECORD_IN] = check_record,
	[IPC_ACKED] = is_of_session,
	[IPC_HANDSHAKE_IN] = check_handshake,
	[IPC_SESSION_UP] = is_of_session,
	[IPC_LEFT] = anything,
	[IPC_NET_PEER] = ipc_check_net_peer,
	[IPC_NET_STATUS] = ipc_check_net_status,
	[IPC_BOOT_JOIN] = anything,
	[IPC_BOOT_SESSION] = check_boot_session,
	[IPC_BOOT_VERSION] = check_boot_version,
	[IPC_PEER_ADD] = check_peer_add,
	[IPC_PEER_UPDATE] = check_peer_update,
	[IPC_PEER_KEYS] = check_peer_keys,
	[IPC_HANDSHAKE_OUT] = check_handshake,
	[IPC_PEER_SESSION] = check_peer_session,
	[IPC_PEER_CHECK] = is_about_peer,
	[IPC_PEER_OPEN] = is_about_peer,
	[IPC_PEER_FALSE] = check_peer_false,
	[IPC_PEER_REST] = is_about_peer,
	[IPC_PEER_DROP] = is_about_peer,
	[IPC_RECORD_OUT] = check_record,
	[IPC_LEAVE] = anything,
	[IPC_NET_ASK] = anything,
	[IPC_CLIENT_READY] = tail_is_nick,
	[IPC_KNOWN_PEER] = check_known_peer,
	[IPC_BOOTNODE] = check_bootnode,
	[IPC_SETTLED] = anything,
	[IPC_PEER] = check_peer_state,
	[IPC_STRANGER] = anything,
	[IPC_PEER_CLAIM] = is_about_peer,
	[IPC_MESSAGE] = check_message,
	[IPC_FORK] = is_about_peer,
	[IPC_SENT] = check_sent,
	[IPC_SENT_ALSO] = anything,
	[IPC_SENT_ALL] = anything,
	[IPC_DELIVERED] = anything,
	[IPC_DELIVERED_LATE] = anything,
	[IPC_UNDELIVERED] = check_undelivered,
	[IPC_STATUS_PEER] = ipc_check_status_peer,
	[IPC_STATUS] = ipc_check_status,
	[IPC_SAFETY] = check_safety,
	[IPC_VERIFIED] = check_verified,
	[IPC_GOODBYE] = anything,
	[IPC_STATUS_ASK] = anything,
	[IPC_RECALL] = ipc_check_recall,
	[IPC_RECALL_MISSED] = ipc_check_recall_missed,
	[IPC_RECALL_DRAFT] = ipc_check_draft,
	[IPC_RECALL_END] = anything,
	[IPC_SAY_TO] = check_say_to,
	[IPC_SAY] = check_say,
	[IPC_NICK] = tail_is_nick,
	[IPC_SAFETY_ASK] = is_about_peer,
	[IPC_SET_VERIFIED] = check_verified,
	[IPC_RECEIPT] = is_about_peer,
	[IPC_QUIT] = anything,
	[IPC_LISTENING] = anything,
	[IPC_DRAFT] = ipc_check_draft,
	[IPC_JOIN_OPEN] = is_slot,
	[IPC_JOIN_REPLY] = is_slot,
	[IPC_JOIN_DROP] = is_slot,
	[IPC_SLOT_FREE] = is_slot,
	[IPC_SEAL] = check_seal,
	[IPC_MEMBER] = check_member,
	[IPC_STATS] = ipc_check_stats,
	[IPC_BOOT_KEYS] = check_boot_keys,
	[IPC_JOIN_OPENED] = check_opened,
	[IPC_JOIN_FAILED] = is_slot,
	[IPC_JOIN_SEALED] = is_slot,
	[IPC_SEALED] = check_sealed,
	[IPC_BOOTNODE_READY] = anything,
	[IPC_MEMBER_SHOW] = check_member,
	[IPC_STATS_SHOW] = ipc_check_stats,
};

bool
ipc_check(const struct ipc_message_in *in)
{
	/* One that has none is not looked at by anybody. */
	return checks[in->type] != NULL && checks[in->type](in);
}
