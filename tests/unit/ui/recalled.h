/*
 * A ui that was restarted, and what cryptod tells it of the one before: for
 * the tests of ui/past.c.
 */
#ifndef TESTS_UNIT_UI_RECALLED_H
#define TESTS_UNIT_UI_RECALLED_H

#include "tests/unit/ui/fixture.h"
#include "ui/tui/tui.h"

/* When all of it was said. */
#define RECALLED_WALL_MS (FIXTURE_WALL_MS - 60000)

/* Opens a fixture whose ui is not the first; what it recalls may follow. */
void recalled_begin(struct fixture *, enum ui_kind);
/* A text with this number and mark; nick: "", or its author's. Returns as
 * fixture_tell() does, and so do the next. */
int recalled_text(struct fixture *, struct ipc_recall, const char *nick,
    const char *text);
/* Peer n did not get it; nick: "" if it has none. */
int recalled_missed(struct fixture *, uint64_t seq, uint8_t n,
    const char *nick);
void recalled_end(struct fixture *);

/* The nth entry of the scrollback, without the day's; there must be one. */
const struct entry *recalled_entry(struct fixture *, uint64_t n);

#endif
