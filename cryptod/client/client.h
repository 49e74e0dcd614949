/*
 * cryptod of a client: one struct holds its state; the files around it each
 * have one part of the work.
 *
 *   client.c	    dispatch of messages from netd and ui, start and end
 *   boot_channel.c the sealed channel to the bootnode: JOIN, rosters, events
 *   members.c	    the members of the room, as the bootnode tells of them
 *   strangers.c    those of them whose card does not open
 *   peer.c	    one peer
 *   peer_session.c its session
 *   handshakes.c   how it comes to one
 *   peers.c	    what netd and ui say of peers
 *   chain.c	    the hash over a sender's texts
 *   late.c	    what was given up and may have been received after all
 *   outbox.c	    what was said and is not yet received by all
 *   settle.c	    whom that is for
 *   inbox.c	    what came in and ui has not shown yet
 *   recall.c	    what it has shown last
 *   told.c	    what becomes of our texts
 *   status.c	    the answer to /status
 *   trust.c	    names and keys: who is known, and verified
 */
#ifndef CRYPTOD_CLIENT_CLIENT_H
#define CRYPTOD_CLIENT_CLIENT_H

#include "common/child.h"
#include "common/replay.h"
#include "cryptod/client/card.h"
#include "cryptod/client/inbox.h"
#include "cryptod/client/known_peers.h"
#include "cryptod/client/outbox.h"
#include "cryptod/client/recall.h"
#include "cryptod/client/session.h"
#include "cryptod/client/settle.h"
#include "cryptod/client/strangers.h"

/* The heap for keys: those of CLIENT_PEERS_MAX peers, and our own. */
#define CLIENT_HEAP (1024 * 1024)

struct client_secrets { /* in secret memory */
	struct x25519_key identity;
	/* Until a bootnode has proved its key, on which the room's keys hang;
	 * then NULL: they are those of that bootnode. */
	struct passphrase *passphrase;
	struct room room; /* of this bootnode, if have_room: */
	bool have_room;
	uint8_t room_key[X25519_LEN];
	struct noise join;	  /* the JOIN under way */
	uint8_t boot_rx[KEY_LEN]; /* bootnode to us */
	struct claimant us;	  /* at this bootnode, too */
};

struct boot_channel {
	bool joining; /* secrets->join is in use */
	bool have_session;
	bool ever_joined;
	bool up; /* joined, and not lost since */
	bool refused_told;
	bool known; /* config.boot_key is to be met */
	bool told;  /* ui knows of the bootnode: */
	struct ipc_bootnode status;
	struct addr addr;
	uint16_t mtu; /* as netd told last */
	uint8_t key[X25519_LEN];
	uint32_t attempt;
	struct replay replay;
	uint32_t version; /* of the room, as we have it */
	/* While a roster is read: the version that it began with, how far it
	 * is read, and whether a change was missed meanwhile. */
	bool roster_open;
	bool roster_gap;
	uint32_t roster_from;
	struct peer_id roster_after;
};

struct peer;

struct client {
	struct child *child;
	struct ipc_channel netd;
	struct ipc_channel ui;
	struct ipc_config_cryptod config;
	struct client_secrets *secrets;
	struct known_peers *known;
	struct peer_id id; /* secrets->us.id, once that is made */
	struct card card;
	uint16_t port; /* netd's; 0: there was none yet */
	bool have_local;
	bool leaving;
	bool full_told;
	bool status_asked; /* netd, by us */
	struct boot_channel boot;
	struct strangers strangers;
	struct settling settling;
	struct outbox outbox;
	struct inbox inbox;
	struct recall recall;
	struct ipc_say_to say_to; /* what the next SAY is for; peers 0: all */
	struct peer_id say_to_ids[CLIENT_PEERS_MAX];
	uint64_t known_read_at; /* when known_peers was read on, last */
	struct peer *peers[CLIENT_PEERS_MAX];
	uint32_t generation; /* of the newest handle */
	uint64_t now;
};

/* Runs until the launcher or ui ends it. */
void cryptod_client_run(struct child *, const struct ipc_config_cryptod *,
    struct client_secrets *, struct known_peers *) __attribute__((noreturn));

/* boot_channel.c: handlers of netd's messages about the bootnode. They
 * return -1 if the message makes no sense now. */
int boot_cookie(struct client *, const struct ipc_boot_cookie *);
int boot_welcome(struct client *, const struct ipc_boot_welcome *,
    const uint8_t *noise, size_t len);
int boot_sealed(struct client *, const struct ipc_boot_sealed *,
    const uint8_t *sealed, size_t len);
int boot_status(struct client *, const struct ipc_boot_status *);
/* The room's keys and our id, for a bootnode with this key; nothing is left to
 * do if it has proved it. Takes a good part of a second. */
void boot_derive(struct client *, const uint8_t key[X25519_LEN]);
/* They are for good now: wipes the passphrase. */
void boot_keep(struct client *);
/* Asks for what the room has seen since the last event. */
void boot_ask_changes(struct client *);
/* Nobody is awaited any more: tells ui. */
void boot_tell_settled(struct client *);
/* netd died, and with it the session. */
void boot_gone(struct client *);
/* A new ui is to know how it stands. */
void boot_tell_ui(struct client *);

/* members.c: what the bootnode says of the room's members. */
void members_joined(struct client *, const struct bootmsg_entry *,
    uint32_t version);
void members_moved(struct client *, const struct bootmsg_entry *);
/* Who has only timed out may be on the way back, as we were. */
void members_left(struct client *, const struct peer_id *, enum leave_reason);
/* A whole roster was read: whoever was not in it has left. */
/* The versions of another session count from anew. */
void members_unseen(struct client *);
/* Who has not been seen since this version is not in the room. */
void members_roster_end(struct client *, uint32_t version);
/* Nobody is on the way back any more: who is not listed is not in the room. */
void members_settled(struct client *);

/* A new netd is to know of the peers. */
void members_tell_netd(struct client *);

/* peers.c: handlers of netd's and ui's messages about a peer; a message
 * about one that is gone is late, not wrong. */
void peers_path(struct client *, const struct ipc_path *);
void peers_handshake(struct client *, const struct ipc_handshake *,
    const uint8_t *record, size_t len);
void peers_session_up(struct client *, const struct ipc_session_up *);
void peers_record(struct client *, const struct ipc_record *,
    const uint8_t *record, size_t len);
void peers_acked(struct client *, const struct ipc_acked *);
void peers_receipt(struct client *, const struct ipc_receipt *);
void peers_figures(struct client *, const struct ipc_net_peer *);

/* netd died: paths, streams and sessions are gone. */
void peers_netd_gone(struct client *);
/* A new ui is to know of the peers, and of what they said. */
void peers_tell_ui(struct client *);

/* Hands on what was said: to the sessions of all who are in the room. */
void peers_pump(struct client *);
/* Handshakes that are due, and when the next is. */
void peers_timer(struct client *);
uint64_t peers_deadline(const struct client *);
/* status.c: ui's question and netd's answer, which nobody may
 * have asked for. */
void status_ask(struct client *);
void status_net_peer(struct client *, const struct ipc_net_peer *);
void status_net(struct client *, const struct ipc_net_status *);
/* There is no netd now: answers what was asked from what is known here. */
void status_without_netd(struct client *);

/* trust.c: ui's messages about names and keys; about a peer that is gone they
 * are late, not wrong. */
void trust_rename(struct client *, const uint8_t *nick, size_t len);
void trust_safety(struct client *, const struct ipc_peer *);
void trust_verify(struct client *, const struct ipc_verified *);
/* A new ui is to know whom we know. */
void trust_tell_ui(struct client *);
/* Takes from known_peers what other gochats of the user added, from time to
 * time: at the latest then, and at the earliest after KNOWN_READ_REST. */
void trust_timer(struct client *);
uint64_t trust_deadline(const struct client *);

/* While somebody is connected; with nobody there, nobody can be marked. It is
 * the one wake-up of a client that nobody uses which nothing asks for: so it is
 * rare, and whatever else wakes the process does for it. */
#define KNOWN_READ_TIME (30 * USEC_PER_SEC)
#define KNOWN_READ_REST (1 * USEC_PER_SEC)

/* told.c: what became of a text of ours is told to ui, and noted. */
void told_sent(struct client *, const struct ipc_sent *,
    const struct peer_id *ids);
void told_also(struct client *, const struct ipc_sent_also *);
void told_all(struct client *, const struct ipc_sent_all *);
void told_delivered(struct client *, uint64_t seq, const struct peer_id *);
/* It was told to be undelivered. */
void told_late(struct client *, uint64_t seq, const struct peer_id *);
void told_undelivered(struct client *, uint64_t seq, const struct peer_id *,
    enum undelivered_reason);
/* The same of one that SENT did not count. */
void told_unreachable(struct client *, uint64_t seq, const struct peer_id *,
    enum undelivered_reason);
/* The time now, and who the peer of this id is to the user now. */
struct recall_time told_time(const struct client *);
struct recall_whom told_whom(struct client *, const struct peer_id *);

/* Says goodbye in every session; what was not delivered is told to ui. */
void peers_goodbye(struct client *);

#endif
