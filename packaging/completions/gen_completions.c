/*
 * A tool of the build: prints what a shell's completion must know of the
 * options, from their one table. The Makefile puts it in the place of @OPTIONS@
 * in the file of that shell in this folder.
 *
 *	gen_completions bash | zsh | fish
 *	gen_completions table | commands	for tests: a line a row, tabs
 */
#include "launcher/options.h"

#include "common/operator_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_spec specs[] = { OPTIONS_TABLE(OPTION_ROW) };

/* What can be completed after a flag. */
enum takes {
	TAKES_NOTHING,
	TAKES_WORDS, /* those of choices */
	TAKES_FILE,
	TAKES_FOLDER,
	TAKES_TEXT,  /* that only the user knows */
	TAKES_LISTEN /* likewise; and the flag may be given again */
};

static enum takes
what_it_takes(const struct option_spec *spec)
{
	switch (spec->kind) {
	case KIND_SWITCH:
		return TAKES_NOTHING;
	case KIND_CHOICE:
		return TAKES_WORDS;
	case KIND_PATH:
		return strcmp(spec->argument, "FOLDER") == 0 ? TAKES_FOLDER
							     : TAKES_FILE;
	case KIND_LISTEN:
		return TAKES_LISTEN;
	case KIND_NUMBER:
	case KIND_ROOM:
	case KIND_NICK:
	case KIND_IDENTITY:
	case KIND_ACCESS_NAME:
	case KIND_HOSTS:
	case KIND_ENGINE:
	case KIND_ADDRESSES:
	case KIND_KEY:
	case KIND_INVITE:
		break;
	}
	return TAKES_TEXT;
}

/* The meaning of each word of a choice, for shells that show it. */
static const struct {
	enum option_id id;
	const char *word;
	const char *meaning;
} meanings[] = {
	{ OPT_MODE, "client", "takes part in a room" },
	{ OPT_MODE, "bootnode", "helps clients to meet" },
	{ OPT_MODE, "check", "asks whether a bootnode lets clients in" },
	{ OPT_UI, "plain", "lines in, lines out" },
	{ OPT_UI, "json", "objects for programs" },
	{ OPT_UI, "tui", "a full screen" },
	{ OPT_NOTIFY, "off", "not at all" },
	{ OPT_NOTIFY, "bell", "by the bell" },
	{ OPT_NOTIFY, "osc9", "by a desktop notification" },
	{ OPT_NOTIFY_FOR, "mentions", "private messages and your name" },
	{ OPT_NOTIFY_FOR, "all", "all messages" },
	{ OPT_MOUSE, "on", "the wheel scrolls" },
	{ OPT_MOUSE, "off", "the terminal has the mouse" },
	{ OPT_RELAY, "auto", "where there is no direct path" },
	{ OPT_RELAY, "never", "nothing is relayed" },
	{ OPT_RELAY, "only", "everything is relayed: peers learn no address" },
	{ OPT_LOG_LEVEL, "error", "only errors" },
	{ OPT_LOG_LEVEL, "warn", "errors and warnings" },
	{ OPT_LOG_LEVEL, "info", "also what happens" },
	{ OPT_LOG_LEVEL, "debug", "also how it happens" },
	{ OPT_CONTROL_SOCKET_MODE, "0600", "only its owner" },
	{ OPT_CONTROL_SOCKET_MODE, "0660", "its group, too" },
	{ OPT_LOG_ADDRESSES, "yes", "with addresses" },
	{ OPT_LOG_ADDRESSES, "no", "a dash instead of each address" },
};

static const char *
meaning_of(const struct option_spec *spec, const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (spec == &specs[meanings[i].id] &&
		    strlen(meanings[i].word) == len &&
		    memcmp(meanings[i].word, word, len) == 0)
			return meanings[i].meaning;
	fprintf(stderr, "gen_completions: what --%s %.*s means is not said\n",
	    spec->flag, (int)len, word);
	exit(1);
}

/* The words of a choice, with blanks between them. */
static void
put_words(const struct option_spec *spec)
{
	for (const char *c = spec->choices; *c != '\0'; c++)
		putchar(*c == '|' ? ' ' : *c);
}

/* The commands after --control PATH. */
static const struct {
	const char *name;
	const char *arguments;
	const char *help;
} commands[] = {
#define X(command, name, member, takes, arguments, help, ...) \
	{ name, arguments, help },
	OPERATOR_COMMANDS(X)
#undef X
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/* True if it goes with --control. */
static bool
is_for_control(const struct option_spec *spec)
{
	return spec == &specs[OPT_CONTROL] || spec == &specs[OPT_UI];
}

/* The modes in which it means something; "control" is the tool. */
static const char *
modes_of(const struct option_spec *spec)
{
	static const char *const names[] = {
		[FOR_CLIENT] = "client",
		[FOR_BOOTNODE] = "bootnode",
		[FOR_BOTH] = "client bootnode",
		[FOR_ENTRY] = "client check",
		[FOR_ALL] = "client bootnode check",
	};

	return names[spec->modes];
}

/* --help and --version end it at once. */
static bool
stands_alone(const struct option_spec *spec)
{
	return spec == &specs[OPT_HELP] || spec == &specs[OPT_VERSION];
}

static void
put_bash(const struct option_spec *spec)
{
	static const char *const names[] = {
		[TAKES_NOTHING] = "NOTHING",
		[TAKES_FILE] = "FILE",
		[TAKES_FOLDER] = "FOLDER",
		[TAKES_TEXT] = "TEXT",
		[TAKES_LISTEN] = "LISTEN",
	};
	enum takes takes = what_it_takes(spec);

	printf("_gochat_modes[--%s]='%s%s' ", spec->flag, modes_of(spec),
	    is_for_control(spec) ? " control" : "");
	printf("_gochat_takes[--%s]='", spec->flag);
	if (takes == TAKES_WORDS)
		put_words(spec);
	else
		fputs(names[takes], stdout);
	puts("'");
}

/* A part of a specification of _arguments, in single quotes; ends are the
 * characters that would end it. */
static void
put_zsh_part(const char *text, const char *ends)
{
	for (; *text != '\0'; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			printf("%s%c", strchr(ends, *text) != NULL ? "\\" : "",
			    *text);
}

static void
put_zsh(const struct option_spec *spec)
{
	enum takes takes = what_it_takes(spec);

	static const char *const arrays[] = {
		[FOR_CLIENT] = "client",
		[FOR_BOOTNODE] = "bootnode",
		[FOR_BOTH] = "both",
		[FOR_ENTRY] = "entry",
		[FOR_ALL] = "all",
	};

	printf("%s%s+=('%s--%s%s[", arrays[spec->modes],
	    is_for_control(spec) ? "_control" : "",
	    stands_alone(spec)		? "(- *)"
		: takes == TAKES_LISTEN ? "*"
					: "",
	    spec->flag, takes == TAKES_NOTHING ? "" : "=");
	put_zsh_part(spec->help, "\\]");
	putchar(']');
	if (takes != TAKES_NOTHING) {
		putchar(':');
		put_zsh_part(spec->argument, "\\:");
		putchar(':');
	}
	if (takes == TAKES_WORDS) {
		putchar('(');
		put_words(spec);
		putchar(')');
	} else if (takes == TAKES_FILE) {
		fputs("_files", stdout);
	} else if (takes == TAKES_FOLDER) {
		fputs("_files -/", stdout);
	} else if (takes != TAKES_NOTHING) {
		putchar(' '); /* the message, and nothing to choose */
	}
	puts("')");
}

/* In single quotes. */
static void
put_fish_text(const char *text)
{
	for (; *text != '\0'; text++)
		printf("%s%c", *text == '\'' || *text == '\\' ? "\\" : "",
		    *text);
}

/* Each word, a tab and what it means, in a list that fish expands. */
static void
put_fish_words(const struct option_spec *spec)
{
	const char *word = spec->choices;
	size_t len;

	for (; *word != '\0'; word += len + (word[len] == '|')) {
		len = strcspn(word, "|");
		printf("%s%.*s\\t\"%s\"", word == spec->choices ? "" : " ",
		    (int)len, word, meaning_of(spec, word, len));
	}
}

static void
put_fish(const struct option_spec *spec)
{
	enum takes takes = what_it_takes(spec);

	printf("complete -c gochat -l %s -d '", spec->flag);
	put_fish_text(spec->help);
	putchar('\'');
	printf(" -n '__gochat_mode_is %s%s'", modes_of(spec),
	    is_for_control(spec) ? " control" : "");
	if (takes == TAKES_WORDS) {
		fputs(" -x -a '", stdout);
		put_fish_words(spec);
		putchar('\'');
	} else if (takes == TAKES_FILE) {
		fputs(" -r -F", stdout);
	} else if (takes == TAKES_FOLDER) {
		fputs(" -x -a '(__gochat_folders)'", stdout);
	} else if (takes != TAKES_NOTHING) {
		fputs(" -x", stdout);
	}
	putchar('\n');
}

/* --- The commands --------------------------------------------------------- */

static void
put_bash_commands(void)
{
	fputs("_gochat_commands='", stdout);
	for (size_t i = 0; i < COMMANDS; i++)
		printf("%s%s", i > 0 ? " " : "", commands[i].name);
	puts("'");
}

static void
put_zsh_commands(void)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		printf("commands+=('%s:", commands[i].name);
		put_zsh_part(commands[i].help, "\\:");
		puts("')");
	}
}

static void
put_fish_commands(void)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		printf("complete -c gochat -n '__gochat_wants_command' -a %s "
		       "-d '",
		    commands[i].name);
		put_fish_text(commands[i].help);
		puts("'");
	}
}

static void
put_command_rows(void)
{
	for (size_t i = 0; i < COMMANDS; i++)
		printf("%s\t%s\t%s\n", commands[i].name, commands[i].arguments,
		    commands[i].help);
}

static void
put_nothing(void)
{
}

/* --- The tool ------------------------------------------------------------- */

/* Not of the table of options. */
static void
put_no_row(const struct option_spec *spec)
{
	(void)spec;
}

/* A field of the table of the tests, which has a tab between any two. */
static void
put_field(const char *text, const char *end)
{
	printf("%s%s", text != NULL ? text : "", end);
}

static void
put_row(const struct option_spec *spec)
{
	put_field(spec->variable, "\t");
	put_field(spec->flag, "\t");
	put_field(modes_of(spec), "\t");
	put_field(spec->choices, "\t");
	put_field(spec->argument, "\t");
	put_field(spec->value, "\t");
	put_field(spec->shown, "\t");
	put_field(spec->want, "\n");
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*put)(const struct option_spec *);
		bool needs_flag;
		void (*put_commands)(void);
	} outputs[] = {
		{ "bash", put_bash, true, put_bash_commands },
		{ "zsh", put_zsh, true, put_zsh_commands },
		{ "fish", put_fish, true, put_fish_commands },
		{ "table", put_row, false, put_nothing },
		{ "commands", put_no_row, false, put_command_rows },
	};
	size_t count = sizeof(outputs) / sizeof(outputs[0]), i = 0;

	while (
	    i < count && (argc != 2 || strcmp(argv[1], outputs[i].name) != 0))
		i++;
	if (i == count) {
		fputs("usage: gen_completions bash | zsh | fish | table | "
		      "commands\n",
		    stderr);
		return 2;
	}
	for (unsigned int id = 0; id < OPT_COUNT; id++)
		if (specs[id].flag != NULL || !outputs[i].needs_flag)
			outputs[i].put(&specs[id]);
	outputs[i].put_commands();
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
