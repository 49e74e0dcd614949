/*
 * /help. See command_help.h.
 */
#include "ui/command_help.h"

#include "ui/answers.h"
#include "ui/command_unknown.h"
#include "ui/ui.h"

#include <stdio.h>

#define USAGE_COLUMNS 21
#define KEYS_COLUMNS  25

#define SLASHES	     "//TEXT"
#define SLASHES_HELP "sends /TEXT as a text, not as a command"

static void
help_line(struct room *room, const struct command *c)
{
	char usage[40];

	snprintf(usage, sizeof(usage), "/%s %s", c->name, c->arguments);
	answer_item(room, USAGE_COLUMNS, usage, c->help);
}

static void
help_command(struct room *room, const struct command *c)
{
	help_line(room, c);
	answer_wrapped(room, c->more);
	if (c->example != NULL)
		answer_line(room, "example: /%s %s", c->name, c->example);
}

static void
help_all(struct room *room, const struct command_list *all)
{
	const struct command *c;
	size_t at = 0;

	while ((c = command_list_next(all, room, &at)) != NULL)
		help_line(room, c);
	if (room->ui->mode == MODE_CLIENT)
		answer_item(room, USAGE_COLUMNS, SLASHES, SLASHES_HELP);
	if (room->ui->view->key_help != NULL)
		answer_item(room, USAGE_COLUMNS, "/help keys",
		    "lists the keys");
}

static void
help_keys(struct room *room)
{
	const struct key_help *k = room->ui->mode == MODE_BOOTNODE
	    ? room->ui->view->operator_key_help
	    : room->ui->view->key_help;

	if (k == NULL)
		answer_wrapped(room,
		    "Enter ends a line; all other keys are those of the "
		    "terminal. The full screen, --ui tui, has its own.");
	else
		for (; k->keys != NULL; k++)
			answer_item(room, KEYS_COLUMNS, k->keys, k->what);
}

void
command_help(struct room *room, const struct command_call *call)
{
	const char *name = call->args;
	size_t len = call->len;
	const struct command *c;

	if (len == 0) {
		help_all(room, call->all);
		return;
	}
	if (*name == '/') {
		name++;
		len--;
	}
	c = command_list_find(call->all, room, name, len);
	if (c != NULL)
		help_command(room, c);
	else if (command_is_word(name, len, "keys"))
		help_keys(room);
	else
		command_unknown(room, call->all, name, len);
}
