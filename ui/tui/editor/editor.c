/*
 * The input line: its text, and which command a key has. See editor.h.
 */
#include "ui/tui/editor/parts.h"

#include "common/log.h"
#include "common/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX '\030'
#define DEL    0x7f

/* --- Memory --------------------------------------------------------------- */

char *
editor_join(const char *a, size_t a_len, const char *b, size_t b_len)
{
	char *joined = malloc(a_len + b_len + 1);

	if (joined == NULL)
		fatal("no memory for what is typed");
	memcpy(joined, a, a_len);
	memcpy(joined + a_len, b, b_len);
	joined[a_len + b_len] = '\0';
	return joined;
}

void
editor_forget(struct editor_piece *piece)
{
	if (piece->text != NULL)
		explicit_bzero(piece->text, piece->len);
	free(piece->text);
	*piece = (struct editor_piece){ 0 };
}

void
editor_free(struct editor *e)
{
	editor_history_forget(e);
	editor_kills_forget(e);
	editor_undo_forget(e);
	explicit_bzero(e, sizeof(*e));
}

/* --- The text ------------------------------------------------------------- */

const char *
editor_text(const struct editor *e, size_t *len)
{
	*len = e->len;
	return e->text;
}

size_t
editor_cursor(const struct editor *e)
{
	return e->cursor;
}

void
editor_put_cursor(struct editor *e, size_t cursor)
{
	e->cursor =
	    cursor < e->len ? editor_cluster_boundary(e, cursor) : e->len;
}

void
editor_splice(struct editor *e, size_t at, size_t removed, const char *text,
    size_t len)
{
	size_t end = at + removed, longer = e->len + len;

	memmove(e->text + at + len, e->text + end, e->len - end);
	if (len > 0)
		memcpy(e->text + at, text, len);
	e->len = longer - removed;
	if (removed > len)
		explicit_bzero(e->text + e->len, removed - len);
	e->text[e->len] = '\0';
	editor_put_cursor(e, at + len);
}

bool
editor_change(struct editor *e, size_t at, size_t removed, const char *text,
    size_t len)
{
	if (e->len - removed + len > TEXT_MAX) {
		e->full = true;
		return false;
	}
	editor_undo_note(e, at, removed, len);
	editor_splice(e, at, removed, text, len);
	return true;
}

void
editor_replace(struct editor *e, const char *text, size_t len, size_t cursor)
{
	editor_undo_forget(e);
	editor_splice(e, 0, e->len, text, len);
	editor_put_cursor(e, cursor);
}

/* --- Keys ----------------------------------------------------------------- */

struct binding {
	const char *bytes;
	editor_command *command;
};

#define ROW(names, meaning, commands) commands
#define KEY(bytes, command)	      { bytes, command },
static const struct binding bindings[] = { EDITOR_COMMANDS(ROW, KEY) };
#undef ROW
#undef KEY

/* Returns the command of a key, or of the second key after Ctrl-X; NULL: it has
 * none. */
static editor_command *
find_command(bool prefixed, const char *key, size_t len)
{
	for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
		const char *bytes = bindings[i].bytes;

		if (prefixed && *bytes++ != PREFIX)
			continue;
		if (strlen(bytes) == len && memcmp(bytes, key, len) == 0)
			return bindings[i].command;
	}
	return NULL;
}

void
editor_prefix(struct editor *e)
{
	e->prefixed = true;
	e->does = e->did;
}

static bool
is_character(const char *key, size_t len)
{
	uint32_t c;

	return len > 0 && utf8_decode(key, len, &c) == len && c >= ' ' &&
	    c != DEL;
}

bool
editor_key(struct editor *e, const char *key, size_t len)
{
	editor_command *command = find_command(e->prefixed, key, len);
	bool prefixed = e->prefixed;

	e->full = e->prefixed = false;
	e->does = EDITOR_DID_OTHER;
	if (command != NULL) {
		command(e);
	} else if (!prefixed && is_character(key, len)) {
		e->does = EDITOR_DID_TYPE;
		editor_change(e, e->cursor, 0, key, len);
	}
	e->did = e->does;
	return !e->full;
}

/* --- Other calls ---------------------------------------------------------- */

/* The next key begins something. */
static void
begin_again(struct editor *e)
{
	e->prefixed = false;
	e->did = e->does = EDITOR_DID_OTHER;
}

bool
editor_set(struct editor *e, const char *text, size_t len, size_t cursor)
{
	if (!utf8_valid(text, len))
		return false;
	begin_again(e);
	if (!editor_change(e, 0, e->len, text, len))
		return false;
	editor_put_cursor(e, cursor);
	return true;
}

bool
editor_insert(struct editor *e, const char *text, size_t len)
{
	if (!utf8_valid(text, len))
		return false;
	begin_again(e);
	return editor_change(e, e->cursor, 0, text, len);
}

void
editor_clear(struct editor *e)
{
	begin_again(e);
	editor_history_leave(e);
	editor_replace(e, "", 0, 0);
}

void
editor_accept(struct editor *e)
{
	if (e->len > 0)
		editor_history_add(e);
	editor_clear(e);
}
