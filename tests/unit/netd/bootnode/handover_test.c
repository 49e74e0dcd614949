/*
 * A bootnode that takes the place of another one: what it knows afterwards, and
 * that it starts empty rather than wrong.
 */
#include "tests/unit/netd/bootnode/fake.h"

#include "netd/bootnode/parts.h"
#include "netd/bootnode/token.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void bootnode_handover_suite(void);

#define SECONDS(n) ((n)*USEC_PER_SEC)

static struct guest *guests[40];

/* Two rooms of 20. */
static struct world *
make_world(void)
{
	struct world *w = world_new(256, 64);

	for (uint32_t i = 0; i < 40; i++)
		guests[i] = guest_entered(w, i, i < 20 ? 'x' : 'y');
	world_until(w, w->now + SECONDS(3));
	return w;
}

/* All are there as they were, and nobody joins again. */
static void
check_all(struct world *w)
{
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 40);
	CU_ASSERT_EQUAL(w->bootnode->registry.room_count, 2);
	for (uint32_t i = 0; i < 40; i++) {
		const unsigned int acks = guests[i]->acks;

		guest_send(guests[i], WIRE_HEARTBEAT);
		CU_ASSERT_EQUAL(guests[i]->acks, acks + 1);
		CU_ASSERT_EQUAL(guests[i]->rejects, 0);
		CU_ASSERT_TRUE(guest_knows(guests[i], i < 20 ? 0 : 20, 20));
	}
}

/* Another one takes over, and serves. */
static void
replace(struct world *w)
{
	world_hand_over(w);
	world_take_over(w, KEPT_TAKEN);
	world_serve(w);
}

/* The same, after the one before has handed over. */
static void
replace_held(struct world *w)
{
	world_take_over(w, KEPT_TAKEN);
	CU_ASSERT_EQUAL(w->restored.result, KEPT_TAKEN);
	world_serve(w);
}

static void
test_all(void)
{
	struct world *w = make_world();

	world_hand_over(w);
	CU_ASSERT_EQUAL(w->kept_end.sessions, 40);
	CU_ASSERT_EQUAL(w->kept_end.rooms, 2);
	w->now += SECONDS(2);
	world_take_over(w, KEPT_TAKEN);
	CU_ASSERT_EQUAL(w->restored.result, KEPT_TAKEN);
	CU_ASSERT_EQUAL(w->restored.sessions, 40);
	CU_ASSERT_EQUAL(w->restored.rooms, 2);
	world_serve(w);
	check_all(w);
	world_free(w);
}

/* Whoever comes and goes afterwards is told to all, also those who were here
 * before. */
static void
test_changes(void)
{
	struct world *w = make_world();
	struct guest *late;

	replace(w);
	late = guest_entered(w, 40, 'y');
	world_until(w, w->now + SECONDS(1));
	CU_ASSERT_TRUE(guest_knows(late, 20, 21));
	CU_ASSERT_TRUE(guest_knows(guests[25], 20, 21));
	/* Its slot is not one that somebody else has. */
	for (uint32_t i = 0; i < 40; i++)
		CU_ASSERT_NOT_EQUAL(guests[i]->session & 0xffffff,
		    late->session & 0xffffff);
	guest_send(late, WIRE_LEAVE);
	world_until(w, w->now + SECONDS(1));
	CU_ASSERT_TRUE(guest_knows(guests[25], 20, 20));
	world_free(w);
}

/* What has changed just before is told to all by the old one or the new one. */
static void
test_last_moment(void)
{
	struct world *w = make_world();
	struct guest *late = guest_new(w, 40, 'y');

	CU_ASSERT_TRUE(guest_enter(late)); /* and nobody knows it yet */
	replace(w);
	world_until(w, w->now + SECONDS(1));
	guest_send(late, WIRE_HEARTBEAT);
	for (uint32_t i = 20; i < 40; i++) {
		guest_send(guests[i], WIRE_HEARTBEAT);
		CU_ASSERT_TRUE(guest_knows(guests[i], 20, 21));
	}
	CU_ASSERT_TRUE(guest_knows(late, 20, 21));
	world_free(w);
}

/* A JOIN that cryptod opens when HOLD comes makes a session all the same. */
static void
test_under_way(void)
{
	struct world *w = make_world();
	struct guest *late = guest_new(w, 40, 'x');
	uint8_t buf[WIRE_MAX];

	world_packet(w, &late->addr, buf, guest_hello(late, buf));
	world_run(w);
	world_packet(w, &late->addr, buf, guest_join(late, buf));
	CU_ASSERT_EQUAL(late->welcomes, 0); /* JOIN_OPEN waits for cryptod */
	w->hold.attempt++;
	world_answer(w, IPC_HOLD, &w->hold, NULL, 0);
	world_run(w);
	CU_ASSERT_EQUAL(late->welcomes, 1);
	while (bootnode_keeps(w->bootnode)) {
		bootnode_keep(w->bootnode);
		world_run(w);
	}
	CU_ASSERT_EQUAL(w->kept_end.sessions, 41);
	world_take_over(w, KEPT_TAKEN);
	CU_ASSERT_EQUAL(w->restored.sessions, 41);
	world_serve(w);
	guest_send(late, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(late->rejects, 0);
	world_free(w);
}

/* The copy of a JOIN whose WELCOME was lost gets that again, and makes no other
 * session. */
static void
test_welcome_again(void)
{
	struct world *w = make_world();
	struct guest *c = guest_new(w, 40, 'y');
	uint8_t buf[WIRE_MAX];
	unsigned int welcomes;
	size_t len;

	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	world_run(w);
	len = guest_join(c, buf);
	world_packet(w, &c->addr, buf, len);
	world_run(w);
	welcomes = c->welcomes;
	replace(w);
	world_packet(w, &c->addr, buf, len);
	world_run(w);
	CU_ASSERT_EQUAL(c->welcomes, welcomes + 1);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 41);
	world_free(w);
}

/* A peer that has left is not brought back by its JOIN of before. */
static void
test_ghost(void)
{
	struct world *w = make_world();
	struct guest *c = guest_new(w, 40, 'y');
	uint8_t buf[WIRE_MAX];
	size_t len;

	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	world_run(w);
	len = guest_join(c, buf);
	world_packet(w, &c->addr, buf, len);
	world_run(w);
	guest_send(c, WIRE_LEAVE);
	replace(w);
	world_packet(w, &c->addr, buf, len);
	world_run(w);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 40);
	world_free(w);
}

/* The time in which nobody was served is nobody's silence. */
static void
test_silence(void)
{
	struct world *w = make_world();

	world_until(w, w->now + SECONDS(8)); /* silent for 11 s */
	world_hand_over(w);
	w->now += SECONDS(14);
	world_take_over(w, KEPT_TAKEN);
	CU_ASSERT_EQUAL(w->restored.result, KEPT_TAKEN);
	world_serve(w);
	world_until(w, w->now + SECONDS(3));
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 40);
	world_until(w, w->now + SECONDS(2));
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	world_free(w);
}

/* They time out in the order in which they were heard, whatever their rooms. */
static void
test_order(void)
{
	struct world *w = make_world();

	for (uint32_t i = 0; i < 40; i += 2) {
		world_until(w, w->now + USEC_PER_SEC / 4);
		guest_send(guests[i], WIRE_HEARTBEAT);
	}
	replace(w);
	world_until(w, w->now + SECONDS(8));
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 20);
	world_until(w, w->now + SECONDS(4));
	CU_ASSERT(w->bootnode->registry.session_count < 15);
	CU_ASSERT(w->bootnode->registry.session_count > 0);
	guest_send(guests[38], WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(guests[38]->rejects, 0);
	guest_send(guests[0], WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(guests[0]->rejects, 1);
	world_free(w);
}

/* Nobody has taken over: the old one goes on. */
static void
test_goes_on(void)
{
	struct world *w = make_world();

	world_until(w, w->now + SECONDS(8));
	world_hand_over(w);
	w->now += SECONDS(20);
	world_serve(w);
	world_until(w, w->now + SECONDS(1));
	check_all(w);
	/* And it can be asked again. */
	w->kept_end.sessions = 0;
	world_hand_over(w);
	CU_ASSERT_EQUAL(w->kept_end.sessions, 40);
	world_free(w);
}

/* It is given up when a part is written, and begun anew: all is written
 * again. */
static void
test_given_up(void)
{
	struct world *w = make_world();

	w->hold.attempt++;
	world_answer(w, IPC_HOLD, &w->hold, NULL, 0);
	world_run(w);
	bootnode_keep(w->bootnode);
	world_serve(w);
	CU_ASSERT_FALSE(bootnode_keeps(w->bootnode));
	world_run(w);
	world_forget_kept(w);
	check_all(w);
	world_hand_over(w);
	world_take_over(w, KEPT_TAKEN);
	CU_ASSERT_EQUAL(w->restored.sessions, 40);
	world_serve(w);
	check_all(w);
	world_free(w);
}

/* It is empty, says why, and serves: its clients join again. */
static void
check_empty(struct world *w, enum kept_result result)
{
	CU_ASSERT_EQUAL(w->restored.result, result);
	CU_ASSERT_EQUAL(w->restored.sessions, 0);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	CU_ASSERT_EQUAL(w->bootnode->registry.room_count, 0);
	CU_ASSERT_EQUAL(w->told[IPC_REFUSED], 1);
	world_serve(w);
	guest_send(guests[3], WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(guests[3]->rejects, 1);
	CU_ASSERT_TRUE(guest_enter(guests[3]));
	world_free(w);
}

static void
test_of_cryptod(void)
{
	struct world *w = make_world();

	world_hand_over(w);
	world_take_over(w, KEPT_OTHER_KEY);
	check_empty(w, KEPT_OTHER_KEY);
}

static void
test_too_old(void)
{
	struct world *w = make_world();

	world_hand_over(w);
	w->now += SECONDS(15);
	world_take_over(w, KEPT_TAKEN);
	check_empty(w, KEPT_TOO_OLD);
}

static void
test_other_version(void)
{
	struct world *w = make_world();

	world_hand_over(w);
	w->kept[0].tail[4]++; /* behind the kind: a number of four bytes */
	world_take_over(w, KEPT_TAKEN);
	check_empty(w, KEPT_OTHER_VERSION);
}

/* Whatever is cut off, or twice there, none of it counts. */
static void
test_damaged(void)
{
	struct world *w = make_world();

	world_hand_over(w);
	w->kept[w->kept_count - 1].tail_len--;
	world_take_over(w, KEPT_TAKEN);
	check_empty(w, KEPT_DAMAGED);
}

static void
test_nothing(void)
{
	struct world *w = make_world();

	world_hand_over(w);
	for (size_t i = 0; i < w->kept_count; i++)
		free(w->kept[i].tail);
	w->kept_count = 0;
	world_take_over(w, KEPT_TAKEN);
	check_empty(w, KEPT_DAMAGED);
}

static void
test_twice(void)
{
	struct world *w = make_world();
	struct message *last;

	world_hand_over(w);
	last = &w->kept[w->kept_count - 1];
	CU_ASSERT_TRUE_FATAL(w->kept_count > 1);
	w->kept[w->kept_count] = *last;
	last[1].tail = malloc(last->tail_len);
	CU_ASSERT_PTR_NOT_NULL_FATAL(last[1].tail);
	memcpy(last[1].tail, last->tail, last->tail_len);
	w->kept_count++;
	world_take_over(w, KEPT_TAKEN);
	check_empty(w, KEPT_DAMAGED);
}

/* Returns how many clients this one knows, of the first ones. */
static uint32_t
known(const struct guest *c, uint32_t count)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++)
		n += c->known[i].present;
	return n;
}

/* Returns how many of these still have a session. */
static uint32_t
left(uint32_t from, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t i = from; i < to; i++)
		n += guests[i]->rejects == 0;
	return n;
}

/* The timeout is shorter than it was: those who were told the other one may be
 * silent for as long as that. */
static void
test_shorter_timeout(void)
{
	struct world *w = make_world();

	world_hand_over(w);
	w->now += SECONDS(4);
	w->config.limits.timeout_ms = 3000;
	w->config.limits.heartbeat_ms = 1000;
	world_take_over(w, KEPT_TAKEN);
	CU_ASSERT_EQUAL(w->restored.result, KEPT_TAKEN);
	world_serve(w);
	world_until(w, w->now + SECONDS(10));
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 40);
	world_until(w, w->now + SECONDS(3));
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	world_free(w);
}

/* The options allow fewer sessions: those that find a place stay, know that the
 * others are gone, and cryptod forgets their keys. */
static void
test_fewer(void)
{
	struct world *w = make_world();
	unsigned int gone = 0;

	world_hand_over(w);
	w->config.max_sessions = 30;
	world_take_over(w, KEPT_TAKEN);
	CU_ASSERT_EQUAL(w->restored.result, KEPT_TAKEN);
	CU_ASSERT_EQUAL(w->restored.sessions, 30);
	world_serve(w);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 30);
	CU_ASSERT_EQUAL(w->told[IPC_SLOT_FREE], 10);
	for (uint32_t i = 0; i < 40; i++) {
		guest_send(guests[i], WIRE_HEARTBEAT);
		gone += guests[i]->rejects;
	}
	CU_ASSERT_EQUAL(gone, 10);
	for (uint32_t i = 0; i < 40; i++) {
		if (guests[i]->rejects > 0)
			continue;
		guest_send(guests[i], WIRE_SYNC); /* its version is another */
		CU_ASSERT_EQUAL(known(guests[i], 40),
		    i < 20 ? left(0, 20) : left(20, 40));
	}
	world_free(w);
}

/* Keys go by other numbers in another process: sessions keep theirs, and those
 * whose key was taken back meanwhile end. */
static void
test_access(void)
{
	static const char *const before[] = { "anna", "bert" };
	static const char *const after[] = { "carl", "bert" };
	struct world *w = world_private(before, 2);
	struct guest *anna = guest_new(w, 1, 'x'), *bert = guest_new(w, 2, 'x');

	anna->access = fake_access("anna");
	bert->access = fake_access("bert");
	CU_ASSERT_TRUE(guest_enter(anna));
	CU_ASSERT_TRUE(guest_enter(bert));
	world_hand_over(w);
	world_take_over_private(w, after, 2);
	CU_ASSERT_EQUAL(w->restored.sessions, 2);
	world_serve(w);
	world_until(w, w->now + SECONDS(1));
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 1);
	guest_send(bert, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(bert->rejects, 0);
	world_free(w);
}

/* A node of a fleet does not take itself for alone after that: whose rooms are
 * at home elsewhere is sent there, nobody's room is ended, and the tokens that
 * the others gave out are good. */
static void
test_fleet(void)
{
	struct world *w = world_fleet();
	struct fake_node *node = world_node(w);
	struct wire_cookie token;
	struct fleet_record before;
	unsigned int here = 0;

	world_rounds(w, 3);
	for (uint32_t i = 0; i < 20; i++)
		here += guest_enter(guest_new(w, i, (char)('a' + i)));
	CU_ASSERT(here > 0 && here < 20);
	before = w->fleet.own;
	token_make(&token, fake_keys.fleet_token_key, &before,
	    &w->clients[0].addr);
	world_hand_over(w);
	w->now += SECONDS(2);
	w->config.fleet_incarnation++;
	w->fleet.away = true;
	replace_held(w);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, here);
	for (uint32_t i = 0; i < 20; i++) {
		const unsigned int redirects = w->clients[i].redirects;

		if (redirects > 0) {
			CU_ASSERT_FALSE(guest_enter(&w->clients[i]));
			CU_ASSERT_EQUAL(w->clients[i].redirects, redirects + 1);
		}
	}
	CU_ASSERT_TRUE(node_admits(w->bootnode, &token, &w->clients[0].addr));
	/* The engine answers again, and the node is there, or is not. */
	w->fleet.away = false;
	world_rounds(w, 2);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, here);
	CU_ASSERT_EQUAL(w->fleet.own.incarnation, before.incarnation);
	CU_ASSERT(w->fleet.own.sequence > before.sequence);
	node->lives = false;
	world_rounds(w, 5);
	CU_ASSERT_EQUAL(fleet_view_living(&w->bootnode->node->view), 1);
	world_free(w);
}

/* A room that was on its way to another node moves on. */
static void
test_fleet_moves(void)
{
	struct world *w = world_fleet();
	struct fake_node *node = world_node(w);
	unsigned int here;

	node->lives = false;
	for (uint32_t i = 0; i < 20; i++)
		guest_enter(guest_new(w, i, (char)('a' + i)));
	node->lives = true;
	world_rounds(w, 1);
	world_until(w, w->now + SECONDS(1));
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 20);
	world_hand_over(w);
	replace_held(w);
	here = w->bootnode->registry.session_count;
	world_until(w, w->now + SECONDS(8));
	CU_ASSERT(w->bootnode->registry.session_count < here);
	world_free(w);
}

/* The next one is in no fleet, or at another address. */
static void
test_other_fleet(void)
{
	struct world *w = world_fleet();

	world_node(w);
	world_rounds(w, 3);
	world_hand_over(w);
	w->config.fleet = 0;
	replace_held(w);
	CU_ASSERT_PTR_NULL(w->bootnode->node);
	world_free(w);
	w = world_fleet();
	world_node(w);
	world_rounds(w, 3);
	world_hand_over(w);
	w->config.fleet_addrs[0].port++;
	w->config.fleet_incarnation++;
	replace_held(w);
	CU_ASSERT_EQUAL(w->bootnode->node->self.incarnation,
	    w->config.fleet_incarnation);
	CU_ASSERT_EQUAL(fleet_view_living(&w->bootnode->node->view), 2);
	world_free(w);
}

void
bootnode_handover_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_handover", NULL, NULL);

	CU_add_test(suite, "all are there", test_all);
	CU_add_test(suite, "who comes later", test_changes);
	CU_add_test(suite, "changes of the last moment", test_last_moment);
	CU_add_test(suite, "a JOIN under way", test_under_way);
	CU_add_test(suite, "a WELCOME that was lost", test_welcome_again);
	CU_add_test(suite, "a ghost", test_ghost);
	CU_add_test(suite, "silence", test_silence);
	CU_add_test(suite, "order of time", test_order);
	CU_add_test(suite, "goes on", test_goes_on);
	CU_add_test(suite, "given up", test_given_up);
	CU_add_test(suite, "cryptod could not read it", test_of_cryptod);
	CU_add_test(suite, "too old", test_too_old);
	CU_add_test(suite, "another version", test_other_version);
	CU_add_test(suite, "damaged", test_damaged);
	CU_add_test(suite, "nothing", test_nothing);
	CU_add_test(suite, "a fleet", test_fleet);
	CU_add_test(suite, "rooms that move", test_fleet_moves);
	CU_add_test(suite, "another fleet", test_other_fleet);
	CU_add_test(suite, "twice", test_twice);
	CU_add_test(suite, "fewer places", test_fewer);
	CU_add_test(suite, "a shorter timeout", test_shorter_timeout);
	CU_add_test(suite, "access keys", test_access);
}
