/*
 * Properties of the neighbours of some characters that free_form.c has to know.
 * gen_context.c gets them from ICU while building.
 */
#ifndef PRECIS_CONTEXT_H
#define PRECIS_CONTEXT_H

#include <stdint.h>

enum context {
	CONTEXT_JOINS_NEXT = 1 << 0,  /* a letter of a joining script */
	CONTEXT_JOINS_LAST = 1 << 1,  /* likewise, to the letter before it */
	CONTEXT_TRANSPARENT = 1 << 2, /* a mark: letters join beneath it */
	CONTEXT_GREEK = 1 << 3,
	CONTEXT_HEBREW = 1 << 4,
	CONTEXT_JAPANESE = 1 << 5 /* Hiragana, Katakana or Han */
};

struct context_range {
	uint32_t first, last;
	uint8_t what; /* bits of the above */
};

#endif
