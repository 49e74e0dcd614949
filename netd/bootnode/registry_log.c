/*
 * The versions of a room: a ring of its last changes, from which missed
 * announcements are made again, and the list of rooms that have something to
 * announce. See registry.h.
 */
#include "netd/bootnode/registry_log.h"

#include <stdlib.h>
#include <string.h>

static struct change *
log_at(const struct room *room, uint32_t version)
{
	return &room->log[version & (room->log_size - 1)];
}

/* The size that the log is to have: twice as many changes as the room has
 * members, so that a burst of joins fits; and those of one member that comes
 * and goes until the next flush. */
static uint32_t
fitting_size(const struct room *room)
{
	uint32_t size = room->log_size;

	if (size == 0)
		size = ROOM_LOG_MIN;
	while (size < ROOM_LOG_MAX &&
	    (2 * room->count > size ||
		room->version + 1 - room->announced >= size))
		size *= 2;
	return size;
}

/* Most logs have the least size, and come and go. */
static struct change *
take_log(struct registry *r, uint32_t size)
{
	if (size == ROOM_LOG_MIN)
		return slab_take(&r->log_slab);
	return calloc(size, sizeof(struct change));
}

static void
put_log(struct registry *r, struct change *log, uint32_t size)
{
	if (size == ROOM_LOG_MIN)
		slab_put(&r->log_slab, log);
	else
		free(log);
}

int
registry_log_fit(struct registry *r, struct room *room)
{
	uint32_t size = fitting_size(room);
	struct change *log;

	if (size == room->log_size)
		return 0;
	log = take_log(r, size);
	if (log == NULL)
		return room->log == NULL ? -1 : 0;
	for (uint32_t i = 0; i < room->kept; i++)
		log[(room->version - i) & (size - 1)] =
		    *log_at(room, room->version - i);
	put_log(r, room->log, room->log_size);
	room->log = log;
	room->log_size = (uint16_t)size;
	return 0;
}

void
registry_log_free(struct registry *r, struct room *room)
{
	put_log(r, room->log, room->log_size);
	room->log = NULL;
	room->log_size = 0;
	room->kept = 0;
}

void
registry_log_rest(struct registry *r, uint64_t now, struct room *room)
{
	if (room->log != NULL && room->flush_at == CLOCK_NEVER &&
	    now - room->touched >= ROOM_LOG_KEPT)
		registry_log_free(r, room);
}

static void
overtake(struct room *room, uint32_t version)
{
	if (version != 0 && registry_has_since(room, version - 1))
		log_at(room, version)->what = MEMBER_OVERTAKEN;
}

void
registry_log_overtake(struct room *room, const struct session *s)
{
	overtake(room, s->joined);
	overtake(room, s->moved);
}

/* Forgets the changes of this peer that nobody was told. There are at most as
 * many changes as the log has, and a join has cost cryptod more than that. */
static void
overtake_untold(struct room *room, const struct peer_id *id)
{
	for (uint32_t v = room->version; v != room->announced; v--)
		if (memcmp(&log_at(room, v)->id, id, sizeof(*id)) == 0)
			log_at(room, v)->what = MEMBER_OVERTAKEN;
}

void
registry_log_change(struct registry *r, uint64_t now, struct session *s,
    enum bootmsg_what what, enum leave_reason reason)
{
	struct room *room = s->room;

	if (what == MEMBER_JOINED)
		overtake_untold(room, &s->peer);
	else if (what == MEMBER_MOVED)
		overtake(room, s->moved);
	else
		registry_log_overtake(room, s);
	if (registry_log_fit(r, room) == -1) {
		room->announced = ++room->version;
		return;
	}
	room->version++;
	if (room->kept < room->log_size)
		room->kept++;
	*log_at(room, room->version) = (struct change){
		.id = s->peer,
		.what = (uint8_t)what,
		.reason = (uint8_t)reason,
	};
	if (what == MEMBER_JOINED)
		s->joined = room->version;
	else
		s->moved = room->version;
	registry_touch(r, now, room);
}

bool
registry_log_full(const struct room *room)
{
	return room->version - room->announced >= room->log_size;
}

bool
registry_has_since(const struct room *room, uint32_t version)
{
	return room->version - version <= room->kept;
}

const struct change *
registry_change(const struct room *room, uint32_t version)
{
	return log_at(room, version);
}

/* The list is in the order of time: only large rooms, which wait longer, can be
 * after this one. */
static void
put_dirty(struct registry *r, struct room *room, uint64_t at)
{
	struct room *before = TAILQ_LAST(&r->dirty, room_list);

	room->flush_at = at;
	while (before != NULL && before->flush_at > at)
		before = TAILQ_PREV(before, room_list, dirty);
	if (before != NULL)
		TAILQ_INSERT_AFTER(&r->dirty, before, room, dirty);
	else
		TAILQ_INSERT_HEAD(&r->dirty, room, dirty);
}

uint64_t
registry_flush_delay(const struct room *room)
{
	return ROOM_FLUSH_DELAY + room->count / 64 * ROOM_FLUSH_PER_64;
}

void
registry_touch(struct registry *r, uint64_t now, struct room *room)
{
	room->touched = now;
	if (room->flush_at != CLOCK_NEVER)
		return;
	room->wait_until = now + ROOM_FLUSH_MAX;
	put_dirty(r, room, now + registry_flush_delay(room));
}

void
registry_wait(struct registry *r, uint64_t now, struct room *room)
{
	TAILQ_REMOVE(&r->dirty, room, dirty);
	put_dirty(r, room, now + ROOM_FLUSH_DELAY);
}

void
registry_log_clean(struct registry *r, struct room *room)
{
	if (room->flush_at == CLOCK_NEVER)
		return;
	room->flush_at = CLOCK_NEVER;
	TAILQ_REMOVE(&r->dirty, room, dirty);
}

struct room *
registry_due(const struct registry *r, uint64_t now)
{
	struct room *room = TAILQ_FIRST(&r->dirty);

	return room != NULL && room->flush_at <= now ? room : NULL;
}

void
registry_announced(struct registry *r, uint64_t now, struct room *room,
    uint32_t version)
{
	room->announced = version;
	registry_log_clean(r, room);
	if (version != room->version)
		registry_touch(r, now, room);
}
