/*
 * The times and budgets of a bootnode's sessions, to the microsecond and the
 * byte: how old a cookie may be that shows an address, how often a SYNC is
 * answered, for how long an address counts as shown, and what is relayed.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

void bootnode_times_suite(void);

/* Joins with a cookie of that age; was it told a roster that it did not ask
 * for? */
static bool
told_unasked(uint64_t age)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_new(w, 1, 'x');
	uint8_t buf[WIRE_MAX];
	bool told;

	guest_entered(w, 0, 'x');
	world_until(w, FAKE_START + USEC_PER_SEC); /* they count seconds */
	c->mute = true;
	c->attempt++;
	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	world_until(w, w->now + age);
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	world_run(w);
	CU_ASSERT_EQUAL(c->welcomes, 1);
	world_until(w, w->now + FAKE_FLUSH);
	told = c->rosters == 1;
	world_free(w);
	return told;
}

static void
test_young_cookie(void)
{
	CU_ASSERT_TRUE(told_unasked(0));
	CU_ASSERT_TRUE(told_unasked(10 * USEC_PER_SEC - 1));
	CU_ASSERT_FALSE(told_unasked(10 * USEC_PER_SEC));
}

/* How many SYNCs are answered by what was asked for, of so many. */
static unsigned int
answered(struct guest *c, unsigned int syncs)
{
	struct world *w = c->world;
	uint64_t sealed = w->sent_by_type[WIRE_SEALED];

	c->mute = true;
	for (unsigned int i = 0; i < syncs; i++) {
		c->version = 1000; /* of no room */
		guest_send(c, WIRE_SYNC);
	}
	return (unsigned int)(w->sent_by_type[WIRE_SEALED] - sealed);
}

/* 32 at once, and then one each 20 ms. */
static void
test_syncs(void)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_entered(w, 0, 'x');

	CU_ASSERT_EQUAL(answered(c, 40), 32);
	world_until(w, w->now + 20 * USEC_PER_MSEC - 1);
	CU_ASSERT_EQUAL(answered(c, 1), 0);
	world_until(w, w->now + 1);
	CU_ASSERT_EQUAL(answered(c, 5), 1);
	world_until(w, w->now + 100 * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(answered(c, 10), 5);
	world_until(w, w->now + 5 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(answered(c, 40), 32);
	world_free(w);
}

/* --- Relaying ------------------------------------------------------------- */

struct scene {
	struct world *w;
	struct guest *a, *b;
	uint8_t packet[WIRE_MAX]; /* from a to b: a probe */
	size_t len;
};

static void
begin(struct scene *s)
{
	static const uint8_t key[SIPHASH_KEY] = "known to us two";
	const struct wire_probe probe = { .type = WIRE_PROBE, .id = 7 };
	uint8_t inner[WIRE_MAX];
	struct wire_relay r = { .packet = inner };

	s->w = world_new(256, 64);
	s->a = guest_entered(s->w, 0, 'x');
	s->b = guest_entered(s->w, 1, 'x');
	r.session = s->a->session;
	r.packet_len = wire_put_probe(inner, &probe, key);
	memcpy(r.peer.bytes, s->b->token, PEER_ID_LEN);
	s->len = wire_put_relay(s->packet, &r, MAC_KEY(s->a->token));
}

static bool
relays(struct scene *s)
{
	return world_packet(s->w, &s->a->addr, s->packet, s->len) > 0;
}

/* To who has shown its address within the timeout. */
static void
test_shown(void)
{
	struct scene s;

	begin(&s);
	guest_send(s.b, WIRE_HEARTBEAT);
	s.w->now += 15 * USEC_PER_SEC;
	CU_ASSERT_TRUE(relays(&s));
	s.w->now++;
	CU_ASSERT_FALSE(relays(&s));
	guest_send(s.b, WIRE_HEARTBEAT);
	CU_ASSERT_TRUE(relays(&s));
	world_free(s.w);
}

/* Two seconds' worth at once, to the last probe that fits; then what was
 * earned, however often it asks meanwhile. */
static void
test_tokens(void)
{
	const uint64_t per_byte = USEC_PER_SEC / FAKE_RELAY_RATE;
	uint64_t left = 2 * FAKE_RELAY_RATE, waited = 0;
	struct scene s;

	begin(&s);
	for (; left >= s.len; left -= s.len)
		CU_ASSERT_TRUE(relays(&s));
	while (!relays(&s)) {
		s.w->now += per_byte / 4;
		waited += per_byte / 4;
		CU_ASSERT_FATAL(waited < USEC_PER_SEC);
	}
	CU_ASSERT_EQUAL(waited, (s.len - left) * per_byte);
	/* Nothing is left of it; of a byte, a part may get lost. */
	s.w->now += s.len * per_byte - 1;
	CU_ASSERT_FALSE(relays(&s));
	s.w->now += per_byte;
	CU_ASSERT_TRUE(relays(&s));
	world_free(s.w);
}

/* Returns the spread that a client is told while there are so many sessions. */
static unsigned int
spread_of(uint32_t sessions)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_entered(w, 0, 'x');
	unsigned int spread;

	w->bootnode->registry.session_count += sessions - 1;
	guest_send(c, WIRE_HEARTBEAT);
	world_run(w);
	spread = c->ack.spread;
	w->bootnode->registry.session_count -= sessions - 1;
	world_free(w);
	return spread;
}

/* It is what the joins of all take, if that is more than the interval. */
static void
test_spread(void)
{
	CU_ASSERT_EQUAL(spread_of(1), 0);
	CU_ASSERT_EQUAL(spread_of(43999), 0);
	CU_ASSERT_EQUAL(spread_of(44000), 11);
	CU_ASSERT_EQUAL(spread_of(240000), 60);
	CU_ASSERT_EQUAL(spread_of(4000000), 255);
}

void
bootnode_times_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_times", NULL, NULL);

	CU_add_test(suite, "a cookie's age", test_young_cookie);
	CU_add_test(suite, "SYNCs", test_syncs);
	CU_add_test(suite, "the spread of joins", test_spread);
	CU_add_test(suite, "an address that was shown", test_shown);
	CU_add_test(suite, "bytes to be relayed", test_tokens);
}
