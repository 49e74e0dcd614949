/*
 * Rooms that move to another node of the fleet: their sessions are told, again
 * and again, and then ended; others are left alone.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

void move_suite(void);

static struct world *w;
static struct fake_node *node;

/* Two guests in each of so many rooms, all at home here, since the node does
 * not live yet. */
static void
begin(uint32_t rooms)
{
	w = world_fleet();
	/* Nobody has to send heartbeats. */
	w->bootnode->registry.timeout = 3600 * USEC_PER_SEC;
	node = world_node(w);
	node->lives = false;
	for (uint32_t i = 0; i < rooms; i++)
		for (uint32_t k = 0; k < 2; k++)
			CU_ASSERT_TRUE_FATAL(guest_enter(
			    guest_new(w, 2 * i + k, (char)('a' + i))));
	world_rounds(w, 1);
}

static void
pass(uint64_t time)
{
	for (uint64_t end = w->now + time; w->now < end;)
		world_until(w, w->now + 50 * USEC_PER_MSEC);
}

static bool
moves(uint32_t index)
{
	const struct guest *c = &w->clients[index];

	return homes_find(&w->bootnode->node->homes, &c->tag, NULL) !=
	    w->bootnode->node->self.id;
}

static bool
is_here(uint32_t index)
{
	return registry_find(&w->bootnode->registry,
		   w->clients[index].session) != NULL;
}

/* The node comes. */
static void
come(void)
{
	node->lives = true;
	world_rounds(w, 1);
}

/* Each session of a room that has another home is told five times where that
 * is, and then ended; no other one is. */
static void
test_moves(void)
{
	unsigned int moved = 0;

	begin(12);
	come();
	pass(10 * USEC_PER_SEC);
	for (uint32_t i = 0; i < 24; i++) {
		const struct guest *c = &w->clients[i];

		CU_ASSERT_EQUAL(is_here(i), !moves(i));
		CU_ASSERT_EQUAL(c->moves, moves(i) ? MOVE_TIMES : 0);
		/* None hears that another has left. */
		CU_ASSERT_EQUAL(c->left_graceful + c->left_timeout, 0);
		moved += moves(i);
		if (!moves(i))
			continue;
		CU_ASSERT_EQUAL(c->move.count, 1);
		CU_ASSERT_TRUE(
		    addr_equal(&c->move.addrs[0], &node->record.addrs[0]));
	}
	CU_ASSERT(moved > 0 && moved < 24);
	CU_ASSERT_EQUAL(w->bootnode->stats.fleet_moved, moved);
	CU_ASSERT_EQUAL(w->bootnode->stats.fleet_foreign, moved / 2);
	pass(20 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->stats.fleet_foreign, 0);
	world_free(w);
}

/* A client that has the WELCOME of the new home leaves: the others are not
 * told. When all have gone, so has the room. */
static void
test_leave(void)
{
	uint32_t i = 0;

	begin(12);
	come();
	while (!moves(i))
		i += 2;
	pass(100 * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(w->clients[i].moves, 1);
	guest_send(&w->clients[i], WIRE_LEAVE);
	CU_ASSERT_FALSE(is_here(i));
	pass(2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->clients[i].moves, 1);
	CU_ASSERT_EQUAL(w->clients[i + 1].moves, 3);
	CU_ASSERT_EQUAL(w->clients[i + 1].left_graceful, 0);
	guest_send(&w->clients[i + 1], WIRE_LEAVE);
	CU_ASSERT_PTR_NULL(
	    registry_room_find(&w->bootnode->registry, &w->clients[i].tag));
	pass(20 * USEC_PER_SEC);
	world_free(w);
}

/* The new home goes before the move is over: the rooms stay. */
static void
test_back(void)
{
	begin(12);
	come();
	pass(USEC_PER_SEC);
	/* As if it had gone: the view is what counts. */
	w->bootnode->node->view.nodes[1].lives = false;
	node_drain(w->bootnode, w->now, true);
	node_drain(w->bootnode, w->now, false);
	node->lives = false;
	pass(10 * USEC_PER_SEC);
	for (uint32_t i = 0; i < 24; i++)
		CU_ASSERT_TRUE(is_here(i));
	CU_ASSERT_FALSE(
	    registry_room_find(&w->bootnode->registry, &w->clients[0].tag)
		->moves);
	world_free(w);
}

/* Who cannot reach the home of its room is asked to try again soon, and then
 * less and less often; and stays. */
static void
test_skipped(void)
{
	struct guest *c;

	begin(0);
	come();
	c = guest_new(w, 0, 'a');
	while (!moves(0))
		c->tag.bytes[0]++;
	c->skips =
	    (struct node_skips){ { homes_name(node->record.id) }, 1, { 0 } };
	CU_ASSERT_TRUE(guest_enter(c));
	pass(REMIND_FIRST - USEC_PER_SEC);
	CU_ASSERT_EQUAL(c->moves, 0);
	pass(2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(c->moves, 1);
	pass(20 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(c->moves, 2);
	/* The third, and that of all rooms. */
	pass(40 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(c->moves, 4);
	pass(125 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(c->moves, 6);
	CU_ASSERT_TRUE(is_here(0));
	CU_ASSERT_EQUAL(w->bootnode->stats.fleet_foreign, 1);
	world_free(w);
}

/* A room whose home changes, with one that had skipped another home: that one
 * stays, and hears of the others. */
static void
test_mixed(void)
{
	struct guest *c;
	uint32_t i = 0;

	begin(12); /* which of these rooms is one that moves? */
	come();
	while (!moves(i))
		i += 2;
	world_free(w);
	begin(12);
	c = guest_new(w, 100, (char)('a' + i / 2));
	CU_ASSERT_TRUE(guest_enter(c));
	registry_find(&w->bootnode->registry, c->session)->skipped = true;
	come();
	pass(10 * USEC_PER_SEC);
	CU_ASSERT_TRUE(is_here(100));
	CU_ASSERT_FALSE(is_here(i));
	CU_ASSERT_EQUAL(c->left_timeout, 2);
	world_free(w);
}

/* Rooms are sent away no faster than a second's worth each second. */
static void
test_rate(void)
{
	uint64_t before;

	begin(100);
	come();
	pass(50 * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(w->bootnode->node->moves.rate, MOVES_SLOWEST);
	before = w->bootnode->stats.fleet_moved;
	pass(500 * USEC_PER_MSEC);
	CU_ASSERT(w->bootnode->stats.fleet_moved - before <= 55);
	CU_ASSERT(w->bootnode->stats.fleet_moved - before >= 45);
	pass(10 * USEC_PER_SEC);
	for (uint32_t i = 0; i < 200; i++)
		CU_ASSERT_EQUAL(is_here(i), !moves(i));
	world_free(w);
}

static void
operate(enum operate what)
{
	const struct ipc_operate ask = { .what = (uint8_t)what };

	world_answer(w, IPC_NET_OPERATE, &ask, NULL, 0);
	world_run(w);
}

/* A node that drains says so, and sends everybody away, also those who could
 * not reach another node. */
static void
test_drain(void)
{
	begin(12);
	come();
	pass(10 * USEC_PER_SEC);
	CU_ASSERT(w->bootnode->registry.session_count > 0);
	TAILQ_FIRST(&w->bootnode->registry.heard)->skipped = true;
	operate(OPERATE_DRAIN);
	world_rounds(w, 1);
	CU_ASSERT_TRUE(w->fleet.own.drains);
	pass(8 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	CU_ASSERT_EQUAL(w->bootnode->registry.room_count, 0);
	/* It sends on who comes, and does not take him in. */
	CU_ASSERT_FALSE(guest_enter(&w->clients[0]));
	CU_ASSERT(w->clients[0].redirects > 0);
	operate(OPERATE_REFILL);
	world_rounds(w, 1);
	CU_ASSERT_FALSE(w->fleet.own.drains);
	world_free(w);
}

/* The others do not know at once that it drains: until they do, it serves its
 * rooms, which they would send back to it, and sends nobody away. */
static void
test_drain_notice(void)
{
	struct guest *c;

	begin(12);
	come();
	pass(10 * USEC_PER_SEC);
	c = guest_new(w, 100, 'a');
	while (moves(100))
		c->tag.bytes[0]++;
	operate(OPERATE_DRAIN);
	pass(DRAIN_NOTICE - 100 * USEC_PER_MSEC);
	CU_ASSERT_TRUE(w->fleet.own.drains);
	CU_ASSERT_TRUE(guest_enter(c));
	CU_ASSERT_EQUAL(c->moves, 0);
	pass(300 * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(c->moves, 1);
	CU_ASSERT_FALSE(guest_enter(c));
	CU_ASSERT_EQUAL(c->redirects, 1);
	world_free(w);
}

/* Before it ends, the launcher has the node drain: it is told when nobody is
 * here any more, and the others see no record. */
static void
test_leave_fleet(void)
{
	begin(12);
	come();
	pass(10 * USEC_PER_SEC);
	world_answer(w, IPC_DRAIN, NULL, NULL, 0);
	world_answer(w, IPC_DRAIN, NULL, NULL, 0); /* once more says nothing */
	pass(2 * USEC_PER_SEC);
	CU_ASSERT_TRUE(w->fleet.own.drains);
	CU_ASSERT_EQUAL(w->fleet.drained, 0);
	CU_ASSERT_FALSE(w->fleet.ended);
	pass(6 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->fleet.drained, 1);
	CU_ASSERT_EQUAL(w->fleet.alone, 0);
	CU_ASSERT_TRUE(w->fleet.ended);
	pass(10 * USEC_PER_SEC);
	CU_ASSERT_TRUE(w->fleet.ended);
	CU_ASSERT_FALSE(guest_enter(&w->clients[0]));
	CU_ASSERT(w->clients[0].redirects > 0);
	world_free(w);
}

/* The whole fleet ends: this node learns that the other one drains, too, when
 * it has begun itself. */
static void
test_leave_together(void)
{
	begin(12);
	come();
	pass(10 * USEC_PER_SEC);
	world_answer(w, IPC_DRAIN, NULL, NULL, 0);
	node->record.drains = true;
	pass(DRAIN_NOTICE + FLEET_RHYTHM);
	CU_ASSERT_EQUAL(w->fleet.drained, 1);
	CU_ASSERT_EQUAL(w->fleet.alone, 1);
	CU_ASSERT(w->bootnode->registry.session_count > 0);
	world_free(w);
}

/* It drains already, by its operator's order. */
static void
test_leave_drained(void)
{
	begin(12);
	come();
	operate(OPERATE_DRAIN);
	pass(20 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	world_answer(w, IPC_DRAIN, NULL, NULL, 0);
	world_until(w, w->now);
	bootnode_timer(w->bootnode, w->now);
	CU_ASSERT_EQUAL(w->fleet.drained, 1);
	CU_ASSERT_EQUAL(w->fleet.alone, 0);
	world_free(w);
}

/* Alone, or if the others drain, too, it says so at once. */
static void
test_leave_alone(void)
{
	begin(3);
	world_answer(w, IPC_DRAIN, NULL, NULL, 0);
	CU_ASSERT_EQUAL(w->fleet.drained, 1);
	CU_ASSERT_EQUAL(w->fleet.alone, 1);
	world_free(w);
	begin(3);
	node->record.drains = true;
	come();
	world_answer(w, IPC_DRAIN, NULL, NULL, 0);
	CU_ASSERT_EQUAL(w->fleet.drained, 1);
	CU_ASSERT_EQUAL(w->fleet.alone, 1);
	world_free(w);
}

/* There is nobody to send them to. */
static void
test_drain_alone(void)
{
	begin(3);
	operate(OPERATE_DRAIN);
	pass(10 * USEC_PER_SEC);
	for (uint32_t i = 0; i < 6; i++)
		CU_ASSERT_TRUE(is_here(i));
	CU_ASSERT_FALSE(guest_enter(guest_new(w, 100, 'x')));
	CU_ASSERT_EQUAL(w->clients[100].rejects, 1);
	world_free(w);
}

void
move_suite(void)
{
	CU_pSuite s = CU_add_suite("move", NULL, NULL);

	CU_ADD_TEST(s, test_moves);
	CU_ADD_TEST(s, test_leave);
	CU_ADD_TEST(s, test_back);
	CU_ADD_TEST(s, test_skipped);
	CU_ADD_TEST(s, test_mixed);
	CU_ADD_TEST(s, test_rate);
	CU_ADD_TEST(s, test_drain);
	CU_ADD_TEST(s, test_drain_alone);
	CU_ADD_TEST(s, test_drain_notice);
	CU_ADD_TEST(s, test_leave_fleet);
	CU_ADD_TEST(s, test_leave_drained);
	CU_ADD_TEST(s, test_leave_alone);
	CU_ADD_TEST(s, test_leave_together);
}
