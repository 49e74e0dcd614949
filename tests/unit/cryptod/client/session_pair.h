/*
 * Two peer sessions back to back for tests: what one sends waits in a queue
 * until the test delivers it, and the clock is the test's.
 */
#ifndef TESTS_UNIT_CRYPTOD_CLIENT_SESSION_PAIR_H
#define TESTS_UNIT_CRYPTOD_CLIENT_SESSION_PAIR_H

#include "cryptod/client/chain.h"
#include "cryptod/client/session.h"

#include <bsd/sys/queue.h>

#define SEALED_MIN (2 + SESSION_PADDING + TAG_LEN)

struct record {
	STAILQ_ENTRY(record) entry;
	size_t len;
	uint8_t bytes[];
};
STAILQ_HEAD(records, record);

struct end {
	struct session *session;
	struct session_config config;
	struct session_io io;
	struct x25519_key key;
	struct claimant us; /* with an id of that key */
	uint8_t psk[KEY_LEN];
	char nick[NICK_MAX];
	struct records out; /* for the other end */
	bool discard;	    /* out keeps nothing, records only counts */
	uint64_t records;   /* sent so far */
	/* The calls of the session. */
	unsigned int established;
	uint8_t peer_key[32];
	char peer_nick[NICK_MAX + 1];
	unsigned int epochs;
	uint8_t epoch;
	bool send_now;
	struct peer_keys keys;
	struct packet_keys packets;
	uint64_t said; /* texts, numbered from 1 */
	uint64_t heard;
	uint64_t receipt; /* the last receipt */
	unsigned int byes;
	unsigned int nicks;
	bool confused; /* a text came out of order or changed */
};

struct pair {
	struct end a, b; /* a has the lower id: it initiates */
	uint64_t now;
};

/* Makes two ends that fit each other, without sessions yet. */
void pair_init(struct pair *);
/* Starts the sessions; a's first record waits in a.out. */
void pair_start(struct pair *);
/* Delivers until nothing waits; asserts that both took all of it. */
void pair_settle(struct pair *);
/* pair_init(), pair_start(), pair_settle(), and asserts. */
void pair_establish(struct pair *);
void pair_free(struct pair *);

/* Delivers the oldest record that from has sent. Returns the result of
 * session_receive(), or 1 if there is none. */
int pair_deliver(struct pair *, struct end *from);
/* Says an end's next text; returns the result of session_send(). */
int pair_say(struct pair *, struct end *);

/* Takes the oldest record out of the queue, to be freed; NULL if none. */
struct record *pair_take(struct end *from);
/* Gives an end bytes as if they came from the other. */
int pair_give(struct pair *, struct end *to, const uint8_t *bytes, size_t len);

#endif
