/*
 * SIGHUP to a bootnode: what settings.h names is read again, and the log is
 * opened again, while everybody stays. The launcher can open nothing in its
 * jail. So the spawner forks a reader, which does what the start did: it reads
 * options and files, checks them, and opens the log. It tells the launcher one
 * thing, once: the new settings, as a whole, or why there are none. Then it
 * ends. A reader that is slow, because of a disk, makes nobody wait.
 */
#ifndef LAUNCHER_RELOAD_H
#define LAUNCHER_RELOAD_H

#include "launcher/settings.h"

/* The reader has this long; then all stays as it was. */
#define RELOAD_PATIENCE (10 * USEC_PER_SEC)

/* What the options come of: as at the start, but for .env. */
struct reload_kit {
	int argc;
	char *const *argv;
	bool terminal;
	const struct options *options; /* those of the start */
};

struct reload {
	bool wanted; /* as soon as it can be done */
	bool asked;  /* the spawner was asked for a reader */
	/* The last ticket of ui that waits for it, or 0; and that of the one
	 * that is under way. */
	uint32_t wanted_by, asked_by;
	int fd;	      /* the reader's socket, or -1 */
	uint64_t due; /* then its time is over */
};

/* Where the reader puts the access keys: in the part of the memory that does
 * not count now. */
struct reload_access {
	int fd;
	unsigned int part;
};

/* Forks the reader; in the spawner. Returns a socket to it, which the launcher
 * is to get, or -1 with errno set. *reader is a pidfd of the last one, or -1,
 * and of this one then. The last one is killed if it still reads: what it would
 * write might count by then. */
int reload_start(const struct reload_kit *, const struct reload_access *,
    int *reader);

/* SIGHUP has come, with 0 for a ticket; or ui asks, and is told how it went.
 * Who asks while one is under way is told of the next. */
void reload_want(struct supervisor *, uint32_t ticket);
/* Asks for the reader that is wanted, if all processes are ready, and none is
 * on its way. */
void reload_turn(struct supervisor *);
/* The spawner has started the reader; or it has not, or cannot. */
void reload_started(struct supervisor *, int fd);
void reload_not_started(struct supervisor *, const char *why);
/* The reader has something to say, or is gone. */
void reload_heard(struct supervisor *);
/* Returns when reload_overdue() is to be called, or CLOCK_NEVER. */
uint64_t reload_deadline(const struct supervisor *);
void reload_overdue(struct supervisor *);

#endif
