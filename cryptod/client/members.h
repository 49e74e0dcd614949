/*
 * The members of the room as the bootnode reports them. The bootnode's word
 * alone never removes a connected peer.
 */
#ifndef CRYPTOD_CLIENT_MEMBERS_H
#define CRYPTOD_CLIENT_MEMBERS_H

#include "cryptod/client/client.h"

void members_joined(struct client *, const struct bootmsg_entry *,
    uint32_t version);
void members_moved(struct client *, const struct bootmsg_entry *);
/* A member that has only timed out may be on the way back, as we were. */
void members_left(struct client *, const struct peer_id *, enum leave_reason);
/* The versions of another session begin at another number. */
void members_unseen(struct client *);
/* A whole roster was read: a member that has not been seen since this version
 * is not in the room. */
void members_roster_end(struct client *, uint32_t version);
/* Nobody is expected back any more: a member that is not listed is not in the
 * room. */
void members_settled(struct client *);
/* Tells a new netd of the peers. */
void members_tell_netd(struct client *);

#endif
