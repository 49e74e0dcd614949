/*
 * Keys that are typed ahead: they came after a line for which there was no room
 * yet. They are kept unchanged, so that each line stays one, and wait until
 * that line was taken; then it is their turn, in order.
 */
#ifndef UI_TUI_AHEAD_H
#define UI_TUI_AHEAD_H

#include "ui/tui/keys.h"

#include "ui/buf.h"

/* With more than this nothing more is read: the terminal keeps it. */
#define AHEAD_BYTES_MAX (256UL * 1024)

/* All zero: nothing waits. */
struct ahead {
	bool waiting;	    /* the line that was entered does, where it is */
	unsigned int lines; /* that end in what follows */
	char *bytes;	    /* events, one after the other: */
	size_t start;
	size_t len; /* from start on */
	size_t size;
};

/* Keeps a copy of the event, after earlier ones. The text in the line is then
 * not the start of a paste. */
void ahead_add(struct ahead *, const struct key_event *);
/* Reads the first key, and leaves it there; its bytes are valid until the next
 * call. Returns false if there is no key. */
bool ahead_first(const struct ahead *, struct key_event *);
/* Takes the first key; its bytes are valid until the next call. Returns false
 * if there is no key. */
bool ahead_take(struct ahead *, struct key_event *);
/* Takes out the first whole line after the one that waits, if it was typed by
 * nothing but its characters and is wanted; appends it. Returns false if there
 * is no such line. */
bool ahead_take_line(struct ahead *,
    bool (*is_wanted)(const void *arg, const char *line, size_t len),
    const void *arg, struct buf *line);
bool ahead_full(const struct ahead *);
/* Moves the keys behind those of another, but not the line that waits. */
void ahead_move(struct ahead *to, struct ahead *from);
/* Forgets everything, and frees the memory; nothing waits any more. */
void ahead_drop(struct ahead *);

#endif
