/*
 * Rooms that are remembered. See remember.h.
 */
#include "launcher/remember.h"

#include "common/log.h"
#include "launcher/house.h"
#include "launcher/supervised.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Asks the spawner to make the room's file or to remove it. The slot stays this
 * room's until the answer is here. */
static int
ask(struct supervisor *s, struct room *room, enum wish_kind kind)
{
	const struct wish wish = {
		.kind = kind,
		.room = supervised_number(s, room),
	};

	errno = EPIPE;
	if (s->spawner == -1 || spawner_ask(s->spawner, &wish) == -1)
		return -1;
	room->file_asked = true;
	return 0;
}

/* ui does not know a room that is closed, or takes it for a new one. */
static void
tell(struct supervisor *s, struct room *room)
{
	if (room->life == ROOM_RUNNING)
		house_tell(s, room);
}

static void
fail(struct supervisor *s, struct room *room, int error)
{
	log_warn("room %u cannot be remembered: %s",
	    supervised_number(s, room) + 1, strerror(error));
	room->keep = KEEP_NOT;
	tell(s, room);
}

/* A file that is not written is no room's. */
static void
give_up(struct supervisor *s, struct room *room, int error)
{
	(void)ask(s, room, WISH_FORGET_FILE);
	fail(s, room, error);
}

void
remember_if_wanted(struct supervisor *s, struct room *room)
{
	if (room->keep != KEEP_WANTED || room->file_asked || !room->up ||
	    room->life != ROOM_RUNNING || !(room->pinned || room->remembered))
		return;
	room->keep = KEEP_ASKED;
	if (ask(s, room, WISH_KEEP_ROOM) == -1)
		fail(s, room, errno);
}

void
remember_keep(struct supervisor *s, unsigned int number)
{
	struct room *room = &s->rooms[number];

	if (room->life != ROOM_RUNNING)
		return;
	if (room->keep == KEEP_DONE)
		house_tell(s, room);
	if (room->keep == KEEP_NOT)
		room->keep = KEEP_WANTED;
	remember_if_wanted(s, room);
}

void
remember_made(struct supervisor *s, struct room *room, int fd, int error)
{
	struct supervised *cryptod =
	    supervised_of(s, ROLE_CRYPTOD, supervised_number(s, room));

	room->file_asked = false;
	if (fd == -1) {
		fail(s, room, error);
		return;
	}
	room->keep = KEEP_WRITING;
	if (room->life != ROOM_RUNNING ||
	    ipc_send_fd(&cryptod->channel, IPC_ROOM_FILE, NULL, fd) == -1)
		remember_written(s, room, EPIPE);
	close(fd);
}

void
remember_written(struct supervisor *s, struct room *room, int error)
{
	if (room->keep != KEEP_WRITING)
		return;
	if (error != 0) {
		give_up(s, room, error);
		return;
	}
	room->keep = KEEP_NAMING;
	if (ask(s, room, WISH_NAME_FILE) == -1)
		fail(s, room, errno);
}

void
remember_named(struct supervisor *s, struct room *room, uint16_t number,
    int error)
{
	room->file_asked = false;
	if (error != 0) {
		give_up(s, room, error);
		return;
	}
	room->file = number;
	room->keep = KEEP_DONE;
	log_info("room %u is remembered in rooms/%04u",
	    supervised_number(s, room) + 1, room->file);
	tell(s, room);
}

void
remember_cryptod_started(struct supervisor *s, struct room *room)
{
	if (room->keep == KEEP_WRITING)
		remember_written(s, room, EPIPE);
}

void
remember_forget(struct supervisor *s, unsigned int number)
{
	struct room *room = &s->rooms[number];

	if (room->life != ROOM_RUNNING || room->file_asked)
		return; /* or ui will be told */
	if (room->keep == KEEP_DONE) {
		if (ask(s, room, WISH_FORGET_FILE) == -1)
			remember_removed(s, room, errno);
		return;
	}
	if (room->keep == KEEP_WANTED)
		room->keep = KEEP_NOT;
	house_tell(s, room);
}

/* A file that somebody else has removed is as good as removed. */
void
remember_removed(struct supervisor *s, struct room *room, int error)
{
	room->file_asked = false;
	remember_if_wanted(s, room); /* again */
	if (room->keep != KEEP_DONE)
		return;
	if (error != 0 && error != ENOENT) {
		log_error("rooms/%04u in the state folder cannot be removed: "
			  "%s",
		    room->file, strerror(error));
	} else {
		room->keep = KEEP_NOT;
		log_info("room %u is forgotten: rooms/%04u is removed",
		    supervised_number(s, room) + 1, room->file);
	}
	tell(s, room);
}

void
remember_without_spawner(struct supervisor *s)
{
	FOREACH_ROOM (room, s) {
		room->file_asked = false;
		if (room->keep == KEEP_ASKED || room->keep == KEEP_NAMING)
			fail(s, room, EPIPE);
	}
}
