/*
 * The others in the room, in the tui: how the list shows each, and which ones
 * Tab completes to; and nothing is shown while the tui is suspended.
 */
#include "tests/unit/ui/tui/desk.h"

#include <CUnit/CUnit.h>

#include <string.h>

void peerlist_suite(void);

static bool
row_has(struct desk *s, unsigned int row, const char *text)
{
	return strstr(vt_row(&s->vt, row), text) != NULL;
}

/* The list says it in words where it is wide, and in short where it is not. */
static void
test_states(void)
{
	struct desk s;

	desk_open(&s, 120, 24);
	desk_meet_bob(&s);
	CU_ASSERT(fixture_tell_peer(&s.f, 2, PEER_CONNECTING, NULL) == 0);
	CU_ASSERT(fixture_tell_peer(&s.f, 3, PEER_FAILED, NULL) == 0);
	desk_show(&s);
	CU_ASSERT_TRUE(row_has(&s, 1, " bob "));
	CU_ASSERT_TRUE(row_has(&s, 1, " direct   12ms"));
	CU_ASSERT_TRUE(row_has(&s, 2, " connecting"));
	CU_ASSERT_TRUE(row_has(&s, 3, " no path"));
	desk_resize(&s, 70, 24);
	CU_ASSERT_TRUE(row_has(&s, 1, " direct"));
	CU_ASSERT_FALSE(row_has(&s, 1, "12ms"));
	CU_ASSERT_TRUE(row_has(&s, 2, " connects"));
	CU_ASSERT_TRUE(row_has(&s, 3, " no path"));
	CU_ASSERT_EQUAL(desk_row_with(&s, "connecting"), -1);
	desk_close(&s);
}

static void
hear_from(struct desk *s, uint32_t n, uint64_t seq)
{
	struct ipc_message m = { .handle = 0x1000 | n, .seq = seq };

	CU_ASSERT_EQUAL(fixture_tell(&s->f, IPC_MESSAGE, &m, "hi", 2), 0);
	desk_show(s);
}

/* Of the names that begin this way, the one that spoke last comes first. */
static void
test_who_spoke(void)
{
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	CU_ASSERT(fixture_tell_peer(&s.f, 2, PEER_CONNECTED, "bert") == 0);
	for (uint64_t seq = 1; seq <= 2; seq++) {
		hear_from(&s, 1, seq);
		desk_type(&s, "b\t");
		fixture_expect_typed(&s.f, "bob: ");
		desk_type(&s, "\x15"); /* Ctrl-U empties the line */
		hear_from(&s, 2, seq);
		desk_type(&s, "b\t");
		fixture_expect_typed(&s.f, "bert: ");
		desk_type(&s, "\x15");
	}
	desk_close(&s);
}

/* While the tui is suspended the screen is another's: the rest of a frame does
 * not go there, and nobody is told that it was shown. */
static void
test_suspended(void)
{
	struct ipc_message_in in;
	const char *bytes;
	struct desk s;

	desk_open(&s, 80, 24);
	desk_meet_bob(&s);
	desk_show(&s);
	desk_drain(&s);
	desk_hear(&s, 1, 0, "unseen", 6);
	s.f.ui->now += TUI_FRAME_TIME;
	ui_work(s.f.ui);
	CU_ASSERT_TRUE(output_pending(&s.f.ui->out));
	tui_suspend(s.f.ui);
	CU_ASSERT_FALSE(output_pending(&s.f.ui->out));
	desk_hear(&s, 2, 0, "neither", 7);
	s.f.ui->now += USEC_PER_SEC;
	ui_work(s.f.ui);
	fixture_expect(&s.f, "");
	CU_ASSERT_EQUAL(fixture_next(&s.f, &in), IPC_NONE);
	tui_resume(s.f.ui);
	ui_work(s.f.ui);
	bytes = fixture_output(&s.f);
	vt_write(&s.vt, bytes, strlen(bytes));
	desk_show(&s);
	CU_ASSERT(desk_row_with(&s, "unseen") != -1);
	ui_work(s.f.ui);
	fixture_expect_next(&s.f, IPC_RECEIPT);
	desk_close(&s);
}

void
peerlist_suite(void)
{
	CU_pSuite suite = CU_add_suite("peerlist", NULL, NULL);

	CU_add_test(suite, "states of peers", test_states);
	CU_add_test(suite, "who spoke last", test_who_spoke);
	CU_add_test(suite, "suspended", test_suspended);
}
