/*
 * People that we have met before (ui/known.c): who has a name, who comes by
 * that of another, and who makes way. trust_test.c has what is told of it.
 */
#include "ui/known.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void known_suite(void);

/* Key number n; 0 is none that was met. */
static const uint8_t *
key(unsigned int n)
{
	static uint8_t fingerprint[FINGERPRINT_LEN];

	memset(fingerprint, 0x5a, sizeof(fingerprint));
	memcpy(fingerprint, &n, sizeof(n));
	return fingerprint;
}

static void
note(struct known *k, unsigned int n, const char *nick, bool verified)
{
	known_note(k, key(n), nick, verified);
}

static unsigned int
number(const struct known_peer *e)
{
	unsigned int n = 0;

	if (e != NULL)
		memcpy(&n, e->fingerprint, sizeof(n));
	return n;
}

/* The numbers of the keys of that name, in their order; 0: nobody's. */
static void
expect_alike(const struct known *k, const char *nick, unsigned int first,
    unsigned int second)
{
	const struct known_peer *e;
	struct nick_look look;

	nick_look(&look, nick);
	e = known_alike(k, &look, NULL);
	CU_ASSERT_EQUAL(number(e), first);
	if (first != 0)
		CU_ASSERT_EQUAL(number(known_alike(k, &look, e)), second);
	nick_look_free(&look);
}

static void
expect_owner(const struct known *k, const char *nick, unsigned int owner)
{
	struct nick_look look;

	nick_look(&look, nick);
	CU_ASSERT_EQUAL(number(known_owner(k, &look)), owner);
	nick_look_free(&look);
}

/* Key n comes by that name: for whom could it be taken, and has another the
 * name already? */
static void
expect_changed(const struct known *k, unsigned int n, const char *nick,
    bool verified, unsigned int before, bool second)
{
	struct nick_look look;

	nick_look(&look, nick);
	CU_ASSERT_EQUAL(number(known_changed(k, &look, key(n), verified)),
	    before);
	CU_ASSERT_EQUAL(known_is_second(k, &look, key(n), verified), second);
	nick_look_free(&look);
}

/* By the look of a name, in the order of meeting; the last name counts. */
static void
test_names(void)
{
	struct known k = { 0 };

	expect_alike(&k, "bob", 0, 0);
	note(&k, 1, "bob", false);
	note(&k, 2, "carl", false);
	note(&k, 3, "B0b", false);
	expect_alike(&k, "Bob", 1, 3);
	expect_alike(&k, "carl", 2, 0);
	note(&k, 1, "rob", false);
	expect_alike(&k, "bob", 3, 0);
	expect_alike(&k, "rob", 1, 0);
	CU_ASSERT_EQUAL(k.count, 3);
	known_free(&k);
	CU_ASSERT(k.count == 0 && k.entries == NULL);
}

/* A verified key keeps the name it was verified under, as long as it is. */
static void
test_verified(void)
{
	struct known k = { 0 };

	CU_ASSERT_FALSE(known_is_verified(&k, key(1)));
	note(&k, 1, "bob", false);
	CU_ASSERT_FALSE(known_is_verified(&k, key(1)));
	note(&k, 1, "rob", true);
	CU_ASSERT_TRUE(known_is_verified(&k, key(1)));
	CU_ASSERT_FALSE(known_is_verified(&k, key(2)));
	note(&k, 1, "mallory", true);
	expect_alike(&k, "rob", 1, 0);
	expect_alike(&k, "mallory", 0, 0);
	note(&k, 1, "carl", false);
	CU_ASSERT_FALSE(known_is_verified(&k, key(1)));
	expect_alike(&k, "carl", 1, 0);
	known_free(&k);
}

/* The one who was verified, else the first. */
static void
test_owner(void)
{
	struct known k = { 0 };

	note(&k, 1, "bob", false);
	note(&k, 2, "bob", false);
	note(&k, 3, "carl", true);
	expect_owner(&k, "bob", 1);
	expect_owner(&k, "dora", 0);
	note(&k, 2, "bob", true);
	expect_owner(&k, "bob", 2);
	expect_owner(&k, "carl", 3);
	known_free(&k);
}

/* Nobody knows the name; its own key; another; and who is verified. */
static void
test_changed(void)
{
	struct known k = { 0 };

	note(&k, 1, "bob", false);
	expect_changed(&k, 7, "carl", false, 0, false);
	expect_changed(&k, 1, "bob", false, 0, false);
	expect_changed(&k, 7, "bob", false, 1, true);
	expect_changed(&k, 7, "bob", true, 0, false);
	/* Of two that were met by it the latest; these two are known. */
	note(&k, 2, "bob", false);
	expect_changed(&k, 7, "bob", false, 2, true);
	expect_changed(&k, 2, "bob", false, 0, true);
	expect_changed(&k, 1, "bob", false, 0, false);
	/* A verified one first, whoever was met after it; for both. */
	note(&k, 1, "bob", true);
	expect_changed(&k, 7, "bob", false, 1, true);
	expect_changed(&k, 2, "bob", false, 1, true);
	note(&k, 3, "bob", true);
	expect_changed(&k, 2, "bob", false, 3, true);
	expect_changed(&k, 1, "bob", true, 0, false);
	known_free(&k);
}

/* The last who is not verified makes way for somebody new; if all are, nobody
 * does. */
static void
test_full(void)
{
	struct known k = { 0 };
	char nick[16];

	for (unsigned int n = 1; n <= KNOWN_MAX; n++) {
		snprintf(nick, sizeof(nick), "no %u", n);
		note(&k, n, nick, n > 2);
	}
	note(&k, KNOWN_MAX + 1, "new", true);
	CU_ASSERT_EQUAL(k.count, KNOWN_MAX);
	expect_alike(&k, "no 1", 1, 0);
	expect_alike(&k, "no 2", 0, 0);
	expect_alike(&k, "no 3", 3, 0);
	expect_alike(&k, "new", KNOWN_MAX + 1, 0);
	note(&k, KNOWN_MAX + 2, "newer", true);
	expect_alike(&k, "no 1", 0, 0);
	expect_alike(&k, "newer", KNOWN_MAX + 2, 0);
	note(&k, KNOWN_MAX + 3, "newest", true);
	expect_alike(&k, "newest", 0, 0);
	CU_ASSERT_EQUAL(k.count, KNOWN_MAX);
	known_free(&k);
}

void
known_suite(void)
{
	CU_pSuite s = CU_add_suite("known", NULL, NULL);

	CU_add_test(s, "names", test_names);
	CU_add_test(s, "who is verified", test_verified);
	CU_add_test(s, "who has a name", test_owner);
	CU_add_test(s, "who comes by another's", test_changed);
	CU_add_test(s, "who makes way", test_full);
}
