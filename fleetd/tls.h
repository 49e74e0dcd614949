/*
 * TLS to an engine, as its client: version 1.2 or newer, and never without
 * knowing that the certificate is the engine's. It has no descriptor: what goes
 * over the network is taken from here and given to here by stream.c.
 *
 * A file is read before the sandbox; from then on it needs memory and random
 * numbers.
 */
#ifndef FLEETD_TLS_H
#define FLEETD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest sentence on what is wrong, with its NUL. */
#define TLS_WHY_MAX 128

/* Who may sign the engine's certificate, and the name in it. */
struct tls_trust;

/*
 * Reads certificates in PEM, of which there must be one at least; text between
 * them is no harm. host is the engine's name, or its IP address, as the
 * operator wrote it, and what the certificate has to be for. Returns NULL if
 * this fails, with the end of a sentence about the file in why.
 */
struct tls_trust *tls_trust_open(const char *pem, size_t len, const char *host,
    char why[TLS_WHY_MAX]);
/* NULL is fine. */
void tls_trust_free(struct tls_trust *);

/* A connection. */
struct tls {
	struct ssl_st *ssl; /* NULL: it is closed */
	struct bio_st *in, *out;
	bool ready;	       /* the engine is who it should be */
	char why[TLS_WHY_MAX]; /* what went wrong */
};

/* Begins a connection. Returns 0, or -1 if there is no memory. */
int tls_open(struct tls *, const struct tls_trust *);
void tls_close(struct tls *);

/* Takes bytes from the network; of which it keeps what tls_read() has not
 * returned. Returns 0, or -1 if there is no memory. */
int tls_feed(struct tls *, const uint8_t *, size_t len);
/* Returns how many bytes for the network it wrote to the buffer, or 0. */
size_t tls_take(struct tls *, uint8_t *, size_t max);

/* Goes on with the handshake. Returns 0, whether or not it is ready now, or -1
 * with why. */
int tls_shake(struct tls *);
/* Both only once it is ready. Return the number of bytes, all of those that are
 * to be written; 0: there is nothing to read yet; -1 with why. */
int tls_read(struct tls *, uint8_t *, size_t max);
int tls_write(struct tls *, const uint8_t *, size_t len);

#endif
