/*
 * How often a source may join, how many sessions of it a room takes, and the
 * name by which people know a room.
 */
#include "tests/unit/netd/bootnode/crowd.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

void bootnode_limit_suite(void);

#define MAX 64 /* sessions of one address */

/* Sends so many JOINs of one guest; returns how many of them cryptod had to
 * open. */
static uint64_t
opened(struct guest *c, unsigned int joins, bool other_rooms)
{
	uint64_t before = c->world->told[IPC_JOIN_OPEN];

	for (unsigned int i = 0; i < joins; i++) {
		if (other_rooms) /* guesses another name */
			c->tag.bytes[1]++;
		guest_enter(c);
	}
	return c->world->told[IPC_JOIN_OPEN] - before;
}

static void
test_source(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_behind(w, 0, 'x', 1),
		     *d = guest_behind(w, 1, 'x', 2);
	uint64_t count;

	w->loss = 100; /* rosters of guessed rooms are lost */
	CU_ASSERT_EQUAL(opened(c, 500, true), 2 * MAX);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_JOIN_RATE],
	    500 - 2 * MAX);
	CU_ASSERT_EQUAL(opened(d, 1, false), 1); /* nobody else pays */
	/* These are the JOINs of ten minutes. */
	count = 0;
	for (int i = 0; i < 600; i++) {
		world_until(w, w->now + USEC_PER_SEC);
		count += opened(c, 3, true);
	}
	CU_ASSERT(count >= 10 * MAX - 2 && count <= 10 * MAX + 2);
	world_free(w);
}

/* JOINs that are dropped because cryptod has too many to open use up nothing:
 * they will come again. */
static void
test_busy(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_behind(w, 0, 'x', 1);

	w->loss = 100;
	w->bootnode->registry.pending_count += 1000;
	CU_ASSERT_EQUAL(opened(c, 500, true), 0);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_BUSY], 500);
	w->bootnode->registry.pending_count -= 1000;
	CU_ASSERT_EQUAL(opened(c, 2 * MAX, true), 2 * MAX);
	CU_ASSERT_EQUAL(w->bootnode->stats.dropped, 500);
	world_free(w);
}

/* Clients of one source come and go in one room. */
static void
test_source_and_room(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_behind(w, 0, 'x', 1);
	unsigned int before;

	guest_entered(w, 1, 'x');
	/* The source must not be what runs out. */
	w->bootnode->registry.max_per_address = MAX / 2;
	for (int i = 0; i < 200; i++) {
		world_until(w, w->now + 2 * USEC_PER_SEC);
		guest_enter(c);
	}
	/* These come at once, and in 400 s. */
	CU_ASSERT(c->welcomes >= MAX + 49 && c->welcomes <= MAX + 51);
	before = c->welcomes;
	for (int i = 0; i < 400; i++) {
		world_until(w, w->now + 2 * USEC_PER_SEC);
		guest_enter(c);
	}
	CU_ASSERT(c->welcomes - before >= 99 && c->welcomes - before <= 101);
	world_free(w);
}

/* How often it may enter this room now, up to a hundred times. */
static unsigned int
entries(struct world *w, const struct guest *c)
{
	unsigned int n = 0;

	while (n < 100 &&
	    bootnode_may_enter(w->bootnode, w->now, &c->addr, &c->tag))
		n++;
	return n;
}

/* What a source did in one room does not count in another, nor what another
 * source did in the same; however few sessions it may have, it enters 16 times
 * at once. */
static void
test_entries(void)
{
	struct world *w = world_new(256, 1);
	struct guest *c = guest_behind(w, 0, 'x', 1),
		     *d = guest_behind(w, 1, 'x', 2);

	CU_ASSERT_EQUAL(entries(w, c), 16);
	CU_ASSERT_EQUAL(entries(w, d), 16);
	c->tag.bytes[0] = 'y';
	CU_ASSERT_EQUAL(entries(w, c), 16);
	w->now += 256 * USEC_PER_SEC - 1;
	CU_ASSERT_EQUAL(entries(w, c), 0);
	w->now++;
	CU_ASSERT_EQUAL(entries(w, c), 1);
	world_free(w);
	w = world_new(256, MAX);
	CU_ASSERT_EQUAL(entries(w, guest_behind(w, 0, 'x', 1)), 100);
	CU_ASSERT_EQUAL(entries(w, &w->clients[0]), 2 * MAX - 100);
	w->now += 3 * 4 * USEC_PER_SEC;
	CU_ASSERT_EQUAL(entries(w, &w->clients[0]), 3);
	world_free(w);
}

/* However few sessions a source may have, 16 JOINs of it are opened at once. */
static void
test_few_sessions(void)
{
	struct world *w = world_new(256, 1);
	struct guest *c = guest_behind(w, 0, 'x', 1);

	w->loss = 100;
	CU_ASSERT_EQUAL(opened(c, 20, true), 16);
	world_until(w, w->now + 60 * USEC_PER_SEC - 1);
	CU_ASSERT_EQUAL(opened(c, 1, true), 0);
	world_until(w, w->now + 1);
	CU_ASSERT_EQUAL(opened(c, 2, true), 1);
	world_free(w);
}

/* All of a /48 together have four times what a source has, however many /64s
 * they come from. */
static void
test_joins_of_site(void)
{
	struct world *w = world_new(256, 8);
	struct guest *c = guest_new(w, 0, 'x');
	uint64_t count = 0;

	w->loss = 100;
	memset(c->addr.ip, 0, sizeof(c->addr.ip));
	memcpy(c->addr.ip, "\x20\x01\x0d\xb8", 4);
	for (uint8_t block = 0; block < 10; block++) {
		c->addr.ip[7] = block;
		count += opened(c, 10, true);
	}
	CU_ASSERT_EQUAL(count, 2 * SITE_BLOCKS * 8);
	c->addr.ip[3] = 0xb9; /* an address of another site */
	CU_ASSERT_EQUAL(opened(c, 1, true), 1);
	world_free(w);
}

/* An office of 64 is in one room, behind one address. All come back at once to
 * a bootnode that was restarted, and again soon after, each with copies of its
 * JOIN while it is under way and when it is admitted. */
static void
test_office(void)
{
	struct world *w = world_new(256, MAX);
	uint8_t buf[WIRE_MAX];
	struct guest *c;

	for (unsigned int time = 1; time <= 2; time++) {
		for (uint32_t i = 0; i < MAX; i++) {
			c = time == 1 ? guest_behind(w, i, 'x', 1)
				      : &w->clients[i];
			c->attempt++;
			c->nonce[0]++;
			world_packet(w, &c->addr, buf, guest_hello(c, buf));
			guest_copies(c);
			world_run(w);
			CU_ASSERT_EQUAL(c->welcomes, 4 * time - 3);
			guest_copies(c);
			CU_ASSERT_EQUAL(c->welcomes, 4 * time);
		}
		CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], time * MAX);
		world_until(w, w->now + 20 * USEC_PER_SEC);
		CU_ASSERT_EQUAL(w->stats.sessions, 0);
	}
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_JOIN_RATE], 0);
	world_free(w);
}

/* A client that joins as fast as it can, or leaves between, is not told to all
 * others each time. One that joins a little too soon is let in by a copy of its
 * JOIN. */
static void
test_return(void)
{
	struct world *w = world_new(256, MAX);
	uint64_t told = 0, start;
	uint8_t buf[WIRE_MAX];
	struct guest *c;

	for (uint32_t i = 1; i <= 50; i++)
		guest_entered(w, i, 'x');
	world_until(w, w->now + USEC_PER_SEC);
	c = guest_new(w, 0, 'x');
	for (uint32_t i = 1; i <= 50; i++)
		told -= w->clients[i].heard;
	start = w->now;
	for (unsigned int i = 0; i < 20; i++) {
		guest_enter(c);
		if (i % 2)
			guest_send(c, WIRE_LEAVE);
		world_until(w, start + (i + 1) * 50 * USEC_PER_MSEC);
	}
	for (uint32_t i = 1; i <= 50; i++)
		told += w->clients[i].heard;
	CU_ASSERT(told <= 3 * 20 * (WIRE_HELLO_LEN + guest_join(c, buf)));
	CU_ASSERT_EQUAL(c->welcomes, 2);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_JOIN_RATE], 18);
	/* The others' rate is their own. */
	CU_ASSERT_TRUE(guest_enter(guest_new(w, 60, 'x')));
	world_until(w, start + 2 * USEC_PER_SEC);
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + USEC_PER_SEC * 3 / 4);
	guest_enter(c);
	world_until(w, w->now + USEC_PER_SEC / 2);
	if (c->welcomes == 3) {
		world_packet(w, &c->addr, buf, guest_join(c, buf));
		world_run(w);
	}
	CU_ASSERT_EQUAL(c->welcomes, 4);
	world_free(w);
}

/* However many sessions a few addresses have, others find a place. */
static void
test_room_share(void)
{
	struct world *w = world_new(256, MAX);
	uint32_t count = 0;

	for (uint32_t i = 0; i < 4 * MAX; i++)
		count +=
		    guest_enter(guest_behind(w, i, 'x', (uint8_t)(i / MAX)));
	/* 64 of 256, 48 of 192, 36 of 144, 27 of 108. */
	CU_ASSERT_EQUAL(count, 64 + 48 + 36 + 27);
	for (uint32_t i = 4 * MAX; i < 5 * MAX; i++)
		CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
	/* A client that is there may join again. */
	world_until(w, w->now + 5 * USEC_PER_SEC);
	CU_ASSERT_TRUE(guest_enter(&w->clients[0]));
	world_free(w);
}

/* The sessions are in a whole /48, each in a /64 of its own. */
static void
test_site(void)
{
	struct world *w = world_new(256, MAX);
	uint32_t count = 0;
	struct guest *c;

	for (uint32_t i = 0; i < 400; i++) {
		c = guest_new(w, i, (char)('a' + i % 8));
		memset(c->addr.ip, 0, sizeof(c->addr.ip));
		memcpy(c->addr.ip, "\x20\x01\x0d\xb8", 4);
		c->addr.ip[6] = (uint8_t)(i >> 8);
		c->addr.ip[7] = (uint8_t)i;
		c->addr.ip[15] = 1;
		count += guest_enter(c);
	}
	CU_ASSERT_EQUAL(count, SITE_BLOCKS * MAX);
	c = guest_new(w, 400, 'a');
	memcpy(c->addr.ip, "\x20\x01\x0d\xb9", 4);
	memset(c->addr.ip + 4, 0, 12);
	CU_ASSERT_TRUE(guest_enter(c)); /* an address of another site */
	/* One room may take half of the places that are free. */
	guest_send(&w->clients[0], WIRE_LEAVE);
	world_free(w);
}

static void
test_site_in_room(void)
{
	struct world *w = world_new(256, MAX);
	uint32_t count = 0;
	struct guest *c;

	for (uint32_t i = 0; i < 250; i++) {
		c = guest_new(w, i, 'x');
		memset(c->addr.ip, 0, sizeof(c->addr.ip));
		memcpy(c->addr.ip, "\x20\x01\x0d\xb8", 4);
		c->addr.ip[7] = (uint8_t)i;
		count += guest_enter(c);
	}
	CU_ASSERT(count >= 64 && count <= 128);
	world_free(w);
}

/* Two sessions behind one address relay as much as two, and so do ten. */
static void
test_relay_shared(void)
{
	static const uint8_t key[SIPHASH_KEY] = "between peers";
	static const uint8_t frames[800];
	struct world *w = world_new(256, MAX);
	struct wire_data data = { .frames = frames, .frames_len = 800 };
	uint8_t inner[WIRE_MAX], packet[WIRE_MAX];
	struct wire_relay r = { .packet = inner };
	struct guest *to = guest_entered(w, 20, 'x');
	uint64_t bytes;

	r.packet_len = wire_put_data(inner, &data, key);
	memcpy(r.peer.bytes, to->token, PEER_ID_LEN);
	for (uint32_t i = 0; i < 10; i++)
		CU_ASSERT_TRUE(guest_enter(guest_behind(w, i, 'x', 1)));
	world_until(w, w->now + FAKE_FLUSH);
	bytes = w->bootnode->stats.relayed_bytes;
	for (uint32_t i = 0; i < 1000; i++) {
		struct guest *c = &w->clients[i % 10];

		r.session = c->session;
		world_packet(w, &c->addr, packet,
		    wire_put_relay(packet, &r, MAC_KEY(c->token)));
	}
	bytes = w->bootnode->stats.relayed_bytes - bytes;
	CU_ASSERT(bytes > 3 * FAKE_RELAY_RATE);
	CU_ASSERT(bytes <= 4 * FAKE_RELAY_RATE); /* two seconds' worth of two */
	world_free(w);
}

/* One member comes and goes, or moves, as often as it may. The others hear of
 * one change or two each time that something is told, and those who missed all
 * of it know the same afterwards. */
static void
test_folded(void)
{
	struct world *w = world_new(256, 1024);
	struct guest *a = guest_entered(w, 0, 'x'), *late,
		     *c = guest_behind(w, 1, 'x', 1);
	uint8_t buf[WIRE_MAX];
	uint64_t heard;
	size_t once;

	w->no_limits = true;
	late = guest_entered(w, 2, 'x');
	CU_ASSERT_TRUE(guest_enter(c));
	heard = a->heard;
	world_until(w, w->now + FAKE_FLUSH);
	once = (size_t)(a->heard - heard);
	for (int flush = 0; flush < 20; flush++) {
		heard = a->heard;
		for (int i = 0; i < 10; i++) {
			if (flush % 2)
				guest_send(c, WIRE_LEAVE);
			CU_ASSERT_TRUE(guest_enter(c));
			c->addr.ip[13]++;
			world_packet(w, &c->addr, buf,
			    guest_control(c, WIRE_HEARTBEAT, buf));
			world_packet(w, &c->addr, buf, guest_reply(c, buf));
			world_run(w);
		}
		world_until(w, w->now + FAKE_FLUSH);
		CU_ASSERT(a->heard - heard <= 3 * once);
		CU_ASSERT_TRUE(guest_knows(a, 0, 3));
	}
	CU_ASSERT(a->overtaken >= 300);
	late->version = 3;
	late->known[1].present = false;
	guest_send(late, WIRE_SYNC);
	CU_ASSERT_TRUE(guest_knows(late, 0, 3));
	CU_ASSERT_EQUAL(late->version, a->version);
	world_free(w);
}

/* A room's name for people tells nothing of its tag, and is another one in
 * another run. */
static void
test_alias(void)
{
	uint8_t first[ROOM_ALIAS_LEN], mac[SIPHASH_MAC];
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_entered(w, 0, 'x');

	memcpy(first, w->member.room, sizeof(first));
	CU_ASSERT_NOT_EQUAL(memcmp(first, c->tag.bytes, sizeof(first)), 0);
	siphash(mac, w->config.alias_key, c->tag.bytes, ROOM_TAG_LEN);
	CU_ASSERT_EQUAL(memcmp(first, mac, sizeof(first)), 0);
	w->bootnode->alias_key[0] ^= 1; /* as in another run */
	guest_send(c, WIRE_LEAVE);
	CU_ASSERT_NOT_EQUAL(memcmp(first, w->member.room, sizeof(first)), 0);
	world_free(w);
}

/* However many sessions there may be, used JOINs are known for as long as their
 * cookies are good, if they come no faster than they are opened. */
static void
test_tables(void)
{
	static const struct {
		uint32_t sessions;
		size_t known, told;
	} cases[] = {
		{ 1, RECENT_PLACES_MIN, RECENT_PLACES_MIN },
		{ 65000, 65000, 32504 },
		{ 1000000, 524288, 262144 },
		{ SESSIONS_MAX, 524288, 262144 },
	};
	struct world *w = world_new(256, MAX);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		w->config.max_sessions = cases[i].sessions;
		world_again(w);
		CU_ASSERT_EQUAL(w->bootnode->joins.count, 65536);
		CU_ASSERT_EQUAL(w->bootnode->known.count, cases[i].known);
		CU_ASSERT_EQUAL(w->bootnode->registry.told.count,
		    cases[i].told);
	}
	world_free(w);
}

void
bootnode_limit_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_limit", NULL, NULL);

	CU_add_test(suite, "joins of a source", test_source);
	CU_add_test(suite, "joins while it is busy", test_busy);
	CU_add_test(suite, "joins of a source into a room",
	    test_source_and_room);
	CU_add_test(suite, "entries into a room", test_entries);
	CU_add_test(suite, "sources of few sessions", test_few_sessions);
	CU_add_test(suite, "joins of an IPv6 site", test_joins_of_site);
	CU_add_test(suite, "an office comes back", test_office);
	CU_add_test(suite, "one who joins again and again", test_return);
	CU_add_test(suite, "a source's share of a room", test_room_share);
	CU_add_test(suite, "an IPv6 site", test_site);
	CU_add_test(suite, "an IPv6 site in a room", test_site_in_room);
	CU_add_test(suite, "relayed for an address", test_relay_shared);
	CU_add_test(suite, "changes that are overtaken", test_folded);
	CU_add_test(suite, "a room's alias", test_alias);
	CU_add_test(suite, "places for what was lately", test_tables);
}
