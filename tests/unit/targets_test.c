/*
 * Budgets of probes: what an address gets that is named by cards and never
 * answers, of one client and of several; and that people who are there are
 * found, many behind one address among them.
 */
#include "tests/unit/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void targets_suite(void);

#define SEC(n)	((n)*USEC_PER_SEC)
#define MINUTES 10

static struct targets ts;

static unsigned int
take_all(uint64_t now, const struct addr *a, bool on_link)
{
	unsigned int n = 0;

	while (n < 100000 && targets_take(&ts, now, a, on_link))
		n++;
	return n;
}

/* All ports of an address together, and all addresses of a block. */
static void
test_budgets(void)
{
	struct addr a = path_ipv4(192, 0, 2, 7, 1), b = a, c = a;
	uint64_t now = PATH_START;

	targets_init(&ts, path_targets_key);
	CU_ASSERT_EQUAL(take_all(now, &a, false), TARGET_FIRST);
	a.port++;
	CU_ASSERT_EQUAL(take_all(now, &a, false), 0);
	b.ip[15] = 8;
	CU_ASSERT_EQUAL(take_all(now, &b, false), TARGET_BLOCK - TARGET_FIRST);
	c.ip[15] = 9;
	CU_ASSERT_EQUAL(take_all(now, &c, false), 0);
	CU_ASSERT_EQUAL(ts.refused, 4);
	CU_ASSERT_EQUAL(take_all(now, &c, true), TARGET_FIRST);
	/* One comes back a minute, and no more than there were. */
	CU_ASSERT_EQUAL(take_all(now + TARGET_REFILL - 1, &a, false), 0);
	CU_ASSERT_EQUAL(take_all(now + TARGET_REFILL, &a, false), 1);
	CU_ASSERT_EQUAL(take_all(now + TARGET_REFILL, &b, false), 0);
	CU_ASSERT_EQUAL(take_all(now + 3 * TARGET_REFILL, &a, false), 2);
	now += 1000 * TARGET_REFILL;
	CU_ASSERT_EQUAL(take_all(now, &a, false), TARGET_FIRST);
	/* Who answers is worth more, to others there, too. */
	targets_answered(&ts, now, &a, false);
	CU_ASSERT_EQUAL(take_all(now, &a, false), TARGET_ANSWER);
	CU_ASSERT_EQUAL(take_all(now, &b, false), TARGET_FIRST);
	for (int i = 0; i < 1000; i++)
		targets_answered(&ts, now, &a, false);
	CU_ASSERT_EQUAL(take_all(now, &a, false), TARGET_MOST);
}

static void
test_ipv6(void)
{
	struct addr a = { .ip = { 0x20, 1, 0xd, 0xb8, [7] = 1, [15] = 1 },
		.port = 1 };

	targets_init(&ts, path_targets_key);
	CU_ASSERT_EQUAL(take_all(PATH_START, &a, false), TARGET_FIRST);
	a.ip[8] = 1;
	CU_ASSERT_EQUAL(take_all(PATH_START, &a, false), TARGET_FIRST);
	a.ip[9] = 1;
	CU_ASSERT_EQUAL(take_all(PATH_START, &a, false), 0);
	a.ip[7] = 2;
	CU_ASSERT_EQUAL(take_all(PATH_START, &a, false), TARGET_FIRST);
}

/* Addresses without end: the table does not forget what was spent for one, and
 * has room again for new ones when it has come back. */
static void
test_full(void)
{
	const struct addr victim = path_ipv4(192, 0, 2, 7, 1);
	unsigned int sent = 0, taken = 0;
	uint64_t now = PATH_START;
	struct addr a = victim;

	targets_init(&ts, path_targets_key);
	CU_ASSERT_EQUAL(take_all(now, &victim, false), TARGET_FIRST);
	for (unsigned int i = 0; i < 100 * 60 * MINUTES; i++) {
		a = path_ipv4(10 + i / 65536, i / 256 % 256, i % 256, 1, 1);
		taken += targets_take(&ts, now, &a, false);
		sent += targets_take(&ts, now, &victim, false);
		now += 10 * USEC_PER_MSEC;
	}
	CU_ASSERT(sent <= MINUTES);
	CU_ASSERT(ts.refused > 0);
	/* Two places for each, which are free again after a minute. */
	CU_ASSERT(taken >= MINUTES * TARGETS_PLACES / 4);
	CU_ASSERT(taken <= (MINUTES + 1) * TARGETS_PLACES / 2);
	now += TARGET_REFILL;
	a = path_ipv4(203, 0, 113, 1, 1);
	CU_ASSERT_TRUE(targets_take(&ts, now, &a, false));
}

/* --- Clients -------------------------------------------------------------- */

#define PATHS 60

struct client {
	struct targets targets;
	struct path paths[PATHS];
	struct lan lan;
	size_t count;
	size_t turn;
	unsigned int sent[256]; /* by the last byte of the address */
	unsigned int most;	/* to one address */
	unsigned int all;
};

static struct client clients[6];

static void
client_init(struct client *c)
{
	memset(c, 0, sizeof(*c));
	targets_init(&c->targets, path_targets_key);
}

/* A member comes, in a place that another had; it is named at an address. */
static void
meet(struct client *c, size_t i, uint64_t now, const struct addr *a)
{
	path_init(&c->paths[i], &c->targets, (i & 1) != 0, RELAY_NEVER, now, 0);
	path_add(&c->paths[i], &c->lan, a);
	if (c->count <= i)
		c->count = i + 1;
}

/* As links.c has it: one probe at a time, of each peer in turn. */
static bool
probe(struct client *c, uint64_t now, size_t *i, struct path_probe *out)
{
	for (size_t n = 0; n < c->count; n++) {
		*i = (c->turn + n) % c->count;
		path_timer(&c->paths[*i], now);
		if (path_deadline(&c->paths[*i]) <= now &&
		    path_next(&c->paths[*i], now, 1 + now, out)) {
			c->turn = *i + 1;
			return true;
		}
	}
	return false;
}

static void
send_to_victims(struct client *c, uint64_t now)
{
	struct path_probe out;
	uint8_t last;
	size_t i;

	if (!probe(c, now, &i, &out))
		return;
	last = out.to.addr.ip[15];
	c->all++;
	if (++c->sent[last] > c->most)
		c->most = c->sent[last];
}

/* A card comes. Six clients get it, and none gets an answer. */
struct attack {
	size_t places;	/* ids at a time, */
	uint64_t every; /* each of which is new so often, or has a new card */
	bool new_ids;
	unsigned int addresses; /* of one /24 */
};

static void
attack(const struct attack *a)
{
	uint64_t now, end = PATH_START + SEC(60 * MINUTES);
	unsigned int cards = 0;
	struct addr to;

	for (size_t i = 0; i < 6; i++)
		client_init(&clients[i]);
	for (now = PATH_START; now < end; now += 10 * USEC_PER_MSEC) {
		for (; now >= PATH_START + cards * a->every; cards++)
			for (size_t i = 0; i < 6; i++) {
				struct client *c = &clients[i];
				struct path *p = &c->paths[cards % a->places];

				to = path_ipv4(192, 0, 2, cards % a->addresses,
				    (uint16_t)(1 + cards));
				if (a->new_ids || c->count < a->places) {
					meet(c, cards % a->places, now, &to);
				} else {
					path_add(p, &c->lan, &to);
					path_restart(p, now);
				}
			}
		for (size_t i = 0; i < 6; i++)
			send_to_victims(&clients[i], now);
	}
	for (size_t i = 0; i < 6; i++) {
		CU_ASSERT(clients[i].most <= TARGET_FIRST + MINUTES);
		CU_ASSERT(clients[i].all <= TARGET_BLOCK + MINUTES);
		CU_ASSERT(clients[i].most > 0);
	}
}

/* Six clients, and cards that name somebody who is no part of it. */
static void
test_attacks(void)
{
	static const struct attack attacks[] = {
		{ 1, SEC(2), false, 1 },	 /* one id, new cards */
		{ PATHS, SEC(60), false, 1 },	 /* many ids, one card each */
		{ PATHS, SEC(1) / 10, true, 1 }, /* thousands of ids */
		{ PATHS, SEC(1) / 10, true, 256 },
		{ 1, SEC(2), false, 256 },
	};

	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
		attack(&attacks[i]);
}

/* --- Those who are there -------------------------------------------------- */

/* Sixty people that answer, by the address of each: how long until all have a
 * path. They have one after the other behind them in a queue. */
static uint64_t
find_all(struct addr (*address)(unsigned int), bool lan)
{
	struct {
		uint64_t at;
		size_t i;
		struct path_probe probe;
	} queue[256];
	struct client *c = &clients[0];
	uint64_t now = PATH_START;
	uint8_t head = 0, tail = 0;
	struct path_probe answer;
	unsigned int up = 0;
	struct addr a;

	client_init(c);
	if (lan) {
		a = address(0);
		c->lan.count = 1;
		memcpy(c->lan.prefixes[0].ip, a.ip, sizeof(a.ip));
		c->lan.prefixes[0].bits = 96 + 24;
	}
	for (unsigned int i = 0; i < PATHS; i++) {
		a = address(i);
		meet(c, i, now, &a);
		c->paths[i].controlling = true;
	}
	for (; up < PATHS && now < PATH_START + SEC(60);
	     now += 10 * USEC_PER_MSEC) {
		for (; tail != head && queue[tail].at <= now; tail++)
			up +=
			    path_answered(&c->paths[queue[tail].i], now,
				&queue[tail].probe.to, 0, queue[tail].probe.id,
				0, &answer) == PATH_CHANGED;
		if (probe(c, now, &queue[head].i, &queue[head].probe))
			queue[head++].at = now + 100 * USEC_PER_MSEC;
	}
	return now - PATH_START;
}

static struct addr
behind_one_nat(unsigned int i)
{
	return path_ipv4(192, 0, 2, 7, (uint16_t)(4000 + i));
}

static struct addr
in_one_block(unsigned int i)
{
	return path_ipv4(192, 0, 2, i, 4545);
}

static void
test_many(void)
{
	CU_ASSERT(find_all(behind_one_nat, false) <= SEC(2));
	CU_ASSERT(find_all(in_one_block, false) <= SEC(2));
	CU_ASSERT(find_all(in_one_block, true) <= SEC(1));
}

void
targets_suite(void)
{
	CU_pSuite s = CU_add_suite("targets", NULL, NULL);

	CU_add_test(s, "budgets", test_budgets);
	CU_add_test(s, "IPv6", test_ipv6);
	CU_add_test(s, "a full table", test_full);
	CU_add_test(s, "six clients and a third party", test_attacks);
	CU_add_test(s, "sixty in one place", test_many);
}
