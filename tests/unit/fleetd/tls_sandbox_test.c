/*
 * TLS to an engine from inside fleetd's sandbox: OpenSSL makes no system call
 * there that the filter does not know, at each connection. What it does only
 * once in a process, this one may have done before: for that, see the tests
 * engine_with_tls of e2e.
 */
#include "tests/unit/common/sandbox_jail.h"
#include "tests/unit/fleetd/tls_play.h"

#include "common/processes.h"

#include <CUnit/CUnit.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void tls_sandbox_suite(void);

#define HOST "engine.example"

static struct certificate authority, engine, rsa;
static struct tls_play t;

/* --- In the jail: fleetd -------------------------------------------------- */

/* Rounds until one is over, or the connection is. */
static void
work(struct engine *e)
{
	struct timespec ts;
	struct pollfd pfd;
	uint64_t now;

	while (t.play.done + t.play.lost == 0) {
		now = clock_now();
		pfd = (struct pollfd){ engine_fd(e), engine_events(e), 0 };
		ppoll(&pfd, 1, clock_timeout(now, engine_deadline(e), &ts),
		    NULL);
		engine_ready(e, clock_now());
		engine_work(e, clock_now());
	}
}

static void
take(void)
{
	char byte;

	/* The jail has put that there. */
	CU_ASSERT_EQUAL(read(FD_ENGINE, &byte, 1), 1);
	engine_take(&t.play.engine, FD_ENGINE, clock_now());
}

static int
do_round(const struct inmate *in)
{
	(void)in;
	take();
	t.play.now = clock_now();
	play_round(&t.play);
	work(&t.play.engine);
	return t.play.done == 1 && t.play.found == 1 ? 0 : EPROTO;
}

/* It is refused, and says so. */
static int
do_refuse(const struct inmate *in)
{
	(void)in;
	take();
	work(&t.play.engine);
	return strcmp(t.play.why,
		   "the engine's certificate is refused: hostname mismatch") ==
		0
	    ? 0
	    : EPROTO;
}

/* --- Beside it: the engine ------------------------------------------------ */

/* Answers whatever it is asked, as often as it is told to, in a process of its
 * own: the test waits for the jail. */
static void __attribute__((noreturn)) serve(int fd)
{
	static const char *const answers[] = { "+OK\r\n", PLAY_ALONE,
		PLAY_RECORD };
	SSL *ssl = SSL_new(t.context);
	char asked[4096];

	fcntl(fd, F_SETFL, 0); /* it may block */
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1)
		for (int i = 0;
		     i < 3 && SSL_read(ssl, asked, sizeof(asked)) > 0; i++)
			SSL_write(ssl, answers[i], (int)strlen(answers[i]));
	/* fleetd closes it. */
	while (read(fd, asked, sizeof(asked)) > 0)
		;
	_exit(0);
}

static pid_t
start_engine(int fd)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	CU_ASSERT_NOT_EQUAL_FATAL(pid, -1);
	if (pid == 0)
		serve(fd);
	return pid;
}

/* --- Tests ---------------------------------------------------------------- */

static void
check(const char *host, const struct certificate *shown, int version,
    jail_deed *deed)
{
	struct jail j;
	pid_t pid;

	tls_play_begin(&t, &authority, host, shown);
	SSL_CTX_set_max_proto_version(t.context, version);
	jail_start(&j, PROCESS_FLEETD, deed);
	pid = start_engine(j.fifth);
	jail_end(&j);
	if (j.end != JAIL_DID)
		fprintf(stderr, "\n  end %d, system call %d: %s\n", (int)j.end,
		    j.violation, j.text);
	CU_ASSERT_EQUAL(j.end, JAIL_DID);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
	tls_play_end(&t);
}

static void
test_rounds(void)
{
	check(HOST, &engine, TLS1_3_VERSION, do_round);
	check(HOST, &engine, TLS1_2_VERSION, do_round);
	check(HOST, &rsa, TLS1_3_VERSION, do_round);
	check(HOST, &rsa, TLS1_2_VERSION, do_round);
}

static void
test_refused(void)
{
	check("other.example", &engine, TLS1_3_VERSION, do_refuse);
	check("other.example", &rsa, TLS1_2_VERSION, do_refuse);
}

static int
setup(void)
{
	authority_make(&authority, "authority");
	authority_sign(&authority, &engine, "DNS:" HOST, -HOUR, HOUR);
	authority_sign_rsa(&authority, &rsa, "DNS:" HOST);
	return 0;
}

static int
teardown(void)
{
	certificate_free(&authority);
	certificate_free(&engine);
	certificate_free(&rsa);
	return 0;
}

void
tls_sandbox_suite(void)
{
	CU_pSuite suite = CU_add_suite("tls_sandbox", setup, teardown);

	CU_add_test(suite, "rounds", test_rounds);
	CU_add_test(suite, "an engine that is refused", test_refused);
}
