/*
 * An authority of a test that signs certificates.
 */
#ifndef TESTS_UNIT_FLEETD_AUTHORITY_H
#define TESTS_UNIT_FLEETD_AUTHORITY_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#define AUTHORITY_PEM_MAX 4096
#define HOUR		  3600L

struct certificate {
	EVP_PKEY *key;
	X509 *x509;
	char pem[AUTHORITY_PEM_MAX]; /* of the certificate */
};

/* An authority with a key of its own, which certifies itself. */
void authority_make(struct certificate *, const char *name);
/* A certificate of the authority for names as in "DNS:a.example,IP:::1"; NULL:
 * only the subject has one, "subject". It holds from and to so many seconds
 * from now. */
void authority_sign(const struct certificate *authority, struct certificate *,
    const char *names, long from, long to);
/* The same, with an RSA key. */
void authority_sign_rsa(const struct certificate *authority,
    struct certificate *, const char *names);
void certificate_free(struct certificate *);

/* Writes a key as PEM. */
void certificate_key(const struct certificate *, char pem[AUTHORITY_PEM_MAX]);

#endif
