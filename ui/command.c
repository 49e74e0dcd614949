/*
 * The slash commands. See command.h.
 */
#include "ui/command_parts.h"

#include "ui/answers.h"
#include "ui/format.h"
#include "ui/text.h"
#include "ui/typed.h"
#include "ui/ui.h"

#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

/* Of what was typed, in an error. */
#define SHOWN_MAX 48
/* Names of commands are short; a longer word is like none of them. */
#define WORD_MAX 16

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

void
command_usage_error(struct ui *ui, const struct command *c, const char *what)
{
	ui_line_error(ui, "%s: /%s %s", what, c->name, c->arguments);
}

bool
command_is_word(const char *s, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(s, word, len) == 0;
}

static void
help_line(struct ui *ui, const struct command *c)
{
	char usage[40];

	snprintf(usage, sizeof(usage), "/%s %s", c->name, c->arguments);
	answer_line(ui, "%-21s %s", usage, c->help);
}

static const struct command *find(const struct ui *, const char *name,
    size_t len);
static void no_such_command(struct ui *, const char *name, size_t len);

static void
run_help(struct ui *ui, const struct command *self, const char *args,
    size_t len)
{
	const struct command *c;
	size_t at = 0;

	(void)self;
	if (len > 0) {
		if (*args == '/') {
			args++;
			len--;
		}
		c = find(ui, args, len);
		if (c == NULL)
			no_such_command(ui, args, len);
		else
			help_line(ui, c);
		return;
	}
	while ((c = command_next(ui, &at)) != NULL)
		help_line(ui, c);
	if (ui->mode == MODE_CLIENT)
		answer_line(ui, "%-21s %s", "//TEXT",
		    "says /TEXT, which is no command then");
}

static void
run_nick(struct ui *ui, const struct command *self, const char *args,
    size_t len)
{
	(void)self;
	ui_rename(ui, args, len);
}

static void
run_say(struct ui *ui, const struct command *self, const char *args, size_t len)
{
	(void)self;
	ui_say(ui, args, len);
}

static void
run_me(struct ui *ui, const struct command *self, const char *args, size_t len)
{
	(void)self;
	ui_say_as(ui, TEXT_FLAG_ACTION, NULL, args, len);
}

static void
run_peers(struct ui *ui, const struct command *self, const char *args,
    size_t len)
{
	(void)self;
	(void)args;
	(void)len;
	answer_peers(ui);
}

static void
run_names(struct ui *ui, const struct command *self, const char *args,
    size_t len)
{
	(void)self;
	(void)args;
	(void)len;
	answer_names(ui);
}

static void
run_status(struct ui *ui, const struct command *self, const char *args,
    size_t len)
{
	(void)self;
	(void)args;
	(void)len;
	ui_ask_status(ui);
}

static void
run_fingerprint(struct ui *ui, const struct command *self, const char *args,
    size_t len)
{
	(void)self;
	(void)args;
	(void)len;
	answer_fingerprint(ui);
}

static void
run_search(struct ui *ui, const struct command *self, const char *args,
    size_t len)
{
	(void)self;
	ui->view->search(ui, args, len);
}

static void
run_clear(struct ui *ui, const struct command *self, const char *args,
    size_t len)
{
	(void)self;
	(void)args;
	(void)len;
	ui->view->clear(ui);
}

static void
run_quit(struct ui *ui, const struct command *self, const char *args,
    size_t len)
{
	(void)self;
	(void)args;
	(void)len;
	ui_quit(ui);
}

/* --- The table ------------------------------------------------------------ */

#define EVERYWHERE (COMMAND_CLIENT | COMMAND_BOOTNODE)
#define TUI	   (COMMAND_CLIENT | COMMAND_TUI_ONLY)
#define SAYS	   (COMMAND_CLIENT | COMMAND_SAYS)
#define ASKS	   (COMMAND_CLIENT | COMMAND_ASKS)

/* In the order of /help, and of completion. */
static const struct command commands[] = {
	{ "help", "[COMMAND]", "lists the commands, or tells of one",
	    EVERYWHERE | COMMAND_ASKS, COMMAND_OPTIONAL, run_help },
	{ "me", "TEXT", "says what you do", SAYS, COMMAND_NEEDED, run_me },
	{ "say", "TEXT", "says TEXT, whatever it begins with",
	    SAYS | COMMAND_AS_IT_IS, COMMAND_NEEDED, run_say },
	{ "msg", "NAME TEXT", "says it to one peer alone", SAYS, COMMAND_NEEDED,
	    command_msg },
	{ "nick", "NAME", "another name for you", COMMAND_CLIENT,
	    COMMAND_NEEDED, run_nick },
	{ "peers", "", "who is here, paths and fingerprints", ASKS,
	    COMMAND_BARE, run_peers },
	{ "names", "", "who is here, by name", ASKS, COMMAND_BARE, run_names },
	{ "status", "", "how things are", EVERYWHERE | COMMAND_ASKS,
	    COMMAND_BARE, run_status },
	{ "verify", "NAME [yes|no]", "compare keys; yes: they are the same",
	    COMMAND_CLIENT, COMMAND_NEEDED, command_verify },
	{ "fingerprint", "", "your own, to be compared", ASKS, COMMAND_BARE,
	    run_fingerprint },
	{ "search", "TEXT", "finds it in what is above", TUI, COMMAND_NEEDED,
	    run_search },
	{ "clear", "", "empties the screen; PgUp finds it", TUI, COMMAND_BARE,
	    run_clear },
	{ "quit", "", "leaves", EVERYWHERE | COMMAND_LEAVES, COMMAND_BARE,
	    run_quit },
};

#define COUNT (sizeof(commands) / sizeof(commands[0]))

const struct command *
command_next(const struct ui *ui, size_t *at)
{
	unsigned int mode =
	    ui->mode == MODE_CLIENT ? COMMAND_CLIENT : COMMAND_BOOTNODE;
	const struct command *c;

	while (*at < COUNT) {
		c = &commands[(*at)++];
		if ((c->where & mode) != 0 &&
		    ((c->where & COMMAND_TUI_ONLY) == 0 ||
			ui->view->search != NULL))
			return c;
	}
	return NULL;
}

static const struct command *
find(const struct ui *ui, const char *name, size_t len)
{
	const struct command *c;
	size_t at = 0;

	while ((c = command_next(ui, &at)) != NULL)
		if (command_is_word(name, len, c->name))
			return c;
	return NULL;
}

/* --- What was meant ------------------------------------------------------- */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Characters to insert, delete, replace or swap with the next to make one of
 * the other (Damerau and Levenshtein); each at most WORD_MAX long. */
static size_t
distance(const char *a, size_t a_len, const char *b)
{
	size_t b_len = strlen(b), d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= a_len; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= b_len; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= a_len; i++)
		for (size_t j = 1; j <= b_len; j++) {
			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
			    d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[a_len][b_len];
}

/* The command that the word is the start of, or is at most half away from;
 * NULL if none is so near. */
static const struct command *
nearest(const struct ui *ui, const char *name, size_t len)
{
	const struct command *c, *best = NULL;
	size_t at = 0, d, best_d = 0;

	if (len == 0 || len > WORD_MAX)
		return NULL;
	while ((c = command_next(ui, &at)) != NULL) {
		if (strncmp(c->name, name, len) == 0)
			return c;
		d = distance(name, len, c->name);
		if (d * 2 <= strlen(c->name) && d <= 2 &&
		    (best == NULL || d < best_d)) {
			best = c;
			best_d = d;
		}
	}
	return best;
}

static void
no_such_command(struct ui *ui, const char *name, size_t len)
{
	const struct command *c = nearest(ui, name, len);
	char shown[SHOWN_MAX];

	text_excerpt(shown, sizeof(shown), name, len);
	if (c != NULL)
		ui_line_error(ui,
		    "unknown command /%s, did you mean /%s? Not sent", shown,
		    c->name);
	else
		ui_line_error(ui, "unknown command /%s; not sent, see /help",
		    shown);
}

/* --- A line --------------------------------------------------------------- */

/* A further line would be said that may have been meant as a command, and for
 * somebody else. how: to say it all the same. Returns true after an error. */
static bool
holds_command(struct ui *ui, const char *line, size_t len, const char *how)
{
	char shown[SHOWN_MAX];
	size_t at, number = typed_command_in(line, len, 2, &at);

	if (number == 0 || ui->mode == MODE_BOOTNODE)
		return false;
	ui_line_error(ui,
	    "line %zu of it begins like a command: %s; nothing of it is sent. "
	    "%s",
	    number, text_excerpt(shown, sizeof(shown), line + at, len - at),
	    how);
	return true;
}

/* No slash: whoever reads it takes it for one. */
static void
only_alike(struct ui *ui, const char *line, size_t len)
{
	uint32_t c = 0;

	utf8_decode(line, len, &c);
	ui_line_error(ui,
	    "it begins with U+%04X, which looks like a slash and is none; not "
	    "sent: type / for a command, or /say before it to say it",
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
run(struct ui *ui, const char *line, size_t len)
{
	size_t name_len = word_len(line, len), all_len = len;
	const struct command *c = find(ui, line, name_len);
	const char *all = line;

	while (len > 0 && command_is_blank(line[len - 1]))
		len--;
	if (c == NULL) {
		no_such_command(ui, line, name_len);
		return;
	}
	line += name_len;
	len -= name_len;
	command_skip_blanks(&line, &len);
	if (len > 0 && c->takes == COMMAND_BARE)
		ui_line_error(ui, "/%s takes no argument", c->name);
	else if (len == 0 && c->takes == COMMAND_NEEDED)
		command_usage_error(ui, c, "usage");
	else if ((c->where & COMMAND_AS_IT_IS) != 0 ||
	    !holds_command(ui, all, all_len,
		"Each command is a message of its own"))
		c->run(ui, c, line, len);
}

/* The command that a line is, by its first word; or NULL. */
static const struct command *
named(const struct ui *ui, const char *line, size_t len)
{
	struct typed typed = typed_begin(line, len);

	if (typed.kind != TYPED_COMMAND)
		return NULL;
	line += typed.at + 1;
	return find(ui, line, word_len(line, len - typed.at - 1));
}

bool
command_says(const struct ui *ui, const char *line, size_t len)
{
	const struct command *c = named(ui, line, len);

	if (typed_begin(line, len).kind != TYPED_COMMAND)
		return true;
	return c != NULL && (c->where & COMMAND_SAYS) != 0;
}

enum turn
command_turn(const struct ui *ui, const char *line, size_t len)
{
	const struct command *c = named(ui, line, len);

	if (c == NULL || (c->where & (COMMAND_ASKS | COMMAND_LEAVES)) == 0)
		return TURN_ITS_OWN;
	return c->where & COMMAND_LEAVES ? TURN_FIRST : TURN_ANY;
}

void
command_line(struct ui *ui, const char *line, size_t len)
{
	static const char say[] = "With /say before it all is said as it is";
	struct typed typed = typed_begin(line, len);
	const char *first = line + typed.at;
	size_t left = len - typed.at;

	switch (typed.kind) {
	case TYPED_NOTHING:
		break;
	case TYPED_COMMAND:
		run(ui, first + 1, left - 1);
		break;
	case TYPED_ALIKE:
		only_alike(ui, first, left);
		break;
	case TYPED_SLASHES:
		if (!holds_command(ui, first, left, say))
			ui_say(ui, first + 1, left - 1);
		break;
	case TYPED_TEXT:
		if (!command_answers(ui, line, len) &&
		    !holds_command(ui, line, len, say))
			ui_say(ui, line, len);
		break;
	}
}
