/*
 * A JOIN counts once, only for its sender, and not after a newer one.
 */
#include "tests/unit/netd/bootnode/crowd.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

void bootnode_join_suite(void);

#define MAX 64 /* sessions of an address */

/* After its session a JOIN opens no other one, while its cookie is good. */
static void
test_once(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_entered(w, 0, 'x'), *d;
	uint8_t buf[WIRE_MAX];
	size_t len = guest_join(c, buf);
	uint64_t told;

	guest_send(c, WIRE_HEARTBEAT);
	guest_send(c, WIRE_LEAVE);
	d = guest_entered(w, 1, 'x'); /* in the same slot */
	told = w->told[IPC_JOIN_OPEN];
	for (int i = 0; i < 13; i++) {
		world_packet(w, &c->addr, buf, len);
		world_run(w);
		guest_send(d, WIRE_HEARTBEAT);
		world_until(w, w->now + 10 * USEC_PER_SEC);
	}
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], told);
	CU_ASSERT_EQUAL(c->welcomes, 1);
	CU_ASSERT_TRUE(guest_knows(d, 1, 1));
	CU_ASSERT_TRUE(guest_enter(c)); /* a new JOIN does */
	world_free(w);
}

/* The same attempt with a newer COOKIE is another JOIN for netd, but not for
 * its room: the WELCOME is the same, until the client was heard. */
static void
test_newer_cookie(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_entered(w, 0, 'x');
	uint64_t session = c->session;
	uint8_t buf[WIRE_MAX];

	for (unsigned int i = 1; i <= 2; i++) {
		world_until(w, w->now + 2 * USEC_PER_SEC);
		world_packet(w, &c->addr, buf, guest_hello(c, buf));
		world_packet(w, &c->addr, buf, guest_join(c, buf));
		world_run(w);
		CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 1 + i);
		CU_ASSERT_EQUAL(w->told[IPC_JOIN_DROP], i);
		CU_ASSERT_EQUAL(c->welcomes, 2);
		CU_ASSERT_EQUAL(c->session, session);
		guest_send(c, WIRE_HEARTBEAT);
	}
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_REPLAYED], 1);
	CU_ASSERT_EQUAL(w->bootnode->stats.joins, 1);
	world_free(w);
}

/* A forged JOIN, with the nonce and cookie of one that somebody saw, delays
 * nobody. */
static void
test_forged_copy(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_new(w, 0, 'x');
	uint8_t buf[WIRE_MAX];
	size_t len;

	c->attempt++;
	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	len = guest_join(c, buf);
	buf[len - 1] ^= 1;
	world_packet(w, &c->addr, buf, len);
	guest_copies(c);
	world_run(w);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 2);
	CU_ASSERT_EQUAL(c->welcomes, 1);
	world_free(w);
}

/* Returns whether the client's last WELCOME answered a JOIN of its own. */
static bool
bootnode_knows(struct world *w, const struct guest *c)
{
	const struct session *s =
	    registry_find(&w->bootnode->registry, c->session);

	return s != NULL &&
	    memcmp(s->peer.bytes, c->token, sizeof(s->peer.bytes)) == 0;
}

/* Somebody sees the COOKIE, and can send in the client's name: his own JOIN is
 * let in with it, and so is the client's. */
static void
test_used_by_another(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_new(w, 0, 'x'), *m = guest_new(w, 1, 'y');
	uint8_t buf[WIRE_MAX];

	w->loss = 100; /* packets for the other come here, too */
	c->attempt++;
	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	m->attempt++;
	m->cookie = c->cookie;
	memcpy(m->nonce, c->nonce, sizeof(m->nonce));
	world_packet(w, &c->addr, buf, guest_join(m, buf));
	world_run(w);
	guest_copies(c);
	world_run(w);
	CU_ASSERT_EQUAL(w->bootnode->stats.joins, 2);
	CU_ASSERT_TRUE(bootnode_knows(w, c));
	/* Copies of it have the same effect as without the other. */
	guest_copies(c);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 2);
	world_free(w);
}

/* Puts the sealed part of somebody's JOIN into one with another nonce, cookie
 * and address. */
static void
carry_on(struct guest *m, const struct wire_join *seen)
{
	struct world *w = m->world;
	struct wire_join j = { .noise = seen->noise,
		.noise_len = seen->noise_len };
	uint8_t buf[WIRE_MAX];

	m->nonce[0]++;
	world_packet(w, &m->addr, buf, guest_hello(m, buf));
	j.cookie = m->cookie;
	memcpy(j.nonce, m->nonce, sizeof(j.nonce));
	world_packet(w, &m->addr, buf, wire_put_join(buf, &j));
	world_run(w);
}

/* Somebody who saw a JOIN cannot use it, neither after its sender has left, nor
 * before the sender's own has arrived. */
static void
test_carried_on(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_entered(w, 0, 'x'), *d, *m;
	uint8_t buf[WIRE_MAX], own[WIRE_MAX];
	struct wire_join seen;
	size_t len;

	d = guest_entered(w, 1, 'x');
	m = guest_new(w, 300, 'y');
	CU_ASSERT_EQUAL(wire_get_join(buf, guest_join(c, buf), &seen), 0);
	guest_send(c, WIRE_HEARTBEAT);
	guest_send(c, WIRE_LEAVE);
	carry_on(m, &seen);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_TRUE(guest_knows(d, 1, 1));
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_JOIN], 1);
	c->attempt++;
	c->nonce[0]++;
	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	len = guest_join(c, own);
	CU_ASSERT_EQUAL(wire_get_join(own, len, &seen), 0);
	for (int i = 0; i < 5; i++)
		carry_on(m, &seen);
	CU_ASSERT_EQUAL(c->welcomes, 1);
	world_packet(w, &c->addr, own, len);
	world_run(w);
	CU_ASSERT_EQUAL(c->welcomes, 2);
	world_free(w);
}

/* A JOIN that is older than its peer's session does the peer no harm. */
static void
test_old_attempt(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_entered(w, 0, 'x'), *d;

	d = guest_entered(w, 1, 'x');
	world_until(w, w->now + 5 * USEC_PER_SEC);
	c->attempt = 10;
	CU_ASSERT_TRUE(guest_enter(c));
	for (uint32_t i = 1; i < 6; i++) {
		c->attempt = i;
		CU_ASSERT_FALSE(guest_enter(c));
	}
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_REPLAYED], 5);
	c->attempt = 11;
	CU_ASSERT_TRUE(guest_enter(c));
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_JOIN_RATE], 0);
	CU_ASSERT_EQUAL(d->left_graceful + d->left_timeout, 0);
	world_free(w);
}

/* A JOIN was late, or held back, while its sender joined by another and
 * left. */
static void
test_late(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_new(w, 0, 'x'), *d = guest_entered(w, 1, 'x');
	uint8_t buf[WIRE_MAX];
	size_t len;

	c->attempt++;
	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	len = guest_join(c, buf);
	CU_ASSERT_TRUE(guest_enter(c));
	guest_send(c, WIRE_LEAVE);
	for (int i = 0; i < 11; i++) {
		world_packet(w, &c->addr, buf, len);
		world_run(w);
		CU_ASSERT_TRUE(guest_knows(d, 1, 1));
		world_until(w, w->now + 10 * USEC_PER_SEC);
		guest_send(d, WIRE_HEARTBEAT);
	}
	CU_ASSERT_EQUAL(c->welcomes, 1);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_REPLAYED], 11);
	CU_ASSERT_TRUE(guest_enter(c));
	world_free(w);
}

/* The next client in a slot gets none of the random bits that the client before
 * it had, and neither does one that comes again. */
static void
test_other_ids(void)
{
	const uint64_t slot = (1 << 24) - 1;
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_entered(w, 0, 'x'), *d;
	uint64_t first = c->session, again;

	CU_ASSERT_NOT_EQUAL(first & ~slot, 0);
	guest_send(c, WIRE_HEARTBEAT);
	guest_send(c, WIRE_LEAVE);
	d = guest_entered(w, 1, 'x');
	CU_ASSERT_EQUAL(d->session & slot, first & slot);
	CU_ASSERT_NOT_EQUAL(d->session, first);
	guest_send(d, WIRE_LEAVE);
	CU_ASSERT_TRUE(guest_enter(c));
	again = c->session;
	CU_ASSERT_EQUAL(again & slot, first & slot);
	CU_ASSERT_NOT_EQUAL(again, first);
	CU_ASSERT_NOT_EQUAL(again, d->session);
	world_free(w);
}

void
bootnode_join_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_join", NULL, NULL);

	CU_add_test(suite, "a JOIN counts once", test_once);
	CU_add_test(suite, "the same with a newer COOKIE", test_newer_cookie);
	CU_add_test(suite, "a copy that is forged", test_forged_copy);
	CU_add_test(suite, "a COOKIE that another uses", test_used_by_another);
	CU_add_test(suite, "a JOIN that is carried on", test_carried_on);
	CU_add_test(suite, "older attempts", test_old_attempt);
	CU_add_test(suite, "a JOIN that is late", test_late);
	CU_add_test(suite, "a slot that is used again", test_other_ids);
}
