/*
 * Connections to ourselves, in memory. See tls_rehearsal.h. The key and its
 * certificate are made for them, and nobody else ever sees them.
 */
#include "fleetd/tls_rehearsal.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define NAME "rehearsal"
/* Both ends are done after three turns each. */
#define TURNS 8

struct stage {
	EVP_PKEY *key;
	X509 *certificate;
	SSL_CTX *contexts[2]; /* the client's and the server's */
	SSL *ends[2];
};

/* --- A certificate -------------------------------------------------------- */

static int
name_it(X509 *c)
{
	X509_NAME *name = X509_get_subject_name(c);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		   (const unsigned char *)NAME, -1, -1, 0) == 1 &&
		X509_set_issuer_name(c, name) == 1
	    ? 0
	    : -1;
}

static int
sign_it(X509 *c, EVP_PKEY *key)
{
	return X509_set_version(c, X509_VERSION_3) == 1 &&
		ASN1_INTEGER_set(X509_get_serialNumber(c), 1) == 1 &&
		X509_gmtime_adj(X509_getm_notBefore(c), -3600) != NULL &&
		X509_gmtime_adj(X509_getm_notAfter(c), 3600) != NULL &&
		name_it(c) == 0 && X509_set_pubkey(c, key) == 1 &&
		X509_sign(c, key, EVP_sha256()) > 0
	    ? 0
	    : -1;
}

static int
make_certificate(struct stage *s)
{
	s->key = EVP_EC_gen("P-256");
	s->certificate = X509_new();
	return s->key != NULL && s->certificate != NULL
	    ? sign_it(s->certificate, s->key)
	    : -1;
}

/* --- Two ends ------------------------------------------------------------- */

static SSL_CTX *
make_context(const SSL_METHOD *method, int version)
{
	SSL_CTX *context = SSL_CTX_new(method);

	if (context != NULL)
		SSL_CTX_set_max_proto_version(context, version);
	return context;
}

static int
make_contexts(struct stage *s, int version)
{
	SSL_CTX *client = make_context(TLS_client_method(), version);
	SSL_CTX *server = make_context(TLS_server_method(), version);

	s->contexts[0] = client;
	s->contexts[1] = server;
	if (client == NULL || server == NULL)
		return -1;
	SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
	X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(client), NAME, 0);
	return X509_STORE_add_cert(SSL_CTX_get_cert_store(client),
		   s->certificate) == 1 &&
		SSL_CTX_use_certificate(server, s->certificate) == 1 &&
		SSL_CTX_use_PrivateKey(server, s->key) == 1
	    ? 0
	    : -1;
}

/* What one end writes, the other one reads. */
static int
make_ends(struct stage *s)
{
	BIO *client, *server;

	s->ends[0] = SSL_new(s->contexts[0]);
	s->ends[1] = SSL_new(s->contexts[1]);
	if (s->ends[0] == NULL || s->ends[1] == NULL ||
	    BIO_new_bio_pair(&client, 0, &server, 0) != 1)
		return -1;
	SSL_set_bio(s->ends[0], client, client);
	SSL_set_bio(s->ends[1], server, server);
	SSL_set_connect_state(s->ends[0]);
	SSL_set_accept_state(s->ends[1]);
	return 0;
}

static int
play(const struct stage *s)
{
	int done = 0;
	char byte = 0;

	for (int i = 0; i < TURNS && done < 2; i++)
		done = (SSL_do_handshake(s->ends[0]) == 1) +
		    (SSL_do_handshake(s->ends[1]) == 1);
	return done == 2 && SSL_write(s->ends[0], "?", 1) == 1 &&
		SSL_read(s->ends[1], &byte, 1) == 1 &&
		SSL_write(s->ends[1], "!", 1) == 1 &&
		SSL_read(s->ends[0], &byte, 1) == 1
	    ? 0
	    : -1;
}

static int
rehearse(struct stage *s, int version)
{
	int result = make_contexts(s, version) == -1 || make_ends(s) == -1
	    ? -1
	    : play(s);

	for (int i = 0; i < 2; i++) {
		SSL_free(s->ends[i]);
		SSL_CTX_free(s->contexts[i]);
		s->ends[i] = NULL;
		s->contexts[i] = NULL;
	}
	return result;
}

int
tls_rehearse(void)
{
	struct stage s = { .key = NULL };
	int result = make_certificate(&s) == -1 ||
		rehearse(&s, TLS1_2_VERSION) == -1 ||
		rehearse(&s, TLS1_3_VERSION) == -1
	    ? -1
	    : 0;

	/* A failure, too: SSL_get_error() looks at what is left of them. */
	ERR_clear_error();
	EVP_PKEY_free(s.key);
	X509_free(s.certificate);
	return result;
}
