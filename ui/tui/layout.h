/*
 * An entry of the scrollback as rows of a given width: its text with links, the
 * searched text, and how far it got, wrapped by columns.
 */
#ifndef UI_TUI_LAYOUT_H
#define UI_TUI_LAYOUT_H

#include "ui/tui/history.h"

#include "ui/buf.h"

/* A span begins where the one before ends; bytes. */
struct layout_span {
	size_t end;
	enum style style;
	uint32_t link;	/* 0: none; else the same in each layout */
	size_t url;	/* where the whole of it begins and ends, */
	size_t url_end; /* which a search may have cut into several spans */
};

struct layout_row {
	size_t start;
	size_t end; /* bytes; what is after it, up to the next, is not drawn */
	unsigned int indent; /* columns before it */
};

struct layout {
	struct buf text;
	struct layout_span *spans;
	size_t span_count;
	struct layout_row *rows;
	size_t row_count; /* at least 1 */
};

/*
 * Lays out an entry for so many columns, at least 1. find: the text to mark, or
 * NULL. The caller frees the layout, which need not be empty before. Notes the
 * number of rows in the entry.
 */
void layout_entry(struct layout *, struct entry *, unsigned int columns,
    const char *find);
/* Returns the number of rows alone, remembered in the entry. */
unsigned int layout_rows(struct entry *, unsigned int columns);
void layout_free(struct layout *);

#endif
