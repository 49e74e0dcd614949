/*
 * QR codes: that the rows are the modules of the code, with a margin; that the
 * code is as small as can be, and then as robust; and where there is none.
 */
#include "ui/qr.h"

#include "common/invite.h"
#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void qr_suite(void);

#define ROOM_FOR_ALL          \
	{                     \
		400, 0, false \
	}
#define INVITE                                                             \
	"gochat://203.0.113.7:9595/kitchen?key="                           \
	"cca0f52cd9954e68e070abc724d4232ae3d2ab7df57041b630c7eebd88f0e448" \
	"#aaisem2ekvthpcezvk54zxpo76rdd6y2"

#define WIDTH_MAX (177 + 2 * QR_MARGIN) /* of version 40 */

/* The modules of a drawing, true for light ones. */
struct modules {
	unsigned int width;
	unsigned int lines; /* two a row */
	bool light[WIDTH_MAX + 1][WIDTH_MAX];
};

/* Reads rows back, as the eye does. */
static void
read_rows(struct modules *m, const struct buf *rows)
{
	unsigned int column = 0;
	uint32_t c;

	memset(m, 0, sizeof(*m));
	m->lines = 2;
	for (size_t at = 0; at < rows->len;) {
		at += utf8_decode(rows->bytes + at, rows->len - at, &c);
		if (c == '\n') {
			CU_ASSERT_EQUAL(column, m->width);
			column = 0;
			m->lines += 2;
			continue;
		}
		CU_ASSERT_FATAL(
		    column < WIDTH_MAX && m->lines <= WIDTH_MAX + 1);
		CU_ASSERT(
		    c == 0x2588 || c == 0x2580 || c == 0x2584 || c == ' ');
		m->light[m->lines - 2][column] = c == 0x2588 || c == 0x2580;
		m->light[m->lines - 1][column] = c == 0x2588 || c == 0x2584;
		column++;
		if (m->lines == 2)
			m->width = column;
	}
	CU_ASSERT_EQUAL(column, m->width);
}

static void
draw(struct modules *m, const char *text, struct qr_place place)
{
	struct buf rows = { 0 };

	CU_ASSERT_FATAL(qr_put(&rows, text, &place));
	read_rows(m, &rows);
	buf_free(&rows);
}

/* Asserts that a drawing has this margin, and in it just this code. */
static void
check_code(const struct modules *m, const QRcode *code, unsigned int margin)
{
	unsigned int width = (unsigned int)code->width, wrong = 0;

	CU_ASSERT_EQUAL_FATAL(m->width, width + 2 * margin);
	/* There is half a row more below. */
	CU_ASSERT_EQUAL_FATAL(m->lines, m->width + 1);
	for (unsigned int y = 0; y < m->lines; y++)
		for (unsigned int x = 0; x < m->width; x++) {
			bool inside = x >= margin && x < margin + width &&
			    y >= margin && y < margin + width;
			bool dark = inside &&
			    (code->data[(y - margin) * width + x - margin] &
				1) != 0;

			wrong += m->light[y][x] == dark;
		}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* A square of 7 dark modules, in it a light one of 5, in it a dark one of 3
 * (ISO/IEC 18004, section 6.3.3). */
static bool
has_finder(const struct modules *m, unsigned int left, unsigned int top)
{
	for (int y = 0; y < 7; y++)
		for (int x = 0; x < 7; x++) {
			int from =
			    abs(x - 3) > abs(y - 3) ? abs(x - 3) : abs(y - 3);

			if (m->light[top + (unsigned int)y]
				    [left + (unsigned int)x] != (from == 2))
				return false;
		}
	return true;
}

static void
test_modules(void)
{
	static const char *const texts[] = { "1", "GOCHAT", INVITE,
		"k\u00fcche \xff" };
	static struct modules m;
	QRcode *code;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		unsigned int last;

		draw(&m, texts[i], (struct qr_place)ROOM_FOR_ALL);
		last = m.width - QR_MARGIN - 7;
		CU_ASSERT(has_finder(&m, QR_MARGIN, QR_MARGIN));
		CU_ASSERT(has_finder(&m, last, QR_MARGIN));
		CU_ASSERT(has_finder(&m, QR_MARGIN, last));
		CU_ASSERT_FALSE(has_finder(&m, last, last));
	}
	code = QRcode_encodeString("GOCHAT", 1, QR_ECLEVEL_H, QR_MODE_8, 1);
	draw(&m, "GOCHAT", (struct qr_place)ROOM_FOR_ALL);
	check_code(&m, code, QR_MARGIN);
	QRcode_free(code);
}

/* Table 7 of the standard: version 1 holds 25 capitals at level L, 20 at M, 16
 * at Q and 10 at H. */
static void
test_level(void)
{
	static const struct {
		int len, version;
		QRecLevel level;
	} cases[] = { { 1, 1, QR_ECLEVEL_H }, { 10, 1, QR_ECLEVEL_H },
		{ 11, 1, QR_ECLEVEL_Q }, { 16, 1, QR_ECLEVEL_Q },
		{ 17, 1, QR_ECLEVEL_M }, { 20, 1, QR_ECLEVEL_M },
		{ 21, 1, QR_ECLEVEL_L }, { 25, 1, QR_ECLEVEL_L },
		{ 26, 2, QR_ECLEVEL_Q } };
	static struct modules m;
	char text[32];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		QRcode *code;

		(void)snprintf(text, sizeof(text), "%.*s", cases[i].len,
		    "GOCHATGOCHATGOCHATGOCHATGOCHAT");
		code = QRcode_encodeString(text, cases[i].version,
		    cases[i].level, QR_MODE_8, 1);
		CU_ASSERT_EQUAL(code->version, cases[i].version);
		draw(&m, text, (struct qr_place)ROOM_FOR_ALL);
		check_code(&m, code, QR_MARGIN);
		QRcode_free(code);
	}
}

/* In capitals this invite has a code that a terminal of 80 by 24 shows as a
 * whole: 21 rows are left for it. As it is, it has not. */
static void
test_invite(void)
{
	static struct modules m;
	char capitals[INVITE_TEXT_MAX + 1];

	invite_capitals(capitals, INVITE, strlen(INVITE));
	draw(&m, capitals, (struct qr_place){ 79, 21, false });
	CU_ASSERT_EQUAL(m.width, 37 + 2 * QR_MARGIN_SMALL);
	draw(&m, INVITE, (struct qr_place)ROOM_FOR_ALL);
	CU_ASSERT_EQUAL(m.width, 41 + 2 * QR_MARGIN);
}

/* Asserts what is said in place of a code, or that there is one. */
static void
expect(const char *text, struct qr_place place, const char *sentence)
{
	struct buf out = { 0 };
	bool drawn = qr_put(&out, text, &place);

	buf_put(&out, "", 1);
	CU_ASSERT_EQUAL(drawn, sentence == NULL);
	if (sentence != NULL)
		CU_ASSERT_STRING_EQUAL(out.bytes, sentence);
	buf_free(&out);
}

/* Version 1 has 21 modules: 29 with the wide margin, 25 with the small one. */
static void
test_places(void)
{
	static struct modules m;

	draw(&m, "1", (struct qr_place){ 29, 15, false });
	CU_ASSERT_EQUAL(m.width, 29);
	draw(&m, "1", (struct qr_place){ 28, 15, false });
	CU_ASSERT_EQUAL(m.width, 25);
	draw(&m, "1", (struct qr_place){ 29, 14, false });
	CU_ASSERT_EQUAL(m.width, 25);
	expect("1", (struct qr_place){ 25, 13, false }, NULL);
	expect("1", (struct qr_place){ 24, 13, false },
	    "a QR code of this needs 25 columns and 13 rows, and there are 24 "
	    "and 13: make the terminal larger, or its letters smaller, and ask "
	    "again");
	expect("1", (struct qr_place){ 25, 12, false },
	    "a QR code of this needs 25 columns and 13 rows, and there are 25 "
	    "and 12: make the terminal larger, or its letters smaller, and ask "
	    "again");
	expect("1", (struct qr_place){ 24, 0, false },
	    "a QR code of this needs 25 columns, and there are 24");
	expect("1", (struct qr_place){ 80, 0, true },
	    "a QR code is drawn with characters that are not ASCII, and the "
	    "locale is not UTF-8");
}

/* Version 40 holds 2953 bytes at level L: more than the longest invite has. */
static void
test_longest(void)
{
	_Static_assert(INVITE_TEXT_MAX <= 2953, "an invite has a QR code");
	static struct modules m;
	char text[2955];

	memset(text, 'x', sizeof(text));
	text[2953] = '\0';
	draw(&m, text, (struct qr_place)ROOM_FOR_ALL);
	CU_ASSERT_EQUAL(m.width, WIDTH_MAX);
	text[2953] = 'x';
	text[2954] = '\0';
	expect(text, (struct qr_place)ROOM_FOR_ALL,
	    "this is too long for a QR code");
}

void
qr_suite(void)
{
	CU_pSuite suite = CU_add_suite("QR codes", NULL, NULL);

	CU_add_test(suite, "modules", test_modules);
	CU_add_test(suite, "size and level", test_level);
	CU_add_test(suite, "of an invite", test_invite);
	CU_add_test(suite, "where there is room", test_places);
	CU_add_test(suite, "the longest", test_longest);
}
