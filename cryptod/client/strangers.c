/*
 * Members whose card does not open. See strangers.h.
 */
#include "cryptod/client/strangers.h"

#include "common/log.h"

#include <string.h>

static struct stranger *
find(struct strangers *s, const struct peer_id *id)
{
	for (size_t i = 0; i < s->count; i++)
		if (memcmp(&s->list[i].id, id, sizeof(*id)) == 0)
			return &s->list[i];
	return NULL;
}

static void
tell(struct strangers *s, struct ipc_channel *ui, uint64_t now,
    const struct peer_id *id)
{
	struct ipc_stranger body = { .id = *id, .others = s->untold };

	if (s->told > 0 && now - s->since >= STRANGERS_TIME)
		s->told = 0;
	if (s->told == STRANGERS_TOLD) {
		s->untold++;
		return;
	}
	if (s->told++ == 0)
		s->since = now;
	s->untold = 0;
	log_info("a member's card cannot be opened: nothing is sent to it");
	ipc_send(ui, IPC_STRANGER, &body, NULL, 0);
}

void
strangers_add(struct strangers *s, struct ipc_channel *ui, uint64_t now,
    const struct peer_id *id, uint32_t version)
{
	struct stranger *e = find(s, id);

	if (e == NULL) {
		if (s->count == STRANGERS_MAX)
			return;
		e = &s->list[s->count++];
		e->id = *id;
		tell(s, ui, now, id);
	}
	e->seen = version;
}

void
strangers_remove(struct strangers *s, const struct peer_id *id)
{
	struct stranger *e = find(s, id);

	if (e != NULL)
		*e = s->list[--s->count];
}

void
strangers_roster_end(struct strangers *s, uint32_t version)
{
	for (size_t i = s->count; i-- > 0;)
		if (s->list[i].seen < version)
			s->list[i] = s->list[--s->count];
}
