/*
 * cryptod of a client: one struct holds its state; the files around it each
 * have one part of the work.
 *
 *   client.c	    dispatch of messages from netd and ui, start and end
 *   boot_channel.c the sealed channel to the bootnode: JOIN, rosters, events
 *   entry.c	    the room's secret, from its file or from ui
 *   room_file.c    the text of that file
 *   members.c	    the members of the room, as the bootnode tells of them
 *   strangers.c    those of them whose card does not open
 *   peer_table.c   the peers, by handle and id
 *   peer.c	    one peer: its state and its end
 *   peer_session.c its session
 *   handshakes.c   how it comes to one
 *   attempts.c	    those that are under way
 *   peers.c	    what netd and ui say of peers
 *   chain.c	    the hash over a sender's texts
 *   late.c	    what was given up and may have been received after all
 *   outbox.c	    what was said and is not yet received by all
 *   addressees.c   whom that is for
 *   settle.c	    how long it is not known who is in the room,
 *   settle_over.c  and the end of that
 *   pump.c	    what was said goes on to the sessions
 *   inbox.c	    what came in and ui has not shown yet
 *   recall.c	    what it has shown last
 *   told.c	    what becomes of our texts
 *   status.c	    the answer to /status
 *   trust.c	    keys: who is known, and verified
 *   invites.c	    the answer to /invite
 *   names.c	    nicknames, ours and theirs
 */
#ifndef CRYPTOD_CLIENT_CLIENT_H
#define CRYPTOD_CLIENT_CLIENT_H

#include "common/invite.h"
#include "common/loop.h"
#include "common/replay.h"
#include "cryptod/client/card.h"
#include "cryptod/client/inbox.h"
#include "cryptod/client/known_peers.h"
#include "cryptod/client/outbox.h"
#include "cryptod/client/recall.h"
#include "cryptod/client/session.h"
#include "cryptod/client/settle.h"
#include "cryptod/client/strangers.h"

/* The size of the heap for keys: those of CLIENT_PEERS_MAX peers, and our
 * own. */
#define CLIENT_HEAP (1024 * 1024)

struct client_secrets { /* in secret memory */
	struct x25519_key identity;
	/* Used until a bootnode has proved its key, on which the room's keys
	 * depend; then NULL: they are those of that bootnode. */
	struct room_secret *secret;
	bool wanted;   /* the room has one, which is still to come from ui */
	int room_fd;   /* of the room file, */
	int access_fd; /* and of the memory with the access key */
	bool invited;  /* the room has this secret, for invites to it: */
	uint8_t invite_secret[INVITE_SECRET_LEN];
	bool has_access; /* the bootnode is a private one, with this key: */
	uint8_t access[ACCESS_KEY_LEN];
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
	bool up;    /* joined, and not lost since */
	bool moves; /* the bootnode has said that our room does */
	bool refused_told;
	bool known; /* config.boot_key is to be met */
	bool told;  /* ui knows of the bootnode: */
	struct ipc_bootnode status;
	struct addr addr;
	uint16_t mtu; /* as netd told last */
	uint8_t key[X25519_LEN];
	struct boot_took took; /* the last WELCOME */
	uint32_t attempt;
	bool cookie_waits; /* for the secret: */
	struct ipc_boot_cookie cookie;
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
	struct loop loop;
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

#endif
