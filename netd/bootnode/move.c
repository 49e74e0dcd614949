/*
 * Rooms that move to another node of the fleet. See move.h.
 */
#include "netd/bootnode/parts.h"

#include <stdlib.h>

/* So many rooms are looked at, and then none for this long. */
#define ROOMS_A_PORTION 2048
#define PORTION_SPACING (5 * USEC_PER_MSEC)

void
moves_init(struct moves *m)
{
	TAILQ_INIT(&m->list);
	m->remind_at = CLOCK_NEVER;
}

static void
forget(struct moves *m, struct moving *moving)
{
	TAILQ_REMOVE(&m->list, moving, next);
	free(moving);
}

void
moves_free(struct moves *m)
{
	while (!TAILQ_EMPTY(&m->list))
		forget(m, TAILQ_FIRST(&m->list));
}

static void
begin_pass(struct moves *m, uint64_t now, enum move_pass pass)
{
	m->pass = pass;
	m->begun = false;
	m->rooms = m->sessions = 0;
	m->next_at = now;
}

void
moves_begin(struct bootnode *b, uint64_t now)
{
	begin_pass(&b->node->moves, now, PASS_COUNT);
}

/* --- One room ------------------------------------------------------------- */

const struct fleet_record *
move_elsewhere(const struct bootnode *b, const struct room *room)
{
	const struct node *n = b->node;
	const uint64_t home = homes_find(&n->homes, &room->tag, NULL);
	const struct fleet_node *node = fleet_view_find(&n->view, home);

	return home == n->self.id || node == NULL ? NULL : &node->record;
}

/* A session that has skipped its home stays, unless this node is about to
 * end. */
static bool
stays(const struct bootnode *b, const struct session *s)
{
	return s->skipped && !b->node->self.drains;
}

static uint32_t
count_movable(const struct bootnode *b, const struct room *room)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < room->count; i++)
		count += !stays(b, room->members[i]);
	return count;
}

void
move_tell(struct bootnode *b, uint64_t now, struct room *room,
    const struct fleet_record *home)
{
	uint8_t page[BOOTMSG_MOVE_MAX];
	const size_t len =
	    bootmsg_put_move(page, sizeof(page), home->addrs, home->count);

	bootnode_tell_room(b, now, room, page, len);
}

/* Returns 0, or -1 without memory. */
static int
begin_move(struct bootnode *b, uint64_t now, struct room *room,
    const struct fleet_record *home, uint32_t movable)
{
	struct moving *moving = calloc(1, sizeof(*moving));

	if (moving == NULL)
		return -1;
	moving->tag = room->tag;
	moving->told = 1;
	moving->at = now + MOVE_AGAIN;
	TAILQ_INSERT_TAIL(&b->node->moves.list, moving, next);
	/* Those who stay hear of the others. */
	room->moves = true;
	room->silent = movable == room->count;
	b->stats.fleet_moved += movable;
	move_tell(b, now, room, home);
	return 0;
}

/* Whoever is still there has not come through to the new home, or cannot be
 * told. From the last member on, which is the cheapest. */
static void
end_move(struct bootnode *b, uint64_t now, struct room *room)
{
	uint32_t left = room->count;

	while (left-- > 0) {
		struct session *s = room->members[left];
		const bool last = room->count == 1;

		if (stays(b, s))
			continue;
		bootnode_end(b, now, s, LEAVE_TIMEOUT);
		if (last)
			return; /* the room is gone */
	}
	room->moves = room->silent = false;
}

/* --- All of them ---------------------------------------------------------- */

static struct room *
next_room(struct bootnode *b)
{
	struct moves *m = &b->node->moves;
	struct room *room = m->begun ? registry_room_after(&b->registry, &m->at)
				     : registry_next_room(&b->registry, NULL);

	if (room != NULL)
		m->at = room->tag;
	m->begun = true;
	return room;
}

static void
look_at(struct bootnode *b, uint64_t now, struct room *room)
{
	struct moves *m = &b->node->moves;
	const struct fleet_record *home = move_elsewhere(b, room);
	uint32_t movable;

	if (home == NULL)
		return;
	movable = count_movable(b, room);
	m->rooms++;
	m->sessions += movable;
	if (m->pass == PASS_COUNT || room->moves)
		return;
	if (m->pass == PASS_REMIND || movable == 0)
		move_tell(b, now, room, home);
	else if (begin_move(b, now, room, home, movable) == 0)
		m->paid_until += movable * USEC_PER_SEC / m->rate;
}

static uint32_t
rate(const struct bootnode *b, uint32_t sessions)
{
	const struct node *n = b->node;
	const uint64_t others = n->homes.count - 1;
	const uint64_t most = n->self.drains || others == 0
	    ? MOVES_PER_SECOND
	    : clock_max(MOVES_PER_SECOND / others, 1);
	const uint64_t wanted =
	    clock_max(sessions / MOVE_SPREAD, MOVES_SLOWEST);

	return (uint32_t)clock_min(wanted, most);
}

static void
end_pass(struct bootnode *b, uint64_t now)
{
	struct moves *m = &b->node->moves;
	const enum move_pass ended = m->pass;

	b->stats.fleet_foreign = m->rooms;
	m->pass = PASS_NONE;
	/* How many are left is counted when these have gone. */
	m->remind_at = now +
	    (ended == PASS_MOVE ? 2 * MOVE_TIMES * MOVE_AGAIN : REMIND_SPACING);
	if (ended != PASS_COUNT || m->rooms == 0)
		return;
	m->rate = rate(b, m->sessions);
	event_rooms_move(m->rooms, m->sessions);
	begin_pass(m, now, PASS_MOVE);
}

static void
portion(struct bootnode *b, uint64_t now)
{
	struct moves *m = &b->node->moves;
	const uint64_t next = now + PORTION_SPACING;
	struct room *room;

	m->paid_until = clock_max(m->paid_until, now);
	for (size_t i = 0; i < ROOMS_A_PORTION && m->paid_until < next; i++) {
		room = next_room(b);
		if (room == NULL) {
			end_pass(b, now);
			break;
		}
		look_at(b, now, room);
	}
	m->next_at = clock_max(m->paid_until, next);
}

/* The next step of the room that waits longest. */
static void
step(struct bootnode *b, uint64_t now)
{
	struct moves *m = &b->node->moves;
	struct moving *moving = TAILQ_FIRST(&m->list);
	struct room *room = registry_room_find(&b->registry, &moving->tag);
	const struct fleet_record *home =
	    room != NULL ? move_elsewhere(b, room) : NULL;

	if (home != NULL && moving->told < MOVE_TIMES) {
		move_tell(b, now, room, home);
		moving->told++;
		moving->at = now + MOVE_AGAIN;
		TAILQ_REMOVE(&m->list, moving, next);
		TAILQ_INSERT_TAIL(&m->list, moving, next);
		return;
	}
	if (home != NULL)
		end_move(b, now, room);
	else if (room != NULL) /* it is at home here again */
		room->moves = room->silent = false;
	forget(m, moving);
}

uint64_t
moves_deadline(const struct bootnode *b)
{
	const struct moves *m = &b->node->moves;
	const struct moving *first = TAILQ_FIRST(&m->list);
	uint64_t deadline = m->pass != PASS_NONE ? m->next_at : m->remind_at;

	return first != NULL ? clock_min(deadline, first->at) : deadline;
}

void
moves_timer(struct bootnode *b, uint64_t now)
{
	struct moves *m = &b->node->moves;

	while (!TAILQ_EMPTY(&m->list) && TAILQ_FIRST(&m->list)->at <= now)
		step(b, now);
	if (m->pass == PASS_NONE && m->remind_at <= now)
		begin_pass(m, now, PASS_REMIND);
	if (m->pass != PASS_NONE && m->next_at <= now)
		portion(b, now);
}
