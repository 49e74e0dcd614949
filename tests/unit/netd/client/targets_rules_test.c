/*
 * The rules of the budgets of probes, one by one: what is given back when a
 * probe is refused, what comes back with time, what a crowd makes of it, and
 * what an answer does.
 */
#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <string.h>

void targets_rules_suite(void);

#define NOW PATH_START

static struct targets ts;

static struct addr
at(unsigned int block, unsigned int last)
{
	return path_ipv4(192, 0, block, last, 1);
}

static bool
take_of(struct budget *card, uint64_t now, struct addr a, enum target_kind kind)
{
	const struct target_probe probe = { &a, kind, 0, now, card };

	return targets_take(&ts, now, &probe);
}

static bool
take(uint64_t now, struct addr a, enum target_kind kind)
{
	struct budget card = { .first = 0 }; /* of its own each time */

	return take_of(&card, now, a, kind);
}

static unsigned int
take_all(uint64_t now, struct addr a, enum target_kind kind)
{
	unsigned int n = 0;

	while (n < 1000 && take(now, a, kind))
		n++;
	return n;
}

static void
begin(void)
{
	targets_init(&ts, path_targets_key);
}

/* What a probe has taken already is given back if another budget of it has
 * nothing: of all together, of the card, of the address. */
static void
test_given_back(void)
{
	struct budget card = { .first = 0 };
	uint16_t all;

	begin();
	take_all(NOW, at(2, 1), TARGET_OBSERVED);
	take_all(NOW, at(2, 2), TARGET_OBSERVED);
	all = ts.all[TARGET_OBSERVED].left;
	CU_ASSERT_EQUAL(all, TARGET_ALL - TARGET_BLOCK);
	for (unsigned int i = 0; i < 100; i++)
		CU_ASSERT_FALSE(take(NOW, at(2, 3), TARGET_OBSERVED));
	CU_ASSERT_EQUAL(ts.all[TARGET_OBSERVED].left, all);
	CU_ASSERT_EQUAL(ts.refused, 102);
	/* The block has more now, and the address all of its own. */
	for (unsigned int i = 0; i < 3; i++) {
		struct addr other = at(2, 1);

		targets_answered(&ts, NOW, &other, TARGET_OBSERVED);
	}
	CU_ASSERT_EQUAL(take_all(NOW, at(2, 3), TARGET_OBSERVED), TARGET_FIRST);

	begin();
	take_all(NOW, at(2, 1), TARGET_NAMED);
	take_all(NOW, at(2, 2), TARGET_NAMED);
	all = ts.all[TARGET_NAMED].left;
	CU_ASSERT_FALSE(take_of(&card, NOW, at(2, 3), TARGET_NAMED));
	CU_ASSERT_EQUAL(card.left, NAMED_FIRST);
	CU_ASSERT_EQUAL(ts.all[TARGET_NAMED].left, all);
	CU_ASSERT_TRUE(take_of(&card, NOW, at(3, 1), TARGET_NAMED));
	CU_ASSERT_EQUAL(card.left, NAMED_FIRST - 1);
	CU_ASSERT_EQUAL(ts.all[TARGET_NAMED].left, all - 1);
	/* One that the card has no budget for costs nobody anything. */
	card.left = 0;
	CU_ASSERT_FALSE(take_of(&card, NOW, at(3, 2), TARGET_NAMED));
	CU_ASSERT_EQUAL(ts.all[TARGET_NAMED].left, all - 1);
	CU_ASSERT_EQUAL(take_all(NOW, at(3, 2), TARGET_NAMED), NAMED_FIRST);
}

/* All together: a probe less for each, and one back in 600 ms. */
static void
test_all_together(void)
{
	begin();
	ts.all[TARGET_OBSERVED].left = 1;
	ts.all[TARGET_OBSERVED].time = NOW;
	CU_ASSERT_TRUE(take(NOW, at(2, 1), TARGET_OBSERVED));
	CU_ASSERT_FALSE(take(NOW, at(3, 1), TARGET_OBSERVED));
	CU_ASSERT_TRUE(take(NOW, at(3, 1), TARGET_ON_LINK));
	CU_ASSERT_FALSE(
	    take(NOW + TARGET_REFILL_ALL - 1, at(3, 1), TARGET_OBSERVED));
	CU_ASSERT_TRUE(
	    take(NOW + TARGET_REFILL_ALL, at(3, 1), TARGET_OBSERVED));
	CU_ASSERT_FALSE(
	    take(NOW + TARGET_REFILL_ALL, at(4, 1), TARGET_OBSERVED));
}

/* What comes back does so at even intervals, whenever it is asked for, and up
 * to what there was. */
static void
test_refill(void)
{
	const uint64_t m = TARGET_REFILL;

	begin();
	CU_ASSERT_EQUAL(take_all(NOW, at(2, 1), TARGET_OBSERVED), TARGET_FIRST);
	CU_ASSERT_EQUAL(take_all(NOW + 3 * m / 2, at(2, 1), TARGET_OBSERVED),
	    1);
	CU_ASSERT_EQUAL(take_all(NOW + 2 * m - 1, at(2, 1), TARGET_OBSERVED),
	    0);
	CU_ASSERT_EQUAL(take_all(NOW + 2 * m, at(2, 1), TARGET_OBSERVED), 1);
	CU_ASSERT_EQUAL(take_all(NOW + 2 * m + 19 * m, at(2, 1),
			    TARGET_OBSERVED),
	    19);
	CU_ASSERT_EQUAL(take_all(NOW + 2 * m + 39 * m, at(2, 1),
			    TARGET_OBSERVED),
	    20);
	CU_ASSERT_EQUAL(take_all(NOW + 200 * m, at(2, 1), TARGET_OBSERVED),
	    TARGET_FIRST);
	/* What is only named comes back the later the more peers there are. */
	begin();
	ts.peers = 20;
	CU_ASSERT_EQUAL(take_all(NOW, at(2, 1), TARGET_NAMED), NAMED_FIRST);
	CU_ASSERT_EQUAL(take_all(NOW + 20 * NAMED_SPREAD - 1, at(2, 1),
			    TARGET_NAMED),
	    0);
	CU_ASSERT_EQUAL(take_all(NOW + 20 * NAMED_SPREAD, at(2, 1),
			    TARGET_NAMED),
	    1);
	CU_ASSERT_EQUAL(take_all(NOW, at(4, 1), TARGET_OBSERVED), TARGET_FIRST);
	CU_ASSERT_EQUAL(take_all(NOW + m, at(4, 1), TARGET_OBSERVED), 1);
}

/* An answer is worth 20 more, up to 640 for an address and for its block, and
 * for all together up to what there was. */
static void
test_answer(void)
{
	struct addr a = at(2, 1);

	begin();
	take_all(NOW, a, TARGET_ON_LINK);
	targets_answered(&ts, NOW, &a, TARGET_ON_LINK);
	CU_ASSERT_EQUAL(ts.all[TARGET_ON_LINK].left, TARGET_ALL);
	CU_ASSERT_EQUAL(take_all(NOW, a, TARGET_ON_LINK), TARGET_ANSWER);
	CU_ASSERT_EQUAL(ts.all[TARGET_ON_LINK].left, TARGET_ALL - 20);
	for (int i = 0; i < 31; i++)
		targets_answered(&ts, NOW, &a, TARGET_ON_LINK);
	CU_ASSERT_EQUAL(take_all(NOW, a, TARGET_ON_LINK), 31 * TARGET_ANSWER);
	for (int i = 0; i < 40; i++)
		targets_answered(&ts, NOW, &a, TARGET_ON_LINK);
	CU_ASSERT_EQUAL(take_all(NOW, a, TARGET_ON_LINK), TARGET_MOST);
}

/* --- Crowds -------------------------------------------------------------- */

static bool
take_crowd(uint64_t now, struct addr a, unsigned int crowd,
    enum target_kind kind)
{
	struct budget card = { .first = 0 };
	const struct target_probe probe = { &a, kind, crowd, NOW, &card };

	return targets_take(&ts, now, &probe);
}

/* Of what a card names each of many peers has its part, but one at least;
 * where the bootnode saw somebody a crowd makes no difference. */
static void
test_parts(void)
{
	static const unsigned int cases[][2] = { { 0, 3 }, { NAMED_SMALL, 3 },
		{ NAMED_SMALL + 1, 2 }, { 9, 2 }, { 10, 1 },
		{ NAMED_CROWD, 1 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned int n = 0;

		begin();
		while (n < 100 &&
		    take_crowd(NOW, at(2, 1), cases[i][0], TARGET_NAMED))
			n++;
		CU_ASSERT_EQUAL(n, cases[i][1]);
		for (n = 0; n < 100 &&
		     take_crowd(NOW, at(2, 1), cases[i][0], TARGET_OBSERVED);
		     n++)
			;
		CU_ASSERT_EQUAL(n, TARGET_FIRST);
	}
}

/* With more than eighteen it begins at some time, within six seconds for each
 * more; and not before. */
static void
test_begins(void)
{
	const uint64_t within = 10 * NAMED_SPREAD;
	uint64_t first = UINT64_MAX, last = 0;

	for (unsigned int i = 0; i < 200; i++) {
		uint64_t begun = 0;

		begin();
		while (begun <= within &&
		    !take_crowd(NOW + begun, at(2, i), NAMED_CROWD + 10,
			TARGET_NAMED))
			begun += 100000;
		first = clock_min(first, begun);
		last = clock_max(last, begun);
	}
	CU_ASSERT(first < within / 20);
	CU_ASSERT(last > within * 19 / 20 && last <= within);
	begin();
	CU_ASSERT_TRUE(take_crowd(NOW, at(2, 1), NAMED_CROWD, TARGET_NAMED));
}

/* Who answers has no need to wait for that, though the card that names him has
 * begun by another address. */
static void
test_begins_by_answer(void)
{
	unsigned int waited = 0;

	for (unsigned int i = 0; i < 20; i++) {
		struct addr a = at(2, i);
		struct budget card = { NAMED_FIRST, NAMED_FIRST, NOW };
		const struct target_probe probe = { &a, TARGET_NAMED, 100, NOW,
			&card };

		begin();
		if (targets_take(&ts, NOW, &probe))
			continue;
		waited++;
		targets_answered(&ts, NOW, &a, TARGET_NAMED);
		CU_ASSERT_TRUE(targets_take(&ts, NOW, &probe));
	}
	CU_ASSERT(waited > 10);
}

/* --- On a link of ours --------------------------------------------------- */

/* The first probe of a card goes there whatever others have named; but it is
 * counted, and the next ones are as any. */
static void
test_first_on_link(void)
{
	struct budget cards[3] = { { .first = 0 } };
	struct addr a = at(2, 1);

	begin();
	/* The address has twenty, and each card three. */
	CU_ASSERT_TRUE(take_of(&cards[0], NOW, a, TARGET_NAMED_ON_LINK));
	for (int i = 0; i < TARGET_FIRST - 1; i++)
		CU_ASSERT_TRUE(take(NOW, a, TARGET_NAMED_ON_LINK));
	CU_ASSERT_TRUE(take_of(&cards[1], NOW, a, TARGET_NAMED_ON_LINK));
	CU_ASSERT_FALSE(take_of(&cards[1], NOW, a, TARGET_NAMED_ON_LINK));
	CU_ASSERT_FALSE(take_of(&cards[0], NOW, a, TARGET_NAMED_ON_LINK));
	CU_ASSERT_EQUAL(cards[0].left, NAMED_FIRST - 1);
	/* Another address has some. */
	CU_ASSERT_TRUE(take_of(&cards[0], NOW, at(2, 2), TARGET_NAMED_ON_LINK));
	CU_ASSERT_TRUE(take_of(&cards[0], NOW, at(2, 2), TARGET_NAMED_ON_LINK));
	CU_ASSERT_FALSE(
	    take_of(&cards[0], NOW, at(2, 2), TARGET_NAMED_ON_LINK));
	/* Nor is there a budget of a block. */
	for (unsigned int i = 10; i < 60; i++)
		CU_ASSERT_TRUE(take(NOW, at(2, i), TARGET_NAMED_ON_LINK));
	/* But not beyond what all have together. */
	ts.all[TARGET_NAMED_ON_LINK].left = 0;
	ts.all[TARGET_NAMED_ON_LINK].time = NOW;
	CU_ASSERT_FALSE(
	    take_of(&cards[2], NOW, at(2, 99), TARGET_NAMED_ON_LINK));
	CU_ASSERT_EQUAL(cards[2].left, NAMED_FIRST);
}

void
targets_rules_suite(void)
{
	CU_pSuite suite = CU_add_suite("targets_rules", NULL, NULL);

	CU_add_test(suite, "given back", test_given_back);
	CU_add_test(suite, "all together", test_all_together);
	CU_add_test(suite, "what comes back", test_refill);
	CU_add_test(suite, "an answer", test_answer);
	CU_add_test(suite, "parts", test_parts);
	CU_add_test(suite, "when it begins", test_begins);
	CU_add_test(suite, "an answer begins it", test_begins_by_answer);
	CU_add_test(suite, "the first on a link", test_first_on_link);
}
