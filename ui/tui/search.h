/*
 * Searches the scrollback: for a text while it is typed, or for the text of the
 * command /search, from the newest entry to older ones and back.
 */
#ifndef UI_TUI_SEARCH_H
#define UI_TUI_SEARCH_H

#include "ui/tui/scroll.h"

#define SEARCH_MAX 256 /* bytes looked for, with the NUL */

struct search {
	bool active;
	bool typing; /* what is typed is what is looked for */
	bool failed; /* there is nothing further that way */
	char what[SEARCH_MAX];
	uint64_t entry;	      /* found; 0: nothing */
	struct scroll before; /* where it began */
};

/* Begins with what, which may be empty, from the bottom. */
void search_begin(struct search *, struct scroll *,
    const struct scroll_window *, const char *what, size_t len);
/* Looks for another text, from the bottom again; too long a one is cut. */
void search_change(struct search *, struct scroll *,
    const struct scroll_window *, const char *what, size_t len);
/* Goes to the next match, older or newer. */
void search_step(struct search *, struct scroll *, const struct scroll_window *,
    bool older);
/* Ends the search; back: to where it began. */
void search_end(struct search *, struct scroll *, bool back);

#endif
