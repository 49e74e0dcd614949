/*
 * The slash commands. See command.h.
 */
#include "ui/command.h"

#include "ui/answers.h"
#include "ui/ask.h"
#include "ui/command_help.h"
#include "ui/command_peer.h"
#include "ui/command_room.h"
#include "ui/command_unknown.h"
#include "ui/errors.h"
#include "ui/leave.h"
#include "ui/say.h"
#include "ui/text.h"
#include "ui/trust.h"
#include "ui/typed.h"
#include "ui/ui.h"

#include "common/invite.h"
#include "common/operator_table.h"
#include "common/utf8.h"

#include <string.h>

static void
run_nick(struct room *room, const struct command_call *call)
{
	ui_rename(room, call->args, call->len);
}

static void
run_say(struct room *room, const struct command_call *call)
{
	ui_say(room, call->args, call->len);
}

static void
run_me(struct room *room, const struct command_call *call)
{
	ui_say_typed(room, TEXT_FLAG_ACTION, call->args, call->len);
}

static void
run_peers(struct room *room, const struct command_call *call)
{
	(void)call;
	answer_peers(room);
}

static void
run_names(struct room *room, const struct command_call *call)
{
	(void)call;
	answer_names(room);
}

static void
run_status(struct room *room, const struct command_call *call)
{
	(void)call;
	ui_ask_status(room);
}

/* A command of a bootnode's operator. */
static void
run_operator(struct room *room, const struct command_call *call)
{
	struct buf argument = { 0 };

	buf_put(&argument, call->args, call->len);
	buf_put(&argument, "", 1);
	room->ui->side->command(room, call->command->name,
	    call->len > 0 ? argument.bytes : NULL);
	buf_free(&argument);
}

static void
run_fingerprint(struct room *room, const struct command_call *call)
{
	(void)call;
	answer_fingerprint(room);
}

static void
run_invite(struct room *room, const struct command_call *call)
{
	static const char qr[] = "qr";

	if (call->len == 0)
		ui_ask_invite(room, false);
	else if (command_is_word(call->args, call->len, qr))
		ui_ask_invite(room, true);
	else
		ui_line_error(room, "expected nothing or qr: /invite [qr]");
}

static void
run_search(struct room *room, const struct command_call *call)
{
	room->ui->view->search(room->ui, call->args, call->len);
}

static void
run_clear(struct room *room, const struct command_call *call)
{
	(void)call;
	room->ui->view->clear(room->ui);
}

static void
run_quit(struct room *room, const struct command_call *call)
{
	(void)call;
	ui_quit(room->ui);
}

/* --- The table ------------------------------------------------------------ */

#define EVERYWHERE (COMMAND_CLIENT | COMMAND_BOOTNODE)
#define TUI	   (COMMAND_CLIENT | COMMAND_TUI_ONLY)
#define SAYS	   (COMMAND_CLIENT | COMMAND_SAYS)
#define ASKS	   (COMMAND_CLIENT | COMMAND_ASKS)
/* The answer of one is waited for before the next line is obeyed. */
#define OPERATOR_ROW(command, name, member, takes, arguments, help, more, \
    example)                                                              \
	{ name, arguments, help, more, example, COMMAND_BOOTNODE,         \
		COMMAND_##takes, run_operator },

/* In the order of /help, and of completion. */
static const struct command commands[] = {
	{ "help", "[COMMAND]", "lists the commands, or explains one",
	    "Without COMMAND it shows one line for each. In the full screen, "
	    "/help keys lists the keys.",
	    "msg", EVERYWHERE | COMMAND_ASKS, COMMAND_OPTIONAL, command_help },
	{ "me", "TEXT", "shows what you do",
	    "Others see it after your name, as something that you do. Like "
	    "every text, it has at most 16384 bytes.",
	    "waves", SAYS, COMMAND_NEEDED, run_me },
	{ "say", "TEXT", "sends TEXT, whatever it begins with",
	    "Otherwise gochat refuses a text of which a line looks like a "
	    "command.",
	    "/etc is a folder", SAYS | COMMAND_AS_IT_IS, COMMAND_NEEDED,
	    run_say },
	{ "msg", "NAME TEXT", "sends TEXT to one person",
	    "Give NAME as it is shown, in quotes if it has spaces, or the "
	    "first 8 digits of a peer's id. The text goes to the key that has "
	    "the name now, and to no other. It has at most 16384 bytes.",
	    "\"anna b\" see you at noon", SAYS, COMMAND_NEEDED, command_msg },
	{ "query", "NAME", "shows a conversation with one person",
	    "Everything that you type there goes to that person alone, as "
	    "with /msg, and what that person says to you alone is shown there. "
	    "/part closes it.",
	    "anna", TUI, COMMAND_NEEDED, command_query },
	{ "join", "ROOM [at BOOTNODE] [as NAME]", "opens another room",
	    "Put ROOM in quotes if it has spaces. Without BOOTNODE it is at "
	    "the bootnode of your first room. NAME is that of another identity "
	    "of yours, so that your key does not link the rooms. In the full "
	    "screen gochat asks for the room's passphrase, where Enter means "
	    "that it has none, and whether to remember the room. An invite is "
	    "fine as well: /join gochat://...",
	    "\"garden party\" at chat.example.org as work", COMMAND_CLIENT,
	    COMMAND_NEEDED, command_join },
	{ "part", "[ROOM]", "leaves a room",
	    "Without ROOM it leaves the current room.", "garden",
	    COMMAND_CLIENT, COMMAND_OPTIONAL, command_part },
	{ "rooms", "", "the rooms that you are in",
	    "Shows the number, bootnode and state of each, and whether gochat "
	    "opens it at startup. > marks the current room. The full screen "
	    "also shows what is unread, and the open conversations.",
	    NULL, ASKS, COMMAND_BARE, command_rooms },
	{ "room", "NUMBER|ROOM", "what you type goes to that room",
	    "In the full screen it is shown, too, as with Alt-1 to Alt-0. There "
	    "it may be the person of an open conversation as well.",
	    "2", COMMAND_CLIENT, COMMAND_NEEDED, command_room },
	{ "remember", "[ROOM]", "opens the room at startup",
	    "gochat without --room opens all rooms that it remembers. The "
	    "room's bootnode, key and passphrase are in a file in the state "
	    "folder, which only you may read.",
	    "garden", COMMAND_CLIENT, COMMAND_OPTIONAL, command_remember },
	{ "forget", "[ROOM]", "stops opening it at startup",
	    "The file that /remember made is deleted. You stay in the room.",
	    "garden", COMMAND_CLIENT, COMMAND_OPTIONAL, command_forget },
	{ "nick", "NAME", "changes your name",
	    "A name has 1 to 32 columns and at most 128 bytes, and neither < "
	    "nor >. You have it until you leave; --nick sets the name for the "
	    "next time.",
	    "anna b", COMMAND_CLIENT, COMMAND_NEEDED, run_nick },
	{ "peers", "", "who is here, with paths and fingerprints",
	    "Shows for each peer the path (lan, direct, or relay), the round "
	    "trip time, whether you have verified the key, the address and "
	    "the fingerprint; then your own fingerprint.",
	    NULL, ASKS, COMMAND_BARE, run_peers },
	{ "names", "", "who is here, by name",
	    "Lists all of them, and how many you are together.", NULL, ASKS,
	    COMMAND_BARE, run_names },
	{ "status", "", "how the connections are",
	    "Shows the bootnode, your NAT and what that means, and for each "
	    "peer the path, the round trip time, the loss and the age of "
	    "session and keys.",
	    NULL, ASKS, COMMAND_BARE, run_status },
	/* clang-format off */
	OPERATOR_COMMANDS(OPERATOR_ROW)
	/* clang-format on */
	{ "verify", "NAME [yes|no]", "compares keys; yes: they match",
	    "Shows the number that you two have in common. Compare it over "
	    "another channel, in a call for instance. yes marks the key as "
	    "verified, and no removes the mark. Without either, gochat asks "
	    "you, or tells you what to type.",
	    "anna", COMMAND_CLIENT, COMMAND_NEEDED, command_verify },
	{ "fingerprint", "", "shows your own fingerprint",
	    "These are the 40 digits that /peers and /verify show others for "
	    "you.",
	    NULL, ASKS, COMMAND_BARE, run_fingerprint },
	{ "invite", "[qr]", "shows an invite; qr: with a QR code",
	    "It is one line. Whoever has it can enter the room, and needs "
	    "nothing else: gochat --invite - asks for it. A room that was made "
	    "with --new-room has one. With qr, a QR code of it comes below the "
	    "line, for somebody who can point a telephone at your screen.",
	    "qr", ASKS, COMMAND_OPTIONAL, run_invite },
	{ "search", "TEXT", "searches the messages above",
	    "Finds the newest match first, in upper or lower case. Ctrl-R "
	    "goes on to older ones, Ctrl-S to newer ones, Enter stays there, "
	    "and Escape goes back. Any other key begins your next line.",
	    "8:12", TUI, COMMAND_NEEDED, run_search },
	{ "clear", "", "empties the screen",
	    "Nothing is lost: scroll up to see what was there, or use /search.",
	    NULL, TUI, COMMAND_BARE, run_clear },
	{ "quit", "", "leaves",
	    "Leaves at once, without waiting for messages on their way. "
	    "gochat tells you which may not have arrived.",
	    NULL, EVERYWHERE | COMMAND_LEAVES, COMMAND_BARE, run_quit },
};

static const struct command_list all = { commands,
	sizeof(commands) / sizeof(commands[0]) };

const struct command *
command_next(const struct room *room, size_t *at)
{
	return command_list_next(&all, room, at);
}

/* --- A line --------------------------------------------------------------- */

/* A further line would be said that may have been meant as a command, and for
 * somebody else. how: the way to say it nevertheless. Returns true after an
 * error. */
static bool
holds_command(struct room *room, const char *line, size_t len, const char *how)
{
	char shown[TEXT_SHOWN_MAX];
	size_t at, number = typed_command_in(line, len, 2, &at);

	if (number == 0)
		return false;
	ui_line_error(room,
	    "line %zu of your text begins like a command: %s; nothing was "
	    "sent. "
	    "%s",
	    number, text_excerpt(shown, sizeof(shown), line + at, len - at),
	    how);
	return true;
}

/* This is no slash, but a reader takes it for one. */
static void
only_alike(struct room *room, const char *line, size_t len)
{
	uint32_t c = 0;

	utf8_decode(line, len, &c);
	ui_line_error(room,
	    "the text begins with U+%04X, which looks like a slash but is not "
	    "one; not sent: type / for a command, or put /say before the text "
	    "to send it",
	    (unsigned int)c);
}

static size_t
word_len(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && !command_is_blank(s[n]))
		n++;
	return n;
}

static void
run(struct room *room, const char *line, size_t len)
{
	size_t name_len = word_len(line, len), all_len = len;
	struct command_call call = {
		.command = command_list_find(&all, room, line, name_len),
		.all = &all,
		.args = line + name_len,
	};
	const struct command *c = call.command;

	if (c == NULL) {
		command_unknown(room, &all, line, name_len);
		return;
	}
	while (len > name_len && command_is_blank(line[len - 1]))
		len--;
	call.len = len - name_len;
	command_skip_blanks(&call.args, &call.len);
	if (call.len > 0 && c->takes == COMMAND_BARE)
		ui_line_error(room, "/%s takes no argument", c->name);
	else if (call.len == 0 && c->takes == COMMAND_NEEDED)
		command_usage_error(room, c, "usage");
	else if ((c->where & COMMAND_AS_IT_IS) != 0 ||
	    !holds_command(room, line, all_len,
		"Each command is a message of its own"))
		c->run(room, &call);
}

/* Whether the line is a command, by how it begins. An operator has nobody to
 * say anything to, so there a slash may be left out. */
static bool
is_command(const struct room *room, struct typed typed)
{
	return typed.kind == TYPED_COMMAND ||
	    (room->ui->mode == MODE_BOOTNODE && typed.kind != TYPED_NOTHING);
}

/* Returns the command of a line, by its first word; or NULL. */
static const struct command *
named(const struct room *room, const char *line, size_t len)
{
	struct typed typed = typed_begin(line, len);

	if (!is_command(room, typed))
		return NULL;
	typed.at += line[typed.at] == '/';
	return command_list_find(&all, room, line + typed.at,
	    word_len(line + typed.at, len - typed.at));
}

bool
command_says(const struct room *room, const char *line, size_t len)
{
	const struct command *c = named(room, line, len);

	if (!is_command(room, typed_begin(line, len)))
		return room->ui->mode == MODE_CLIENT;
	return c != NULL && (c->where & COMMAND_SAYS) != 0;
}

enum turn
command_turn(const struct room *room, const char *line, size_t len)
{
	const struct command *c = named(room, line, len);

	if (c == NULL || (c->where & (COMMAND_ASKS | COMMAND_LEAVES)) == 0)
		return TURN_ITS_OWN;
	return c->where & COMMAND_LEAVES ? TURN_FIRST : TURN_ANY;
}

void
command_line(struct room *room, const char *line, size_t len)
{
	static const char say[] = "With /say before it, the text is sent as "
				  "it is";
	struct typed typed = typed_begin(line, len);
	const char *first = line + typed.at;
	size_t left = len - typed.at;

	if (room->ui->mode == MODE_BOOTNODE) {
		if (is_command(room, typed))
			run(room, first + (*first == '/'),
			    left - (*first == '/'));
		return;
	}
	if (typed.kind != TYPED_NOTHING &&
	    typed_answer(line, len) == ANSWER_NONE)
		room->may_answer = false;
	switch (typed.kind) {
	case TYPED_NOTHING:
		break;
	case TYPED_COMMAND:
		run(room, first + 1, left - 1);
		break;
	case TYPED_ALIKE:
		only_alike(room, first, left);
		break;
	case TYPED_SLASHES:
		if (!holds_command(room, first, left, say))
			ui_say(room, first + 1, left - 1);
		break;
	case TYPED_TEXT:
		if (invite_begins(first, left))
			ui_line_error(room,
			    "not sent, because it is an invite, with its "
			    "secret: /join before it opens its room, and /say "
			    "before it sends it as it is");
		else if (!command_answers(room, line, len) &&
		    !holds_command(room, line, len, say))
			ui_say(room, line, len);
		break;
	}
}
