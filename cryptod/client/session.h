/*
 * A peer session: the handshake, and then the sealed records and the rekeys,
 * over a stream of records that arrive in order (netd sees to that, and nothing
 * here trusts it). The records of the handshake come before there is a stream:
 * the caller carries them, one in answer to the other. Knows no sockets and no
 * channels; PROTOCOL.md section 5.
 */
#ifndef CRYPTOD_CLIENT_SESSION_H
#define CRYPTOD_CLIENT_SESSION_H

#include "cryptod/claim.h"
#include "cryptod/noise.h"
#include "cryptod/client/room.h"

/* The contents of a sealed record. */
enum session_type {
	SESSION_READY = 1, /* the new keys work */
	SESSION_TEXT,	   /* sequence number, flags, link, name, text */
	SESSION_RECEIPT,   /* sequence number */
	SESSION_BYE,
	SESSION_REKEY_1, /* messages of a fresh handshake */
	SESSION_REKEY_2,
	SESSION_REKEY_3,
	SESSION_NICK, /* the name its sender goes by now */
	SESSION_TYPE_COUNT
};

/* Text is padded to a multiple of this before it is sealed. */
#define SESSION_PADDING 64
/* The parts before a text: sequence number, flags, chain_link, and the length
 * of the nickname. */
#define SESSION_TEXT_HEADER 34
#define SESSION_CONTENT_MAX (SESSION_TEXT_HEADER + NICK_MAX + TEXT_MAX)

/* A rekey is due after so much use, whichever comes first. */
#define REKEY_AGE_USEC (120ULL * 1000000)
#define REKEY_RECORDS  (1ULL << 16)
/* This many rekeys in REKEY_AGE_USEC that led to nothing are an attack. */
#define REKEYS_MAX 16
/* If no rekey came about until then, the session ends. */
#define RECORDS_LIMIT (1ULL << 20)

/* The session's callbacks. */
struct session_io {
	/* A record for the peer, of the handshake or after it. */
	void (*record)(void *arg, const uint8_t *record, size_t len);
	/* netd gets the keys of a new epoch; send_now: the peer has them
	 * already. A handshake also makes those of all other packets; with a
	 * rekey, they are NULL. */
	void (*keys)(void *arg, uint8_t epoch, bool send_now,
	    const struct peer_keys *data, const struct packet_keys *packets);
	/* The peer is who it says, and has the room's secret; called once. */
	void (*established)(void *arg, const uint8_t static_key[32],
	    const char *nick, size_t nick_len);
	/* TEXT, RECEIPT, BYE or NICK came. */
	void (*content)(void *arg, enum session_type, const uint8_t *content,
	    size_t len);
	void *arg;
};

/* Our own identity, and what both sides agree on. */
struct session_config {
	const struct x25519_key *identity;
	const struct claim *claim; /* ties our key to our id */
	const uint8_t *psk;
	struct room_tag tag;
	struct peer_id us;
	struct peer_id them;
	/* The static key that the peer had before in this run, or NULL. */
	const uint8_t *known_key;
	const char *nick;
	size_t nick_len;
};

struct session;

/* The part of the heap for keys that a session takes, and as much again for a
 * handshake that is under way in it: the heap gives out powers of two. */
#define SESSION_BLOCK 512

/* The config, and what is in it, stay valid as long as the session. The name in
 * it may change, and is then that of the handshakes to come; the caller tells
 * the peer of it, with NICK. */
struct session *session_new(const struct session_config *,
    const struct session_io *, uint64_t now);
/* True if we start the handshake, because our id is the lower one. */
bool session_initiates(const struct session_config *);
/* The initiator sends its first record. */
int session_start(struct session *);
/* Wipes everything; NULL is fine. */
void session_free(struct session *);

/*
 * A record came. Returns 0, or -1 if it is not what an honest peer sends: the
 * session is dead then. The callbacks must not free it.
 */
int session_receive(struct session *, uint64_t now, const uint8_t *record,
    size_t len);

bool session_established(const struct session *);
/* True if this is the record of a handshake. */
bool session_is_handshake(const uint8_t *record, size_t len);

/*
 * True if session_receive() returned -1 because the author of the handshake has
 * another key than the one that the peer's id was made for: it was not the
 * peer, who did nothing wrong. Writes the key, which is proven.
 */
bool session_is_claim(const struct session *, uint8_t key[X25519_LEN]);

/* Seals and sends content of at most SESSION_CONTENT_MAX bytes. Only when
 * established. Starts a rekey if one is due. Returns -1 if the session has
 * come to its limit. */
int session_send(struct session *, uint64_t now, enum session_type,
    const void *content, size_t len);

/* These return when the keys in use were made, and when the first were, by the
 * clock of the caller. Only when established. */
uint64_t session_key_time(const struct session *);
uint64_t session_start_time(const struct session *);

#endif
