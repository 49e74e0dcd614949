/*
 * The path to one peer: candidates, probes, nomination, keepalive; hole
 * punching as in PROTOCOL.md section 3.4. Knows no sockets and no clock: it is
 * given datagrams' contents and the time, and says what to send.
 *
 * Both sides probe every candidate of the other. Each valid probe is answered,
 * and the address that it really came from is a candidate, too. That one is
 * asked in the answer itself, so that an address which has not answered yet
 * gets a packet for a packet and no more. The side with the lower id
 * (controlling) takes the best candidate that answered and nominates it; the
 * other follows, when the answer to a probe of its own says so: a recording
 * answers nothing.
 *
 * Until the two have a session, all in the room can write these packets. So an
 * address that card or bootnode named comes before one that only a probe came
 * from, and does not lose its place to it.
 *
 * A candidate is an address of the peer and one of ours, since NATs and routers
 * let packets through depending on both. Which address of ours it is, is found
 * out and not tried out: the system chooses, or a probe came to it, and the
 * first answer settles it.
 *
 * The relay is one more candidate, below all others: it is probed when no
 * direct path stands for a while, and while it is in use the search for a
 * direct one goes on.
 */
#ifndef NETD_CLIENT_PATH_H
#define NETD_CLIENT_PATH_H

#include "common/clock.h"
#include "common/ipc_messages.h"
#include "netd/client/network.h"
#include "netd/remote.h"
#include "netd/client/targets.h"

/* Host addresses, the observed one, and some that probes came from or to. */
#define PATH_CANDIDATES (CANDIDATES_MAX + 1 + 15)
/* The place of the relay, behind those. */
#define PATH_BY_RELAY PATH_CANDIDATES
/* An answer to a probe that is older than this does not count: a round trip of
 * 10 s and half as much again. */
#define PROBE_LIFETIME (15 * USEC_PER_SEC)

/* Section 6: one per 20 ms per peer at first, then backing off; so for
 * addresses that have answered at some time. */
#define PROBE_FAST	  (20 * USEC_PER_MSEC)
#define PROBE_FAST_FOR	  (1 * USEC_PER_SEC)
#define PROBE_MEDIUM	  (100 * USEC_PER_MSEC)
#define PROBE_MEDIUM_FOR  (4 * USEC_PER_SEC)
#define PROBE_SLOW	  (250 * USEC_PER_MSEC)
#define PROBE_GIVE_UP	  (10 * USEC_PER_SEC) /* tell the user; */
#define PROBE_ROUND_TRIPS 4		      /* or after so many */
#define PROBE_RARE	  (2 * USEC_PER_SEC)  /* and go on */
/* Times of the probes to an address that never has answered: at once, after
 * PROBE_FAST, and after twice as long each time. At first it is no less than so
 * small a part of a round trip. */
#define PROBE_PART   64
#define PROBE_LONELY (60 * USEC_PER_SEC)
/* If only the peer's card names an address, it has few probes, which are apart:
 * after this time, and after so many times as long each time. */
#define PROBE_NAMED	   (500 * USEC_PER_MSEC)
#define PROBE_NAMED_FACTOR 4
/* Where an answer is unlikely, others have this many turns for one. */
#define PROBE_UNLIKELY 4
/* Time between probes for a direct path, on a relayed path that has been there
 * for a while. */
#define PROBE_RELAYED	    (5 * USEC_PER_SEC)
#define PROBE_RELAYED_AFTER (60 * USEC_PER_SEC)
/* Without a direct path for this long the relay is tried, and so often; but not
 * before a direct one can have answered, and so much more. */
#define RELAY_DELAY	(1500 * USEC_PER_MSEC)
#define RELAY_MARGIN	(500 * USEC_PER_MSEC)
#define RELAY_RETRY	(200 * USEC_PER_MSEC)
#define KEEPALIVE	(15 * USEC_PER_SEC)
#define KEEPALIVE_RETRY (1 * USEC_PER_SEC) /* at least 3/2 round trips */
#define KEEPALIVE_TRIES 3
/* If there is a reason to doubt the path: the same in less time. */
#define CHECK_RETRY (250 * USEC_PER_MSEC) /* at least half a round trip */
#define CHECK_TRIES 6
/* A peer that left is probed this often, in case only its network did. */
#define PROBE_RESTING (30 * USEC_PER_SEC)
#define RESTING_FOR   (600 * USEC_PER_SEC)
/* Nominations that follow each other faster are not followed. */
#define SWITCH_SPACING (100 * USEC_PER_MSEC)
/* A peer may give a reason for doubt with every probe; it counts only this
 * often. */
#define DOUBT_SPACING (1 * USEC_PER_SEC)
/* A path in use has this long to prove itself before another takes its place:
 * any that answers, if the peer has lost it, or the one that the controlling
 * side nominates; at least 5/4 round trips. */
#define DOUBT_PATIENCE (250 * USEC_PER_MSEC)
/* A path that carries probes and nothing else is left alone for this long. */
#define STALLED_REST (60 * USEC_PER_SEC)
/* If there is nothing else, the path is tried again after this time or four of
 * its round trips; and after so many times as long, whatever else there is. */
#define STALLED_END   (10 * USEC_PER_SEC)
#define STALLED_TIMES 3
/* The same for a candidate that card or bootnode named, where somebody else has
 * answered. */
#define BANNED_REST (5 * USEC_PER_SEC)
/* The time for which a better path is looked for after the path is up. */
#define UPGRADE_FOR (3 * USEC_PER_SEC)

struct candidate {
	struct remote at;
	enum path_kind kind;
	bool settled;	    /* at.local and no other address of ours */
	bool by_system;	    /* until then the next probe leaves from any */
	bool vouched;	    /* card or bootnode named it; not only a probe */
	bool observed;	    /* the bootnode did, which saw the peer there */
	unsigned int crowd; /* peers with a path when it was named, */
	uint64_t named_at;  /* and when that was */
	bool answered;	    /* a probe of ours, at some time */
	bool valid;	    /* the same, since the last path died */
	bool fresh;	    /* learned on a path: the peer may be there now */
	uint32_t rtt_us;
	uint64_t aside_until; /* as if it were not there */
	unsigned int tries; /* until it has answered: since the search began */
	uint64_t due;	    /* likewise: the next */
	uint64_t turn;	    /* the lowest is probed next */
	/* The id of a probe is a random number plus the microseconds since the
	 * first probe: so the answer says when its probe was sent, and any
	 * number of them can be under way. */
	uint64_t secret; /* 0: none was sent yet */
	uint64_t first_at;
	uint64_t probed_at; /* the last one */
	uint64_t open_from; /* what was sent before counts no more */
};

/* The addresses of this host, with the prefixes on its links: they decide what
 * is "the same LAN". */
struct lan {
	size_t count;
	struct addr_prefix prefixes[NETWORK_ADDRS_MAX];
};

struct path {
	struct targets *targets;
	struct budget card;	    /* of what only the card names, */
	struct budget card_on_link; /* the same that is on a link of ours */
	bool controlling;
	bool resting;
	enum relay mode;
	bool relay_up; /* the bootnode relays for us now */
	bool secured;  /* the keys of probes are those of a session */
	enum path_state state;
	uint64_t rtt; /* the last that was measured; 0: none */
	uint64_t way; /* a round trip to be reckoned with */
	size_t count; /* without the relay */
	struct candidate candidates[PATH_CANDIDATES + 1];
	int current;	  /* candidate in use, or -1 */
	bool confirmed;	  /* controlling: the peer uses it, too */
	bool doubted;	  /* controlling: the peer says that it does not */
	uint64_t turn;	  /* of the candidate probed last */
	size_t replaced;  /* last, where the table is full */
	uint64_t started; /* of this round of punching */
	uint64_t probe_at;
	uint64_t relay_at; /* the next probe through the relay */
	uint64_t doubted_at;
	uint64_t free_at; /* no probe before, whatever it is for */
	uint64_t keepalive_at;
	unsigned int unanswered;
	uint64_t silent_since; /* if any is: when the first of them was sent */
	int nominee; /* followed when the one in use was asked; or -1 */
	uint64_t nominated_at;
	uint64_t switched_at; /* the last that was followed, or was not */
	bool checking;	      /* whether the path is alive */
};

/* A probe or an answer to be sent. */
struct path_probe {
	bool due; /* or nothing is */
	bool reply;
	bool relayed; /* through the bootnode, not to an address */
	uint8_t flags;
	uint64_t id;
	uint64_t ask; /* reply: the id of a probe in it, or 0 */
	struct remote to;
};

/* The effect of a call on the path. */
enum path_change {
	PATH_SAME,
	PATH_CHANGED /* state, current or kind */
};

/* way is that of path_reckon(). The budgets are those of all paths, and
 * stay. */
void path_init(struct path *, struct targets *, bool controlling,
    enum relay mode, uint64_t now, uint64_t way);

/* Tells a round trip in microseconds that may well be that to the peer: the one
 * to the bootnode. 0: not known. */
void path_reckon(struct path *, uint64_t rtt);

/* True if a packet that came so, through the relay or not, may be looked at. */
bool path_allows(enum relay mode, bool relayed);

/* From now on the bootnode relays for us, or does not any more. */
enum path_change path_relay(struct path *, uint64_t now, bool up);

/* We are on other networks now: finds out which candidates are on the same LAN,
 * and which are of an address of ours that is gone. */
enum path_change path_moved(struct path *, const struct lan *);

/* Adds a candidate: the address where the bootnode saw the peer. An address
 * that cannot be reached from here (loopback, link-local of another link) is
 * left out. If there is no room it takes the place of one that does not answer.
 * Returns false if it is not new. */
bool path_add(struct path *, const struct lan *, uint64_t now,
    const struct addr *);
/* As path_add(), for an address that only the peer's card names. */
bool path_add_host(struct path *, const struct lan *, uint64_t now,
    const struct addr *);

/* New addresses are known: punching starts again; if there is a path, for a
 * better one. */
void path_restart(struct path *, uint64_t now);

/*
 * Fills in the next probe that is due at now, if any. random is the number that
 * ids begin with: not 0, and another in each call. Returns false if none is
 * due.
 */
bool path_next(struct path *, uint64_t now, uint64_t random,
    struct path_probe *);

/* A probe that is authentic came, from an address, or through the relay if that
 * is NULL; fills in the answer to it. random as above. */
void path_probed(struct path *, const struct lan *, uint64_t now,
    uint64_t random, const struct remote *from, uint8_t flags, uint64_t id,
    struct path_probe *answer);

/* True if this way was set aside, NULL being the relay: nothing from there is
 * answered, so that the peer finds it dead, too. */
bool path_is_aside(const struct path *, uint64_t now, const struct remote *);

/* True if an answer from there to a probe with this id is awaited. */
bool path_awaits(const struct path *, uint64_t now, const struct remote *from,
    uint64_t id);

/* An answer that is authentic came, from where as above; if there is a probe in
 * it, that is answered, and that answer may have one, too, if we are not the
 * controlling side. */
enum path_change path_answered(struct path *, uint64_t now,
    const struct remote *from, uint8_t flags, uint64_t id, uint64_t ask,
    struct path_probe *answer);

/* Gives up, follows, or declares the path dead, when it is time. */
enum path_change path_timer(struct path *, uint64_t now);

/* Returns when path_next() or path_timer() has something to do. */
uint64_t path_deadline(const struct path *);

/* From now on only the two know the keys of probes: somebody who has them is
 * the peer, wherever he is. */
void path_secure(struct path *, uint64_t now);
/* Others in the room have the keys, too, again. */
void path_open(struct path *);

/* Somebody at this address, or behind the relay if it is NULL, is not the peer:
 * the address is set aside for good, or for BANNED_REST if it was named; and
 * the path is lost if it uses it. */
enum path_change path_ban(struct path *, uint64_t now, const struct addr *);

/* Everything learned about the path counts no longer: punching starts again,
 * with all candidates. */
void path_lost(struct path *, uint64_t now);

/* The path in use carries probes and nothing else: it is given up, and its
 * candidate set aside, if there is another that may be better. */
enum path_change path_stalled(struct path *, uint64_t now);
/* Nothing has been acknowledged for so long, over any path, though one is up:
 * if that is too long, the search has failed, and all candidates are set
 * aside. */
enum path_change path_silent(struct path *, uint64_t now, uint64_t silence);

/* The peer is gone: few probes and then none, until it sends one or
 * path_restart(). */
void path_rest(struct path *, uint64_t now);

/* Asks for a sign of life now, and soon again. */
void path_check(struct path *, uint64_t now);
/* As path_check(), at most every DOUBT_SPACING. */
void path_suspect(struct path *, uint64_t now);

/* The peer has acknowledged packets over the path: no need to check it. */
void path_alive(struct path *, uint64_t now);

/* Returns the candidate in use, or NULL. */
const struct candidate *path_current(const struct path *);

#endif
