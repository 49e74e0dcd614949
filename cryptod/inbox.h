/*
 * What peers said and ui has not confirmed to have shown: if ui dies, the next
 * one is told again. Bounded by what the channel to ui and ui itself hold,
 * since nothing is read from netd while either is full, and KEPT_MAX texts of
 * each peer that ui has no name of yet (peer.h).
 */
#ifndef CRYPTOD_INBOX_H
#define CRYPTOD_INBOX_H

#include "common/ipc.h"

#include <bsd/sys/queue.h>

struct incoming {
	STAILQ_ENTRY(incoming) entry;
	struct ipc_message message;
	size_t len;
	char text[];
};

STAILQ_HEAD(inbox, incoming);

void inbox_init(struct inbox *);

/* Tells ui of a text, and keeps a copy. ui NULL: it is told later, by
 * inbox_show_kept(). */
void inbox_show(struct inbox *, struct ipc_channel *ui,
    const struct ipc_message *, const uint8_t *text, size_t len);

/* Tells ui of all texts of this peer, in their order. */
void inbox_show_kept(const struct inbox *, struct ipc_channel *ui, peer_handle);

/* ui has shown this peer's texts up to seq. */
void inbox_shown(struct inbox *, peer_handle, uint64_t seq);

/* The texts of a peer that ui knows, told once more in their order; is_known()
 * says of which. Those of others go: their senders got no receipt. */
void inbox_show_again(struct inbox *, struct ipc_channel *ui,
    bool (*is_known)(void *arg, peer_handle), void *arg);

#endif
