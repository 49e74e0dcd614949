/*
 * The user's texts that not every peer has yet. See outbox.h.
 */
#include "cryptod/client/outbox.h"

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
outbox_say(struct outbox *box, const struct ipc_say *say, const void *tail,
    size_t tail_len, const struct peer_id *only, uint32_t count)
{
	const char *text = (const char *)tail + say->nick_len;
	size_t len = tail_len - say->nick_len;
	const struct chain_text covered = { say->seq, say->flags,
		{ tail, say->nick_len }, { text, len } };
	struct outgoing *m;

	if (say->seq <= box->last_seq || box->waiting_count >= OUTBOX_WAITING)
		return -1;
	/* The text never goes to all instead. */
	if ((say->flags & TEXT_FLAG_PRIVATE) != 0 && count == 0)
		return -1;
	m = malloc(sizeof(*m) + tail_len);
	if (m == NULL)
		fatal("out of memory");
	memset(m, 0, sizeof(*m));
	m->seq = box->last_seq = say->seq;
	m->flags = say->flags;
	if (count == 0 && !say->again)
		m->link = chain_add(&box->chain, &covered);
	memcpy(m->fingerprint, say->fingerprint, sizeof(m->fingerprint));
	m->only_count = count;
	if (count > 0) {
		m->only = calloc(count, sizeof(*only));
		if (m->only == NULL)
			fatal("out of memory");
		memcpy(m->only, only, count * sizeof(*only));
	}
	m->len = len;
	m->nick_len = say->nick_len;
	memcpy(m->text, text, len);
	memcpy(m->text + len, tail, m->nick_len);
	TAILQ_INSERT_TAIL(&box->waiting, m, entry);
	box->waiting_count++;
	return 0;
}

const char *
outgoing_nick(const struct outgoing *m)
{
	return m->text + m->len;
}

/* True if the texts from this one to the newest, and so many bytes more, are
 * within the limits, or within the given part of them. */
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

static uint8_t
bit(unsigned int number)
{
	return (uint8_t)(1u << number % 8);
}

static bool
is_owed_by(const struct outgoing *m, const struct outbox_place *place)
{
	return (m->owed_by[place->number / 8] & bit(place->number)) != 0;
}

/* The texts in between were said to others. */
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

bool
outbox_owe(struct outgoing *m, struct outbox_place *place)
{
	if ((m->was_for[place->number / 8] & bit(place->number)) != 0)
		return false;
	m->was_for[place->number / 8] |= bit(place->number);
	m->owed_by[place->number / 8] |= bit(place->number);
	m->owing++;
	if (place->unsent == NULL)
		place->unsent = m;
	if (place->owed == NULL)
		place->owed = m;
	return true;
}

void
outbox_settle(struct outbox *box, struct outgoing *m)
{
	if (m->owing > 0 || m->open)
		return;
	TAILQ_REMOVE(&box->sent, m, entry);
	explicit_bzero(m->text, m->len);
	free(m->only);
	free(m);
}

void
outbox_close(struct outbox *box, struct outgoing *m)
{
	m->open = false;
	outbox_settle(box, m);
}

void
outbox_vacate(struct outbox *box, unsigned int number)
{
	struct outgoing *m;

	TAILQ_FOREACH (m, &box->sent, entry)
		m->was_for[number / 8] &= (uint8_t)~bit(number);
}

void
outbox_done(struct outbox *box, struct outbox_place *place)
{
	struct outgoing *m = place->owed;

	if (place->unsent == m)
		outbox_advance(place);
	place->owed = next_owed(m, place);
	m->owed_by[place->number / 8] &= (uint8_t)~bit(place->number);
	m->owing--;
	outbox_settle(box, m);
}
