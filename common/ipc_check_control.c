/*
 * Rules for the bodies between the launcher and the others. See
 * ipc_check_parts.h.
 */
#include "common/ipc_check_parts.h"

#include "common/log.h"
#include "common/sandbox.h"
#include "common/utf8.h"

#include <string.h>

static bool
is_room(const char *room, size_t len)
{
	return len <= ROOM_MAX && utf8_valid(room, len);
}

/* It has a NUL, and becomes part of a file's name. */
bool
ipc_check_privileges(const struct ipc_message_in *in)
{
	BODY(ipc_privileges);

	return b->drop <= 1;
}

static bool
are_limits(const struct ipc_limits *l)
{
	for (size_t i = 0; i < PREFIXES_COUNT; i++)
		if (l->prefixes[i] > PREFIXES_MAX)
			return false;
	return l->heartbeat_ms > 0 && l->timeout_ms > l->heartbeat_ms &&
	    l->max_peers <= PEERS_MAX && l->max_per_address <= SESSIONS_MAX;
}

bool
ipc_check_limits(const struct ipc_message_in *in)
{
	const struct ipc_limits *b = in->body;

	return are_limits(b) && b->max_peers > 0 && b->max_per_address > 0;
}

/* What the prefixes say is looked at when they are put into a list. */
bool
ipc_check_prefixes(const struct ipc_message_in *in)
{
	BODY(ipc_prefixes);

	return b->list < PREFIXES_COUNT && b->count > 0 &&
	    b->count <= PREFIXES_PART &&
	    in->tail_len == b->count * sizeof(struct ipc_prefix);
}

bool
ipc_check_config_netd(const struct ipc_message_in *in)
{
	BODY(ipc_config_netd);

	return b->mode <= MODE_BOOTNODE && b->port_asked_for <= 1 &&
	    b->boot_addr_count <= BOOT_ADDRS_MAX && b->bind_count > 0 &&
	    b->bind_count <= BINDS_MAX &&
	    (b->mode == MODE_BOOTNODE || b->bind_count == 1) &&
	    b->relay <= RELAY_ONLY && b->access <= (b->mode == MODE_CLIENT) &&
	    b->prefixed <= (b->mode == MODE_BOOTNODE) &&
	    b->restores <= (b->mode == MODE_BOOTNODE) && b->incarnation > 0 &&
	    b->max_sessions <= SESSIONS_MAX && are_limits(&b->limits) &&
	    b->fleet <= (b->mode == MODE_BOOTNODE) &&
	    b->fleet_addr_count <= FLEET_ADDRS_MAX &&
	    (b->fleet_addr_count > 0) == b->fleet &&
	    (b->fleet_incarnation > 0) == b->fleet;
}

bool
ipc_check_config_cryptod(const struct ipc_message_in *in)
{
	BODY(ipc_config_cryptod);

	return b->mode <= MODE_BOOTNODE && b->secret < SECRET_KIND_COUNT &&
	    b->pinned <= 1 && b->remembered <= 1 && b->hidden <= 1 &&
	    b->access <= 1 && b->access_part < ACCESS_PARTS &&
	    b->fleeting <= 1 && b->kept <= (b->mode == MODE_BOOTNODE) &&
	    b->incarnation > 0 && b->max_sessions <= SESSIONS_MAX &&
	    is_room(b->room, b->room_len) &&
	    memchr(b->bootnode, '\0', sizeof(b->bootnode)) != NULL &&
	    ipc_is_identity(b->identity) &&
	    (b->mode == MODE_BOOTNODE || ipc_is_nick(b->nick, b->nick_len));
}

bool
ipc_check_access_again(const struct ipc_message_in *in)
{
	BODY(ipc_access_again);

	return b->access <= 1 && b->part < ACCESS_PARTS;
}

bool
ipc_check_config_ui(const struct ipc_message_in *in)
{
	BODY(ipc_config_ui);

	return b->mode <= MODE_BOOTNODE && b->kind < UI_KIND_COUNT &&
	    b->notify < NOTIFY_COUNT && b->notify_for < NOTIFY_FOR_COUNT &&
	    b->mouse < MOUSE_COUNT && b->secret < SECRET_KIND_COUNT &&
	    b->restarted <= 1 && b->show_invite <= 1 && b->check <= 1 &&
	    b->control <= (b->mode == MODE_BOOTNODE) &&
	    b->first_room < ROOMS_MAX && b->first_seq > 0 &&
	    memchr(b->state_dir, '\0', sizeof(b->state_dir)) != NULL &&
	    ipc_is_identity(b->identity) && is_room(b->room, b->room_len) &&
	    (b->mode == MODE_BOOTNODE || ipc_is_nick(b->nick, b->nick_len));
}

bool
ipc_check_boot_addrs(const struct ipc_message_in *in)
{
	BODY(ipc_boot_addrs);

	return b->count <= BOOT_ADDRS_MAX;
}

bool
ipc_check_channel(const struct ipc_message_in *in)
{
	BODY(ipc_channel_end);

	return b->incarnation > 0 && b->room < ROOMS_MAX &&
	    (b->role == ROLE_NETD || b->role == ROLE_CRYPTOD ||
		b->role == ROLE_UI || b->role == ROLE_FLEETD);
}

bool
ipc_check_notice(const struct ipc_message_in *in)
{
	BODY(ipc_notice);

	return b->level < LOG_LEVEL_COUNT && b->room <= ROOMS_MAX &&
	    ipc_is_text(in);
}

bool
ipc_check_log(const struct ipc_message_in *in)
{
	BODY(ipc_log);

	return b->level < LOG_LEVEL_COUNT && b->event <= 1;
}

bool
ipc_check_ready(const struct ipc_message_in *in)
{
	BODY(ipc_ready);

	return (b->degraded & ~SANDBOX_STEPS) == 0;
}

bool
ipc_check_fault(const struct ipc_message_in *in)
{
	BODY(ipc_fault);

	return b->role < ROLE_COUNT && b->room < ROOMS_MAX;
}
