/*
 * Everything that the user was shown last. See recall.h.
 */
#include "cryptod/client/recall.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

void
recall_init(struct recall *r)
{
	memset(r, 0, sizeof(*r));
	TAILQ_INIT(&r->list);
}

static size_t
size_of(const struct recalled *e)
{
	return e->len +
	    (e->missed != NULL ? RECALL_MISSED_MAX * sizeof(e->missed[0]) : 0);
}

static void
drop_oldest(struct recall *r)
{
	struct recalled *e = TAILQ_FIRST(&r->list);

	TAILQ_REMOVE(&r->list, e, entry);
	r->count--;
	r->bytes -= size_of(e);
	free(e->missed);
	explicit_bzero(e, sizeof(*e) + e->len);
	free(e);
}

static void
keep_bounds(struct recall *r)
{
	while (r->count > RECALL_TEXTS || r->bytes > RECALL_BYTES)
		drop_oldest(r);
}

void
recall_free(struct recall *r)
{
	while (r->count > 0)
		drop_oldest(r);
	recall_draft(r, 0, NULL, 0);
}

/* A text is confirmed a moment after it was shown: texts said meanwhile come
 * after it. */
static void
insert(struct recall *r, struct recalled *e)
{
	struct recalled *before;

	TAILQ_FOREACH_REVERSE(before, &r->list, recall_list, entry)
	if (before->at <= e->at)
		break;
	if (before != NULL)
		TAILQ_INSERT_AFTER(&r->list, before, e, entry);
	else
		TAILQ_INSERT_HEAD(&r->list, e, entry);
	r->count++;
	r->bytes += size_of(e);
	keep_bounds(r);
}

void
recall_text(struct recall *r, struct recall_time time, uint64_t seq,
    unsigned int flags, const struct recall_whom *whom, const char *text,
    size_t len)
{
	size_t nick_len = whom != NULL ? whom->nick_len : 0;
	struct recalled *e = malloc(sizeof(*e) + nick_len + len);

	if (e == NULL)
		fatal("out of memory");
	memset(e, 0, sizeof(*e));
	e->at = time.at;
	e->head.wall_ms = time.wall_ms;
	e->head.seq = seq;
	e->head.flags = (uint8_t)flags;
	e->len = nick_len + len;
	if (whom != NULL) {
		e->head.id = whom->id;
		e->head.nick_len = whom->nick_len;
		memcpy(e->head.fingerprint, whom->fingerprint,
		    sizeof(e->head.fingerprint));
		memcpy(e->bytes, whom->nick, nick_len);
	}
	memcpy(e->bytes + nick_len, text, len);
	insert(r, e);
}

/* --- What became of ours -------------------------------------------------- */

/* Mostly the text is one of the last. */
static struct recalled *
find(struct recall *r, uint64_t seq)
{
	struct recalled *e;

	TAILQ_FOREACH_REVERSE(e, &r->list, recall_list, entry)
	if (e->head.seq == seq)
		return e;
	return NULL;
}

void
recall_sent(struct recall *r, uint64_t seq, uint32_t peers, bool open)
{
	struct recalled *e = find(r, seq);

	if (e == NULL)
		return;
	e->head.sent = true;
	e->head.open = open;
	e->head.peers = e->head.left = peers;
}

void
recall_also(struct recall *r, uint64_t after)
{
	struct recalled *e;

	TAILQ_FOREACH (e, &r->list, entry)
		if (e->head.open && e->head.seq > after) {
			e->head.peers++;
			e->head.left++;
		}
}

void
recall_all(struct recall *r, uint64_t seq)
{
	struct recalled *e;

	TAILQ_FOREACH (e, &r->list, entry)
		if (e->head.seq <= seq)
			e->head.open = false;
}

static void
count_delivered(struct recalled *e)
{
	if (e->head.delivered + e->head.left < e->head.peers)
		e->head.delivered++;
}

/* One of its addressees has it, or will not get it. */
static void
heard_of_one(struct recalled *e)
{
	if (e->head.left > 0)
		e->head.left--;
}

void
recall_delivered(struct recall *r, uint64_t seq)
{
	struct recalled *e = find(r, seq);

	if (e == NULL)
		return;
	heard_of_one(e);
	count_delivered(e);
}

void
recall_late(struct recall *r, uint64_t seq, const struct peer_id *id)
{
	struct recalled *e = find(r, seq);

	if (e == NULL)
		return;
	count_delivered(e);
	for (unsigned int i = 0; i < e->missed_count; i++) {
		if (memcmp(&e->missed[i].whom.id, id, sizeof(*id)) != 0)
			continue;
		e->missed_count--;
		memmove(&e->missed[i], &e->missed[i + 1],
		    (e->missed_count - i) * sizeof(e->missed[0]));
		return;
	}
	if (e->head.others > 0)
		e->head.others--;
}

void
recall_undelivered(struct recall *r, const struct ipc_undelivered *u,
    const struct recall_whom *whom)
{
	struct recalled *e = find(r, u->seq);

	if (e == NULL)
		return;
	if (u->counted)
		heard_of_one(e);
	if (e->missed_count == RECALL_MISSED_MAX) {
		e->head.others++;
		return;
	}
	r->bytes -= size_of(e);
	if (e->missed == NULL)
		e->missed = calloc(RECALL_MISSED_MAX, sizeof(e->missed[0]));
	if (e->missed == NULL)
		fatal("out of memory");
	e->missed[e->missed_count++] =
	    (struct recall_missed){ u->reason, *whom };
	r->bytes += size_of(e);
	keep_bounds(r);
}

/* --- The draft, and all of it --------------------------------------------- */

void
recall_draft(struct recall *r, uint32_t cursor, const void *text, size_t len)
{
	if (r->draft != NULL)
		explicit_bzero(r->draft, r->draft_len);
	free(r->draft);
	r->draft = NULL;
	r->draft_len = len;
	r->cursor = cursor;
	if (len == 0)
		return;
	r->draft = malloc(len);
	if (r->draft == NULL)
		fatal("out of memory");
	memcpy(r->draft, text, len);
}

static void
tell_missed(const struct recalled *e, struct ipc_channel *ui)
{
	const struct recall_missed *m;
	struct ipc_recall_missed body = { .seq = e->head.seq };

	for (unsigned int i = 0; i < e->missed_count; i++) {
		m = &e->missed[i];
		body.reason = m->reason;
		body.id = m->whom.id;
		memcpy(body.fingerprint, m->whom.fingerprint,
		    sizeof(body.fingerprint));
		ipc_send(ui, IPC_RECALL_MISSED, &body, m->whom.nick,
		    m->whom.nick_len);
	}
}

void
recall_tell(const struct recall *r, struct ipc_channel *ui)
{
	struct ipc_draft draft = { .cursor = r->cursor };
	const struct recalled *e;

	TAILQ_FOREACH (e, &r->list, entry) {
		ipc_send(ui, IPC_RECALL, &e->head, e->bytes, e->len);
		tell_missed(e, ui);
	}
	if (r->draft != NULL)
		ipc_send(ui, IPC_RECALL_DRAFT, &draft, r->draft, r->draft_len);
	ipc_send(ui, IPC_RECALL_END, NULL, NULL, 0);
}
