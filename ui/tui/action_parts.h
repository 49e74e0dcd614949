/*
 * The shared parts of the files that know what keys do: action.c has most of
 * them, tab.c, search_keys.c, turn.c, adrift.c and waiting.c the rest, and
 * operate.c those of a bootnode's screen.
 */
#ifndef UI_TUI_ACTION_PARTS_H
#define UI_TUI_ACTION_PARTS_H

#include "ui/tui/keys.h"

#include <stdbool.h>

struct pane;
struct tui;
struct ui;

#define HINT_WAITS \
	"cannot send yet: this waits, and what you type; Ctrl-C takes it back"

/* True for a key that only moves what is shown. */
bool action_is_scroll(enum key_kind);
/* Takes such a key. */
void action_scroll(struct ui *, enum key_kind);
/* Takes a key on a bootnode's screen (operate.c). */
void operate_key(struct ui *, const struct key_event *);
/* Takes the line of the pane, shown or not, which is sent or obeyed. If there
 * is no room for it, it waits where it is, and so does everything that is typed
 * after it. The pane may be closed then, by its own command. */
void action_enter(struct pane *);
/* Takes a key for the line that is typed in the pane that is shown. */
void action_compose(struct ui *, const struct key_event *);

/* Completes the word before the cursor, or takes the next that fits. */
void tab_complete(struct ui *, bool backwards);

/* Takes a key while the searched text is typed. */
void search_key(struct ui *, const struct key_event *);
/* Takes a key while the text of /search is found: the keys that look further do
 * so, and any other has its usual meaning, the first character of a text among
 * them. */
void search_found_key(struct ui *, const struct key_event *);

/* True while the user is at something in the pane that is shown: what comes
 * next is meant for it. */
bool turn_is_busy(const struct tui *);
/* Takes a key that turns to another pane. Returns false if it is none, or does
 * something else while there is no other. */
bool turn_key(struct ui *, const struct key_event *);

/* Bytes came: while keys are dropped, more of them go on to be. */
void adrift_came(struct ui *);
/* Drops a key that was typed for another place than it would get to now.
 * Returns false if it is none. */
bool adrift_key(struct ui *, const struct key_event *);

/* Takes a key after a line that waits. Returns false if it is a key that needs
 * no turn. */
bool waiting_key(struct ui *, const struct key_event *);

#endif
