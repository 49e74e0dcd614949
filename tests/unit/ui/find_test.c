/*
 * Who is called so (ui/find.c): by name or by the first digits of an id, here
 * or away, and never one of two.
 */
#include "ui/find.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>

void find_suite(void);

#define NOBODY	 0
#define TOO_MANY UINT32_MAX

static uint32_t
number(const struct peer *p, bool too_many)
{
	if (too_many)
		return TOO_MANY;
	return p != NULL ? p->id.bytes[0] : NOBODY;
}

/* The peer that the name means among those who are here, and if it means
 * nobody, also among those who may be back. */
static void
expect(struct fixture *f, const char *name, uint32_t present, uint32_t person)
{
	bool too_many = false;
	const struct peer *p = find_present(f->room, name, &too_many);

	CU_ASSERT_EQUAL(number(p, too_many), present);
	too_many = false;
	p = find_person(f->room, name, &too_many);
	CU_ASSERT_EQUAL(number(p, too_many), person);
}

static void
leave(struct fixture *f, uint32_t n, enum left_reason why)
{
	struct ipc_peer_state s = { .handle = 0x1000 | n,
		.state = PEER_LEFT,
		.left = (uint8_t)why,
		.id.bytes = { (uint8_t)n, 0xee } };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_PEER, &s, NULL, 0), 0);
}

static void
open_ready(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(f);
}

static void
test_names(void)
{
	struct fixture f;

	open_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "anna");
	fixture_tell_peer(&f, 3, PEER_CONNECTING, NULL);
	expect(&f, "bob", 1, 1);
	expect(&f, "anna", 2, 2);
	expect(&f, "Bob", NOBODY, NOBODY);
	expect(&f, "", NOBODY, NOBODY);
	expect(&f, "03ee0000", 3, 3);
	expect(&f, "01ee0000", 1, 1);
	expect(&f, "01ee000", NOBODY, NOBODY);
	expect(&f, "01ee00000", NOBODY, NOBODY);
	expect(&f, "01EE0000", NOBODY, NOBODY);
	fixture_close(&f);
}

/* Places of one key are one person: the one that is connected can be told. */
static void
test_places(void)
{
	struct fixture f;

	open_ready(&f);
	fixture_tell_place(&f, 1, 1, PEER_CONNECTED, "bob");
	fixture_tell_place(&f, 2, 1, PEER_CONNECTED, "bob");
	expect(&f, "bob", 1, 1);
	fixture_tell_place(&f, 1, 1, PEER_CONNECTING, NULL);
	expect(&f, "bob", 2, 2);
	fixture_tell_place(&f, 2, 1, PEER_FAILED, NULL);
	fixture_tell_place(&f, 1, 1, PEER_PATH, "bob");
	expect(&f, "bob", 1, 1);
	fixture_close(&f);
}

/* Somebody who is here comes before those who fell silent; who left for another
 * reason is not waited for. */
static void
test_away(void)
{
	struct fixture f;

	open_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "anna");
	leave(&f, 1, LEFT_SILENT);
	leave(&f, 2, LEFT_GOODBYE);
	expect(&f, "bob", NOBODY, 1);
	expect(&f, "01ee0000", NOBODY, 1);
	expect(&f, "anna", NOBODY, NOBODY);
	fixture_tell_peer(&f, 3, PEER_CONNECTED, "01ee0000");
	expect(&f, "01ee0000", 3, 3);
	fixture_close(&f);
}

static void
test_too_many(void)
{
	struct fixture f;

	open_ready(&f);
	fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob");
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "01ee0000");
	expect(&f, "01ee0000", TOO_MANY, TOO_MANY);
	fixture_tell_peer(&f, 2, PEER_CONNECTED, "carl");
	expect(&f, "01ee0000", 1, 1);
	fixture_close(&f);
}

void
find_suite(void)
{
	CU_pSuite s = CU_add_suite("find", NULL, NULL);

	CU_add_test(s, "names and ids", test_names);
	CU_add_test(s, "places", test_places);
	CU_add_test(s, "who is away", test_away);
	CU_add_test(s, "more than one", test_too_many);
}
