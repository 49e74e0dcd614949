/*
 * What the spawner keeps of each room for its cryptods: the room file, which is
 * memory without a name, or a file of a room that is remembered.
 */
#ifndef LAUNCHER_ROOM_STORE_H
#define LAUNCHER_ROOM_STORE_H

#include "common/processes.h"
#include "launcher/room_files.h"

#include <stddef.h>
#include <stdint.h>

/* A secret in memory, which stays out of swap for as long as it is kept. */
struct room_memory {
	size_t len;   /* 0: it is none, or empty */
	void *pinned; /* where it is mapped, or NULL */
};

/* Keeps what fd has out of swap, if fd is memory with something in it; and
 * overwrites it. */
void room_memory_pin(struct room_memory *, int fd);
void room_memory_wipe(struct room_memory *, int fd);

struct room_store {
	int state_dir;
	int files[ROOMS_MAX];		      /* -1: not open yet */
	struct room_memory memory[ROOMS_MAX]; /* of those that are memory */
	struct room_memory access_memory[ROOMS_MAX];
	int access[ROOMS_MAX]; /* memory with access keys; -1: not made yet */
	uint16_t numbers[ROOMS_MAX]; /* of those remembered; 0: of none */
	int kept[ROOMS_MAX];	     /* files that were made here; or -1 */
	char new[ROOMS_MAX][ROOM_FILES_NEW]; /* those to be written; or "" */
};

/* first: the first room's file, or -1. access: memory with its access keys, or
 * -1. numbers: of the rooms that are remembered, or 0. */
void room_store_init(struct room_store *, int state_dir, int first, int access,
    const uint16_t numbers[ROOMS_MAX]);

/* Returns the room file of a room, which only that room's cryptods get: one has
 * what the one before has put there. Stays open. Returns -1 with errno set. */
int room_store_file(struct room_store *, unsigned int room);
/* Returns the memory with the access keys of a room, which is empty if it has
 * none, in the same way. */
int room_store_access(struct room_store *, unsigned int room);
/* Lets a room that has no such memory yet have what that of another has now. */
void room_store_share(struct room_store *, unsigned int room,
    unsigned int other);
/* The room is closed, and its processes have ended: the next one in its place
 * has another. If it was memory, it is overwritten; a new file that is not
 * written is removed. */
void room_store_forget(struct room_store *, unsigned int room);

/* Makes a file to remember the room in, as room_files_make() does, and keeps
 * it. */
int room_store_keep(struct room_store *, unsigned int room);
/* It is written: gives it a number. Returns 0, or an errno. */
int room_store_name(struct room_store *, unsigned int room);
/* All is over: removes those that are not written. */
void room_store_end(struct room_store *);
/* Removes it. Returns 0, or an errno. */
int room_store_remove(struct room_store *, unsigned int room);

#endif
