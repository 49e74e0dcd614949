/*
 * The versions of a room: a ring of its last changes, from which missed
 * announcements are made again, and the list of rooms that have something to
 * announce. See registry.h.
 */
#include "netd/registry_log.h"

#include <stdlib.h>

int
registry_log_init(struct room *room)
{
	room->log = calloc(ROOM_LOG_MIN, sizeof(struct change));
	if (room->log == NULL)
		return -1;
	room->log_size = ROOM_LOG_MIN;
	return 0;
}

static struct change *
log_at(const struct room *room, uint32_t version)
{
	return &room->log[version & (room->log_size - 1)];
}

/* Doubles the log if the room has outgrown it: twice as many changes as it
 * has members, so that a burst of joins fits. Without memory it stays. */
static void
log_fit(struct room *room)
{
	uint32_t size = 2 * room->log_size;
	struct change *log;

	if (size > ROOM_LOG_MAX || 2 * room->count <= room->log_size)
		return;
	log = calloc(size, sizeof(struct change));
	if (log == NULL)
		return;
	for (uint32_t i = 0; i < room->kept; i++)
		log[(room->version - i) & (size - 1)] =
		    *log_at(room, room->version - i);
	free(room->log);
	room->log = log;
	room->log_size = size;
}

void
registry_log_change(struct registry *r, uint64_t now, struct session *s,
    enum bootmsg_what what, enum leave_reason reason)
{
	struct room *room = s->room;

	/* Its earlier change will be told as its leaving: tell it right. */
	if (what == MEMBER_LEFT && registry_has_since(room, s->last_change - 1))
		log_at(room, s->last_change)->reason = (uint8_t)reason;
	log_fit(room);
	room->version++;
	if (room->kept < room->log_size)
		room->kept++;
	*log_at(room, room->version) = (struct change){
		.id = s->peer,
		.what = (uint8_t)what,
		.reason = (uint8_t)reason,
	};
	s->last_change = room->version;
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

void
registry_touch(struct registry *r, uint64_t now, struct room *room)
{
	if (room->flush_at != CLOCK_NEVER)
		return;
	/* A small room behind a large one in the list waits as long. */
	room->flush_at =
	    now + ROOM_FLUSH_DELAY + room->count / 64 * ROOM_FLUSH_PER_64;
	TAILQ_INSERT_TAIL(&r->dirty, room, dirty);
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
