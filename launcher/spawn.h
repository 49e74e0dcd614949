/*
 * Starting a child: socketpairs, clone, descriptors at
 * their places, an empty environment, exec.
 */
#ifndef LAUNCHER_SPAWN_H
#define LAUNCHER_SPAWN_H

#include "launcher/family.h"

#include <sys/types.h>

#include <stdbool.h>

/* The folder with the siblings: that of the launcher, the libexec folder of the
 * tree it was installed in, or the compiled-in one. */
#define SPAWN_PATH_MAX 4096
struct spawn_paths {
	char folder[SPAWN_PATH_MAX - 32]; /* room for a name */
};

/* Finds the path of this program; without /proc, the path by which it was
 * executed. Returns false if it cannot. */
bool spawn_find_self(char *path, size_t size);
/* Looks for the programs of a family. Returns NULL, or the name of a program
 * that is in none of these places. */
const char *spawn_find(struct spawn_paths *, const struct family *);
/* The same for a launcher of this path; "": it is not known. */
const char *spawn_find_from(const char *self, struct spawn_paths *,
    const struct family *);

/* In a process that becomes another program: all signals are as at first. */
void spawn_reset_signals(void);

/* The number of descriptors of one child. */
#define SPAWN_FDS_MAX 8

/* A descriptor of the spawner's and its number in the child. */
struct spawn_fd {
	int from;
	int to;
};

struct spawned_child {
	pid_t pid;
	int pidfd;     /* whoever holds it may signal this process alone */
	bool isolated; /* in a pid namespace of its own */
};

/*
 * Starts a process of the table as a child of the caller's parent, with exactly
 * the descriptors listed (and 0, 1, 2), in a pid namespace of its own where the
 * system allows it. Its title in ps is role and mode. Returns 0 with *child
 * filled in, whose pidfd the caller closes, or -1 with errno set.
 *
 * The first descriptor is the control channel. If the program cannot be run,
 * the process reports the reason there, as a line of the log, and ends.
 */
int spawn(const struct spawn_paths *, enum process_id, enum mode,
    const struct spawn_fd *, size_t count, struct spawned_child *);

#endif
