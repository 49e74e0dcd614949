/*
 * Texts of peers that ui has not confirmed. See inbox.h.
 */
#include "cryptod/client/inbox.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

void
inbox_init(struct inbox *box)
{
	STAILQ_INIT(box);
}

static void
tell(struct incoming *m, struct ipc_channel *ui)
{
	m->told = true;
	ipc_send(ui, IPC_MESSAGE, &m->message, m->tail, m->len);
}

void
inbox_show(struct inbox *box, struct ipc_channel *ui,
    const struct ipc_message *message, struct recall_time time,
    const struct recall_whom *whom, const uint8_t *tail, size_t len)
{
	struct incoming *m = malloc(sizeof(*m) + len);

	if (m == NULL)
		fatal("out of memory");
	m->message = *message;
	m->told = false;
	m->time = time;
	m->whom = *whom;
	m->len = len;
	memcpy(m->tail, tail, len);
	STAILQ_INSERT_TAIL(box, m, entry);
	if (ui != NULL)
		tell(m, ui);
}

void
inbox_show_kept(struct inbox *box, struct ipc_channel *ui, peer_handle handle)
{
	struct incoming *m;

	STAILQ_FOREACH (m, box, entry)
		if (m->message.handle == handle && !m->told)
			tell(m, ui);
}

static void
drop(struct inbox *box, struct incoming *m)
{
	STAILQ_REMOVE(box, m, incoming, entry);
	explicit_bzero(m->tail, m->len);
	free(m);
}

static void
recall_it(struct recall *recall, struct incoming *m)
{
	size_t nick_len = m->message.nick_len;

	m->whom.nick_len = m->message.nick_len;
	memcpy(m->whom.nick, m->tail, nick_len);
	recall_text(recall, m->time, 0, m->message.flags, &m->whom,
	    m->tail + nick_len, m->len - nick_len);
}

void
inbox_shown(struct inbox *box, peer_handle handle, uint64_t seq,
    struct recall *recall)
{
	struct incoming *m, *next;

	/* Mostly this is the first one: texts are shown in the order they came
	 * in. */
	STAILQ_FOREACH_SAFE (m, box, entry, next) {
		if (m->message.handle != handle)
			continue;
		if (m->message.seq > seq)
			return;
		recall_it(recall, m);
		drop(box, m);
	}
}

void
inbox_forget(struct inbox *box, peer_handle handle)
{
	struct incoming *m, *next;

	STAILQ_FOREACH_SAFE (m, box, entry, next)
		if (m->message.handle == handle && !m->told)
			drop(box, m);
}

void
inbox_show_again(struct inbox *box, struct ipc_channel *ui,
    enum inbox_fate (*fate)(void *arg, peer_handle), void *arg)
{
	struct incoming *m, *next;

	STAILQ_FOREACH_SAFE (m, box, entry, next) {
		m->told = false;
		switch (fate(arg, m->message.handle)) {
		case INBOX_TELL:
			tell(m, ui);
			break;
		case INBOX_KEEP:
			break;
		case INBOX_FORGET:
			drop(box, m);
		}
	}
}
