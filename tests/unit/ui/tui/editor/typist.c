/*
 * Somebody who types. See typist.h.
 */
#include "tests/unit/ui/tui/editor/typist.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void
typist_type(struct editor *e, const char *keys)
{
	size_t left = strlen(keys), n;
	uint32_t c;

	for (; left > 0; keys += n, left -= n) {
		if (keys[0] == '\033' && keys[1] == '[')
			n = strcspn(keys + 2, "ABCDHF~") + 3;
		else if (keys[0] == '\033')
			n = 2;
		else
			n = utf8_decode(keys, left, &c);
		CU_ASSERT(editor_key(e, keys, n));
	}
}

void
typist_expect(const struct editor *e, const char *with_cursor)
{
	size_t len, cursor = editor_cursor(e);
	const char *text = editor_text(e, &len);
	char got[256];

	CU_ASSERT_EQUAL(strlen(text), len);
	snprintf(got, sizeof(got), "%.*s|%s", (int)cursor, text, text + cursor);
	if (strcmp(got, with_cursor) != 0)
		fprintf(stderr, "\n  got %s, expected %s\n", got, with_cursor);
	CU_ASSERT_STRING_EQUAL(got, with_cursor);
}

void
typist_set(struct editor *e, const char *with_cursor)
{
	size_t cursor = strcspn(with_cursor, "|");
	char text[256];

	snprintf(text, sizeof(text), "%.*s%s", (int)cursor, with_cursor,
	    with_cursor + cursor + 1);
	editor_clear(e);
	CU_ASSERT(editor_set(e, text, strlen(text), cursor));
	typist_expect(e, with_cursor);
}
