/*
 * The window over counters, case by case: which counter comes, and whether it
 * is taken.
 */
#include "common/replay.h"

#include <CUnit/CUnit.h>

#include <stdio.h>

void replay_suite(void);

struct step {
	uint64_t counter;
	bool taken;
};

static bool
take(struct replay *r, uint64_t counter)
{
	if (!replay_ok(r, counter))
		return false;
	replay_mark(r, counter);
	return true;
}

static void
check(const struct step *steps, size_t count)
{
	struct replay r = { 0 };

	for (size_t i = 0; i < count; i++) {
		bool taken = take(&r, steps[i].counter);

		if (taken != steps[i].taken)
			fprintf(stderr, "\n  case %zu: counter %llu\n", i + 1,
			    (unsigned long long)steps[i].counter);
		CU_ASSERT_EQUAL(taken, steps[i].taken);
	}
}

#define W    REPLAY_WINDOW
#define LAST (UINT64_MAX - 1)

static void
test_boundaries(void)
{
	static const struct step steps[] = {
		/*  1 */ { 0, true },
		/*  2 */ { 1, true },
		/*  3 */ { 1, false },
		/*  4 */ { 9, true },
		/*  5 */ { 8, true },
		/*  6 */ { 7, true },
		/*  7 */ { 7, false },
		/*  8 */ { W, true }, /* 1 is now the oldest */
		/*  9 */ { W - 1, true },
		/* 10 */ { W - 1, false },
		/* 11 */ { 1, false }, /* in the window, and seen */
		/* 12 */ { 0, false }, /* before it */
		/* 13 */ { 2, true },  /* in it, and not seen */
		/* 14 */ { 2, false },
		/* 15 */ { 2 * W + 16, true }, /* a window and more ahead */
		/* 16 */ { 3, false },
		/* 17 */ { W + 16, false }, /* just before the window */
		/* 18 */ { W + 17, true },  /* its oldest */
		/* 19 */ { W + 17, false },
		/* 20 */ { 2 * W + 15, true },
		/* 21 */ { 3 * W + 16, true }, /* exactly a window ahead */
		/* 22 */ { 2 * W + 16, false },
		/* 23 */ { 2 * W + 17, true },
		/* 24 */ { 4 * W + 15, true },	/* one less than a window */
		/* 25 */ { 3 * W + 16, false }, /* the oldest, seen */
		/* 26 */ { 3 * W + 15, false },
		/* 27 */ { 3 * W + 17, true },
		/* 28 */ { 0, false },
		/* 29 */ { LAST, true },
		/* 30 */ { LAST, false },
		/* 31 */ { UINT64_MAX, false }, /* would wrap around */
		/* 32 */ { LAST - 1, true },
		/* 33 */ { LAST - W + 1, true },
		/* 34 */ { LAST - W, false },
		/* 35 */ { UINT64_MAX, false },
		/* 36 */ { LAST - 2, true },
		/* 37 */ { LAST - 2, false },
		/* 38 */ { 0, false },
	};

	check(steps, sizeof(steps) / sizeof(steps[0]));
}

static void
test_first(void)
{
	static const struct step late[] = {
		/* 1 */ { 5 * W, true },
		{ 4 * W, false },
		/* 3 */ { 4 * W + 1, true },
		{ 5 * W, false },
	},
				 last[] = { { UINT64_MAX, false },
					 { 0, true } };

	check(late, sizeof(late) / sizeof(late[0]));
	check(last, sizeof(last) / sizeof(last[0]));
}

/* Forwards, backwards, and with every distance in between. */
static void
test_sweeps(void)
{
	struct replay r = { 0 };

	for (uint64_t i = 0; i < 3 * W; i++)
		CU_ASSERT_TRUE(take(&r, i));
	for (uint64_t i = 0; i < 3 * W; i++)
		CU_ASSERT_FALSE(take(&r, i));
	r = (struct replay){ 0 };
	CU_ASSERT_TRUE(take(&r, 3 * W));
	for (uint64_t i = 3 * W - 1; i > 2 * W; i--)
		CU_ASSERT_TRUE(take(&r, i));
	for (uint64_t i = 2 * W + 1; i-- > 0;)
		CU_ASSERT_FALSE(take(&r, i));
	/* Looking does not mark: the packet may not be authentic. */
	CU_ASSERT_TRUE(replay_ok(&r, 3 * W + 1));
	CU_ASSERT_TRUE(replay_ok(&r, 3 * W + 1));
	for (uint64_t distance = 1; distance < 3 * W; distance++) {
		r = (struct replay){ 0 };
		CU_ASSERT_TRUE(take(&r, W));
		CU_ASSERT_TRUE(take(&r, W + distance));
		CU_ASSERT_FALSE(take(&r, W));
		CU_ASSERT_EQUAL(take(&r, W - 1), distance < W - 1);
	}
}

void
replay_suite(void)
{
	CU_pSuite suite = CU_add_suite("replay", NULL, NULL);

	CU_add_test(suite, "boundaries", test_boundaries);
	CU_add_test(suite, "first counter", test_first);
	CU_add_test(suite, "sweeps", test_sweeps);
}
