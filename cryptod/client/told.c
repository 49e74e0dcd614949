/*
 * The outcome of our texts. See told.h.
 */
#include "cryptod/client/told.h"

#include "cryptod/client/peer_table.h"

#include <string.h>
#include <time.h>

struct recall_time
told_time(const struct client *c)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (struct recall_time){ c->now,
		(int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 };
}

struct recall_whom
told_whom(struct client *c, const struct peer_id *id)
{
	const struct peer *p = peer_of_id(c, id);
	struct recall_whom whom = { .id = *id };

	if (p == NULL)
		return whom;
	memcpy(whom.fingerprint, p->fingerprint, sizeof(whom.fingerprint));
	whom.nick_len = (uint8_t)p->nick_len;
	memcpy(whom.nick, p->nick, p->nick_len);
	return whom;
}

void
told_sent(struct client *c, const struct ipc_sent *sent,
    const struct peer_id *ids)
{
	recall_sent(&c->recall, sent->seq, sent->peers, sent->open);
	ipc_send(&c->ui, IPC_SENT, sent, ids, sent->peers * sizeof(ids[0]));
}

void
told_also(struct client *c, const struct ipc_sent_also *also)
{
	recall_also(&c->recall, also->after);
	ipc_send(&c->ui, IPC_SENT_ALSO, also, NULL, 0);
}

void
told_all(struct client *c, const struct ipc_sent_all *all)
{
	recall_all(&c->recall, all->seq);
	ipc_send(&c->ui, IPC_SENT_ALL, all, NULL, 0);
}

void
told_delivered(struct client *c, uint64_t seq, const struct peer_id *id)
{
	struct ipc_delivered body = { .seq = seq, .id = *id };

	recall_delivered(&c->recall, seq);
	ipc_send(&c->ui, IPC_DELIVERED, &body, NULL, 0);
}

void
told_late(struct client *c, uint64_t seq, const struct peer_id *id)
{
	struct ipc_delivered body = { .seq = seq, .id = *id };

	recall_late(&c->recall, seq, id);
	ipc_send(&c->ui, IPC_DELIVERED_LATE, &body, NULL, 0);
}

static void
not_delivered(struct client *c, uint64_t seq, const struct peer_id *id,
    enum undelivered_reason why, bool counted)
{
	struct ipc_undelivered body = {
		.seq = seq,
		.id = *id,
		.reason = (uint8_t)why,
		.counted = counted,
	};
	struct recall_whom whom = told_whom(c, id);

	recall_undelivered(&c->recall, &body, &whom);
	ipc_send(&c->ui, IPC_UNDELIVERED, &body, NULL, 0);
}

void
told_undelivered(struct client *c, uint64_t seq, const struct peer_id *id,
    enum undelivered_reason why)
{
	not_delivered(c, seq, id, why, true);
}

void
told_unreachable(struct client *c, uint64_t seq, const struct peer_id *id,
    enum undelivered_reason why)
{
	not_delivered(c, seq, id, why, false);
}
