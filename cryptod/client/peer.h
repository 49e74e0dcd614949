/*
 * One peer of the room, as cryptod knows it and as it is told to ui, and its
 * end.
 */
#ifndef CRYPTOD_CLIENT_PEER_H
#define CRYPTOD_CLIENT_PEER_H

#include "common/clock.h"
#include "cryptod/client/client.h"
#include "cryptod/client/handshakes.h"
#include "cryptod/identity.h"
#include "cryptod/client/late.h"

struct peer {
	struct client *client;
	peer_handle handle;
	struct peer_id id;
	struct card card;
	enum peer_state state; /* as ui knows it */
	enum path_failure failure;
	enum left_reason left; /* of PEER_LEFT */
	bool in_roster;
	bool known_to_netd;
	bool path_up;
	bool said_bye;
	/* The peer was here and may be back before the room has settled: the
	 * texts that it owes a receipt for are not given up, and new ones are
	 * for it, too. */
	bool awaited;
	bool broken;	      /* did not follow the protocol */
	struct addr observed; /* by the bootnode */
	uint32_t seen;	      /* the last roster it was in */
	struct ipc_path path;
	struct ipc_net_peer figures; /* netd's, when last asked */
	struct session *session;     /* once both have its keys; or NULL */
	uint32_t session_serial; /* of the last session; 0: there was none */
	uint64_t used_at;	 /* when its keys were, last */
	struct session_config config;
	struct handshakes handshakes;
	/* Keys and names of packets, in secret memory: of the newest session,
	 * also when that is over, and of the last handshake that we finished
	 * and the peer perhaps not. NULL: there was none. */
	struct packet_keys *packets;
	struct packet_keys *packets_next;
	uint32_t serial; /* of that handshake */
	/* What its card said then; with a higher incarnation it may have lost
	 * them. */
	uint32_t packets_incarnation;
	struct outbox_place place;
	size_t in_flight;
	uint64_t last_text; /* sequence number received */
	uint64_t receipted; /* by ui: shown */
	struct chain chain; /* of its texts */
	uint64_t fork_told; /* when, the last; 0: never */
	bool receipt_due;   /* for all that was shown: */
	uint64_t due_from;  /* not before it is so much */
	struct lates lates;
	bool known;    /* it was connected: with this key, */
	bool verified; /* which ui shows so */
	uint8_t static_key[32];
	uint8_t fingerprint[FINGERPRINT_LEN];
	/* ui knows its name and key; never of PEER_LEFT. Earlier texts wait for
	 * that, so that it can warn of them first; kept counts them. */
	bool named;
	unsigned int kept;
	bool heard;    /* a text of its was shown */
	bool told;     /* one of ours was */
	bool talked;   /* known_peers has both */
	bool nick_due; /* it is to hear of our nickname */
	size_t nick_len;
	char nick[NICK_MAX];
	/* The name that it told last and that is not taken yet; length 0:
	 * none. */
	size_t next_nick_len;
	char next_nick[NICK_MAX];
	uint64_t nicks_since;
	unsigned int nicks;  /* taken or noted since then */
	bool note_due;	     /* nick is another than known_peers has */
	uint64_t claim_told; /* when, the last; 0: never */
};

#define FOREACH_PEER(c, p)                               \
	for (size_t i_ = 0; i_ < CLIENT_PEERS_MAX; i_++) \
		if (((p) = (c)->peers[i_]) != NULL)

/* The peer is in the room, as far as the user is concerned. */
static inline bool
peer_is_present(const struct peer *p)
{
	return p->state == PEER_CONNECTING || p->state == PEER_CONNECTED;
}

/* Tells ui of the peer, in this state. */
void peer_tell_ui(struct peer *, enum peer_state);
/* Does the same, if the state is another than it was. */
void peer_set_state(struct peer *, enum peer_state);
/* The peer's name is known: its earlier texts are shown. */
void peer_show_kept(struct peer *);
/* These tell PEER_FAILED, and PEER_LEFT, for this reason. */
void peer_fail(struct peer *, enum path_failure);
void peer_leave(struct peer *, enum left_reason);

/* The peer will not give the receipts that it still owes: tells ui. */
void peer_give_up(struct peer *, enum undelivered_reason);

/* The same for the oldest message alone. */
void peer_give_up_one(struct peer *, enum undelivered_reason);

/* The peer does not follow the protocol: it is ignored for the rest of this
 * run. */
void peer_break(struct peer *);

/*
 * The peer is gone as far as the user is concerned. A session rests, unless the
 * peer said goodbye: then the entry goes, too, once the bootnode no longer
 * lists it. The pointer may be invalid afterwards.
 */
void peer_remove(struct peer *, enum left_reason);
/* Frees the peer's entry, and all that belongs to it. */
void peer_free(struct peer *);

#endif
