/*
 * --help, from the table of options. See options.h.
 */
#include "launcher/options.h"

#include <string.h>

#include <bsd/string.h>

#define HELP_COLUMN 26 /* where the texts begin */
#define HELP_WIDTH  80

static const struct option_spec specs[] = { OPTIONS_TABLE(OPTION_ROW) };

/* Print text word by word from HELP_COLUMN on, broken at HELP_WIDTH. */
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

/* Append text, if there is any, after a separator. */
static void
append(char *to, size_t size, const char *separator, const char *text)
{
	if (text != NULL) {
		(void)strlcat(to, separator, size);
		(void)strlcat(to, text, size);
	}
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

void
options_help(FILE *out)
{
	static const struct {
		unsigned int modes;
		const char *title;
	} groups[] = {
		{ FOR_BOTH, "Client and bootnode" },
		{ FOR_CLIENT, "Client only" },
		{ FOR_BOOTNODE, "Bootnode only" },
	};

	fputs(OPTIONS_USAGE, out);
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		fprintf(out, "\n%s:\n", groups[i].title);
		for (unsigned int id = 0; id < OPT_COUNT; id++)
			if (specs[id].modes == groups[i].modes)
				put_option(out, &specs[id]);
	}
	fputs(OPTIONS_EXIT_STATUS, out);
}
