/*
 * The bootnode's memory: the peers in each room, their addresses, when they
 * were heard, and the changes of each room. A pure data structure: it sends
 * nothing and reads no clock. bootnode.c asks and tells it, roster.c writes its
 * contents into packets.
 *
 * A session is named by its slot, the number that cryptod knows it by, and for
 * clients by its id: 40 random bits above the 24 bits of the slot. Everything
 * per packet is O(1), everything per join O(log n).
 */
#ifndef NETD_BOOTNODE_REGISTRY_H
#define NETD_BOOTNODE_REGISTRY_H

#include "common/clock.h"
#include "common/ipc_messages.h"
#include "netd/bootnode/prefixes.h"
#include "netd/bootnode/recent.h"
#include "netd/bootnode/slab.h"
#include "netd/remote.h"

#include <bsd/sys/queue.h>
#include <bsd/sys/tree.h>

/* A room's first change waits this long for others to share its packets. */
#define ROOM_FLUSH_DELAY (5 * USEC_PER_MSEC)
/* A room waits a little longer for each 64 members, since each packet that is
 * not full goes to all of them: 500 wait 26 ms. */
#define ROOM_FLUSH_PER_64 (3 * USEC_PER_MSEC)
/* A room of this many members is large: a new member is told with the
 * others. */
#define ROOM_LARGE 64
/* In a burst a room waits on, but not longer than this. */
#define ROOM_FLUSH_MAX (250 * USEC_PER_MSEC)
/* A question that cryptod has not answered by then is given up. */
#define PENDING_TIMEOUT (5 * USEC_PER_SEC)
/* Silence ends on a multiple of this, so that peers that went silent within
 * it leave together and share packets. */
#define SILENCE_TICK (250 * USEC_PER_MSEC)
/* The number of changes that a room remembers: a power of two, and up to the
 * longest log twice as many as it has had members at once. */
#define ROOM_LOG_MIN 8
#define ROOM_LOG_MAX 1024
/* A room that has been quiet for so long remembers none: who has missed the
 * last of them until now is told the roster. */
#define ROOM_LOG_KEPT (60 * USEC_PER_SEC)

/* An IPv6 site, a /48, may have this many times what a /64 may have. */
#define SITE_BLOCKS 4
/* In a room, a source may have at least this many sessions; beyond them,
 * MAX_SESSIONS_PER_ADDRESS in 256 of the places that others leave free, which
 * is a quarter unless the option was given. A site may have twice as many. So a
 * few addresses cannot fill a room and keep everybody else out. A source whose
 * limit is lifted may. */
#define ROOM_SHARE_MIN 16
#define ROOM_SHARES    256

/* Limits for what a source may be told unasked: so many bytes before it shows
 * that it receives. The bytes used are remembered for this long after the
 * last. */
#define TELL_BURST     (64 * 1024)
#define TELL_KNOWN_FOR (120 * USEC_PER_SEC)

#define SLOT_NONE UINT32_MAX

enum session_state {
	SESSION_PENDING,   /* cryptod opens its JOIN; in no room yet */
	SESSION_ABANDONED, /* the same, but nobody waits for it */
	SESSION_ADMITTED,  /* in its room; cryptod seals its WELCOME */
	SESSION_MEMBER	   /* welcomed */
};

struct origin;
struct room;

/* Bytes of RELAY that may be sent, as of a time. */
struct relay_tokens {
	uint64_t bytes;
	uint64_t time;
};

struct session {
	TAILQ_ENTRY(session) order; /* of pending or heard */
	struct room *room;
	struct origin *origin; /* counts its address block */
	uint8_t *card;
	uint8_t *welcome; /* as sent, until the client was heard; or NULL */
	uint64_t time;	  /* PENDING: began; then: last heard */
	uint64_t nonce;	  /* of the JOIN */
	uint64_t join;	  /* what the JOIN is known by */
	uint64_t id;
	uint64_t counter;   /* highest seen from the client */
	uint64_t sync_time; /* until then SYNCs have been paid for */
	uint64_t move_time; /* and moves */
	uint64_t proven;    /* its address received, at this time */
	struct relay_tokens relay;
	struct remote at;
	struct peer_id peer;
	uint8_t mac_key[SIPHASH_KEY];
	uint32_t slot;
	uint32_t attempt;
	uint32_t joined; /* version that its joining made */
	uint32_t moved;	 /* the same of its last move; 0: none */
	uint32_t echoes; /* number of the last one that was given out */
	uint16_t welcome_len;
	uint16_t access; /* number of the key that lets it be here */
	uint8_t card_len;
	uint8_t fresh;	     /* echoes since the last that earned something */
	uint8_t state;	     /* enum session_state */
	bool roster_due : 1; /* MEMBER: at the next flush */
	bool hidden : 1;     /* its address is nobody else's business */
	bool redirected : 1; /* PENDING: cryptod seals a REDIRECT for it */
	bool skipped : 1;    /* it cannot reach the home of its room */
};

RB_HEAD(room_tree, room);
RB_HEAD(origin_tree, origin);
TAILQ_HEAD(session_list, session);
TAILQ_HEAD(room_list, room);

/* One change: it made the version whose place in the log it has. It is
 * OVERTAKEN if a later one of the same peer tells everything that there is to
 * tell. */
struct change {
	struct peer_id id;
	uint8_t what;	/* enum bootmsg_what */
	uint8_t reason; /* enum leave_reason of MEMBER_LEFT */
};

struct room {
	RB_ENTRY(room) by_tag;
	TAILQ_ENTRY(room) dirty;
	uint64_t flush_at;   /* CLOCK_NEVER if not dirty */
	uint64_t wait_until; /* for more to come, dirty, at most */
	uint64_t touched;    /* at the last change or WELCOME */
	struct room_tag tag;
	struct session **members; /* in the order of their peer ids */
	uint32_t count;		  /* of members */
	uint32_t places;	  /* for them */
	uint32_t version;
	uint32_t announced; /* all changes up to this version */
	uint32_t kept;	    /* changes in the log */
	uint16_t log_size;  /* a power of two; 0: it remembers none */
	bool moves : 1;	    /* to another node of the fleet, */
	bool silent : 1;    /* and nobody is told who has gone there */
	bool reminded : 1;  /* there is a reminder: remind.h */
	struct change *log; /* of version v at v % log_size */
};

/* Sessions by their number. */
struct slots {
	struct session **sessions; /* NULL: the slot is free */
	uint64_t *taken;	   /* a bit for each */
	uint32_t size;
	uint32_t used;	 /* no other slot was ever taken */
	uint32_t lowest; /* 64 of them: no slot below is free */
};

/* Bytes of a WELCOME, with an IPv6 address. */
#define WELCOME_MAX (WIRE_WELCOME_OVERHEAD + NK_OVERHEAD + BOOTMSG_WELCOME_MAX)

/* Cards are of sizes that are multiples of this. */
#define CARD_STEP  16
#define CARD_SIZES ((CARD_MAX + CARD_STEP - 1) / CARD_STEP)

struct registry {
	uint32_t max_sessions; /* in rooms */
	uint32_t max_peers;    /* per room */
	uint32_t max_per_address;
	const struct prefixes *lifted; /* other limits per address; or NULL */
	uint64_t timeout;	       /* microseconds */
	struct slots slots;
	struct slab session_slab, room_slab, origin_slab, welcome_slab;
	struct slab log_slab; /* of logs of ROOM_LOG_MIN changes */
	struct slab card_slabs[CARD_SIZES];
	struct session_list pending; /* oldest first */
	struct session_list heard;   /* longest silent first */
	struct room_list dirty;	     /* first to flush first */
	struct room_tree rooms;
	struct origin_tree origins;
	struct recent told; /* sources that are gone: bytes that they may be */
	uint32_t crowded;   /* sources, see registry_is_crowded() */
	uint32_t session_count; /* in rooms */
	uint32_t pending_count;
	uint32_t room_count;
};

/* The verdict on a JOIN. */
enum verdict {
	VERDICT_OK,
	VERDICT_DROP,	/* an old one, or too many at once */
	VERDICT_REPEAT, /* a copy of the JOIN of a session that is here */
	VERDICT_TOO_OFTEN,
	VERDICT_ROOM_FULL,
	VERDICT_ADDRESS_FULL,
	VERDICT_BOOTNODE_FULL
};

/* timeout in microseconds, the limits at least 1. Cannot fail. The caller makes
 * the table of the sources told, and may lower max_sessions, which is as many
 * as there are slots for. */
void registry_init(struct registry *, uint32_t max_peers,
    uint32_t max_per_address, uint64_t timeout);
/* Frees everything in the registry. */
void registry_clear(struct registry *);

/*
 * Takes a slot for a JOIN that cryptod is to open. Returns VERDICT_OK with
 * *s PENDING; VERDICT_DROP if its address has too many of these already; or
 * VERDICT_BOOTNODE_FULL.
 */
enum verdict registry_begin(struct registry *, uint64_t now,
    const struct remote *from, uint64_t nonce, struct session **s);
/* Ends a PENDING session that cryptod does not know, or no longer knows, and an
 * ABANDONED one. */
void registry_release(struct registry *, struct session *);
/* A PENDING session waits no more, but its slot does, for cryptod's answer:
 * that must not be taken for an answer to the slot's next session. (No other
 * answer can be: cryptod answers in order, so that before it opens the next
 * JOIN of a slot, everything of the last session is through.) */
void registry_abandon(struct registry *, struct session *);

/*
 * Tells whether this is the newest attempt that its peer has made, in its room:
 * VERDICT_OK; else VERDICT_DROP or VERDICT_REPEAT, as registry_admit() would
 * say. *old is the session that the peer has there, or NULL.
 */
enum verdict registry_attempt(struct registry *, const struct session *,
    const struct ipc_join_opened *, struct session **old);
/*
 * Puts a PENDING session into the room of its tag, making the room if there
 * is none, in the place of an earlier session of the same peer if there is
 * one; that one's slot is then free and in *replaced, else SLOT_NONE. The
 * room has one version more. random has at least 40 random bits. With any
 * verdict but VERDICT_OK nothing has changed; with VERDICT_REPEAT the session
 * that has the JOIN already is the one in *replaced.
 */
enum verdict registry_admit(struct registry *, uint64_t now, struct session *,
    const struct ipc_join_opened *, const uint8_t *card, size_t card_len,
    uint64_t random, uint32_t *replaced);
/* An ADMITTED session is now a MEMBER with this key for its packets; its
 * room's next flush owes it a roster. Its WELCOME, of 1 to WELCOME_MAX bytes,
 * is kept for copies of its JOIN, if there is memory. */
void registry_welcome(struct registry *, uint64_t now, struct session *,
    const uint8_t mac_key[SIPHASH_KEY], const uint8_t *welcome, size_t len);

/* Returns the /48 that an IPv6 address is in. */
struct addr_block registry_site(const struct addr *);
/* Returns how many sessions a source may have. A site may have SITE_BLOCKS
 * times what the block has that somebody joins from. */
uint32_t registry_limit(const struct registry *, const struct addr_block *);
/* True if the source of a session in a room has three quarters of the sessions
 * that it may have. The other looks whether that is still so, after the limits
 * have changed. */
bool registry_is_crowded(const struct session *);
void registry_recount(struct registry *, const struct session *);
/* Returns the share of all sessions of a session's address block; and of all of
 * its IPv6 site, NULL for IPv4. */
struct relay_tokens *registry_block_relay(const struct session *);
struct relay_tokens *registry_site_relay(const struct session *);
/* True if the block may be told so many bytes now that nobody there asked for.
 * They then count. */
bool registry_block_tell(const struct session *, uint64_t now, uint64_t bytes);
/* The session has earned this many bytes more. */
void registry_block_earn(const struct session *, uint64_t bytes);

/* Returns how many sessions in rooms are from the address block of this one,
 * which is PENDING or in a room. */
uint32_t registry_from_block(const struct session *);
/* Returns how many of them have its very IP address. In IPv6 this looks at the
 * FROM_IP_MOST sessions that were heard last. */
#define FROM_IP_MOST 4096
uint32_t registry_from_ip(const struct registry *, const struct session *);

/* Returns the room with this tag, or NULL; the other, the first one after
 * it. */
struct room *registry_room_find(struct registry *, const struct room_tag *);
struct room *registry_room_after(struct registry *, const struct room_tag *);
/* Returns the room after this one, in the order of their tags; of NULL the
 * first. NULL: there is none. */
struct room *registry_next_room(struct registry *, struct room *);
/* True if an id can be that of a session in this slot. */
bool registry_id_fits(uint64_t id, uint32_t slot);
/* Returns the session in a slot, or NULL. */
struct session *registry_slot(const struct registry *, uint32_t slot);
/* True if the slot was in use at some time. */
bool registry_had_slot(const struct registry *, uint32_t slot);
/* Returns the MEMBER with this session id, or NULL. */
struct session *registry_find(const struct registry *, uint64_t id);
/* Returns the session of a peer in a room, or NULL. */
struct session *registry_member(const struct room *, const struct peer_id *);
/* Returns the place among the room's members, which are in the order of their
 * ids, of the first one after this id; the room's count, if there is none. */
uint32_t registry_after(const struct room *, const struct peer_id *);

/* A session in a room has been heard, so it has its WELCOME. */
void registry_heard(struct registry *, uint64_t now, struct session *);
/* The session has moved; its room has one version more. The new address may be
 * over its limit. Returns 0, or -1 without memory (nothing has changed). */
int registry_move(struct registry *, uint64_t now, struct session *,
    const struct remote *);
/*
 * Puts back a MEMBER that another registry had, in its slot and with its id, in
 * the room of this tag, which had this version: kept has all of its fields but
 * the pointers. card is of kept->card_len bytes, welcome of kept->welcome_len
 * (0: none). Sessions may be put back in any order; before anything else,
 * registry_put_back_all() follows. Returns 0; or -1 if its slot is taken, its
 * peer is in the room already, or there is no memory.
 */
int registry_put_back(struct registry *, uint64_t now, const struct room_tag *,
    uint32_t version, const struct session *kept, const uint8_t *card,
    const uint8_t *welcome);
/* A member of this room is not put back, so that it has this version now; it
 * need not be here. */
void registry_has_changed(struct registry *, const struct room_tag *,
    uint32_t version);
/* All sessions are back. Returns 0, or -1 without memory: then the registry is
 * to be emptied. */
int registry_put_back_all(struct registry *);
/* Moves what is known of all sessions' last signs of life, and of the proofs of
 * their addresses, on by this time, in which nobody was listened to. */
void registry_postpone(struct registry *, uint64_t now, uint64_t by);
/* Ends all sessions that are in rooms. Nobody is told. */
void registry_empty(struct registry *);
/* Takes a session out of its room and frees its slot. Returns the room, with
 * one version more, or NULL if it was the last one: the room is gone. */
struct room *registry_remove(struct registry *, uint64_t now, struct session *,
    enum leave_reason);

/* Does the same without a version more: nobody will be told. */
void registry_take_out(struct registry *, struct session *);

/* Returns the next session whose cryptod or client was silent too long, or
 * NULL. */
struct session *registry_stale_pending(const struct registry *, uint64_t now);
struct session *registry_silent(const struct registry *, uint64_t now);
/* Returns the next dirty room whose time has come, or NULL. */
struct room *registry_due(const struct registry *, uint64_t now);
/* Returns when one of these three next has something, or CLOCK_NEVER. */
uint64_t registry_deadline(const struct registry *);

/* Makes a room dirty, unless it is already. Every change calls this. */
void registry_touch(struct registry *, uint64_t now, struct room *);
/* Returns how long a room waits at least. */
uint64_t registry_flush_delay(const struct room *);
/* A dirty room has to wait a little longer. */
void registry_wait(struct registry *, uint64_t now, struct room *);
/* All changes up to version have been announced: the room is clean, or dirty
 * again if there are later ones. */
void registry_announced(struct registry *, uint64_t now, struct room *,
    uint32_t version);
/* True if one more change would push one out of the log that nobody has been
 * told: then it has to be announced before the next. */
bool registry_log_full(const struct room *);
/* True if the log has every change after this version. */
bool registry_has_since(const struct room *, uint32_t version);
/* Returns the change that made a version; only for versions in the log. */
const struct change *registry_change(const struct room *, uint32_t version);

#endif
