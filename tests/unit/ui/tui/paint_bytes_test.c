/*
 * The bytes that a frame is (ui/tui/paint.c): only what changed, in the fewest
 * sequences, within a synchronised update. paint_test.c has what a terminal
 * makes of them.
 */
#include "ui/tui/paint.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void paint_bytes_suite(void);

#define COLUMNS 8
#define BEGIN	"\033[?2026h\033[?25l"
#define SHOWN	"\033[?25h\033[?2026l"
#define PLAIN	"\033[0m"

static struct painter painter;
static struct grid next;

static void
start(void)
{
	painter = (struct painter){ .colours = COLOURS_16, .links = true };
	grid_resize(&next, COLUMNS, 2);
}

static void
put(unsigned int row, unsigned int column, const char *text, enum style style,
    uint32_t link)
{
	struct grid_place at = { &next, row, column, COLUMNS, style, link };

	grid_puts(&at, text);
}

/* Paints the frame, and begins the next one. ESC is shown as ^. */
static void
expect(const char *bytes)
{
	char got[512];
	struct buf out = { 0 };

	paint(&painter, &out, &next);
	snprintf(got, sizeof(got), "%.*s", (int)out.len,
	    out.bytes != NULL ? out.bytes : "");
	if (strcmp(got, bytes) != 0)
		for (const char *c = got; *c != '\0'; c++)
			fputc(*c == '\033' ? '^' : *c, stderr);
	CU_ASSERT_STRING_EQUAL(got, bytes);
	buf_free(&out);
	grid_resize(&next, COLUMNS, 2);
}

static void
end(void)
{
	grid_free(&next);
	paint_free(&painter);
}

/* The first one clears the screen; then nothing is as it should be, and there
 * is nothing to write. */
static void
test_first(void)
{
	start();
	put(0, 0, "ab", STYLE_TEXT, 0);
	expect(BEGIN PLAIN "\033[H\033[2J\033[1;1H" PLAIN "ab\033[1;1H" SHOWN);
	put(0, 0, "ab", STYLE_TEXT, 0);
	expect("");
	paint_invalidate(&painter);
	put(0, 0, "ab", STYLE_TEXT, 0);
	expect(BEGIN PLAIN "\033[H\033[2J\033[1;1H" PLAIN "ab\033[1;1H" SHOWN);
	/* Of another size. */
	grid_resize(&next, COLUMNS, 3);
	expect(BEGIN PLAIN "\033[H\033[2J\033[1;1H" SHOWN);
	grid_resize(&next, COLUMNS + 1, 2);
	expect(BEGIN PLAIN "\033[H\033[2J\033[1;1H" SHOWN);
	expect(BEGIN PLAIN "\033[H\033[2J\033[1;1H" SHOWN);
	end();
}

/* A screen that holds this, for the changes to it. */
static void
start_with(const char *text)
{
	struct buf out = { 0 };

	start();
	put(1, 0, text, STYLE_TEXT, 0);
	paint(&painter, &out, &next);
	buf_free(&out);
	grid_resize(&next, COLUMNS, 2);
}

static void
test_cursor(void)
{
	start_with("");
	next.cursor_row = 1;
	expect("\033[2;1H");
	next.cursor_row = 1;
	next.cursor_column = 3;
	expect("\033[2;4H");
	next.cursor_row = 1;
	next.cursor_column = 3;
	expect("");
	/* Where there is nothing to type it is not shown. */
	put(0, 0, "x", STYLE_TEXT, 0);
	next.cursor_hidden = true;
	expect(BEGIN "\033[1;1H" PLAIN "x\033[1;1H\033[?2026l");
	end();
}

/* From the first cell that changed to the last one; blanks up to the edge are
 * one sequence. */
static void
test_part_of_row(void)
{
	start_with("abcdefgh");
	put(1, 0, "abXdYfgh", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;3H" PLAIN "XdY\033[1;1H" SHOWN);
	put(1, 0, "abXd", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;5H" PLAIN "\033[K\033[1;1H" SHOWN);
	put(1, 0, "aZ", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;2H" PLAIN "Z  \033[1;1H" SHOWN);
	put(1, 0, "aZ     X", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;8H" PLAIN "X\033[1;1H" SHOWN);
	/* A blank with a look of its own is none. */
	put(1, 0, "aZ     X", STYLE_TEXT, 0);
	put(1, 7, " ", STYLE_BAR, 0);
	expect(BEGIN "\033[2;8H\033[0;7m \033[1;1H" SHOWN);
	end();
}

/* Each look once; and behind the edge the cursor is put where it goes on. */
static void
test_looks(void)
{
	start_with("");
	put(0, 6, "ab", STYLE_ERROR, 0);
	put(1, 0, "cd", STYLE_ERROR, 0);
	put(1, 2, "e", STYLE_OWN, 0);
	put(1, 3, "f", STYLE_TEXT, 0);
	expect(BEGIN "\033[1;7H\033[0;31mab\033[2;1Hcd\033[0;1me" PLAIN
		     "f\033[1;1H" SHOWN);
	/* The same text in another look is a change. */
	put(0, 6, "ab", STYLE_ERROR, 0);
	put(1, 0, "cdef", STYLE_ERROR, 0);
	expect(BEGIN "\033[2;3H\033[0;31mef\033[1;1H" SHOWN);
	end();
}

/* A link is on as long as it lasts, and off at the end. */
static void
test_links(void)
{
	start_with("");
	grid_link(&next, 0x2a, "http://a", 8);
	put(0, 0, "ab", STYLE_TEXT, 0x2a);
	put(0, 2, "c", STYLE_TEXT, 0);
	put(1, 0, "d", STYLE_TEXT, 0x2a);
	expect(
	    BEGIN "\033[1;1H" PLAIN "\033]8;id=2a;http://a\033\\ab"
		  "\033]8;;\033\\c\033[2;1H"
		  "\033]8;id=2a;http://a\033\\d\033]8;;\033\\\033[1;1H" SHOWN);
	/* It is a change even if the text is the same. */
	put(0, 0, "abc", STYLE_TEXT, 0);
	put(1, 0, "d", STYLE_TEXT, 0);
	expect(BEGIN "\033[1;1H" PLAIN "ab\033[2;1Hd\033[1;1H" SHOWN);
	/* A terminal that would print it gets none. */
	painter.links = false;
	grid_link(&next, 0x2a, "http://a", 8);
	put(0, 0, "abc", STYLE_TEXT, 0x2a);
	put(1, 0, "d", STYLE_TEXT, 0);
	expect(BEGIN "\033[1;1H" PLAIN "abc\033[1;1H" SHOWN);
	end();
}

/* What terminals disagree about is followed by where the next cell is, and has
 * blanks beneath if it is wide; its row is painted as a whole. */
static void
test_uncertain(void)
{
	start_with("abcd");
	put(1, 0, "aäcd", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;1H" PLAIN "aä\033[2;3Hcd\033[K\033[1;1H" SHOWN);
	put(1, 0, "a👍d", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;1H" PLAIN
		     "a  \033[2;2H👍\033[2;4Hd\033[K\033[1;1H" SHOWN);
	/* Also the row that had some. */
	put(1, 0, "abcd", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;1H" PLAIN "abcd\033[K\033[1;1H" SHOWN);
	end();
}

/* At the right edge, of what could be wider only the first code point. */
static void
test_edge(void)
{
	start_with("");
	put(0, 5, "e\u0301", STYLE_TEXT, 0);
	expect(BEGIN "\033[1;1H" PLAIN
		     "     e\u0301\033[1;7H\033[K\033[1;1H" SHOWN);
	end();
	start_with("");
	put(0, 4, "👍🏽", STYLE_TEXT, 0);
	expect(BEGIN "\033[1;1H" PLAIN "    "
		     "  \033[1;5H👍🏽\033[1;7H\033[K"
		     "\033[1;1H" SHOWN);
	end();
	start_with("");
	put(0, 5, "👍🏽", STYLE_TEXT, 0);
	expect(BEGIN "\033[1;1H" PLAIN "     "
		     "  \033[1;6H👍\033[1;8H\033[K"
		     "\033[1;1H" SHOWN);
	end();
}

/* A wide character is painted whole if only half of its place changed. */
static void
test_wide(void)
{
	start_with("ab猫c");
	put(1, 0, "a猫 c", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;2H" PLAIN "猫 \033[1;1H" SHOWN);
	put(1, 0, "a犬 c", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;2H" PLAIN "犬\033[1;1H" SHOWN);
	put(1, 0, "abcc", STYLE_TEXT, 0);
	expect(BEGIN "\033[2;2H" PLAIN "bcc \033[1;1H" SHOWN);
	end();
}

void
paint_bytes_suite(void)
{
	CU_pSuite s = CU_add_suite("paint_bytes", NULL, NULL);

	CU_add_test(s, "the first frame", test_first);
	CU_add_test(s, "the cursor", test_cursor);
	CU_add_test(s, "a part of a row", test_part_of_row);
	CU_add_test(s, "looks", test_looks);
	CU_add_test(s, "links", test_links);
	CU_add_test(s, "what is uncertain", test_uncertain);
	CU_add_test(s, "at the edge", test_edge);
	CU_add_test(s, "wide characters", test_wide);
}
