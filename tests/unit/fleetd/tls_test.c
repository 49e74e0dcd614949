/*
 * Engines with TLS: those that are who they should be, and those that are not.
 */
#include "tests/unit/fleetd/tls_play.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void fleetd_tls_suite(void);

#define HOST "engine.fleet.example"

static struct certificate authority, other, engine;
static struct tls_play t;

static int
setup(void)
{
	authority_make(&authority, "authority");
	authority_make(&other, "other");
	authority_sign(&authority, &engine, "DNS:" HOST, -HOUR, HOUR);
	return 0;
}

static int
teardown(void)
{
	certificate_free(&authority);
	certificate_free(&other);
	certificate_free(&engine);
	return 0;
}

/* --- Who is trusted ------------------------------------------------------- */

static void
check_pem(const char *pem, const char *host, const char *wrong)
{
	char why[TLS_WHY_MAX];
	struct tls_trust *trust = tls_trust_open(pem, strlen(pem), host, why);

	if (wrong == NULL) {
		CU_ASSERT_PTR_NOT_NULL(trust);
	} else {
		CU_ASSERT_PTR_NULL(trust);
		CU_ASSERT_STRING_EQUAL(why, wrong);
	}
	tls_trust_free(trust);
}

#define NONE	   "has no certificate in PEM"
#define UNREADABLE "has a certificate that cannot be read"
#define FAILS	   "cannot be used: OpenSSL fails"

static void
test_trust(void)
{
	char text[4 * AUTHORITY_PEM_MAX], key[AUTHORITY_PEM_MAX];

	check_pem(authority.pem, HOST, NULL);
	certificate_key(&authority, key);
	(void)snprintf(text, sizeof(text), "# text\n%s\n%s# more\n%s\n", key,
	    authority.pem, other.pem);
	check_pem(text, HOST, NULL);
	check_pem(key, HOST, NONE);
	check_pem("", HOST, NONE);
	check_pem("text\n", HOST, NONE);
	(void)snprintf(text, sizeof(text), "%s%.100s", authority.pem,
	    other.pem);
	check_pem(text, HOST, UNREADABLE);
	(void)snprintf(text, sizeof(text), "%s", authority.pem);
	memset(strchr(text, '\n') + 8, '!', 4);
	check_pem(text, HOST, UNREADABLE);
}

/* There is always a name to look for. */
static void
test_hosts(void)
{
	char host[300];

	check_pem(authority.pem, "", FAILS);
	memset(host, 'a', sizeof(host));
	host[256] = '\0';
	check_pem(authority.pem, host, FAILS);
	host[255] = '\0';
	check_pem(authority.pem, host, NULL);
	check_pem(authority.pem, "::1", NULL);
	check_pem(authority.pem, "192.0.2.1", NULL);
}

/* --- Engines that are let in ---------------------------------------------- */

/* A round from the beginning to its end. */
static void
play_round_through(void)
{
	CU_ASSERT_STRING_EQUAL(tls_play_asked(&t), "AUTH secret\n");
	play_round(&t.play);
	tls_play_answers(&t, "+OK\r\n");
	CU_ASSERT_STRING_EQUAL(tls_play_asked(&t), PLAY_WRITES);
	tls_play_answers(&t, PLAY_ALONE);
	CU_ASSERT_STRING_EQUAL(tls_play_asked(&t), PLAY_READS);
	tls_play_answers(&t, PLAY_RECORD);
	CU_ASSERT_EQUAL(t.play.done, 1);
	CU_ASSERT_EQUAL(t.play.found, 1);
	CU_ASSERT_EQUAL(t.play.lost, 0);
}

static void
check_accepted(const char *host, const char *names)
{
	struct certificate c;

	authority_sign(&authority, &c, names, -HOUR, HOUR);
	tls_play_begin(&t, &authority, host, &c);
	tls_play_connect(&t);
	play_round_through();
	tls_play_end(&t);
	certificate_free(&c);
}

static void
test_names(void)
{
	check_accepted(HOST, "DNS:" HOST);
	check_accepted("ENGINE.fleet.Example", "DNS:other.example,DNS:" HOST);
	check_accepted(HOST, "DNS:*.fleet.example");
	check_accepted("127.0.0.1", "IP:127.0.0.1");
	check_accepted("::1", "DNS:" HOST ",IP:0:0:0:0:0:0:0:1");
	check_accepted("2001:db8:0:0::1", "IP:2001:db8::1");
	check_accepted("subject", NULL);
}

/* TLS 1.2 and 1.3; and a key of the other common kind. */
static void
test_versions(void)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct certificate rsa;

	authority_sign_rsa(&authority, &rsa, "DNS:" HOST);
	for (int i = 0; i < 4; i++) {
		tls_play_begin(&t, &authority, HOST, i < 2 ? &engine : &rsa);
		SSL_CTX_set_max_proto_version(t.context, versions[i % 2]);
		tls_play_connect(&t);
		CU_ASSERT_EQUAL(SSL_version(t.ssl), versions[i % 2]);
		play_round_through();
		tls_play_end(&t);
	}
	certificate_free(&rsa);
}

/* The engine is told by which name it is looked for, but no address. */
static void
test_server_name(void)
{
	tls_play_begin(&t, &authority, HOST, &engine);
	tls_play_connect(&t);
	CU_ASSERT_STRING_EQUAL(SSL_get_servername(t.ssl,
				   TLSEXT_NAMETYPE_host_name),
	    HOST);
	tls_play_end(&t);
	tls_play_begin(&t, &authority, "127.0.0.1", &engine);
	tls_play_connect(&t);
	CU_ASSERT_PTR_NULL(
	    SSL_get_servername(t.ssl, TLSEXT_NAMETYPE_host_name));
	tls_play_end(&t);
}

/* What it sends comes in the smallest of pieces. */
static void
test_pieces(void)
{
	static const size_t pieces[] = { 1, 5, 1000 };

	for (int i = 0; i < 3; i++) {
		tls_play_begin(&t, &authority, HOST, &engine);
		t.piece = pieces[i];
		tls_play_connect(&t);
		play_round_through();
		tls_play_end(&t);
	}
}

/* --- Engines that are refused --------------------------------------------- */

/* It is refused while it shakes hands: nothing was asked of it. */
static void
check_refused(const char *why)
{
	tls_play_connect(&t);
	SSL_set_shutdown(t.ssl, 0);
	CU_ASSERT_STRING_EQUAL(tls_play_asked(&t), "");
	play_lost(&t.play, 0, why);
	tls_play_end(&t);
}

#define REFUSED "the engine's certificate is refused: "

static void
check_names(const char *host, const char *names, const char *why)
{
	struct certificate c;

	authority_sign(&authority, &c, names, -HOUR, HOUR);
	tls_play_begin(&t, &authority, host, &c);
	check_refused(why);
	certificate_free(&c);
}

static void
test_wrong_names(void)
{
	check_names(HOST, "DNS:other.example", REFUSED "hostname mismatch");
	check_names(HOST, "DNS:engine.fleet.example.com",
	    REFUSED "hostname mismatch");
	check_names(HOST, "DNS:fleet.example", REFUSED "hostname mismatch");
	check_names(HOST, "DNS:eng*.fleet.example",
	    REFUSED "hostname mismatch");
	check_names("a.b.fleet.example", "DNS:*.fleet.example",
	    REFUSED "hostname mismatch");
	check_names(HOST, "IP:127.0.0.1", REFUSED "hostname mismatch");
	check_names(HOST, NULL, REFUSED "hostname mismatch");
	check_names("127.0.0.1", "IP:127.0.0.2", REFUSED "IP address mismatch");
	check_names("127.0.0.1", "DNS:127.0.0.1",
	    REFUSED "IP address mismatch");
	check_names("::1", "DNS:" HOST, REFUSED "IP address mismatch");
	/* The subject counts only where there are no names. */
	check_names("subject", "DNS:" HOST, REFUSED "hostname mismatch");
}

static void
check_times(long from, long to, const char *why)
{
	struct certificate c;

	authority_sign(&authority, &c, "DNS:" HOST, from, to);
	tls_play_begin(&t, &authority, HOST, &c);
	check_refused(why);
	certificate_free(&c);
}

static void
test_strangers(void)
{
	tls_play_begin(&t, &other, HOST, &engine);
	check_refused(REFUSED "unable to get local issuer certificate");
	/* One that certifies itself. */
	tls_play_begin(&t, &other, "authority", &authority);
	check_refused(REFUSED "self-signed certificate");
	check_times(-2 * HOUR, -HOUR, REFUSED "certificate has expired");
	check_times(HOUR, 2 * HOUR, REFUSED "certificate is not yet valid");
}

/* An engine that can only do what is too old. */
static void
test_old(void)
{
	tls_play_begin(&t, &authority, HOST, &engine);
	SSL_CTX_set_security_level(t.context, 0);
	SSL_CTX_set_min_proto_version(t.context, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(t.context, TLS1_1_VERSION);
	tls_play_connect(&t);
	CU_ASSERT_EQUAL(t.play.lost, 1);
	CU_ASSERT(strncmp(t.play.why, "TLS failed: ", 12) == 0);
	CU_ASSERT_EQUAL(SSL_is_init_finished(t.ssl), 0);
	tls_play_end(&t);
}

/* An engine without TLS answers the first bytes in its own protocol. */
static void
test_plain(void)
{
	tls_play_begin(&t, &authority, HOST, &engine);
	play_connect(&t.play);
	play_answers(&t.play, "-ERR unknown command\r\n");
	play_lost(&t.play, 0, "TLS failed: wrong version number");
	tls_play_end(&t);
}

/* The engine closes the connection after each number of bytes. */
static void
test_closes(void)
{
	tls_play_begin(&t, &authority, HOST, &engine);
	t.piece = 1;
	tls_play_connect(&t);
	/* Signatures are not of one length: the next handshake may be
	 * shorter. */
	for (size_t all = t.sent - 16, i = 1; i <= all; i += 7) {
		play_closes(&t.play);
		t.play.lost = 0;
		t.close_after = i;
		tls_play_connect(&t);
		play_lost(&t.play, 0, "the engine closed the connection");
	}
	tls_play_end(&t);
}

/* It ends TLS as it should, which is no reason to go on. */
static void
test_ends(void)
{
	tls_play_begin(&t, &authority, HOST, &engine);
	tls_play_connect(&t);
	play_round_through();
	SSL_shutdown(t.ssl);
	tls_play_turn(&t);
	play_lost(&t.play, 0, "the engine closed the connection");
	tls_play_end(&t);
}

/* What it answers is looked at as without TLS. */
static void
test_error(void)
{
	tls_play_begin(&t, &authority, HOST, &engine);
	tls_play_connect(&t);
	play_round(&t.play);
	tls_play_answers(&t, "-WRONGPASS invalid password\r\n");
	play_lost(&t.play, 1, "the engine answered WRONGPASS");
	tls_play_end(&t);
}

/* --- Time and floods ------------------------------------------------------ */

/* Who only listens is given up after two seconds. */
static void
test_silent(void)
{
	tls_play_begin(&t, &authority, HOST, &engine);
	play_connect(&t.play);
	play_round(&t.play);
	play_waits(&t.play, ENGINE_PATIENCE);
	play_lost(&t.play, 1, "the engine did not answer in time");
	tls_play_end(&t);
}

/* Messages of TLS's own say nothing, and so could go on for ever. */
static void
test_flood(void)
{
	size_t before;

	tls_play_begin(&t, &authority, HOST, &engine);
	tls_play_connect(&t);
	play_round_through();
	before = t.sent;
	while (!t.play.lost && t.sent < before + 2 * STREAM_IN_MAX) {
		SSL_key_update(t.ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
		SSL_do_handshake(t.ssl);
		tls_play_turn(&t);
	}
	CU_ASSERT(t.sent <= before + STREAM_IN_MAX);
	play_lost(&t.play, 0, "the engine sends more than it was asked for");
	tls_play_end(&t);
}

/* Rounds give it a new allowance each: it can go on for days. */
static void
test_allowance(void)
{
	tls_play_begin(&t, &authority, HOST, &engine);
	tls_play_connect(&t);
	play_round_through();
	for (unsigned int i = 1; t.sent < 3 * STREAM_IN_MAX; i++) {
		play_round(&t.play);
		tls_play_answers(&t, PLAY_WRITTEN "*0\r\n");
		CU_ASSERT_EQUAL_FATAL(t.play.done, i + 1);
		for (int k = 0; k < 500; k++) {
			SSL_key_update(t.ssl, SSL_KEY_UPDATE_NOT_REQUESTED);
			SSL_do_handshake(t.ssl);
		}
		tls_play_turn(&t);
	}
	CU_ASSERT_EQUAL(t.play.lost, 0);
	tls_play_end(&t);
}

void
fleetd_tls_suite(void)
{
	CU_pSuite suite = CU_add_suite("fleetd_tls", setup, teardown);

	CU_add_test(suite, "who may sign", test_trust);
	CU_add_test(suite, "whom to look for", test_hosts);
	CU_add_test(suite, "names", test_names);
	CU_add_test(suite, "versions", test_versions);
	CU_add_test(suite, "the name that it is told", test_server_name);
	CU_add_test(suite, "bytes in pieces", test_pieces);
	CU_add_test(suite, "wrong names", test_wrong_names);
	CU_add_test(suite, "strangers", test_strangers);
	CU_add_test(suite, "old versions", test_old);
	CU_add_test(suite, "an engine without TLS", test_plain);
	CU_add_test(suite, "the connection is closed", test_closes);
	CU_add_test(suite, "TLS is ended", test_ends);
	CU_add_test(suite, "an error of the engine", test_error);
	CU_add_test(suite, "an engine that only listens", test_silent);
	CU_add_test(suite, "a flood", test_flood);
	CU_add_test(suite, "an allowance for each round", test_allowance);
}
