/*
 * The user's texts that not every peer has yet. A message is kept once, and
 * counted by the peers that still owe a receipt for it; every peer has its own
 * place in the list.
 */
#ifndef CRYPTOD_CLIENT_OUTBOX_H
#define CRYPTOD_CLIENT_OUTBOX_H

#include "common/peer_handle.h"
#include "cryptod/client/chain.h"

#include <bsd/sys/queue.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number of texts that ui may send before it hears that the first was
 * sent. */
#define OUTBOX_WAITING 256 /* of several uis, if they died */
/*
 * Limits for the texts from the oldest that somebody owes a receipt for to the
 * newest: so many bytes, and so many texts, fewer than ui follows. Beyond
 * either, the peers that owe the oldest are given up for it (they are too slow
 * for the room), if there is one that is not half as far behind. If nobody
 * keeps up, texts wait to be sent, and ui tells the user so.
 */
#define OUTBOX_BYTES (4UL * 1024 * 1024)
#define OUTBOX_TEXTS (TEXTS_OPEN_MAX - OUTBOX_WAITING)

struct outgoing {
	TAILQ_ENTRY(outgoing) entry;
	uint64_t seq;
	/* The texts and bytes that were sent before it. */
	uint64_t texts_before;
	uint64_t bytes_before;
	unsigned int flags; /* TEXT_FLAG_* */
	struct chain_link link;
	/* Peers that come before it is closed get it as well. */
	bool open;
	unsigned int owing; /* peers without a receipt: */
	uint8_t owed_by[CLIENT_PEERS_MAX / 8];
	uint8_t was_for[CLIENT_PEERS_MAX / 8]; /* at some time */
	/* If this is not NULL, the text is for these peers alone: it is
	 * private, or was said before. */
	struct peer_id *only;
	uint32_t only_count;
	uint8_t
	    fingerprint[FINGERPRINT_LEN]; /* of a private one: whose it is */
	size_t nick_len;
	size_t len;
	char text[]; /* and after it the nickname that it was said under */
};

TAILQ_HEAD(outgoing_list, outgoing);

struct outbox {
	struct outgoing_list sent;    /* to whoever was there */
	struct outgoing_list waiting; /* no room yet */
	uint64_t texts;		      /* that were sent, ever */
	uint64_t bytes;		      /* of them */
	unsigned int waiting_count;
	uint64_t last_seq;
	struct chain chain; /* of what was said to all */
};

/* A peer's place: both are in outbox.sent, or NULL at its end. */
struct outbox_place {
	unsigned int number;	 /* set by the caller, below CLIENT_PEERS_MAX */
	struct outgoing *unsent; /* the next to hand to the session */
	struct outgoing *owed;	 /* the oldest without a receipt */
};

void outbox_init(struct outbox *);

/* Takes a text of the user, the tail of a SAY: a nickname of say->nick_len
 * bytes and the text; for these peers alone, unless count is 0. Returns -1 if
 * the number is not higher than the last one, if too many wait, or if it is
 * private and not for anybody. */
int outbox_say(struct outbox *, const struct ipc_say *, const void *tail,
    size_t tail_len, const struct peer_id *only, uint32_t count);
/* Returns the nickname that its author had: nick_len bytes. */
const char *outgoing_nick(const struct outgoing *);

/* True if a message waits for room. */
bool outbox_full(const struct outbox *);
/* True if the peer of this place is half of the limit behind. */
bool outbox_is_behind(const struct outbox *, const struct outbox_place *);

/* Returns the next message that may be sent now, moved to the sent list, or
 * NULL. The caller calls outbox_owe() for each peer, then outbox_settle(). */
struct outgoing *outbox_next(struct outbox *);
/* Returns false if it was for this peer before. */
bool outbox_owe(struct outgoing *, struct outbox_place *);
/* Frees the message once nobody owes a receipt for it, and no further peer
 * can. */
void outbox_settle(struct outbox *, struct outgoing *);
/* No peer is added to it any more. */
void outbox_close(struct outbox *, struct outgoing *);
/* Another peer has this place from now on. */
void outbox_vacate(struct outbox *, unsigned int number);

/* Returns the next that is owed by the peer of this place after its unsent
 * one. */
void outbox_advance(struct outbox_place *);

/* The peer has the oldest that it owes, or will never have it: takes it off its
 * list. */
void outbox_done(struct outbox *, struct outbox_place *);

#endif
