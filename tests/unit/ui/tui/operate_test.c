/*
 * The keys of a bootnode's screen: commands that are typed, the list of their
 * answers, and letters that order nothing.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void operate_suite(void);

#define ROWS   24
#define BOTTOM (ROWS - 1)

static void
open_bootnode(struct desk *s)
{
	struct ipc_stats stats = { .uptime_ms = 1000 };

	fixture_open(&s->f, MODE_BOOTNODE, UI_TUI);
	vt_open(&s->vt, 80, ROWS);
	CU_ASSERT_EQUAL(fixture_tell(&s->f, IPC_STATS_SHOW, &stats, NULL, 0),
	    0);
	desk_show(s);
}

/* netd answers the question that cryptod has got. */
static void
answer(struct desk *s, enum operate what, uint32_t count)
{
	static const struct ipc_operated_entry entries[OPERATED_MAX];
	struct ipc_operated body = { .what = (uint8_t)what, .count = count };
	struct ipc_message_in in;
	enum ipc_type type;

	while ((type = fixture_next(&s->f, &in)) == IPC_STATUS_ASK)
		;
	CU_ASSERT_EQUAL_FATAL(type, IPC_OPERATE);
	CU_ASSERT_EQUAL(((const struct ipc_operate *)in.body)->what, what);
	body.ticket = ((const struct ipc_operate *)in.body)->ticket;
	CU_ASSERT_EQUAL(fixture_tell(&s->f, IPC_OPERATED, &body, entries,
			    what == OPERATE_SESSIONS
				? count * sizeof(entries[0])
				: 0),
	    0);
	desk_show(s);
}

static bool
nothing_asked(struct desk *s)
{
	struct ipc_message_in in;
	enum ipc_type type;

	while ((type = fixture_next(&s->f, &in)) == IPC_STATUS_ASK)
		;
	return type == IPC_NONE;
}

/* It is typed after a slash or a colon, and completed by Tab. The list then has
 * it with its answer, and Escape goes back. */
static void
test_command(void)
{
	static const char *const begun[] = { "/ki\t192.0.2.1",
		":ki\t192.0.2.1" };
	struct desk s;

	for (int i = 0; i < 2; i++) {
		open_bootnode(&s);
		desk_type(&s, begun[i]);
		CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, BOTTOM),
		    "> /kick 192.0.2.1");
		CU_ASSERT_TRUE(nothing_asked(&s));
		CU_ASSERT(desk_row_with(&s, " listening on") > 0);
		desk_type(&s, "\r");
		answer(&s, OPERATE_KICK_ADDRESS, 1);
		CU_ASSERT_EQUAL(desk_row_with(&s, " listening on"), -1);
		CU_ASSERT_EQUAL(desk_row_with(&s, " > /kick 192.0.2.1"),
		    BOTTOM - 2);
		CU_ASSERT_EQUAL(desk_row_with(&s,
				    " 1 session ended; the client may come"),
		    BOTTOM - 1);
		CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, BOTTOM),
		    " Escape shows the figures", 25);
		desk_type(&s, "\007");
		CU_ASSERT(desk_row_with(&s, " listening on") > 0);
		desk_close(&s);
	}
}

/* A command that is given up orders nothing, and is no reason to end. */
static void
test_given_up(void)
{
	static const char *const keys[] = { "\003", "\007",
		"\177\177\177\177\177\177\177" };
	struct desk s;

	open_bootnode(&s);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		desk_type(&s, "/reload");
		desk_type(&s, keys[i]);
		CU_ASSERT_NSTRING_EQUAL(vt_row(&s.vt, BOTTOM), " q ends it",
		    10);
	}
	CU_ASSERT_TRUE(nothing_asked(&s));
	desk_type(&s, "/qqy");
	CU_ASSERT_EQUAL(s.f.ui->phase, UI_RUNNING);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, BOTTOM), "> /qqy");
	desk_close(&s);
}

/* A letter alone orders nothing, and how to begin is said; nor does what is
 * pasted onto the figures. An address can be pasted into a command. */
static void
test_no_command(void)
{
	struct desk s;

	open_bootnode(&s);
	desk_type(&s, "k");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, BOTTOM),
	    " a command begins with /, and /help lists them");
	desk_type(&s, "\033[200~/reload\n\033[201~");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, BOTTOM),
	    " a command begins with /, and /help lists them");
	s.f.ui->now += USEC_PER_SEC;
	desk_type(&s, "/kick \033[200~2001:db8::1\033[201~");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, BOTTOM), "> /kick 2001:db8::1");
	s.f.ui->now += USEC_PER_SEC;
	desk_type(&s, "\033[200~\nreload\n\033[201~");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, BOTTOM), "> /kick 2001:db8::1");
	CU_ASSERT_TRUE(nothing_asked(&s));
	desk_close(&s);
}

/* One after the other: what is typed before the answer stays where it is. */
static void
test_busy(void)
{
	struct desk s;

	open_bootnode(&s);
	desk_type(&s, "/sessions\r/rooms\r");
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, BOTTOM), "> /rooms");
	answer(&s, OPERATE_SESSIONS, 0);
	CU_ASSERT_TRUE(nothing_asked(&s));
	desk_type(&s, "\r");
	CU_ASSERT_EQUAL(desk_row_with(&s, "> /rooms"), BOTTOM - 1);
	CU_ASSERT_FALSE(nothing_asked(&s));
	/* But to leave there is no wait. */
	desk_type(&s, "/quit\r");
	CU_ASSERT_EQUAL(s.f.ui->phase, UI_QUITTING);
	desk_close(&s);
}

/* A list that is longer than the screen can be scrolled, from the figures,
 * too. */
static void
test_scroll(void)
{
	struct desk s;

	open_bootnode(&s);
	desk_type(&s, "/sessions\r");
	answer(&s, OPERATE_SESSIONS, 60);
	CU_ASSERT_EQUAL(desk_row_with(&s, " 60 sessions"), BOTTOM - 1);
	CU_ASSERT_EQUAL(desk_row_with(&s, "> /sessions"), -1);
	desk_type(&s, "\033[5~\033[5~\033[5~");
	CU_ASSERT(desk_row_with(&s, "> /sessions") > 0);
	CU_ASSERT_EQUAL(desk_row_with(&s, " 60 sessions"), -1);
	desk_type(&s, "\007");
	CU_ASSERT(desk_row_with(&s, " listening on") > 0);
	desk_type(&s, "\033[5~");
	CU_ASSERT_EQUAL(desk_row_with(&s, " listening on"), -1);
	CU_ASSERT_EQUAL(desk_row_with(&s, " 60 sessions"), -1);
	desk_type(&s, "\033>");
	CU_ASSERT_EQUAL(desk_row_with(&s, " 60 sessions"), BOTTOM - 1);
	desk_close(&s);
}

/* The help has the keys of this screen, and not those of a client's. */
static void
test_help(void)
{
	struct desk s;

	open_bootnode(&s);
	desk_type(&s, "/help keys\r");
	desk_type(&s, "\033[5~\033[5~");
	CU_ASSERT(desk_row_with(&s, "begin a command; Enter obeys it") > 0);
	CU_ASSERT_EQUAL(desk_row_with(&s, "to the room of that number"), -1);
	desk_close(&s);
}

/* An operator sees from afar that nobody is let in. */
static void
test_draining(void)
{
	struct ipc_stats stats = { .uptime_ms = 1000,
		.sessions = 1,
		.rooms = 1,
		.draining = 1 };
	struct desk s;

	open_bootnode(&s);
	CU_ASSERT_EQUAL(fixture_tell(&s.f, IPC_STATS_SHOW, &stats, NULL, 0), 0);
	desk_show(&s);
	CU_ASSERT_STRING_EQUAL(vt_row(&s.vt, 0),
	    " bootnode up 1 s · 1 session in 1 room · draining");
	desk_close(&s);
}

void
operate_suite(void)
{
	CU_pSuite suite = CU_add_suite("operate", NULL, NULL);

	CU_add_test(suite, "a command", test_command);
	CU_add_test(suite, "given up", test_given_up);
	CU_add_test(suite, "no command", test_no_command);
	CU_add_test(suite, "one after the other", test_busy);
	CU_add_test(suite, "a long list", test_scroll);
	CU_add_test(suite, "help", test_help);
	CU_add_test(suite, "draining", test_draining);
}
