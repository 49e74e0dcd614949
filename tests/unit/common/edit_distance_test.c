/*
 * How far apart two words are: what an error may take for a mistyped name.
 */
#include "common/edit_distance.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void edit_distance_suite(void);

static size_t
distance(const char *a, const char *b)
{
	return edit_distance(a, strlen(a), b, strlen(b));
}

/* Both ways: what is left out in one is added in the other. */
static void
check(const char *a, const char *b, size_t want)
{
	if (distance(a, b) != want)
		printf("\n  <%s> <%s>: %zu\n", a, b, distance(a, b));
	CU_ASSERT_EQUAL(distance(a, b), want);
	CU_ASSERT_EQUAL(distance(b, a), want);
}

static void
test_distance(void)
{
	check("", "", 0);
	check("room", "room", 0);
	check("", "room", 4);
	/* Left out at the beginning, within, and at the end. */
	check("oom", "room", 1);
	check("rom", "room", 1);
	check("roo", "room", 1);
	/* Mistaken at each of these places. */
	check("toom", "room", 1);
	check("roam", "room", 1);
	check("rook", "room", 1);
	/* Exchanged, once and twice; but not what does not stand together. */
	check("orom", "room", 1);
	check("romo", "room", 1);
	check("ab", "ba", 1);
	check("abcd", "badc", 2);
	check("abc", "cba", 2);
	/* What was exchanged is not touched again: ca, ac, abc would be 2. */
	check("ca", "abc", 3);
	check("kitten", "sitting", 3);
	check("abcdef", "uvwxyz", 6);
}

/* Of the longest words, and only of the bytes that count. */
static void
test_bounds(void)
{
	char a[EDIT_DISTANCE_MAX + 1], b[EDIT_DISTANCE_MAX + 1];

	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	CU_ASSERT_EQUAL(edit_distance(a, EDIT_DISTANCE_MAX, b,
			    EDIT_DISTANCE_MAX),
	    EDIT_DISTANCE_MAX);
	CU_ASSERT_EQUAL(edit_distance(a, EDIT_DISTANCE_MAX, a, 0),
	    EDIT_DISTANCE_MAX);
	CU_ASSERT_EQUAL(edit_distance("nick!", 4, "nick?", 4), 0);
}

static size_t
of_name(const char *word, const char *name)
{
	return edit_distance_of_name(word, strlen(word), name);
}

/* Two mistakes in a name are one too many if it has less than four letters. */
static void
test_of_name(void)
{
	char word[EDIT_DISTANCE_MAX + 2];

	CU_ASSERT_EQUAL(of_name("nick", "nick"), 0);
	CU_ASSERT_EQUAL(of_name("nikc", "nick"), 1);
	CU_ASSERT_EQUAL(of_name("nack!", "nick"), 2);
	CU_ASSERT_EQUAL(of_name("nackle", "nick"), EDIT_DISTANCE_FAR);
	CU_ASSERT_EQUAL(of_name("lo", "log"), 1);
	CU_ASSERT_EQUAL(of_name("l", "log"), EDIT_DISTANCE_FAR);
	CU_ASSERT_EQUAL(of_name("n", "no"), 1);
	CU_ASSERT_EQUAL(of_name("", "n"), EDIT_DISTANCE_FAR);
	CU_ASSERT_EQUAL(of_name("passphrase", "passphrase_file"),
	    EDIT_DISTANCE_FAR);
	CU_ASSERT_EQUAL(edit_distance_of_name("nickname", 4, "nick"), 0);
	/* The longest that is compared, and one that is longer. */
	memset(word, 'x', sizeof(word));
	word[EDIT_DISTANCE_MAX] = '\0';
	CU_ASSERT_EQUAL(edit_distance_of_name(word, EDIT_DISTANCE_MAX, word),
	    0);
	CU_ASSERT_EQUAL(edit_distance_of_name(word, EDIT_DISTANCE_MAX + 1,
			    word),
	    EDIT_DISTANCE_FAR);
}

void
edit_distance_suite(void)
{
	CU_pSuite suite = CU_add_suite("edit_distance", NULL, NULL);

	CU_add_test(suite, "two words", test_distance);
	CU_add_test(suite, "long words", test_bounds);
	CU_add_test(suite, "a word and a name", test_of_name);
}
