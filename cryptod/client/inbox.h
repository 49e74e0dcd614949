/*
 * Texts of peers that ui has not confirmed to have shown: if ui dies, the next
 * one gets them again. They are bounded by the room in the channel to ui and in
 * ui itself, since nothing is read from netd while either is full, and by
 * KEPT_MAX texts of each peer whose name ui does not know yet (peer.h). Texts
 * that a ui which died had of a peer that is away now are kept until the peer
 * is back: its sender may send only a later one again, and a receipt for that
 * is one for all before.
 */
#ifndef CRYPTOD_CLIENT_INBOX_H
#define CRYPTOD_CLIENT_INBOX_H

#include "cryptod/client/recall.h"

#include <bsd/sys/queue.h>

struct incoming {
	STAILQ_ENTRY(incoming) entry;
	struct ipc_message message;
	bool told; /* the ui that there is has it */
	struct recall_time time;
	struct recall_whom whom;
	size_t len;
	char tail[]; /* the nickname and the text */
};

STAILQ_HEAD(inbox, incoming);

void inbox_init(struct inbox *);

/* Tells ui of a text that came just now from somebody, and keeps a copy; tail:
 * that of the message. ui NULL: inbox_show_kept() tells it later. */
void inbox_show(struct inbox *, struct ipc_channel *ui,
    const struct ipc_message *, struct recall_time, const struct recall_whom *,
    const uint8_t *tail, size_t len);

/* Tells ui of all texts of this peer that it was not told, in their order. */
void inbox_show_kept(struct inbox *, struct ipc_channel *ui, peer_handle);

/* ui has shown this peer's texts up to seq: they are to be recalled. */
void inbox_shown(struct inbox *, peer_handle, uint64_t seq, struct recall *);

/* This peer can never come back: texts that ui was not told are dropped. */
void inbox_forget(struct inbox *, peer_handle);

enum inbox_fate {
	INBOX_TELL,
	INBOX_KEEP, /* until inbox_show_kept() */
	INBOX_FORGET,
};

/* There is another ui: tells it the texts of each peer for which fate() says
 * so, in their order. */
void inbox_show_again(struct inbox *, struct ipc_channel *ui,
    enum inbox_fate (*fate)(void *arg, peer_handle), void *arg);

#endif
