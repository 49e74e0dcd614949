/*
 * A room in the plain view that lets alice say things, for the tests of
 * commands: bob, "anna b", and a peer whose name nobody knows yet.
 */
#ifndef TESTS_UNIT_UI_TALK_H
#define TESTS_UNIT_UI_TALK_H

#include "tests/unit/ui/fixture.h"

/* Before each line that is no text: of an event, and of an error. */
#define TALK_EVENT "12:34:56 * "
#define TALK_ERROR "12:34:56 ! "

/* Errors have no numbers of lines. */
void talk_open(struct fixture *);

/* Obeys the line, and asserts that this is said to the room, without an
 * answer. */
void talk_expect_said(struct fixture *, const char *line, uint64_t seq,
    const char *text);
/* Asserts that this error is all that comes of the line. */
void talk_expect_error(struct fixture *, const char *line, const char *error);
/* Asserts that the text goes to peer n alone. */
void talk_expect_private(struct fixture *, const char *line, uint8_t n,
    const char *text);

#endif
