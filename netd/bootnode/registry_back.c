/*
 * Sessions that come from another registry: from the bootnode that this one
 * takes the place of. See registry.h.
 */
#include "netd/bootnode/registry_members.h"
#include "netd/bootnode/registry_origin.h"
#include "netd/bootnode/registry_parts.h"
#include "netd/bootnode/registry_slots.h"

#include <stdlib.h>
#include <string.h>

/* Returns the room, made if need be, with room for one member more; or NULL. */
static struct room *
room_of(struct registry *r, const struct room_tag *tag, uint32_t version)
{
	struct room *room = registry_room_find(r, tag);

	if (room == NULL) {
		room = registry_room_new(r, tag);
		if (room == NULL)
			return NULL;
		room->version = room->announced = version;
	}
	if (members_fit(room) == 0)
		return room;
	if (room->count == 0)
		registry_room_free(r, room);
	return NULL;
}

/* Copies the card and the WELCOME, if there is one. Returns 0, or -1 without
 * memory. A WELCOME that is missing is only not sent again. */
static int
copy(struct registry *r, struct session *s, const uint8_t *card,
    const uint8_t *welcome)
{
	s->card = slab_take(registry_card_slab(r, s->card_len));
	if (s->card == NULL)
		return -1;
	memcpy(s->card, card, s->card_len);
	if (s->welcome_len > 0)
		s->welcome = slab_take(&r->welcome_slab);
	if (s->welcome != NULL)
		memcpy(s->welcome, welcome, s->welcome_len);
	return 0;
}

/* Makes a session that is in its slot, and in nothing else. */
static struct session *
session_like(struct registry *r, const struct session *kept,
    const uint8_t *card, const uint8_t *welcome)
{
	struct session *s = slab_take(&r->session_slab);

	if (s == NULL)
		return NULL;
	*s = *kept;
	s->card = s->welcome = NULL;
	s->room = NULL;
	s->origin = NULL;
	s->state = SESSION_MEMBER;
	if (slots_take_at(&r->slots, kept->slot, s) == -1) {
		slab_put(&r->session_slab, s);
		return NULL;
	}
	if (copy(r, s, card, welcome) == 0)
		return s;
	registry_session_free(r, s);
	return NULL;
}

int
registry_put_back(struct registry *r, uint64_t now, const struct room_tag *tag,
    uint32_t version, const struct session *kept, const uint8_t *card,
    const uint8_t *welcome)
{
	struct room *room = room_of(r, tag, version);
	struct session *s = NULL;

	if (room == NULL)
		return -1;
	if (registry_member(room, &kept->peer) == NULL)
		s = session_like(r, kept, card, welcome);
	if (s != NULL)
		s->origin = origin_get(r, now, &s->at.addr);
	if (s == NULL || s->origin == NULL) {
		if (s != NULL)
			registry_session_free(r, s);
		if (room->count == 0)
			registry_room_free(r, room);
		return -1;
	}
	origin_count_sessions(r, s->origin, 1);
	s->room = room;
	TAILQ_INSERT_TAIL(&r->heard, s, order);
	members_insert(room, s);
	r->session_count++;
	if (s->roster_due)
		registry_touch(r, now, room);
	return 0;
}

static int
by_time(const void *a, const void *b)
{
	const struct session *const *x = a, *const *y = b;

	return ((*x)->time > (*y)->time) - ((*x)->time < (*y)->time);
}

/* They came room by room, and the list of those that were heard is in the order
 * of time. */
int
registry_put_back_all(struct registry *r)
{
	struct session **all, *s;
	size_t count = 0;

	if (r->session_count == 0)
		return 0;
	all = calloc(r->session_count, sizeof(struct session *));
	if (all == NULL)
		return -1;
	while ((s = TAILQ_FIRST(&r->heard)) != NULL) {
		TAILQ_REMOVE(&r->heard, s, order);
		all[count++] = s;
	}
	qsort(all, count, sizeof(struct session *), by_time);
	for (size_t i = 0; i < count; i++)
		TAILQ_INSERT_TAIL(&r->heard, all[i], order);
	free(all);
	return 0;
}

void
registry_has_changed(struct registry *r, const struct room_tag *tag,
    uint32_t version)
{
	struct room *room = registry_room_find(r, tag);

	if (room != NULL)
		room->version = room->announced = version;
}

void
registry_postpone(struct registry *r, uint64_t now, uint64_t by)
{
	struct session *s;

	TAILQ_FOREACH (s, &r->heard, order) {
		s->time = clock_min(s->time + by, now);
		if (s->proven != 0)
			s->proven = clock_min(s->proven + by, now);
	}
}

void
registry_empty(struct registry *r)
{
	struct session *s;

	while ((s = TAILQ_FIRST(&r->heard)) != NULL)
		registry_remove(r, 0, s, LEAVE_TIMEOUT);
}
