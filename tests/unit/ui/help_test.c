/*
 * /help: a line for each command, more about each of them, and the keys.
 */
#include "tests/unit/ui/tui/desk.h"

#include "ui/command.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void help_suite(void);

#define T "12:34:56 * "
#define E "12:34:56 ! "

/* Checks that nothing is wider than a terminal. */
static void
check_width(const char *lines)
{
	for (; *lines != '\0'; lines += strcspn(lines, "\n") + 1)
		CU_ASSERT(strcspn(lines, "\n") <= 80);
}

static void
test_list(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_command(&f, "/help");
	fixture_expect(&f,
	    T "/help [COMMAND]       lists the commands, or explains one\n" T
	      "/me TEXT              shows what you do\n" T
	      "/say TEXT             sends TEXT, whatever it begins with\n" T
	      "/msg NAME TEXT        sends TEXT to one person\n" T
	      "/join ROOM [at BOOTNODE] [as NAME] opens another room\n" T
	      "/part [ROOM]          leaves a room\n" T
	      "/rooms                the rooms that you are in\n" T
	      "/room NUMBER|ROOM     what you type goes to that room\n" T
	      "/remember [ROOM]      opens the room at startup\n" T
	      "/forget [ROOM]        stops opening it at startup\n" T
	      "/nick NAME            changes your name\n" T
	      "/peers                who is here, with paths and "
	      "fingerprints\n" T
	      "/names                who is here, by name\n" T
	      "/status               how the connections are\n" T
	      "/verify NAME [yes|no] compares keys; yes: they match\n" T
	      "/fingerprint          shows your own fingerprint\n" T
	      "/invite [qr]          shows an invite; qr: with a QR code\n" T
	      "/quit                 leaves\n" T
	      "//TEXT                sends /TEXT as a text, not as a "
	      "command\n");
	fixture_command(&f, "/help");
	check_width(fixture_output(&f));
	fixture_close(&f);
}

static void
test_one(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	f.ui->terminal = true;
	fixture_command(&f, "/help msg");
	fixture_expect(&f,
	    T "/msg NAME TEXT        sends TEXT to one person\n" T
	      "Give NAME as it is shown, in quotes if it has spaces, or the "
	      "first 8\n" T
	      "digits of a peer's id. The text goes to the key that has the "
	      "name\n" T "now, and to no other. It has at most 16384 bytes.\n" T
	      "example: /msg \"anna b\" see you at noon\n");
	fixture_command(&f, "/help /QUIT");
	fixture_expect(&f,
	    T "/quit                 leaves\n" T
	      "Leaves at once, without waiting for messages on their way. "
	      "gochat\n" T "tells you which may not have arrived.\n");
	fixture_command(&f, "/help //quit");
	fixture_expect(&f,
	    E "unknown command //quit; did you mean /quit? Not sent\n");
	fixture_command(&f, "/help /");
	fixture_expect(&f, E "unknown command /; not sent, see /help\n");
	/* Of the tui alone: not to be explained here. */
	fixture_command(&f, "/help clear");
	fixture_expect(&f,
	    E "/clear is a command of the tui, the full screen; not sent\n");
	fixture_command(&f, "/help stauts");
	fixture_expect(&f,
	    E "unknown command /stauts; did you mean /status? Not sent\n");
	fixture_close(&f);
}

/* In each mode and view there is more to say about each command, and its
 * example is obeyed. */
static void
test_each(void)
{
	static const enum ui_kind kinds[] = { UI_PLAIN, UI_TUI };
	const struct command *c;
	struct fixture f;
	char line[80];
	size_t at;

	for (size_t i = 0; i < 2; i++) {
		fixture_open(&f, MODE_CLIENT, kinds[i]);
		f.ui->terminal = true;
		at = 0;
		while ((c = command_next(f.room, &at)) != NULL) {
			CU_ASSERT(strlen(c->more) > strlen(c->help));
			CU_ASSERT(strlen(c->help) <= 48);
			CU_ASSERT(
			    (c->takes == COMMAND_BARE) == (c->example == NULL));
			snprintf(line, sizeof(line), "/help %s", c->name);
			fixture_command(&f, line);
			check_width(fixture_output(&f));
		}
		fixture_close(&f);
	}
}

static void
test_keys(void)
{
	struct desk s;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_command(&f, "/help keys");
	fixture_expect(&f,
	    T
	    "Enter ends a line; all other keys are those of the terminal. The full\n" T
	    "screen, --ui tui, has its own.\n");
	fixture_close(&f);
	desk_open(&s, 80, 40);
	desk_type(&s, "/help\r");
	CU_ASSERT(
	    desk_row_with(&s, " /help keys            lists the keys") > 0);
	/* What does not fit begins below the text, not below the command. */
	CU_ASSERT(
	    desk_row_with(&s, "                       opens another room") > 0);
	CU_ASSERT(desk_row_with(&s, " /join ROOM [at BOOTNODE] [as NAME]") > 0);
	desk_type(&s, "/help keys\r");
	CU_ASSERT(
	    desk_row_with(&s,
		" Enter, Alt-Enter          send the line; start a new line") >
	    0);
	CU_ASSERT(
	    desk_row_with(&s,
		" Ctrl-C, Ctrl-D            empty the line; delete; on") > 0);
	for (const struct key_help *k = s.f.ui->view->key_help; k->keys != NULL;
	     k++) {
		CU_ASSERT(strlen(k->keys) <= 25);
		CU_ASSERT(26 + strlen(k->what) <= 79);
	}
	desk_close(&s);
}

void
help_suite(void)
{
	CU_pSuite s = CU_add_suite("help", NULL, NULL);

	CU_add_test(s, "the list", test_list);
	CU_add_test(s, "one command", test_one);
	CU_add_test(s, "each command", test_each);
	CU_add_test(s, "the keys", test_keys);
}
