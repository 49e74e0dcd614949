/*
 * A bootnode that is a node of a fleet: its records, who lives, and where JOINs
 * are sent.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/parts.h"
#include "netd/bootnode/token.h"

#include <CUnit/CUnit.h>

void node_suite(void);

/* The home of a guest's room, as its bootnode sees it, without the nodes that
 * it cannot reach. */
static uint64_t
home(const struct guest *c)
{
	return homes_find(&c->world->bootnode->node->homes, &c->tag, &c->skips);
}

/* The guest cannot reach the home either. */
static void
skip_home(struct guest *c)
{
	const uint64_t id = home(c);

	c->skips.names[c->skips.count++] = homes_name(id);
}

/* Makes a client of a room whose home this is. */
static struct guest *
guest_at(struct world *w, uint32_t index, uint64_t id)
{
	struct guest *c = guest_new(w, index, 'a');

	for (unsigned int i = 0; i < 256; i++) {
		c->tag.bytes[0] = (uint8_t)i;
		if (home(c) == id)
			return c;
	}
	CU_FAIL_FATAL("no room is at home there");
	return c;
}

static uint64_t
self(const struct world *w)
{
	return w->bootnode->node->self.id;
}

static size_t
living(const struct world *w)
{
	return fleet_view_living(&w->bootnode->node->view);
}

/* A record every two seconds, each newer than the last, with what there is. */
static void
test_records(void)
{
	struct world *w = world_fleet();
	const uint64_t first = w->fleet.own.sequence;

	world_rounds(w, 1);
	CU_ASSERT_EQUAL(w->fleet.own.incarnation, 1000);
	CU_ASSERT_EQUAL(w->fleet.own.capacity, w->config.max_sessions);
	CU_ASSERT_EQUAL(w->fleet.own.sessions, 0);
	CU_ASSERT_FALSE(w->fleet.own.drains);
	CU_ASSERT_EQUAL(w->fleet.own.count, 1);
	CU_ASSERT_STRING_EQUAL(w->fleet.own.version, GOCHAT_VERSION);
	guest_entered(w, 0, 'x');
	world_rounds(w, 5);
	CU_ASSERT_EQUAL(w->fleet.own.sessions, 1);
	CU_ASSERT_EQUAL(w->fleet.own.rooms, 1);
	CU_ASSERT_EQUAL(w->fleet.own.sequence - first, 6);
	CU_ASSERT_EQUAL(w->now - FAKE_START, 6 * FLEET_RHYTHM);
	world_free(w);
}

/* Without a fleet, there is nothing of all this. */
static void
test_no_fleet(void)
{
	struct world *w = world_new(256, 64);

	world_until(w, w->now + 60 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->told[IPC_FLEET_SEAL], 0);
	CU_ASSERT_PTR_NULL(w->bootnode->node);
	world_free(w);
}

/* Before it knows the others, a node lets nobody in: but not for long. */
static void
test_start(void)
{
	struct world *w = world_fleet();
	struct guest *c = guest_new(w, 0, 'x');

	CU_ASSERT_TRUE(guest_enter(c)); /* the first round was at once */
	world_free(w);
	w = world_fleet();
	w->bootnode->node->ready = false;
	w->fleet.away = true;
	c = guest_new(w, 0, 'x');
	CU_ASSERT_FALSE(guest_enter(c));
	world_until(w, w->now + FLEET_START);
	CU_ASSERT_TRUE(guest_enter(c));
	world_free(w);
}

static void
check_redirected(struct guest *c, const struct fake_node *node)
{
	const unsigned int redirects = c->redirects;
	const uint32_t sessions = c->world->bootnode->registry.session_count;

	CU_ASSERT_FALSE(guest_enter(c));
	CU_ASSERT_EQUAL(c->redirects, redirects + 1);
	CU_ASSERT_EQUAL(c->redirect.count, 1);
	CU_ASSERT_TRUE(
	    addr_equal(&c->redirect.addrs[0], &node->record.addrs[0]));
	CU_ASSERT_TRUE(
	    token_valid(&c->redirect.token, fake_keys.fleet_token_key,
		&node->record, node->record.sequence, &c->addr));
	/* Nothing is left of it. */
	CU_ASSERT_EQUAL(c->world->bootnode->registry.session_count, sessions);
	CU_ASSERT_EQUAL(c->world->bootnode->registry.pending_count, 0);
}

/* Rooms that are at home here are served, the others sent home. */
static void
test_redirect(void)
{
	struct world *w = world_fleet();
	struct fake_node *node = world_node(w);
	struct guest *here, *there;

	world_rounds(w, 2);
	CU_ASSERT_EQUAL(living(w), 2);
	here = guest_at(w, 0, self(w));
	there = guest_at(w, 1, node->record.id);
	CU_ASSERT_TRUE(guest_enter(here));
	check_redirected(there, node);
	/* Its next JOIN is not taken for a copy. */
	check_redirected(there, node);
	CU_ASSERT_EQUAL(w->bootnode->stats.redirects, 2);
	CU_ASSERT_EQUAL(w->bootnode->stats.joins, 1);
	world_free(w);
}

/* A copy of a JOIN that was redirected is redirected, too; while it is being
 * answered, it is dropped. */
static void
test_redirect_again(void)
{
	struct world *w = world_fleet();
	struct fake_node *node = world_node(w);
	uint8_t buf[WIRE_MAX];
	struct guest *c;
	size_t len;

	world_rounds(w, 2);
	c = guest_at(w, 0, node->record.id);
	check_redirected(c, node);
	len = guest_join(c, buf);
	w->stuck_at = IPC_JOIN_REPLY;
	world_packet(w, &c->addr, buf, len);
	world_run(w);
	world_packet(w, &c->addr, buf, len);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_REPLAYED], 1);
	w->stuck_at = IPC_NONE;
	world_run(w);
	CU_ASSERT_EQUAL(c->redirects, 2);
	/* cryptod takes too long: nobody waits for that any more. */
	w->stuck_at = IPC_JOIN_REPLY;
	world_packet(w, &c->addr, buf, len);
	world_run(w);
	world_until(w, w->now + PENDING_TIMEOUT);
	w->stuck_at = IPC_NONE;
	world_run(w);
	CU_ASSERT_EQUAL(c->redirects, 2);
	check_redirected(c, node);
	world_free(w);
}

/* Its key makes no secret: no client is answered. */
static void
test_redirect_without_secret(void)
{
	struct world *w = world_fleet();
	struct fake_node *node = world_node(w);
	struct guest *c;

	world_rounds(w, 2);
	c = guest_at(w, 0, node->record.id);
	w->no_secret = true;
	CU_ASSERT_FALSE(guest_enter(c));
	CU_ASSERT_EQUAL(c->redirects, 0);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_JOIN], 1);
	CU_ASSERT_EQUAL(w->bootnode->registry.pending_count, 0);
	world_free(w);
}

/* Who cannot reach the home is sent to the next node, and served where that is
 * this one, or if it has been sent around enough. */
static void
test_skip(void)
{
	struct world *w = world_fleet();
	struct guest *c;

	for (int i = 0; i < 3; i++)
		world_node(w);
	world_rounds(w, 2);
	c = guest_new(w, 0, 'a');
	for (;; c->tag.bytes[0]++) {
		c->skips.count = 0;
		skip_home(c);
		skip_home(c);
		if (home(c) == self(w))
			break;
	}
	c->skips.count = 0;
	CU_ASSERT_FALSE(guest_enter(c));
	CU_ASSERT_EQUAL(c->redirects, 1);
	c->skips.count = 1;
	CU_ASSERT_FALSE(guest_enter(c));
	CU_ASSERT_EQUAL(c->redirects, 2);
	c->skips.count = 2;
	CU_ASSERT_TRUE(guest_enter(c));
	c = guest_at(w, 1, w->fleet.nodes[0].record.id);
	c->skips.count = JOIN_SKIPS_MAX;
	CU_ASSERT_TRUE(guest_enter(c));
	world_free(w);
}

/* A JOIN with the token that another node gave its client is as good as one
 * with a cookie. */
static void
test_token(void)
{
	struct world *w = world_fleet();
	struct guest *c;
	uint8_t buf[WIRE_MAX];

	world_node(w);
	world_rounds(w, 2);
	c = guest_at(w, 0, self(w));
	c->attempt = 1;
	c->token_cookie = true;
	token_make(&c->cookie, fake_keys.fleet_token_key, &w->fleet.own,
	    &c->addr);
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	world_run(w);
	CU_ASSERT_EQUAL(c->welcomes, 1);
	/* Its port is not proven, so it is told nothing unasked. */
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_FALSE(guest_knows(c, 0, 1));
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_TRUE(guest_knows(c, 0, 1));
	/* After ten seconds it is good no more. */
	world_rounds(w, 6);
	c->attempt = 2;
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_COOKIE], 1);
	world_free(w);
}

/* While the engine is away, the other nodes see no newer record of this one,
 * and the tokens that they make stay good. */
static void
test_token_while_away(void)
{
	struct world *w = world_fleet();
	struct guest *c;
	uint8_t buf[WIRE_MAX];

	world_node(w);
	world_rounds(w, 2);
	c = guest_at(w, 0, self(w));
	c->attempt = 1;
	c->token_cookie = true;
	token_make(&c->cookie, fake_keys.fleet_token_key, &w->fleet.own,
	    &c->addr);
	w->fleet.away = true;
	world_until(w, w->now + 60 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(living(w), 2);
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	world_run(w);
	CU_ASSERT_EQUAL(c->welcomes, 1);
	world_free(w);
}

/* Tokens are a fleet's. */
static void
test_token_without_fleet(void)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_new(w, 0, 'x');
	const struct fleet_record nobody = { .id = 0 };
	uint8_t buf[WIRE_MAX];

	c->attempt = 1;
	c->token_cookie = true;
	token_make(&c->cookie, fake_keys.fleet_token_key, &nobody, &c->addr);
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	world_run(w);
	CU_ASSERT_EQUAL(c->welcomes, 0);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_COOKIE], 1);
	world_free(w);
}

/* A node that dies is lost within ten seconds, and its rooms are served here;
 * when it comes back, they are its own again. Both times those who come here
 * wait for others. */
static void
test_dies(void)
{
	struct world *w = world_fleet();
	struct fake_node *node = world_node(w);
	struct guest *c;
	uint64_t died;

	world_rounds(w, 2);
	c = guest_at(w, 0, node->record.id);
	check_redirected(c, node);
	world_until(w, w->now + 60 * USEC_PER_SEC);
	node->lives = false;
	node->shown = true; /* for a while the engine has its record */
	died = w->now;
	while (living(w) == 2)
		world_rounds(w, 1);
	CU_ASSERT(w->now - died <= 10 * USEC_PER_SEC);
	CU_ASSERT_TRUE(guest_enter(c));
	CU_ASSERT(c->welcome.settle_ms > 0);
	node->lives = true;
	world_rounds(w, 1);
	CU_ASSERT_EQUAL(living(w), 2);
	check_redirected(c, node);
	world_free(w);
}

/* Nothing happens to the fleet while fleetd, or its engine, is away, or when
 * the engine comes back empty. */
static void
test_away(void)
{
	struct world *w = world_fleet();
	struct fake_node *node = world_node(w);
	struct guest *c;

	world_rounds(w, 2);
	c = guest_at(w, 0, node->record.id);
	w->fleet.away = true;
	world_until(w, w->now + 60 * USEC_PER_SEC);
	check_redirected(c, node);
	w->fleet.gone = true;
	world_until(w, w->now + 60 * USEC_PER_SEC);
	check_redirected(c, node);
	w->fleet.gone = w->fleet.away = false;
	w->fleet.mute = true; /* it has died without an answer */
	world_until(w, w->now + 60 * USEC_PER_SEC);
	w->fleet.mute = false;
	node->lives = node->shown = false;
	world_rounds(w, 2);
	check_redirected(c, node);
	node->lives = true;
	world_rounds(w, 10);
	check_redirected(c, node);
	world_free(w);
}

/* What is not genuine, or another's, is nothing. */
static void
test_false_records(void)
{
	struct world *w = world_fleet();
	struct fake_node *node = world_node(w), *other = world_node(w);

	node->false_seal = true;
	other->record.id++;
	world_rounds(w, 3);
	CU_ASSERT_EQUAL(living(w), 1);
	CU_ASSERT_TRUE(guest_enter(guest_new(w, 0, 'x')));
	world_free(w);
}

/* fleetd may say what it likes when it was not asked, and more than there can
 * be: cryptod does not hear it. */
static void
test_flood(void)
{
	struct world *w = world_fleet();
	struct ipc_fleet_found found = { .id = 5 };
	struct ipc_fleet_round round = { .result = FLEET_ROUND_DONE };
	uint64_t before;

	world_rounds(w, 1);
	before = w->told[IPC_FLEET_OPEN];
	world_answer(w, IPC_FLEET_FOUND, &found, (const uint8_t *)"S", 1);
	world_answer(w, IPC_FLEET_ROUND, &round, NULL, 0);
	CU_ASSERT_EQUAL(w->told[IPC_FLEET_OPEN], before);
	w->fleet.mute = true;
	world_until(w, w->now + FLEET_RHYTHM);
	for (int i = 0; i < 1000; i++)
		world_answer(w, IPC_FLEET_FOUND, &found, (const uint8_t *)"S",
		    1);
	CU_ASSERT_EQUAL(w->told[IPC_FLEET_OPEN], before + FLEET_NODES_MAX);
	world_run(w);
	CU_ASSERT_EQUAL(living(w), 1);
	world_free(w);
}

/* fleetd dies in the middle of a round: with the next one the rhythm goes on at
 * once. */
static void
test_fleetd_again(void)
{
	struct world *w = world_fleet();
	uint64_t sequence;

	world_rounds(w, 2);
	w->fleet.mute = true;
	world_until(w, w->now + FLEET_RHYTHM);
	sequence = w->fleet.own.sequence;
	world_until(w, w->now + USEC_PER_SEC);
	w->fleet.mute = false;
	bootnode_fleetd_came(w->bootnode, w->now);
	world_until(w, w->now);
	CU_ASSERT_EQUAL(w->fleet.own.sequence, sequence + 1);
	CU_ASSERT_FALSE(w->bootnode->node->asking);
	world_free(w);
}

static const struct ipc_operated *
list(struct world *w, uint32_t from)
{
	const struct ipc_operate ask = { .what = OPERATE_FLEET, .from = from };

	world_answer(w, IPC_NET_OPERATE, &ask, NULL, 0);
	world_run(w);
	return &w->operated;
}

/* The operator's list: this node first, and the dead while they are known. */
static void
test_list(void)
{
	struct ipc_operated_node nodes[2];
	struct world *w = world_fleet();
	struct fake_node *node = world_node(w);

	world_rounds(w, 2);
	CU_ASSERT_EQUAL(list(w, 0)->count, 2);
	CU_ASSERT_EQUAL(w->operated.next, 0);
	memcpy(nodes, w->entries, sizeof(nodes));
	CU_ASSERT_EQUAL(nodes[0].id, self(w));
	CU_ASSERT_EQUAL(nodes[0].self, 1);
	CU_ASSERT_EQUAL(nodes[1].id, node->record.id);
	CU_ASSERT_EQUAL(nodes[1].state, OPERATED_LIVES);
	CU_ASSERT_EQUAL(nodes[1].addr_count, 1);
	CU_ASSERT_EQUAL(list(w, 1)->count, 1);
	CU_ASSERT_EQUAL(list(w, 2)->count, 0);
	CU_ASSERT_EQUAL(list(w, UINT32_MAX)->count, 0);
	node->record.drains = true;
	world_rounds(w, 1);
	list(w, 0);
	memcpy(nodes, w->entries, sizeof(nodes));
	CU_ASSERT_EQUAL(nodes[1].state, OPERATED_DRAINS);
	node->lives = false;
	world_rounds(w, 5);
	list(w, 0);
	memcpy(nodes, w->entries, sizeof(nodes));
	CU_ASSERT_EQUAL(nodes[1].state, OPERATED_GONE);
	CU_ASSERT(nodes[1].age_ms >= 6000);
	world_free(w);
	w = world_new(256, 64);
	CU_ASSERT_EQUAL(list(w, 0)->count, 0);
	world_free(w);
}

void
node_suite(void)
{
	CU_pSuite s = CU_add_suite("node", NULL, NULL);

	CU_ADD_TEST(s, test_records);
	CU_ADD_TEST(s, test_no_fleet);
	CU_ADD_TEST(s, test_start);
	CU_ADD_TEST(s, test_redirect);
	CU_ADD_TEST(s, test_redirect_again);
	CU_ADD_TEST(s, test_redirect_without_secret);
	CU_ADD_TEST(s, test_skip);
	CU_ADD_TEST(s, test_token);
	CU_ADD_TEST(s, test_token_while_away);
	CU_ADD_TEST(s, test_token_without_fleet);
	CU_ADD_TEST(s, test_dies);
	CU_ADD_TEST(s, test_away);
	CU_ADD_TEST(s, test_false_records);
	CU_ADD_TEST(s, test_flood);
	CU_ADD_TEST(s, test_fleetd_again);
	CU_ADD_TEST(s, test_list);
}
