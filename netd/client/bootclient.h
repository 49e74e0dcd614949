/*
 * A client's side of the bootnode in netd: HELLO, COOKIE, JOIN and WELCOME
 * until there is a session, then heartbeats, and LEAVE at the end. PROTOCOL.md
 * section 2. Everything that needs a key of cryptod's goes there and comes
 * back.
 */
#ifndef NETD_CLIENT_BOOTCLIENT_H
#define NETD_CLIENT_BOOTCLIENT_H

#include "common/clock.h"
#include "common/dispatch.h"
#include "netd/client/hosts.h"
#include "netd/client/network.h"
#include "netd/transport/rtt.h"
#include "netd/udp.h"

/* Time between rounds of HELLOs, growing by a quarter each time; and after a
 * JOIN, if the probe timeout is not longer, twice as much after each copy. Each
 * is up to a quarter more or less, so that clients do not come in lockstep. A
 * client that had a session is expected once the bootnode is back (PROTOCOL.md
 * section 2.6): there are this many rounds in that time, so some of them can be
 * lost. */
#define JOIN_RETRY_MIN (500 * USEC_PER_MSEC)
#define JOIN_RETRY_MAX (10 * USEC_PER_SEC)
#define SETTLE_ROUNDS  4
/* Time between HELLOs to the bootnode's addresses in a round: RFC 8305, section
 * 5. */
#define HELLO_SPACING (250 * USEC_PER_MSEC)
/* After this many heartbeats without an answer, when the next one would be due,
 * other addresses are asked, and first the session's. So with the usual
 * intervals a client is at the next bootnode 12 s after the last answer, and
 * with the shortest, of 1 s, after three of them. */
#define SEEK_BEATS 2
/* The number of copies of a JOIN; then comes another JOIN, after a HELLO. */
#define JOIN_COPIES 4
/* A cookie is good for 119 s at least; a JOIN is on its way for a part of
 * that. */
#define COOKIE_FRESH (45 * USEC_PER_SEC)
/* The time for which an address rests that had another key, or no answer. */
#define REFUSED_REST (10 * USEC_PER_SEC)
/* The longest round trip that is believed; a COOKIE that took longer does not
 * count as an answer. */
#define ANSWER_MAX RTT_SAMPLE_MAX
/*
 * A session that ends within this time makes the next join wait: 1 s, then 2 s,
 * 4 s, up to a minute, until one has lived longer. If somebody ends sessions,
 * by REJECTs, by silence or by the contents of a WELCOME, we ask no more often
 * than that.
 */
#define SESSION_YOUNG (30 * USEC_PER_SEC)
#define JOIN_WAIT_MIN (1 * USEC_PER_SEC)
#define JOIN_WAIT_MAX (60 * USEC_PER_SEC)
/*
 * A REJECT says that the bootnode does not know our session. Anybody who can
 * see a packet of ours can send one: so heartbeats ask, with this much time
 * between them or the probe timeout, if that is longer. Any answer proves the
 * REJECT wrong; if instead all of them are rejected the session is lost. The
 * next REJECT is heard this long after one.
 */
#define DOUBT_WAIT  (300 * USEC_PER_MSEC)
#define DOUBT_BEATS 3
#define DOUBT_REST  (1 * USEC_PER_SEC)
/* The time after which we report that nobody answers. */
#define JOIN_SILENT (3 * USEC_PER_SEC)
/* The time after which another port is tried, too: a router on the way may keep
 * its entry for the flow from our port as long as there is one. */
#define OTHER_PORT_AFTER (20 * USEC_PER_SEC)
/* Limits for what the bootnode wants: the least, and the most, that
 * PEER_TIMEOUT, HEARTBEAT_INTERVAL and RELAY_RATE can be there. With smaller
 * values a bootnode could have us join and send as often as it likes, and with
 * a longer timeout it could be gone and we would not report it. */
#define INTERVAL_MIN   (1 * USEC_PER_SEC)
#define TIMEOUT_MIN    (2 * USEC_PER_SEC)
#define TIMEOUT_MAX    (36000 * USEC_PER_SEC)
#define RELAY_RATE_MAX (1024U * 1024 * 1024)
/* A heartbeat or SYNC without an answer is repeated after this time, or after
 * the probe timeout of RFC 9002 if that is longer. */
#define HEARTBEAT_RETRY (1 * USEC_PER_SEC)
#define SYNC_RETRY	(500 * USEC_PER_MSEC)
/* A packet that follows an answer at once comes at least this long after the
 * last. */
#define SYNC_REST (20 * USEC_PER_MSEC)
/* An echo that was not good causes no second repetition at once within this
 * time after the last one: the next echo must be good. */
#define AGAIN_REST (1 * USEC_PER_SEC)
/* This many bytes of SEALED since our last packet cause a heartbeat: the
 * bootnode may announce a limited amount to us unasked, and each echo from us
 * raises the limit, by more than that. */
#define SEALED_QUOTA (WIRE_ECHO_WORTH / 2)
/* After a probe from a stranger who may be a new member, a heartbeat comes this
 * soon, in case the message about it was lost, and this often. */
#define STRANGER_WAIT (200 * USEC_PER_MSEC)
#define STRANGER_REST (2 * USEC_PER_SEC)
/* Limits of the time that a LEAVE may take: two round trips, within these. */
#define LEAVE_FOR     (1 * USEC_PER_SEC)
#define LEAVE_FOR_MAX (4 * USEC_PER_SEC)
#define LEAVE_COPIES  5
/*
 * A fleet, PROTOCOL.md section 2.18. The time that a node has to admit us to
 * which we are sent, by REDIRECT and by MOVE, or twice the probe timeout if
 * that is longer. After so many REDIRECTs in a row we ask to be served where we
 * are.
 */
#define REDIRECT_WAIT (2 * USEC_PER_SEC)
#define MOVE_WAIT     (3 * USEC_PER_SEC)
#define REDIRECTS_MAX 4
/* A hostile bootnode can send us anywhere. So the node gets so many HELLOs on
 * all of its addresses together. If it has not answered we do not go there
 * again for a while; and nowhere, if so many have not. A MOVE, which leaves us
 * our session, may send us there sooner than a REDIRECT. */
#define HOME_HELLOS  4
#define SILENT_REST  (30 * USEC_PER_SEC)
#define MOVE_REST    (10 * USEC_PER_SEC)
#define SILENT_NODES 3
/* The number of packets whose time of sending is remembered. */
#define SENT_TIMES 16

enum boot_phase {
	BOOT_HELLO,   /* no cookie yet */
	BOOT_JOINING, /* cookie sent to cryptod, or JOIN sent */
	BOOT_SESSION,
	BOOT_LEAVING,
	BOOT_GONE
};

/* What an address is to us: one that is nothing is forgotten. */
#define BOOT_LISTED	 0x01 /* the launcher has told it */
#define BOOT_HOME	 0x02 /* the node of the last session has it, */
#define BOOT_GOAL	 0x04 /* or the one that we are sent to now; */
#define BOOT_VIA	 0x08 /* it sends us there */
#define BOOT_TARGETS_MAX (BOOT_ADDRS_MAX + 2 * NODE_ADDRS_MAX + 1)

/* One of the bootnodes' addresses. */
struct boot_target {
	struct addr addr;
	uint8_t is;	      /* BOOT_ */
	uint64_t rests_until; /* its key was another's, or nobody was there */
	/* The nonce of a HELLO is a random number plus the microseconds since
	 * the first HELLO. So the COOKIE says which one it answers, and any
	 * number of them can be under way. */
	uint64_t secret; /* 0: none was sent yet */
	uint64_t first_at;
	uint64_t asked_at;  /* the last one */
	uint64_t open_from; /* a COOKIE to one before counts no more */
};

/* What a JOIN shows to be opened. */
struct boot_pass {
	uint8_t nonce[NONCE_LEN];
	struct wire_cookie cookie;
	bool token; /* the cookie is one, from another node of the fleet */
};

/* A node that did not answer. */
struct boot_silent {
	uint64_t until;
	size_t count;
	struct addr addrs[NODE_ADDRS_MAX];
};

struct bootclient {
	struct udp *udp;
	struct udp *spare;   /* of another port, or NULL */
	struct hosts *hosts; /* whose port is that of udp; with a spare */
	struct ipc_channel *cryptod;
	const struct network *network; /* what is known of it, or NULL */
	enum boot_phase phase;
	struct addr addr; /* of the JOIN, or the last HELLO */
	struct rtt rtt;	  /* to there */
	/* A packet that was sent before this has waited for us, and was not on
	 * its way. */
	uint64_t awake_from;
	uint64_t own_interval;
	/* The bootnode may be a private one: for access MACs. */
	bool access_awaited; /* nothing is sent before it is here */
	bool has_access;
	uint8_t access_key[SIPHASH_KEY];
	/* Joining: rounds of HELLOs to all of its addresses in turn, and those
	 * of the bootnodes that stand in for it. That of the last session is
	 * the first, and the others of its node follow. */
	size_t target_count;
	struct boot_target targets[BOOT_TARGETS_MAX];
	size_t turn;	   /* the next of this round */
	uint64_t round_at; /* the next round */
	uint64_t retry_at;
	uint64_t retry_after;
	/* The JOIN: the same bytes until it is answered, or until another takes
	 * its place. */
	struct boot_pass pass;
	uint8_t boot_key[X25519_LEN];
	uint8_t reject_key[SIPHASH_KEY];
	uint64_t cookie_at;
	uint64_t join_at;
	unsigned int join_copies;
	size_t join_len; /* 0: there is no JOIN; cryptod writes it */
	uint8_t join[WIRE_MAX];
	uint64_t port_at;      /* then another port is tried, too */
	bool try_spare;	       /* it is */
	bool by_spare;	       /* this round */
	uint64_t silent_at;    /* then say so */
	uint64_t resolve_at;   /* then its address may be another */
	uint64_t asked_from;   /* the first HELLO of this attempt */
	struct boot_took took; /* it, so far */
	bool wants_addrs;
	/* No HELLO is sent before this; the number of sessions in a row that
	 * died young. */
	uint64_t join_after;
	unsigned int young;
	/* If the session is lost, the next join is at some time within this:
	 * all the bootnode's clients may have lost theirs. Until then nobody is
	 * asked. */
	uint64_t spread;
	uint64_t spread_until;
	uint64_t rejoin_at; /* SESSION: our addresses are others */
	/* On the way to the node that has the room: only its addresses are
	 * asked. */
	bool homing;
	uint64_t home_until;	  /* then it has not answered */
	unsigned int home_hellos; /* that it may still get */
	bool moving;		  /* the node of the session sends us there */
	struct node_skips skips;  /* nodes that we could not reach */
	uint32_t goal;		  /* the name of the one that we go to */
	unsigned int redirects;	  /* in a row */
	struct boot_silent silent[SILENT_NODES];
	/* The session. It goes on while we join again, until that is done. */
	bool lost_told;
	bool has_session;
	bool seeking; /* another, since it is silent */
	struct addr session_addr;
	uint32_t relay_rate; /* bytes a second; 0: it relays nothing */
	uint64_t session;
	uint8_t mac_key[SIPHASH_KEY];
	uint64_t interval;
	uint64_t timeout;
	uint64_t counter;
	uint64_t sent_at[SENT_TIMES]; /* by counter, for the round trip */
	uint64_t acked;		      /* counter */
	uint64_t asked;		      /* of the last HEARTBEAT or SYNC */
	uint64_t challenged;	      /* the same, that led to a CHALLENGE */
	uint64_t joined_at;
	uint64_t heard_at;
	uint64_t beat_at;	 /* the last heartbeat; at first, the JOIN */
	unsigned int unanswered; /* heartbeats since the last answer */
	uint64_t heartbeat_at;
	uint64_t sync_at;
	uint64_t synced_at;  /* the last SYNC */
	uint64_t again_at;   /* the last that was to be sent again at once */
	uint64_t echo;	     /* the newest */
	uint64_t sealed_len; /* of SEALED since our last packet */
	/* The session was rejected: heartbeats ask whether that is true. */
	uint64_t doubt_from;  /* counter of the first of them; 0: no doubt */
	uint64_t doubt_began; /* the last one */
	uint64_t doubt_until; /* no answer so far */
	unsigned int doubt_beats;
	bool doubt_rejected; /* the last of them was, too */
	uint32_t version;
	uint32_t room_version; /* as the bootnode said last */
	uint32_t roster_from;  /* a roster is begun: as in BOOT_VERSION */
	struct peer_id after;
	bool leave_asked; /* before the answer: leave as soon as it is here */
	uint64_t leave_until;
	uint64_t leave_retry;
	uint64_t dropped;
};

void bootclient_init(struct bootclient *, struct udp *,
    struct ipc_channel *cryptod, const struct ipc_config_netd *, uint64_t now);

/* Gives the client a second socket, for the case that the first one's port does
 * not work. The hosts are told of the port, and cryptod of the hosts. */
void bootclient_spare(struct bootclient *, struct udp *, struct hosts *);

/* Without an answer for this long the bootnode's name is resolved again, and as
 * often. */
#define RESOLVE_AFTER (20 * USEC_PER_SEC)
#define RESOLVE_EVERY (60 * USEC_PER_SEC)

/* True once when it is time for that: the caller asks the launcher. */
bool bootclient_wants_addrs(struct bootclient *);

/* The launcher has resolved names of bootnodes (again). New addresses are asked
 * at once, and attempts at addresses that stay go on. */
void bootclient_addrs(struct bootclient *, uint64_t now, const struct addr *,
    size_t count);

/* Handlers of messages from cryptod; -1 if they make no sense now. A JOIN
 * without bytes means that the key is not the bootnode's. */
message_handler bootclient_join, bootclient_session, bootclient_version;
/* bootclient_home.c: another node of the fleet has the room. */
message_handler bootclient_redirect, bootclient_move;
/* Takes the key of access MACs, or that there is none. What was asked without
 * it may have been in vain, so asking begins again. */
message_handler bootclient_access;
int bootclient_leave(struct bootclient *, uint64_t now);

/* A stranger probes us: it may be a member that we were not told about. */
void bootclient_stranger(struct bootclient *, uint64_t now);

/* Returns the address of the session's bootnode, or of the one that was asked
 * last. */
const struct addr *bootclient_at(const struct bootclient *);
/* Returns how long an answer of the bootnode may take: RFC 9002, section
 * 6.2. */
uint64_t bootclient_pto(const struct bootclient *);
/* Returns the round trip to it in microseconds, or 0: not known. */
uint64_t bootclient_rtt(const struct bootclient *);
/* Returns how long leaving may take. */
uint64_t bootclient_patience(const struct bootclient *);

/* Our addresses changed: joins again, which publishes a new card. */
void bootclient_rejoin(struct bootclient *, uint64_t now);
/* Asks for a sign of life now. */
void bootclient_touch(struct bootclient *, uint64_t now);
/* This host was elsewhere, or asleep: if the session is lost, or was, it is not
 * because all are. */
void bootclient_was_us(struct bootclient *);

/* The host slept, or did not run: answers to earlier packets say nothing of the
 * round trip, and we may be on another network. */
void bootclient_woke(struct bootclient *, uint64_t now);

/* bootclient_relay.c: RELAY, PROTOCOL.md section 2.13. */

/* True while there is a session with a bootnode that relays for us. */
bool bootclient_relays(const struct bootclient *);
/* Sends a packet of 1 to WIRE_RELAYED_MAX bytes to a peer by way of the
 * bootnode; like the network, this may lose it. */
void bootclient_relay(struct bootclient *, const struct peer_id *,
    const uint8_t *packet, size_t len);
/* A RELAY came: fills in its sender and its contents. Returns -1 if it is not
 * the bootnode's. */
int bootclient_relayed(struct bootclient *, const struct addr *from,
    const uint8_t *packet, size_t len, struct wire_relay *);

/* A datagram of one of the bootnode's types came to this socket. */
void bootclient_packet(struct bootclient *, uint64_t now, const struct udp *,
    const struct addr *from, const uint8_t *packet, size_t len);

uint64_t bootclient_deadline(const struct bootclient *);
void bootclient_timer(struct bootclient *, uint64_t now);

/* True once leaving is over: acknowledged, or given up. */
bool bootclient_gone(const struct bootclient *);

#endif
