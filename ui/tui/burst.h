/*
 * Text that comes faster than anybody types. Of several lines it was pasted,
 * on a terminal that does not put pastes in brackets: nobody said that each of
 * them is to be sent. It is kept until nothing more comes for a moment, and
 * then is a paste, or keys.
 *
 * So is what comes behind a paste in brackets. Not every terminal takes the
 * sequence that ends one out of what it pastes: whoever wrote the text may have
 * put it in, and lines and keys behind it.
 */
#ifndef UI_TUI_BURST_H
#define UI_TUI_BURST_H

#include "ui/tui/keys.h"

/* What comes within this time of what came before was not typed after it. */
#define BURST_TIME (5 * USEC_PER_MSEC)
/* The time behind a paste in brackets: a terminal that writes a long one in
 * pieces can be held up between them. Nobody presses Enter so soon. */
#define BURST_PASTE_TIME (50 * USEC_PER_MSEC)

/* All zero means that there is no burst. */
struct burst {
	uint64_t last; /* when anything came */
	bool follows;  /* what is typed so far came just before */
	bool pasted; /* it begins with a paste in brackets: all of it is one */
	size_t cut;  /* bytes that had no room */
	size_t len;
	char bytes[KEYS_PASTE_MAX];
};

/*
 * Bytes came, while keys are at the start of one: true if they are kept, and
 * what follows, with burst_add(). A single key is not, but for the end of a
 * line that comes in a burst itself. quick: burst_quick(), from before.
 */
bool burst_begins(const char *bytes, size_t len, bool quick);
/* True if what came before came only just now. To be asked before burst_came(),
 * which is called for all that comes. */
bool burst_quick(const struct burst *, uint64_t now);
void burst_came(struct burst *, uint64_t now);
/* How many bytes there are before the first ESC, which is in no burst but
 * behind a paste. */
size_t burst_text(const struct burst *, const char *bytes, size_t len);
void burst_add(struct burst *, const char *bytes, size_t len, bool quick);
/* Begins one with a paste in brackets. */
void burst_paste(struct burst *, const struct key_event *);
/* Takes out what a terminal sends with a paste: its brackets, and whether it
 * has the focus. */
void burst_strip(struct burst *);

/* Returns when the burst is over if nothing more comes; CLOCK_NEVER: there is
 * no burst. */
uint64_t burst_deadline(const struct burst *);
/* True if text begins there; and where the last end of a line is that text
 * follows, in len bytes, plus 1: 0 if there is no such end. */
bool burst_is_text(char);
size_t burst_last_end(const char *bytes, size_t len);

#endif
