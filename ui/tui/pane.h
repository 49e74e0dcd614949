/*
 * A pane: what the screen shows of one room, and where the user is in it. One
 * of them is shown at a time. Each has a place, whose number it keeps.
 *
 * What is typed is of the pane that is shown while it is typed: its line, the
 * keys that wait behind it, the question about a pasted text. Nothing of it
 * moves to another pane, except what was typed ahead behind a command that
 * turned there.
 */
#ifndef UI_TUI_PANE_H
#define UI_TUI_PANE_H

#include "ui/tui/ahead.h"
#include "ui/tui/draft.h"
#include "ui/tui/editor/editor.h"
#include "ui/tui/history.h"
#include "ui/tui/question.h"
#include "ui/tui/scroll.h"
#include "ui/tui/search.h"
#include "ui/tui/unread.h"

#include "ui/nick.h"

#include <stdint.h>

#define PANES_MAX PLACES_MAX

struct room;
struct tui;
struct ui;

struct pane {
	struct room *room;
	unsigned int number; /* of its place, from 1 */
	/* It is not the room's, but a conversation with the owner of a key, who
	 * had that name last (query.h). */
	bool alone;
	uint8_t person[FINGERPRINT_LEN];
	char name[NICK_SHOWN_MAX];
	struct history history;
	struct scroll scroll;
	struct search search;
	struct editor editor;
	struct draft draft;
	struct ahead ahead;
	struct question question;
	struct unread unread;
	/* history.next and .appended in the last frame. */
	uint64_t painted_entry;
	uint64_t painted_bytes;
};

/* Repeats what follows for each pane, in the order of their places. */
#define FOREACH_PANE(pane, tui)                                          \
	for (size_t p_ = 0; p_ < PANES_MAX; p_++)                        \
		for (struct pane *pane = (tui)->panes[p_]; pane != NULL; \
		     pane = NULL)

/* The room was opened, and gets its pane; it is to be closed, and loses it.
 * Another one is shown then, if it was shown. */
void pane_open(struct room *);
void pane_close(struct room *);
/* Opens a conversation, of which there are fewer than QUERIES_MAX. */
struct pane *pane_open_alone(struct room *, const uint8_t *fingerprint);
/* Closes it; it is not shown. */
void pane_drop(struct pane *);
/* Gives it this number, from 1; the pane that has it gets the other. */
void pane_move(struct pane *, unsigned int number);
/* Returns the number of the room's pane, as ui/view.h says. */
unsigned int pane_number(const struct room *);
/* Returns the number of panes. */
size_t pane_count(const struct tui *);
/* Returns the pane of the room where answers go: the one whose line is being
 * obeyed, or the one that is shown, if that is of the room. */
struct pane *pane_answered(const struct room *);
/* Adds an entry to its scrollback (history.h). */
struct entry *pane_add(struct pane *, const struct history_new *);
/* A frame was put out that shows, or could show, all that is in it. */
void pane_painted(struct pane *);

/* Shows this pane; what is typed from now on is for its room. Keys that waited
 * behind the command that is being obeyed move with it. */
void tui_turn(struct pane *);
/* The functions of the view, as ui/view.h says. */
void tui_turned(struct room *);
bool tui_turn_to(struct ui *, unsigned int number);
void tui_places(const struct ui *, struct ipc_places *);
bool tui_restore(struct room *, const struct ipc_places *);

#endif
