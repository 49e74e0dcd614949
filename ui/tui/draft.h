/*
 * The line that is being typed, as cryptod keeps it: if ui dies, the next one
 * has it again. It is the text of the input line and nothing else: not a
 * searched text, nor the answer to a question, nor an invite that is joined:
 * that is the secret of another room.
 */
#ifndef UI_TUI_DRAFT_H
#define UI_TUI_DRAFT_H

#include "common/clock.h"
#include "common/ipc.h"

struct pane;
struct room;
struct ui;

/* cryptod is told about a change after this time, and about further ones at
 * most this often; about a line that was entered at once. */
#define DRAFT_TIME (300 * USEC_PER_MSEC)
/* Enter waits for the line of the earlier ui for so long. */
#define DRAFT_PATIENCE (1 * USEC_PER_SEC)

struct draft {
	char told[TEXT_MAX]; /* cryptod has this */
	size_t len;
	size_t cursor;
	uint64_t due; /* for what is new; 0: nothing is */
	uint64_t enter_by; /* when Enter waits no longer; 0: it was not
			      pressed */
};

/* Tells the cryptod of each room, if it is time. */
void draft_work(struct ui *);
/* It is time for this one: another pane is about to be shown. */
void draft_hurry(const struct ui *, struct draft *);
uint64_t draft_deadline(const struct ui *);

/* True while what was typed in the pane may be the rest of a line, whose start
 * cryptod has not told yet: Enter waits for that. */
bool draft_is_awaited(const struct pane *);
/* Enter was pressed then. */
void draft_entered(struct pane *);

/* Takes the line of the earlier ui: puts it before the text that was typed
 * since. */
void tui_draft(struct room *, const char *text, size_t len, size_t cursor);

#endif
