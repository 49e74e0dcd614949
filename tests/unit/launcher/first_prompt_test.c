/*
 * The first questions: each way to answer them, what is refused and asked
 * again, and what of it shows on the terminal.
 */
#include "launcher/first_prompt.h"

#include "common/invite.h"
#include "tests/unit/launcher/options_trial.h"
#include "tests/unit/launcher/asked.h"

#include <sys/wait.h>

#include <CUnit/CUnit.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

void first_prompt_suite(void);

#define ASK_INVITE     "Invite (not shown, Enter for none): "
#define ASK_BOOTNODE   "Bootnode (HOST or HOST:PORT): "
#define ASK_ROOM       "Room: "
#define ASK_PASSPHRASE "Passphrase (not shown, Enter for none): "

static const uint8_t secret[INVITE_SECRET_LEN] = "sixteen secrets";

#define ASK_REMEMBER \
	"Remember this room for the next start? (y, Enter for no): "
#define ASK_OFFERED \
	"Enter, or an invite or a bootnode for another room (not shown): "

/* Flags of the gochat that asks, which is not to ask whether to remember the
 * room, or is. */
static const char *flag;
static bool asks_to_remember;
/* So many rooms are remembered. */
static unsigned int offered;

static void
write_invite(char text[INVITE_TEXT_MAX + 1], const char *bootnode)
{
	struct invite invite = { .room = "r r" };

	(void)snprintf(invite.bootnode, sizeof(invite.bootnode), "%s",
	    bootnode);
	memset(invite.key, 7, sizeof(invite.key));
	memcpy(invite.secret, secret, sizeof(secret));
	(void)invite_format(text, &invite);
}

/* Writes what the launcher has after the questions, and the secret. */
static int
prompt(int out)
{
	static struct trial t = { .terminal = true };
	char text[ENDPOINTS_TEXT_MAX], got[64] = "none", err[512] = "";
	ssize_t n;
	int fd, access, result;

	t.flags[0] = "gochat";
	t.flags[1] = asks_to_remember ? flag : "--remember";
	t.flags[2] = asks_to_remember ? NULL : flag;
	(void)trial_run(&t);
	t.o.offered = offered;
	result = first_prompt(&fd, &access, &t.o, err, sizeof(err));
	if (result != 0)
		return dprintf(out, "%d %s", result, err) < 0;
	if (fd != -1 && (n = pread(fd, got, sizeof(got) - 1, 0)) >= 0)
		got[n] = '\0';
	return dprintf(out, "%s %s kind %u key %u %02x: %s%s",
		   endpoints_format(&t.o.bootnode, text), t.o.room,
		   (unsigned int)t.o.secret,
		   (unsigned int)t.o.bootnode_key_given, t.o.bootnode_key[31],
		   got, t.o.remember_first ? ", remembered" : "") < 0;
}

#define BY_INVITE     "b.example:9595 r r kind 2 key 1 07: sixteen secrets"
#define BY_NAME	      "b.example:9595 r kind 0 key 0 00: none"
#define BY_PASSPHRASE "b.example:9595 r kind 1 key 0 00: se cret"

struct step {
	const char *question, *answer; /* NULL: the invite */
};

/* Answers in turn, and compares what comes of it. */
static void
try(const struct step *steps, const char *invite, const char *want)
{
	static struct asked t;

	asked_start(&t, true, prompt);
	for (; steps->question != NULL; steps++) {
		asked_answer(&t, steps->question,
		    steps->answer != NULL ? steps->answer : invite);
		if (steps->answer == NULL)
			asked_type(&t, "\n");
	}
	CU_ASSERT_EQUAL(asked_end(&t, want), 0);
}

static void
test_invite(void)
{
	static const struct step at_once[] = { { ASK_INVITE, NULL }, { 0 } };
	static const struct step damaged[] = {
		{ "--mode bootnode. More: gochat --help\r\n" ASK_INVITE,
		    "gochat://b/r?kex\n" },
		{ "the invite has no ?key= with 64 hexadecimal digits: see "
		  "character 16\r\n" ASK_INVITE,
		    "https://b\n" },
		{ "the invite does not begin with gochat://: see character "
		  "1\r\n" ASK_INVITE,
		    NULL },
		{ 0 }
	};
	/* Where it would show, it is one as well. */
	static const struct step late[] = { { ASK_INVITE, "\n" },
		{ ASK_BOOTNODE, "GOCHAT:///x\n" },
		{ "that is an invite, and the terminal shows it now\r\nthe "
		  "invite has no bootnode's address",
		    "" },
		{ ASK_BOOTNODE, "b.example\n" }, { ASK_ROOM, NULL }, { 0 } };
	/* A passphrase begins with no scheme either. */
	static const struct step last[] = { { ASK_INVITE, "\n" },
		{ ASK_BOOTNODE, "c\n" }, { ASK_ROOM, "r\n" },
		{ ASK_PASSPHRASE, "gochat:///\n" },
		{ "the invite has no bootnode's address", "" },
		{ ASK_PASSPHRASE, NULL }, { 0 } };
	char text[INVITE_TEXT_MAX + 1];

	write_invite(text, "b.example:9595");
	try(at_once, text, BY_INVITE);
	try(damaged, text, BY_INVITE);
	try(late, text, BY_INVITE);
	try(last, text, BY_INVITE);
}

/* Writes an invite in rows of 13 characters, each with the end that is given.
 * A row may break an escape of the room's name. */
static void
wrap(char out[2 * INVITE_TEXT_MAX], const char *text, const char *end)
{
	size_t len = 0;

	for (; *text != '\0'; text += strnlen(text, 13))
		len += (size_t)snprintf(out + len, 2 * INVITE_TEXT_MAX - len,
		    "%.13s%s", text, end);
}

/* As a mail program wraps it, pasted at once, and at each question. What comes
 * after it in the paste is no answer. */
static void
test_rows(void)
{
	static const struct step first[] = { { ASK_INVITE, NULL }, { 0 } };
	static const struct step late[] = { { ASK_INVITE, "\n" },
		{ ASK_BOOTNODE, NULL }, { 0 } };
	static const struct step cut[] = { { ASK_INVITE, "gochat://b/r\n" },
		{ "The rest of it, or Enter: ", "\n" },
		{ "the invite has no ?key= with 64 hexadecimal digits: see "
		  "character 13\r\n" ASK_INVITE,
		    NULL },
		{ 0 } };
	char text[INVITE_TEXT_MAX + 1], rows[2 * INVITE_TEXT_MAX];

	write_invite(text, "b.example:9595");
	wrap(rows, text, "\n");
	try(first, rows, BY_INVITE);
	try(late, rows, BY_INVITE);
	try(cut, rows, BY_INVITE);
	wrap(rows, text, " \n");
	strlcat(rows, "\nSee you there!", sizeof(rows));
	try(first, rows, BY_INVITE);
}

/* None of it is taken, and it is asked again. */
static void
test_too_long(void)
{
	static char line[5001];
	struct step steps[] = { { ASK_INVITE, line }, { "", "\n" },
		{ "that is longer than any answer can be\r\n" ASK_INVITE,
		    NULL },
		{ 0 } };
	char text[INVITE_TEXT_MAX + 1];

	memset(line, 'x', sizeof(line) - 1);
	write_invite(text, "b.example:9595");
	try(steps, text, BY_INVITE);
}

/* The longest that an invite can be. */
static void
test_longest(void)
{
	static char want[INVITE_BOOTNODE_MAX + ROOM_MAX + 100];
	static const struct step steps[] = { { ASK_INVITE, NULL }, { 0 } };
	struct invite invite = { .has_access = true };
	char text[INVITE_TEXT_MAX + 1], host[HOST_MAX + 1];
	const char *second = host + 8; /* in all, as much as there may be */

	memset(invite.key, 7, sizeof(invite.key));
	memcpy(invite.secret, secret, sizeof(secret));
	memset(host, 'b', HOST_MAX);
	for (size_t i = 63; i < HOST_MAX; i += 64)
		host[i] = '.';
	host[HOST_MAX] = '\0';
	for (size_t i = 0; i < ROOM_MAX; i += 2)
		memcpy(invite.room + i, "\u00fc", 2);
	(void)snprintf(invite.bootnode, sizeof(invite.bootnode),
	    "%s:65535,%s:65535", host, second);
	CU_ASSERT_EQUAL(strlen(invite.bootnode), INVITE_BOOTNODE_MAX);
	CU_ASSERT_EQUAL(invite_format(text, &invite), INVITE_TEXT_MAX);
	(void)snprintf(want, sizeof(want),
	    "%s %s kind 2 key 1 07: sixteen secrets", invite.bootnode,
	    invite.room);
	try(steps, text, want);
}

/* A sound invite may still name an address that is none. */
static void
test_invite_to_nowhere(void)
{
	static const struct step steps[] = { { ASK_INVITE, NULL },
		{ "the invite's bootnode, \"b:x\": expected " HOST
		  "\r\n" ASK_INVITE,
		    "\n" },
		{ ASK_BOOTNODE, "b.example\n" }, { ASK_ROOM, "r\n" },
		{ ASK_PASSPHRASE, "\n" }, { 0 } };
	char text[INVITE_TEXT_MAX + 1];

	write_invite(text, "b:x");
	try(steps, text, BY_NAME);
}

/* The passphrase is brought into its one form. */
static void
test_name(void)
{
	static const struct step open[] = { { ASK_INVITE, "\n" },
		{ ASK_BOOTNODE, "b.example\n" }, { ASK_ROOM, "r\n" },
		{ ASK_PASSPHRASE, "\n" }, { 0 } };
	static const struct step refused[] = { { ASK_INVITE, "\n" },
		{ ASK_BOOTNODE, "\n" },
		{ "\"\": expected " HOST "\r\n" ASK_BOOTNODE, "b c\n" },
		{ "\"b c\": expected " HOST "\r\n" ASK_BOOTNODE,
		    "b.example:9595\n" },
		{ ASK_ROOM, "r \n" },
		{ "\"r \": it ends with a blank; expected " BYTES
		  "\r\n" ASK_ROOM,
		    "r\n" },
		{ ASK_PASSPHRASE, "se cret \n" },
		{ "it ends with a blank\r\n" ASK_PASSPHRASE, "se\u3000cret\n" },
		{ 0 } };

	try(open, "", BY_NAME);
	try(refused, "", BY_PASSPHRASE);
}

/* It is the default not to. An option that says it is not asked for again. */
static void
test_remember(void)
{
	static const struct step no[] = { { ASK_INVITE, NULL },
		{ ASK_REMEMBER, "\n" }, { 0 } };
	static const struct step yes[] = { { ASK_INVITE, NULL },
		{ ASK_REMEMBER, "j\n" },
		{ "expected y or n\r\n" ASK_REMEMBER, "Y\n" }, { 0 } };
	static const struct step by_name[] = { { ASK_INVITE, "\n" },
		{ ASK_BOOTNODE, "b.example\n" }, { ASK_ROOM, "r\n" },
		{ ASK_PASSPHRASE, "se cret\n" }, { ASK_REMEMBER, "yes\n" },
		{ 0 } };
	static const struct step left[] = { { ASK_INVITE, NULL },
		{ ASK_REMEMBER, "\004" }, { 0 } };
	char text[INVITE_TEXT_MAX + 1];

	write_invite(text, "b.example:9595");
	asks_to_remember = true;
	try(no, text, BY_INVITE);
	try(yes, text, BY_INVITE ", remembered");
	try(by_name, text, BY_PASSPHRASE ", remembered");
	try(left, text, "1 ");
	asks_to_remember = false;
}

/* One line opens them, and the same question takes another room's invite or
 * bootnode. Of what is neither, which nobody saw, nothing is shown. */
static void
test_offered(void)
{
	static const struct step one[] = {
		{ "Enter opens the remembered room. Ctrl-D leaves.\r\n"
		  "To run a bootnode for others: gochat --mode bootnode.",
		    "" },
		{ ASK_OFFERED, "\n" }, { 0 }
	};
	static const struct step three[] = {
		{ "Enter opens the 3 remembered rooms. Ctrl-D leaves.\r\n",
		    "" },
		{ ASK_OFFERED, "\n" }, { 0 }
	};
	static const struct step invite[] = { { ASK_OFFERED, NULL }, { 0 } };
	static const struct step bootnode[] = { { ASK_OFFERED,
						    "ochat://b/r?key=\n" },
		{ "\r\nexpected gochat://... for an invite, or host, "
		  "host:port or [v6]:port"
		  " for a bootnode\r\n" ASK_OFFERED,
		    "B.example\n" },
		{ "\r\nBootnode: b.example:9595\r\n" ASK_ROOM, "r\n" },
		{ ASK_PASSPHRASE, "se cret\n" }, { 0 } };
	static const struct step left[] = { { ASK_OFFERED, "\004" }, { 0 } };
	char text[INVITE_TEXT_MAX + 1], rows[2 * INVITE_TEXT_MAX];

	write_invite(text, "b.example:9595");
	wrap(rows, text, "\n");
	offered = 1;
	try(one, "", "2 ");
	try(left, "", "1 ");
	offered = 3;
	try(three, "", "2 ");
	try(invite, text, BY_INVITE);
	try(invite, rows, BY_INVITE);
	try(bootnode, "", BY_PASSPHRASE);
	offered = 0;
}

/* Neither a passphrase nor an invite is shown; the rest is. */
static void
test_shown(void)
{
	static struct asked t;
	char text[INVITE_TEXT_MAX + 1];

	write_invite(text, "b.example:9595");
	asked_start(&t, true, prompt);
	asked_answer(&t, ASK_INVITE, text);
	asked_type(&t, "\n");
	asked_await(&t, "\r\n");
	CU_ASSERT_PTR_NULL(strstr(t.screen, "gochat://"));
	CU_ASSERT_EQUAL(asked_end(&t, BY_INVITE), 0);
	asked_start(&t, true, prompt);
	asked_answer(&t, ASK_INVITE, "\n");
	asked_answer(&t, ASK_BOOTNODE, "b.example\n");
	asked_await(&t, "b.example\r\n");
	asked_answer(&t, ASK_ROOM, "r\n");
	asked_answer(&t, ASK_PASSPHRASE, "se cret\n");
	asked_await(&t, "\r\n");
	CU_ASSERT_PTR_NULL(strstr(t.screen, "cret"));
	CU_ASSERT_EQUAL(asked_end(&t, BY_PASSPHRASE), 0);
}

/* At each of the questions. */
static void
test_left(void)
{
	static const struct step steps[] = { { ASK_INVITE, "\n" },
		{ ASK_BOOTNODE, "b.example\n" }, { ASK_ROOM, "r\n" },
		{ ASK_PASSPHRASE, "x\n" } };
	struct step all[5];

	for (size_t i = 0; i < 4; i++) {
		memset(all, 0, sizeof(all));
		memcpy(all, steps, (i + 1) * sizeof(*steps));
		all[i].answer = "\004";
		try(all, "", "1 ");
	}
}

static void
test_interrupted(void)
{
	static struct asked t;
	int status;

	asked_start(&t, true, prompt);
	asked_answer(&t, ASK_INVITE, "\003");
	status = asked_end(&t, "");
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

/* What options say is not asked for, and an invite would say it as well. */
static void
test_options(void)
{
	static const struct step passphrase[] = { { "--help\r\n" ASK_BOOTNODE,
						      "b.example\n" },
		{ ASK_ROOM, "r\n" }, { 0 } };
	static const struct step key[] = { { "--help\r\n" ASK_BOOTNODE,
					       "b.example\n" },
		{ ASK_ROOM, "r\n" }, { ASK_PASSPHRASE, "se cret\n" }, { 0 } };

	flag = "--passphrase-file=x";
	try(passphrase, "", BY_NAME);
	flag = "--passphrase";
	try(passphrase, "", BY_NAME);
	flag = "--bootnode-key=0000000000000000000000000000000000000000000000"
	       "0000000000000000aa";
	try(key, "", "b.example:9595 r kind 1 key 1 aa: se cret");
	flag = NULL;
}

static void
test_no_terminal(void)
{
	static struct asked t;

	asked_start(&t, false, prompt);
	CU_ASSERT_EQUAL(asked_end(&t,
			    "-1 the first questions: no terminal to ask on; "
			    "see --help"),
	    0);
}

void
first_prompt_suite(void)
{
	CU_pSuite suite = CU_add_suite("first questions", NULL, NULL);

	CU_add_test(suite, "an invite", test_invite);
	CU_add_test(suite, "an invite of several rows", test_rows);
	CU_add_test(suite, "the longest invite", test_longest);
	CU_add_test(suite, "an answer that is too long", test_too_long);
	CU_add_test(suite, "an invite to nowhere", test_invite_to_nowhere);
	CU_add_test(suite, "bootnode, room and passphrase", test_name);
	CU_add_test(suite, "rooms that are remembered", test_offered);
	CU_add_test(suite, "to remember the room", test_remember);
	CU_add_test(suite, "what is shown", test_shown);
	CU_add_test(suite, "Ctrl-D", test_left);
	CU_add_test(suite, "Ctrl-C", test_interrupted);
	CU_add_test(suite, "with options", test_options);
	CU_add_test(suite, "no terminal", test_no_terminal);
}
