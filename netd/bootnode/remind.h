/*
 * Rooms that are here though their home is another node, because a client could
 * not reach that one. It may have been busy, or a packet lost, and then the
 * room is split for nothing: so its sessions get a MOVE soon, and a few more
 * that come further and further apart. What is still here after that is told
 * with all others, now and then (move.h). PROTOCOL.md section 2.18.
 */
#ifndef NETD_BOOTNODE_REMIND_H
#define NETD_BOOTNODE_REMIND_H

#include "netd/bootnode/registry.h"

struct bootnode;

/* So many times, the first after so long, and each next one after twice as long
 * as the one before. */
#define REMIND_TIMES 3
#define REMIND_FIRST (10 * USEC_PER_SEC)

struct reminder {
	TAILQ_ENTRY(reminder) next;
	struct room_tag tag;
	uint64_t at;
};

TAILQ_HEAD(reminder_list, reminder);

struct reminders {
	/* By the number of times that they were told: those of a list wait
	 * equally long, so the first is due first. */
	struct reminder_list lists[REMIND_TIMES];
};

void reminders_init(struct reminders *);
void reminders_free(struct reminders *);
/* A session has just been admitted that has skipped the home of this room.
 * Without memory nothing happens. */
void reminders_add(struct bootnode *, uint64_t now, struct room *);
uint64_t reminders_deadline(const struct bootnode *);
void reminders_timer(struct bootnode *, uint64_t now);

#endif
