/*
 * The line that is being typed: text, cursor, and the effect of its keys. It
 * draws nothing, reads no file, and makes no system call but for memory. The
 * painter takes text and cursor from it.
 *
 * The text is valid UTF-8 of at most TEXT_MAX bytes without NUL; a line feed is
 * a character of it. The cursor is never within what a reader takes for one
 * character (an extended grapheme cluster, UAX #29).
 *
 * Everything that was typed may be secret: text that the editor forgets is
 * overwritten.
 */
#ifndef UI_TUI_EDITOR_EDITOR_H
#define UI_TUI_EDITOR_EDITOR_H

#include "common/ipc_messages.h"

#include <stdbool.h>
#include <stddef.h>

/* The number of lines that are remembered, in this run only. */
#define EDITOR_HISTORY_MAX 500
/* The number of kills that can be put back. */
#define EDITOR_KILLS_MAX 10
/* The number of changes that can be undone, and the bytes of text that those
 * took away. */
#define EDITOR_UNDO_MAX	  1024
#define EDITOR_UNDO_BYTES (256 * 1024)
/* Typing is undone in runs of at most so many bytes. */
#define EDITOR_UNDO_RUN 20

/* Lines that were accepted, oldest first, and the user's place in them. */
struct editor_history {
	char *lines[EDITOR_HISTORY_MAX];
	size_t count;
	size_t at;   /* count: not in them, but at the draft */
	char *draft; /* while the user is in them; else NULL */
};

struct editor_piece {
	char *text;
	size_t len;
};

/* Texts that were killed, oldest first. */
struct editor_kills {
	struct editor_piece pieces[EDITOR_KILLS_MAX];
	size_t count;
	size_t at;   /* which of them was, or will be, put back */
	size_t from; /* where in the text it was put */
};

/* A change: inserted bytes at that place replaced those that are kept. */
struct editor_edit {
	size_t at;
	size_t inserted;
	size_t cursor; /* before it */
	struct editor_piece removed;
};

/* The changes since the text was empty or came from the history, oldest
 * first. */
struct editor_undo {
	struct editor_edit edits[EDITOR_UNDO_MAX];
	size_t count;
	size_t bytes; /* of all that was removed */
};

/* The part of a key's effect that the meaning of the next key depends on. */
enum editor_did {
	EDITOR_DID_OTHER,
	EDITOR_DID_TYPE,
	EDITOR_DID_KILL,
	EDITOR_DID_YANK,
	EDITOR_DID_LINE /* it moved by lines */
};

/* All zero is an empty one. */
struct editor {
	char text[TEXT_MAX + 1]; /* zeros after its end */
	size_t len;
	size_t cursor;
	bool prefixed;	      /* Ctrl-X came, and its second key is to come */
	bool full;	      /* this key would have made it too long */
	enum editor_did did;  /* the key before */
	enum editor_did does; /* this key */
	size_t column;	      /* to keep to, while keys move by lines */
	struct editor_history history;
	struct editor_kills kills;
	struct editor_undo undo;
};

/* Overwrites and frees everything that it holds; it is empty then. */
void editor_free(struct editor *);

/*
 * Takes one key: a character, or one of those in commands.h, as keys.h makes
 * them. Any other does nothing. Returns false if the text would have become
 * longer than TEXT_MAX; then it is as it was.
 */
bool editor_key(struct editor *, const char *key, size_t len);

/* Returns the text, valid until the next change; there is a NUL after it. */
const char *editor_text(const struct editor *, size_t *len);
/* Returns the place in bytes. */
size_t editor_cursor(const struct editor *);

/*
 * Replaces the text; the cursor is moved out of a cluster. Can be undone.
 * Returns false, with nothing changed, if it is too long or no valid UTF-8.
 */
bool editor_set(struct editor *, const char *text, size_t len, size_t cursor);
/* Puts text before the cursor; the same texts are refused. */
bool editor_insert(struct editor *, const char *text, size_t len);

/* Empties the line, which is not remembered. */
void editor_clear(struct editor *);
/* Empties the line and remembers it, unless it is empty or the same as the
 * last. */
void editor_accept(struct editor *);

#endif
