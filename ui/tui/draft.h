/*
 * The line that is being typed, as cryptod keeps it: if ui dies, the next one
 * has it again. It is what the input line holds and nothing else: not what is
 * looked for, nor what a question is answered with. No secret is ever typed
 * there: a passphrase the launcher asks for, before there is a ui.
 */
#ifndef UI_TUI_DRAFT_H
#define UI_TUI_DRAFT_H

#include "common/clock.h"
#include "common/ipc.h"

struct ui;

/* cryptod is told about a change after so long, and about what follows it at
 * most so often; about a line that was entered at once. */
#define DRAFT_TIME (300 * USEC_PER_MSEC)

struct draft {
	char told[TEXT_MAX]; /* cryptod has this */
	size_t len;
	size_t cursor;
	uint64_t due; /* for what is new; 0: nothing is */
};

/* Tells cryptod, if it is time to. */
void draft_work(struct ui *);
uint64_t draft_deadline(const struct ui *);

/* Takes what the ui before this one was told: puts it before what was typed
 * since. */
void tui_draft(struct ui *, const char *text, size_t len, size_t cursor);

#endif
