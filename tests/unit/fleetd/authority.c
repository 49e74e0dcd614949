/*
 * An authority of a test. See authority.h.
 */
#include "tests/unit/fleetd/authority.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Suites make them before their first test, where nothing can be asserted. */
static void
must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "OpenSSL makes no certificate\n");
	abort();
}

static void
set_subject(X509 *x, const char *name)
{
	must(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
		 MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0) == 1);
}

static void
add_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	must(e != NULL);
	must(X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static X509 *
draft(EVP_PKEY *key, const char *subject, long from, long to)
{
	static long serial;
	X509 *x = X509_new();

	must(x != NULL);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(x), from);
	X509_gmtime_adj(X509_getm_notAfter(x), to);
	X509_set_pubkey(x, key);
	set_subject(x, subject);
	return x;
}

/* Signs it, and writes it as PEM. */
static void
seal(struct certificate *c, const struct certificate *by)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int n;

	X509_set_issuer_name(c->x509, X509_get_subject_name(by->x509));
	must(X509_sign(c->x509, by->key, EVP_sha256()) > 0);
	must(PEM_write_bio_X509(bio, c->x509) == 1);
	n = BIO_read(bio, c->pem, sizeof(c->pem) - 1);
	must(n > 0);
	c->pem[n] = '\0';
	BIO_free(bio);
}

void
authority_make(struct certificate *c, const char *name)
{
	c->key = EVP_EC_gen("P-256");
	must(c->key != NULL);
	c->x509 = draft(c->key, name, -HOUR, HOUR);
	add_extension(c->x509, NID_basic_constraints, "critical,CA:TRUE");
	seal(c, c);
}

static void
sign(const struct certificate *authority, struct certificate *c,
    const char *names, long from, long to)
{
	must(c->key != NULL);
	c->x509 = draft(c->key, "subject", from, to);
	if (names != NULL)
		add_extension(c->x509, NID_subject_alt_name, names);
	seal(c, authority);
}

void
authority_sign(const struct certificate *authority, struct certificate *c,
    const char *names, long from, long to)
{
	c->key = EVP_EC_gen("P-256");
	sign(authority, c, names, from, to);
}

void
authority_sign_rsa(const struct certificate *authority, struct certificate *c,
    const char *names)
{
	c->key = EVP_RSA_gen(2048);
	sign(authority, c, names, -HOUR, HOUR);
}

void
certificate_free(struct certificate *c)
{
	EVP_PKEY_free(c->key);
	X509_free(c->x509);
}

void
certificate_key(const struct certificate *c, char pem[AUTHORITY_PEM_MAX])
{
	BIO *bio = BIO_new(BIO_s_mem());
	int n;

	must(PEM_write_bio_PrivateKey(bio, c->key, NULL, NULL, 0, NULL, NULL) ==
	    1);
	n = BIO_read(bio, pem, AUTHORITY_PEM_MAX - 1);
	must(n > 0);
	pem[n] = '\0';
	BIO_free(bio);
}
