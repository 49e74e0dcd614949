/*
 * The tui view: a screen over the scrollback, keys into the line editor. All
 * that it knows is in struct tui; view_tui (ui/view.h) is its interface to
 * the rest of ui.
 *
 *	terminal -> keys -> editor, questions, search -> command, ui_say
 *	dispatch -> feed -> history -> layout, scroll -> screen -> grid
 *	grid -> paint -> output -> terminal
 */
#ifndef UI_TUI_TUI_H
#define UI_TUI_TUI_H

#include "ui/tui/attention.h"
#include "ui/tui/complete.h"
#include "ui/tui/editor.h"
#include "ui/tui/history.h"
#include "ui/tui/keys.h"
#include "ui/tui/paint.h"
#include "ui/tui/question.h"
#include "ui/tui/scroll.h"
#include "ui/tui/search.h"
#include "ui/tui/terminal.h"

#include "ui/ui.h"

/* At most so many frames a second. */
#define TUI_FRAME_TIME (USEC_PER_SEC / 60)

struct tui {
	struct terminal terminal;
	struct painter painter;
	struct grid grid; /* the next frame */
	bool changed;	  /* there is something to paint */
	uint64_t painted; /* when the last frame was */
	struct history history;
	struct scroll scroll;
	struct search search;
	struct question question;
	struct attention attention;
	struct keys keys;
	struct complete complete;
	bool boot_known;   /* a bootnode was heard of: */
	uint8_t boot_state; /* enum boot_status */
};

/*
 * Makes ui draw on the terminal that was probed: the view is view_tui from
 * now on. To be called before the sandbox; ui_free() undoes it.
 */
void tui_open(struct ui *, const struct terminal *);

/* Takes the terminal and draws all anew: at start, and when the program goes
 * on after a stop. */
void tui_resume(struct ui *);
/* The terminal may have another size. */
void tui_resized(struct ui *);

/* Something is to be painted, with the next frame. */
void tui_touch(struct ui *);

/* The part of the screen that shows the scrollback. */
struct scroll_window tui_window(const struct ui *);

#endif
