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

struct room;
struct ui;

/* cryptod is told about a change after this time, and about further ones at
 * most this often; about a line that was entered at once. */
#define DRAFT_TIME (300 * USEC_PER_MSEC)

struct draft {
	char told[TEXT_MAX]; /* cryptod has this */
	size_t len;
	size_t cursor;
	uint64_t due; /* for what is new; 0: nothing is */
};

/* Tells the cryptod of each room, if it is time. */
void draft_work(struct ui *);
/* It is time for this one: another pane is about to be shown. */
void draft_hurry(const struct ui *, struct draft *);
uint64_t draft_deadline(const struct ui *);

/* Takes the line of the earlier ui: puts it before the text that was typed
 * since. */
void tui_draft(struct room *, const char *text, size_t len, size_t cursor);

#endif
