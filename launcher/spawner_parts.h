/*
 * What the files of the spawner share: it is one process, whose main loop is in
 * spawner.c.
 */
#ifndef LAUNCHER_SPAWNER_PARTS_H
#define LAUNCHER_SPAWNER_PARTS_H

#include "launcher/room_store.h"
#include "launcher/spawner.h"

struct spawner {
	const struct spawn_kit *kit;
	int launcher; /* socket */
	int its_pidfd;
	int ui;	    /* pidfd, or -1 */
	int reader; /* the same: the last one of settings */
	int kept;   /* the state of the bootnode before: for one start, or -1 */
	int memory; /* the file for ours, or -1 */
	int successor; /* pidfd, or -1 */
	int untold;    /* its channel, as long as the launcher has none; -1 */
	struct terminal terminal;
	struct room_memory credentials; /* of a fleet's engine */
	struct room_store rooms;
};

/* Sends a message. Returns 0, or -1 with errno set if that fails. */
int spawner_report(struct spawner *, const struct spawned *, const int *fds,
    size_t count);
/* If not even this can be sent, the launcher does not wait for ever. */
void spawner_report_failure(struct spawner *, enum spawn_event,
    unsigned int child, int error);

/* Closes a descriptor, which is -1 then, if it is not already. */
void spawner_close(int *fd);

/* Wishes for a process that reads for the launcher, about the bootnode that
 * takes our place, and about a room's file. */
void spawner_grant_reader(struct spawner *, const struct wish *);
void spawner_grant_successor(struct spawner *, const struct wish *);
void spawner_grant_room(struct spawner *, const struct wish *);

#endif
