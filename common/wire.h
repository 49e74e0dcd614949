/*
 * Every datagram of gochat: types, sizes, layouts. PROTOCOL.md draws the same
 * layouts and says when each is sent; the code follows this header. Encoders
 * return the length written, or 0 if it does not fit; decoders return 0, or -1
 * for anything that is not exactly such a packet. Pointers in decoded structs
 * point into the packet.
 */
#ifndef COMMON_WIRE_H
#define COMMON_WIRE_H

#include "common/addr.h"
#include "common/codec.h"
#include "common/siphash.h"

#define WIRE_VERSION   1
#define WIRE_MAX       1232 /* IPv6 minimum MTU less IPv6 and UDP headers */
#define WIRE_DATA_MAX  8972 /* DATA: a jumbo frame less IPv4 and UDP headers */
#define WIRE_HELLO_LEN 1200 /* so that no answer is larger (promise 4) */
/* Size of the IP packet that a HELLO is in, of either family: a link to a
 * bootnode that takes fewer bytes will not do. */
#define WIRE_MTU_MIN(ipv4) (WIRE_HELLO_LEN + 8 + ((ipv4) ? 20 : 40))

/* Every type, its number on the wire, and its name in logs and counters. */
/* clang-format off */
#define WIRE_TYPES(X)				\
	X(HELLO,		1,  "hello")		\
	X(COOKIE,		2,  "cookie")		\
	X(JOIN,			3,  "join")		\
	X(WELCOME,		4,  "welcome")		\
	X(HEARTBEAT,		5,  "heartbeat")	\
	X(HEARTBEAT_ACK,	6,  "heartbeat-ack")	\
	X(SEALED,		7,  "sealed")		\
	X(SYNC,			8,  "sync")		\
	X(LEAVE,		9,  "leave")		\
	X(LEAVE_ACK,		10, "leave-ack")	\
	X(REJECT,		11, "reject")		\
	X(CHALLENGE,		12, "challenge")	\
	X(CHALLENGE_REPLY,	13, "challenge-reply")	\
	X(RELAY,		14, "relay")		\
	X(REFLECT,		15, "reflect")		\
	X(PROBE,		16, "probe")		\
	X(PROBE_REPLY,		17, "probe-reply")	\
	X(DATA,			18, "data")		\
	X(REFLECT_REPLY,	19, "reflect-reply")	\
	X(HANDSHAKE,		20, "handshake")
/* clang-format on */

enum wire_type {
	WIRE_INVALID = 0,
#define X(name, number, text) WIRE_##name = number,
	WIRE_TYPES(X)
#undef X
	WIRE_TYPE_COUNT
};

#define PEER_ID_LEN  16
#define ROOM_TAG_LEN 32
#define NONCE_LEN    8 /* joins an answer to a HELLO or JOIN */
#define X25519_LEN   32
#define AEAD_TAG_LEN 16
#define CARD_MAX     255 /* sealed peer card */

struct peer_id {
	uint8_t bytes[PEER_ID_LEN];
};

struct room_tag {
	uint8_t bytes[ROOM_TAG_LEN];
};

/* Sizes of the fixed packets; PROTOCOL.md sections 2 and 3. */
#define WIRE_HEADER_LEN		 4 /* type, version, two bytes by type */
#define WIRE_COOKIE_LEN		 64
#define WIRE_CONTROL_LEN	 48 /* but of a SYNC */
#define WIRE_SYNC_MIN		 64
#define WIRE_REJECT_LEN		 12
#define WIRE_REFUSAL_LEN	 (WIRE_REJECT_LEN + SIPHASH_MAC)
#define WIRE_CHALLENGE_LEN	 32
#define WIRE_CHALLENGE_REPLY_LEN 56
#define WIRE_PROBE_LEN		 70
#define WIRE_REFLECT_LEN	 54
/* The longest record of a handshake: message 2 with the longest nickname. */
#define WIRE_HANDSHAKE_RECORD_MAX 290
/* All of them have the same length, so that no answer is longer than its
 * question. */
#define WIRE_HANDSHAKE_LEN \
	(WIRE_HEADER_LEN + 8 + 8 + 2 + WIRE_HANDSHAKE_RECORD_MAX + SIPHASH_MAC)
#define WIRE_DATA_OVERHEAD   36 /* header, connection id, number, MAC */
#define WIRE_SEALED_OVERHEAD (WIRE_HEADER_LEN + 8 + 8 + AEAD_TAG_LEN)
/* The most plaintext that one SEALED packet carries. */
#define WIRE_SEALED_MAX (WIRE_MAX - WIRE_SEALED_OVERHEAD)
/* Header, session, peer id, MAC; and the longest packet that fits inside. */
#define WIRE_RELAY_OVERHEAD   (WIRE_HEADER_LEN + 8 + PEER_ID_LEN + SIPHASH_MAC)
#define WIRE_RELAYED_MAX      (WIRE_MAX - WIRE_RELAY_OVERHEAD)
#define WIRE_JOIN_OVERHEAD    (WIRE_HEADER_LEN + NONCE_LEN + 20)
#define WIRE_WELCOME_OVERHEAD (WIRE_HEADER_LEN + NONCE_LEN)

_Static_assert(WIRE_COOKIE_LEN <= WIRE_HELLO_LEN, "amplifies a HELLO");
_Static_assert(WIRE_CHALLENGE_LEN <= WIRE_CONTROL_LEN, "amplifies a HEARTBEAT");
_Static_assert(WIRE_REJECT_LEN <= WIRE_CONTROL_LEN, "amplifies a HEARTBEAT");

/* Proof that an address can receive: PROTOCOL.md section 2.2. */
struct wire_cookie {
	/* Seconds of the bootnode's clock; in a token, a node's count of its
	 * records. */
	uint32_t time;
	uint8_t mac[SIPHASH_MAC];
};

struct wire_hello {
	uint8_t nonce[NONCE_LEN];
};

struct wire_cookie_reply {
	uint8_t nonce[NONCE_LEN]; /* of the HELLO */
	struct wire_cookie cookie;
	uint8_t bootnode_key[X25519_LEN];
};

struct wire_join {
	uint8_t nonce[NONCE_LEN]; /* of the HELLO, if there was one */
	struct wire_cookie cookie;
	const uint8_t *noise; /* Noise NK message 1 */
	size_t noise_len;
	bool token; /* the cookie is a token of another node of the fleet */
};

struct wire_welcome {
	uint8_t nonce[NONCE_LEN]; /* of the JOIN */
	const uint8_t *noise;	  /* Noise NK message 2 */
	size_t noise_len;
};

#define ACK_AGAIN 0x01 /* HEARTBEAT_ACK: ask again with this echo */
/* The spread of a HEARTBEAT_ACK is the upper byte of its flags. */
#define ACK_SPREAD_SHIFT 8
/* JOIN: the cookie is a token. */
#define WIRE_TOKEN 0x04
/* JOIN, HEARTBEAT, SYNC, LEAVE: an access MAC comes last, after all that the
 * decoders of these give. */
#define WIRE_ACCESS 0x02
/* The answer to a SYNC is at most so many times as long as the SYNC. */
#define WIRE_SYNC_FACTOR 3
/* Announcements that nobody asked for have a budget, which an echo raises by so
 * many bytes. */
#define WIRE_ECHO_WORTH 2048

/* HEARTBEAT, HEARTBEAT_ACK, SYNC, LEAVE and LEAVE_ACK; MACed. */
struct wire_control {
	enum wire_type type;
	uint64_t session;
	uint64_t counter; /* an answer repeats the question's */
	uint32_t version; /* room version that the sender has */
	/* The bootnode's echo, which is to come back. From a client it is the
	 * newest that it has: so the client shows that it receives. */
	uint64_t echo;
	uint8_t flags; /* ACK_ */
	/* HEARTBEAT_ACK: if the bootnode loses its sessions, clients are to
	 * spread their joins over so many seconds. */
	uint8_t spread;
	/* SYNC: go on with the roster after this one; zeros: from the start. */
	struct peer_id after;
	/* SYNC: padded to this, if that is more; without the access MAC. */
	size_t len;
	bool access; /* an access MAC comes after the MAC */
};

enum wire_reject_reason {
	REJECT_UNKNOWN_SESSION = 1,
	REJECT_ROOM_FULL,
	REJECT_ADDRESS_FULL, /* too many sessions from one address */
	REJECT_BOOTNODE_FULL,
	REJECT_REASON_COUNT
};

struct wire_reject { /* MACed if it answers a JOIN */
	enum wire_reject_reason reason;
	uint64_t id; /* session, or the nonce of the JOIN */
};

struct wire_challenge {
	uint64_t session;
	struct wire_cookie cookie;
};

struct wire_challenge_reply { /* MACed */
	uint64_t session;
	uint64_t counter;
	struct wire_cookie cookie;
};

struct wire_sealed {
	uint64_t session;
	uint64_t counter;      /* AES-GCM nonce */
	const uint8_t *sealed; /* ciphertext and tag */
	size_t sealed_len;
};

struct wire_reflect { /* REFLECT and REFLECT_REPLY; MACed */
	enum wire_type type;
	uint64_t session;
	uint64_t counter;     /* an answer repeats the question's */
	struct addr observed; /* answer: where the question came from */
};

struct wire_relay {	     /* to the bootnode and from it; MACed */
	uint64_t session;    /* of the client that sends or receives it */
	struct peer_id peer; /* whom it goes to, or comes from */
	const uint8_t *packet;
	size_t packet_len;
};

#define PROBE_NOMINATE 0x01 /* the controlling side uses this path */
#define PROBE_IN_USE   0x02 /* PROBE_REPLY: the other side uses it, too */
#define PROBE_SEEKING  0x04 /* PROBE: I have no path to you */
#define PROBE_FLAGS    (PROBE_NOMINATE | PROBE_IN_USE | PROBE_SEEKING)

struct wire_probe { /* PROBE and PROBE_REPLY; MACed */
	enum wire_type type;
	uint8_t flags;
	uint64_t connection;  /* the receiver's connection id */
	uint64_t number;      /* rises with each of them that is sent */
	uint64_t id;	      /* a reply repeats the probe's */
	uint64_t ask;	      /* reply: the id of a probe in it, or 0 */
	struct addr observed; /* reply: where the probe came from */
};

/* The message of the handshake in a HANDSHAKE, if any. */
enum handshake_number {
	HANDSHAKE_BEGIN, /* none: the responder asks for one */
	HANDSHAKE_1,
	HANDSHAKE_2,
	HANDSHAKE_3,
	HANDSHAKE_NUMBER_COUNT
};

struct wire_handshake { /* MACed */
	enum handshake_number number;
	uint64_t connection;   /* the receiver's connection id */
	uint64_t attempt;      /* which handshake; 0 in BEGIN */
	const uint8_t *record; /* none in BEGIN */
	size_t record_len;
};

struct wire_data { /* MACed */
	uint8_t epoch;
	uint64_t connection; /* the receiver's connection id */
	uint64_t number;
	const uint8_t *frames;
	size_t frames_len;
};

/*
 * The type of a datagram, or WIRE_INVALID if it is longer than WIRE_MAX
 * (DATA: WIRE_DATA_MAX), shorter than a header, of another version or of an
 * unknown type.
 */
enum wire_type wire_type(const uint8_t *packet, size_t len);
const char *wire_type_name(enum wire_type);

/* buf has room for WIRE_MAX bytes; that of DATA for WIRE_DATA_MAX. */
size_t wire_put_hello(uint8_t *buf, const struct wire_hello *);
size_t wire_put_cookie_reply(uint8_t *buf, const struct wire_cookie_reply *);
size_t wire_put_join(uint8_t *buf, const struct wire_join *);
/* Writes the part of such a JOIN that comes before the Noise message. */
void wire_join_start(uint8_t start[WIRE_JOIN_OVERHEAD],
    const uint8_t nonce[NONCE_LEN], const struct wire_cookie *, bool token);
size_t wire_put_welcome(uint8_t *buf, const struct wire_welcome *);
size_t wire_put_challenge(uint8_t *buf, const struct wire_challenge *);
size_t wire_put_sealed(uint8_t *buf, const struct wire_sealed *);
/* Encoders of packets with a MAC by key over all bytes before it. */
size_t wire_put_control(uint8_t *buf, const struct wire_control *,
    const uint8_t key[SIPHASH_KEY]);
/* Does the same, except for REJECT_UNKNOWN_SESSION, which has no MAC: there the
 * key may be NULL. */
size_t wire_put_reject(uint8_t *buf, const struct wire_reject *,
    const uint8_t key[SIPHASH_KEY]);
size_t wire_put_challenge_reply(uint8_t *buf,
    const struct wire_challenge_reply *, const uint8_t key[SIPHASH_KEY]);
size_t wire_put_reflect(uint8_t *buf, const struct wire_reflect *,
    const uint8_t key[SIPHASH_KEY]);
size_t wire_put_relay(uint8_t *buf, const struct wire_relay *,
    const uint8_t key[SIPHASH_KEY]);
size_t wire_put_probe(uint8_t *buf, const struct wire_probe *,
    const uint8_t key[SIPHASH_KEY]);
size_t wire_put_handshake(uint8_t *buf, const struct wire_handshake *,
    const uint8_t key[SIPHASH_KEY]);
size_t wire_put_data(uint8_t *buf, const struct wire_data *,
    const uint8_t key[SIPHASH_KEY]);

int wire_get_hello(const uint8_t *, size_t, struct wire_hello *);
int wire_get_cookie_reply(const uint8_t *, size_t, struct wire_cookie_reply *);
int wire_get_join(const uint8_t *, size_t, struct wire_join *);
int wire_get_welcome(const uint8_t *, size_t, struct wire_welcome *);
int wire_get_control(const uint8_t *, size_t, struct wire_control *);
int wire_get_reject(const uint8_t *, size_t, struct wire_reject *);
int wire_get_challenge(const uint8_t *, size_t, struct wire_challenge *);
int wire_get_challenge_reply(const uint8_t *, size_t,
    struct wire_challenge_reply *);
int wire_get_sealed(const uint8_t *, size_t, struct wire_sealed *);
int wire_get_reflect(const uint8_t *, size_t, struct wire_reflect *);
int wire_get_relay(const uint8_t *, size_t, struct wire_relay *);
int wire_get_probe(const uint8_t *, size_t, struct wire_probe *);
int wire_get_handshake(const uint8_t *, size_t, struct wire_handshake *);
int wire_get_data(const uint8_t *, size_t, struct wire_data *);

/*
 * True if the last 16 bytes are the MAC of the bytes before them. The
 * decoders of MACed packets do not check it: the key is found with what
 * they decode.
 */
bool wire_mac_ok(const uint8_t *packet, size_t len,
    const uint8_t key[SIPHASH_KEY]);

/*
 * Access MACs: PROTOCOL.md section 2.17. All of these are of a packet whose
 * type wire_type() knows.
 */

/* Says in the header of a JOIN that it will have one: its handshake begins with
 * that. */
void wire_access_mark(uint8_t *packet);
/* Writes it to a HELLO, which has the place; or appends it to a JOIN, or to a
 * control packet that was encoded with access. buf has room for 16 bytes more.
 * Returns the length of all. */
size_t wire_access_put(uint8_t *packet, size_t len,
    const uint8_t key[SIPHASH_KEY]);
/* True if it is there, and made with this key. */
bool wire_access_ok(const uint8_t *packet, size_t len,
    const uint8_t key[SIPHASH_KEY]);
/* Returns how many bytes it takes at the end of the packet: 0 if it has
 * none there. */
size_t wire_access_len(const uint8_t *packet, size_t len);

/* An address as packets carry it: family 4 or 6, address, port. */
#define WIRE_ADDR_MAX 19
/* A cookie: 20 bytes. */
void wire_put_cookie(struct putter *, const struct wire_cookie *);
void wire_get_cookie(struct getter *, struct wire_cookie *);
void wire_put_addr(struct putter *, const struct addr *);
/* Marks the getter bad if the family is another one, or for a mapped address in
 * IPv6. */
void wire_get_addr(struct getter *, struct addr *);

#endif
