/*
 * The look of everything on the screen: one table, for 256 colours, 16 and
 * none. The background is the user's, light or dark, and a colour is one that
 * can be read on both; it is set for a QR code alone, which must be dark on
 * light.
 */
#ifndef UI_TUI_THEME_H
#define UI_TUI_THEME_H

#include "ui/buf.h"

#include <stdint.h>

enum theme_colours {
	COLOURS_NONE,
	COLOURS_16,
	COLOURS_256
};

/* The attributes of a style. */
#define THEME_BOLD	1u
#define THEME_DIM	2u
#define THEME_UNDERLINE 4u
#define THEME_REVERSE	8u
#define THEME_ON_BLACK	16u

#define THEME_DEFAULT (-1) /* the terminal's own colour */

/*
 *	name, colour of 256, colour of 16, attributes, attributes without
 *	colours (for what must stand out all the same)
 */
#define THEME_STYLES(X)                                                      \
	X(TEXT, THEME_DEFAULT, THEME_DEFAULT, 0, 0)                          \
	X(TIME, THEME_DEFAULT, THEME_DEFAULT, THEME_DIM, THEME_DIM)          \
	X(RULE, THEME_DEFAULT, THEME_DEFAULT, THEME_DIM, THEME_DIM)          \
	X(BAR, THEME_DEFAULT, THEME_DEFAULT, THEME_REVERSE, THEME_REVERSE)   \
	X(BAR_ALERT, 160, 1, THEME_REVERSE | THEME_BOLD,                     \
	    THEME_REVERSE | THEME_BOLD)                                      \
	X(OWN, THEME_DEFAULT, THEME_DEFAULT, THEME_BOLD, THEME_BOLD)         \
	X(EVENT, THEME_DEFAULT, THEME_DEFAULT, THEME_DIM, THEME_DIM)         \
	X(NOTICE, 31, 6, 0, 0)                                               \
	X(QR, 231, 7, THEME_ON_BLACK, 0)                                     \
	X(ERROR, 160, 1, 0, THEME_BOLD)                                      \
	X(ALARM, 160, 1, THEME_REVERSE | THEME_BOLD,                         \
	    THEME_REVERSE | THEME_BOLD)                                      \
	X(MENTION, 133, 5, THEME_BOLD, THEME_BOLD | THEME_REVERSE)           \
	X(PRIVATE, 133, 5, 0, THEME_UNDERLINE)                               \
	X(LINK, THEME_DEFAULT, THEME_DEFAULT, THEME_UNDERLINE,               \
	    THEME_UNDERLINE)                                                 \
	X(CALLED, 133, 5, THEME_BOLD, THEME_BOLD | THEME_UNDERLINE)          \
	X(NEW, 130, 3, 0, THEME_BOLD)                                        \
	X(MATCH, THEME_DEFAULT, THEME_DEFAULT, THEME_REVERSE, THEME_REVERSE) \
	X(MARK, THEME_DEFAULT, THEME_DEFAULT, THEME_DIM, THEME_DIM)          \
	X(MARK_ALL, 29, 2, 0, THEME_DIM)                                     \
	X(MARK_NOT, 160, 1, 0, THEME_BOLD)                                   \
	X(LAN, 29, 2, 0, 0)                                                  \
	X(DIRECT, 31, 6, 0, 0)                                               \
	X(RELAY, 130, 3, 0, 0)                                               \
	X(VERIFIED, 29, 2, THEME_BOLD, THEME_BOLD)                           \
	X(ABSENT, THEME_DEFAULT, THEME_DEFAULT, THEME_DIM, THEME_DIM)        \
	X(NICK_0, 31, 6, 0, 0)                                               \
	X(NICK_1, 197, 1, 0, 0)                                              \
	X(NICK_2, 100, 3, 0, 0)                                              \
	X(NICK_3, 129, 5, 0, 0)                                              \
	X(NICK_4, 29, 2, 0, 0)                                               \
	X(NICK_5, 27, 4, 0, 0)                                               \
	X(NICK_6, 33, 4, THEME_BOLD, THEME_BOLD)                             \
	X(NICK_7, 199, 5, THEME_BOLD, THEME_BOLD)                            \
	X(NICK_8, 30, 6, THEME_BOLD, THEME_BOLD)                             \
	X(NICK_9, 28, 2, THEME_BOLD, THEME_BOLD)                             \
	X(NICK_10, 166, 3, THEME_BOLD, THEME_BOLD)                           \
	X(NICK_11, 132, 1, THEME_BOLD, THEME_BOLD)                           \
	X(NICK_12, 95, 3, 0, 0)                                              \
	X(NICK_13, 102, 6, 0, 0)                                             \
	X(NICK_14, 94, 3, 0, 0)                                              \
	X(NICK_15, 97, 4, 0, 0)

enum style {
#define X(name, c256, c16, attributes, plain) STYLE_##name,
	THEME_STYLES(X)
#undef X
	STYLE_COUNT
};

/* The nicknames have those of 256 colours that can be told apart best; the
 * first of them differ with 16 as well. */
#define THEME_NICKS    (STYLE_COUNT - STYLE_NICK_0)
#define THEME_NICKS_16 12

/* Appends the sequence that gives the following text this look, whatever was
 * before (SGR of ECMA-48 section 8.3.117). */
void theme_put(struct buf *, enum style, enum theme_colours);

/* Returns how many styles of names differ; from STYLE_NICK_0 on. */
unsigned int theme_nicks(enum theme_colours);

#endif
