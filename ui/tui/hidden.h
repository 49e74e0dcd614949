/*
 * What /join asks: the passphrase of a room, which is typed without being
 * shown, neither its letters nor how many there are; and then whether to
 * remember the room. Both have a line of their own, which no history, kill,
 * undo or draft knows, and which is overwritten when it ends. What is typed
 * while they are asked gets nowhere else.
 */
#ifndef UI_TUI_HIDDEN_H
#define UI_TUI_HIDDEN_H

#include "ui/tui/question.h"

#include "common/ipc_messages.h"

/* All zero: nothing is asked. */
struct hidden {
	struct question question; /* only its words */
	size_t len;
	char text[PASSPHRASE_MAX];
};

/* The functions of the view, as ui/view.h says. What was typed for an earlier
 * question is dropped. */
void tui_ask_secret(struct ui *, const char *name, const char *bootnode);
void tui_ask_remember(struct ui *, const char *name);

bool hidden_is_asked(const struct ui *);
/* Takes a key while it is asked for. Returns false if the key has its usual
 * effect, which changes no line. */
bool hidden_key(struct ui *, const struct key_event *);
/* Overwrites it; nothing is asked then. */
void hidden_end(struct hidden *);

#endif
