/*
 * What the files of a session share; nobody else includes this.
 *
 *	session.c		records: opening them, what may be in them
 *	session_seal.c		and sealing them
 *	session_handshake.c	the handshake, and those of rekeys
 */
#ifndef CRYPTOD_CLIENT_SESSION_PARTS_H
#define CRYPTOD_CLIENT_SESSION_PARTS_H

#include "common/codec.h"
#include "cryptod/client/session.h"

enum record_kind {
	RECORD_HANDSHAKE = 1,
	RECORD_SEALED = 2
};

#define RECORD_HEADER  2
#define CONTENT_HEADER 3 /* type, length */
#define PLAIN_MAX                                                       \
	((CONTENT_HEADER + SESSION_CONTENT_MAX + SESSION_PADDING - 1) / \
	    SESSION_PADDING * SESSION_PADDING)
_Static_assert(RECORD_HEADER + PLAIN_MAX + TAG_LEN <= RECORD_MAX,
    "the longest text does not fit into a record");

/* One direction's keys. */
struct direction {
	uint8_t epoch;
	uint8_t key[KEY_LEN];
	uint64_t counter;
};

struct session { /* in secret memory */
	const struct session_config *config;
	struct session_io io;
	bool initiator;
	bool established;
	bool dead;
	bool claim;		 /* it is: of another key than the id's */
	struct noise *handshake; /* while one is under way */
	uint8_t epoch;		 /* of the last one finished */
	uint8_t last_hash[HASH_LEN];
	uint8_t static_key[32]; /* the peer's; if claim, whoever's */
	struct direction tx;
	struct direction rx;
	struct direction rx_next; /* initiator, until the peer uses it */
	bool has_rx_next;
	uint64_t key_time;
	uint64_t start_time;
	uint64_t rekeys_since; /* responder: counted from */
	unsigned int rekeys;
	size_t nick_len;
	char nick[NICK_MAX]; /* the peer's */
};

_Static_assert(sizeof(struct session) <= SESSION_BLOCK &&
	sizeof(struct noise) <= SESSION_BLOCK,
    "SESSION_BLOCK is too small");

/* session_seal.c: seals content under the newest key and sends it. */
int session_seal(struct session *, enum session_type, const void *content,
    size_t len);

/* session_handshake.c */

void session_start_handshake(struct session *);
/* Wipes the handshake; there need not be one. */
void session_end_handshake(struct session *);
/* Sends the next message of the handshake under way. */
int session_send_handshake(struct session *);
/* A message of it came. Returns -1 if it is not what an honest peer sends. */
int session_receive_handshake(struct session *, uint64_t now,
    const uint8_t *message, size_t len);
/* The peer has everything of a handshake; the first time, this is reported. */
void session_establish(struct session *);
bool session_is_nick(const uint8_t *nick, size_t len);

#endif
