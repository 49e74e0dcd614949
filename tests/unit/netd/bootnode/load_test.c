/*
 * The bootnode under load: bursts of joins and of timeouts in a room of 500,
 * lost packets, noise and strangers.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/registry.h"

#include <CUnit/CUnit.h>

#include <malloc.h>

void bootnode_load_suite(CU_pSuite);

#define PEERS	  500
#define MUTATIONS 100000

/* 500 peers join one room, one every 0.2 ms. */
static struct world *
burst(unsigned int loss)
{
	struct world *w = world_new(600, 64);

	w->loss = loss;
	for (uint32_t i = 0; i < PEERS; i++) {
		world_until(w, FAKE_START + i * 200);
		if (!guest_enter(guest_new(w, i, 'x')))
			CU_FAIL_FATAL("a peer cannot join");
	}
	return w;
}

static void
test_burst(void)
{
	struct world *w = burst(0);
	unsigned int complete = 0;

	world_until(w, FAKE_START + 150 * USEC_PER_MSEC);
	for (uint32_t i = 0; i < PEERS; i++)
		complete += guest_knows(&w->clients[i], 0, PEERS) &&
		    w->clients[i].version == PEERS;
	CU_ASSERT_EQUAL(complete, PEERS);
	/* A datagram for each peer and event would make 124,750. */
	CU_ASSERT(w->sent <= 22000);
	/* Most clients that ask are answered with three packets and nothing
	 * else. */
	CU_ASSERT(w->sent_by_type[WIRE_HEARTBEAT_ACK] <= 1000);
	CU_ASSERT_EQUAL(w->sent_by_type[WIRE_COOKIE], PEERS);
	CU_ASSERT_EQUAL(w->sent_by_type[WIRE_WELCOME], PEERS);
	world_free(w);
}

static void
test_expiry(void)
{
	struct world *w = burst(0);
	uint64_t sent, told;

	world_until(w, FAKE_START + 10 * USEC_PER_SEC);
	for (uint32_t i = 0; i < PEERS / 2; i++)
		guest_send(&w->clients[i], WIRE_HEARTBEAT);
	sent = w->sent;
	told = w->told[IPC_SEAL];
	world_until(w, FAKE_START + 16 * USEC_PER_SEC);
	for (uint32_t i = 0; i < PEERS / 2; i++) {
		CU_ASSERT_TRUE(guest_knows(&w->clients[i], 0, PEERS / 2));
		CU_ASSERT_EQUAL(w->clients[i].left_timeout, PEERS / 2);
	}
	/* 250 entries of 18 bytes are 4 packets for each of the 250. */
	CU_ASSERT(w->sent - sent <= 4 * PEERS / 2);
	CU_ASSERT(
	    w->told[IPC_SEAL] - told <= 4 * (PEERS / 2 / SEAL_SLOTS_MAX + 1));
	/* The rest times out, too, and nobody is left to be told. */
	sent = w->sent;
	world_until(w, FAKE_START + 26 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->sent, sent);
	CU_ASSERT_EQUAL(w->stats.sessions, 0);
	CU_ASSERT_EQUAL(w->stats.rooms, 0);
	world_free(w);
}

/* Half of all sealed packets are lost; heartbeats and SYNC heal it. */
static void
test_loss(void)
{
	struct world *w = burst(50);
	unsigned int complete = 0;
	struct guest *c;

	for (unsigned int round = 0; round < 300 && complete < PEERS; round++) {
		world_until(w, w->now + USEC_PER_SEC);
		if (round == 5)
			w->loss = 10;
		complete = 0;
		for (uint32_t i = 0; i < PEERS; i++) {
			c = &w->clients[i];
			guest_send(c, WIRE_HEARTBEAT);
			if (c->roster_open || c->version != c->room_version)
				guest_send(c, WIRE_SYNC);
			complete += guest_knows(c, 0, PEERS);
		}
	}
	CU_ASSERT_EQUAL(complete, PEERS);
	world_free(w);
}

/* Peers come, go, move and come back at random; those who are left know all. */
static void
test_churn(void)
{
	struct world *w = world_new(600, 64);
	uint8_t buf[WIRE_MAX];
	struct guest *c;

	w->no_limits = true;
	for (uint32_t i = 0; i < 40; i++)
		CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
	for (uint32_t i = 0; i < 5000; i++) {
		c = &w->clients[world_random(w) % 40];
		switch (world_random(w) % 4) {
		case 0:
			guest_send(c, WIRE_LEAVE);
			break;
		case 1:
			c->addr.ip[14] = (uint8_t)world_random(w);
			world_packet(w, &c->addr, buf,
			    guest_control(c, WIRE_HEARTBEAT, buf));
			world_packet(w, &c->addr, buf, guest_reply(c, buf));
			break;
		default:
			CU_ASSERT_TRUE(guest_enter(c));
		}
		world_run(w);
		world_until(w, w->now + world_random(w) % 2000);
	}
	for (uint32_t i = 0; i < 40; i++)
		CU_ASSERT_TRUE(guest_enter(&w->clients[i]));
	world_until(w, w->now + USEC_PER_SEC);
	for (uint32_t i = 0; i < 40; i++)
		CU_ASSERT_TRUE(guest_knows(&w->clients[i], 0, 40));
	world_free(w);
}

/* There are more changes than the log holds, before any is announced. */
static void
test_log_full(void)
{
	struct world *w = world_new(256, 2048);
	struct guest *a = guest_new(w, 0, 'x'), *b = guest_new(w, 1, 'x');
	uint8_t buf[WIRE_MAX];

	w->no_limits = true;
	CU_ASSERT_TRUE(guest_enter(a));
	world_until(w, w->now + USEC_PER_SEC);
	for (int i = 0; i < 800; i++) {
		CU_ASSERT_TRUE(guest_enter(b));
		if (i % 2)
			guest_send(b, WIRE_LEAVE);
	}
	CU_ASSERT_TRUE(guest_enter(b));
	for (int i = 0; i < 20; i++) {
		b->addr.ip[14]++;
		world_packet(w, &b->addr, buf,
		    guest_control(b, WIRE_HEARTBEAT, buf));
		world_packet(w, &b->addr, buf, guest_reply(b, buf));
	}
	world_run(w);
	CU_ASSERT(a->version >= ROOM_LOG_MAX);
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(a->version, 1 + 1200 + 1 + 20);
	CU_ASSERT_EQUAL(a->rosters, 1);
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	CU_ASSERT_TRUE(guest_knows(b, 0, 2));
	world_free(w);
}

/* A packet that is not full waits for the rest of a burst, but only once. */
static void
test_packing(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = guest_new(w, 0, 'x');
	uint32_t fit = (WIRE_SEALED_MAX - BOOTMSG_HEAD_LEN) /
	    (1 + PEER_ID_LEN + 7 + 1 + FAKE_CARD_LEN),
		 i;
	uint64_t now;

	CU_ASSERT_TRUE(guest_enter(a));
	world_until(w, w->now + USEC_PER_SEC);
	now = w->now;
	for (i = 1; i <= fit + 1; i++)
		CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
	world_until(w, now + 5 * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(a->version, 1 + fit);
	CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
	world_until(w, now + 10 * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(a->version, 1 + fit + 2);
	CU_ASSERT_EQUAL(a->events, 2);
	CU_ASSERT_TRUE(guest_knows(a, 0, fit + 3));
	CU_ASSERT_TRUE(guest_knows(&w->clients[i], 0, fit + 3));
	world_free(w);
}

struct template
{
	size_t len;
	uint8_t bytes[WIRE_MAX];
};

#define TEMPLATES 8

/* Makes one of each packet that the bootnode takes, already used or of a
 * session that is gone. */
static void
make_templates(struct world *w, struct template t[TEMPLATES])
{
	struct guest *a = guest_new(w, 0, 'x'), *b = guest_new(w, 1, 'x');

	CU_ASSERT_TRUE(guest_enter(a));
	CU_ASSERT_TRUE(guest_enter(b));
	world_until(w, w->now + USEC_PER_SEC);
	a->addr.port++; /* to have a challenge to answer */
	t[0].len = guest_control(a, WIRE_HEARTBEAT, t[0].bytes);
	world_packet(w, &a->addr, t[0].bytes, t[0].len);
	a->addr.port--;
	t[1].len = guest_reply(a, t[1].bytes);
	t[2].len = guest_control(a, WIRE_SYNC, t[2].bytes);
	t[3].len = guest_control(a, WIRE_LEAVE, t[3].bytes);
	guest_send(a, WIRE_HEARTBEAT);
	t[4].len = guest_hello(a, t[4].bytes);
	t[5].len = guest_join(a, t[5].bytes);
	t[6].len = guest_control(b, WIRE_LEAVE, t[6].bytes);
	t[7].len = guest_join(b, t[7].bytes);
	world_packet(w, &b->addr, t[6].bytes, t[6].len);
	b->attempt = 0;
	t[7].len = guest_hello(b, t[7].bytes);
	world_until(w, w->now + USEC_PER_SEC);
}

static size_t
mutate(struct world *w, const struct template *t, uint8_t *out)
{
	unsigned int changes = world_random(w) % 5;
	size_t len = t->len;

	memcpy(out, t->bytes, len);
	if (world_random(w) % 8 == 0)
		len = world_random(w) % (WIRE_MAX + 1);
	while (changes-- > 0 && len > 0)
		out[world_random(w) % (changes % 2 ? 24 : len)] ^=
		    (uint8_t)(1u << world_random(w) % 8);
	return len;
}

static void
test_noise(void)
{
	struct world *w = world_new(256, 64);
	struct template t[TEMPLATES] = { 0 };
	uint8_t buf[2 * WIRE_MAX] = { 0 };
	struct addr from;
	uint64_t bytes;
	size_t len, sent;

	make_templates(w, t);
	for (uint32_t i = 0; i < MUTATIONS; i++) {
		len = mutate(w, &t[world_random(w) % TEMPLATES], buf);
		from = w->clients[world_random(w) % 2].addr;
		if (world_random(w) % 2)
			from.ip[world_random(w) % 16] ^= 1;
		bytes = w->sent_bytes;
		sent = world_packet(w, &from, buf, len);
		if (sent > len || (sent > 0 && !addr_equal(&from, &w->last_to)))
			CU_FAIL_FATAL("amplified");
		world_run(w);
		/* Forged and used packets have no effect. */
		if (w->sent_bytes - bytes != sent)
			CU_FAIL_FATAL("answered by cryptod");
	}
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT(w->stats.sessions == 1 && w->stats.joins == 2);
	guest_send(&w->clients[0], WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(w->clients[0].acks, 2);
	world_free(w);
}

/* Each HELLO comes from another address: it is answered, and nothing is
 * kept. */
static void
test_strangers(void)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_new(w, 0, 'x');
	struct addr from = c->addr;
	uint8_t buf[WIRE_MAX];
	size_t len = guest_hello(c, buf), used = 0;

	memset(from.ip + 10, 0xff, 2);
	from.ip[12] = 10;
	for (uint32_t i = 0; i <= MUTATIONS; i++) {
		uint32_t number = world_random(w);

		memcpy(from.ip + 13, &number, 3); /* of 10.0.0.0/8 */
		if (world_packet(w, &from, buf, len) != WIRE_COOKIE_LEN)
			CU_FAIL_FATAL("no COOKIE");
		if (i == 0)
			used = mallinfo2().uordblks;
	}
	CU_ASSERT_EQUAL(mallinfo2().uordblks, used);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 0);
	world_free(w);
}

void
bootnode_load_suite(CU_pSuite suite)
{
	CU_add_test(suite, "500 join in a burst", test_burst);
	CU_add_test(suite, "250 of 500 expire together", test_expiry);
	CU_add_test(suite, "loss heals", test_loss);
	CU_add_test(suite, "churn", test_churn);
	CU_add_test(suite, "more changes than a log holds", test_log_full);
	CU_add_test(suite, "packing of events", test_packing);
	CU_add_test(suite, "100,000 mutated datagrams", test_noise);
	CU_add_test(suite, "100,000 strangers", test_strangers);
}
