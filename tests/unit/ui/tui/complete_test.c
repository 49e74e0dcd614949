/*
 * Tab: what it makes of a text, in which order, and how it goes round.
 */
#include "ui/tui/complete.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void complete_suite(void);

static const char *const commands[] = { "/help", "/me", "/msg", "/status" };
static const struct complete_name names[] = { { "bob", 0 }, { "anna", 5 },
	{ "Änne", 7 }, { "anna b", 0 }, { "ａｎton", 0 } };
static const struct complete_words words = { commands, 4, names, 5 };

/* In texts | is the cursor. */
static void
press(struct complete *c, bool backwards, const char *text,
    const char *expected)
{
	struct buf bare = { 0 }, out = { 0 }, got = { 0 };
	size_t cursor = strcspn(text, "|"), at = 0;
	bool found;

	buf_puts(&bare, text);
	memmove(bare.bytes + cursor, bare.bytes + cursor + 1,
	    --bare.len - cursor);
	found = complete_tab(c, &words, bare.bytes, bare.len, cursor, backwards,
	    &out, &at);
	CU_ASSERT_EQUAL(found, expected != NULL);
	if (found) {
		buf_put(&got, out.bytes, at);
		buf_puts(&got, "|");
		buf_put(&got, out.bytes + at, out.len - at);
		buf_put(&got, "", 1);
		if (expected != NULL && strcmp(got.bytes, expected) != 0)
			fprintf(stderr, "\n  got %s, expected %s\n", got.bytes,
			    expected);
		CU_ASSERT(expected != NULL && strcmp(got.bytes, expected) == 0);
	} else {
		CU_ASSERT_EQUAL(out.len, 0);
	}
	buf_free(&bare);
	buf_free(&out);
	buf_free(&got);
}

/* One Tab. */
static void
check(const char *text, const char *expected)
{
	struct complete c = { 0 };

	press(&c, false, text, expected);
	complete_end(&c);
	CU_ASSERT_PTR_NULL(c.found);
}

static void
test_commands(void)
{
	check("/st|", "/status |");
	check("/ST|", "/status |");
	check("  /h|", "  /help |");
	check("/x|", NULL);
	check("//st|", NULL);
	check("hi /st|", NULL);
	check("/s|tatus now", "/status |tatus now");
	check("/st| now", "/status |now");
}

static void
test_names(void)
{
	check("b|", "bob: |");
	check("B|", "bob: |");
	check("hi b|", "hi bob |");
	check("hi\nb|", "hi\nbob |");
	check("hi b| and", "hi bob |and");
	check("b|: hi", "bob: |hi");
	check("x|", NULL);
	check("hi x|", NULL);
	check("bobo|", NULL);
	/* Names match by what they look like in lower case; an accent is not
	 * needed. */
	check("hi än|", "hi Änne |");
	check("hi ant|", "hi ａｎton |");
	check("/me greets b|", "/me greets bob |");
}

static void
test_arguments(void)
{
	check("/msg b|", "/msg bob |");
	check("/msg anna\\|", NULL);
	check("/msg \"anna |", "/msg \"anna b\" |");
	check("/msg A\u0308n|", "/msg Änne |");
	check("/verify anna| yes", "/verify anna |yes");
	check(" /msg  b|", " /msg  bob |");
	/* The name is there: now it is text. */
	check("/msg bob b|", "/msg bob bob |");
	check("/msg \"anna b\" b|", "/msg \"anna b\" bob |");
	check("/message b|", "/message bob |");
}

/* The name that spoke last comes first; round in both directions. */
static void
test_round(void)
{
	struct complete c = { 0 };

	press(&c, false, "an|", "Änne: |");
	press(&c, false, "Änne: |", "anna: |");
	press(&c, false, "anna: |", "anna b: |");
	press(&c, false, "anna b: |", "ａｎton: |");
	press(&c, false, "ａｎton: |", "Änne: |");
	press(&c, true, "Änne: |", "ａｎton: |");
	press(&c, true, "ａｎton: |", "anna b: |");
	complete_end(&c);
	press(&c, true, "hi an| there", "hi ａｎton |there");
	press(&c, true, "hi ａｎton |there", "hi anna b |there");
	complete_end(&c);
	press(&c, false, "/msg an|", "/msg Änne |");
	press(&c, false, "/msg Änne |", "/msg anna |");
	press(&c, false, "/msg anna |", "/msg \"anna b\" |");
	complete_end(&c);
	press(&c, false, "/m|", "/me |");
	press(&c, false, "/me |", "/msg |");
	complete_end(&c);
	/* With nothing typed, everybody. */
	press(&c, false, "|", "Änne: |");
	press(&c, false, "Änne: |", "anna: |");
	complete_end(&c);
	press(&c, false, "hi |", "hi Änne |");
	complete_end(&c);
}

/* A name that begins with a slash makes no command of the line. */
static void
test_name_like_a_command(void)
{
	static const struct complete_name one[] = { { "/msg mallory", 9 },
		{ "bob", 1 } };
	const struct complete_words some = { commands, 4, one, 2 };
	struct complete c = { 0 };
	struct buf out = { 0 };
	size_t cursor;

	CU_ASSERT(complete_tab(&c, &some, "", 0, 0, false, &out, &cursor));
	CU_ASSERT(out.len == 5 && memcmp(out.bytes, "bob: ", 5) == 0);
	complete_end(&c);
	buf_free(&out);
}

static void
test_nobody(void)
{
	static const struct complete_words none = { commands, 4, NULL, 0 };
	struct complete c = { 0 };
	struct buf out = { 0 };
	size_t cursor;

	CU_ASSERT_FALSE(
	    complete_tab(&c, &none, "a", 1, 1, false, &out, &cursor));
	CU_ASSERT_FALSE(complete_tab(&c, &none, "", 0, 0, true, &out, &cursor));
	CU_ASSERT_PTR_NULL(c.found);
	buf_free(&out);
}

void
complete_suite(void)
{
	CU_pSuite s = CU_add_suite("complete", NULL, NULL);

	CU_add_test(s, "commands", test_commands);
	CU_add_test(s, "names", test_names);
	CU_add_test(s, "names as arguments", test_arguments);
	CU_add_test(s, "round", test_round);
	CU_add_test(s, "a name like a command", test_name_like_a_command);
	CU_add_test(s, "nobody is here", test_nobody);
}
