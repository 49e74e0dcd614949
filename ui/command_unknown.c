/*
 * What is no command, and which one may have been meant. See command_parts.h.
 */
#include "ui/command_parts.h"

#include "ui/text.h"
#include "ui/ui.h"

#include <ctype.h>
#include <string.h>

/* Of what was typed, in an error. */
#define SHOWN_MAX 48
/* Names of commands are short; a longer word is like none of them. */
#define WORD_MAX 16

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
nearest(const struct ui *ui, const char *word, size_t len)
{
	const struct command *c, *best = NULL;
	size_t at = 0, d, best_d = 0;
	char name[WORD_MAX];

	if (len == 0 || len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < len; i++)
		name[i] = (char)tolower((unsigned char)word[i]);
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

void
command_unknown(struct ui *ui, const char *name, size_t len)
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
