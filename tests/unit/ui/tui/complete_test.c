/*
 * Tab: what it completes, in which order, and how it goes round.
 */
#include "ui/tui/complete.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void complete_suite(void);

static const char *const commands[] = { "/help", "/me", "/msg", "/status" };
static const struct complete_name names[] = { { "bob", 0 }, { "anna", 5 },
	{ "Änne", 7 }, { "anna b", 0 }, { "ａｎton", 0 } };
static const char *const rooms[] = { "kitchen", "big garden", "garden", "k2",
	"say \"hi\"" };
static const char *const places[] = { "kitchen", "anna b", "big garden", "k2" };
static const struct complete_words words = { commands, 4, names, 5, rooms, 5,
	places, 4 };

/* The text without its cursor, in memory of just its length. */
static char *
bare(const char *text, size_t *len, size_t *cursor)
{
	char *bytes;

	*len = strlen(text) - 1;
	*cursor = strcspn(text, "|");
	bytes = malloc(*len + (*len == 0));
	CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
	memcpy(bytes, text, *cursor);
	memcpy(bytes + *cursor, text + *cursor + 1, *len - *cursor);
	return bytes;
}

static void
expect_made(const struct buf *out, size_t at, const char *expected)
{
	char got[256];

	snprintf(got, sizeof(got), "%.*s|%.*s", (int)at, out->bytes,
	    (int)(out->len - at), out->bytes + at);
	if (strcmp(got, expected) != 0)
		fprintf(stderr, "\n  got %s, expected %s\n", got, expected);
	CU_ASSERT_STRING_EQUAL(got, expected);
}

/* In texts | is the cursor; expected is NULL if nothing fits. */
static void
press(struct complete *c, bool backwards, const char *text,
    const char *expected)
{
	struct buf out = { 0 };
	size_t len, cursor, at = 0;
	char *bytes = bare(text, &len, &cursor);
	bool found;

	buf_puts(&out, "of before");
	found =
	    complete_tab(c, &words, bytes, len, cursor, backwards, &out, &at);
	CU_ASSERT_EQUAL(found, expected != NULL);
	if (found && expected != NULL)
		expect_made(&out, at, expected);
	else
		CU_ASSERT_EQUAL(out.len, 0);
	free(bytes);
	buf_free(&out);
}

/* Presses Tab once. */
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
	check(" \t\n/st|", " \t\n/status |");
	check("/ms|g bob", "/msg |g bob");
	check("/|", "/help |");
	/* The slash is behind the cursor: there is no command yet. */
	check("|/st", "Änne: |/st");
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
	check("hi\tb|", "hi\tbob |");
	check("  b|", "  bob: |");
	check("hi b|ob", "hi bob |ob");
	/* What follows a name is not put there twice, nor half of it. */
	check("hi b| ", "hi bob |");
	check("b|: ", "bob: |");
	check("b|:", "bob: |:");
	check("b| ", "bob: | ");
	check("x|", NULL);
	check("hi x|", NULL);
	check("bobo|", NULL);
	/* Names match by their look in lower case; an accent may be left
	 * out. */
	check("hi än|", "hi Änne |");
	check("hi ant|", "hi ａｎton |");
	check("hi ａｎＴ|", "hi ａｎton |");
	check("hi anne|", "hi Änne |");
	check("hi ánn|", NULL);
	check("/me greets b|", "/me greets bob |");
}

/* Behind the commands that take a room, in the order of the rooms. */
static void
test_rooms(void)
{
	struct complete c = { 0 };

	check("/part gar|", "/part garden |");
	check("/part GAR|", "/part garden |");
	check(" /remember  gar|", " /remember  garden |");
	check("/forget \"gar|", "/forget garden |");
	check("/part big|", "/part \"big garden\" |");
	check("/part big g|", "/part \"big garden\" |");
	check("/part \"big g|", "/part \"big garden\" |");
	check("/part say|", "/part \"say \\\"hi\\\"\" |");
	check("/part \"garden\"|", NULL);
	check("/part an|", NULL);
	check("/rooms gar|", NULL);
	press(&c, false, "/part k|", "/part kitchen |");
	press(&c, false, "/part kitchen |", "/part k2 |");
	press(&c, false, "/part k2 |", "/part kitchen |");
	complete_end(&c);
}

/* Behind /room that may also be a conversation. */
static void
test_places(void)
{
	struct complete c = { 0 };

	check("/room big g|", "/room \"big garden\" |");
	check("/room an|", "/room \"anna b\" |");
	check("/room anna b|", "/room \"anna b\" |");
	check("/room bo|", NULL);
	press(&c, false, "/room |", "/room kitchen |");
	press(&c, false, "/room kitchen |", "/room \"anna b\" |");
	press(&c, true, "/room \"anna b\" |", "/room kitchen |");
	complete_end(&c);
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
	/* The name is complete: the rest is text. */
	check("/msg bob b|", "/msg bob bob |");
	check("/msg \"anna b\" b|", "/msg \"anna b\" bob |");
	check("/message b|", "/message bob |");
	check("/MSG b|", "/MSG bob |");
	check("/msg\tb|", "/msg\tbob |");
	check("/msg |", "/msg Änne |");
	check("/verify \n b|", "/verify \n bob |");
	check("/msg|", "/msg |");
	/* A quotation mark that stands open, or closed, before the cursor. */
	check("/msg \"|", "/msg Änne |");
	check("/msg \"a|\" x", "/msg Änne |\" x");
	check("/msg \"b|", "/msg bob |");
	check("/msg \"anna b\"|", NULL);
	check("/msg \"\"b|", NULL);
	check("/msg \"an\"b|", NULL);
}

/* The name that spoke last comes first; Tab goes round in both directions. */
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
	/* An accent that was typed has to be there. */
	press(&c, false, "hi än|", "hi Änne |");
	press(&c, false, "hi Änne |", "hi Änne |");
	complete_end(&c);
	press(&c, true, "/m|", "/msg |");
	press(&c, true, "/msg |", "/me |");
	complete_end(&c);
	press(&c, false, "/msg an|", "/msg Änne |");
	press(&c, false, "/msg Änne |", "/msg anna |");
	press(&c, false, "/msg anna |", "/msg \"anna b\" |");
	complete_end(&c);
	press(&c, true, "/msg anna| hi", "/msg \"anna b\" |hi");
	complete_end(&c);
	press(&c, false, "/m|", "/me |");
	press(&c, false, "/me |", "/msg |");
	complete_end(&c);
	/* With nothing typed, everybody is offered. */
	press(&c, false, "|", "Änne: |");
	press(&c, false, "Änne: |", "anna: |");
	/* Those who never spoke, by their names. */
	press(&c, false, "anna: |", "anna b: |");
	press(&c, false, "anna b: |", "bob: |");
	press(&c, false, "bob: |", "ａｎton: |");
	press(&c, false, "ａｎton: |", "Änne: |");
	complete_end(&c);
	press(&c, false, "hi |", "hi Änne |");
	complete_end(&c);
}

static void
press_among(const struct complete_words *some, const char *text,
    const char *expected)
{
	struct complete c = { 0 };
	struct buf out = { 0 };
	size_t cursor, len = strlen(text);

	CU_ASSERT(complete_tab(&c, some, text, len, len, false, &out, &cursor));
	expect_made(&out, cursor, expected);
	complete_end(&c);
	buf_free(&out);
}

/* A name that begins with a slash makes no command of the line; within one it
 * is a name like others. */
static void
test_name_like_a_command(void)
{
	static const struct complete_name two[] = { { "/msg mallory", 9 },
		{ "bob", 1 } };
	const struct complete_words some = { commands, 4, two, 2, NULL, 0, NULL,
		0 };

	press_among(&some, "", "bob: |");
	press_among(&some, "hi ", "hi /msg mallory |");
	press_among(&some, "/msg ", "/msg \"/msg mallory\" |");
}

static void
test_nobody(void)
{
	static const struct complete_words none = { commands, 4, NULL, 0, NULL,
		0, NULL, 0 };
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
	CU_add_test(s, "rooms", test_rooms);
	CU_add_test(s, "rooms and conversations", test_places);
	CU_add_test(s, "round", test_round);
	CU_add_test(s, "a name like a command", test_name_like_a_command);
	CU_add_test(s, "nobody is here", test_nobody);
}
