/*
 * Commands of the line editor that change the order and the case of the text.
 */
#include "ui/tui/editor/parts.h"

#include "ui/buf.h"
#include "ui/text.h"

#include "common/utf8.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

/* --- Order ---------------------------------------------------------------- */

/* A part of the text. */
struct span {
	size_t start;
	size_t end;
};

/* Exchanges two parts, the first before the second; the text between them stays
 * there. The cursor goes behind both. */
static void
swap(struct editor *e, struct span first, struct span second)
{
	size_t len = second.end - first.start, at = 0;
	const struct span order[] = { second, { first.end, second.start },
		first };
	struct editor_piece swapped = { NULL, len };

	swapped.text = editor_join(e->text + first.start, len, "", 0);
	for (size_t i = 0; i < 3; i++) {
		size_t n = order[i].end - order[i].start;

		memcpy(swapped.text + at, e->text + order[i].start, n);
		at += n;
	}
	editor_change(e, first.start, len, swapped.text, len);
	editor_forget(&swapped);
}

/* Takes the character before the cursor and the one behind it; at the end of
 * the text, the last two. */
void
editor_swap_characters(struct editor *e)
{
	size_t middle = e->cursor;

	if (middle == e->len)
		middle = editor_cluster_start(e, middle);
	if (middle == 0)
		return;
	swap(e, (struct span){ editor_cluster_start(e, middle), middle },
	    (struct span){ middle, editor_cluster_end(e, middle) });
}

/* Takes the word that ends behind the cursor and the one before it; at the end
 * of the text, the last two. */
void
editor_swap_words(struct editor *e)
{
	struct span first, second;
	size_t end = editor_run_end(e, e->cursor, editor_is_word);

	second.start = editor_run_start(e, end, editor_is_word);
	second.end = editor_run_end(e, second.start, editor_is_word);
	first.start = editor_run_start(e, second.start, editor_is_word);
	first.end = editor_run_end(e, first.start, editor_is_word);
	/* Where there is no word a run is the rest of the text. */
	if (first.start < second.start && first.end <= second.start)
		swap(e, first, second);
}

/* --- Case ----------------------------------------------------------------- */

typedef utf8proc_int32_t mapping(utf8proc_int32_t);

/* Changes the text from the cursor to the end of the word: the first letter of
 * each word that begins there by first, and everything else by rest. */
static void
change_case(struct editor *e, mapping *first, mapping *rest)
{
	size_t from = e->cursor, end = editor_run_end(e, from, editor_is_word);
	struct buf changed = { 0 };
	bool within = false;
	char bytes[4];
	uint32_t c;
	size_t n;

	for (size_t at = from; at < end; at += n) {
		n = utf8_decode(e->text + at, end - at, &c);
		if (!text_is_mark(c)) {
			mapping *map = within ? rest : first;

			within = editor_is_word(e->text + at, n);
			c = (uint32_t)map((utf8proc_int32_t)c);
		}
		buf_put(&changed, bytes, utf8_encode(bytes, c));
	}
	if (changed.len > 0) {
		editor_change(e, from, end - from, changed.bytes, changed.len);
		explicit_bzero(changed.bytes, changed.len);
	}
	buf_free(&changed);
}

void
editor_capitals(struct editor *e)
{
	change_case(e, utf8proc_toupper, utf8proc_toupper);
}

void
editor_small_letters(struct editor *e)
{
	change_case(e, utf8proc_tolower, utf8proc_tolower);
}

void
editor_one_capital(struct editor *e)
{
	change_case(e, utf8proc_totitle, utf8proc_tolower);
}
