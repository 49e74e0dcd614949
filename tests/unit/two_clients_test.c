/*
 * Two whole clients, whatever happens to them and to the network between them:
 * they find each other again, and each text is shown once or reported as not
 * delivered. The events are drawn at random; a failure names its seed.
 */
#include "tests/unit/two_clients.h"

#include "tests/unit/bytes.h"
#include "tests/unit/suites.h"

#include <CUnit/CUnit.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void two_clients_suite(void);

#define ROUNDS	 40 /* of each test, each with a seed of its own */
#define MISHAPS	 10 /* in a round */
#define IDLE	 (650 * USEC_PER_SEC) /* the session's keys do not outlive it */
#define RECOVERY (200 * USEC_PER_SEC)

static void
fail_with(uint64_t seed, const char *what)
{
	printf("\n    seed %" PRIu64 ": %s", seed, what);
	CU_FAIL();
}

/* Lets a time pass that is mostly short, and sometimes long. */
static void
run_a_while(struct two *t)
{
	uint32_t most = two_random(t, 3) > 0 ? 3 : 40;

	two_run(t, two_random(t, most * 1000) * USEC_PER_MSEC);
}

static void
meet(struct two *t, uint64_t seed)
{
	two_open(t, seed);
	two_tell(t, 0, true);
	two_tell(t, 1, true);
	two_run(t, 5 * USEC_PER_SEC);
	if (!two_connected(t))
		fail_with(seed, "they do not meet");
}

/* The network works again, no ui is stopped, and the bootnode tells both. */
static void
meet_again(struct two *t, uint64_t seed)
{
	t->loss = 0;
	for (int n = 0; n < 2; n++)
		if (t->side[n].blind)
			two_restart_ui(t, n);
	two_tell(t, 0, true);
	two_tell(t, 1, true);
	two_run(t, RECOVERY);
	if (!two_connected(t))
		fail_with(seed, "they do not find each other again");
}

/* Restarts netd, or all; the bootnode tells the other at once, or later. */
static void
restart(struct two *t, int n, bool whole)
{
	if (whole)
		two_restart(t, n);
	else
		two_restart_netd(t, n);
	if (two_random(t, 2) > 0)
		run_a_while(t);
	two_tell(t, 1 - n, true);
}

/* With spare, no cryptod dies. */
static void
mishap(struct two *t, bool spare)
{
	int n = (int)two_random(t, 2);

	switch (two_random(t, 9)) {
	case 0:
		restart(t, n, !spare);
		break;
	case 1:
		restart(t, n, false);
		break;
	case 2:
		t->loss = two_random(t, 3) > 0 ? 100 : 30;
		break;
	case 3:
		t->loss = 0;
		break;
	case 4:
		two_run(t, IDLE);
		break;
	case 5:
		two_tell(t, n, false);
		break;
	case 6:
		t->side[n].blind = true;
		break;
	case 7:
		two_restart_ui(t, n);
		break;
	default:
		two_tell(t, n, true);
	}
	run_a_while(t);
}

/* There are restarts, losses, silence, and a bootnode that says one has
 * left. */
static void
test_meet_again(void)
{
	struct two t;

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		meet(&t, seed);
		for (int i = 0; i < MISHAPS; i++)
			mishap(&t, false);
		meet_again(&t, seed);
		two_close(&t);
	}
}

/* --- Texts ------------------------------------------------------------- */

static const char *
wrong_with(const struct told *t)
{
	if (t->shown > 1)
		return "a text is shown twice";
	if (t->shown == 1 && t->delivered + t->late == 0)
		return "a text is shown, and its author is not told so";
	if (t->shown == 0 && t->delivered + t->late > 0)
		return "a text is told as delivered, and was never shown";
	if (t->to > 0 && t->shown == 0 && t->undelivered == 0)
		return "a text is lost without a word";
	if (t->open)
		return "a text is never known to be for nobody else";
	if (t->to > 0 ? t->delivered + t->undelivered != t->to
		      : t->delivered > 0 || t->undelivered > 1)
		return "a text is told of once too often, or too rarely";
	return NULL;
}

static void
check_texts(const struct whole *s, uint64_t seed)
{
	for (uint64_t seq = 1; seq <= s->said; seq++) {
		const char *wrong = wrong_with(&s->told[seq]);

		if (wrong != NULL)
			fail_with(seed, wrong);
	}
}

static void
say_some(struct two *t)
{
	for (int i = 0; i < 6; i++) {
		two_say(t, (int)two_random(t, 2));
		two_run(t, two_random(t, 300 * USEC_PER_MSEC));
	}
}

/* Texts said to a cryptod that then dies are lost with it. */
static void
test_texts(void)
{
	struct two t;

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		meet(&t, seed);
		for (int i = 0; i < MISHAPS; i++) {
			say_some(&t);
			mishap(&t, true);
		}
		meet_again(&t, seed);
		check_texts(&t.side[0], seed);
		check_texts(&t.side[1], seed);
		two_close(&t);
	}
}

/* Bootnodes go and come back, and list those who are back before. Each event
 * about a text comes once, whoever it was for. */
static void
test_bootnodes(void)
{
	bool away[2];
	struct two t;
	int n;

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		meet(&t, seed);
		memset(away, 0, sizeof(away));
		for (int i = 0; i < 2 * MISHAPS; i++) {
			say_some(&t);
			n = (int)two_random(&t, 2);
			if (two_random(&t, 3) == 0)
				mishap(&t, true);
			else if (away[n])
				two_join_bootnode(&t, n,
				    two_random(&t, 2) * 15000,
				    two_random(&t, 2) > 0);
			else
				two_lose_bootnode(&t, n);
			away[n] = !t.side[n].c->boot.up;
			run_a_while(&t);
		}
		for (n = 0; n < 2; n++)
			if (away[n] || !t.side[n].c->boot.up)
				two_join_bootnode(&t, n, 15000, true);
		meet_again(&t, seed);
		check_texts(&t.side[0], seed);
		check_texts(&t.side[1], seed);
		two_close(&t);
	}
}

/* The author is away when the other's ui dies, which has not shown the text,
 * and comes back with the same session or with another one. The pair is not
 * silent then. */
static void
test_unshown(void)
{
	struct two t;

	for (uint64_t seed = 1; seed <= 2; seed++) {
		meet(&t, seed);
		t.side[1].blind = true;
		two_say(&t, 0);
		two_run(&t, USEC_PER_SEC);
		t.loss = 100;
		two_tell(&t, 0, false);
		two_tell(&t, 1, false);
		two_run(&t, 60 * USEC_PER_SEC);
		CU_ASSERT_EQUAL(t.side[0].told[1].undelivered, 1);
		two_restart_ui(&t, 1);
		if (seed == 2) {
			two_restart_netd(&t, 0);
			two_restart_netd(&t, 1);
		}
		meet_again(&t, seed);
		two_say(&t, 0);
		two_run(&t, 10 * USEC_PER_SEC);
		CU_ASSERT_EQUAL(t.side[0].told[1].late, 1);
		CU_ASSERT_EQUAL(t.side[0].told[2].delivered, 1);
		check_texts(&t.side[0], seed);
		two_close(&t);
	}
}

static int
open_all(void)
{
	return crypto_setup() == 0 ? fake_open_udp() : -1;
}

void
two_clients_suite(void)
{
	CU_pSuite s = CU_add_suite("two_clients", open_all, fake_close_udp);

	CU_add_test(s, "found again after whatever happens", test_meet_again);
	CU_add_test(s, "each text once, or told as not delivered", test_texts);
	CU_add_test(s, "texts, and bootnodes that go and come", test_bootnodes);
	CU_add_test(s, "a text that was not shown", test_unshown);
}
