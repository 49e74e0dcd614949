/*
 * Everything that the user was shown last: texts of peers that ui has
 * confirmed, our own texts with their outcome, and the line that is being
 * typed. If ui dies, the next one shows it again. It is bounded in number and
 * bytes; removed texts are wiped. Texts that ui has not confirmed are in the
 * inbox and not here.
 */
#ifndef CRYPTOD_CLIENT_RECALL_H
#define CRYPTOD_CLIENT_RECALL_H

#include "common/ipc.h"

#include <bsd/sys/queue.h>

#define RECALL_TEXTS 500
#define RECALL_BYTES (256UL * 1024) /* of texts, names, and who missed them */
/* At most so many of the peers that did not get a text are named. */
#define RECALL_MISSED_MAX 8

/* The author of a text, or its only addressee; as we knew them then. */
struct recall_whom {
	struct peer_id id;
	uint8_t fingerprint[FINGERPRINT_LEN];
	uint8_t nick_len; /* 0: it never told one */
	char nick[NICK_MAX];
};

/* The time when it was said or came. */
struct recall_time {
	uint64_t at;	 /* clock_now(): for the order */
	int64_t wall_ms; /* since 1970 */
};

struct recall_missed {
	uint8_t reason; /* enum undelivered_reason */
	struct recall_whom whom;
};

struct recalled {
	TAILQ_ENTRY(recalled) entry;
	uint64_t at;
	struct ipc_recall head;
	struct recall_missed *missed; /* RECALL_MISSED_MAX of them, or NULL */
	unsigned int missed_count;    /* of these are used */
	size_t len;		      /* of the nickname and the text */
	char bytes[];
};

TAILQ_HEAD(recall_list, recalled);

struct recall {
	struct recall_list list; /* oldest first */
	unsigned int count;
	size_t bytes;
	char *draft; /* or NULL */
	size_t draft_len;
	uint32_t cursor;
};

void recall_init(struct recall *);
/* Wipes and frees everything. */
void recall_free(struct recall *);

/* A text of a peer was shown, with seq 0; or ours was said, to one alone or to
 * all (NULL). */
void recall_text(struct recall *, struct recall_time, uint64_t seq,
    unsigned int flags, const struct recall_whom *, const char *text,
    size_t len);

/* The outcome of our texts, if they are still here: a text went to so many
 * peers, and may be open to newcomers; one of them has it; one has it although
 * it was reported as undelivered; one will not get it. */
void recall_sent(struct recall *, uint64_t seq, uint32_t peers, bool open);
void recall_delivered(struct recall *, uint64_t seq);
void recall_late(struct recall *, uint64_t seq, const struct peer_id *);
void recall_undelivered(struct recall *, const struct ipc_undelivered *,
    const struct recall_whom *);

/* A peer came and gets all texts, too, that were said after this number and are
 * open; no text up to this one is open any more. */
void recall_also(struct recall *, uint64_t after);
void recall_all(struct recall *, uint64_t seq);

/* The line that is being typed is now this one; len 0: there is no such
 * line. */
void recall_draft(struct recall *, uint32_t cursor, const void *text,
    size_t len);

/* Tells everything to a ui that was restarted. */
void recall_tell(const struct recall *, struct ipc_channel *ui);

#endif
