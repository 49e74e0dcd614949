/*
 * Commands in a list, and the words of a line. See command_list.h.
 */
#include "ui/command_list.h"

#include "ui/errors.h"
#include "ui/ui.h"

#include <string.h>

static bool
is_there(const struct command *c, const struct room *room)
{
	unsigned int mode =
	    room->ui->mode == MODE_CLIENT ? COMMAND_CLIENT : COMMAND_BOOTNODE;

	return (c->where & mode) != 0 &&
	    ((c->where & COMMAND_TUI_ONLY) == 0 ||
		room->ui->view->search != NULL);
}

const struct command *
command_list_next(const struct command_list *all, const struct room *room,
    size_t *at)
{
	const struct command *c;

	while (*at < all->count) {
		c = &all->rows[(*at)++];
		if (is_there(c, room))
			return c;
	}
	return NULL;
}

const struct command *
command_list_find(const struct command_list *all, const struct room *room,
    const char *name, size_t len)
{
	const struct command *c;
	size_t at = 0;

	while ((c = command_list_next(all, room, &at)) != NULL)
		if (command_is_word(name, len, c->name))
			return c;
	return NULL;
}

bool
command_list_is_of_tui(const struct command_list *all, const struct room *room,
    const char *name, size_t len)
{
	for (size_t i = 0; i < all->count; i++)
		if ((all->rows[i].where & COMMAND_TUI_ONLY) != 0 &&
		    command_is_word(name, len, all->rows[i].name))
			return room->ui->mode == MODE_CLIENT &&
			    room->ui->view->search == NULL;
	return false;
}

bool
command_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void
command_skip_blanks(const char **s, size_t *len)
{
	for (; *len > 0 && command_is_blank(**s); (*s)++)
		(*len)--;
}

bool
command_is_word(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(s, word, len) == 0;
}

bool
command_take_name(struct buf *name, const char **args, size_t *len)
{
	bool quoted = *len > 0 && **args == '"';
	const char *s = *args + quoted, *end = *args + *len;

	for (; s < end && (quoted ? *s != '"' : !command_is_blank(*s)); s++) {
		if (quoted && *s == '\\' && s + 1 < end)
			s++;
		buf_put(name, s, 1);
	}
	buf_put(name, "", 1);
	if (quoted && (s == end || (s + 1 < end && !command_is_blank(s[1]))))
		return false;
	s += quoted;
	*len = (size_t)(end - s);
	*args = s;
	command_skip_blanks(args, len);
	return true;
}

void
command_usage_error(struct room *room, const struct command *c,
    const char *what)
{
	ui_line_error(room, "%s: /%s %s", what, c->name, c->arguments);
}
