/*
 * Output for a locale that is not UTF-8 (ascii.c): when it is used, and how
 * texts, names and the screen look then.
 */
#include "ui/ascii.h"

#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

void ascii_suite(void);

static void
test_put(void)
{
	static const char text[] = "caf\u00e9 \u2713 \U0001f600 a\u2026 \xff";
	struct buf out = { 0 };

	ascii_put(&out, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(out.bytes,
	    "caf<U+00E9> + <U+1F600> a~ <U+FFFD>");
	buf_free(&out);
}

/* The locale that is asked for counts, whether the system has it or not. */
static void
test_locales(void)
{
	static const struct {
		const char *all, *lang;
		bool wanted;
	} cases[] = {
		{ "C", "", true },
		{ "POSIX", "C.UTF-8", true },
		{ "C.UTF-8", "C", false },
		{ "", "C.UTF-8", false },
		{ "", "", true },
		{ "xx_XX.UTF-8", "", false },
		{ "", "xx_XX.utf8@euro", false },
		{ "", "xx_XX.UTF-8@euro", false },
		{ "", "xx_XX.UTF-7", true },
		{ "xx_XX.utf-8", "C", false },
		{ "xx_XX.ISO-8859-1", "", true },
		{ "xx_XX", "", true },
	};

	unsetenv("LC_CTYPE");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setenv("LC_ALL", cases[i].all, 1);
		setenv("LANG", cases[i].lang, 1);
		CU_ASSERT_EQUAL(ascii_is_wanted(), cases[i].wanted);
	}
	unsetenv("LC_ALL");
	setenv("LANG", "C.UTF-8", 1);
	setlocale(LC_CTYPE, "C.UTF-8");
}

static bool
is_ascii(const char *s)
{
	while (*s != '\0')
		if ((*s++ & 0x80) != 0)
			return false;
	return true;
}

/* Names that look the same in ASCII get digits of their keys, and can be
 * typed. */
static void
test_plain(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct fixture f;
	const char *text;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	ui_use_ascii(f.ui);
	fixture_tell_ready(&f);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "\u00e4nna");
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "\u00f6nna");
	fixture_tell_peer(&f, 3, PEER_CONNECTED, "anna");
	fixture_output(&f);
	fixture_tell(&f, IPC_MESSAGE, &m, "\u2026 gr\u00fc\u00dfe", 11);
	fixture_expect(&f, "12:34:56 <?nna~ab01> ~ gr<U+00FC><U+00DF>e\n");
	fixture_type(&f, "/names\n/peers\n/msg ?nna~ab02 x\n/help\n");
	text = fixture_output(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, " anna "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "* to ?nna~ab02 alone\n"));
	CU_ASSERT_TRUE(is_ascii(text));
	fixture_close(&f);
}

/* Every cell is ASCII, also in the input line and in what the tui draws. */
static void
test_screen(void)
{
	struct desk d;

	desk_open(&d, 80, 24);
	ui_use_ascii(d.f.ui);
	d.f.room->pane->history.ascii = true; /* tui_open() does this */
	fixture_tell_peer(&d.f, 1, PEER_CONNECTED, "\u65e5\u672c");
	desk_hear(&d, 1, 0, "gr\u00fc\u00dfe \u65e5", 11);
	desk_hear(&d, 2, TEXT_FLAG_PRIVATE, "psst", 4);
	desk_show(&d);
	desk_type(&d, "\u65e5\u00e9");
	desk_show(&d);
	for (unsigned int row = 0; row < 24; row++)
		CU_ASSERT_TRUE(is_ascii(vt_row(&d.vt, row)));
	CU_ASSERT(
	    desk_row_with(&d, "<??~ab01> | gr<U+00FC><U+00DF>e <U+65E5>") > 0);
	CU_ASSERT(desk_row_with(&d, "<??~ab01> # [to you alone] psst") > 0);
	CU_ASSERT_EQUAL(desk_row_with(&d, "| ??~ab01   direct"), 1);
	CU_ASSERT_STRING_EQUAL(vt_row(&d.vt, 23), "> ???");
	desk_close(&d);
}

void
ascii_suite(void)
{
	CU_pSuite s = CU_add_suite("ascii", NULL, NULL);

	CU_add_test(s, "a text", test_put);
	CU_add_test(s, "locales", test_locales);
	CU_add_test(s, "plain", test_plain);
	CU_add_test(s, "the screen", test_screen);
}
