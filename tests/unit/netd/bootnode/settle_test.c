/*
 * How long a bootnode says that its rooms have yet to settle: after a start
 * with a key that clients know, and after its network was away.
 */
#include "tests/unit/netd/bootnode/fake.h"

#include <CUnit/CUnit.h>

void bootnode_settle_suite(void);

static void
pass(struct world *w, uint64_t time)
{
	world_until(w, w->now + time);
}

static void
check_joins(struct world *w, uint32_t index, uint32_t settle_ms)
{
	struct guest *c = guest_new(w, index, 'x');

	CU_ASSERT_TRUE(guest_enter(c));
	CU_ASSERT_EQUAL(c->welcome.settle_ms, settle_ms);
}

static void
test_start(void)
{
	struct world *w = world_new(256, 64);

	/* Nobody can have been here before the key was made. */
	check_joins(w, 0, 0);
	world_again(w);
	check_joins(w, 1, 15000);
	pass(w, 6 * USEC_PER_SEC);
	check_joins(w, 2, 9000);
	pass(w, 9 * USEC_PER_SEC - 1);
	check_joins(w, 3, 1);
	pass(w, 1);
	check_joins(w, 4, 0);
	world_free(w);
}

/* All time out at once, and come back after an hour. */
static void
test_deserted(void)
{
	struct world *w = world_new(256, 64);

	check_joins(w, 0, 0);
	check_joins(w, 1, 0);
	pass(w, 3600 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->stats.sessions, 0);
	check_joins(w, 2, 15000);
	pass(w, 5 * USEC_PER_SEC);
	check_joins(w, 3, 10000);
	world_free(w);
}

/* One of them times out or leaves: the others were here all the time. */
static void
test_not_deserted(void)
{
	struct world *w = world_new(256, 64);
	struct guest *stays = guest_entered(w, 0, 'y');

	check_joins(w, 1, 0);
	for (int i = 0; i < 10; i++) {
		pass(w, 5 * USEC_PER_SEC);
		guest_send(stays, WIRE_HEARTBEAT);
	}
	CU_ASSERT_EQUAL(w->stats.sessions, 1);
	check_joins(w, 2, 0);
	pass(w, 12 * USEC_PER_SEC);
	guest_send(stays, WIRE_HEARTBEAT);
	pass(w, 6 * USEC_PER_SEC);
	guest_send(stays, WIRE_LEAVE);
	pass(w, 20 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->stats.sessions, 0);
	check_joins(w, 3, 0);
	world_free(w);
}

static void
test_times(void)
{
	CU_ASSERT_EQUAL(bootmsg_settle_ms(15000, 10000), 15000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(60000, 10000), 15000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(3000, 1000), 3000);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(2, 1), 2);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(36000000, 3600000), SETTLE_MAX_MS);
	CU_ASSERT_EQUAL(bootmsg_settle_ms(UINT32_MAX, UINT32_MAX),
	    SETTLE_MAX_MS);
}

void
bootnode_settle_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode: rooms settle", NULL, NULL);

	CU_add_test(suite, "after a start", test_start);
	CU_add_test(suite, "all were silent", test_deserted);
	CU_add_test(suite, "not all were", test_not_deserted);
	CU_add_test(suite, "how long", test_times);
}
