/*
 * /help. See command_help.h.
 */
#include "ui/command_help.h"

#include "ui/answers.h"
#include "ui/command_unknown.h"
#include "ui/ui.h"

#include <stdio.h>

#define SLASHES	     "//TEXT"
#define SLASHES_HELP "sends /TEXT as a text, not as a command"

static void
help_line(struct ui *ui, const struct command *c)
{
	char usage[40];

	snprintf(usage, sizeof(usage), "/%s %s", c->name, c->arguments);
	answer_line(ui, "%-21s %s", usage, c->help);
}

static void
help_command(struct ui *ui, const struct command *c)
{
	help_line(ui, c);
	answer_wrapped(ui, c->more);
	if (c->example != NULL)
		answer_line(ui, "example: /%s %s", c->name, c->example);
}

static void
help_all(struct ui *ui, const struct command_list *all)
{
	const struct command *c;
	size_t at = 0;

	while ((c = command_list_next(all, ui, &at)) != NULL)
		help_line(ui, c);
	if (ui->mode == MODE_CLIENT)
		answer_line(ui, "%-21s %s", SLASHES, SLASHES_HELP);
	if (ui->view->key_help != NULL)
		answer_line(ui, "%-21s %s", "/help keys", "lists the keys");
}

static void
help_keys(struct ui *ui)
{
	const struct key_help *k = ui->view->key_help;

	if (k == NULL)
		answer_wrapped(ui,
		    "Enter ends a line; all other keys are those of the "
		    "terminal. The full screen, --ui tui, has its own.");
	else
		for (; k->keys != NULL; k++)
			answer_line(ui, "%-25s %s", k->keys, k->what);
}

void
command_help(struct ui *ui, const struct command_call *call)
{
	const char *name = call->args;
	size_t len = call->len;
	const struct command *c;

	if (len == 0) {
		help_all(ui, call->all);
		return;
	}
	if (*name == '/') {
		name++;
		len--;
	}
	c = command_list_find(call->all, ui, name, len);
	if (c != NULL)
		help_command(ui, c);
	else if (command_is_word(name, len, "keys"))
		help_keys(ui);
	else
		command_unknown(ui, call->all, name, len);
}
