/*
 * What the user said and not every peer has yet. See outbox.h.
 */
#include "cryptod/outbox.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

void
outbox_init(struct outbox *box)
{
	memset(box, 0, sizeof(*box));
	TAILQ_INIT(&box->sent);
	TAILQ_INIT(&box->waiting);
}

int
outbox_say(struct outbox *box, uint64_t seq, const void *text, size_t len)
{
	return outbox_say_to(box, seq, text, len, NULL, 0);
}

int
outbox_say_to(struct outbox *box, uint64_t seq, const void *text, size_t len,
    const struct peer_id *only, uint32_t count)
{
	struct outgoing *m;

	if (seq <= box->last_seq || box->waiting_count >= OUTBOX_WAITING)
		return -1;
	m = malloc(sizeof(*m) + len);
	if (m == NULL)
		fatal("out of memory");
	m->seq = box->last_seq = seq;
	m->owing = 0;
	m->only = NULL;
	m->only_count = count;
	if (count > 0) {
		m->only = calloc(count, sizeof(*only));
		if (m->only == NULL)
			fatal("out of memory");
		memcpy(m->only, only, count * sizeof(*only));
	}
	m->len = len;
	memcpy(m->text, text, len);
	TAILQ_INSERT_TAIL(&box->waiting, m, entry);
	box->waiting_count++;
	return 0;
}

bool
outbox_full(const struct outbox *box)
{
	const struct outgoing *m = TAILQ_FIRST(&box->waiting);

	return m != NULL && box->bytes + m->len > OUTBOX_BYTES;
}

struct outgoing *
outbox_next(struct outbox *box)
{
	struct outgoing *m = TAILQ_FIRST(&box->waiting);

	if (m == NULL || outbox_full(box))
		return NULL;
	TAILQ_REMOVE(&box->waiting, m, entry);
	box->waiting_count--;
	TAILQ_INSERT_TAIL(&box->sent, m, entry);
	box->bytes += m->len;
	return m;
}

void
outbox_owe(struct outgoing *m, struct outbox_place *place)
{
	m->owing++;
	place->bytes += m->len;
	if (place->unsent == NULL)
		place->unsent = m;
	if (place->owed == NULL)
		place->owed = m;
}

void
outbox_settle(struct outbox *box, struct outgoing *m)
{
	if (m->owing > 0)
		return;
	TAILQ_REMOVE(&box->sent, m, entry);
	box->bytes -= m->len;
	explicit_bzero(m->text, m->len);
	free(m->only);
	free(m);
}

void
outbox_done(struct outbox *box, struct outbox_place *place)
{
	struct outgoing *m = place->owed;

	if (place->unsent == m)
		place->unsent = TAILQ_NEXT(m, entry);
	place->owed = TAILQ_NEXT(m, entry);
	place->bytes -= m->len;
	m->owing--;
	outbox_settle(box, m);
}
