/*
 * A client's way into a room, with the real handshake and the real packets, for
 * programs that play many clients. It sends nothing and keeps no time.
 */
#ifndef TESTS_LOAD_CLIENT_H
#define TESTS_LOAD_CLIENT_H

#include "common/bootmsg.h"
#include "cryptod/claim.h"
#include "cryptod/join.h"

struct entrant {
	struct room_tag tag;
	struct peer_id id;
	uint8_t token[PEER_TOKEN_LEN];
	uint8_t commitment[PEER_COMMITMENT_LEN];
	uint8_t nonce[NONCE_LEN];
	struct noise noise;
	uint32_t attempt;
	struct node_skips skips;	  /* nodes that it cannot reach */
	uint8_t bootnode_key[X25519_LEN]; /* of the last COOKIE */
};

/* What a WELCOME gives. */
struct admission {
	uint64_t session;
	uint64_t echo;
	uint8_t rx_key[KEY_LEN]; /* of SEALED */
	uint8_t mac_key[SIPHASH_KEY];
};

/* From now on all entrants have the access key of this file. */
void entrant_access(const char *path);
/* Makes an identity, random, for this room. */
void entrant_init(struct entrant *, const struct room_tag *);
/* Writes a HELLO with the entrant's nonce; buf has room for WIRE_MAX bytes.
 * Returns its length. */
size_t entrant_hello(const struct entrant *, uint8_t *buf);
/* Reads a COOKIE and writes the JOIN; buf has room for WIRE_MAX bytes. Returns
 * its length, or 0 if the COOKIE is none for this HELLO. */
size_t entrant_join(struct entrant *, const uint8_t *cookie, size_t len,
    uint8_t *buf);
/* Writes a JOIN to where a node of the fleet has sent the entrant, which has a
 * nonce for it. Returns the same. */
size_t entrant_join_sent(struct entrant *, const struct wire_cookie *token,
    uint8_t *buf);
enum answer {
	ANSWER_WELCOME,
	ANSWER_REDIRECT,
	ANSWER_TO_ANOTHER, /* JOIN than this entrant's */
	ANSWER_FALSE	   /* it is not authentic */
};
/* Reads an answer to a JOIN, and fills in one of the two. */
enum answer entrant_answer(struct entrant *, const uint8_t *packet, size_t len,
    struct admission *, struct bootmsg_redirect *);
/* Reads a WELCOME. Returns 0; 1 if it is none for this JOIN; or -1 if it is not
 * authentic. */
int entrant_welcome(struct entrant *, const uint8_t *welcome, size_t len,
    struct admission *);
/* Writes a control packet of a session; buf has room for WIRE_MAX bytes.
 * Returns its length. */
size_t entrant_control(uint8_t *buf, const struct wire_control *,
    const uint8_t mac_key[SIPHASH_KEY]);

/* Ends the program, saying what is wrong. */
void give_up(const char *what) __attribute__((noreturn));

#endif
