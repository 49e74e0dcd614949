/*
 * What cryptod remembers of a peer's key (trust.c): that it was seen, and that
 * texts went both ways.
 */
#include "tests/unit/bytes.h"
#include "tests/unit/client_stage.h"

#include <CUnit/CUnit.h>

void trust_suite(void);

static enum known_value
value(const struct stage *s)
{
	const struct known_key *k =
	    known_peers_find(s->c->known, s->them->key.public_key);

	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	return k->value;
}

/* A text of theirs that was shown, and one of ours that they have: in either
 * order it takes both. */
static void
test_talked(void)
{
	struct stage s;

	for (int first = 0; first < 2; first++) {
		stage_open(&s, first == 0);
		stage_listed(&s);
		stage_connect(&s);
		CU_ASSERT_EQUAL(value(&s), KNOWN_SEEN);
		stage_hear(&s, 1, "hello");
		stage_say(&s, 1, "hello");
		CU_ASSERT_EQUAL(value(&s), KNOWN_SEEN);
		if (first == 0)
			stage_shown(&s, 1);
		else
			stage_receipt(&s, 1);
		CU_ASSERT_EQUAL(value(&s), KNOWN_SEEN);
		if (first == 0)
			stage_receipt(&s, 1);
		else
			stage_shown(&s, 1);
		CU_ASSERT_EQUAL(value(&s), KNOWN_TALKED);
		stage_close(&s);
	}
}

/* A receipt for what was never said to it is not worth a thing. */
static void
test_false_receipt(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	stage_hear(&s, 1, "hello");
	stage_shown(&s, 1);
	stage_receipt(&s, 7);
	CU_ASSERT_EQUAL(value(&s), KNOWN_SEEN);
	stage_close(&s);
}

void
trust_suite(void)
{
	CU_pSuite suite = CU_add_suite("trust", crypto_setup, NULL);

	CU_add_test(suite, "talked to", test_talked);
	CU_add_test(suite, "a receipt for nothing", test_false_receipt);
}
