/*
 * What the files of the editor share: editor.c runs readline,
 * editor_commands.c is what our own keys do in it.
 */
#ifndef UI_TUI_EDITOR_PARTS_H
#define UI_TUI_EDITOR_PARTS_H

#include "ui/tui/editor.h"

#include <stdint.h>
/* Before readline's header, which needs it. */
#include <stdio.h>

#include <readline/readline.h>

/* Lines that were accepted, oldest first, and where in them the user is. */
struct editor_history {
	char *lines[EDITOR_HISTORY_MAX];
	size_t count;
	size_t at;   /* count: not in them, but at the draft */
	char *draft; /* while the user is in them */
	bool moving; /* by lines, and not by history, with the last key */
};

extern struct editor_history editor_history;

void editor_history_free(void);
/* Adds a line, if it is not like the last, and leaves the history. */
void editor_history_add(const char *line, size_t len);

/* Replaces the text, with nothing left to undo. */
void editor_replace(const char *text, size_t cursor);

/* The end of the cluster that begins at at; the start of the one that ends at
 * at or holds it; the first boundary that is not before at. In bytes of
 * readline's line; at is not within a character. */
size_t editor_cluster_end(size_t at);
size_t editor_cluster_start(size_t at);
size_t editor_cluster_boundary(size_t at);

/* What may be bound in readline's keymap beside its own commands. */
rl_command_func_t editor_forward_char, editor_backward_char, editor_delete_char,
    editor_rubout, editor_transpose_chars, editor_previous_line,
    editor_next_line, editor_search_back, editor_search_forward;

#endif
