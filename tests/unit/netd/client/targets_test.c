/*
 * Budgets of probes: how many an address gets that cards name and that never
 * answers, from one client and from several; and that people who are there are
 * found, even many of them behind one address.
 */
#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void targets_suite(void);

#define SEC(n)	((n)*USEC_PER_SEC)
#define MINUTES 10

static struct targets ts;

static bool
take(uint64_t now, const struct addr *a, enum target_kind kind,
    unsigned int crowd)
{
	struct budget card = { .first = 0 }; /* each has a budget of its own */
	const struct target_probe probe = { a, kind, crowd, now, &card };

	return targets_take(&ts, now, &probe);
}

static unsigned int
take_all(uint64_t now, const struct addr *a, enum target_kind kind)
{
	unsigned int n = 0;

	while (n < 100000 && take(now, a, kind, 0))
		n++;
	return n;
}

/* All ports of an address share a budget, and so do all addresses of a
 * block. */
static void
test_budgets(void)
{
	struct addr a = path_ipv4(192, 0, 2, 7, 1), b = a, c = a;
	uint64_t now = PATH_START;

	targets_init(&ts, path_targets_key);
	CU_ASSERT_EQUAL(take_all(now, &a, TARGET_OBSERVED), TARGET_FIRST);
	a.port++;
	CU_ASSERT_EQUAL(take_all(now, &a, TARGET_OBSERVED), 0);
	b.ip[15] = 8;
	CU_ASSERT_EQUAL(take_all(now, &b, TARGET_OBSERVED),
	    TARGET_BLOCK - TARGET_FIRST);
	c.ip[15] = 9;
	CU_ASSERT_EQUAL(take_all(now, &c, TARGET_OBSERVED), 0);
	CU_ASSERT_EQUAL(ts.refused, 4);
	CU_ASSERT_EQUAL(take_all(now, &c, TARGET_ON_LINK), TARGET_FIRST);
	/* One probe comes back a minute, up to the first number. */
	CU_ASSERT_EQUAL(take_all(now + TARGET_REFILL - 1, &a, TARGET_OBSERVED),
	    0);
	CU_ASSERT_EQUAL(take_all(now + TARGET_REFILL, &a, TARGET_OBSERVED), 1);
	CU_ASSERT_EQUAL(take_all(now + TARGET_REFILL, &b, TARGET_OBSERVED), 0);
	CU_ASSERT_EQUAL(take_all(now + 3 * TARGET_REFILL, &a, TARGET_OBSERVED),
	    2);
	now += 1000 * TARGET_REFILL;
	CU_ASSERT_EQUAL(take_all(now, &a, TARGET_OBSERVED), TARGET_FIRST);
	/* An address that answers gets more, and so do others there. */
	targets_answered(&ts, now, &a, TARGET_OBSERVED);
	CU_ASSERT_EQUAL(take_all(now, &a, TARGET_OBSERVED), TARGET_ANSWER);
	CU_ASSERT_EQUAL(take_all(now, &b, TARGET_OBSERVED), TARGET_FIRST);
	for (int i = 0; i < 1000; i++)
		targets_answered(&ts, now, &a, TARGET_OBSERVED);
	CU_ASSERT_EQUAL(take_all(now, &a, TARGET_OBSERVED), TARGET_MOST);
}

static void
test_ipv6(void)
{
	struct addr a = { .ip = { 0x20, 1, 0xd, 0xb8, [7] = 1, [15] = 1 },
		.port = 1 };

	targets_init(&ts, path_targets_key);
	CU_ASSERT_EQUAL(take_all(PATH_START, &a, TARGET_OBSERVED),
	    TARGET_FIRST);
	a.ip[8] = 1;
	CU_ASSERT_EQUAL(take_all(PATH_START, &a, TARGET_OBSERVED),
	    TARGET_FIRST);
	a.ip[9] = 1;
	CU_ASSERT_EQUAL(take_all(PATH_START, &a, TARGET_OBSERVED), 0);
	a.ip[7] = 2;
	CU_ASSERT_EQUAL(take_all(PATH_START, &a, TARGET_OBSERVED),
	    TARGET_FIRST);
}

/* An address that only cards name has a smaller budget of its own: it takes
 * nothing from addresses where the bootnode saw somebody, and they take nothing
 * from it. */
static void
test_kinds(void)
{
	struct addr a = path_ipv4(192, 0, 2, 7, 1), b = a, c = a;
	const uint64_t now = PATH_START;

	b.ip[15] = 8;
	c.ip[15] = 9;
	for (int first = 0; first < 2; first++) {
		targets_init(&ts, path_targets_key);
		for (int i = 0; i < 2; i++) {
			if (i == first) {
				CU_ASSERT_EQUAL(take_all(now, &a, TARGET_NAMED),
				    NAMED_FIRST);
				CU_ASSERT_EQUAL(take_all(now, &b, TARGET_NAMED),
				    NAMED_BLOCK - NAMED_FIRST);
				CU_ASSERT_EQUAL(take_all(now, &c, TARGET_NAMED),
				    0);
			} else {
				CU_ASSERT_EQUAL(take_all(now, &a,
						    TARGET_OBSERVED),
				    TARGET_FIRST);
			}
		}
	}
	CU_ASSERT_EQUAL(take_all(now + TARGET_REFILL, &a, TARGET_NAMED), 1);
}

/* A card has a budget, whatever it names; another card has its own. */
static void
test_card(void)
{
	struct budget card = { .first = 0 };
	struct addr a = path_ipv4(192, 0, 2, 7, 1);
	const struct target_probe probe = { &a, TARGET_NAMED, 0, PATH_START,
		&card };
	unsigned int n = 0;

	targets_init(&ts, path_targets_key);
	for (; n < 20 && targets_take(&ts, PATH_START, &probe); n++)
		a.ip[14]++;
	CU_ASSERT_EQUAL(n, NAMED_FIRST);
	CU_ASSERT_FALSE(
	    targets_take(&ts, PATH_START + TARGET_REFILL - 1, &probe));
	CU_ASSERT_TRUE(targets_take(&ts, PATH_START + TARGET_REFILL, &probe));
	/* A card that had nothing left has taken nothing from other budgets. */
	CU_ASSERT_EQUAL(take_all(PATH_START + TARGET_REFILL, &a, TARGET_NAMED),
	    NAMED_FIRST - 1);
}

/* All addresses have a budget together, which an answer refills. */
static void
test_all(void)
{
	static const unsigned int most[] = { TARGET_ALL, NAMED_ALL };
	uint64_t now = PATH_START;
	struct addr a;
	unsigned int n;

	for (enum target_kind kind = 0; kind < TARGET_ON_LINK; kind++) {
		targets_init(&ts, path_targets_key);
		for (unsigned int i = n = 0; i < 4 * most[kind]; i++) {
			a = path_ipv4(10 + i % 100, i / 100, 1, 1, 1);
			n += take(now, &a, kind, 0);
			/* Time passes until places are free. */
			now += TARGET_REFILL_ALL / 4;
		}
		/* These are as many as at first, and as many as came back. */
		CU_ASSERT(n >= 3 * most[kind] / 2);
		CU_ASSERT(n <= 2 * most[kind] + 1);
		take(now, &a, kind, 0); /* the one that has just come back */
		CU_ASSERT_FALSE(take(now, &a, kind, 0));
		targets_answered(&ts, now, &a, kind);
		CU_ASSERT_TRUE(take(now, &a, kind, 0));
	}
}

/* There are addresses without end: the table does not forget what one has used,
 * and has room for new ones when that has come back. */
static void
test_full(void)
{
	const struct addr victim = path_ipv4(192, 0, 2, 7, 1);
	unsigned int sent = 0, taken = 0, named = 0;
	uint64_t now = PATH_START;
	struct addr a = victim;

	targets_init(&ts, path_targets_key);
	CU_ASSERT_EQUAL(take_all(now, &victim, TARGET_OBSERVED), TARGET_FIRST);
	for (unsigned int i = 0; i < 100 * 60 * MINUTES; i++) {
		a = path_ipv4(10 + i / 65536, i / 256 % 256, i % 256, 1, 1);
		taken += take(now, &a, TARGET_OBSERVED, 0);
		sent += take(now, &victim, TARGET_OBSERVED, 0);
		now += 10 * USEC_PER_MSEC;
	}
	CU_ASSERT(sent <= MINUTES);
	CU_ASSERT(ts.refused > 0);
	/* Each takes two places, which are free again after a minute; and all
	 * share a budget. */
	CU_ASSERT(taken >= TARGETS_PLACES / 4);
	CU_ASSERT(taken <= TARGET_ALL + 100 * MINUTES);
	now += TARGET_REFILL;
	a = path_ipv4(203, 0, 113, 1, 1);
	CU_ASSERT_TRUE(take(now, &a, TARGET_OBSERVED, 0));
	/* Addresses that cards name do not take the places of those that were
	 * seen. */
	targets_init(&ts, path_targets_key);
	for (unsigned int i = 0; i < NAMED_ALL; i++) {
		a = path_ipv4(10 + i % 100, i / 100, 1, 1, 1);
		named += take(now, &a, TARGET_NAMED, 0);
	}
	CU_ASSERT(named > NAMED_ALL * 9 / 10);
	for (unsigned int i = 0; i < TARGETS_PLACES / 2; i++)
		CU_ASSERT_FALSE(ts.places[i].used);
}

/* --- Clients -------------------------------------------------------------- */

#define PATHS	  60
#define ROOM	  254  /* who hear of a new member in a full room */
#define JOINING	  1531 /* bytes, to join with a card of eight addresses */
#define PROBE_LEN 70

struct client {
	struct targets targets;
	struct path paths[PATHS];
	struct lan lan;
	size_t count;
	size_t turn;
	unsigned int sent[256]; /* packets, by the last byte of the address */
	unsigned int most;	/* packets to one address */
	unsigned int all;
};

static struct client clients[6];

static void
client_init(struct client *c)
{
	memset(c, 0, sizeof(*c));
	targets_init(&c->targets, path_targets_key);
}

/* A member gets an address, by its card or from the bootnode. */
static void
give(struct client *c, size_t i, uint64_t now, const struct addr *a, bool card)
{
	if (card)
		path_add_host(&c->paths[i], &c->lan, now, a);
	else
		path_add(&c->paths[i], &c->lan, now, a);
}

/* A member comes, in the place of another; it is named at an address. */
static void
meet(struct client *c, size_t i, uint64_t now, const struct addr *a, bool card)
{
	path_init(&c->paths[i], &c->targets, (i & 1) != 0, RELAY_NEVER, now, 0);
	give(c, i, now, a, card);
	if (c->count <= i)
		c->count = i + 1;
}

/* Sends as links.c does: one probe at a time, of each peer in turn. */
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

/* The attack of a card. Six clients get it, and none gets an answer. */
struct attack {
	size_t places;	/* so many ids at a time; */
	uint64_t every; /* after this time one is new, or has a new card */
	bool new_ids;
	unsigned int addresses; /* so many addresses of one /24 */
};

static void
attack(const struct attack *a, bool card)
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
					meet(c, cards % a->places, now, &to,
					    card);
				} else {
					give(c, cards % a->places, now, &to,
					    card);
					path_restart(p, now);
				}
			}
		for (size_t i = 0; i < 6; i++)
			send_to_victims(&clients[i], now);
	}
	for (size_t i = 0; i < 6; i++) {
		CU_ASSERT(clients[i].most <=
		    (card ? NAMED_FIRST : TARGET_FIRST) + MINUTES);
		CU_ASSERT(clients[i].all <=
		    (card ? NAMED_BLOCK : TARGET_BLOCK) + MINUTES);
		CU_ASSERT(clients[i].most > 0);
	}
}

/* Cards tell six clients the addresses of somebody who is not in the room. */
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
		for (int card = 0; card < 2; card++)
			attack(&attacks[i], card);
}

/* A card has eight addresses of others, in as many blocks. Counts what all in a
 * room of so many send, in the first ten seconds and until so many are over;
 * each client has a table, and random numbers, of its own. */
static void
card_in_room(unsigned int members, bool on_link, unsigned int early[2])
{
	struct client *c = &clients[0];
	uint8_t key[SIPHASH_KEY] = "of one";
	struct path_probe out;
	struct addr a;
	size_t i;

	early[0] = early[1] = 0;
	for (unsigned int n = 0; n < members; n++) {
		memcpy(key + 8, &n, sizeof(n));
		client_init(c);
		targets_init(&c->targets, key);
		c->targets.peers = members - 1;
		if (on_link) {
			a = path_ipv4(192, 0, 0, 1, 0);
			c->lan.count = 1;
			memcpy(c->lan.prefixes[0].ip, a.ip, sizeof(a.ip));
			c->lan.prefixes[0].bits = 96 + 8;
		}
		path_init(&c->paths[0], &c->targets, true, RELAY_NEVER,
		    PATH_START, 0);
		for (unsigned int k = 0; k < CANDIDATES_MAX; k++) {
			a = path_ipv4(192, k, 3, 1, 1);
			path_add_host(&c->paths[0], &c->lan, PATH_START, &a);
		}
		c->count = 1;
		for (uint64_t now = PATH_START; now < PATH_START + SEC(120);
		     now += 10 * USEC_PER_MSEC)
			if (probe(c, now, &i, &out))
				early[now >= PATH_START + SEC(10)]++;
	}
}

/* All together send no more bytes than the card cost, until another one could
 * follow; and a large room sends about as many as a small one. */
static void
test_rooms(void)
{
	static const unsigned int rooms[] = { 2, 6, 18, 50, ROOM };
	unsigned int sent[2];

	for (size_t i = 0; i < 2 * sizeof(rooms) / sizeof(rooms[0]); i++) {
		unsigned int members = rooms[i / 2];

		card_in_room(members, i % 2 != 0, sent);
		CU_ASSERT(sent[0] + sent[1] >= 2 * NAMED_FIRST);
		CU_ASSERT(sent[0] * PROBE_LEN <= JOINING);
		CU_ASSERT(sent[0] <= members * NAMED_FIRST);
		CU_ASSERT(sent[1] <= 30);
	}
}

/* Many cards come, each with eight ports of an address. The host's clock stands
 * still: it uses all that it has for them at once. */
static void
name_in_cards(struct host *h, const struct addr *ip, unsigned int cards)
{
	struct path_probe out;
	struct addr a = *ip;
	struct path path;

	for (unsigned int card = 0; card < cards; card++) {
		path_init(&path, &h->targets, true, RELAY_NEVER, PATH_START, 0);
		for (unsigned int i = 0; i < CANDIDATES_MAX; i++) {
			a.port = (uint16_t)(1000 + 8 * card + i);
			path_add_host(&path, &h->lan, PATH_START, &a);
		}
		while (path.probe_at <= PATH_START) {
			path_next(&path, PATH_START, 1, &out);
			path.free_at = 0;
		}
	}
}

/* The addresses of two were named before they met, and both are behind NATs
 * that only let in answers. They get a direct path as soon as without that. */
static void
test_newcomer(void)
{
	for (int named = 0; named < 2; named++) {
		struct path_world w;

		path_world_init(&w, 1, 0, NAT_PORT_RESTRICTED,
		    NAT_PORT_RESTRICTED);
		for (int i = 0; i < 2 && named; i++)
			name_in_cards(&w.hosts[i], &w.nats[1 - i].ip, 4);
		CU_ASSERT_EQUAL(w.hosts[0].targets.refused > 0, named);
		path_world_meet(&w);
		path_world_run(&w, PATH_START + SEC(1) / 2);
		CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
		CU_ASSERT_TRUE(path_world_matches(&w));
		simnet_end(&w.net);
	}
}

/* The same holds for two on one LAN, whose NAT does not hairpin. */
static void
test_newcomer_on_lan(void)
{
	for (unsigned int cards = 0; cards <= 100; cards += 50) {
		struct path_world w;

		path_world_init(&w, 1, 0, NAT_PORT_RESTRICTED, NAT_NONE);
		path_world_join(&w, false);
		for (int i = 0; i < 2; i++)
			name_in_cards(&w.hosts[i], &w.hosts[1 - i].addr, cards);
		CU_ASSERT_EQUAL(w.hosts[0].targets.refused > 0, cards > 0);
		path_world_meet(&w);
		path_world_run(&w, PATH_START + SEC(1) / 2);
		CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_LAN));
		simnet_end(&w.net);
	}
}

/* Both have IPv6, though the bootnode saw them over IPv4 and only the cards say
 * so: they meet over IPv6. */
static void
test_other_family(void)
{
	const struct addr v6[2] = {
		{ .ip = { 0x20, 1, 0xd, 0xb8, [7] = 1, [15] = 1 }, .port = 1 },
		{ .ip = { 0x20, 1, 0xd, 0xb8, [7] = 2, [15] = 1 }, .port = 1 },
	};

	for (unsigned int others = 0; others <= NAMED_CROWD; others++) {
		struct path_world w;

		path_world_init(&w, 1, 0, NAT_PORT_RESTRICTED, NAT_SYMMETRIC);
		for (int i = 0; i < 2; i++) {
			w.hosts[i].addr6 = v6[i];
			w.hosts[i].targets.peers = others;
		}
		path_world_meet(&w);
		path_world_run(&w, PATH_START + SEC(1) / 2);
		CU_ASSERT_TRUE(path_world_both_kind(&w, PATH_DIRECT));
		CU_ASSERT_FALSE(
		    addr_is_ipv4(&path_current(&w.hosts[0].path)->at.addr));
		simnet_end(&w.net);
	}
}

/* --- Those who are there -------------------------------------------------- */

/* Sixty people answer, each at its own address: returns how long it takes until
 * all have a path. One after the other has its turn. */
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
		meet(c, i, now, &a, false);
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
	CU_add_test(s, "seen and named", test_kinds);
	CU_add_test(s, "of one card", test_card);
	CU_add_test(s, "all together", test_all);
	CU_add_test(s, "a full table", test_full);
	CU_add_test(s, "six clients and a third party", test_attacks);
	CU_add_test(s, "who is named before coming", test_newcomer);
	CU_add_test(s, "the same on a LAN", test_newcomer_on_lan);
	CU_add_test(s, "the other family", test_other_family);
	CU_add_test(s, "a card in rooms of all sizes", test_rooms);
	CU_add_test(s, "sixty in one place", test_many);
}
