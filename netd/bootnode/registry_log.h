/*
 * The part of registry_log.c that registry.c uses; nobody else includes this.
 */
#ifndef NETD_BOOTNODE_REGISTRY_LOG_H
#define NETD_BOOTNODE_REGISTRY_LOG_H

#include "netd/bootnode/registry.h"

/* Gives a room of zeros its log. Returns 0, or -1 without memory. */
int registry_log_init(struct room *);

/* Makes a new version of a session's room, which gets dirty, and remembers the
 * change, and which earlier ones of the peer it overtakes: a move overtakes the
 * last move; leaving, everything that the session did; joining, that the peer
 * left, if nobody was told of that yet. The reason counts for MEMBER_LEFT. */
void registry_log_change(struct registry *, uint64_t now, struct session *,
    enum bootmsg_what, enum leave_reason);

/* The changes of a session in the log are overtaken: another session takes its
 * place. */
void registry_log_overtake(struct room *, const struct session *);

/* Takes a room off the list of dirty ones if it is there. */
void registry_log_clean(struct registry *, struct room *);

#endif
