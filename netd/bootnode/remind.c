/*
 * Rooms that are here though their home can be reached by now. See remind.h.
 */
#include "netd/bootnode/parts.h"

#include <stdlib.h>

void
reminders_init(struct reminders *r)
{
	for (size_t i = 0; i < REMIND_TIMES; i++)
		TAILQ_INIT(&r->lists[i]);
}

void
reminders_free(struct reminders *r)
{
	struct reminder *first;

	for (size_t i = 0; i < REMIND_TIMES; i++)
		while ((first = TAILQ_FIRST(&r->lists[i])) != NULL) {
			TAILQ_REMOVE(&r->lists[i], first, next);
			free(first);
		}
}

static void
wait_for(struct bootnode *b, uint64_t now, struct reminder *reminder,
    size_t told)
{
	reminder->at = now + (REMIND_FIRST << told);
	TAILQ_INSERT_TAIL(&b->node->reminders.lists[told], reminder, next);
}

void
reminders_add(struct bootnode *b, uint64_t now, struct room *room)
{
	struct reminder *reminder;

	if (room->reminded)
		return;
	reminder = calloc(1, sizeof(*reminder));
	if (reminder == NULL)
		return;
	reminder->tag = room->tag;
	room->reminded = true;
	wait_for(b, now, reminder, 0);
}

uint64_t
reminders_deadline(const struct bootnode *b)
{
	const struct reminder *first;
	uint64_t deadline = CLOCK_NEVER;

	for (size_t i = 0; i < REMIND_TIMES; i++) {
		first = TAILQ_FIRST(&b->node->reminders.lists[i]);
		if (first != NULL)
			deadline = clock_min(deadline, first->at);
	}
	return deadline;
}

/* A room that has come home, or moves anyway, needs no more of it. */
static void
remind(struct bootnode *b, uint64_t now, struct reminder *reminder, size_t told)
{
	struct room *room = registry_room_find(&b->registry, &reminder->tag);
	const struct fleet_record *home =
	    room != NULL ? move_elsewhere(b, room) : NULL;

	if (home != NULL && !room->moves) {
		move_tell(b, now, room, home);
		if (told + 1 < REMIND_TIMES) {
			wait_for(b, now, reminder, told + 1);
			return;
		}
	}
	if (room != NULL)
		room->reminded = false;
	free(reminder);
}

void
reminders_timer(struct bootnode *b, uint64_t now)
{
	struct reminder *first;

	for (size_t i = 0; i < REMIND_TIMES; i++) {
		struct reminder_list *list = &b->node->reminders.lists[i];

		while (
		    (first = TAILQ_FIRST(list)) != NULL && first->at <= now) {
			TAILQ_REMOVE(list, first, next);
			remind(b, now, first, i);
		}
	}
}
