/*
 * Bytes that grow (ui/buf.c).
 */
#include "ui/buf.h"

#include <CUnit/CUnit.h>

#include <string.h>

void buf_suite(void);

/* Nothing is lost, however the pieces fall. */
static void
test_grows(void)
{
	struct buf b = { 0 };
	char piece[300];

	buf_put(&b, "x", 0);
	CU_ASSERT(b.len == 0 && b.bytes == NULL);
	memset(piece, 'x', sizeof(piece));
	for (size_t len = 1; len <= sizeof(piece); len++)
		buf_put(&b, piece, len);
	CU_ASSERT_EQUAL(b.len, 300 * 301 / 2);
	CU_ASSERT(b.size >= b.len && b.size <= 4 * b.len);
	for (size_t i = 0; i < b.len; i++)
		if (b.bytes[i] != 'x')
			CU_FAIL("a byte is another");
	buf_free(&b);
	CU_ASSERT(b.len == 0 && b.bytes == NULL && b.size == 0);
}

/* What is formatted has at most 1023 bytes; the rest is left out. */
static void
test_formats(void)
{
	struct buf b = { 0 };

	buf_puts(&b, "a");
	buf_printf(&b, "%s", "");
	buf_printf(&b, "%d,", 5);
	CU_ASSERT(b.len == 3 && memcmp(b.bytes, "a5,", 3) == 0);
	b.len = 0;
	buf_printf(&b, "%01023d", 7);
	CU_ASSERT(b.len == 1023 && b.bytes[1022] == '7');
	b.len = 0;
	buf_printf(&b, "%01024d", 7);
	CU_ASSERT(b.len == 1023 && b.bytes[1022] == '0');
	b.len = 0;
	buf_printf(&b, "%05000d", 7);
	CU_ASSERT_EQUAL(b.len, 1023);
	buf_free(&b);
}

void
buf_suite(void)
{
	CU_pSuite s = CU_add_suite("buf", NULL, NULL);

	CU_add_test(s, "growing", test_grows);
	CU_add_test(s, "formatting", test_formats);
}
