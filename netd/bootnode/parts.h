/*
 * The shared part of the bootnode's files; nobody else includes this.
 *
 *	bootnode.c	datagrams and messages in, timers, statistics
 *	join.c		HELLO, COOKIE, JOIN, WELCOME
 *	admit.c		who may use a private bootnode
 *	change.c	limits and lists of addresses that change
 *	limit.c		how often a source may join, and a JOIN count
 *	session.c	HEARTBEAT, SYNC, CHALLENGE, LEAVE, REFLECT
 *	announce.c	rosters and events to be sealed, SEALED
 *	relay.c		RELAY
 *	operate.c	what the operator asks and orders
 *	node.c		a node of a fleet
 *	move.c		rooms that move to another node
 *	remind.c	rooms that could not, and may by now
 *	keep.c		hands over what it knows to its successor
 *	restore.c	takes over what its predecessor knew
 */
#ifndef NETD_BOOTNODE_PARTS_H
#define NETD_BOOTNODE_PARTS_H

#include "netd/bootnode/access.h"
#include "netd/bootnode/bootnode.h"
#include "netd/bootnode/kept.h"
#include "netd/bootnode/node.h"
#include "netd/bootnode/prefixes.h"
#include "netd/bootnode/recent.h"
#include "netd/bootnode/registry.h"
#include "netd/bootnode/sources.h"
#include "netd/events.h"

struct bootnode {
	struct bootnode_io io;
	struct registry registry;
	uint8_t bind_count;
	struct addr bind[BINDS_MAX]; /* where each socket listens */
	uint32_t timeout_ms;
	uint32_t interval_ms;
	uint32_t join_rate;  /* a minute, for a source; 0: see ipc_limits */
	uint32_t relay_rate; /* bytes a second for each session; 0: none */
	uint32_t relay_per_address; /* the same for a source; 0: twice that */
	/* The lists have come that it was promised: before that all is
	 * dropped. */
	bool open;
	struct prefixes lists[PREFIXES_COUNT];
	struct prefixes next[PREFIXES_COUNT]; /* as far as they have come */
	/* Sessions from this slot on (SLOT_NONE: none) are to be looked at
	 * again, and at this time. */
	uint32_t sweep_slot;
	/* The sessions that ended for it: who is denied, whose key was taken
	 * back. */
	uint32_t swept_denied, swept_revoked;
	uint64_t sweep_at;
	struct dispatch *handlers; /* of BOOT_KEYS, and then of all */
	bool has_keys;		   /* before that all is dropped */
	struct ipc_boot_keys keys;
	struct access access;
	/* Figures that are not counted as they happen are as last told. */
	struct ipc_stats stats;
	uint64_t stats_told;
	bool stats_due; /* cryptod's channel was full, or it drains now */
	uint64_t started;
	/* Until this time its rooms fill again: it, or its network, was
	 * away. */
	uint64_t settled_at;
	bool deserted; /* its last session was silent too long */
	struct sources sources;
	struct recent joins; /* by source, source and room, room and peer */
	/* Known JOINs, with the slots of their sessions; peers that have left,
	 * with their attempts. */
	struct recent known;
	uint8_t alias_key[SIPHASH_KEY];
	struct event_rejects rejects;
	bool masquerade_told;
	uint64_t masquerade_at;	    /* not looked for before this */
	uint64_t crowd_quiet_until; /* no crowd is told before */
	struct node *node;	    /* NULL: it is in none */
	struct keep keep;
	struct restore restore;
};

/* Handlers of a datagram whose type and sender are plausible; if anything else
 * is wrong they count it with bootnode_drop(). */
typedef void bootnode_packet_handler(struct bootnode *, uint64_t now,
    const struct remote *from, const uint8_t *packet, size_t len);

bootnode_packet_handler bootnode_hello, bootnode_join;
bootnode_packet_handler bootnode_control, bootnode_challenge_reply;
bootnode_packet_handler bootnode_reflect, bootnode_relay;

/* Handlers of messages from cryptod; none comes before BOOT_KEYS. All are a
 * bootnode's. */
message_handler bootnode_join_opened, bootnode_join_failed;
message_handler bootnode_join_sealed, bootnode_sealed;
message_handler bootnode_operate;
message_handler bootnode_hold, bootnode_restore, bootnode_restore_end;

/* admit.c */

/* True if this packet may be answered, and if it is a JOIN, opened; with the
 * number of the key that it was made with. Otherwise it is dropped and
 * counted. */
bool bootnode_admits(struct bootnode *, const struct remote *,
    const uint8_t *packet, size_t len, uint16_t *number);
/* The handler of cryptod's message, which may come before BOOT_KEYS, too. */
message_handler bootnode_access_keys;

/* Handlers of the launcher's messages. */
message_handler bootnode_prefixes, bootnode_limits, bootnode_serve;
void bootnode_set_limits(struct bootnode *, const struct ipc_limits *);
/* Lets nobody in any more, or again. */
void bootnode_set_draining(struct bootnode *, uint64_t now, bool draining);
/* True if this address gets no answer. */
bool bootnode_denies(const struct bootnode *, const struct addr *);
/* Denies a prefix until the lists come again. Returns what prefixes_insert()
 * does. */
int bootnode_deny(struct bootnode *, uint64_t now, const struct addr_prefix *);
/* Who may be here has changed: all sessions are to be looked at again. The next
 * returns when, or CLOCK_NEVER; the last does it, for a portion of them. */
void bootnode_look_again(struct bootnode *, uint64_t now);
uint64_t bootnode_sweep_deadline(const struct bootnode *);
void bootnode_sweep(struct bootnode *, uint64_t now);

/* limit.c */

/* Tells the operator, now and then, that the source of a session that was just
 * admitted comes near to its limit. */
void bootnode_notice_crowd(struct bootnode *, uint64_t now,
    const struct session *);

/* True if this source may have one more JOIN opened now. */
bool bootnode_may_join(struct bootnode *, uint64_t now, const struct addr *);
/* True if this source may join this room now. */
bool bootnode_may_enter(struct bootnode *, uint64_t now, const struct addr *,
    const struct room_tag *);
/* True if this peer may join this room now, perhaps again. Each time is news
 * for all others in the room. */
bool bootnode_may_return(struct bootnode *, uint64_t now,
    const struct room_tag *, const struct peer_id *);
/* A JOIN is known by all of its bytes. If it were known by its nonce and
 * address alone, somebody who sees the COOKIE could use it up for the client,
 * with a JOIN of his own. */
uint64_t bootnode_join_key(const struct bootnode *, const uint8_t *packet,
    size_t len);
enum join_known {
	JOIN_NEW,
	JOIN_UNDER_WAY, /* cryptod has not opened it yet */
	JOIN_USED	/* it has made a session, and counts no more */
};
/* Returns the state of a JOIN whose cookie is good; *s becomes the session that
 * was made of it, or NULL if that is gone. */
enum join_known bootnode_join_known(const struct bootnode *, uint64_t now,
    uint64_t key, struct session **s);
/* cryptod was asked to open the JOIN, for this PENDING session; the JOIN was
 * used. */
void bootnode_begin(struct bootnode *, uint64_t now, struct session *,
    uint64_t key);
void bootnode_use(struct bootnode *, uint64_t now, const struct session *);
/* A session ends, and with it all older JOINs of its peer. The next function
 * tells whether this is one of them. */
void bootnode_left(struct bootnode *, uint64_t now, const struct session *);
bool bootnode_left_since(const struct bootnode *, uint64_t now,
    const struct ipc_join_opened *);

/* Counts a datagram of this sender that does not get the answer it wants. */
void bootnode_drop(struct bootnode *, enum drop_cause, const struct remote *);
/* Writes the WELCOME, or the REDIRECT, that answers the JOIN of this session.
 * Returns its length, or 0 if there is no such one. */
size_t bootnode_put_welcome(uint8_t out[WIRE_MAX], const struct session *,
    const uint8_t *noise, size_t noise_len);
/* Sends a datagram and counts it. */
void bootnode_send(struct bootnode *, const struct remote *,
    const uint8_t *packet, size_t len);
/* The key is that of the JOIN; NULL for REJECT_UNKNOWN_SESSION. */
void bootnode_reject(struct bootnode *, const struct remote *,
    enum wire_reject_reason, uint64_t id, const uint8_t *key);
/* Sends JOIN_DROP or SLOT_FREE. */
void bootnode_tell_slot(struct bootnode *, enum ipc_type, uint32_t slot);
/* Makes the name of a session's room for people, of this run. */
void bootnode_alias(const struct bootnode *, const struct session *,
    uint8_t alias[ROOM_ALIAS_LEN]);
/* Reports it to the operator's view, and who has joined to the log, too. */
void bootnode_tell_member(struct bootnode *, enum bootmsg_what,
    enum leave_reason, const struct session *);

/* The bootnode's rooms fill again from now on. */
void bootnode_settle(struct bootnode *, uint64_t now);

/* A session ends: tells the log, the operator's view, cryptod, and the room at
 * its next flush. The second leaves out the log, for many that end at once: the
 * caller says there how many those were. If its room moves to another node of
 * the fleet, neither the room nor the log is told. */
void bootnode_leave(struct bootnode *, uint64_t now, struct session *,
    enum leave_reason);
void bootnode_end(struct bootnode *, uint64_t now, struct session *,
    enum leave_reason);

/* To be called after every change of a room: announces at once if its log is
 * full. */
void bootnode_changed(struct bootnode *, uint64_t now, struct room *);
/*
 * Tells a room's members the changes, and gives rosters to those that wait for
 * one. Unless everything is asked for, changes that would not fill a packet
 * after a full one wait for the next flush, and in a burst all do.
 */
void bootnode_announce(struct bootnode *, uint64_t now, struct room *,
    bool all);
/* Sends a plaintext to all of a room that may be told. */
void bootnode_tell_room(struct bootnode *, uint64_t now, struct room *,
    const uint8_t *plaintext, size_t len);
/* Lets a session that was just welcomed have its burst relayed. */
void bootnode_relay_start(const struct bootnode *, uint64_t now,
    struct session *);
/* The session has just shown that its address receives, by an echo after which
 * so many others came. */
void bootnode_prove(uint64_t now, struct session *, unsigned int age);
/* The session has shown it by a cookie that was made then, if that is not long
 * ago; otherwise it is not proven, and this returns false. */
bool bootnode_prove_by_cookie(const struct bootnode *, uint64_t now,
    struct session *, uint64_t made);
/* True if the session has proven its address lately. If so, it may be sent more
 * than came from it. */
bool bootnode_proven(const struct bootnode *, uint64_t now,
    const struct session *);
/* Answers a SYNC of a session that has just shown that its address receives, by
 * SEALED, in at most so many bytes. Returns false if there is nothing to tell,
 * or not now. */
bool bootnode_sync(struct bootnode *, uint64_t now, struct session *,
    const struct wire_control *, size_t);
/* Makes the echo with this number. */
uint64_t bootnode_echo(const struct bootnode *, const struct session *,
    uint32_t number);

#endif
