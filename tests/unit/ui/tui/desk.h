/*
 * The tui on a desk, for tests, without its process: what comes from cryptod
 * and from the keyboard goes in, and a terminal (libvterm) shows what comes
 * out.
 */
#ifndef TESTS_UNIT_UI_TUI_DESK_H
#define TESTS_UNIT_UI_TUI_DESK_H

#include "ui/tui/tui.h"

#include "tests/unit/ui/fixture.h"
#include "tests/unit/ui/tui/vt.h"

struct desk {
	struct fixture f;
	struct vt vt;
};

/* A client that was let into its room, alone. */
void desk_open(struct desk *, unsigned int columns, unsigned int rows);
void desk_close(struct desk *);

/* Lets a frame's time pass, and that after which a paste is over, and shows
 * what was painted, all of it as it should be. */
void desk_show(struct desk *);
/* Keys that come at once, or a paste in brackets; and what is shown then. */
void desk_type(struct desk *, const char *keys);
void desk_paste(struct desk *, const char *text);
void desk_resize(struct desk *, unsigned int columns, unsigned int rows);

/* Peer number 1 comes, and says something. */
void desk_meet_bob(struct desk *);
void desk_hear(struct desk *, uint64_t seq, unsigned int flags,
    const char *text, size_t len);

/* Takes all that was sent to cryptod so far. */
void desk_drain(struct desk *);
/* A row of the terminal that holds the text, or -1. */
int desk_row_with(struct desk *, const char *text);
/* What the first character of a text looks like, which has to be there. */
enum style desk_style(struct desk *, const char *text);

#endif
