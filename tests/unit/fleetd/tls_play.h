/*
 * An engine with TLS that a test plays itself; see play.h.
 */
#ifndef TESTS_UNIT_FLEETD_TLS_PLAY_H
#define TESTS_UNIT_FLEETD_TLS_PLAY_H

#include "tests/unit/fleetd/authority.h"
#include "tests/unit/fleetd/play.h"

#include <openssl/ssl.h>

struct tls_play {
	struct play play;
	struct tls_trust *trust;
	SSL_CTX *context; /* the engine's: can be changed before it is used */
	SSL *ssl;
	BIO *in, *out;
	size_t piece;	    /* what it sends goes in pieces of so many bytes */
	size_t sent;	    /* so many bytes */
	size_t close_after; /* then it closes the connection; 0: it does not */
};

/* fleetd trusts the authority, looks for that host, and has a password. */
void tls_play_begin(struct tls_play *, const struct certificate *authority,
    const char *host, const struct certificate *engine);
void tls_play_end(struct tls_play *);

/* Makes a connection, and the handshake. */
void tls_play_connect(struct tls_play *);
/* Moves bytes in both directions until there are none. */
void tls_play_turn(struct tls_play *);
/* As play_asked() and play_answers(). */
const char *tls_play_asked(struct tls_play *);
void tls_play_answers(struct tls_play *, const char *);

#endif
