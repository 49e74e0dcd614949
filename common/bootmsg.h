/*
 * What a client and the bootnode tell each other inside their sealed
 * channel: the payloads of JOIN and WELCOME, and the rosters and events that
 * SEALED packets carry. On the bootnode netd writes and cryptod seals them;
 * in a client cryptod opens and reads them. Layouts: PROTOCOL.md section 2.
 */
#ifndef COMMON_BOOTMSG_H
#define COMMON_BOOTMSG_H

#include "common/wire.h"

#define PEER_TOKEN_LEN	    32
#define PEER_COMMITMENT_LEN 32

/* The peers are not to learn the address that the bootnode sees. */
#define JOIN_HIDDEN 0x01

/*
 * The nodes of a fleet that a client cannot reach, by the names that REDIRECTs
 * have given them: half of a node's id. With as many as there can be it is to
 * be served where it is; then their names do not matter.
 */
#define JOIN_SKIPS_MAX 7
struct node_skips {
	uint32_t names[JOIN_SKIPS_MAX];
	uint8_t count;
	uint8_t unused[3];
};

/* A node of a fleet has at most so many addresses. */
#define NODE_ADDRS_MAX 4

/* Payload of Noise NK message 1, in JOIN. */
struct bootmsg_join {
	/* The peer's secret for this run and this bootnode, and what hides its
	 * key. The peer id is a hash of both: nobody else can join under it,
	 * and in it nobody can show another key to the peers
	 * (cryptod/claim.h). */
	uint8_t token[PEER_TOKEN_LEN];
	uint8_t commitment[PEER_COMMITMENT_LEN];
	struct room_tag tag;
	uint32_t attempt; /* rises with every JOIN of the run */
	uint8_t flags;	  /* JOIN_HIDDEN */
	struct node_skips skips;
	const uint8_t *card; /* sealed; opaque to the bootnode */
	size_t card_len;     /* 1 to CARD_MAX */
};

/* Payload of Noise NK message 2, in WELCOME. */
struct bootmsg_welcome {
	uint64_t session;      /* never 0 */
	struct addr observed;  /* where the JOIN came from */
	uint32_t timeout_ms;   /* silence after which it is removed */
	uint32_t interval_ms;  /* longest heartbeat interval wanted */
	uint32_t settle_ms;    /* until the room has settled; 0: it has */
	uint32_t version;      /* of the room, with this peer in it */
	uint32_t relay_rate;   /* bytes a second it relays for us; 0: none */
	uint16_t reflect_port; /* where it answers REFLECT; 0: nowhere */
	uint64_t echo;	       /* to come back in the first packet */
};

/*
 * Payload of Noise NK message 2, in place of a WELCOME: another node of the
 * fleet has the room. There is no session.
 */
struct bootmsg_redirect {
	/* In place of the COOKIE of that node, in a JOIN with WIRE_TOKEN. */
	struct wire_cookie token;
	uint32_t name; /* of that node */
	size_t count;  /* 1 to NODE_ADDRS_MAX */
	struct addr addrs[NODE_ADDRS_MAX];
};

enum bootmsg_kind {
	BOOTMSG_ROSTER = 1,
	BOOTMSG_EVENTS = 2,
	BOOTMSG_MOVE = 3
};

/*
 * Start of a SEALED packet's plaintext. Entries follow to its end; after a
 * MOVE, which has neither flags nor a version, the addresses of the node that
 * has the room from now on.
 */
struct bootmsg_head {
	enum bootmsg_kind kind;
	uint8_t flags;	  /* BOOTMSG_ */
	uint32_t version; /* ROSTER: of these members; EVENTS: of the
				    * first entry, each next one is one more */
	/* ROSTER: its members are those whose ids come after this one's, up to
	 * the last entry, or to the end of the room. Zeros: from the start. */
	struct peer_id after;
};

#define BOOTMSG_MORE 0x01 /* the answer ends here: ask for the rest */
#define BOOTMSG_LAST 0x02 /* ROSTER: there is nobody after these */

enum bootmsg_what {
	MEMBER_JOINED = 1, /* in a ROSTER, the only one */
	MEMBER_LEFT = 2,
	MEMBER_MOVED = 3,
	MEMBER_OVERTAKEN = 4 /* changes that a later one says better */
};

enum leave_reason {
	LEAVE_GRACEFUL = 1,
	LEAVE_TIMEOUT = 2
};

struct bootmsg_entry {
	enum bootmsg_what what;
	struct peer_id id;
	struct addr observed;	  /* JOINED, MOVED; all zero: hidden */
	enum leave_reason reason; /* LEFT */
	uint16_t count;		  /* OVERTAKEN: so many versions; else 0 */
	const uint8_t *card;	  /* JOINED */
	size_t card_len;
};

#define BOOTMSG_HEAD_LEN    6 /* EVENTS */
#define BOOTMSG_ROSTER_HEAD (BOOTMSG_HEAD_LEN + PEER_ID_LEN)
#define BOOTMSG_ENTRY_MAX   (1 + PEER_ID_LEN + WIRE_ADDR_MAX + 1 + CARD_MAX)
#define BOOTMSG_JOIN_MAX                                               \
	(PEER_TOKEN_LEN + PEER_COMMITMENT_LEN + ROOM_TAG_LEN + 4 + 1 + \
	    4 * JOIN_SKIPS_MAX + CARD_MAX)
#define BOOTMSG_WELCOME_MAX (8 + WIRE_ADDR_MAX + 4 + 4 + 4 + 4 + 4 + 2 + 8)
#define BOOTMSG_REDIRECT_MAX \
	(8 + 4 + SIPHASH_MAC + 4 + 1 + NODE_ADDRS_MAX * WIRE_ADDR_MAX)
#define BOOTMSG_MOVE_MAX (BOOTMSG_HEAD_LEN + 1 + NODE_ADDRS_MAX * WIRE_ADDR_MAX)
/* Of both answers to a JOIN. */
#define BOOTMSG_REPLY_MAX BOOTMSG_REDIRECT_MAX
#define NK_OVERHEAD	  (X25519_LEN + AEAD_TAG_LEN)
_Static_assert(BOOTMSG_WELCOME_MAX <= BOOTMSG_REPLY_MAX,
    "a WELCOME is longer than an answer");
_Static_assert(WIRE_JOIN_OVERHEAD + NK_OVERHEAD + BOOTMSG_JOIN_MAX <= WIRE_MAX,
    "a JOIN does not fit");
_Static_assert(BOOTMSG_ROSTER_HEAD + BOOTMSG_ENTRY_MAX <= WIRE_SEALED_MAX,
    "an entry does not fit");

/*
 * A peer that was in a room has this many milliseconds to come back to it once
 * a bootnode with this timeout and interval can be reached again. It learns of
 * that with the next heartbeat, and this is the time to ask whether it is true
 * and to join.
 */
#define SETTLE_JOIN_MS 5000
#define SETTLE_MAX_MS  60000
uint32_t bootmsg_settle_ms(uint32_t timeout_ms, uint32_t interval_ms);

/* Encoders return the length, or 0 if it does not fit in max bytes. */
size_t bootmsg_put_join(uint8_t *buf, size_t max, const struct bootmsg_join *);
size_t bootmsg_put_welcome(uint8_t *buf, size_t max,
    const struct bootmsg_welcome *);
size_t bootmsg_put_redirect(uint8_t *buf, size_t max,
    const struct bootmsg_redirect *);
/* Writes a MOVE with its head. */
size_t bootmsg_put_move(uint8_t *buf, size_t max, const struct addr *,
    size_t count);
/* The head and the entries are written one after the other into one putter. */
void bootmsg_put_head(struct putter *, const struct bootmsg_head *);
void bootmsg_put_entry(struct putter *, const struct bootmsg_entry *);
/* Adds a flag to a head that was written to this place. */
void bootmsg_add_flag(uint8_t *head, uint8_t flag);

/* Decoders return 0, or -1 for anything that is not exactly of the form. */
int bootmsg_get_join(const uint8_t *, size_t, struct bootmsg_join *);
int bootmsg_get_welcome(const uint8_t *, size_t, struct bootmsg_welcome *);
int bootmsg_get_redirect(const uint8_t *, size_t, struct bootmsg_redirect *);
int bootmsg_get_head(struct getter *, struct bootmsg_head *);
/* Reads what follows the head of a MOVE, to the end. */
int bootmsg_get_move(struct getter *, struct addr addrs[NODE_ADDRS_MAX],
    size_t *count);
/* Call this while getter.left > 0. An entry that its kind does not allow is an
 * error. */
int bootmsg_get_entry(struct getter *, enum bootmsg_kind kind,
    struct bootmsg_entry *);

#endif
