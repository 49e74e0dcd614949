/*
 * The tui on a desk, for tests, without its process: messages of cryptod and
 * keys go in, and a terminal (libvterm) shows the output.
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

/* Opens a client that was admitted to its room, alone. */
void desk_open(struct desk *, unsigned int columns, unsigned int rows);
void desk_close(struct desk *);

/* Lets the time of a frame pass, and the time after which a paste is over;
 * shows the frame and checks it. */
void desk_show(struct desk *);
/* Give it keys at once, or a paste in brackets, and show the frame after
 * that. */
void desk_type(struct desk *, const char *keys);
void desk_paste(struct desk *, const char *text);
void desk_resize(struct desk *, unsigned int columns, unsigned int rows);

/* Peer number 1 comes; peer number 1 says something. */
void desk_meet_bob(struct desk *);
void desk_hear(struct desk *, uint64_t seq, unsigned int flags,
    const char *text, size_t len);

/* Takes all messages to cryptod so far. */
void desk_drain(struct desk *);
/* Returns the row of the terminal that has the text, or -1. */
int desk_row_with(struct desk *, const char *text);
/* What the first character of a text looks like, which has to be there. */
enum style desk_style(struct desk *, const char *text);

#endif
