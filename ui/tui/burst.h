/*
 * Text that comes faster than anybody types. Of several lines it was pasted,
 * on a terminal that does not put pastes in brackets: nobody said that each of
 * them is to be sent. It is kept until nothing more comes for a moment, and
 * then is a paste, or keys.
 */
#ifndef UI_TUI_BURST_H
#define UI_TUI_BURST_H

#include "ui/tui/keys.h"

/* What comes within this time of what came before was not typed after it. */
#define BURST_TIME (5 * USEC_PER_MSEC)

/* All zero: there is none. */
struct burst {
	uint64_t last; /* when anything came */
	bool follows;  /* what is typed so far came just before */
	size_t cut;    /* bytes that had no room */
	size_t len;
	char bytes[KEYS_PASTE_MAX];
};

/*
 * Bytes came, while keys are at the start of one: true if they are kept, and
 * what follows, with burst_add(). A single key is not, but for the end of a
 * line that comes in a burst itself. quick: burst_quick(), from before.
 */
bool burst_begins(const char *bytes, size_t len, bool quick);
/* True if what came before came only just now. To be asked before
 * burst_came(), which is to be told of all that comes. */
bool burst_quick(const struct burst *, uint64_t now);
void burst_came(struct burst *, uint64_t now);
/* How many bytes there are before the first ESC, which is in no burst. */
size_t burst_text(const char *bytes, size_t len);
void burst_add(struct burst *, const char *bytes, size_t len, bool quick);

/* When it is over if nothing more comes; CLOCK_NEVER: there is none. */
uint64_t burst_deadline(const struct burst *);
/* True if text begins there; and where the last end of a line is that text
 * follows, in len bytes, plus 1: 0 if there is none. */
bool burst_is_text(char);
size_t burst_last_end(const char *bytes, size_t len);

#endif
