/*
 * The shared part of the editor's files: editor.c holds the text and finds the
 * command of a key; the commands are in move.c, kill.c, change.c, undo.c and
 * history.c; bounds.c finds the ends of clusters and words.
 */
#ifndef UI_TUI_EDITOR_PARTS_H
#define UI_TUI_EDITOR_PARTS_H

#include "ui/tui/editor/commands.h"
#include "ui/tui/editor/editor.h"

/* A command does nothing where it cannot do its part. It leaves in does what
 * the next key has to know. */
typedef void editor_command(struct editor *);

/* The commands of the table; a command that is bound to two keys is declared
 * twice. */
#define DECLARE_ROW(names, meaning, commands) commands
#define DECLARE_KEY(bytes, command)	      editor_command command;
EDITOR_COMMANDS(DECLARE_ROW, DECLARE_KEY)
#undef DECLARE_ROW
#undef DECLARE_KEY

/* --- The text (editor.c) -------------------------------------------------- */

/*
 * Replaces removed bytes at at by text, and puts the cursor behind that; it can
 * be undone. Returns false with nothing changed, and sets full, if the text
 * would be too long. All changes of the text by a key go through here.
 */
bool editor_change(struct editor *, size_t at, size_t removed, const char *text,
    size_t len);
/* The same, whatever the length, and not to be undone. */
void editor_splice(struct editor *, size_t at, size_t removed, const char *text,
    size_t len);
/* Replaces all of the text, with nothing left to undo. */
void editor_replace(struct editor *, const char *text, size_t len,
    size_t cursor);
/* Puts the cursor at that place, but not within a cluster, nor beyond the
 * end. */
void editor_put_cursor(struct editor *, size_t cursor);

/* Returns a copy of both, one behind the other, with a NUL after them. */
char *editor_join(const char *, size_t, const char *, size_t);
/* Overwrites and frees a text that editor_join() made; it is empty then. */
void editor_forget(struct editor_piece *);

/* --- Clusters and words (bounds.c) ---------------------------------------- */

/* These return the end of the cluster that begins at at; the start of the one
 * that ends at at or holds it; the first boundary that is not before at. In
 * bytes. */
size_t editor_cluster_end(const struct editor *, size_t at);
size_t editor_cluster_start(const struct editor *, size_t at);
size_t editor_cluster_boundary(const struct editor *, size_t at);

/* Tells whether a cluster, of len bytes, is one of a kind. */
typedef bool editor_kind(const char *cluster, size_t len);
editor_kind editor_is_word; /* it begins with a letter or a digit */
editor_kind editor_is_dark; /* it is no blank, tab or line feed */

/* Returns the end of the first run of that kind that ends behind at, or that of
 * the text if there is no such run. */
size_t editor_run_end(const struct editor *, size_t at, editor_kind *);
/* Returns the start of the last run of that kind that begins before at, or that
 * of the text if there is no such run. */
size_t editor_run_start(const struct editor *, size_t at, editor_kind *);

/* --- Undo (undo.c) -------------------------------------------------------- */

/* Remembers what editor_change() is about to do. */
void editor_undo_note(struct editor *, size_t at, size_t removed, size_t len);
void editor_undo_forget(struct editor *);

/* --- Kills (kill.c) ------------------------------------------------------- */

void editor_kills_forget(struct editor *);

/* --- History (history.c) -------------------------------------------------- */

/* Adds the text, if it is not like the last line, and leaves the history. */
void editor_history_add(struct editor *);
/* Is at the draft, which is the text. */
void editor_history_leave(struct editor *);
void editor_history_forget(struct editor *);

#endif
