/*
 * Rounds with a real engine, and what may happen to one.
 */
#include "tests/unit/fleetd/authority.h"
#include "tests/unit/fleetd/play.h"
#include "tests/unit/fleetd/real_engine.h"

#include <CUnit/CUnit.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void redis_suite(void);

#define DEADLINE (20 * USEC_PER_SEC)

/* What people would type: the keys of the fleet. */
#define INDEX  PLAY_PREFIX "nodes"
#define OURS   PLAY_PREFIX "node:" PLAY_ID_HEX
#define OTHERS PLAY_PREFIX "node:" PLAY_OTHER_HEX

static struct real_engine engine;
static struct play s;

static void
begin(const char *config)
{
	real_engine_open(&engine, config);
	play_begin(&s);
}

static void
end(void)
{
	play_end(&s);
	real_engine_close(&engine);
}

/* Lets fleetd work until its round is over, or the connection is. */
static void
work(void)
{
	uint64_t deadline = clock_now() + DEADLINE;
	struct pollfd pfd;

	while (s.done + s.away + s.lost == 0 && clock_now() < deadline) {
		pfd = (struct pollfd){ engine_fd(&s.engine),
			engine_events(&s.engine), 0 };
		if (poll(&pfd, 1, 10) == 1)
			engine_ready(&s.engine, clock_now());
		engine_work(&s.engine, clock_now());
	}
}

static void
join(void)
{
	engine_take(&s.engine, real_engine_connect(&engine), clock_now());
}

/* A round, by a new connection if there is none. */
static void
try_round(bool ends)
{
	s.done = s.away = s.lost = 0;
	s.now = clock_now();
	if (engine_fd(&s.engine) == -1)
		join();
	if (ends)
		play_round_ends(&s);
	else
		play_round(&s);
	work();
}

static void
check_round(unsigned int found)
{
	try_round(false);
	if (s.lost > 0)
		fprintf(stderr, "\n  lost: %s\n", s.why);
	CU_ASSERT_EQUAL(s.done, 1);
	CU_ASSERT_EQUAL(s.lost, 0);
	CU_ASSERT_EQUAL(s.found, found);
}

static void
check_lost(const char *why)
{
	try_round(false);
	CU_ASSERT_EQUAL(s.done, 0);
	CU_ASSERT_EQUAL(s.away, 1);
	CU_ASSERT_EQUAL(s.lost, 1);
	CU_ASSERT_STRING_EQUAL(s.why, why);
}

static void
check_do(const char *commands, const char *answer)
{
	CU_ASSERT_STRING_EQUAL(real_engine_do(&engine, commands), answer);
}

/* --- What is done there --------------------------------------------------- */

/* Asserts that the engine's answer is a time up to so many milliseconds. */
static void
check_lease(const char *command, long most)
{
	long left = strtol(real_engine_do(&engine, command) + 1, NULL, 10);

	CU_ASSERT(left > most - (long)(DEADLINE / USEC_PER_MSEC) && left > 0);
	CU_ASSERT(left <= most);
}

static void
test_rounds(void)
{
	begin("");
	check_round(1);
	CU_ASSERT_EQUAL(s.ids[0], PLAY_ID);
	CU_ASSERT_STRING_EQUAL(s.last, PLAY_SEALED);
	CU_ASSERT(s.round.rtt_us > 0 && s.round.rtt_us < ENGINE_PATIENCE);
	check_lease("PTTL " OURS "\r\nQUIT\r\n", 6000);
	check_lease("PTTL " INDEX "\r\nQUIT\r\n", 60000);
	check_do("SET " OTHERS " other\r\nSADD " INDEX " " PLAY_OTHER_HEX
		 "\r\nQUIT\r\n",
	    "+OK\r\n:1\r\n+OK\r\n");
	check_round(2);
	end();
}

/* A node that ends takes its own record away, and no other. */
static void
test_ends(void)
{
	begin("");
	check_round(1);
	check_do("SET " OTHERS " other\r\nSADD " INDEX " " PLAY_OTHER_HEX
		 "\r\nQUIT\r\n",
	    "+OK\r\n:1\r\n+OK\r\n");
	try_round(true);
	CU_ASSERT_EQUAL(s.done, 1);
	check_do("KEYS " OURS "\r\nSMEMBERS " INDEX "\r\nQUIT\r\n",
	    "*0\r\n*1\r\n$16\r\n" PLAY_OTHER_HEX "\r\n+OK\r\n");
	end();
}

/* The name of a node without a record goes. */
static void
test_stale(void)
{
	begin("");
	check_do("SADD " INDEX " " PLAY_OTHER_HEX "\r\nQUIT\r\n",
	    ":1\r\n+OK\r\n");
	check_round(1);
	check_do("SMEMBERS " INDEX "\r\nQUIT\r\n",
	    "*1\r\n$16\r\n" PLAY_ID_HEX "\r\n+OK\r\n");
	end();
}

/* More names than a round reads, of nodes that are all gone: some rounds later,
 * none of them is left. */
static void
test_full_index(void)
{
	static char commands[16384];
	size_t len = (size_t)sprintf(commands, "SADD " INDEX);

	for (int i = 0; i < 400; i++)
		len += (size_t)sprintf(commands + len, " %016d", i);
	(void)strcpy(commands + len, "\r\nQUIT\r\n");
	begin("");
	check_do(commands, ":400\r\n+OK\r\n");
	for (int i = 0; i < 4; i++) {
		try_round(false);
		CU_ASSERT_EQUAL(s.done, 1);
	}
	CU_ASSERT_EQUAL(s.found, 1);
	check_do("SCARD " INDEX "\r\nQUIT\r\n", ":1\r\n+OK\r\n");
	end();
}

/* A database of its own. */
static void
test_db(void)
{
	begin("");
	s.setup.db = 3;
	check_round(1);
	check_do("DBSIZE\r\nSELECT 3\r\nDBSIZE\r\nQUIT\r\n",
	    ":0\r\n+OK\r\n:2\r\n+OK\r\n");
	engine_close(&s.engine);
	s.setup.db = 16;
	check_lost("the engine answered ERR");
	end();
}

/* --- Who is let in -------------------------------------------------------- */

static void
test_password(void)
{
	begin("requirepass secret");
	check_lost("the engine answered NOAUTH");
	s.setup.password = "wrong";
	check_lost("the engine answered WRONGPASS");
	s.setup.password = "secret";
	check_round(1);
	check_round(1);
	end();
}

/* The rules that documents name, which are the same in each. */
#define RULES_MAX 512
static const char start_of_rules[] = "ACL SETUSER gochat ";
static const char *const documents[] = { "fleetd/README.md",
	"packaging/RUNBOOK.md" };

/* Returns whether it names any. */
static bool
read_rules_of(const char *document, char rules[RULES_MAX])
{
	FILE *f = fopen(document, "r");
	char line[RULES_MAX];
	const char *from = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (from == NULL && fgets(line, sizeof(line), f) != NULL)
		from = strstr(line, start_of_rules);
	fclose(f);
	if (from == NULL)
		return false;
	line[strcspn(line, "\n")] = '\0';
	(void)strcpy(rules, from + strlen(start_of_rules));
	return true;
}

static void
read_rules(char rules[RULES_MAX])
{
	char others[RULES_MAX];

	CU_ASSERT_TRUE_FATAL(read_rules_of(documents[0], rules));
	if (!read_rules_of(documents[1], others))
		return;
	if (strcmp(rules, others) != 0)
		fprintf(stderr, "\n  %s: %s\n  %s: %s\n", documents[0], rules,
		    documents[1], others);
	CU_ASSERT_STRING_EQUAL(rules, others);
}

/* The user has these rules, of which one may be left out. */
static void
set_rules(const char *rules, const char *without)
{
	char command[2 * RULES_MAX], all[RULES_MAX], *word, *rest = all;

	(void)snprintf(all, sizeof(all), "%s", rules);
	(void)snprintf(command, sizeof(command), "%sreset", start_of_rules);
	while ((word = strsep(&rest, " ")) != NULL)
		if (without == NULL || strcmp(word, without) != 0) {
			(void)strcat(command, " ");
			(void)strcat(command, word);
		}
	(void)strcat(command, "\r\nQUIT\r\n");
	check_do(command, "+OK\r\n+OK\r\n");
}

/* Everything that is ever asked of an engine. Returns whether it was done. */
static bool
do_all(void)
{
	unsigned int done;

	check_do("SADD " INDEX " " PLAY_OTHER_HEX "\r\nQUIT\r\n",
	    ":1\r\n+OK\r\n");
	try_round(false);
	done = s.done;
	try_round(true);
	engine_close(&s.engine);
	check_do("FLUSHALL\r\nQUIT\r\n", "+OK\r\n+OK\r\n");
	return done + s.done == 2;
}

/* A user with the rules of the documents can do all that is needed, and each
 * right of them is needed. */
static void
test_acl(void)
{
	char rules[RULES_MAX], all[RULES_MAX], *word, *rest = all;
	int rights = 0;

	read_rules(rules);
	(void)strcpy(all, rules);
	begin("");
	s.setup.user = "gochat";
	s.setup.password = "PASSWORD";
	s.setup.db = 1;
	set_rules(rules, NULL);
	CU_ASSERT_TRUE(do_all());
	while ((word = strsep(&rest, " ")) != NULL) {
		if (word[0] != '+' && word[0] != '~')
			continue;
		set_rules(rules, word);
		CU_ASSERT_FALSE(do_all());
		CU_ASSERT_STRING_EQUAL(s.why, "the engine answered NOPERM");
		rights++;
	}
	CU_ASSERT(rights >= 5);
	end();
}

/* Its user is taken away while it is connected: Redis closes the connection. */
static void
test_user_gone(void)
{
	char rules[RULES_MAX];

	read_rules(rules);
	begin("");
	s.setup.user = "gochat";
	s.setup.password = "PASSWORD";
	set_rules(rules, NULL);
	check_round(1);
	check_do("ACL DELUSER gochat\r\nQUIT\r\n", ":1\r\n+OK\r\n");
	check_lost("the engine closed the connection");
	check_lost("the engine answered WRONGPASS");
	end();
}

/* --- TLS ------------------------------------------------------------------ */

static struct certificate authority, stranger, certificate;

static void
begin_tls(const char *names)
{
	char key[AUTHORITY_PEM_MAX];

	memset(&engine, 0, sizeof(engine));
	folder_open(&engine.folder);
	authority_make(&authority, "authority");
	authority_make(&stranger, "stranger");
	authority_sign(&authority, &certificate, names, -HOUR, HOUR);
	certificate_key(&certificate, key);
	folder_put(&engine.folder, "engine.crt", certificate.pem,
	    strlen(certificate.pem));
	folder_put(&engine.folder, "engine.key", key, strlen(key));
	real_engine_open_tls(&engine);
	play_begin(&s);
}

static void
end_tls(void)
{
	certificate_free(&authority);
	certificate_free(&stranger);
	certificate_free(&certificate);
	end();
}

/* Trusts one of them, and looks for that host, from the next connection on. */
static struct tls_trust *
trust(const struct certificate *by, const char *host)
{
	char why[TLS_WHY_MAX];
	struct tls_trust *trusted =
	    tls_trust_open(by->pem, strlen(by->pem), host, why);

	CU_ASSERT_PTR_NOT_NULL_FATAL(trusted);
	engine_close(&s.engine);
	s.setup.trust = trusted;
	return trusted;
}

static void
test_tls(void)
{
	struct tls_trust *trusted;

	begin_tls("DNS:engine.example,IP:127.0.0.1");
	trusted = trust(&authority, "engine.example");
	check_round(1);
	check_round(1);
	tls_trust_free(trusted);
	trusted = trust(&authority, "127.0.0.1");
	check_round(1);
	engine_close(&s.engine);
	tls_trust_free(trusted);
	end_tls();
}

static void
test_tls_refused(void)
{
	struct tls_trust *trusted;

	begin_tls("DNS:engine.example");
	trusted = trust(&authority, "other.example");
	check_lost("the engine's certificate is refused: hostname mismatch");
	tls_trust_free(trusted);
	trusted = trust(&authority, "127.0.0.1");
	check_lost("the engine's certificate is refused: IP address mismatch");
	tls_trust_free(trusted);
	trusted = trust(&stranger, "engine.example");
	check_lost("the engine's certificate is refused: unable to get local "
		   "issuer certificate");
	tls_trust_free(trusted);
	check_do("DBSIZE\r\nQUIT\r\n", ":0\r\n+OK\r\n");
	end_tls();
}

/* --- What may happen to an engine ----------------------------------------- */

/* One that is stopped answers nothing, and keeps the connection open. */
static void
test_stopped(void)
{
	uint64_t from;

	begin("");
	check_round(1);
	CU_ASSERT_EQUAL(kill(engine.pid, SIGSTOP), 0);
	from = clock_now();
	check_lost("the engine did not answer in time");
	CU_ASSERT(clock_now() - from >= ENGINE_PATIENCE);
	CU_ASSERT_EQUAL(kill(engine.pid, SIGCONT), 0);
	check_round(1);
	end();
}

/* One that is new has nothing of us, and gets it with the next round. */
static void
test_restart(void)
{
	begin("");
	check_round(1);
	real_engine_stop(&engine);
	check_lost("the engine closed the connection");
	real_engine_start(&engine);
	check_round(1);
	check_lease("PTTL " OURS "\r\nQUIT\r\n", 6000);
	end();
}

static void
test_flushed(void)
{
	begin("");
	check_round(1);
	check_do("FLUSHALL\r\nQUIT\r\n", "+OK\r\n+OK\r\n");
	check_round(1);
	end();
}

/* Somebody puts other things where our keys are: that is said, for as long as
 * it is so. */
static void
test_planted(void)
{
	static char longest[5100];

	begin("");
	check_do("SET " INDEX " x\r\nQUIT\r\n", "+OK\r\n+OK\r\n");
	check_lost("the engine answered WRONGTYPE");
	check_lost("the engine answered WRONGTYPE");
	check_do("DEL " INDEX " " OURS "\r\nRPUSH " OURS " x\r\nRPUSH " OTHERS
		 " x\r\n"
		 "SADD " INDEX " " PLAY_OTHER_HEX "\r\nQUIT\r\n",
	    ":2\r\n:1\r\n:1\r\n:1\r\n+OK\r\n");
	check_round(1);
	check_do("SADD " INDEX " nobody\r\nQUIT\r\n", ":1\r\n+OK\r\n");
	check_lost("the engine's answer has a wrong length");
	(void)snprintf(longest, sizeof(longest),
	    "SREM " INDEX " nobody\r\nSADD " INDEX " " PLAY_OTHER_HEX
	    "\r\nSET " OTHERS " %04000d\r\nQUIT\r\n",
	    0);
	check_do(longest, ":1\r\n:1\r\n+OK\r\n+OK\r\n");
	check_lost("the engine's answer is too long");
	check_do("DEL " OTHERS "\r\nQUIT\r\n", ":1\r\n+OK\r\n");
	check_round(1);
	end();
}

static void
test_states(void)
{
	begin("maxmemory 1\nmaxmemory-policy noeviction");
	check_lost("the engine answered OOM");
	end();
	begin("replicaof 127.0.0.1 1");
	check_lost("the engine answered READONLY");
	end();
}

static int
setup(void)
{
	return signal(SIGPIPE, SIG_IGN) == SIG_ERR;
}

static int
teardown(void)
{
	return signal(SIGPIPE, SIG_DFL) == SIG_ERR;
}

void
redis_suite(void)
{
	CU_pSuite suite = CU_add_suite("redis", setup, teardown);

	CU_add_test(suite, "rounds", test_rounds);
	CU_add_test(suite, "our node ends", test_ends);
	CU_add_test(suite, "a node without a record", test_stale);
	CU_add_test(suite, "an index that is too long", test_full_index);
	CU_add_test(suite, "another database", test_db);
	CU_add_test(suite, "passwords", test_password);
	CU_add_test(suite, "a user with the rules of the documents", test_acl);
	CU_add_test(suite, "a user that is taken away", test_user_gone);
	CU_add_test(suite, "TLS", test_tls);
	CU_add_test(suite, "TLS that is refused", test_tls_refused);
	CU_add_test(suite, "an engine that is stopped", test_stopped);
	CU_add_test(suite, "an engine that is restarted", test_restart);
	CU_add_test(suite, "an engine that is emptied", test_flushed);
	CU_add_test(suite, "keys of another kind", test_planted);
	CU_add_test(suite, "full engines and copies", test_states);
}
