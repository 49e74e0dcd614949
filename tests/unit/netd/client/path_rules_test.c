/*
 * Paths when something is wrong: strangers, a peer that breaks the rules, more
 * candidates than there is room for.
 */
#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void path_rules_suite(void);

#define MSEC(n) ((n)*USEC_PER_MSEC)

/* An answer counts only with the number of a probe, from where the probe went,
 * and once. */
static void
test_answers(void)
{
	struct path_probe probe;
	struct path_pair p;
	struct path before;

	path_pair_init(&p, true);
	path_add(&p.path, &p.lan, p.now, &p.other.addr);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 77, &probe));
	CU_ASSERT_TRUE(remote_equal(&probe.to, &p.peer));
	CU_ASSERT_EQUAL(probe.id, 77);
	CU_ASSERT_TRUE(path_awaits(&p.path, p.now, &p.peer, 77));
	CU_ASSERT_FALSE(path_awaits(&p.path, p.now, &p.peer, 78));
	CU_ASSERT_FALSE(path_awaits(&p.path, p.now, &p.peer, 76));
	CU_ASSERT_FALSE(path_awaits(&p.path, p.now, &p.peer, 0));
	CU_ASSERT_FALSE(path_awaits(&p.path, p.now, &p.other, 77));
	before = p.path;
	path_hears(&p.path, p.now, &p.peer, 0, 78);
	path_hears(&p.path, p.now, &p.peer, 0, 0);
	path_hears(&p.path, p.now, &p.peer, PROBE_IN_USE, 78);
	path_hears(&p.path, p.now, &p.other, 0, 77);
	p.other.addr.port++;
	path_hears(&p.path, p.now, &p.other, 0, 77);
	CU_ASSERT_EQUAL(memcmp(&before, &p.path, sizeof(before)), 0);
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now + MSEC(30), &p.peer, 0, 77),
	    PATH_CHANGED);
	CU_ASSERT_FALSE(path_awaits(&p.path, p.now + MSEC(40), &p.peer, 77));
	CU_ASSERT_EQUAL(p.path.state, PATH_UP);
	CU_ASSERT_EQUAL(path_current(&p.path)->rtt_us, MSEC(30));
	before = p.path;
	CU_ASSERT_EQUAL(path_hears(&p.path, p.now + MSEC(40), &p.peer, 0, 77),
	    PATH_SAME);
	CU_ASSERT_EQUAL(memcmp(&before, &p.path, sizeof(before)), 0);
}

/* However long the way is and however many probes are on it, each answer tells
 * when its probe was sent. An answer to one older than PROBE_LIFETIME, or older
 * than one that was answered, is late. */
static void
test_late_answers(void)
{
	struct path_probe probe;
	uint64_t ids[50], sent[50], first;
	struct path_pair p;

	path_pair_init(&p, false);
	p.path.candidates[0].answered = true;
	for (size_t i = 0; i < 50; i++) {
		p.now += PROBE_FAST;
		CU_ASSERT_TRUE(path_next(&p.path, p.now, i + 1, &probe));
		ids[i] = probe.id;
		sent[i] = p.now;
	}
	first = sent[0] + PROBE_LIFETIME;
	CU_ASSERT_FALSE(path_awaits(&p.path, first + 1, &p.peer, ids[0]));
	for (size_t i = 0; i < 50; i++)
		CU_ASSERT_TRUE(path_awaits(&p.path, first, &p.peer, ids[i]));
	path_hears(&p.path, sent[20] + MSEC(900), &p.peer, 0, ids[20]);
	CU_ASSERT_TRUE(p.path.candidates[0].valid);
	CU_ASSERT_EQUAL(p.path.candidates[0].rtt_us, MSEC(900));
	for (size_t i = 0; i < 50; i++)
		CU_ASSERT_EQUAL(path_awaits(&p.path, first, &p.peer, ids[i]),
		    i > 20);
}

/* Whoever probes us gets a packet for a packet, which also asks him. He gets no
 * other packet, whatever he says, and whichever side we are. */
static void
test_one_for_one(void)
{
	static const uint8_t flags[] = { 0, PROBE_SEEKING, PROBE_NOMINATE };
	struct path_probe probe, answer;
	struct path_pair p;

	for (unsigned int i = 0; i < 12; i++) {
		path_pair_init(&p, i % 2 == 0);
		if (i < 6) { /* with a path, and without */
			CU_ASSERT_TRUE(path_next(&p.path, p.now, 5, &probe));
			path_hears(&p.path, p.now, &p.peer, PROBE_NOMINATE, 5);
			CU_ASSERT_EQUAL(p.path.state, PATH_UP);
		}
		p.now += 2 * USEC_PER_SEC;
		path_probed(&p.path, &p.lan, p.now, 77, &p.other, flags[i % 3],
		    9, &answer);
		CU_ASSERT_TRUE(answer.due && answer.reply);
		CU_ASSERT_EQUAL(answer.id, 9);
		CU_ASSERT_EQUAL(answer.ask, 77);
		CU_ASSERT_EQUAL(answer.flags, 0);
		CU_ASSERT_TRUE(remote_equal(&answer.to, &p.other));
		CU_ASSERT_TRUE(path_awaits(&p.path, p.now, &p.other, 77));
		for (unsigned int k = 0; k < 3000; k++, p.now += MSEC(20))
			if (path_next(&p.path, p.now, 1, &probe))
				CU_ASSERT_FALSE(
				    addr_equal(&probe.to.addr, &p.other.addr));
	}
}

/* A probe has come from an address that the card names. Its way is most likely
 * open, so it is soon asked again, as long as there is a budget for it. */
static void
test_heard(void)
{
	struct path_probe probe, answer;
	unsigned int sent = 0;
	struct path_pair p;

	path_pair_init(&p, false);
	for (unsigned int i = 0; i < 5000; i++, p.now += MSEC(1)) {
		if (path_next(&p.path, p.now, 1, &probe) && i > 1000)
			CU_ASSERT(++sent <= 2);
	}
	sent = 0;
	for (unsigned int i = 0; i < 5000; i++, p.now += MSEC(1)) {
		if (i % 500 == 0)
			path_probed(&p.path, &p.lan, p.now, 9, &p.peer, 0, 1,
			    &answer);
		sent += path_next(&p.path, p.now, 1, &probe);
	}
	CU_ASSERT(sent > 4);
	CU_ASSERT(sent <= TARGET_FIRST - 8);
}

/* An answer that asks is answered, and that is the last one; it says which path
 * is used. */
static void
test_ask(void)
{
	struct path_probe probe, answer;
	struct path_pair p;

	path_pair_init(&p, true);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 77, &probe));
	CU_ASSERT_EQUAL(path_answered(&p.path, p.now, &p.peer, 0, 77, 99,
			    &answer),
	    PATH_CHANGED);
	CU_ASSERT_TRUE(answer.due && answer.reply);
	CU_ASSERT_EQUAL(answer.id, 99);
	CU_ASSERT_EQUAL(answer.ask, 0);
	CU_ASSERT_EQUAL(answer.flags, PROBE_NOMINATE);
	CU_ASSERT_TRUE(remote_equal(&answer.to, &p.peer));
	/* A late answer is answered, too; at another address there is no
	 * path. */
	path_answered(&p.path, p.now, &p.peer, 0, 77, 98, &answer);
	CU_ASSERT_EQUAL(answer.id, 98);
	CU_ASSERT_EQUAL(answer.flags, PROBE_NOMINATE);
	path_answered(&p.path, p.now, &p.other, 0, 77, 97, &answer);
	CU_ASSERT_EQUAL(answer.id, 97);
	CU_ASSERT_EQUAL(answer.flags, 0);
	CU_ASSERT_TRUE(remote_equal(&answer.to, &p.other));
	CU_ASSERT_EQUAL(answer.ask, 0);
	CU_ASSERT_EQUAL(p.path.count, 1);
}

/* The controlled side asks once more where it has no path: the answer tells
 * whether it has one now. */
static void
test_ask_controlled(void)
{
	struct path_probe probe, answer;
	struct path_pair p;

	path_pair_init(&p, false);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 77, &probe));
	p.now += MSEC(1);
	path_answered(&p.path, p.now, &p.peer, 0, 77, 99, &answer);
	CU_ASSERT_EQUAL(answer.id, 99);
	CU_ASSERT_NOT_EQUAL(answer.ask, 0);
	p.now += MSEC(1);
	/* It does not ask where it never had an answer, nor if it has a
	 * path. */
	path_answered(&p.path, p.now, &p.other, 0, 77, 98, &probe);
	CU_ASSERT_EQUAL(probe.ask, 0);
	CU_ASSERT_EQUAL(path_answered(&p.path, p.now, &p.peer, PROBE_NOMINATE,
			    answer.ask, 97, &probe),
	    PATH_CHANGED);
	CU_ASSERT_EQUAL(probe.flags, PROBE_IN_USE);
	CU_ASSERT_EQUAL(probe.ask, 0);
}

/* An acknowledgement by way of the path is as good as an answer, unless the
 * peer itself says that it has lost the path. */
static void
test_alive(void)
{
	struct path_probe probe, answer;
	struct path_pair p;

	path_pair_init(&p, true);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 77, &probe));
	p.now += MSEC(1);
	path_hears(&p.path, p.now, &p.peer, 0, probe.id);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 78, &probe));
	CU_ASSERT_EQUAL(probe.flags, PROBE_NOMINATE); /* without waiting */
	path_hears(&p.path, p.now, &p.peer, PROBE_IN_USE, probe.id);
	p.now += 2 * USEC_PER_SEC;
	path_check(&p.path, p.now);
	CU_ASSERT_TRUE(p.path.checking);
	path_alive(&p.path, p.now);
	CU_ASSERT_FALSE(p.path.checking);
	CU_ASSERT_EQUAL(p.path.keepalive_at, p.now + KEEPALIVE);
	path_probed(&p.path, &p.lan, p.now, 9, &p.peer, PROBE_SEEKING, 9,
	    &answer);
	CU_ASSERT_TRUE(p.path.checking);
	path_alive(&p.path, p.now);
	CU_ASSERT_TRUE(p.path.checking);
}

static bool
is_candidate(const struct path *p, const struct addr *a)
{
	for (size_t i = 0; i < p->count; i++)
		if (addr_equal(&p->candidates[i].at.addr, a))
			return true;
	return false;
}

/* There are more addresses than the table holds: each is answered, and has a
 * place until another one needs it. */
static void
test_bound(void)
{
	struct path_probe answer;
	struct path_pair p;

	path_pair_init(&p, false);
	for (unsigned int i = 0; i < 1000; i++) {
		struct remote from = { .addr = path_ipv4(198, 51, 100, i % 256,
					   (uint16_t)(1000 + i)) };

		path_probed(&p.path, &p.lan, p.now, 9, &from, 0, i + 1,
		    &answer);
		CU_ASSERT_TRUE(remote_equal(&answer.to, &from));
		CU_ASSERT_EQUAL(answer.id, i + 1);
		CU_ASSERT(p.path.count <= PATH_CANDIDATES);
		CU_ASSERT_TRUE(is_candidate(&p.path, &from.addr));
	}
	CU_ASSERT_EQUAL(p.path.count, PATH_CANDIDATES);
}

/* A peer moves often: its newest address is always among the candidates, and so
 * is the path in use. */
static void
test_moves(void)
{
	struct path_probe probe;
	struct path_pair p;

	path_pair_init(&p, true);
	CU_ASSERT_TRUE(path_next(&p.path, p.now, 1, &probe));
	path_hears(&p.path, p.now, &p.peer, 0, 1);
	CU_ASSERT_EQUAL(p.path.state, PATH_UP);
	for (unsigned int move = 0; move < 20; move++) {
		struct addr at[CANDIDATES_MAX + 1];

		for (unsigned int i = 0; i < CANDIDATES_MAX + 1; i++) {
			at[i] = path_ipv4(198, 51, 100, 1 + i,
			    (uint16_t)(1000 + move));
			path_add(&p.path, &p.lan, p.now, &at[i]);
		}
		for (unsigned int i = 0; i < CANDIDATES_MAX + 1; i++)
			CU_ASSERT_TRUE(is_candidate(&p.path, &at[i]));
		CU_ASSERT_TRUE(
		    remote_equal(&path_current(&p.path)->at, &p.peer));
	}
	CU_ASSERT_EQUAL(p.path.count, PATH_CANDIDATES);
}

/* Somebody probes from many addresses, and answers at all of them: those that
 * the card named stay, and always have a place. */
static void
test_named_stay(void)
{
	struct addr named[2][CANDIDATES_MAX + 1];
	struct path_probe answer;
	struct path_pair p;

	path_pair_init(&p, false);
	p.path.count = 0;
	for (unsigned int card = 0; card < 2; card++)
		for (unsigned int i = 0; i <= CANDIDATES_MAX; i++)
			named[card][i] = path_ipv4(192, 0, card, i, 4545);
	for (unsigned int i = 0; i <= CANDIDATES_MAX; i++)
		path_add(&p.path, &p.lan, p.now, &named[0][i]);
	for (unsigned int i = 0; i < 100; i++) {
		struct remote from = { .addr =
					   path_ipv4(198, 51, 100, i, 4545) };

		path_probed(&p.path, &p.lan, p.now, 9, &from, 0, 1, &answer);
		CU_ASSERT_TRUE(answer.due);
		path_hears(&p.path, p.now, &from, 0, answer.ask);
	}
	CU_ASSERT_EQUAL(p.path.count, PATH_CANDIDATES);
	for (unsigned int i = 0; i <= CANDIDATES_MAX; i++)
		CU_ASSERT_TRUE(is_candidate(&p.path, &named[0][i]));
	for (unsigned int i = 0; i <= CANDIDATES_MAX; i++)
		path_add(&p.path, &p.lan, p.now, &named[1][i]);
	for (unsigned int i = 0; i <= CANDIDATES_MAX; i++)
		CU_ASSERT_TRUE(is_candidate(&p.path, &named[1][i]));
}

/* Addresses that are nowhere to send to are no candidates. */
static void
test_unusable(void)
{
	struct path_pair p;
	struct addr a;

	path_pair_init(&p, true);
	a = path_ipv4(0, 0, 0, 0, 4545);
	path_add(&p.path, &p.lan, p.now, &a);
	a = path_ipv4(224, 0, 0, 1, 4545);
	path_add(&p.path, &p.lan, p.now, &a);
	a = path_ipv4(255, 255, 255, 255, 4545);
	path_add(&p.path, &p.lan, p.now, &a);
	a = path_ipv4(192, 0, 2, 9, 0);
	path_add(&p.path, &p.lan, p.now, &a);
	a = path_ipv4(169, 254, 1, 1, 4545);
	path_add(&p.path, &p.lan, p.now, &a);
	CU_ASSERT_EQUAL(p.path.count, 1);
}

/* A stream of probes makes nobody send more than one in 20 ms. */
static void
test_flood(void)
{
	struct path_probe probe, answer;
	unsigned int sent = 0;
	struct path_pair p;

	path_pair_init(&p, false);
	p.path.candidates[0].answered = true;
	for (unsigned int i = 0; i < 2000; i++) {
		struct remote from = { .addr = path_ipv4(198, 51, 100,
					   1 + i % 200, 4545) };

		path_probed(&p.path, &p.lan, p.now, 9, &from, 0, i + 1,
		    &answer);
		while (path_next(&p.path, p.now, i + 1, &probe))
			sent++;
		p.now += MSEC(1);
	}
	CU_ASSERT(sent <= 2000 / 20);
	CU_ASSERT(sent >= 1000 / 20);
}

/* Counts the probes that go to each of these within a time. */
static void
count(struct path *p, uint64_t until, const struct addr *at, unsigned int n,
    unsigned int *counts)
{
	struct path_probe probe;
	uint64_t now;

	memset(counts, 0, n * sizeof(*counts));
	while ((now = path_deadline(p)) <= until) {
		if (path_timer(p, now) == PATH_CHANGED ||
		    !path_next(p, now, 1, &probe))
			continue;
		CU_ASSERT_EQUAL(probe.flags, PROBE_SEEKING);
		for (unsigned int i = 0; i < n; i++)
			counts[i] += addr_equal(&probe.to.addr, &at[i]);
	}
}

/* All candidates have their turns: as often as allowed, if they have answered
 * once, or ever less often. */
static void
test_turns(void)
{
	struct addr at[4];
	unsigned int counts[4];
	struct path_pair p;

	for (int answered = 0; answered < 2; answered++) {
		path_pair_init(&p, false);
		p.path.count = 0;
		for (unsigned int i = 0; i < 4; i++) {
			at[i] = path_ipv4(192, 0, 2 + i, 1, 4545);
			path_add(&p.path, &p.lan, p.now, &at[i]);
			path_add(&p.path, &p.lan, p.now, &at[i]); /* known */
			p.path.candidates[i].answered = answered;
		}
		CU_ASSERT_EQUAL(p.path.count, 4);
		count(&p.path, PATH_START + MSEC(999), at, 4, counts);
		for (int i = 0; i < 4; i++)
			CU_ASSERT(answered ? counts[i] >= 12 && counts[i] <= 13
					   : counts[i] == 6);
		count(&p.path, PATH_START + MSEC(10000), at, 4, counts);
		for (int i = 0; i < 4; i++)
			CU_ASSERT(answered ? counts[i] >= 12 : counts[i] == 3);
		/* The following hour. */
		count(&p.path, PATH_START + MSEC(3610000), at, 4, counts);
		for (int i = 0; i < 4; i++)
			CU_ASSERT(answered
				? counts[i] >= 449
				: counts[i] >= 60 && counts[i] <= 62);
	}
}

/* If a card names an address of some other LAN, that most likely leads nowhere:
 * its turn comes later, and less often. A LAN of ours comes first. */
static void
test_unlikely(void)
{
	const struct addr at[] = { path_ipv4(192, 168, 1, 1, 4545),
		path_ipv4(192, 0, 2, 1, 4545), path_ipv4(10, 0, 0, 1, 4545) };
	struct path_probe probe;
	unsigned int counts[3];
	struct path_pair p;

	path_pair_init(&p, false);
	p.path.count = 0;
	p.lan.count = 1;
	memcpy(p.lan.prefixes[0].ip, at[0].ip, sizeof(at[0].ip));
	p.lan.prefixes[0].bits = 96 + 24;
	path_add_host(&p.path, &p.lan, p.now, &at[2]);
	path_add(&p.path, &p.lan, p.now, &at[1]);
	path_add_host(&p.path, &p.lan, p.now, &at[0]);
	for (unsigned int i = 0; i < 3; i++) {
		CU_ASSERT_TRUE_FATAL(
		    path_next(&p.path, PATH_START + i * PROBE_FAST, 1, &probe));
		CU_ASSERT_TRUE(addr_equal(&probe.to.addr, &at[i]));
	}
	count(&p.path, PATH_START + MSEC(10000), at, 3, counts);
	CU_ASSERT_EQUAL(counts[0], NAMED_FIRST - 1);
	CU_ASSERT_EQUAL(counts[1], 8);
	CU_ASSERT_EQUAL(counts[2], NAMED_FIRST - 1);
}

void
path_rules_suite(void)
{
	CU_pSuite suite = CU_add_suite("path_rules", NULL, NULL);

	CU_add_test(suite, "candidates in turn", test_turns);
	CU_add_test(suite, "likely candidates first", test_unlikely);
	CU_add_test(suite, "answers that do not count", test_answers);
	CU_add_test(suite, "late answers", test_late_answers);
	CU_add_test(suite, "a packet for a packet", test_one_for_one);
	CU_add_test(suite, "a probe in an answer", test_ask);
	CU_add_test(suite, "another in the next one", test_ask_controlled);
	CU_add_test(suite, "a named one is heard", test_heard);
	CU_add_test(suite, "acknowledged on the way", test_alive);
	CU_add_test(suite, "too many candidates", test_bound);
	CU_add_test(suite, "named candidates stay", test_named_stay);
	CU_add_test(suite, "unusable candidates", test_unusable);
	CU_add_test(suite, "a flood of probes", test_flood);
	CU_add_test(suite, "a peer that moves", test_moves);
}
