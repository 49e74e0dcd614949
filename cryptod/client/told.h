/*
 * The outcome of our texts: told to ui, and noted for the next ui.
 */
#ifndef CRYPTOD_CLIENT_TOLD_H
#define CRYPTOD_CLIENT_TOLD_H

#include "cryptod/client/client.h"

void told_sent(struct client *, const struct ipc_sent *,
    const struct peer_id *ids);
void told_also(struct client *, const struct ipc_sent_also *);
void told_all(struct client *, const struct ipc_sent_all *);
void told_delivered(struct client *, uint64_t seq, const struct peer_id *);
/* A text that was reported as undelivered was received after all. */
void told_late(struct client *, uint64_t seq, const struct peer_id *);
void told_undelivered(struct client *, uint64_t seq, const struct peer_id *,
    enum undelivered_reason);
/* A text was not delivered to a peer that SENT did not count. */
void told_unreachable(struct client *, uint64_t seq, const struct peer_id *,
    enum undelivered_reason);
/* These give the time now, and the peer who has this id now, as the user knows
 * it. */
struct recall_time told_time(const struct client *);
struct recall_whom told_whom(struct client *, const struct peer_id *);

#endif
