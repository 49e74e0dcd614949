/*
 * A client's cryptod reads the bootnode's sealed packets: rosters that come in
 * pieces, in any order, while the room changes; events, and those that were
 * overtaken.
 */
#include "cryptod/client/members.h"

#include "tests/unit/cryptod/client/sealed_stage.h"

#include <CUnit/CUnit.h>

#include <string.h>

void roster_reader_suite(void);

static struct sealed_stage t;

static void
test_pieces(void)
{
	struct ipc_boot_version v;
	struct peer_id three = sealed_id(3);

	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, 0, 9, 0);
	sealed_joined(&t, 1);
	v = sealed_come(&t);
	CU_ASSERT_EQUAL(v.sync, SYNC_MISSING);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_MORE, 9, 1);
	sealed_joined(&t, 3);
	v = sealed_come(&t);
	CU_ASSERT_EQUAL(v.sync, SYNC_ON);
	CU_ASSERT_EQUAL(v.version, 9);
	CU_ASSERT_EQUAL(v.from, 9);
	CU_ASSERT_EQUAL(memcmp(&v.after, &three, sizeof(three)), 0);
	CU_ASSERT_FALSE(t.c.boot.up);
	/* The end of the roster comes, some changes later. */
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 12, 3);
	sealed_joined(&t, 5);
	v = sealed_come(&t);
	CU_ASSERT_EQUAL(v.sync, SYNC_NOTHING);
	CU_ASSERT_EQUAL(v.version, 9);
	CU_ASSERT_EQUAL(v.from, 0);
	CU_ASSERT_TRUE(t.c.boot.up);
	CU_ASSERT_TRUE(sealed_are(&t, "135"));
	sealed_close(&t);
}

/* One piece is lost, another comes too early, and one comes twice. */
static void
test_order(void)
{
	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, 0, 9,
	    1); /* nothing without the start */
	sealed_joined(&t, 2);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 0);
	CU_ASSERT_TRUE(sealed_are(&t, ""));
	sealed_head(&t, BOOTMSG_ROSTER, 0, 9, 0);
	sealed_joined(&t, 1);
	sealed_come(&t);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 3);
	sealed_joined(&t, 4);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 0);
	CU_ASSERT_FALSE(t.c.boot.up);
	sealed_head(&t, BOOTMSG_ROSTER, 0, 9, 0);
	sealed_joined(&t, 1);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 0);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_MORE, 9, 1);
	sealed_joined(&t, 1); /* follows no piece */
	CU_ASSERT_EQUAL(sealed_come(&t).version, 0);
	sealed_head(&t, BOOTMSG_ROSTER, 0, 9, 1);
	sealed_joined(&t, 3);
	CU_ASSERT_EQUAL(sealed_come(&t).sync, SYNC_MISSING);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 3);
	sealed_joined(&t, 4);
	CU_ASSERT_EQUAL(sealed_come(&t).sync, SYNC_NOTHING);
	CU_ASSERT_TRUE(sealed_are(&t, "134"));
	sealed_close(&t);
}

/* The room changes while its roster is read: an older piece is then ignored. */
static void
test_changes(void)
{
	struct ipc_boot_version v;

	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, 0, 9, 0);
	sealed_joined(&t, 1);
	sealed_joined(&t, 3);
	sealed_come(&t);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 10, 0);
	sealed_left(&t, 5);
	sealed_left(&t, 1);
	v = sealed_come(&t);
	CU_ASSERT_EQUAL(v.version, 11);
	CU_ASSERT_EQUAL(v.sync, SYNC_MISSING);
	CU_ASSERT_EQUAL(v.from, 9);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 3);
	sealed_joined(&t, 5); /* was a member at that time */
	CU_ASSERT_EQUAL(sealed_come(&t).version, 0);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 14, 0); /* 12 and 13 were lost */
	sealed_joined(&t, 8);
	sealed_come(&t);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 13, 3);
	sealed_joined(&t, 6);
	v = sealed_come(&t);
	CU_ASSERT_EQUAL(v.sync, SYNC_ON); /* asks for the lost events */
	CU_ASSERT_EQUAL(v.version, 11);
	CU_ASSERT_TRUE(sealed_are(&t, "36"));
	sealed_head(&t, BOOTMSG_EVENTS, BOOTMSG_MORE, 12, 0);
	sealed_joined(&t, 6);
	v = sealed_come(&t);
	CU_ASSERT_EQUAL(v.sync, SYNC_ON);
	CU_ASSERT_EQUAL(v.version, 12);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 13, 0);
	sealed_left(&t, 3);
	sealed_joined(&t, 8);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 14);
	CU_ASSERT_TRUE(sealed_are(&t, "68"));
	sealed_close(&t);
}

/* Versions that later events overtake count, and change nothing. */
static void
test_overtaken(void)
{
	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 9, 0);
	sealed_joined(&t, 1);
	sealed_come(&t);
	sealed_head(&t, BOOTMSG_EVENTS, 0, 8, 0);
	sealed_overtaken(&t, 5); /* 8 to 12 */
	sealed_joined(&t, 2);
	sealed_overtaken(&t, 65535);
	sealed_left(&t, 1);
	CU_ASSERT_EQUAL(sealed_come(&t).version, 13 + 65535 + 1);
	CU_ASSERT_TRUE(sealed_are(&t, "2"));
	sealed_close(&t);
}

/* A whole roster shows who has gone, also in a new session, whose versions are
 * lower. */
static void
test_gone(void)
{
	sealed_open(&t);
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 90, 0);
	sealed_joined(&t, 1);
	sealed_joined(&t, 2);
	sealed_come(&t);
	sealed_head(&t, BOOTMSG_ROSTER, 0, 95, 0);
	sealed_joined(&t, 2);
	sealed_come(&t);
	CU_ASSERT_TRUE(sealed_are(&t, "12"));
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 95, 2);
	sealed_come(&t); /* nobody is listed */
	CU_ASSERT_TRUE(sealed_are(&t, "2"));
	members_unseen(&t.c);
	t.c.boot.version = 0;
	sealed_head(&t, BOOTMSG_ROSTER, BOOTMSG_LAST, 1, 0);
	sealed_joined(&t, 3);
	sealed_come(&t);
	CU_ASSERT_TRUE(sealed_are(&t, "3"));
	sealed_close(&t);
}

void
roster_reader_suite(void)
{
	CU_pSuite suite = CU_add_suite("roster_reader", crypto_setup, NULL);

	CU_add_test(suite, "a roster in pieces", test_pieces);
	CU_add_test(suite, "pieces lost and twice", test_order);
	CU_add_test(suite, "changes meanwhile", test_changes);
	CU_add_test(suite, "overtaken", test_overtaken);
	CU_add_test(suite, "who has gone", test_gone);
}
