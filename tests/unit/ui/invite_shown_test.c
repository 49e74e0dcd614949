/*
 * /invite in the views: what is asked of cryptod, how the answer is shown, and
 * the invite of a new room, which nobody has to ask for.
 */
#include "tests/unit/ui/tui/desk.h"

#include "ui/ask.h"
#include "ui/qr.h"

#include <CUnit/CUnit.h>

#include <string.h>

void invite_shown_suite(void);

#define INVITE "gochat://b/r?key=00#aa"
#define T      "12:34:56 * "
#define E      "12:34:56 ! "
#define SHOWN                                                                \
	T "whoever has this line can enter the room; send it by a way that " \
	  "nobody else reads:\n" T INVITE "\n"

static void
open_ready(struct fixture *f, enum ui_kind kind)
{
	fixture_open(f, MODE_CLIENT, kind);
	fixture_tell_ready(f);
	fixture_output(f);
}

static void
tell(struct fixture *f, enum invite_state state)
{
	const struct ipc_invite body = { .state = (uint8_t)state };
	const char *text = state == INVITE_MADE ? INVITE : "";

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_INVITE, &body, text, strlen(text)),
	    0);
}

static void
test_plain(void)
{
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	fixture_command(&f, "/invite");
	fixture_expect_next(&f, IPC_INVITE_ASK);
	tell(&f, INVITE_MADE);
	fixture_expect(&f, SHOWN);
	tell(&f, INVITE_NO_SECRET);
	fixture_expect(&f,
	    E
	    "there is no invite to this room: people enter it by its name "
	    "and passphrase. gochat --new-room makes a room that people enter "
	    "by invite\n");
	tell(&f, INVITE_NO_KEY);
	fixture_expect(&f,
	    E "there is no invite yet: the bootnode's key is part of it, and "
	      "the bootnode has not answered\n");
	fixture_close(&f);
}

/* Below the line is its code, in rows that have the time before them like all
 * others, and the same width. */
static void
test_qr_in_plain(void)
{
	static const char margin[] =
	    T "\u2588\u2588\u2588\u2588\u2588\u2588\u2588\u2588";
	const char *code, *row;
	unsigned int rows = 0;
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	fixture_command(&f, "/invite QR");
	fixture_expect_next(&f, IPC_INVITE_ASK);
	tell(&f, INVITE_MADE);
	code = fixture_output(&f);
	CU_ASSERT_EQUAL_FATAL(strncmp(code, SHOWN, strlen(SHOWN)), 0);
	for (row = code + strlen(SHOWN);
	     strncmp(row, T "the code is for", strlen(T) + 15) != 0; rows++) {
		if (rows < QR_MARGIN / 2)
			CU_ASSERT_EQUAL(strncmp(row, margin,
					    sizeof(margin) - 1),
			    0);
		row = strchr(row, '\n');
		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		row++;
	}
	CU_ASSERT_EQUAL(rows, (25 + 2 * QR_MARGIN + 1) / 2); /* version 2 */
	/* It was asked for once. */
	fixture_command(&f, "/invite");
	fixture_expect_next(&f, IPC_INVITE_ASK);
	tell(&f, INVITE_MADE);
	fixture_expect(&f, SHOWN);
	/* What is refused is over, too. */
	fixture_command(&f, "/invite qr");
	fixture_expect_next(&f, IPC_INVITE_ASK);
	tell(&f, INVITE_NO_KEY);
	fixture_output(&f);
	tell(&f, INVITE_MADE);
	fixture_expect(&f, SHOWN);
	f.ui->terminal = true;
	fixture_command(&f, "/invite code");
	fixture_expect(&f, E "expected nothing or qr: /invite [qr]\n");
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

/* A locale that is not UTF-8 gets the line, and the reason. */
static void
test_qr_in_ascii(void)
{
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	ui_use_ascii(f.ui);
	fixture_output(&f);
	fixture_command(&f, "/invite qr");
	tell(&f, INVITE_MADE);
	fixture_expect(&f,
	    SHOWN E "a QR code is drawn with characters that are not ASCII, "
		    "and the locale is not UTF-8\n");
	fixture_close(&f);
}

/* On a screen the code has colours of its own, and is shown as a whole or not
 * at all. */
static void
test_qr_in_tui(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_type(&s, "/invite qr\r");
	tell(&s.f, INVITE_MADE);
	desk_show(&s);
	CU_ASSERT_EQUAL(desk_style(&s, "\u2588\u2588 \u2584\u2584"), STYLE_QR);
	CU_ASSERT_EQUAL(desk_row_with(&s, "the code is for"), -1);
	desk_resize(&s, 40, 10);
	desk_type(&s, "/clear\r");
	desk_type(&s, "/invite qr\r");
	tell(&s.f, INVITE_MADE);
	desk_show(&s);
	CU_ASSERT_EQUAL(desk_row_with(&s, "\u2588"), -1);
	CU_ASSERT_EQUAL(desk_style(&s, "a QR code of"), STYLE_ERROR);
	/* Without colours it is said what the terminal must be like. */
	s.f.ui->tui->painter.colours = COLOURS_NONE;
	desk_resize(&s, 80, 24);
	desk_type(&s, "/invite qr\r");
	tell(&s.f, INVITE_MADE);
	desk_show(&s);
	CU_ASSERT_NOT_EQUAL(desk_row_with(&s, "the code is for"), -1);
	desk_close(&s);
}

static void
test_json(void)
{
	static const char line[] = "{\"cmd\":\"invite\"}";
	struct fixture f;

	open_ready(&f, UI_JSON);
	f.ui->view->line(f.room, line, sizeof(line) - 1);
	fixture_expect_next(&f, IPC_INVITE_ASK);
	tell(&f, INVITE_MADE);
	fixture_expect(&f,
	    "{\"event\":\"invite\",\"time\":\"" FIXTURE_UTC
	    "\",\"room\":\"r\\\"om\",\"uri\":\"" INVITE "\"}\n");
	fixture_close(&f);
}

/* That of a new room is asked for once, when a bootnode has answered. */
static void
test_new_room(void)
{
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	f.room->invite_wanted = true;
	fixture_tell_bootnode(&f, BOOT_UNREACHABLE);
	fixture_expect_next(&f, IPC_NONE);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_expect_next(&f, IPC_INVITE_ASK);
	fixture_tell_bootnode(&f, BOOT_LOST);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

/* While there is no cryptod, nobody can tell. */
static void
test_no_cryptod(void)
{
	struct fixture f;

	open_ready(&f, UI_PLAIN);
	ipc_close(&f.room->cryptod);
	fixture_command(&f, "/invite");
	fixture_expect(&f,
	    E
	    "line 0: that is not possible while cryptod is being restarted\n");
	fixture_close(&f);
}

void
invite_shown_suite(void)
{
	CU_pSuite suite = CU_add_suite("invite, shown", NULL, NULL);

	CU_add_test(suite, "plain", test_plain);
	CU_add_test(suite, "code in plain", test_qr_in_plain);
	CU_add_test(suite, "code in ASCII", test_qr_in_ascii);
	CU_add_test(suite, "code in the tui", test_qr_in_tui);
	CU_add_test(suite, "json", test_json);
	CU_add_test(suite, "of a new room", test_new_room);
	CU_add_test(suite, "without cryptod", test_no_cryptod);
}
