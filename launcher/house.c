/*
 * Rooms that are opened and closed. See house.h.
 */
#include "launcher/house.h"

#include "common/log.h"
#include "launcher/children.h"
#include "launcher/configure.h"
#include "launcher/ending.h"
#include "launcher/nodes.h"
#include "launcher/supervised.h"

#include <string.h>
#include <unistd.h>

uint32_t
house_running(const struct supervisor *s)
{
	uint32_t set = 0;

	FOREACH_ROOM (room, s)
		if (room->life == ROOM_RUNNING)
			set |= UINT32_C(1) << supervised_number(s, room);
	return set;
}

bool
house_has_other(const struct supervisor *s, const struct room *than)
{
	FOREACH_ROOM (room, s)
		if (room != than &&
		    (room->life == ROOM_WAITING || room->life == ROOM_RUNNING))
			return true;
	return false;
}

unsigned int
house_lowest(const struct supervisor *s)
{
	FOREACH_ROOM (room, s)
		if (room->life == ROOM_RUNNING)
			return supervised_number(s, room);
	FOREACH_ROOM (room, s)
		if (room->life == ROOM_ENDING)
			return supervised_number(s, room);
	return 0;
}

/* --- What ui is told ------------------------------------------------------ */

static void
send_room(struct supervisor *s, const struct ipc_room *body, const char *texts,
    size_t len)
{
	ipc_send(&supervised_of(s, ROLE_UI, 0)->channel, IPC_ROOM, body, texts,
	    len);
}

void
house_tell(struct supervisor *s, struct room *room)
{
	char texts[ROOM_TEXTS_MAX];
	struct ipc_room body;
	size_t len;

	if (s->options->mode != MODE_CLIENT) /* its ui knows of no rooms */
		return;
	len = configure_room(&body, texts, room);
	body.ticket = room->told ? 0 : room->ticket;
	body.room = (uint8_t)supervised_number(s, room);
	room->told = true;
	send_room(s, &body, texts, len);
}

void
house_ui_started(struct supervisor *s)
{
	if (s->placed)
		ipc_send(&supervised_of(s, ROLE_UI, 0)->channel,
		    IPC_PLACES_BEFORE, &s->places, NULL, 0);
	FOREACH_ROOM (room, s) {
		room->told = false;
		room->ticket = 0; /* who asked is gone */
		if (room->life == ROOM_RUNNING ||
		    (room->life == ROOM_ENDING &&
			supervised_number(s, room) == house_lowest(s)))
			house_tell(s, room);
	}
}

void
house_refuse(struct supervisor *s, uint32_t ticket, enum room_refusal reason)
{
	const struct ipc_room body = {
		.ticket = ticket,
		.state = ROOM_REFUSED,
		.reason = (uint8_t)reason,
	};

	send_room(s, &body, NULL, 0);
}

/* --- A room ends ---------------------------------------------------------- */

static void
end(struct supervisor *s, struct room *room)
{
	const unsigned int number = supervised_number(s, room);

	room->life = ROOM_ENDING;
	if (room->resolver != -1)
		close(room->resolver);
	room->resolver = -1;
	FOREACH_CHILD (child, s)
		if (supervised_is_in(s, child, number)) {
			s->ended &= ~supervised_bit(s, child);
			supervised_end(s, child);
		}
}

void
house_close(struct supervisor *s, unsigned int number)
{
	struct room *room = &s->rooms[number];

	/* It may have been closed for another reason meanwhile. A client
	 * without a room would have nothing to show. */
	if ((room->life == ROOM_RUNNING || room->life == ROOM_WAITING) &&
	    house_has_other(s, room))
		end(s, room);
}

void
house_fail(struct supervisor *s, struct room *room)
{
	if (house_has_other(s, room)) {
		log_error("closing room %u", supervised_number(s, room) + 1);
		end(s, room);
	} else {
		ending_give_up(s);
	}
}

/* Whether something of the room is still there, or on its way. An answer that
 * comes later would count for the next room in its place. */
static bool
is_gone(struct supervisor *s, const struct room *room)
{
	if (room->resolving || room->file_asked)
		return false;
	FOREACH_CHILD (child, s)
		if (supervised_is_in(s, child, supervised_number(s, room)) &&
		    (child->pid != 0 ||
			(s->starting & supervised_bit(s, child)) != 0))
			return false;
	return true;
}

/* A ui without a room ends. If it knows of this one alone, it hears of the end
 * once it knows of another, which is on its way. */
static bool
is_missed(const struct supervisor *s, const struct room *room)
{
	bool missed = room->told && !s->ending && house_has_other(s, room);

	FOREACH_ROOM (other, s)
		if (other != room && other->life == ROOM_RUNNING && other->told)
			missed = false;
	return missed;
}

static void
bury(struct supervisor *s, struct room *room)
{
	struct ipc_room body = {
		.ticket = room->ticket,
		.room = (uint8_t)supervised_number(s, room),
		.state = ROOM_CLOSED,
		.remembered = room->keep == KEEP_DONE,
	};

	room->life = ROOM_FREE;
	room->keep = KEEP_NOT;
	room->file = 0;
	children_forget(s, supervised_number(s, room));
	children_notice(s); /* why, while ui still knows what it is called */
	if (room->told)
		send_room(s, &body, NULL, 0);
	else if (room->ticket != 0)
		house_refuse(s, room->ticket, ROOM_NO_PROCESS);
	explicit_bzero(room->name, sizeof(room->name));
}

/* --- The next one --------------------------------------------------------- */

/* While the room waited, others at the same bootnode may have come to know its
 * addresses and its key. Of the key, known_bootnodes counts more. Their access
 * key is this room's, too. */
static void
learn_bootnode(struct supervisor *s, struct room *room)
{
	/* An error there was told when the room was asked for. */
	char err[KNOWN_BOOTNODES_ERROR_MAX];

	if (!room->remembered)
		(void)house_find_key(s, room, err, sizeof(err));
	FOREACH_ROOM (other, s) {
		if (other == room || other->life != ROOM_RUNNING ||
		    !endpoints_meet(&other->endpoints, &room->endpoints))
			continue;
		nodes_learn(room, other);
		room->access = room->access || other->access;
		if (room->pinned || room->remembered || !other->remembered)
			continue;
		room->remembered = true;
		memcpy(room->boot_key, other->boot_key, sizeof(room->boot_key));
	}
}

/* Asks for the processes of a room. Those that have been there in this slot
 * were another room's. */
static void
start(struct supervisor *s, struct room *room)
{
	const unsigned int number = supervised_number(s, room);
	uint64_t set = 0;

	FOREACH_CHILD (child, s)
		if (supervised_is_in(s, child, number)) {
			child->restarts = 0;
			s->ready &= ~supervised_bit(s, child);
			set |= supervised_bit(s, child);
		}
	room->life = ROOM_RUNNING;
	if (room->known)
		learn_bootnode(s, room);
	if (children_start(s, set) == -1 ||
	    (room->known && nodes_unresolved(room) &&
		children_resolve(s, number) == -1))
		house_fail(s, room);
}

/* True while a room's processes are on the way to their sandboxes. */
static bool
is_busy(struct supervisor *s)
{
	FOREACH_ROOM (room, s)
		if (room->life == ROOM_RUNNING && !room->up)
			return true;
	/* The first one was left out before it worked. */
	if (!supervised_all_ready(s) && house_running(s) != 0)
		return true;
	return children_awaited(s);
}

void
house_turn(struct supervisor *s)
{
	FOREACH_ROOM (room, s)
		if (room->life == ROOM_ENDING && is_gone(s, room) &&
		    !is_missed(s, room))
			bury(s, room);
	FOREACH_ROOM (room, s)
		if (room->life == ROOM_WAITING && !s->ending && !is_busy(s))
			start(s, room);
}
