/*
 * Commands of the json view about rooms. See json.h.
 */
#include "ui/json/json.h"

#include "ui/errors.h"
#include "ui/rooms.h"

#include <string.h>

/* Returns the string of a member, "" if there is none; NULL after an error. */
static const char *
get_string(struct room *room, const json_t *command, const char *key)
{
	const json_t *value = json_object_get(command, key);

	if (value == NULL)
		return "";
	if (json_is_string(value))
		return json_string_value(value);
	ui_line_error(room, "\"%s\" is not a string; nothing done", key);
	return NULL;
}

/* Reads what the two ways to join have in common. Returns false after an
 * error. */
static bool
get_wish(struct room *room, const json_t *command, struct rooms_wish *wish)
{
	const json_t *remember = json_object_get(command, "remember");

	wish->name = get_string(room, command, "room");
	wish->bootnode = get_string(room, command, "bootnode");
	wish->identity = get_string(room, command, "identity");
	if (wish->name == NULL || wish->bootnode == NULL ||
	    wish->identity == NULL)
		return false;
	if (remember != NULL && !json_is_boolean(remember)) {
		ui_line_error(room,
		    "\"remember\" is not true or false; nothing done");
		return false;
	}
	wish->remember = json_is_true(remember);
	wish->len = strlen(wish->name);
	wish->bootnode_len = strlen(wish->bootnode);
	wish->identity_len = strlen(wish->identity);
	return true;
}

void
json_command_join(struct room *room, const json_t *command)
{
	const char *passphrase = get_string(room, command, "passphrase");
	const char *invite = get_string(room, command, "invite");
	struct rooms_wish wish = { .name = "" };

	if (passphrase == NULL || invite == NULL ||
	    !get_wish(room, command, &wish))
		return;
	if (invite[0] != '\0' &&
	    wish.len + wish.bootnode_len + strlen(passphrase) > 0)
		ui_line_error(room,
		    "\"invite\" has the room and its bootnode in it; "
		    "nothing done");
	else if (invite[0] != '\0')
		rooms_open_invite(room, &wish, invite, strlen(invite));
	else if (wish.len == 0)
		ui_line_error(room,
		    "\"join\" needs \"room\" or \"invite\", a string; "
		    "nothing done");
	else
		rooms_open_locked(room, &wish, passphrase, strlen(passphrase));
}

void
json_command_part(struct room *room, const json_t *command)
{
	(void)command;
	rooms_part(room, room);
}
