/*
 * The tui: a screen over the scrollback, keys into the line editor. All that
 * it knows is in struct tui; its callbacks (ui/view.h) are in feed.c.
 *
 *	terminal -> reading -> keys -> editor, search, question -> command.c,
 *	    ui_say()
 *	dispatch.c -> feed -> history -> layout, scroll -> screen -> grid
 *	grid -> paint -> output -> terminal
 */
#ifndef UI_TUI_TUI_H
#define UI_TUI_TUI_H

#include "ui/tui/attention.h"
#include "ui/tui/burst.h"
#include "ui/tui/colours.h"
#include "ui/tui/complete.h"
#include "ui/tui/dashboard.h"
#include "ui/tui/hidden.h"
#include "ui/tui/keys.h"
#include "ui/tui/paint.h"
#include "ui/tui/pane.h"
#include "ui/tui/terminal.h"

#include "ui/ui.h"

/* There are at most so many frames a second. */
#define TUI_FRAME_TIME (USEC_PER_SEC / 60)
/* Round trip times are asked for this often, while somebody uses the keys: */
#define TUI_ASK_TIME   (15 * USEC_PER_SEC)
#define TUI_ASK_WITHIN (60 * USEC_PER_SEC)
/* A second Ctrl-C within this time leaves. */
#define TUI_LEAVE_TIME (3 * USEC_PER_SEC)
/* The wheel scrolls by so many rows. */
#define TUI_WHEEL_ROWS 3

/* Why what is typed is for nobody, until the user has paused. */
enum adrift {
	ADRIFT_GONE,	  /* the room in which it was typed is */
	ADRIFT_RESTARTED, /* ui is: which room was shown is not known */
	ADRIFT_ASKED,	  /* a passphrase is asked for, in the middle of it */
	ADRIFT_ENTERED	  /* a passphrase was entered just before */
};

struct tui {
	struct terminal terminal;
	struct painter painter;
	struct grid grid;	       /* the next frame */
	bool changed;		       /* there is something to paint */
	bool suspended;		       /* and it is not to be painted */
	uint64_t painted;	       /* when the last frame was */
	struct pane *panes[PANES_MAX]; /* by place, from 0; NULL: free */
	struct pane *shown;    /* of the room in front; NULL at the end */
	struct pane *obeyed;   /* whose command is just being obeyed, or NULL */
	bool by_key;	       /* the user turns to another pane just now */
	bool replaying;	       /* keys that waited are taken just now */
	uint64_t heard;	       /* texts, in all rooms, ever */
	uint64_t adrift_until; /* what is typed before then is for nobody, */
	enum adrift adrift;    /* for this reason */
	struct hidden hidden;
	struct attention attention;
	struct colours colours;
	struct keys keys;
	struct burst burst;
	struct complete complete;
	struct dashboard dashboard;
	bool mouse;
	const char *hint;     /* for the status line, until the next key */
	char hint_text[160];  /* that of a hint that is made */
	uint64_t leave_until; /* Ctrl-C again before then leaves */
	uint64_t ask_at;      /* when to ask for figures again */
	unsigned int lost;    /* not known to be delivered, while we left */
};

/*
 * Makes ui draw on the terminal that was probed: its view is view_tui from
 * now on. To be called once, before the sandbox; ui_free() undoes it.
 */
void tui_open(struct ui *, const struct ipc_config_ui *,
    const struct terminal *);
void tui_close(struct ui *);

/* Takes the terminal and draws the whole screen: at start, and when the program
 * goes on after a stop. */
void tui_resume(struct ui *);
/* Draws nothing until then: the terminal may be another job's. */
void tui_suspend(struct ui *);
/* The terminal may have another size: takes it from t->terminal. */
void tui_resized(struct ui *);

/* Something has to be painted, with the next frame. */
void tui_touch(struct ui *);
/* Sets a hint for the status line, until the next key. A string that stays. */
void tui_hint(struct ui *, const char *);

/* The place of what is being typed has changed other than by a key: what comes
 * until the user pauses is dropped. */
void tui_adrift(struct ui *, enum adrift);
/* The function of the view. */
void tui_lost_front(struct ui *);

/* Returns the look of a peer's name, the same everywhere. */
enum style tui_nick_style(const struct room *, const struct peer *);

/* Takes bytes from the terminal; those of a burst wait for tui_typed(), which
 * takes them when it is over and is to be called often (reading.c). */
void tui_keys(struct ui *, const char *bytes, size_t len);
void tui_typed(struct ui *);
/* Takes one key (action.c). */
void tui_key(struct ui *, const struct key_event *);
/* Goes on with keys that had to wait, as far as there is room (action.c). */
void tui_ahead(struct ui *);
/* False while so much of it waits that nothing more may be read. */
bool tui_takes_keys(const struct ui *);
/* Whether any of it waits. */
bool tui_waits(const struct ui *);
/* Paints if it is time; to be called often. */
void tui_work(struct ui *);
uint64_t tui_deadline(const struct ui *);
/* The functions of the view, as ui/view.h says. */
bool tui_full(const struct room *);

/* The part of the screen that shows the scrollback. */
struct scroll_window tui_window(const struct ui *);

/* The commands that only the tui has. */
void tui_search(struct ui *, const char *what, size_t len);
void tui_clear(struct ui *);

#endif
