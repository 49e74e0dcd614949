/*
 * Spans of bytes, compared with a model that remembers every byte.
 */
#include "netd/transport/spans.h"
#include "tests/unit/simnet.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void spans_suite(void);

#define MODEL  256 /* bytes */
#define ROUNDS 300
#define STEPS  200

/* Checks the promises of the header: sorted, with gaps between; and the same
 * bytes as the model. */
static bool
agrees(const struct spans *s, const bool model[MODEL])
{
	bool have[MODEL] = { false };

	for (size_t i = 0; i < s->count; i++) {
		if (s->at[i].first >= s->at[i].end || s->at[i].end > MODEL ||
		    (i > 0 && s->at[i].first <= s->at[i - 1].end))
			return false;
		for (uint64_t n = s->at[i].first; n < s->at[i].end; n++)
			have[n] = true;
	}
	return memcmp(have, model, sizeof(have)) == 0;
}

/* Finds the next gap of the model. */
static bool
model_gap(const bool model[MODEL], uint64_t offset, uint64_t limit,
    struct span *gap)
{
	uint64_t n = offset;

	while (n < limit && model[n])
		n++;
	gap->first = n;
	while (n < limit && !model[n])
		n++;
	gap->end = n;
	return gap->first < gap->end;
}

static bool
gaps_agree(const struct spans *s, const bool model[MODEL])
{
	struct span got, want;

	for (uint64_t offset = 0; offset < MODEL; offset += 7) {
		bool found = spans_gap(s, offset, MODEL, &got);

		if (found != model_gap(model, offset, MODEL, &want) ||
		    (found && (got.first != want.first || got.end != want.end)))
			return false;
	}
	return true;
}

static void
test_model(void)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		bool model[MODEL] = { false }, ok = true, add;
		struct spans s = { .count = 0 };
		uint64_t random = seed, first, end;

		for (int step = 0; step < STEPS && ok; step++) {
			first = simnet_random(&random) % (MODEL - 1);
			end = first + 1 +
			    simnet_random(&random) % (1 + seed % 40);
			if (end > MODEL)
				end = MODEL;
			add = simnet_random(&random) % 2 == 0;
			ok = (add ? spans_add(&s, first, end)
				  : spans_remove(&s, first, end)) == 0;
			for (uint64_t n = first; n < end; n++)
				model[n] = add;
			ok = ok && agrees(&s, model) && gaps_agree(&s, model);
		}
		CU_ASSERT_TRUE(ok);
		if (!ok)
			printf("\nseed %llu\n", (unsigned long long)seed);
		spans_clear(&s);
	}
}

/* The floor rises over the spans that touch it, and the set keeps those
 * above. */
static void
test_fill(void)
{
	struct spans s = { .count = 0 };
	uint64_t floor = 10;

	CU_ASSERT_EQUAL(spans_fill(&s, &floor, 3, 10), 0);
	CU_ASSERT(floor == 10 && s.count == 0);
	CU_ASSERT_EQUAL(spans_fill(&s, &floor, 20, 30), 0);
	CU_ASSERT_EQUAL(spans_fill(&s, &floor, 40, 50), 0);
	CU_ASSERT(floor == 10 && s.count == 2);
	CU_ASSERT_EQUAL(spans_fill(&s, &floor, 5, 12), 0);
	CU_ASSERT(floor == 12 && s.count == 2);
	CU_ASSERT_EQUAL(spans_fill(&s, &floor, 12, 20), 0);
	CU_ASSERT(floor == 30 && s.count == 1);
	CU_ASSERT_EQUAL(spans_fill(&s, &floor, 25, 45), 0);
	CU_ASSERT(floor == 50 && s.count == 0);
	spans_clear(&s);
}

static void
test_touches(void)
{
	struct spans s = { .count = 0 };

	CU_ASSERT_FALSE(spans_touches(&s, 0, 100));
	CU_ASSERT_EQUAL(spans_add(&s, 10, 20), 0);
	CU_ASSERT_FALSE(spans_touches(&s, 5, 9));
	CU_ASSERT_TRUE(spans_touches(&s, 5, 10));
	CU_ASSERT_TRUE(spans_touches(&s, 12, 13));
	CU_ASSERT_TRUE(spans_touches(&s, 20, 21));
	CU_ASSERT_FALSE(spans_touches(&s, 21, 22));
	spans_clear(&s);
}

void
spans_suite(void)
{
	CU_pSuite suite = CU_add_suite("spans", NULL, NULL);

	CU_add_test(suite, "random spans against a model", test_model);
	CU_add_test(suite, "a floor that rises", test_fill);
	CU_add_test(suite, "what touches", test_touches);
}
