/*
 * The slash commands that name a person. See command_peer.h.
 */
#include "ui/command_peer.h"

#include "ui/ask.h"
#include "ui/errors.h"
#include "ui/find.h"
#include "ui/format.h"
#include "ui/later.h"
#include "ui/people.h"
#include "ui/say.h"
#include "ui/text.h"
#include "ui/typed.h"
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

/* The size of the names of the people here, in an error. */
#define NAMES_MAX 600

/* Reports that a name means nobody, or too many, and who is here. */
static void
not_one_person(struct room *room, const char *name, bool too_many)
{
	struct person people[PEERS_MAX];
	size_t count = people_list(&room->model, people), more = 0;
	char shown[TEXT_SHOWN_MAX];
	struct buf names = { 0 };
	char id[FORMAT_ID_MAX];

	for (size_t i = 0; i < count; i++) {
		const struct peer *p = people[i].p;

		if (names.len + strlen(p->shown) > NAMES_MAX) {
			more++;
			continue;
		}
		buf_puts(&names, names.len > 0 ? ", " : "");
		if (p->known)
			format_argument(&names, p->shown);
		else
			buf_printf(&names, "%.*s", FIND_ID_DIGITS,
			    format_hex(id, p->id.bytes, PEER_ID_LEN));
	}
	if (more > 0)
		buf_printf(&names, " and %zu more", more);
	buf_put(&names, "", 1);
	text_excerpt(shown, sizeof(shown), name, strlen(name));
	if (names.len == 1)
		ui_line_error(room, "nobody else is here");
	else
		ui_line_error(room, "%s is called %s. Here: %s",
		    too_many ? "more than one" : "nobody", shown, names.bytes);
	buf_free(&names);
}

/* Takes the name in the first argument, in the form in which names are shown,
 * to be freed; args moves to what follows it. Returns false after an error. */
static bool
take_name_or_tell(struct room *room, const struct command *c, struct buf *name,
    const char **args, size_t *len)
{
	char *normal;

	if (command_take_name(name, args, len)) {
		normal = nick_typed(name->bytes, strlen(name->bytes));
		name->len = 0;
		buf_put(name, normal, strlen(normal) + 1);
		free(normal);
		return true;
	}
	ui_line_error(room, "the name has no closing quote: /%s %s", c->name,
	    c->arguments);
	buf_free(name);
	return false;
}

/* True, after an error, if it is the user's own name. */
static bool
is_oneself(struct room *room, const struct command *c, const char *name)
{
	if (strcmp(name, room->model.own) != 0)
		return false;
	ui_line_error(room, "%s is you: /%s is for somebody else", name,
	    c->name);
	return true;
}

/* Returns the person that the first argument names, or NULL after an error. */
static const struct peer *
take_person(struct room *room, const struct command *c, const char **args,
    size_t *len)
{
	const struct peer *found;
	struct buf name = { 0 };
	bool too_many = false;

	if (!take_name_or_tell(room, c, &name, args, len))
		return NULL;
	found = find_present(room, name.bytes, &too_many);
	if ((found == NULL && !is_oneself(room, c, name.bytes)) || too_many)
		not_one_person(room, name.bytes, too_many);
	buf_free(&name);
	return too_many ? NULL : found;
}

void
command_msg(struct room *room, const struct command_call *call)
{
	const struct command *self = call->command;
	const char *args = call->args;
	size_t len = call->len;
	const struct peer *p;
	struct buf name = { 0 };
	bool too_many = false;

	if (!take_name_or_tell(room, self, &name, &args, &len))
		return;
	p = find_person(room, name.bytes, &too_many);
	if (too_many || (p == NULL && len == 0))
		not_one_person(room, name.bytes, too_many);
	else if (len == 0)
		command_usage_error(room, self, "no text to send");
	else if (p != NULL)
		ui_say_to_person(room, 0, p, args, len);
	else if (!is_oneself(room, self, name.bytes) &&
	    !later_hold(room, name.bytes, args, len))
		not_one_person(room, name.bytes, false);
	buf_free(&name);
}

void
command_query(struct room *room, const struct command_call *call)
{
	const char *args = call->args;
	size_t len = call->len;
	const struct peer *p = take_person(room, call->command, &args, &len);

	if (p == NULL)
		return;
	if (len > 0)
		command_usage_error(room, call->command,
		    "a name with blanks stands in quotes");
	else
		room->ui->view->query(room, p);
}

void
command_compared(struct room *room)
{
	buf_free(&room->comparing);
}

static void
compare(struct room *room, const struct peer *p)
{
	command_compared(room);
	if (p->known) {
		format_argument(&room->comparing, p->shown);
		buf_put(&room->comparing, "", 1);
	}
	ui_ask_safety(room, p);
}

bool
command_answers(struct room *room, const char *line, size_t len)
{
	const char *name = room->comparing.bytes;

	if (typed_answer(line, len) == ANSWER_NONE ||
	    (name == NULL && !room->may_answer && !room->past.awaited))
		return false;
	if (name == NULL) {
		ui_line_error(room,
		    "not sent: ui was restarted, and what it asked is gone; "
		    "/verify NAME asks again, /say yes sends it");
		return true;
	}
	ui_line_error(room,
	    "not sent, because you are comparing numbers with %s: /verify %s "
	    "yes marks the key, /verify %s no does not; /say yes sends it",
	    name, name, name);
	return true;
}

void
command_verify(struct room *room, const struct command_call *call)
{
	const char *args = call->args;
	size_t len = call->len;
	const struct peer *p = take_person(room, call->command, &args, &len);

	if (p == NULL)
		return;
	if (len == 0) {
		compare(room, p);
		return;
	}
	if (!command_is_word(args, len, "yes") &&
	    !command_is_word(args, len, "no")) {
		command_usage_error(room, call->command,
		    "expected yes or no after the name");
		return;
	}
	command_compared(room);
	ui_set_verified(room, p, command_is_word(args, len, "yes"));
}
