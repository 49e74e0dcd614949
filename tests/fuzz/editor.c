/*
 * Fuzzes the line editor (ui/tui/editor/). The input is a script. A byte below
 * the number of keys that have a meaning is that key. A byte from OP_SET on is
 * a command; a text that it takes has as many of the bytes that follow as the
 * next one says. Any other byte begins a character that is typed. Whatever
 * comes, the text is valid UTF-8, the cursor is between two clusters, bounds
 * hold, and undo takes back what a key changed.
 */
#include "ui/tui/editor/parts.h"

#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum op {
	OP_SET = 0xfa,
	OP_INSERT,
	OP_CLEAR,
	OP_ACCEPT,
	OP_FILL, /* so that little more fits */
	OP_UNDO	 /* undoes the next key, once it is done */
};

#define ROW(names, meaning, commands) commands
#define KEY(bytes, command)	      bytes,
static const char *const keys[] = { EDITOR_COMMANDS(ROW, KEY) };
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static struct editor e;

static void
check_text(void)
{
	size_t at = 0, bytes = 0;

	REQUIRE(e.len <= TEXT_MAX && utf8_valid(e.text, e.len));
	for (size_t i = e.len; i <= TEXT_MAX && i < e.len + 64; i++)
		REQUIRE(e.text[i] == '\0');
	while (at < e.cursor)
		at = editor_cluster_end(&e, at);
	REQUIRE(at == e.cursor);
	for (size_t i = 0; i < e.undo.count; i++)
		bytes += e.undo.edits[i].removed.len;
	REQUIRE(bytes == e.undo.bytes && bytes <= EDITOR_UNDO_BYTES);
	for (size_t i = 0; i < e.kills.count; i++)
		REQUIRE(e.kills.pieces[i].len <= TEXT_MAX);
}

static void
press(const char *key, size_t len, bool undo)
{
	static char before[TEXT_MAX + 1];
	size_t changes = e.undo.count, cursor = e.cursor;
	bool done;

	memcpy(before, e.text, e.len + 1);
	done = editor_key(&e, key, len);
	REQUIRE(done || strcmp(e.text, before) == 0);
	if (!undo || e.undo.count != changes + 1)
		return;
	editor_key(&e, "\037", 1);
	REQUIRE(strcmp(e.text, before) == 0 && e.cursor == cursor);
}

static void
fill(void)
{
	static char much[TEXT_MAX];

	memset(much, 'x', sizeof(much));
	editor_insert(&e, much, TEXT_MAX - e.len);
}

/* Takes a text from the bytes that follow; returns how many it took. */
static size_t
put_text(enum op op, const char *bytes, size_t len)
{
	size_t n = len > 0 ? (unsigned char)bytes[0] : 0;

	if (len <= n)
		return len;
	if (op == OP_SET)
		editor_set(&e, bytes + 1, n, n / 2);
	else
		editor_insert(&e, bytes + 1, n);
	return n + 1;
}

/* Takes a key or a character; returns how many bytes it has. */
static size_t
put_key(const char *bytes, size_t len, bool undo)
{
	unsigned char key = (unsigned char)bytes[0];
	uint32_t c;
	size_t n;

	if (key < KEYS) {
		press(keys[key], strlen(keys[key]), undo);
		return 1;
	}
	n = utf8_decode(bytes, len, &c);
	press(bytes, n, undo);
	return n > 0 ? n : 1;
}

/* Obeys a command; returns how many of the bytes it took. */
static size_t
play(const char *bytes, size_t len)
{
	unsigned char op = (unsigned char)bytes[0];

	switch (op) {
	case OP_SET:
	case OP_INSERT:
		return 1 + put_text(op, bytes + 1, len - 1);
	case OP_CLEAR:
		editor_clear(&e);
		return 1;
	case OP_ACCEPT:
		editor_accept(&e);
		return 1;
	case OP_FILL:
		fill();
		return 1;
	case OP_UNDO:
		return len > 1 ? 1 + put_key(bytes + 1, len - 1, true) : 1;
	default:
		return put_key(bytes, len, false);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;

	for (size_t at = 0; at < size;) {
		at += play(bytes + at, size - at);
		check_text();
	}
	editor_free(&e);
	return 0;
}
