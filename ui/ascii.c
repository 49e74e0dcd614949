/*
 * UTF-8 as ASCII. See ascii.h.
 */
#include "ui/ascii.h"

#include "common/utf8.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* The setting of LC_CTYPE: by POSIX, the first variable that is set and not
 * empty counts. */
static const char *
asked_for(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value;

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		value = getenv(variables[i]);
		if (value != NULL && value[0] != '\0')
			return value;
	}
	return "C";
}

bool
ascii_is_wanted(void)
{
	const char *codeset;

	if (setlocale(LC_CTYPE, "") != NULL)
		return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	codeset = strchr(asked_for(), '.');
	return codeset == NULL ||
	    (strncasecmp(codeset, ".UTF-8", 6) != 0 &&
		strncasecmp(codeset, ".utf8", 5) != 0);
}

static const struct {
	uint32_t code_point;
	char stand_in;
} drawn[] = {
	{ 0x00b7, '-' }, /* between the parts of a bar */
	{ 0x00d7, 'x' }, /* so many places */
	{ 0x2026, '~' }, /* something was cut */
	{ 0x2191, '^' }, /* there is more above */
	{ 0x2193, 'v' }, /* there is more below */
	{ 0x23ce, '$' }, /* the end of a line that is typed */
	{ 0x2500, '-' }, /* rules */
	{ 0x2502, '|' }, { 0x2551, '#' },
	{ 0x2713, '+' }, /* had by all; verified */
};

#define DRAWN (sizeof(drawn) / sizeof(drawn[0]))

char
ascii_of(uint32_t c)
{
	if (c < 0x80)
		return (char)c;
	for (size_t i = 0; i < DRAWN; i++)
		if (drawn[i].code_point == c)
			return drawn[i].stand_in;
	return '?';
}

void
ascii_put(struct buf *out, const char *s, size_t len)
{
	uint32_t c;
	size_t n;
	char one;

	for (; len > 0; s += n, len -= n) {
		n = utf8_decode(s, len, &c);
		if (n == 0)
			n = 1, c = 0xfffd;
		one = ascii_of(c);
		if (c >= 0x80 && one == '?')
			buf_printf(out, "<U+%04X>", (unsigned int)c);
		else
			buf_put(out, &one, 1);
	}
}

bool
ascii_name(char *name)
{
	size_t len = strlen(name), kept = 0, n;
	uint32_t c;
	bool any = false;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(name + i, len - i, &c);
		if (n == 0)
			n = 1;
		any |= n > 1;
		name[kept++] = n == 1 ? name[i] : '?';
	}
	name[kept] = '\0';
	return any;
}
