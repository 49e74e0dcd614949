/*
 * /invite in the views: what is asked of cryptod, how the answer is shown, and
 * the invite of a new room, which nobody has to ask for.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/ask.h"

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

static void
test_json(void)
{
	static const char line[] = "{\"cmd\":\"invite\"}";
	struct fixture f;

	open_ready(&f, UI_JSON);
	f.ui->view->line(f.ui, line, sizeof(line) - 1);
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
	f.ui->invite_wanted = true;
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
	ipc_close(&f.ui->cryptod);
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
	CU_add_test(suite, "json", test_json);
	CU_add_test(suite, "of a new room", test_new_room);
	CU_add_test(suite, "without cryptod", test_no_cryptod);
}
