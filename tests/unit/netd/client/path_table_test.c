/*
 * The table of a path's candidates: what each is, which of them is better, who
 * loses his place to whom, and whose turn it is.
 */
#include "netd/client/path_parts.h"

#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void path_table_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)

static struct addr
ipv6(uint8_t last)
{
	return (struct addr){ { 0x20, 0x01, 0x0d, 0xb8, [15] = last }, 4545 };
}

/* A path without a candidate, on the LANs 192.168.1.0/24 and 10.0.0.0/8. */
static void
begin(struct path_pair *p)
{
	const struct addr lans[] = { path_ipv4(192, 168, 1, 2, 0),
		path_ipv4(10, 0, 0, 2, 0) };

	path_pair_init(p, true);
	p->path.count = 0;
	p->lan.count = 2;
	for (size_t i = 0; i < 2; i++)
		memcpy(p->lan.prefixes[i].ip, lans[i].ip, sizeof(lans[i].ip));
	p->lan.prefixes[0].bits = 96 + 24;
	p->lan.prefixes[1].bits = 96 + 8;
}

/* Its place. */
static size_t
add_observed(struct path_pair *p, struct addr a)
{
	CU_ASSERT_TRUE(path_add(&p->path, &p->lan, p->now, &a));
	return (size_t)path_find(&p->path, &a);
}

static size_t
add_host(struct path_pair *p, struct addr a)
{
	CU_ASSERT_TRUE(path_add_host(&p->path, &p->lan, p->now, &a));
	return (size_t)path_find(&p->path, &a);
}

/* One that only a probe came from, to an address of ours if that is not 0. */
static int
add_heard(struct path_pair *p, struct addr a, uint8_t ours)
{
	struct remote from = { .addr = a, .local = { [15] = ours } };

	return path_place(&p->path, &p->lan, &from);
}

/* --- What they are -------------------------------------------------------- */

static void
test_kinds(void)
{
	static const struct {
		struct addr addr;
		enum path_kind kind;
		enum target_kind observed, named;
	} cases[] = {
		{ { { [10] = 0xff, 0xff, 192, 168, 1, 99 }, 1 }, PATH_LAN,
		    TARGET_ON_LINK, TARGET_NAMED_ON_LINK },
		{ { { [10] = 0xff, 0xff, 10, 77, 1, 1 }, 1 }, PATH_LAN,
		    TARGET_ON_LINK, TARGET_NAMED_ON_LINK },
		{ { { [10] = 0xff, 0xff, 127, 0, 0, 1 }, 1 }, PATH_LAN,
		    TARGET_ON_LINK, TARGET_NAMED_ON_LINK },
		{ { { [10] = 0xff, 0xff, 192, 168, 2, 1 }, 1 }, PATH_DIRECT,
		    TARGET_OBSERVED, TARGET_NAMED },
		{ { { 0x20, 1 }, 1 }, PATH_DIRECT, TARGET_OBSERVED,
		    TARGET_NAMED },
	};
	struct path_pair p;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct candidate *c;

		begin(&p);
		c = &p.path.candidates[add_host(&p, cases[i].addr)];
		CU_ASSERT_EQUAL(c->kind, cases[i].kind);
		CU_ASSERT_EQUAL(path_target_kind(c), cases[i].named);
		/* The bootnode saw him there, too: that counts for more. */
		CU_ASSERT_FALSE(
		    path_add(&p.path, &p.lan, p.now, &cases[i].addr));
		CU_ASSERT_EQUAL(path_target_kind(c), cases[i].observed);
		CU_ASSERT_FALSE(
		    path_add_host(&p.path, &p.lan, p.now, &cases[i].addr));
		CU_ASSERT_EQUAL(path_target_kind(c), cases[i].observed);
		CU_ASSERT_EQUAL(p.path.count, 1);
	}
}

/* What is known of an address holds for each pair that it is in, whichever came
 * first; and it is known since it was named first. */
static void
test_pairs(void)
{
	const struct candidate *c;
	struct path_pair p;

	begin(&p);
	p.targets.peers = 7;
	add_observed(&p, p.peer.addr);
	c = &p.path.candidates[0];
	CU_ASSERT(c->crowd == 7 && c->named_at == p.now);
	CU_ASSERT_FALSE(c->settled);
	p.path.candidates[0].settled = true;
	p.path.candidates[0].at.local[15] = 1;
	p.now += MSEC(5);
	p.targets.peers = 9;
	CU_ASSERT_EQUAL(add_heard(&p, p.peer.addr, 2), 1);
	c = &p.path.candidates[1];
	CU_ASSERT_TRUE(c->settled && c->vouched && c->observed);
	CU_ASSERT(c->crowd == 7 && c->named_at == PATH_START);
	/* Named once more: no news. */
	CU_ASSERT_FALSE(path_add(&p.path, &p.lan, p.now, &p.peer.addr));
	CU_ASSERT(c->crowd == 7 && c->named_at == PATH_START);

	begin(&p);
	CU_ASSERT_EQUAL(add_heard(&p, p.peer.addr, 1), 0);
	CU_ASSERT_FALSE(p.path.candidates[0].settled);
	CU_ASSERT_FALSE(p.path.candidates[0].vouched);
	p.path.candidates[0].settled = true;
	CU_ASSERT_EQUAL(add_heard(&p, p.peer.addr, 2), 1);
	CU_ASSERT_FALSE(p.path.candidates[1].vouched);
	p.targets.peers = 3;
	p.now += MSEC(5);
	CU_ASSERT_FALSE(path_add_host(&p.path, &p.lan, p.now, &p.peer.addr));
	for (int i = 0; i < 2; i++) {
		c = &p.path.candidates[i];
		CU_ASSERT_TRUE(c->vouched && !c->observed);
		CU_ASSERT(c->crowd == 3 && c->named_at == p.now);
	}
}

/* A probe from a known address, to another of ours: until one of them is
 * settled it is the same candidate, of the one that it came to last. */
static void
test_place(void)
{
	struct remote relay = { .socket = 0 };
	struct path_pair p;

	begin(&p);
	add_observed(&p, p.peer.addr);
	p.path.candidates[0].by_system = true;
	CU_ASSERT_EQUAL(add_heard(&p, p.peer.addr, 0), 0);
	CU_ASSERT_TRUE(p.path.candidates[0].by_system);
	CU_ASSERT_EQUAL(add_heard(&p, p.peer.addr, 1), 0);
	CU_ASSERT_FALSE(p.path.candidates[0].by_system);
	CU_ASSERT_EQUAL(add_heard(&p, p.peer.addr, 2), 0);
	CU_ASSERT_EQUAL(p.path.candidates[0].at.local[15], 2);
	CU_ASSERT_EQUAL(p.path.count, 1);
	p.path.candidates[0].settled = true;
	CU_ASSERT_EQUAL(add_heard(&p, p.peer.addr, 2), 0);
	CU_ASSERT_EQUAL(add_heard(&p, p.peer.addr, 1), 1);
	CU_ASSERT_EQUAL(path_place(&p.path, &p.lan, NULL), PATH_BY_RELAY);
	CU_ASSERT_EQUAL(path_known(&p.path, NULL), PATH_BY_RELAY);
	relay.addr = p.peer.addr;
	CU_ASSERT_EQUAL(path_known(&p.path, &relay), -1);
	relay.local[15] = 1;
	CU_ASSERT_EQUAL(path_known(&p.path, &relay), 1);
	/* Of two, only one is open again. */
	path_unsettle(&p.path);
	CU_ASSERT_FALSE(p.path.candidates[0].settled);
	CU_ASSERT_TRUE(p.path.candidates[1].settled);
}

/* Whoever was set aside for good is not, once he is named; who was for a time
 * waits for its end. */
static void
test_named_aside(void)
{
	struct path_pair p;

	begin(&p);
	CU_ASSERT_EQUAL(add_heard(&p, p.peer.addr, 1), 0);
	CU_ASSERT_EQUAL(add_heard(&p, p.other.addr, 1), 1);
	p.path.candidates[0].aside_until = CLOCK_NEVER;
	p.path.candidates[1].aside_until = p.now + MSEC(5000);
	path_add(&p.path, &p.lan, p.now, &p.peer.addr);
	path_add(&p.path, &p.lan, p.now, &p.other.addr);
	CU_ASSERT_EQUAL(p.path.candidates[0].aside_until, 0);
	CU_ASSERT_EQUAL(p.path.candidates[1].aside_until, p.now + MSEC(5000));
}

/* The budget is that of a card: another one has its own, the same one goes on
 * with what is left. */
static void
test_card(void)
{
	struct addr a = path_ipv4(192, 0, 2, 1, 1),
		    b = path_ipv4(192, 0, 2, 2, 1);
	struct path_pair p;

	begin(&p);
	add_host(&p, a);
	p.path.card = p.path.card_on_link =
	    (struct budget){ .first = 3, .left = 1 };
	CU_ASSERT_FALSE(path_add_host(&p.path, &p.lan, p.now, &a));
	CU_ASSERT(p.path.card.first == 3 && p.path.card_on_link.first == 3);
	add_observed(&p, b);
	CU_ASSERT(p.path.card.first == 3 && p.path.card_on_link.first == 3);
	add_host(&p, ipv6(1));
	CU_ASSERT(p.path.card.first == 0 && p.path.card_on_link.first == 0);
}

/* Through the relay alone, nobody's address is of use. */
static void
test_relay_only(void)
{
	struct path_pair p;

	begin(&p);
	p.path.mode = RELAY_ONLY;
	CU_ASSERT_FALSE(path_add(&p.path, &p.lan, p.now, &p.peer.addr));
	CU_ASSERT_FALSE(path_add_host(&p.path, &p.lan, p.now, &p.peer.addr));
	CU_ASSERT_EQUAL(p.path.count, 0);
}

/* --- Which is better ------------------------------------------------------ */

/* The same LAN, IPv6, IPv4, the relay; of two alike the one in use stays. */
static void
test_order(void)
{
	struct path_pair p;
	size_t at[5];

	begin(&p);
	at[0] = PATH_BY_RELAY;
	at[1] = add_observed(&p, path_ipv4(192, 0, 2, 1, 1));
	at[2] = add_observed(&p, ipv6(1));
	at[3] = add_observed(&p, path_ipv4(192, 168, 1, 9, 1));
	at[4] = add_observed(&p, path_ipv4(192, 168, 1, 8, 1));
	for (size_t i = 0; i < 5; i++)
		CU_ASSERT_TRUE(path_prefers(&p.path, at[i]));
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 5; k++) {
			p.path.current = (int)at[i];
			CU_ASSERT_EQUAL(path_prefers(&p.path, at[k]),
			    k > i && !(i == 3 && k == 4));
			CU_ASSERT_FALSE(path_is_inferior(&p.path, at[k]));
		}
}

/* Before there is a session, one that nobody has named is worse than any that
 * was, however near it is. */
static void
test_vouched(void)
{
	struct path_pair p;
	size_t named, near, far;

	begin(&p);
	named = add_observed(&p, path_ipv4(192, 0, 2, 1, 1));
	near = (size_t)add_heard(&p, path_ipv4(192, 168, 1, 9, 1), 0);
	far = (size_t)add_heard(&p, path_ipv4(192, 0, 2, 2, 1), 0);
	p.path.current = (int)named;
	CU_ASSERT_FALSE(path_prefers(&p.path, near));
	CU_ASSERT_TRUE(path_is_inferior(&p.path, near));
	p.path.current = (int)near;
	CU_ASSERT_TRUE(path_prefers(&p.path, named));
	CU_ASSERT_FALSE(path_prefers(&p.path, far));
	CU_ASSERT_FALSE(path_is_inferior(&p.path, named));
	CU_ASSERT_FALSE(path_is_inferior(&p.path, far));
	p.path.secured = true;
	p.path.current = (int)named;
	CU_ASSERT_TRUE(path_prefers(&p.path, near));
	CU_ASSERT_FALSE(path_is_inferior(&p.path, near));
	CU_ASSERT_FALSE(path_prefers(&p.path, far));
}

/* What is asked at all: whom somebody named, or who has answered. With a path,
 * what is better, and what was new then; in doubt, all others. */
static void
test_wants(void)
{
	struct path_pair p;
	size_t near, far, heard;

	begin(&p);
	near = add_observed(&p, path_ipv4(192, 168, 1, 9, 1));
	far = add_observed(&p, path_ipv4(192, 0, 2, 1, 1));
	heard = (size_t)add_heard(&p, path_ipv4(192, 168, 1, 8, 1), 0);
	CU_ASSERT_TRUE(path_wants(&p.path, near) && path_wants(&p.path, far));
	CU_ASSERT_FALSE(path_wants(&p.path, heard));
	p.path.candidates[heard].answered = true;
	CU_ASSERT_TRUE(path_wants(&p.path, heard));
	p.path.state = PATH_UP;
	p.path.current = (int)far;
	p.path.secured = true;
	CU_ASSERT_TRUE(path_wants(&p.path, near));
	CU_ASSERT_FALSE(path_wants(&p.path, far));
	p.path.current = (int)near;
	CU_ASSERT_FALSE(path_wants(&p.path, near));
	CU_ASSERT_FALSE(path_wants(&p.path, far));
	p.path.doubted = true;
	CU_ASSERT_FALSE(path_wants(&p.path, near));
	CU_ASSERT_TRUE(path_wants(&p.path, far));
	p.path.doubted = false;
	far = add_observed(&p, path_ipv4(192, 0, 2, 2, 1));
	CU_ASSERT_TRUE(p.path.candidates[far].fresh);
	CU_ASSERT_TRUE(path_wants(&p.path, far));
	p.path.candidates[far].valid = true;
	CU_ASSERT_FALSE(path_wants(&p.path, far));
}

/* --- Whose place it is ---------------------------------------------------- */

/* A full table, of those that nobody has named. */
static void
fill(struct path_pair *p, bool answers)
{
	begin(p);
	for (unsigned int i = 0; i < PATH_CANDIDATES; i++) {
		CU_ASSERT_EQUAL(add_heard(p, path_ipv4(198, 51, 100, i, 1), 0),
		    (int)i);
		p->path.candidates[i].valid = answers;
	}
	CU_ASSERT_EQUAL(p->path.count, PATH_CANDIDATES);
}

/* One after the other goes who does not answer; neither the path in use nor the
 * one that takes its place. */
static void
test_replaced(void)
{
	struct path_pair p;

	fill(&p, false);
	p.path.current = 1;
	p.path.nominee = 3;
	CU_ASSERT_EQUAL(add_heard(&p, path_ipv4(203, 0, 113, 1, 1), 0), 0);
	CU_ASSERT_EQUAL(add_heard(&p, path_ipv4(203, 0, 113, 2, 1), 0), 2);
	CU_ASSERT_EQUAL(add_heard(&p, path_ipv4(203, 0, 113, 3, 1), 0), 4);
	CU_ASSERT_EQUAL(p.path.count, PATH_CANDIDATES);
	for (unsigned int i = 5; i < PATH_CANDIDATES; i++)
		CU_ASSERT_EQUAL(add_heard(&p, path_ipv4(203, 0, 113, i, 1), 0),
		    (int)i);
	CU_ASSERT_EQUAL(add_heard(&p, path_ipv4(203, 0, 113, 99, 1), 0), 0);
}

/* Who answers makes place for one that is named, and for nobody else. */
static void
test_answering(void)
{
	struct path_pair p;
	struct addr a = path_ipv4(203, 0, 113, 1, 1);

	fill(&p, true);
	CU_ASSERT_EQUAL(add_heard(&p, a, 0), -1);
	p.path.candidates[7].valid = false;
	CU_ASSERT_EQUAL(add_heard(&p, a, 0), 7);
	p.path.candidates[7].valid = true;
	CU_ASSERT_EQUAL(path_find(&p.path, &a), 7);
	CU_ASSERT(
	    add_observed(&p, path_ipv4(203, 0, 113, 2, 1)) < PATH_CANDIDATES);
	/* The best reason counts, wherever it is. */
	p.path.candidates[20].valid = p.path.candidates[20].vouched = false;
	CU_ASSERT_EQUAL(add_observed(&p, path_ipv4(203, 0, 113, 3, 1)), 20);
}

/* More addresses than one card has: those of cards before go, for anybody; else
 * only for one that is named, too. */
static void
test_named(void)
{
	struct path_pair p;
	struct addr a = path_ipv4(203, 0, 113, 1, 1);

	fill(&p, true);
	for (size_t i = 0; i < CANDIDATES_MAX + 1; i++) {
		p.path.candidates[i].vouched = true;
		p.path.candidates[i].valid = false;
	}
	CU_ASSERT_EQUAL(add_heard(&p, a, 0), -1);
	p.path.candidates[CANDIDATES_MAX + 1].vouched = true;
	CU_ASSERT_NOT_EQUAL(add_heard(&p, a, 0), -1);
	CU_ASSERT(path_find(&p.path, &a) <= CANDIDATES_MAX);
	/* All are named, and answer. */
	for (size_t i = 0; i < PATH_CANDIDATES; i++)
		p.path.candidates[i].valid = p.path.candidates[i].vouched =
		    true;
	a.port++;
	CU_ASSERT_FALSE(path_add(&p.path, &p.lan, p.now, &a));
	CU_ASSERT_EQUAL(path_find(&p.path, &a), -1);
}

/* --- Whose turn it is ----------------------------------------------------- */

/* Is there anything but the one in use? The relay, if it is there and may be
 * used, is something; what was set aside is not. */
static void
test_other(void)
{
	struct path_pair p;

	begin(&p);
	add_observed(&p, p.peer.addr);
	p.path.current = 0;
	CU_ASSERT_FALSE(path_has_other(&p.path, p.now));
	p.path.relay_up = true;
	CU_ASSERT_TRUE(path_has_other(&p.path, p.now));
	p.path.candidates[PATH_BY_RELAY].aside_until = p.now + 1;
	CU_ASSERT_FALSE(path_has_other(&p.path, p.now));
	CU_ASSERT_TRUE(path_has_other(&p.path, p.now + 1));
	p.path.mode = RELAY_NEVER;
	CU_ASSERT_FALSE(path_has_other(&p.path, p.now + 1));
	CU_ASSERT_EQUAL(add_heard(&p, p.other.addr, 0), 1);
	CU_ASSERT_FALSE(path_has_other(&p.path, p.now));
	p.path.candidates[1].answered = true;
	CU_ASSERT_TRUE(path_has_other(&p.path, p.now));
	p.path.candidates[1].aside_until = p.now + 1;
	CU_ASSERT_FALSE(path_has_other(&p.path, p.now));
	CU_ASSERT_TRUE(path_has_other(&p.path, p.now + 1));
	p.path.mode = RELAY_AUTO;
	p.path.current = PATH_BY_RELAY;
	CU_ASSERT_TRUE(path_has_other(&p.path, p.now));
	p.path.candidates[0].aside_until = CLOCK_NEVER;
	CU_ASSERT_FALSE(path_has_other(&p.path, p.now));
}

/* In the order of their turns, the likely and the better first; who was set
 * aside has none before that is over. */
static void
test_turns(void)
{
	struct path_pair p;
	int unlikely, v4, v6;

	begin(&p);
	unlikely = (int)add_host(&p, path_ipv4(192, 168, 7, 7, 1));
	v4 = (int)add_observed(&p, path_ipv4(192, 0, 2, 1, 1));
	v6 = (int)add_observed(&p, ipv6(1));
	CU_ASSERT_EQUAL(path_take_turn(&p.path, p.now), v6);
	CU_ASSERT_EQUAL(path_take_turn(&p.path, p.now), v4);
	CU_ASSERT_EQUAL(path_take_turn(&p.path, p.now), unlikely);
	CU_ASSERT_EQUAL(path_take_turn(&p.path, p.now), -1);
	CU_ASSERT_EQUAL(p.path.candidates[v4].turn, 1);
	CU_ASSERT_EQUAL(p.path.candidates[unlikely].turn, PROBE_UNLIKELY);
	for (size_t i = 0; i < 3; i++)
		p.path.candidates[i].answered = true;
	p.path.candidates[v6].aside_until = p.now + 1;
	CU_ASSERT_EQUAL(path_take_turn(&p.path, p.now), v4);
	CU_ASSERT_EQUAL(path_take_turn(&p.path, p.now), v4);
	CU_ASSERT_EQUAL(path_take_turn(&p.path, p.now + 1), v6);
	/* A new one does not have all the turns that it missed. */
	CU_ASSERT_EQUAL(p.path.candidates[add_observed(&p, ipv6(2))].turn,
	    p.path.turn);
}

void
path_table_suite(void)
{
	CU_pSuite suite = CU_add_suite("path_table", NULL, NULL);

	CU_add_test(suite, "kinds", test_kinds);
	CU_add_test(suite, "two of one address", test_pairs);
	CU_add_test(suite, "where a probe belongs", test_place);
	CU_add_test(suite, "named after all", test_named_aside);
	CU_add_test(suite, "another card", test_card);
	CU_add_test(suite, "through the relay alone", test_relay_only);
	CU_add_test(suite, "the better one", test_order);
	CU_add_test(suite, "who is named", test_vouched);
	CU_add_test(suite, "who is asked", test_wants);
	CU_add_test(suite, "who makes place", test_replaced);
	CU_add_test(suite, "who answers", test_answering);
	CU_add_test(suite, "who was named before", test_named);
	CU_add_test(suite, "anything else", test_other);
	CU_add_test(suite, "turns", test_turns);
}
