/*
 * The handshakes that are under way with a peer, and their limits: in its first
 * message anybody in the room can ask for one, and each costs us DH and memory
 * for keys. handshakes.h works with them.
 */
#ifndef CRYPTOD_CLIENT_ATTEMPTS_H
#define CRYPTOD_CLIENT_ATTEMPTS_H

#include "common/ipc_messages.h"
#include "cryptod/crypto.h"

struct peer;
struct session;

/* With one peer, at most one of each kind is under way, so that nobody keeps
 * out a peer who has shown more: that it is at the other end of the path, or
 * that it has the keys of the session. A new one replaces one of its kind that
 * began long enough ago, or none. */
enum attempt_place {
	ATTEMPT_ON_PATH, /* our own, too */
	ATTEMPT_BY_SESSION,
	ATTEMPT_BY_ROOM,
	ATTEMPTS_MAX
};
_Static_assert(HANDSHAKE_WAYS == 2 * ATTEMPTS_MAX, "netd keeps a way of each");
#define ATTEMPTS_WITHIN (1 * USEC_PER_SEC)
/* The limit of attempts that did not come over a path, of all peers together:
 * the heap for keys has room for them in addition. One more, if it came with
 * the keys of a session, replaces the oldest that did not. If there is no such
 * attempt, or if it came without, it replaces the oldest of its own kind, if
 * that began long enough ago. */
#define ATTEMPTS_ALL 64

/* Times after which the last message is sent again: first after this or two
 * round trips, then twice as much each time. */
#define ATTEMPT_RETRY (250 * USEC_PER_MSEC)

struct attempt {
	uint64_t id;	 /* on the wire; not 0 */
	bool by_session; /* responder: message 1 came with a session's keys */
	uint32_t serial; /* of the session, once both have its keys; or 0 */
	struct session *session;
	uint64_t started;
	uint64_t retry_at; /* initiator */
	uint64_t wait;
	uint8_t number; /* of the message that was sent last; 0: none */
	uint16_t len;	/* of its record */
	uint8_t record[WIRE_HANDSHAKE_RECORD_MAX];
	uint8_t question[HASH_LEN]; /* hash of the record that it answers */
};

struct attempts {
	struct attempt *at[ATTEMPTS_MAX];
	uint64_t begun[ATTEMPTS_MAX]; /* the last one there; 0: none */
};

/* Makes another attempt, to which the caller gives a session; NULL if there are
 * too many, or there is no memory. */
struct attempt *attempts_new(struct peer *, uint64_t id, enum attempt_place,
    bool by_session);
/* Returns the attempt with this id that began with such keys, or NULL: others
 * in the room may give the same id to one of theirs. */
struct attempt *attempts_find(const struct peer *, uint64_t id,
    bool by_session);
/* Returns the attempt whose session has this serial, or NULL. */
struct attempt *attempts_of(const struct peer *, uint32_t serial);
/* Returns the attempt that we have begun, or NULL: a responder begins none. */
struct attempt *attempts_own(const struct peer *);
/* These end one attempt; all that began so long ago; all. */
void attempts_drop(struct peer *, const struct attempt *);
void attempts_drop_old(struct peer *, uint64_t age);
void attempts_end(struct peer *);

/* The session of the attempt that is served wants this record sent. */
void attempts_out(struct peer *, const uint8_t *record, size_t len);
/* Sends the last record again. */
void attempts_send_last(const struct peer *, const struct attempt *);
/* Returns the round trip time of the path in use, or 0. */
uint64_t attempts_round_trip(const struct peer *);

#endif
