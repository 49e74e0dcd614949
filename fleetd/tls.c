/*
 * TLS to an engine. See tls.h.
 */
#include "fleetd/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The certificates that the engine shows, in bytes: all buffers for them stay
 * below what malloc() would map, and grow by a call that no filter allows. */
#define SHOWN_MAX (32L * 1024)
/* Certificates between the engine's and one of those that we trust. */
#define CHAIN_MAX 8

struct tls_trust {
	SSL_CTX *context;
	bool is_name; /* of the host, which is told to the engine then */
	char host[256];
};

/* --- Who is trusted ------------------------------------------------------- */

/* Returns the number of certificates, or -1 if one cannot be read. */
static int
add_certificates(X509_STORE *store, BIO *pem)
{
	X509 *certificate;
	int count = 0;

	while (
	    (certificate = PEM_read_bio_X509(pem, NULL, NULL, NULL)) != NULL) {
		count += X509_STORE_add_cert(store, certificate);
		X509_free(certificate);
	}
	/* The end of the file is an error to OpenSSL, too. */
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		count = -1;
	ERR_clear_error();
	return count;
}

static int
load(struct tls_trust *t, const char *pem, size_t len, char why[TLS_WHY_MAX])
{
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	int count = -1;

	if (bio != NULL)
		count =
		    add_certificates(SSL_CTX_get_cert_store(t->context), bio);
	BIO_free(bio);
	if (count == -1)
		(void)snprintf(why, TLS_WHY_MAX,
		    "has a certificate that cannot be read");
	else if (count == 0)
		(void)snprintf(why, TLS_WHY_MAX, "has no certificate in PEM");
	return count > 0 ? 0 : -1;
}

/* Returns how many bytes the address has, or 0 if it is none. */
static size_t
read_address(const char *host, uint8_t address[16])
{
	if (inet_pton(AF_INET, host, address) == 1)
		return 4;
	return inet_pton(AF_INET6, host, address) == 1 ? 16 : 0;
}

/* The name is looked for as OpenSSL does by default, but a wildcard stands for
 * a whole label. */
static int
set_host(struct tls_trust *t, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_CTX_get0_param(t->context);
	uint8_t address[16];
	size_t len = read_address(host, address);

	X509_VERIFY_PARAM_set_depth(param, CHAIN_MAX);
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	/* An empty name would be looked for nowhere. */
	if (host[0] == '\0' || strlen(host) >= sizeof(t->host))
		return -1;
	(void)snprintf(t->host, sizeof(t->host), "%s", host);
	t->is_name = len == 0;
	if (!t->is_name)
		return X509_VERIFY_PARAM_set1_ip(param, address, len) == 1 ? 0
									   : -1;
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 ? 0 : -1;
}

static SSL_CTX *
new_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (context == NULL)
		return NULL;
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_max_cert_list(context, SHOWN_MAX);
	/* Nothing of a connection is kept for the next one. */
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_options(context,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
	/* Memory that a connection has used does not stay with it. */
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	return context;
}

struct tls_trust *
tls_trust_open(const char *pem, size_t len, const char *host,
    char why[TLS_WHY_MAX])
{
	struct tls_trust *t = calloc(1, sizeof(*t));

	/* There is no configuration file: only what is said here. */
	(void)snprintf(why, TLS_WHY_MAX, "cannot be used: OpenSSL fails");
	if (t == NULL ||
	    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 ||
	    (t->context = new_context()) == NULL || set_host(t, host) == -1 ||
	    load(t, pem, len, why) == -1) {
		tls_trust_free(t);
		return NULL;
	}
	return t;
}

void
tls_trust_free(struct tls_trust *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->context);
	free(t);
}

/* --- A connection --------------------------------------------------------- */

int
tls_open(struct tls *tls, const struct tls_trust *trust)
{
	memset(tls, 0, sizeof(*tls));
	tls->ssl = SSL_new(trust->context);
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	if (tls->ssl == NULL || tls->in == NULL || tls->out == NULL) {
		SSL_free(tls->ssl);
		BIO_free(tls->in);
		BIO_free(tls->out);
		tls->ssl = NULL;
		return -1;
	}
	SSL_set_bio(tls->ssl, tls->in, tls->out); /* they are its own */
	SSL_set_connect_state(tls->ssl);
	if (trust->is_name)
		SSL_set_tlsext_host_name(tls->ssl, trust->host);
	return 0;
}

void
tls_close(struct tls *tls)
{
	SSL_free(tls->ssl);
	tls->ssl = NULL;
	tls->ready = false;
	ERR_clear_error();
}

int
tls_feed(struct tls *tls, const uint8_t *bytes, size_t len)
{
	return BIO_write(tls->in, bytes, (int)len) == (int)len ? 0 : -1;
}

size_t
tls_take(struct tls *tls, uint8_t *out, size_t max)
{
	int n = BIO_read(tls->out, out, (int)max);

	return n > 0 ? (size_t)n : 0;
}

/* Says why a call failed: what is wrong with the certificate, or what OpenSSL
 * says, in words of its own that the engine did not write. */
static int
fail(struct tls *tls)
{
	long verified = SSL_get_verify_result(tls->ssl);
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	if (verified != X509_V_OK)
		(void)snprintf(tls->why, sizeof(tls->why),
		    "the engine's certificate is refused: %s",
		    X509_verify_cert_error_string(verified));
	else
		(void)snprintf(tls->why, sizeof(tls->why), "TLS failed: %s",
		    reason != NULL ? reason : "the engine ended it");
	ERR_clear_error();
	return -1;
}

/* Returns 0 if the call has to wait for the network, or fails. */
static int
judge(struct tls *tls, int result)
{
	int error = SSL_get_error(tls->ssl, result);

	if (error == SSL_ERROR_ZERO_RETURN) {
		(void)snprintf(tls->why, sizeof(tls->why),
		    "the engine closed the connection");
		return -1;
	}
	return error == SSL_ERROR_WANT_READ ? 0 : fail(tls);
}

int
tls_shake(struct tls *tls)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(tls->ssl);
	if (result != 1)
		return judge(tls, result);
	/* OpenSSL has ended it otherwise; but nothing depends more on it. */
	if (SSL_get_verify_result(tls->ssl) != X509_V_OK ||
	    SSL_get0_peer_certificate(tls->ssl) == NULL)
		return fail(tls);
	tls->ready = true;
	return 0;
}

int
tls_read(struct tls *tls, uint8_t *out, size_t max)
{
	int result;

	ERR_clear_error();
	result = SSL_read(tls->ssl, out, (int)max);
	return result > 0 ? result : judge(tls, result);
}

int
tls_write(struct tls *tls, const uint8_t *bytes, size_t len)
{
	int result;

	ERR_clear_error();
	result = SSL_write(tls->ssl, bytes, (int)len);
	return result == (int)len ? result : fail(tls);
}
