/*
 * A pane: what the screen shows of one room, and where the user is in it. One
 * of them is shown at a time.
 */
#ifndef UI_TUI_PANE_H
#define UI_TUI_PANE_H

#include "ui/tui/draft.h"
#include "ui/tui/editor/editor.h"
#include "ui/tui/history.h"
#include "ui/tui/scroll.h"
#include "ui/tui/search.h"

#include <stdint.h>

struct room;

struct pane {
	struct room *room;
	struct history history;
	struct scroll scroll;
	struct search search;
	struct editor editor;
	struct draft draft;
	/* history.next and .appended in the last frame. */
	uint64_t painted_entry;
	uint64_t painted_bytes;
};

/* The room was opened: it gets its pane; it is to be closed, and loses it. */
void pane_open(struct room *);
void pane_close(struct room *);
/* A frame was put out that shows, or could show, all that is in it. */
void pane_painted(struct pane *);

#endif
