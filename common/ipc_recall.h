/*
 * Bodies of the messages by which cryptod tells a restarted ui what the one
 * before it showed; see ipc_messages.h. They come before everything else that
 * is shown: each text as RECALL, the peers that did not get it, the line that
 * was being typed, and RECALL_END. None of this is news.
 */
#ifndef COMMON_IPC_RECALL_H
#define COMMON_IPC_RECALL_H

#include "common/ipc_messages.h"

/* The structs have no padding: see ipc_messages.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* A nickname (nick_len bytes, none if it was not known) and the text follow.
 * The nickname is that of the author, or of the only receiver. Our texts to all
 * have none. */
struct ipc_recall {
	int64_t wall_ms;    /* when it was said or came, since 1970 */
	uint64_t seq;	    /* of ours; 0: it is a peer's */
	uint32_t peers;	    /* ours went to so many */
	uint32_t delivered; /* so many have it, */
	uint32_t left;	    /* and so many are still to be heard of */
	/* Number of peers that did not get it either, beyond those of
	 * RECALL_MISSED: their names were not kept. */
	uint32_t others;
	uint8_t flags; /* TEXT_FLAG_* */
	uint8_t sent;  /* ours: it does not wait any more */
	uint8_t open;  /* and whoever comes gets it, too: see ipc_sent */
	uint8_t nick_len;
	uint8_t fingerprint[FINGERPRINT_LEN]; /* of who has the name */
	struct peer_id id;
};

/* A peer that did not get the text; its nickname follows, if it ever told
 * one. */
struct ipc_recall_missed {
	uint64_t seq;
	uint8_t reason; /* enum undelivered_reason */
	uint8_t unused[3];
	uint8_t fingerprint[FINGERPRINT_LEN];
	struct peer_id id;
};

/* The line that is being typed; it follows. The message goes both ways: DRAFT
 * is to be kept, and RECALL_DRAFT is what was kept. An empty line means that
 * there is none. */
struct ipc_draft {
	uint32_t cursor; /* bytes before it */
};

#pragma GCC diagnostic pop

#endif
