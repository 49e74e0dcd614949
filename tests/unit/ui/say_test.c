/*
 * What the user says and asks (ui/say.c, ui/ask.c): what is refused, with the
 * reason, and that nothing of it goes to anybody then.
 */
#include "ui/ask.h"
#include "ui/say.h"

#include "tests/unit/ui/talk.h"

#include <CUnit/CUnit.h>

#include <string.h>

void say_suite(void);

#define E    TALK_ERROR
#define GONE E "that is not possible while cryptod is being restarted\n"

static const struct peer *
peer(struct fixture *f, uint32_t n)
{
	const struct peer *p = model_peer(&f->room->model, 0x1000 | n);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	return p;
}

static void
expect_refused(struct fixture *f, int result, const char *error)
{
	CU_ASSERT_EQUAL(result, -1);
	fixture_expect(f, error);
	ui_work(f->ui);
	fixture_expect_next(f, IPC_NONE);
}

/* At most 16384 bytes, whatever they are for. */
static void
test_length(void)
{
	static char text[TEXT_MAX + 1];
	struct fixture f;

	talk_open(&f);
	memset(text, 'x', sizeof(text));
	expect_refused(&f, ui_say_as(f.room, 0, NULL, text, TEXT_MAX + 1),
	    E "a text of 16385 bytes is over the limit of 16384; not sent\n");
	CU_ASSERT_EQUAL(ui_say_as(f.room, 0, NULL, text, TEXT_MAX), 0);
	ui_work(f.ui);
	fixture_expect_next(&f, IPC_SAY);
	fixture_close(&f);
}

/* To somebody whose key nobody knows nothing can go alone, nor to anybody while
 * nothing more is held. */
static void
test_refused(void)
{
	struct fixture f;

	talk_open(&f);
	expect_refused(&f, ui_say_as(f.room, 0, peer(&f, 3), "x", 1),
	    E "that person is not connected, so their key is not known yet; "
	      "not sent\n");
	f.room->said.held_bytes = SAID_HELD_BYTES;
	CU_ASSERT_FALSE(ui_takes_lines(f.room));
	expect_refused(&f, ui_say_as(f.room, 0, NULL, "x", 1),
	    E "too much is waiting to be sent; not sent\n");
	f.room->said.held_bytes--;
	CU_ASSERT_TRUE(ui_takes_lines(f.room));
	f.room->said.held_bytes = 0;
	fixture_close(&f);
	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	f.ui->terminal = true;
	expect_refused(&f, ui_say_as(f.room, 0, NULL, "x", 1),
	    E "a bootnode does not chat; not sent\n");
	fixture_close(&f);
}

/* Until we leave, and while there is room for what comes of it. */
static void
test_takes_lines(void)
{
	static char much[OUTPUT_MARK + 1];
	struct fixture f;

	talk_open(&f);
	CU_ASSERT_TRUE(ui_takes_lines(f.room));
	f.ui->phase = UI_DRAINING;
	CU_ASSERT_TRUE(ui_takes_lines(f.room));
	f.ui->phase = UI_QUITTING;
	CU_ASSERT_FALSE(ui_takes_lines(f.room));
	f.ui->phase = UI_RUNNING;
	output_put(&f.ui->out, much, OUTPUT_MARK);
	CU_ASSERT_TRUE(ui_takes_lines(f.room));
	output_put(&f.ui->out, much, 1);
	CU_ASSERT_FALSE(ui_takes_lines(f.room));
	output_drop(&f.ui->out);
	fixture_close(&f);
}

/* Only of others, and of those whose key is known. */
static void
test_ask(void)
{
	struct ipc_message_in in;
	struct fixture f;

	talk_open(&f);
	ui_ask_safety(f.room, peer(&f, 3));
	fixture_expect(&f,
	    E "peer-03ee0000000000000000000000000000 is not connected: its key "
	      "is not known\n");
	fixture_tell_place(&f, 4, FIXTURE_OWN_KEY, PEER_CONNECTED, "alice");
	fixture_output(&f);
	ui_set_verified(f.room, peer(&f, 4), true);
	fixture_expect(&f,
	    E "that is you, in another place with the same key\n");
	fixture_expect_next(&f, IPC_NONE);
	/* Who was connected is still known. */
	fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL);
	fixture_output(&f);
	ui_ask_safety(f.room, peer(&f, 1));
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAFETY_ASK);
	CU_ASSERT_EQUAL(((const struct ipc_peer *)in.body)->handle, 0x1001);
	fixture_expect(&f, "");
	fixture_close(&f);
}

/* While there is no cryptod, what is asked is refused, each by its line. */
static void
test_ask_nobody(void)
{
	const struct peer *bob;
	struct fixture f;

	talk_open(&f);
	bob = peer(&f, 1);
	ipc_close(&f.room->cryptod);
	ui_ask_safety(f.room, bob);
	fixture_expect(&f, GONE);
	ui_set_verified(f.room, bob, false);
	fixture_expect(&f, GONE);
	ui_ask_status(f.room);
	fixture_expect(&f, GONE);
	CU_ASSERT_FALSE(f.room->status_asked || f.room->status_wanted);
	ui_poll_status(f.room);
	fixture_expect(&f, "");
	CU_ASSERT_FALSE(f.room->status_asked);
	/* bob is on the way back, and nobody can be asked about him yet. */
	ui_cryptod_gone(f.room);
	fixture_output(&f);
	ui_ask_safety(f.room, bob);
	fixture_expect(&f, E "bob is not connected: its key is not known\n");
	fixture_close(&f);
}

/* Figures that are kept fresh are no answer to the user, until one asks. */
static void
test_ask_status(void)
{
	struct fixture f;

	talk_open(&f);
	ui_poll_status(f.room);
	fixture_expect_next(&f, IPC_STATUS_ASK);
	CU_ASSERT_TRUE(f.room->status_asked && !f.room->status_wanted);
	ui_poll_status(f.room);
	ui_ask_status(f.room);
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_TRUE(f.room->status_wanted);
	fixture_close(&f);
}

void
say_suite(void)
{
	CU_pSuite s = CU_add_suite("say", NULL, NULL);

	CU_add_test(s, "how long a text is", test_length);
	CU_add_test(s, "what is refused", test_refused);
	CU_add_test(s, "when lines are taken", test_takes_lines);
	CU_add_test(s, "about whom is asked", test_ask);
	CU_add_test(s, "nobody to ask", test_ask_nobody);
	CU_add_test(s, "a status", test_ask_status);
}
