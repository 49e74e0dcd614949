/*
 * The part of registry_log.c that registry.c uses; nobody else includes this.
 */
#ifndef NETD_BOOTNODE_REGISTRY_LOG_H
#define NETD_BOOTNODE_REGISTRY_LOG_H

#include "netd/bootnode/registry.h"

/* Makes sure that the log has a place for one change more, and doubles it if
 * the room has outgrown it. Returns 0, or -1 without memory, and then there is
 * no log at all. */
int registry_log_fit(struct registry *, struct room *);
void registry_log_free(struct registry *, struct room *);
/* Forgets the log of a room that has long been quiet. */
void registry_log_rest(struct registry *, uint64_t now, struct room *);

/* Makes a new version of a session's room, which gets dirty, and remembers the
 * change, and which earlier ones of the peer it overtakes: a move overtakes
 * the last move; leaving, everything that the session did; joining, that the
 * peer left, if nobody was told of that yet. The reason counts for
 * MEMBER_LEFT. If there is no memory for a log, which cannot be after
 * registry_log_fit(), nobody is told what changed: all will see that the
 * version is another, and ask for the roster. */
void registry_log_change(struct registry *, uint64_t now, struct session *,
    enum bootmsg_what, enum leave_reason);

/* The changes of a session in the log are overtaken: another session takes its
 * place. */
void registry_log_overtake(struct room *, const struct session *);

/* Takes a room off the list of dirty ones if it is there. */
void registry_log_clean(struct registry *, struct room *);

#endif
