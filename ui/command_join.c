/*
 * /join: which room, at which bootnode, with which identity. See
 * command_room.h.
 */
#include "ui/command_room.h"

#include "ui/errors.h"
#include "ui/format.h"
#include "ui/rooms.h"
#include "ui/text.h"

#include "common/invite.h"

#include <string.h>

/* The arguments as they are read. */
struct reader {
	struct room *room;
	const struct command *command;
	const char *s;
	size_t len;
};

static size_t
word_len(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && !command_is_blank(s[n]))
		n++;
	return n;
}

static bool
is_keyword(const char *s, size_t len)
{
	return command_is_word(s, len, "at") || command_is_word(s, len, "as");
}

/* Moves over so many bytes, and the blanks after them. */
static void
move(struct reader *r, size_t n)
{
	r->s += n;
	r->len -= n;
	command_skip_blanks(&r->s, &r->len);
}

/* Returns the length of all words before the first at or as. */
static size_t
name_len(const char *s, size_t len)
{
	size_t end = 0;

	for (size_t at = 0, n; at < len; at += n) {
		n = word_len(s + at, len - at);
		if (at > 0 && is_keyword(s + at, n))
			break;
		end = at + n;
		while (at + n < len && command_is_blank(s[at + n]))
			n++;
	}
	return end;
}

/* What looks like several arguments may be a name with blanks in it. */
static void
tell_quotes(struct room *room, const char *args, size_t len)
{
	char shown[TEXT_SHOWN_MAX];
	struct buf quoted = { 0 };

	text_excerpt(shown, sizeof(shown), args, name_len(args, len));
	format_argument(&quoted, shown);
	ui_line_error(room,
	    "a name with blanks has to be in quotes: /join %.*s",
	    (int)quoted.len, quoted.bytes);
	buf_free(&quoted);
}

static bool
take_room(struct reader *r, struct buf *name)
{
	size_t n = word_len(r->s, r->len);

	if (is_keyword(r->s, n)) {
		ui_line_error(r->room,
		    "the room's name is missing before %.*s; put a name that "
		    "is the word %.*s in quotes",
		    (int)n, r->s, (int)n, r->s);
		return false;
	}
	if (command_take_name(name, &r->s, &r->len))
		return true;
	command_usage_error(r->room, r->command, "usage");
	return false;
}

/* Takes a word and what follows it. */
static bool
take_after(struct reader *r, const char *word, const char **value, size_t *len,
    const char *missing)
{
	if (*len > 0) { /* it is there twice */
		command_usage_error(r->room, r->command, "usage");
		return false;
	}
	move(r, strlen(word));
	*value = r->s;
	*len = word_len(r->s, r->len);
	if (*len == 0)
		ui_line_error(r->room, "%s", missing);
	move(r, *len);
	return *len > 0;
}

static bool
take_more(struct reader *r, struct rooms_wish *wish)
{
	size_t n = word_len(r->s, r->len);

	if (command_is_word(r->s, n, "at"))
		return take_after(r, "at", &wish->bootnode, &wish->bootnode_len,
		    "the bootnode is missing after at, for example: /join "
		    "garden at chat.example.org");
	return take_after(r, "as", &wish->identity, &wish->identity_len,
	    "the identity's name is missing after as, for example: /join "
	    "garden as work");
}

/* Reads the arguments of /join by name. Returns false after an error. */
static bool
take_wish(struct rooms_wish *wish, struct buf *name, struct room *room,
    const struct command_call *call)
{
	struct reader r = { room, call->command, call->args, call->len };
	bool quoted = *call->args == '"';

	if (!take_room(&r, name))
		return false;
	wish->name = name->bytes;
	wish->len = name->len - 1;
	while (r.len > 0 && is_keyword(r.s, word_len(r.s, r.len)))
		if (!take_more(&r, wish))
			return false;
	if (r.len == 0)
		return true;
	if (quoted || wish->bootnode_len > 0 || wish->identity_len > 0)
		command_usage_error(room, call->command, "usage");
	else
		tell_quotes(room, call->args, call->len);
	return false;
}

static void
join_by_name(struct room *room, const struct command_call *call)
{
	struct rooms_wish wish = { .bootnode = "", .identity = "" };
	struct buf name = { 0 };

	if (!take_wish(&wish, &name, room, call))
		;
	else if (room->ui->view->ask_secret != NULL)
		rooms_ask(room, &wish);
	else
		rooms_open(room, &wish);
	buf_free(&name);
}

/* Returns the length of an invite without "as NAME" after it. */
static size_t
take_identity(struct rooms_wish *wish, const char *args, size_t len)
{
	size_t word = len, at;

	while (word > 0 && !command_is_blank(args[word - 1]))
		word--;
	for (at = word; at > 0 && command_is_blank(args[at - 1]); at--)
		;
	if (at < 3 || !command_is_word(args + at - 2, 2, "as") ||
	    !command_is_blank(args[at - 3]))
		return len;
	wish->identity = args + word;
	wish->identity_len = len - word;
	return at - 2;
}

static void
join_by_invite(struct room *room, const struct command_call *call)
{
	struct rooms_wish wish = { .bootnode = "", .identity = "" };
	size_t len = take_identity(&wish, call->args, call->len);

	rooms_open_invite(room, &wish, call->args, len);
}

void
command_join(struct room *room, const struct command_call *call)
{
	if (invite_begins(call->args, call->len))
		join_by_invite(room, call);
	else
		join_by_name(room, call);
}
