/*
 * The shared part of the two files of keys: keys.c takes bytes, keys_sequence.c
 * finds the meaning of a sequence of them.
 */
#ifndef UI_TUI_KEYS_PARTS_H
#define UI_TUI_KEYS_PARTS_H

#include "ui/tui/keys.h"

#define ESC 0x1b
#define DEL 0x7f

/* Makes the event a KEY_BYTES of at most KEYS_SEQUENCE_MAX bytes. */
void keys_put(struct keys *, struct key_event *, const char *bytes, size_t len);

/* The sequence that is kept, of CSI or SS3, has ended with this byte. An
 * unknown one makes no event. */
void keys_act(struct keys *, char final, struct key_event *);

#endif
