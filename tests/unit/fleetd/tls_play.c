/*
 * An engine with TLS that a test plays itself. See tls_play.h.
 */
#include "tests/unit/fleetd/tls_play.h"

#include <sys/socket.h>

#include <openssl/err.h>

#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

void
tls_play_begin(struct tls_play *t, const struct certificate *authority,
    const char *host, const struct certificate *engine)
{
	char why[TLS_WHY_MAX];

	memset(t, 0, sizeof(*t));
	t->piece = 4096;
	t->trust =
	    tls_trust_open(authority->pem, strlen(authority->pem), host, why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->trust);
	t->context = SSL_CTX_new(TLS_server_method());
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->context);
	CU_ASSERT_EQUAL(SSL_CTX_use_certificate(t->context, engine->x509), 1);
	CU_ASSERT_EQUAL(SSL_CTX_use_PrivateKey(t->context, engine->key), 1);
	play_begin(&t->play);
	t->play.setup.trust = t->trust;
	t->play.setup.password = "secret";
}

static void
drop_ssl(struct tls_play *t)
{
	SSL_free(t->ssl);
	t->ssl = NULL;
}

void
tls_play_end(struct tls_play *t)
{
	play_end(&t->play);
	drop_ssl(t);
	SSL_CTX_free(t->context);
	tls_trust_free(t->trust);
}

void
tls_play_connect(struct tls_play *t)
{
	drop_ssl(t);
	t->ssl = SSL_new(t->context);
	t->in = BIO_new(BIO_s_mem());
	t->out = BIO_new(BIO_s_mem());
	CU_ASSERT_FATAL(t->ssl != NULL && t->in != NULL && t->out != NULL);
	SSL_set_bio(t->ssl, t->in, t->out);
	SSL_set_accept_state(t->ssl);
	t->sent = 0;
	play_connect(&t->play);
	tls_play_turn(t);
}

/* What fleetd has sent. */
static bool
receive(struct tls_play *t)
{
	char bytes[4096];
	ssize_t n = read(t->play.peer, bytes, sizeof(bytes));

	if (n <= 0)
		return false;
	/* The password is never seen. */
	CU_ASSERT_PTR_NULL(memmem(bytes, (size_t)n, "secret", 6));
	CU_ASSERT_EQUAL(BIO_write(t->in, bytes, (int)n), n);
	SSL_do_handshake(t->ssl);
	return true;
}

static bool
is_over(const struct tls_play *t)
{
	return t->play.lost > 0 || t->play.peer == -1;
}

static void
send_pieces(struct tls_play *t, const char *bytes, size_t len)
{
	for (size_t n; len > 0 && !is_over(t); bytes += n, len -= n) {
		n = len < t->piece ? len : t->piece;
		play_answers_bytes(&t->play, bytes, n);
		t->sent += n;
		if (t->sent == t->close_after)
			play_closes(&t->play);
	}
}

void
tls_play_turn(struct tls_play *t)
{
	char bytes[4096];
	bool moved = true;
	int n;

	while (moved && !is_over(t)) {
		moved = receive(t);
		n = BIO_read(t->out, bytes, sizeof(bytes));
		if (n <= 0)
			continue;
		send_pieces(t, bytes, (size_t)n);
		moved = true;
	}
	ERR_clear_error();
}

const char *
tls_play_asked(struct tls_play *t)
{
	static char bytes[32 * 1024];
	size_t len = 0;
	int n;

	tls_play_turn(t);
	while ((n = SSL_read(t->ssl, bytes + len,
		    (int)(sizeof(bytes) - 1 - len))) > 0)
		len += (size_t)n;
	bytes[len] = '\0';
	play_write_commands(t->play.asked, bytes);
	return t->play.asked;
}

void
tls_play_answers(struct tls_play *t, const char *text)
{
	CU_ASSERT_EQUAL(SSL_write(t->ssl, text, (int)strlen(text)),
	    (int)strlen(text));
	tls_play_turn(t);
}
