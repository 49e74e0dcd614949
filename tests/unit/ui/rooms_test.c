/*
 * Tests of ui with two rooms: each has its own people and texts, and the
 * process ends when all are left.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/leave.h"
#include "ui/receipts.h"
#include "ui/say.h"

#include <CUnit/CUnit.h>

#include <string.h>

void rooms_suite(void);

#define E "12:34:56 * "

/* The other room is number 3; cryptod is the end of its channel. */
struct two {
	struct fixture f;
	struct room *first;
	struct room *other;
	struct ipc_channel cryptod;
};

static void
open_two(struct two *t)
{
	fixture_open(&t->f, MODE_CLIENT, UI_PLAIN);
	t->first = t->f.room;
	t->other = fixture_open_room(&t->f, 3, "other", &t->cryptod);
}

static void
close_two(struct two *t)
{
	t->f.room = t->first;
	fixture_shut(t->other, &t->cryptod);
	fixture_close(&t->f);
}

/* What follows is a message of this room's. */
static void
turn_to(struct two *t, struct room *room)
{
	t->f.room = room;
}

static enum ipc_type
next(struct ipc_channel *ch)
{
	struct ipc_message_in in;

	return ipc_receive(ch, &in) == IPC_GOT ? in.type : IPC_NONE;
}

/* The same place in the table is another person in the other room. */
static void
test_people(void)
{
	struct two t;

	open_two(&t);
	CU_ASSERT_EQUAL(fixture_tell_peer(&t.f, 1, PEER_CONNECTED, "bob"), 0);
	turn_to(&t, t.other);
	CU_ASSERT_EQUAL(fixture_tell_peer(&t.f, 1, PEER_CONNECTED, "eve"), 0);
	CU_ASSERT_STRING_EQUAL(model_peer(&t.first->model, 0x1001)->shown,
	    "bob");
	CU_ASSERT_STRING_EQUAL(model_peer(&t.other->model, 0x1001)->shown,
	    "eve");
	close_two(&t);
}

/* A line goes to the room in front, and its number is one of that room. */
static void
test_says_in_front(void)
{
	struct two t;

	open_two(&t);
	t.f.ui->front = t.other;
	fixture_type(&t.f, "here\n");
	CU_ASSERT_EQUAL(next(&t.cryptod), IPC_SAY);
	CU_ASSERT_EQUAL(next(&t.f.cryptod), IPC_NONE);
	t.f.ui->front = t.first;
	fixture_type(&t.f, "there\n");
	fixture_expect_say(&t.f, 1, "there");
	CU_ASSERT_EQUAL(next(&t.cryptod), IPC_NONE);
	close_two(&t);
}

/* The receipt goes to the cryptod that the text came from. */
static void
test_receipts(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct two t;

	open_two(&t);
	turn_to(&t, t.other);
	CU_ASSERT_EQUAL(fixture_tell_peer(&t.f, 1, PEER_CONNECTED, "eve"), 0);
	CU_ASSERT_EQUAL(fixture_tell(&t.f, IPC_MESSAGE, &m, "hi", 2), 0);
	fixture_output(&t.f);
	ui_work(t.f.ui);
	CU_ASSERT_EQUAL(next(&t.cryptod), IPC_RECEIPT);
	CU_ASSERT_EQUAL(next(&t.f.cryptod), IPC_NONE);
	close_two(&t);
}

/* The process says goodbye once both rooms have. */
static void
test_quit(void)
{
	struct two t;

	open_two(&t);
	ui_quit(t.f.ui);
	CU_ASSERT_EQUAL(next(&t.f.cryptod), IPC_QUIT);
	CU_ASSERT_EQUAL(next(&t.cryptod), IPC_QUIT);
	ui_goodbye(t.other);
	CU_ASSERT_EQUAL(t.f.ui->phase, UI_QUITTING);
	fixture_expect(&t.f, "");
	ui_goodbye(t.first);
	CU_ASSERT_EQUAL(t.f.ui->phase, UI_FLUSHING);
	fixture_expect(&t.f, E "bye\n");
	close_two(&t);
}

/* A room whose cryptod does not answer holds nothing up for ever. */
static void
test_quit_late(void)
{
	struct two t;

	open_two(&t);
	ui_quit(t.f.ui);
	ui_goodbye(t.first);
	t.f.ui->now += UI_GOODBYE_TIME;
	ui_work(t.f.ui);
	CU_ASSERT_EQUAL(t.f.ui->phase, UI_FLUSHING);
	CU_ASSERT_EQUAL(t.other->phase, ROOM_LEFT);
	close_two(&t);
}

/* The death of one cryptod is told of its room alone. */
static void
test_death(void)
{
	struct two t;

	open_two(&t);
	CU_ASSERT_EQUAL(fixture_tell_peer(&t.f, 1, PEER_CONNECTED, "bob"), 0);
	turn_to(&t, t.other);
	CU_ASSERT_EQUAL(fixture_tell_peer(&t.f, 1, PEER_CONNECTED, "eve"), 0);
	ui_cryptod_gone(t.other);
	CU_ASSERT_EQUAL(t.first->return_by, CLOCK_NEVER);
	CU_ASSERT_EQUAL(t.other->return_by, t.f.ui->now + UI_RETURN_TIME);
	CU_ASSERT_PTR_NOT_NULL(model_peer(&t.first->model, 0x1001));
	CU_ASSERT_PTR_NULL(model_peer(&t.other->model, 0x1001));
	CU_ASSERT_EQUAL(t.f.ui->phase, UI_RUNNING);
	close_two(&t);
}

/* The input has ended, and texts of one room are still on their way. */
static void
test_drains(void)
{
	struct two t;

	open_two(&t);
	fixture_tell_bootnode(&t.f, BOOT_JOINED);
	t.f.ui->front = t.other;
	fixture_type(&t.f, "last\n");
	fixture_end_input(&t.f);
	ui_work(t.f.ui);
	CU_ASSERT_EQUAL(t.f.ui->phase, UI_DRAINING);
	turn_to(&t, t.other);
	CU_ASSERT_EQUAL(fixture_tell_sent(&t.f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&t.f, 1, 1), 0);
	ui_work(t.f.ui);
	CU_ASSERT_EQUAL(t.f.ui->phase, UI_QUITTING);
	close_two(&t);
}

void
rooms_suite(void)
{
	CU_pSuite s = CU_add_suite("rooms", NULL, NULL);

	CU_add_test(s, "people", test_people);
	CU_add_test(s, "texts for the one in front", test_says_in_front);
	CU_add_test(s, "receipts", test_receipts);
	CU_add_test(s, "the end of all", test_quit);
	CU_add_test(s, "one does not say goodbye", test_quit_late);
	CU_add_test(s, "the death of one cryptod", test_death);
	CU_add_test(s, "the end of the input", test_drains);
}
