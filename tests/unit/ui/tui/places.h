/*
 * A desk with several rooms, for the tests of panes: kitchen beside the room of
 * the desk, and what the cryptod of each was told.
 */
#ifndef TESTS_UNIT_UI_TUI_PLACES_H
#define TESTS_UNIT_UI_TUI_PLACES_H

#include "tests/unit/ui/tui/desk.h"

struct places {
	struct desk desk;
	struct room *first;
	struct room *other;	    /* kitchen, or NULL once it is closed */
	struct ipc_channel cryptod; /* the other end of kitchen's channel */
};

/* Opens both; the first is in front. No figures are asked for, and a bootnode
 * has admitted us to both. */
void places_open(struct places *, unsigned int columns, unsigned int rows);
void places_close(struct places *);
/* The launcher has closed kitchen. */
void places_shut(struct places *);

/* What the desk's and the fixture's functions tell from now on is of this
 * room. */
void places_about(struct places *, struct room *);
/* True if the pane of the room is shown, and the room is in front. */
bool places_is_shown(const struct places *, const struct room *);

/* Lets time pass, and shows what there is to show. */
void places_pass(struct places *, uint64_t usec);

/* Take everything that the cryptod of that room was told, and assert that texts
 * in it were these, each behind a "/", and drafts not among them: "" if nothing
 * was said. */
void places_expect_said(struct places *, const struct room *,
    const char *texts);
/* The same, of the last line that it was told is being typed; NULL: none. */
void places_expect_draft(struct places *, const struct room *,
    const char *text);

/* Asserts that the input line of the pane that is shown has this text. */
void places_expect_typed(struct places *, const char *text);

#endif
