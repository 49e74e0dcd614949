/*
 * The slash commands that name a person: whom a name means, and that nobody
 * else is told, asked about or marked.
 */
#include "tests/unit/ui/talk.h"

#include "ui/format.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void command_peer_suite(void);

/* Nobody but the one who was named may be meant. */
static void
test_names(void)
{
	struct fixture f;

	talk_open(&f);
	talk_expect_error(&f, "/msg alice hi",
	    "alice is you: /msg is for somebody else");
	talk_expect_error(&f, "/verify alice",
	    "alice is you: /verify is for somebody else");
	talk_expect_error(&f, "/msg carol hi",
	    "nobody is called carol. Here: \"anna b\", bob, "
	    "03ee0000");
	talk_expect_error(&f, "/msg anna b hi",
	    "nobody is called anna. Here: \"anna b\", bob, "
	    "03ee0000");
	talk_expect_error(&f, "/msg Bob hi",
	    "nobody is called Bob. Here: \"anna b\", bob, 03ee0000");
	talk_expect_error(&f, "/msg \"anna b hi",
	    "the name has no closing quote: /msg NAME TEXT");
	talk_expect_error(&f, "/msg \"anna b\"hi",
	    "the name has no closing quote: /msg NAME TEXT");
	/* However it is typed: a name is shown in its normal form. */
	fixture_command(&f, "/nick Zoe\u0308");
	fixture_expect_next(&f, IPC_NICK);
	fixture_output(&f);
	talk_expect_error(&f, "/msg Zoe\u0308 hi",
	    "Zoë is you: /msg is for somebody else");
	talk_expect_error(&f, "/verify \"Zoe\u0308 \"",
	    "Zoë is you: /verify is for somebody else");
	talk_expect_error(&f, "/msg \"anna\u00a0 b\"",
	    "no text to send: /msg NAME TEXT");
	/* Named, but with nothing to say. */
	talk_expect_error(&f, "/msg \"anna b\"",
	    "no text to send: /msg NAME TEXT");
	talk_expect_error(&f, "/msg 01ee0000",
	    "no text to send: /msg NAME TEXT");
	talk_expect_error(&f, "/msg 03ee0000",
	    "no text to send: /msg NAME TEXT");
	talk_expect_error(&f, "/msg 01ee00 x",
	    "nobody is called 01ee00. Here: \"anna b\", bob, "
	    "03ee0000");
	/* Who takes the digits of another's id for a name is not that one. */
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 4, PEER_CONNECTED, "01ee0000"),
	    0);
	fixture_output(&f);
	talk_expect_error(&f, "/msg 01ee0000 x",
	    "more than one is called 01ee0000. Here: 01ee0000, "
	    "\"anna b\", bob, 03ee0000");
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 2, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 3, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 4, PEER_LEFT, NULL), 0);
	fixture_output(&f);
	talk_expect_error(&f, "/msg bob hi", "nobody else is here");
	fixture_close(&f);
}

static void
check_quote(const char *name, const char *quoted)
{
	struct buf b = { 0 };

	format_argument(&b, name);
	buf_put(&b, "", 1);
	CU_ASSERT_STRING_EQUAL(b.bytes, quoted);
	buf_free(&b);
}

/* A name that was quoted is found again, whatever it is made of. */
static void
test_quotes(void)
{
	struct buf line = { 0 };
	struct fixture f;

	check_quote("anna", "anna");
	check_quote("anna b", "\"anna b\"");
	check_quote("\"", "\"\\\"\"");
	check_quote("a\\b", "\"a\\\\b\"");
	talk_open(&f);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 4, PEER_CONNECTED, "\"a\" \\b"),
	    0);
	fixture_output(&f);
	buf_puts(&line, "/msg ");
	format_argument(&line, "\"a\" \\b");
	buf_put(&line, "", 1);
	talk_expect_error(&f, line.bytes, "no text to send: /msg NAME TEXT");
	buf_free(&line);
	fixture_close(&f);
}

static void
tell_left(struct fixture *f, uint32_t n, enum left_reason why)
{
	struct ipc_peer_state s = { .handle = 0x1000 | n,
		.state = PEER_LEFT,
		.left = (uint8_t)why,
		.id.bytes = { (uint8_t)n, 0xee } };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_PEER, &s, NULL, 0), 0);
}

static void
test_private(void)
{
	struct fixture f;

	talk_open(&f);
	talk_expect_private(&f, "/msg bob hi  there ", 1, "hi  there");
	fixture_expect(&f, TALK_EVENT "to bob alone\n");
	talk_expect_private(&f, "/msg \"anna b\" hi\nthere", 2, "hi\nthere");
	fixture_expect(&f, TALK_EVENT "to \"anna b\" alone\n");
	talk_expect_private(&f, " /msg\t01ee0000 /quit", 1, "/quit");
	talk_expect_private(&f, "/msg \"bob\" hi", 1, "hi");
	talk_expect_private(&f, "/MSG bob Hi", 1, "Hi");
	/* Who fell silent may be back: it waits for them. Of whoever left
	 * nobody expects that. */
	tell_left(&f, 1, LEFT_SILENT);
	tell_left(&f, 2, LEFT_GOODBYE);
	fixture_output(&f);
	talk_expect_private(&f, "/msg bob still there?", 1, "still there?");
	fixture_expect(&f, TALK_EVENT "to bob alone\n");
	talk_expect_error(&f, "/msg \"anna b\" and you?",
	    "nobody is called anna b. Here: 03ee0000");
	talk_expect_error(&f, "/verify bob",
	    "nobody is called bob. Here: 03ee0000");
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

static void
expect_verified(struct fixture *f, const char *line, uint32_t n, bool verified)
{
	const struct ipc_verified *v;
	struct ipc_message_in in;

	fixture_command(f, line);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SET_VERIFIED);
	v = in.body;
	CU_ASSERT_EQUAL(v->handle, 0x1000 | n);
	CU_ASSERT_EQUAL(v->verified, verified);
}

static void
test_verify(void)
{
	struct ipc_message_in in;
	struct fixture f;

	talk_open(&f);
	fixture_command(&f, "/verify bob");
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAFETY_ASK);
	CU_ASSERT_EQUAL(((const struct ipc_peer *)in.body)->handle, 0x1001);
	expect_verified(&f, "/verify \"anna b\" yes", 2, true);
	expect_verified(&f, "/verify bob NO", 1, false);
	fixture_command(&f, "/verify 03ee0000 yes"); /* nobody knows its key */
	fixture_expect_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(strncmp(fixture_output(&f), TALK_ERROR,
			    strlen(TALK_ERROR)),
	    0);
	fixture_close(&f);
}

/* Only what is in quotes can hold a blank, and there a backslash takes the next
 * character as it is. */
static void
test_arguments(void)
{
	static const char unclosed[] = "the name has no closing quote: /msg "
				       "NAME TEXT";
	struct fixture f;

	talk_open(&f);
	fixture_tell_peer(&f, 4, PEER_CONNECTED, "a\\b");
	fixture_tell_peer(&f, 5, PEER_CONNECTED, "q\"");
	fixture_output(&f);
	talk_expect_private(&f, "/msg a\\b x", 4, "x");
	talk_expect_private(&f, "/msg \"a\\\\b\" x", 4, "x");
	talk_expect_private(&f, "/msg q\" x", 5, "x");
	talk_expect_private(&f, "/msg \"q\\\"\" x", 5, "x");
	talk_expect_private(&f, "/msg bob \t\"x\"", 1, "\"x\"");
	talk_expect_private(&f, "/msg \"bob\"\tx", 1, "x");
	talk_expect_private(&f, "/msg bob\nx", 1, "x");
	talk_expect_private(&f, "/msg bob\rx", 1, "x");
	fixture_output(&f);
	talk_expect_error(&f, "/msg \"", unclosed);
	talk_expect_error(&f, "/msg \"bob", unclosed);
	talk_expect_error(&f, "/msg \"bob\\", unclosed);
	talk_expect_error(&f, "/msg \"bob\\\" x", unclosed);
	talk_expect_error(&f, "/msg \"bob\"x", unclosed);
	talk_expect_error(&f, "/verify \"bob",
	    "the name has no closing quote: /verify NAME [yes|no]");
	fixture_close(&f);
}

/* A name that means two people means none of them, whatever is asked; with no
 * text there is nothing more to say. */
static void
test_too_many(void)
{
	static const char both[] =
	    "more than one is called 01ee0000. Here: 01ee0000, \"anna b\", "
	    "bob, 03ee0000";
	struct fixture f;

	talk_open(&f);
	fixture_tell_peer(&f, 4, PEER_CONNECTED, "01ee0000");
	fixture_output(&f);
	talk_expect_error(&f, "/msg 01ee0000", both);
	talk_expect_error(&f, "/msg 01ee0000 x", both);
	talk_expect_error(&f, "/verify 01ee0000", both);
	talk_expect_error(&f, "/verify 01ee0000 yes", both);
	/* It is about the name, whether there is a text or not. */
	talk_expect_error(&f, "/msg carol",
	    "nobody is called carol. Here: 01ee0000, \"anna b\", bob, "
	    "03ee0000");
	talk_expect_error(&f, "/verify carol yes",
	    "nobody is called carol. Here: 01ee0000, \"anna b\", bob, "
	    "03ee0000");
	fixture_close(&f);
}

/* A crowd is named as far as one line goes; the rest is counted. */
static void
test_crowd(void)
{
	struct fixture f;
	char name[32], expected[1024] = "nobody is called x. Here: ";

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	f.ui->terminal = true;
	fixture_tell_ready(&f);
	for (uint32_t n = 10; n < 40; n++) {
		snprintf(name, sizeof(name), "somebody of 24 bytes, %u", n);
		fixture_tell_peer(&f, n, PEER_CONNECTED, name);
		if (n < 31) /* 20 of 28 bytes with what is around them leave
			       room for one of 24 */
			snprintf(expected + strlen(expected),
			    sizeof(expected) - strlen(expected), "%s\"%s\"",
			    n > 10 ? ", " : "", name);
	}
	strcat(expected, " and 9 more");
	fixture_output(&f);
	talk_expect_error(&f, "/verify x", expected);
	fixture_close(&f);
}

/* Whoever is compared with is asked about; a lone yes is no answer any more
 * once the key is marked, or somebody else is compared with. */
static void
test_compare(void)
{
	static const char for_bob[] =
	    "not sent, because you are comparing numbers with bob: /verify bob "
	    "yes marks the key, /verify bob no does not; /say yes sends it";
	struct fixture f;

	talk_open(&f);
	fixture_command(&f, "/verify bob");
	fixture_expect_next(&f, IPC_SAFETY_ASK);
	talk_expect_error(&f, "yes", for_bob);
	talk_expect_error(&f, "/verify bob maybe",
	    "expected yes or no after the name: /verify NAME [yes|no]");
	talk_expect_error(&f, "no", for_bob);
	expect_verified(&f, "/verify bob no", 1, false);
	talk_expect_said(&f, "no", 1, "no");
	/* Of whom no key is known there is nothing to compare. */
	fixture_command(&f, "/verify bob");
	fixture_expect_next(&f, IPC_SAFETY_ASK);
	talk_expect_error(&f, "/verify 03ee0000",
	    "peer-03ee0000000000000000000000000000 is not connected: its "
	    "key is not known");
	talk_expect_said(&f, "yes", 2, "yes");
	fixture_close(&f);
}

void
command_peer_suite(void)
{
	CU_pSuite s = CU_add_suite("command_peer", NULL, NULL);

	CU_add_test(s, "names", test_names);
	CU_add_test(s, "quotes", test_quotes);
	CU_add_test(s, "private texts", test_private);
	CU_add_test(s, "verify", test_verify);
	CU_add_test(s, "words and quotes", test_arguments);
	CU_add_test(s, "more than one", test_too_many);
	CU_add_test(s, "a crowd", test_crowd);
	CU_add_test(s, "comparing", test_compare);
}
