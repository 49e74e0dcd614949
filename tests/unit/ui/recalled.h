/*
 * A ui that was restarted, and what cryptod tells it about the one before: for
 * the tests of ui/past.c.
 */
#ifndef TESTS_UNIT_UI_RECALLED_H
#define TESTS_UNIT_UI_RECALLED_H

#include "tests/unit/ui/fixture.h"
#include "ui/tui/tui.h"

/* When all recalled texts were said. */
#define RECALLED_WALL_MS (FIXTURE_WALL_MS - 60000)

/* Opens a fixture whose ui is not the first; its recall may follow. */
void recalled_begin(struct fixture *, enum ui_kind);
/* Recalls a text with this number and mark; nick is "", or its author's name.
 * Returns what fixture_tell() does, as do the next ones. */
int recalled_text(struct fixture *, struct ipc_recall, const char *nick,
    const char *text);
/* Recalls that peer n did not get it; nick is "" if it has none. */
int recalled_missed(struct fixture *, uint64_t seq, uint8_t n,
    const char *nick);
void recalled_end(struct fixture *);

/* Returns the nth entry of the scrollback, apart from the day's; it must be
 * there. */
const struct entry *recalled_entry(struct fixture *, uint64_t n);

#endif
