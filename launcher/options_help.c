/*
 * --help, from the table of options. See options.h.
 */
#include "launcher/options.h"

#include <string.h>

#include <bsd/string.h>

#define HELP_COLUMN 26 /* where the texts begin */
#define HELP_WIDTH  80

static const struct option_spec specs[] = { OPTIONS_TABLE(OPTION_ROW) };

/* Prints text word by word from HELP_COLUMN on, broken at HELP_WIDTH. */
static void
put_wrapped(FILE *out, const char *text)
{
	size_t column = HELP_COLUMN;

	while (*text != '\0') {
		size_t word = strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + word > HELP_WIDTH) {
			fprintf(out, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		} else if (column > HELP_COLUMN) {
			fputc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", (int)word, text);
		column += word;
		text += word + strspn(text + word, " ");
	}
	fputc('\n', out);
}

/* Appends text, if there is any, after a separator. */
static void
append(char *to, size_t size, const char *separator, const char *text)
{
	if (text != NULL) {
		(void)strlcat(to, separator, size);
		(void)strlcat(to, text, size);
	}
}

/* Returns the letter of a flag, or NUL if it has none. */
static char
letter_of(const struct option_spec *spec)
{
#define LETTER(c, id)                 \
	if (spec == &specs[OPT_##id]) \
		return c;
	OPTION_LETTERS(LETTER)
#undef LETTER
	return '\0';
}

static void
put_option(FILE *out, const struct option_spec *spec)
{
	char text[512] = "  ";
	size_t width;

	append(text, sizeof(text), "--", spec->flag);
	if (spec->flag == NULL)
		append(text, sizeof(text), "", spec->variable);
	append(text, sizeof(text), spec->flag ? " " : "=", spec->argument);
	if (letter_of(spec) != '\0')
		append(text, sizeof(text), ", -",
		    (char[]){ letter_of(spec), '\0' });
	fputs(text, out);
	width = strlen(text);
	if (width > HELP_COLUMN - 2) {
		fputc('\n', out);
		width = 0;
	}
	fprintf(out, "%*s", (int)(HELP_COLUMN - width), "");
	(void)strlcpy(text, spec->help, sizeof(text));
	if (spec->kind != KIND_SWITCH && spec->kind != KIND_PATH)
		append(text, sizeof(text), ": ", spec->want);
	append(text, sizeof(text), "; ", spec->shown);
	if (spec->shown == NULL)
		append(text, sizeof(text), "; default ", spec->value);
	append(text, sizeof(text), "; variable ",
	    spec->flag ? spec->variable : NULL);
	put_wrapped(out, text);
}

bool
option_is_by_name(const struct option_spec *spec)
{
	return spec->shown != NULL && strcmp(spec->shown, OPTION_BY_NAME) == 0;
}

/* Names the options of a check, which are explained above. */
static void
put_check(FILE *out)
{
	char text[512] = "";

	for (unsigned int id = 0; id < OPT_COUNT; id++)
		if ((specs[id].modes & FOR_CHECK) != 0) {
			append(text, sizeof(text), *text != '\0' ? " " : "",
			    specs[id].flag != NULL ? "--" : "");
			append(text, sizeof(text), "",
			    specs[id].flag != NULL ? specs[id].flag
						   : specs[id].variable);
		}
	fprintf(out, "\nOf these, a check takes:\n%*s", HELP_COLUMN, "");
	put_wrapped(out, text);
}

void
options_help(FILE *out)
{
	static const struct {
		unsigned int modes;
		bool by_name;
		const char *title;
	} groups[] = {
		{ FOR_CLIENT, true,
		    "A client enters a room by these two, or by an invite. "
		    "--new-room takes the\nplace of --room. Without any of "
		    "them, gochat opens the rooms that it\nremembers, or asks "
		    "on the terminal" },
		{ FOR_BOTH, false, "Client and bootnode" },
		{ FOR_CLIENT, false, "Client only" },
		{ FOR_BOOTNODE, false, "Bootnode only" },
	};

	fputs(OPTIONS_USAGE, out);
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		fprintf(out, "\n%s:\n", groups[i].title);
		for (unsigned int id = 0; id < OPT_COUNT; id++)
			if ((specs[id].modes & FOR_BOTH) == groups[i].modes &&
			    option_is_by_name(&specs[id]) == groups[i].by_name)
				put_option(out, &specs[id]);
	}
	put_check(out);
	fputs(OPTIONS_EXIT_STATUS, out);
}
