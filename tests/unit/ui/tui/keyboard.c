/*
 * Bytes from a terminal as keys. See keyboard.h.
 */
#include "tests/unit/ui/tui/keyboard.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	[KEY_ENTER] = "Enter",
	[KEY_NEWLINE] = "Newline",
	[KEY_TAB] = "Tab",
	[KEY_SHIFT_TAB] = "Shift-Tab",
	[KEY_ESCAPE] = "Escape",
	[KEY_CTRL_C] = "C-c",
	[KEY_CTRL_D] = "C-d",
	[KEY_CTRL_G] = "C-g",
	[KEY_CTRL_L] = "C-l",
	[KEY_CTRL_R] = "C-r",
	[KEY_CTRL_S] = "C-s",
	[KEY_CTRL_Z] = "C-z",
	[KEY_PAGE_UP] = "PageUp",
	[KEY_PAGE_DOWN] = "PageDown",
	[KEY_LINE_UP] = "Line-Up",
	[KEY_LINE_DOWN] = "Line-Down",
	[KEY_PANE_BEFORE] = "Before",
	[KEY_PANE_NEXT] = "Next",
	[KEY_SCROLL_TOP] = "Top",
	[KEY_SCROLL_BOTTOM] = "Bottom",
	[KEY_FOCUS_IN] = "In",
	[KEY_FOCUS_OUT] = "Out",
};

struct keys keyboard_keys;
uint64_t keyboard_now;
static char got[4096]; /* events, as text */

static void
note(const struct key_event *e)
{
	size_t n = strlen(got), room = sizeof(got) - n;

	switch (e->kind) {
	case KEY_NONE:
		break;
	case KEY_BYTES:
		if (e->bytes[0] == '\033')
			snprintf(got + n, room, "<%.*s>", (int)e->len - 1,
			    e->bytes + 1);
		else if ((unsigned char)e->bytes[0] < ' ')
			snprintf(got + n, room, "<^%c>", e->bytes[0] + '@');
		else
			snprintf(got + n, room, "%.*s", (int)e->len, e->bytes);
		break;
	case KEY_PASTE:
		snprintf(got + n, room, "<paste%s %.*s>",
		    e->cut > 0 ? ", cut" : "", (int)e->len, e->bytes);
		break;
	case KEY_WHEEL_UP:
	case KEY_WHEEL_DOWN:
		snprintf(got + n, room, "<wheel %s %u %u>",
		    e->kind == KEY_WHEEL_UP ? "up" : "down", e->column, e->row);
		break;
	default:
		snprintf(got + n, room, "<%s>", names[e->kind]);
		break;
	}
}

void
keyboard_feed(const char *bytes, size_t len)
{
	struct key_event e;
	size_t n;

	for (; len > 0; bytes += n, len -= n) {
		n = keys_next(&keyboard_keys, bytes, len, keyboard_now, &e);
		CU_ASSERT_FATAL(n <= len && (n > 0 || e.kind != KEY_NONE));
		note(&e);
	}
}

void
keyboard_type(const char *bytes)
{
	keyboard_feed(bytes, strlen(bytes));
}

void
keyboard_pass(uint64_t usec)
{
	struct key_event e;

	keyboard_now += usec;
	keys_expire(&keyboard_keys, keyboard_now, &e);
	note(&e);
}

void
keyboard_start(void)
{
	keys_init(&keyboard_keys);
	keyboard_now = 1000 * USEC_PER_SEC;
	got[0] = '\0';
}

void
keyboard_expect(const char *expected)
{
	if (strcmp(got, expected) != 0)
		fprintf(stderr, "\n  got %s, expected %s\n", got, expected);
	CU_ASSERT_STRING_EQUAL(got, expected);
	got[0] = '\0';
}

void
keyboard_check_bytes(const char *bytes, size_t len, const char *expected)
{
	char all[256];

	snprintf(all, sizeof(all), "%sz", expected);
	keyboard_start();
	keyboard_feed(bytes, len);
	keyboard_type("z");
	keyboard_expect(all);
	keyboard_start();
	for (size_t i = 0; i < len; i++) {
		keyboard_feed(bytes + i, 1);
		keyboard_now +=
		    KEYS_ESCAPE_TIME - 1; /* slow, but not too slow */
	}
	keyboard_type("z");
	keyboard_expect(all);
	CU_ASSERT_EQUAL(keys_deadline(&keyboard_keys), CLOCK_NEVER);
}

void
keyboard_check(const char *bytes, const char *expected)
{
	keyboard_check_bytes(bytes, strlen(bytes), expected);
}
