/*
 * Lines of input to the json view: each is a command, or answered by an error.
 * See json.h.
 */
#include "ui/json/json.h"

#include "ui/ask.h"
#include "ui/errors.h"
#include "ui/leave.h"
#include "ui/rooms.h"
#include "ui/say.h"

#include "ui/json/text.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

#define MEMBERS_MAX 5 /* without "cmd" and "room", which all have */

struct command {
	const char *name;
	void (*obey)(struct room *, const json_t *command);
	const char *members[MEMBERS_MAX]; /* other members than "cmd" */
	enum turn turn;
	bool everywhere; /* a bootnode has it, too; its others: ui_side */
};

/* Without a name it is for the first room, and for no other. */
static bool
is_for_nobody(struct room *room)
{
	if (room->ui->first != NULL && room->ui->first->phase == ROOM_STAYS)
		return false;
	ui_line_error(room,
	    "the first room is closed, and the command names no \"room\"; "
	    "not sent");
	return true;
}

static void
say(struct room *room, unsigned int flags, const struct peer *to,
    const char *text, size_t len)
{
	if (len == 0)
		ui_line_error(room, "the text is empty; not sent");
	else
		ui_say_as(room, flags, to, text, len);
}

static void
command_say(struct room *room, const json_t *command)
{
	const json_t *text = json_object_get(command, "text");
	const json_t *action = json_object_get(command, "action");
	const struct peer *to = NULL;

	if (!json_is_string(text)) {
		ui_line_error(room,
		    "\"say\" needs \"text\", a string; not sent");
		return;
	}
	if (action != NULL && !json_is_boolean(action)) {
		ui_line_error(room,
		    "\"action\" is not true or false; not sent");
		return;
	}
	/* A text for one peer never goes to all instead. */
	if (json_object_get(command, "to") != NULL &&
	    (to = json_get_peer(room, command, "to", true)) == NULL)
		return;
	say(room, json_is_true(action) ? TEXT_FLAG_ACTION : 0, to,
	    json_string_value(text), json_string_length(text));
}

static void
command_status(struct room *room, const json_t *command)
{
	(void)command;
	ui_ask_status(room);
}

static void
command_invite(struct room *room, const json_t *command)
{
	(void)command;
	ui_ask_invite(room, false);
}

static void
command_quit(struct room *room, const json_t *command)
{
	(void)command;
	ui_quit(room->ui);
}

static const struct command commands[] = {
	{ "say", command_say, { "text", "to", "action" }, TURN_ITS_OWN, false },
	{ "nick", json_command_nick, { "nick" }, TURN_ITS_OWN, false },
	{ "verify", json_command_verify, { "id", "verified" }, TURN_ITS_OWN,
	    false },
	{ "join", json_command_join,
	    { "bootnode", "passphrase", "invite", "identity", "remember" },
	    TURN_ITS_OWN, false },
	{ "part", json_command_part, { NULL }, TURN_ITS_OWN, false },
	{ "status", command_status, { NULL }, TURN_ANY, false },
	{ "invite", command_invite, { NULL }, TURN_ANY, false },
	{ "quit", command_quit, { NULL }, TURN_FIRST, true }, /* the last */
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *
find_command(const char *name)
{
	for (size_t i = 0; name != NULL && i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* The error names those that there are. */
static void
refuse(struct room *room, const char *name)
{
	const struct command *last = &commands[COMMANDS - 1];
	struct buf names = { 0 };

	for (const struct command *c = commands; c <= last; c++)
		buf_printf(&names, "%s\"%s\"",
		    names.len == 0  ? ""
			: c == last ? " or "
				    : ", ",
		    c->name);
	ui_line_error(room, "\"cmd\" is \"%.40s\"; it can be %.*s", name,
	    (int)names.len, names.bytes);
	buf_free(&names);
}

static bool
has_member(const struct command *c, const char *key)
{
	for (size_t i = 0; i < MEMBERS_MAX && c->members[i] != NULL; i++)
		if (strcmp(c->members[i], key) == 0)
			return true;
	return strcmp(key, "cmd") == 0 || strcmp(key, "room") == 0;
}

static void
put_members(struct buf *out, const struct command *c)
{
	for (size_t i = 0; i < MEMBERS_MAX && c->members[i] != NULL; i++)
		buf_printf(out, ", \"%s\"", c->members[i]);
}

/*
 * Returns false, after an error, if there is a member that the command does not
 * have: if "To" stands for "to", only the author knows that the text was for
 * one peer, and without it the text would go to all.
 */
static bool
check_members(struct room *room, const struct command *c, json_t *command)
{
	struct buf unknown = { 0 }, known = { 0 };
	const char *key;
	json_t *value;

	json_object_foreach(command, key, value) if (!has_member(c, key))
	    buf_printf(&unknown, "%s\"%.40s\"", unknown.len > 0 ? ", " : "",
		key);
	if (unknown.len == 0)
		return true;
	put_members(&known, c);
	ui_line_error(room,
	    "\"%s\" has no %.*s, only \"cmd\", \"room\"%.*s; nothing done",
	    c->name, (int)unknown.len, unknown.bytes, (int)known.len,
	    known.len > 0 ? known.bytes : "");
	buf_free(&unknown);
	buf_free(&known);
	return false;
}

/* A command without a room is for the one in front. A room that is to be
 * joined is not open yet. */
static void
obey_in_room(struct room *room, const struct command *c, const json_t *command)
{
	const json_t *name = json_object_get(command, "room");

	if (name != NULL && !json_is_string(name)) {
		ui_line_error(room, "\"room\" is not a string; nothing done");
		return;
	}
	if (name != NULL && c->obey != json_command_join)
		room = rooms_find(room, json_string_value(name),
		    json_string_length(name));
	else if (name == NULL && c->obey == command_say && is_for_nobody(room))
		return;
	if (room != NULL)
		c->obey(room, command);
}

static void
obey(struct room *room, const char *name, json_t *command)
{
	const struct command *c = find_command(name);

	if (room->ui->mode == MODE_BOOTNODE && (c == NULL || !c->everywhere))
		room->ui->side->object(room, command);
	else if (c == NULL)
		refuse(room, name);
	else if (check_members(room, c, command))
		obey_in_room(room, c, command);
}

/* --- Reading a line ------------------------------------------------------- */

/* A line as it was read: a simple text, which needs no jansson, or anything
 * else. */
struct reading {
	bool simple;
	struct buf text;
	json_t *command; /* of a line that is not simple, or NULL: */
	json_error_t error;
};

static void
read_line(struct reading *r, const char *line, size_t len)
{
	r->simple = json_text_say(&r->text, line, len);
	r->command = r->simple
	    ? NULL
	    : json_loadb(line, len, JSON_REJECT_DUPLICATES, &r->error);
}

static void
forget(struct reading *r)
{
	buf_free(&r->text);
	json_decref(r->command);
}

struct reading *
json_read(const char *line, size_t len)
{
	struct reading *r = calloc(1, sizeof(*r));

	if (r == NULL)
		fatal("no memory for a line");
	read_line(r, line, len);
	return r;
}

void
json_forget(struct reading *r)
{
	forget(r);
	free(r);
}

struct room *
json_room_of(struct ui *ui, const struct reading *r)
{
	const json_t *name = json_object_get(r->command, "room");
	struct room *found = NULL;

	if (json_is_string(name))
		found = rooms_named(ui, json_string_value(name),
		    json_string_length(name));
	return found != NULL ? found : ui->front;
}

/* --- Obeying it ----------------------------------------------------------- */

static void
obey_object(struct room *room, const struct reading *r)
{
	const char *cmd = json_string_value(json_object_get(r->command, "cmd"));

	if (r->command == NULL)
		ui_line_error(room, "the line is not JSON: %s (column %d)",
		    r->error.text, r->error.column);
	else if (!json_is_object(r->command))
		ui_line_error(room, "the line is not a JSON object");
	else if (cmd == NULL)
		ui_line_error(room, "\"cmd\" is missing or not a string");
	else
		obey(room, cmd, r->command);
}

/* A bootnode has nobody to say anything to, and says so like of any word. */
static void
obey_say(struct room *room)
{
	static const char name[] = "say";
	json_t *command = json_object();

	json_set_string(command, "cmd", name);
	obey(room, name, command);
	json_decref(command);
}

void
json_obey(struct room *room, const struct reading *r)
{
	if (!r->simple)
		obey_object(room, r);
	else if (room->ui->mode == MODE_BOOTNODE)
		obey_say(room);
	else if (!is_for_nobody(room))
		say(room, 0, NULL, r->text.bytes, r->text.len);
}

void
json_line(struct room *room, const char *line, size_t len)
{
	struct reading r = { 0 };

	read_line(&r, line, len);
	json_obey(room, &r);
	forget(&r);
}

enum turn
json_turn(const struct room *room, const char *line, size_t len)
{
	json_t *command = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const struct command *c =
	    find_command(json_string_value(json_object_get(command, "cmd")));

	json_decref(command);
	if (c == NULL || (room->ui->mode == MODE_BOOTNODE && !c->everywhere))
		return TURN_ITS_OWN;
	return c->turn;
}
