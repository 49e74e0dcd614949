/*
 * Rules for bodies beyond their length: enums in range, counts within their
 * arrays, handles that can exist, text that is UTF-8. The table in ipc.h names
 * the check of each message. Here are the checks that several messages share;
 * the other files of this name have the rest, by sender.
 */
#include "common/ipc_check_parts.h"

#include "common/identity_name.h"
#include "common/utf8.h"

#include <string.h>

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
ipc_is_identity(const char identity[IDENTITY_NAME_MAX + 1])
{
	return memchr(identity, '\0', IDENTITY_NAME_MAX + 1) != NULL &&
	    (*identity == '\0' || identity_name_is_valid(identity));
}

bool
ipc_is_text(const struct ipc_message_in *in)
{
	return in->tail_len > 0 &&
	    utf8_valid((const char *)in->tail, in->tail_len);
}

/* There is no body, and the table allows no tail. */
bool
ipc_check_nothing(const struct ipc_message_in *in)
{
	return in->tail_len == 0;
}

/* The length in the table is the only rule. */
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

/* The serial of a session is the second field of every message about one. */
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
