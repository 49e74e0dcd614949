/*
 * Rules for the bodies about a client's rooms. See ipc_check_parts.h.
 */
#include "common/ipc_check_parts.h"

#include "common/utf8.h"

/* The tail is a bootnode of that length, and then a room's name. */
static bool
are_texts(const struct ipc_message_in *in, size_t bootnode_len, size_t room_len)
{
	const char *tail = (const char *)in->tail;

	return bootnode_len <= INVITE_BOOTNODE_MAX && room_len <= ROOM_MAX &&
	    in->tail_len == bootnode_len + room_len &&
	    utf8_valid(tail, bootnode_len) &&
	    utf8_valid(tail + bootnode_len, room_len);
}

/* The bootnode is one that can exist, or none: it is printed as it is. */
static bool
is_plain(const struct ipc_message_in *in, size_t bootnode_len)
{
	return utf8_plain_run((const char *)in->tail, bootnode_len) ==
	    bootnode_len;
}

/* The launcher says what is wrong with what the user has typed. */

bool
ipc_check_room_open(const struct ipc_message_in *in)
{
	BODY(ipc_room_open);

	return b->secret < SECRET_KIND_COUNT && b->pinned <= 1 &&
	    b->remember <= 1 && b->pinned <= (b->bootnode_len > 0) &&
	    b->access <= (b->secret == SECRET_INVITE) && b->room_len > 0 &&
	    ipc_is_identity(b->identity) &&
	    are_texts(in, b->bootnode_len, b->room_len);
}

bool
ipc_check_room_number(const struct ipc_message_in *in)
{
	BODY(ipc_room_number);

	return b->room < ROOMS_MAX;
}

bool
ipc_check_room(const struct ipc_message_in *in)
{
	BODY(ipc_room);

	return b->room < ROOMS_MAX && b->state < ROOM_STATE_COUNT &&
	    b->reason < ROOM_REFUSAL_COUNT &&
	    (b->state == ROOM_REFUSED) == (b->reason != ROOM_REFUSAL_NONE) &&
	    b->secret < SECRET_KIND_COUNT && b->remembered <= 1 &&
	    b->namesake <= 1 && b->to_remember <= 1 &&
	    ipc_is_identity(b->identity) &&
	    are_texts(in, b->bootnode_len, b->room_len) &&
	    is_plain(in, b->bootnode_len);
}

/* Rooms that are not open, or are named twice, are the next ui's to leave out:
 * it may know more. */
bool
ipc_check_places(const struct ipc_message_in *in)
{
	BODY(ipc_places);

	for (size_t i = 0; i < PLACES_MAX; i++)
		if (b->at[i].kind >= PLACE_KIND_COUNT ||
		    b->at[i].room >= ROOMS_MAX)
			return false;
	return b->current < PLACES_MAX && b->adrift <= 1 &&
	    b->first_closed <= 1;
}

bool
ipc_check_room_is(const struct ipc_message_in *in)
{
	BODY(ipc_room_is);

	return b->access <= 1 && b->secret < SECRET_KIND_COUNT &&
	    ipc_is_identity(b->identity) && b->bootnode_len > 0 &&
	    b->room_len > 0 && are_texts(in, b->bootnode_len, b->room_len) &&
	    is_plain(in, b->bootnode_len);
}

bool
ipc_check_room_kept(const struct ipc_message_in *in)
{
	BODY(ipc_room_kept);

	return b->error >= 0;
}

/* A room file has one line of it. */
static bool
has_control(const struct ipc_message_in *in)
{
	const unsigned char *tail = in->tail;

	for (size_t i = 0; i < in->tail_len; i++)
		if (tail[i] < ' ' || tail[i] == 0x7f)
			return true;
	return false;
}

/* An invite's has its length, or that and an access key's, and any bytes; a
 * passphrase is text without control characters, as there are none in those
 * that the launcher reads. */
bool
ipc_check_secret(const struct ipc_message_in *in)
{
	BODY(ipc_secret);

	switch (b->kind) {
	case SECRET_PASSPHRASE:
		return ipc_is_text(in) && !has_control(in);
	case SECRET_INVITE:
		return in->tail_len == INVITE_SECRET_LEN ||
		    in->tail_len == INVITE_SECRET_LEN + ACCESS_KEY_LEN;
	default:
		return false;
	}
}
