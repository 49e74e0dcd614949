/*
 * A tool of the build: prints the rows of the table that free_form.c includes,
 * from ICU's data on joining and scripts. Only this program and the one for
 * look-alikes are linked with ICU.
 *
 *	gen_context		(standard output)
 */
#include "precis/context.h"

#include <stdio.h>

#include <unicode/uchar.h>
#include <unicode/uscript.h>

static unsigned int
joining_of(UChar32 c)
{
	switch (u_getIntPropertyValue(c, UCHAR_JOINING_TYPE)) {
	case U_JT_DUAL_JOINING:
		return CONTEXT_JOINS_NEXT | CONTEXT_JOINS_LAST;
	case U_JT_LEFT_JOINING:
		return CONTEXT_JOINS_NEXT;
	case U_JT_RIGHT_JOINING:
		return CONTEXT_JOINS_LAST;
	case U_JT_TRANSPARENT:
		return CONTEXT_TRANSPARENT;
	default:
		return 0;
	}
}

static unsigned int
script_of(UChar32 c)
{
	UErrorCode status = U_ZERO_ERROR;

	switch (uscript_getScript(c, &status)) {
	case USCRIPT_GREEK:
		return CONTEXT_GREEK;
	case USCRIPT_HEBREW:
		return CONTEXT_HEBREW;
	case USCRIPT_HIRAGANA:
	case USCRIPT_KATAKANA:
	case USCRIPT_HAN:
		return CONTEXT_JAPANESE;
	default:
		return 0;
	}
}

int
main(void)
{
	unsigned int before = 0, what;
	UChar32 first = 0;

	printf("/* Made by gen_context from ICU " U_ICU_VERSION ". */\n");
	for (UChar32 c = 0; c <= 0x110000; c++) {
		what = c <= 0x10ffff ? joining_of(c) | script_of(c) : 0;
		if (what == before)
			continue;
		if (before != 0)
			printf("\t{ 0x%04x, 0x%04x, %u },\n",
			    (unsigned int)first, (unsigned int)c - 1, before);
		first = c;
		before = what;
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
