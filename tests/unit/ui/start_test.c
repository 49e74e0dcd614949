/*
 * The start of the ui process (ui/start.c): which view there is, and what the
 * user is told at first.
 */
#include "tests/unit/ui/trial.h"

#include "ui/tui/tui.h"

#include <CUnit/CUnit.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

void ui_start_suite(void);

#define E "12:34:56 ! "
#define ASCII                                                             \
	"the locale (LC_ALL, LC_CTYPE or LANG) is not UTF-8: characters " \
	"outside ASCII are shown as ? or <U+00E9>"

static struct ipc_config_ui
config(enum ui_kind kind)
{
	return (struct ipc_config_ui){
		.mode = MODE_CLIENT,
		.kind = (uint8_t)kind,
		.first_seq = 5,
		.nick_len = 5,
		.room_len = 4,
		.nick = "alice",
		.room = "room",
	};
}

static void
use_locale(const char *name)
{
	setenv("LC_ALL", name, 1);
}

static void
restore_locale(void)
{
	unsetenv("LC_ALL");
	setenv("LANG", "C.UTF-8", 1);
	setlocale(LC_CTYPE, "C.UTF-8");
}

static void
start(struct trial *t, struct ipc_config_ui c)
{
	trial_start(t, &c);
}

static void
test_views(void)
{
	struct trial t;

	use_locale("C.UTF-8");
	start(&t, config(UI_PLAIN));
	CU_ASSERT_PTR_EQUAL(t.p->ui.view, &view_plain);
	CU_ASSERT_FALSE(t.p->ui.ascii);
	CU_ASSERT_FALSE(t.p->ui.terminal);
	CU_ASSERT_EQUAL(t.p->ui.front->said.next, 5);
	CU_ASSERT_STRING_EQUAL(trial_output(&t), "");
	trial_expect(&t.launcher, IPC_NONE);
	trial_close(&t);
	start(&t, config(UI_JSON));
	CU_ASSERT_PTR_EQUAL(t.p->ui.view, &view_json);
	trial_close(&t);
	trial_open_tui(&t);
	CU_ASSERT_PTR_NOT_EQUAL(t.p->ui.view, &view_plain);
	CU_ASSERT_TRUE(t.p->ui.terminal);
	CU_ASSERT_EQUAL(t.p->ui.tui->terminal.colours, COLOURS_256);
	trial_close(&t);
	restore_locale();
}

/* A terminal that nothing can be drawn on is good for lines. */
static void
test_no_screen(void)
{
	struct trial t;

	use_locale("C.UTF-8");
	setenv("TERM", "dumb", 1);
	start(&t, config(UI_TUI));
	CU_ASSERT_PTR_NULL(t.p->ui.tui);
	CU_ASSERT_PTR_NULL(t.p->loop.waiting);
	CU_ASSERT_STRING_EQUAL(trial_output(&t),
	    E "the full screen is not possible, --ui plain is used: a terminal "
	      "of this TERM does not understand ECMA-48\n");
	trial_expect(&t.launcher, IPC_NONE);
	trial_close(&t);
	restore_locale();
}

/* Said once by each run of a client; programs always get UTF-8. */
static void
test_ascii(void)
{
	struct ipc_config_ui c = config(UI_PLAIN);
	struct trial t;

	use_locale("C");
	start(&t, c);
	CU_ASSERT_TRUE(t.p->ui.ascii);
	CU_ASSERT_STRING_EQUAL(trial_logged(), ASCII);
	CU_ASSERT_STRING_EQUAL(trial_output(&t), "");
	trial_close(&t);
	c.restarted = 1;
	start(&t, c);
	CU_ASSERT_TRUE(t.p->ui.ascii);
	CU_ASSERT_STRING_EQUAL(trial_logged(), "");
	trial_close(&t);
	c.restarted = 0;
	c.mode = MODE_BOOTNODE;
	start(&t, c);
	CU_ASSERT_TRUE(t.p->ui.ascii);
	CU_ASSERT_STRING_EQUAL(trial_logged(), "");
	trial_close(&t);
	start(&t, config(UI_JSON));
	CU_ASSERT_FALSE(t.p->ui.ascii);
	CU_ASSERT_STRING_EQUAL(trial_logged(), "");
	trial_close(&t);
	restore_locale();
}

/* A screen shows nothing of the log of its own process. */
static void
test_ascii_on_screen(void)
{
	const struct entry *last;
	struct trial t;

	use_locale("C.UTF-8");
	trial_open_tui(&t);
	CU_ASSERT_PTR_NULL(history_entry(&t.p->ui.front->pane->history,
	    t.p->ui.front->pane->history.next - 1));
	trial_close(&t);
	use_locale("C");
	trial_open_tui(&t);
	CU_ASSERT_STRING_EQUAL(trial_logged(), "");
	last = history_entry(&t.p->ui.front->pane->history,
	    t.p->ui.front->pane->history.next - 1);
	CU_ASSERT_FATAL(last != NULL);
	CU_ASSERT_EQUAL(last->kind, ENTRY_NOTICE);
	CU_ASSERT_EQUAL(strncmp(last->text, ASCII, strlen(ASCII)), 0);
	trial_close(&t);
	restore_locale();
}

/* What a ui before this one said nobody knows any more; a client's user hears
 * of the restart when all else is back. */
static void
test_restarted(void)
{
	struct ipc_config_ui c = config(UI_PLAIN);
	struct trial t;

	use_locale("C.UTF-8");
	start(&t, c);
	CU_ASSERT_FALSE(t.p->ui.outcome.unknown);
	trial_close(&t);
	c.restarted = 1;
	start(&t, c);
	CU_ASSERT_TRUE(t.p->ui.outcome.unknown);
	CU_ASSERT_STRING_EQUAL(trial_output(&t), "");
	trial_close(&t);
	c.mode = MODE_BOOTNODE;
	start(&t, c);
	CU_ASSERT_STRING_EQUAL(trial_output(&t),
	    E "ui ended and was restarted\n");
	trial_close(&t);
	c.restarted = 0;
	start(&t, c);
	CU_ASSERT_STRING_EQUAL(trial_output(&t), "");
	trial_close(&t);
	restore_locale();
}

void
ui_start_suite(void)
{
	CU_pSuite s = CU_add_suite("ui_start", NULL, NULL);

	CU_add_test(s, "views", test_views);
	CU_add_test(s, "a terminal without a screen", test_no_screen);
	CU_add_test(s, "a locale of ASCII", test_ascii);
	CU_add_test(s, "that, on a screen", test_ascii_on_screen);
	CU_add_test(s, "after a restart", test_restarted);
}
