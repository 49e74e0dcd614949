/*
 * Tab in the input line: which names and commands there are to choose from, and
 * what begins another choice. complete_test.c has what is made of a text.
 */
#include "tests/unit/ui/tui/places.h"

#include "ui/tui/query.h"

#include <CUnit/CUnit.h>

#include <string.h>

void tab_suite(void);

#define SHIFT_TAB "\033[Z"

static void
expect_typed(struct desk *s, const char *keys, const char *text)
{
	desk_type(s, keys);
	fixture_expect_typed(&s->f, text);
}

/* bob and carl, who has just said something, and one without a name. */
static void
open_room(struct desk *s)
{
	struct ipc_message m = { .handle = 0x1002, .seq = 1 };

	desk_open(s, 80, 24);
	desk_meet_bob(s);
	CU_ASSERT_EQUAL(fixture_tell_peer(&s->f, 2, PEER_CONNECTED, "carl"), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&s->f, 3, PEER_CONNECTING, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell(&s->f, IPC_MESSAGE, &m, "hello", 5), 0);
}

/* Who spoke last comes first; nobody is offered who told no name. */
static void
test_names(void)
{
	struct desk s;

	open_room(&s);
	expect_typed(&s, "\t", "carl: ");
	expect_typed(&s, "\t", "bob: ");
	expect_typed(&s, "\t", "carl: ");
	expect_typed(&s, SHIFT_TAB, "bob: ");
	desk_hear(&s, 1, 0, "me, too", 7);
	expect_typed(&s, "\025", "");
	expect_typed(&s, SHIFT_TAB, "carl: ");
	expect_typed(&s, SHIFT_TAB, "bob: ");
	desk_close(&s);
}

/* Any other key begins another choice, where the cursor is. */
static void
test_again(void)
{
	struct desk s;

	open_room(&s);
	expect_typed(&s, "\t", "carl: ");
	expect_typed(&s, "b", "carl: b");
	expect_typed(&s, "\t", "carl: bob ");
	expect_typed(&s, "\001", "carl: bob ");
	expect_typed(&s, "c", "ccarl: bob ");
	expect_typed(&s, "\t", "carl: carl: bob ");
	expect_typed(&s, "!", "carl: !carl: bob ");
	/* Nothing fits, and nothing changes. */
	expect_typed(&s, "\t", "carl: !carl: bob ");
	desk_close(&s);
}

static void
test_commands(void)
{
	struct desk s;

	open_room(&s);
	expect_typed(&s, "/verif", "/verif");
	expect_typed(&s, "\t", "/verify ");
	expect_typed(&s, "b", "/verify b");
	expect_typed(&s, "\t", "/verify bob ");
	expect_typed(&s, "\025/qui", "/qui");
	expect_typed(&s, "\t", "/quit ");
	/* The commands that are the tui's alone, too. */
	expect_typed(&s, "\025/sea", "/sea");
	expect_typed(&s, "\t", "/search ");
	desk_close(&s);
}

/* Rooms in the order of their places; behind /room, conversations as well. A
 * person who is called like a room is not offered: /room turns to the room. */
static void
test_rooms(void)
{
	struct places p;

	places_open(&p, 80, 24);
	desk_meet_bob(&p.desk);
	CU_ASSERT_TRUE(tui_query(p.first, model_peer(&p.first->model, 0x1001)));
	tui_turn(p.first->pane);
	expect_typed(&p.desk, "/room ", "/room ");
	expect_typed(&p.desk, "\t", "/room \"r\\\"om\" ");
	expect_typed(&p.desk, "\t", "/room kitchen ");
	expect_typed(&p.desk, "\t", "/room bob ");
	expect_typed(&p.desk, "\t", "/room \"r\\\"om\" ");
	strcpy(p.other->handle, "bob");
	expect_typed(&p.desk, "\025/room b", "/room b");
	expect_typed(&p.desk, "\t", "/room bob ");
	expect_typed(&p.desk, "\t", "/room bob ");
	expect_typed(&p.desk, "\025/part ", "/part ");
	expect_typed(&p.desk, "\t", "/part \"r\\\"om\" ");
	expect_typed(&p.desk, "\t", "/part bob ");
	expect_typed(&p.desk, "\t", "/part \"r\\\"om\" ");
	strcpy(p.other->handle, "r\"om at c:1");
	expect_typed(&p.desk, "\025/part r", "/part r");
	expect_typed(&p.desk, "\t", "/part \"r\\\"om\" ");
	expect_typed(&p.desk, "\t", "/part \"r\\\"om at c:1\" ");
	/* A room that is not known yet has no name. */
	p.other->handle[0] = '\0';
	expect_typed(&p.desk, "\025/part ", "/part ");
	expect_typed(&p.desk, "\t", "/part \"r\\\"om\" ");
	expect_typed(&p.desk, "\t", "/part \"r\\\"om\" ");
	places_close(&p);
}

void
tab_suite(void)
{
	CU_pSuite s = CU_add_suite("tab", NULL, NULL);

	CU_add_test(s, "names", test_names);
	CU_add_test(s, "another choice", test_again);
	CU_add_test(s, "commands", test_commands);
	CU_add_test(s, "rooms", test_rooms);
}
