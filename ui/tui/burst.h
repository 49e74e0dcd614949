/*
 * Text that comes faster than anybody types. Several such lines were pasted, on
 * a terminal that does not put pastes in brackets: nobody said that each of
 * them is to be sent. The text is kept until nothing more comes for a moment,
 * and then is a paste, or keys.
 *
 * The same is true of text behind a paste in brackets. Not every terminal
 * removes the sequence that ends a paste from the pasted text: its author may
 * have put it in, and lines and keys behind it.
 */
#ifndef UI_TUI_BURST_H
#define UI_TUI_BURST_H

#include "ui/tui/keys.h"

/* Bytes that come within this time after others were not typed after them. */
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
 * Bytes came, while keys are at the start of one: true if they are kept,
 * together with those that follow, which burst_add() takes. A single key is not
 * kept, except for the end of a line that comes in a burst itself. quick:
 * burst_quick(), from before.
 */
bool burst_begins(const char *bytes, size_t len, bool quick);
/* True if the bytes before came only just now. To be asked before burst_came(),
 * which is called for all bytes. */
bool burst_quick(const struct burst *, uint64_t now);
void burst_came(struct burst *, uint64_t now);
/* Returns how many bytes there are before the first ESC, which is in no burst
 * except behind a paste. */
size_t burst_text(const struct burst *, const char *bytes, size_t len);
void burst_add(struct burst *, const char *bytes, size_t len, bool quick);
/* Begins a burst with a paste in brackets. */
void burst_paste(struct burst *, const struct key_event *);
/* Takes out the sequences that a terminal sends with a paste: its brackets, and
 * whether it has the focus. */
void burst_strip(struct burst *);

/* Returns when the burst is over if nothing more comes; CLOCK_NEVER: there is
 * no burst. */
uint64_t burst_deadline(const struct burst *);
/* True if text begins there; and sets where the last end of a line is that text
 * follows, in len bytes, plus 1: 0 if there is no such end. */
bool burst_is_text(char);
size_t burst_last_end(const char *bytes, size_t len);

#endif
