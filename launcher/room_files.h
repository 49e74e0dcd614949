/*
 * The files of rooms that are remembered: rooms/0001 and so on in the state
 * folder, of which each has what it takes to enter one room. Their numbers are
 * the order in which they were remembered. Only the spawner opens them, for the
 * cryptod of that room; nothing here reads one.
 */
#ifndef LAUNCHER_ROOM_FILES_H
#define LAUNCHER_ROOM_FILES_H

#include <stddef.h>
#include <stdint.h>

#define ROOM_FILES_MAX 9999 /* the highest number */

/*
 * Lists the files, from the lowest number to the highest. Returns how many
 * there are, of which the first max are in numbers; or -1 with one line in err:
 * the folder cannot be read, or others could write to it.
 */
int room_files_list(int state_dir, uint16_t *numbers, size_t max, char *err,
    size_t errlen);

/* The name of a file that is still to be written. */
#define ROOM_FILES_NEW 16

/*
 * Makes a file, empty, and its folder, if that is missing. It has no number, so
 * nobody takes it for a room, before all of it is there. Returns a descriptor,
 * closed on exec, whose writes reach the disk before they return, with its name
 * filled in; or -1 with errno set.
 */
int room_files_make(int state_dir, char name[ROOM_FILES_NEW]);
/* Makes it the next file. Returns 0 with *number filled in, or -1 with errno
 * set. */
int room_files_name(int state_dir, const char *name, uint16_t *number);
/* Or removes it. */
void room_files_drop(int state_dir, const char *name);
/* Opens a file in the same way, if nobody else can read or write it. Returns -1
 * with errno set; EPERM if others can, or it is no regular file. */
int room_files_open(int state_dir, uint16_t number);
/* Removes the file that this is a descriptor of. Returns 0, or -1 with errno
 * set; ENOENT if it is gone, even if there is another of its number by now. */
int room_files_remove(int state_dir, uint16_t number, int fd);

#endif
