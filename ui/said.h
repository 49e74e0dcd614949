/*
 * The user's texts: numbered, held until they can be sent, and followed until
 * every peer they went to has them or is known not to get them. Until then a
 * text is kept: if cryptod dies, the next one is told again.
 */
#ifndef UI_SAID_H
#define UI_SAID_H

#include "common/ipc.h"

#define SAID_HELD_MAX	1024		/* lines that wait to be sent */
#define SAID_HELD_BYTES (1024UL * 1024) /* of them; the last may go over it */
#define SAID_UNSENT_MAX 32		/* SAYs that cryptod has not answered */
#define SAID_WINDOW	TEXTS_OPEN_MAX	/* messages not yet settled */
#define SAID_EXCERPT	48

struct said_entry {
	/* The peers still to be heard of; before the text was sent: its only
	 * addressees. */
	uint32_t peers;
	struct peer_id *ids;
	uint32_t total; /* of all that it is or was for */
	bool sent;
	bool open;	    /* more may come */
	bool again;	    /* it was sent before, by a cryptod that died */
	unsigned int flags; /* TEXT_FLAG_* */
	uint8_t fingerprint[FINGERPRINT_LEN]; /* if PRIVATE */
	char *named; /* our name then, and the text; until it is settled */
	uint8_t nick_len;
	size_t len; /* of both */
	char excerpt[SAID_EXCERPT];
};

struct said_held {
	unsigned int flags;
	struct peer_id *to; /* if PRIVATE, and the next two */
	uint32_t to_count;
	uint8_t fingerprint[FINGERPRINT_LEN];
	char *named; /* as in said_entry */
	uint8_t nick_len;
	size_t len;
};

struct said {
	struct said_held held[SAID_HELD_MAX]; /* a ring */
	size_t held_first;
	size_t held_count;
	size_t held_bytes;
	uint64_t first;	 /* number: lower ones are another ui's */
	uint64_t next;	 /* number of the next SAY */
	uint64_t again;	 /* to be said again from here on, up to next */
	uint64_t oldest; /* none before it is unsettled */
	unsigned int unsent;
	/* From now on texts are held under this name, */
	char nick[NICK_MAX];
	uint8_t nick_len;
	bool nick_due; /* and cryptod is to know that when it has the rest */
	struct said_entry window[SAID_WINDOW]; /* by number */
};

/* *s is all zero. first: the number of the first message, at least 1. */
void said_init(struct said *s, uint64_t first);
void said_free(struct said *);

/* From now on texts are said under this name, of 1 to NICK_MAX bytes. */
void said_name(struct said *, const char *nick, size_t len);
/* The same, and cryptod is told: after the earlier texts. */
void said_rename(struct said *, struct ipc_channel *cryptod, const char *nick,
    size_t len);

/* True while there is no room to hold another line. */
bool said_full(const struct said *);
/* Holds a copy of 1 to TEXT_MAX bytes; there must be room. to: the only
 * addressees, up to CLIENT_PEERS_MAX, all of this fingerprint; or none, and
 * NULL. Returns the number that it will have. */
uint64_t said_hold(struct said *, unsigned int flags, const struct peer_id *to,
    uint32_t to_count, const uint8_t *fingerprint, const char *text,
    size_t len);
/* Sends held texts, as far as the limits above and the channel allow. */
void said_pump(struct said *, struct ipc_channel *cryptod);
/* Takes the oldest line held, and writes its excerpt. Returns false if none is
 * left. */
bool said_drop(struct said *, char excerpt[SAID_EXCERPT]);

/* A SENT came. Returns -1 if it answers nothing, 1 if the user knows already
 * that the text was sent, else 0. open: said_also() and said_all() may
 * follow. */
int said_sent(struct said *, uint64_t seq, const struct peer_id *ids,
    uint32_t peers, bool open);
/* Calls this with the number of each message that changes. */
typedef void said_changed(void *arg, uint64_t seq);
/* cryptod died: said_pump() sends the texts that it had not settled again, to
 * their addressees. A text that had gone out and was open is open no more: that
 * is a change here, and its other addressees are not known. */
void said_unsend(struct said *, said_changed *, void *arg);
/* A SENT_ALSO came: the open texts after this number are for this peer, too.
 * Returns -1, and changes nothing, if none can be after it, or one awaits this
 * peer already or as many as there can be. */
int said_also(struct said *, uint64_t after, const struct peer_id *,
    said_changed *, void *arg);
/* A SENT_ALL came: texts up to this number are open no more. Returns -1 if
 * there is no text of this number yet. */
int said_all(struct said *, uint64_t seq, said_changed *, void *arg);
/* Tells how many peers a message is for, and whether more may come; for one of
 * which said_was_sent() is true. */
uint32_t said_peers(const struct said *, uint64_t seq, bool *open);
/* One peer has it or will not get it. Returns -1 if none was awaited. Texts of
 * an earlier ui are not followed. */
int said_settled(struct said *, uint64_t seq, const struct peer_id *);
/* True for a text of an earlier ui. */
bool said_earlier(const struct said *, uint64_t seq);
/* True for one of the last SAID_WINDOW messages, if it was sent. */
bool said_was_sent(const struct said *, uint64_t seq);
/* Returns the start of the text of such a message. */
const char *said_excerpt(const struct said *, uint64_t seq);

/* Finds the first message, from *seq on, that ui has told cryptod and cryptod
 * has not sent. Returns false if there is no such message. */
bool said_unsent(const struct said *, uint64_t *seq);

/* Returns how many messages are held, unsent or not settled. */
size_t said_open(const struct said *);

#endif
