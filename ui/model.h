/*
 * The people in the room, as cryptod told it, and the name of each on the
 * screen. Both views read it; only dispatch.c changes it.
 */
#ifndef UI_MODEL_H
#define UI_MODEL_H

#include "ui/nick.h"

#include "common/ipc.h"

struct peer {
	peer_handle handle;
	/* False: left; its name is kept until the place is taken again. */
	bool present;
	/* The peer was connected: it has a nickname, a fingerprint, a path. */
	bool known;
	bool us;	     /* its key is ours: the user, in another place */
	unsigned int others; /* further places of its key that are here */
	bool verified;	     /* its key, by the user */
	bool compared;	     /* its name and key, with those we know: */
	bool doubted;	     /* it could pass for somebody known */
	uint64_t last_seq;   /* of its messages, shown */
	uint8_t state;	     /* enum peer_state */
	uint8_t kind;	     /* enum path_kind */
	uint8_t failure;     /* enum path_failure of PEER_FAILED */
	uint8_t left;	     /* enum left_reason of PEER_LEFT */
	uint32_t rtt_us;
	struct addr addr;
	/* The figures of a connected peer while a status is shown; handle 0:
	 * none. */
	struct ipc_status_peer figures;
	struct peer_id id;
	uint8_t fingerprint[FINGERPRINT_LEN];
	char nick[NICK_MAX + 1]; /* normalised */
	/* This differs from all others' but those of the same key; it is made
	 * of the id until the key is known. */
	char shown[NICK_SHOWN_MAX];
	struct nick_look look; /* of nick */
	struct nick_look shown_look;
};

struct model {
	char room[ROOM_MAX + 1];
	char own[NICK_MAX + 1];	       /* normalised once ready */
	char configured[NICK_MAX + 1]; /* what the launcher knows */
	uint8_t fingerprint[FINGERPRINT_LEN];
	uint16_t port;
	struct nick_look own_look;
	bool ascii;   /* what names are shown by is nothing else */
	bool renamed; /* own is another */
	bool ready;
	bool ready_again;	 /* awaited from the next cryptod */
	enum secret_kind secret; /* of the room */
	bool joined;		 /* some bootnode, at some time */
	/* A peer that was in the room may be on the way back to it: at the
	 * start, while there is no bootnode, and until its rooms have
	 * settled. */
	bool settling;
	struct peer *peers[PEERS_MAX]; /* by PEER_INDEX() */
	size_t high;		       /* peers[high] and after: NULL */
};

/* *m is all zero. */
void model_init(struct model *m, const struct ipc_config_ui *);
void model_free(struct model *);

/* Takes our own fingerprint, port and nickname. Returns -1 the second time from
 * the same cryptod, 1 if the user knows all of it from an earlier one, else
 * 0. */
int model_ready(struct model *, const struct ipc_client_ready *,
    const char *nick, size_t nick_len);

/* A peer has another name now; before: the name that it was shown by. */
typedef void model_renamed(void *arg, const struct peer *, const char *before);
/* We have another nickname, normalised: some peers may be shown by other names
 * now. */
void model_rename(struct model *, const char nick[NICK_MAX + 1],
    model_renamed *, void *arg);

/*
 * cryptod died: the next one names the peers by other handles. Until it does,
 * the people who are here are kept in the upper part of the table, connecting.
 * tell() is called for each.
 */
void model_cryptod_gone(struct model *,
    void (*tell)(void *arg, const struct peer *), void *arg);
/* Each of them that was not named since has left. */
void model_not_returned(struct model *,
    void (*tell)(void *arg, const struct peer *), void *arg);

/* Notes a message of a peer that is present. Returns false if it was shown
 * before. */
bool model_is_new(struct model *, peer_handle, uint64_t seq);

/*
 * A peer's state changed. Returns the peer, valid until the next call; or
 * NULL if that cannot be: a peer that nobody heard of cannot leave or change
 * its path, its place must be free, and one that is there keeps its id.
 */
const struct peer *model_peer_state(struct model *,
    const struct ipc_peer_state *, const char *nick, size_t nick_len);

/* A peer that is known by its key says something under this name: it goes by it
 * from now on. */
void model_said_as(struct model *, const struct peer *, const char *nick,
    size_t nick_len);

/* Sets the mark of the peer's key, and so of all its places. Returns NULL if no
 * such peer is present. */
const struct peer *model_verified(struct model *, const struct ipc_verified *);
/* The peer's name and key are compared: not again until one of them changes. A
 * peer that is doubted is shown with digits of its fingerprint, and leaves the
 * name to the one that it could be mistaken for. */
void model_compared(struct model *, peer_handle, bool doubted);

/* A peer's part of a status came. Returns -1 if no such peer is connected. */
int model_figures(struct model *, const struct ipc_status_peer *);
/* The status was shown. */
void model_forget_figures(struct model *);

/* True if both are known by the same key. */
bool model_is_same_person(const struct peer *, const struct peer *);
/* True if the peer is connected, over any path. */
bool model_is_connected(const struct peer *);

/* True if the peer fell silent while there was no bootnode to ask: it may be
 * back, and texts to it wait for that. */
bool model_is_away(const struct peer *);

/* True if somebody has come and has not told a name yet, but may soon. */
bool model_is_naming(const struct model *);

/* Returns NULL if no such peer is present. */
const struct peer *model_peer(const struct model *, peer_handle);
/* Returns a peer, also one that left, if its name is still kept; or NULL. */
const struct peer *model_peer_by_id(const struct model *,
    const struct peer_id *);

#endif
