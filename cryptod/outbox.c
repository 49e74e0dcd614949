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
	chain_begin(&box->chain);
}

int
outbox_say(struct outbox *box, const struct ipc_say *say, const void *text,
    size_t len, const struct peer_id *only, uint32_t count)
{
	struct outgoing *m;

	if (say->seq <= box->last_seq || box->waiting_count >= OUTBOX_WAITING)
		return -1;
	/* Never to all instead. */
	if ((say->flags & TEXT_FLAG_PRIVATE) != 0 && count == 0)
		return -1;
	m = malloc(sizeof(*m) + len);
	if (m == NULL)
		fatal("out of memory");
	memset(m, 0, sizeof(*m));
	m->seq = box->last_seq = say->seq;
	m->flags = say->flags;
	if (count == 0 && !say->again)
		m->link = chain_add(&box->chain, m->seq, m->flags, text, len);
	memcpy(m->fingerprint, say->fingerprint, sizeof(m->fingerprint));
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

/* From this one to the newest, and so many bytes more, it is not beyond the
 * bounds, or the part of them. */
static bool
is_within(const struct outbox *box, const struct outgoing *m, size_t more,
    unsigned int part)
{
	return box->texts - m->texts_before < OUTBOX_TEXTS / part &&
	    box->bytes - m->bytes_before + more <= OUTBOX_BYTES / part;
}

bool
outbox_full(const struct outbox *box)
{
	const struct outgoing *next = TAILQ_FIRST(&box->waiting);
	const struct outgoing *oldest = TAILQ_FIRST(&box->sent);

	return next != NULL && oldest != NULL &&
	    !is_within(box, oldest, next->len, 1);
}

bool
outbox_is_behind(const struct outbox *box, const struct outbox_place *place)
{
	return place->owed != NULL && !is_within(box, place->owed, 0, 2);
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
	m->texts_before = box->texts++;
	m->bytes_before = box->bytes;
	box->bytes += m->len;
	return m;
}

static bool
is_owed_by(const struct outgoing *m, const struct outbox_place *place)
{
	return (m->owed_by[place->number / 8] & 1u << place->number % 8) != 0;
}

/* What is in between was said to others. */
static struct outgoing *
next_owed(struct outgoing *m, const struct outbox_place *place)
{
	do {
		m = TAILQ_NEXT(m, entry);
	} while (m != NULL && !is_owed_by(m, place));
	return m;
}

void
outbox_advance(struct outbox_place *place)
{
	place->unsent = next_owed(place->unsent, place);
}

void
outbox_owe(struct outgoing *m, struct outbox_place *place)
{
	if (is_owed_by(m, place)) /* named twice */
		return;
	m->owed_by[place->number / 8] |= (uint8_t)(1u << place->number % 8);
	m->owing++;
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
	explicit_bzero(m->text, m->len);
	free(m->only);
	free(m);
}

void
outbox_done(struct outbox *box, struct outbox_place *place)
{
	struct outgoing *m = place->owed;

	if (place->unsent == m)
		outbox_advance(place);
	place->owed = next_owed(m, place);
	m->owed_by[place->number / 8] &= (uint8_t) ~(1u << place->number % 8);
	m->owing--;
	outbox_settle(box, m);
}
