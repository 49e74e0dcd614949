/*
 * Bytes from the terminal as keys: characters, control and function keys, the
 * wheel, pastes. It understands the sequences of xterm, rxvt, the Linux console
 * and terminals that imitate them (ECMA-48, "XTerm Control Sequences"). An
 * unknown sequence is dropped whole, so that no part of it is taken for typing.
 */
#ifndef UI_TUI_KEYS_H
#define UI_TUI_KEYS_H

#include "common/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A longer paste is cut. */
#define KEYS_PASTE_MAX (256 * 1024)
/* After this time ESC, or ESC and a character, was that key and no sequence. */
#define KEYS_ESCAPE_TIME (50 * USEC_PER_MSEC)
/* A sequence that stands still for this long will not be ended. */
#define KEYS_SEQUENCE_TIME (1000 * USEC_PER_MSEC)
/* A Ctrl-C that comes after so long a silence was typed, not pasted. */
#define KEYS_PASTE_QUIET (500 * USEC_PER_MSEC)
/* The bytes of a sequence or a character: more are read, but not kept. */
#define KEYS_SEQUENCE_MAX 40
/* A string from the terminal (DCS, OSC) that is longer is taken for none. */
#define KEYS_STRING_MAX 4096

enum key_kind {
	KEY_NONE, /* nothing yet */
	/* For editor_key(): one character of text, or a key in the form that
	 * editor.h names. */
	KEY_BYTES,
	KEY_ENTER,
	KEY_NEWLINE, /* Meta-Enter: a line feed within the text */
	KEY_TAB,
	KEY_SHIFT_TAB,
	KEY_ESCAPE,
	KEY_CTRL_C,
	KEY_CTRL_D, /* bytes as with KEY_BYTES: for a line that is not empty */
	KEY_CTRL_G,
	KEY_CTRL_L,
	KEY_CTRL_R,
	KEY_CTRL_S,
	KEY_CTRL_Z,
	KEY_PAGE_UP, /* with any modifier */
	KEY_PAGE_DOWN,
	KEY_LINE_UP, /* an arrow with Shift, Ctrl or Meta */
	KEY_LINE_DOWN,
	KEY_PANE_BEFORE, /* Meta and an arrow; bytes as with KEY_BYTES: for when
			    there is one pane */
	KEY_PANE_NEXT,
	KEY_SCROLL_TOP, /* Alt-<, or Home with Shift or Ctrl */
	KEY_SCROLL_BOTTOM,
	KEY_WHEEL_UP, /* at column, row */
	KEY_WHEEL_DOWN,
	KEY_FOCUS_IN,
	KEY_FOCUS_OUT,
	KEY_PASTE, /* all of it */
};

/*
 * bytes: of KEY_BYTES, KEY_CTRL_D, KEY_PANE_* and KEY_PASTE; valid until the
 * next call with the same struct keys; no NUL after it. A paste is valid UTF-8
 * in which the only control characters are line feeds (any end of a line is
 * made one) and tabs; cut: so many bytes more were left out at its end, since
 * it was longer than KEYS_PASTE_MAX.
 */
struct key_event {
	enum key_kind kind;
	const char *bytes;
	size_t len;
	size_t cut;
	bool bare;	     /* a paste without brackets: more of it may come */
	bool follows;	     /* and what is typed so far is its start */
	unsigned int column; /* from 0 */
	unsigned int row;
};

/* Returns the letter from a to z that was typed, in either case; 0 if it was
 * none. */
int key_letter(const struct key_event *);

enum keys_state {
	KEYS_GROUND,
	KEYS_CHARACTER,	   /* within a character of several bytes */
	KEYS_ESCAPE,	   /* after ESC */
	KEYS_SS3,	   /* after ESC O */
	KEYS_CSI,	   /* after ESC [ */
	KEYS_SKIP,	   /* of a sequence, so many bytes are to come */
	KEYS_STRING,	   /* after ESC P, ESC ] and the like */
	KEYS_STRING_ESCAPE /* the same, and then ESC */
};

struct keys {
	enum keys_state state;
	bool meta;    /* ESC came before the sequence */
	bool pasting; /* within a paste */
	size_t paste_cut;
	size_t wanted;	/* bytes of the character or sequence */
	uint64_t last;	/* when a byte came */
	size_t skipped; /* of a string */
	size_t len;	/* of the sequence or character: */
	char bytes[KEYS_SEQUENCE_MAX];
	char out[KEYS_SEQUENCE_MAX]; /* what an event points to */
	size_t paste_len;
	size_t paste_used;	    /* since it was wiped */
	char paste[KEYS_PASTE_MAX]; /* the last, see keys_init() */
};

void keys_init(struct keys *);

/*
 * Takes bytes that were read, up to the first event. Returns how many it took;
 * event->kind is KEY_NONE if they all went and made no event. None are taken
 * if the event is one that was due before they came. now is clock_now().
 *
 *	for (; len > 0; bytes += n, len -= n) {
 *		n = keys_next(keys, bytes, len, now, &event);
 *		...
 *	}
 *
 * A paste whose end does not come is ended by a Ctrl-C that comes alone,
 * KEYS_PASTE_QUIET after the last byte: it is thrown away, and the event is
 * KEY_CTRL_C. No time alone ends a paste: what comes late of it must not be
 * taken for typing.
 */
size_t keys_next(struct keys *, const char *bytes, size_t len, uint64_t now,
    struct key_event *event);

/* Returns when keys_expire() has something to do; CLOCK_NEVER: not without
 * bytes. */
uint64_t keys_deadline(const struct keys *);
/*
 * To be called at the deadline: a lone ESC is KEY_ESCAPE. The start of a
 * sequence that does not go on is dropped. event->kind may be KEY_NONE.
 */
void keys_expire(struct keys *, uint64_t now, struct key_event *event);

/* Makes a paste of bytes that came without brackets; cut: of so many bytes
 * more, too many to be kept. The event's bytes are valid as those of
 * keys_next(). */
void keys_paste(struct keys *, const char *bytes, size_t len, size_t cut,
    struct key_event *event);

/* Overwrites what is left of earlier keys and pastes; nothing is under way. */
void keys_wipe(struct keys *);

/* True if the next byte is the first of a key. */
bool keys_at_start(const struct keys *);

#endif
