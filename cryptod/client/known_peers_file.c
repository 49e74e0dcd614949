/*
 * The file of known peers: opened before the sandbox, under a lock. All
 * processes that append to the file hold the lock together; one that writes the
 * file again holds it alone. See known_peers.h.
 */
#include "cryptod/client/known_peers.h"

#include "common/log.h"
#include "cryptod/state_file.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FLAGS \
	(O_RDWR | O_APPEND | O_DSYNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)

static void
failed(const char *what)
{
	fatal("cannot %s %s in the state folder: %s", what, KNOWN_PEERS_FILE,
	    strerror(errno));
}

static int
open_file(int folder)
{
	int fd = openat(folder, KNOWN_PEERS_FILE, FLAGS | O_CREAT, 0600);

	if (fd == -1)
		state_file_not_opened(KNOWN_PEERS_FILE);
	state_file_check(fd, KNOWN_PEERS_FILE,
	    "if nobody has changed it, run chmod 600 on it; otherwise remove "
	    "it, and all peers are new to gochat");
	return fd;
}

/* True if the name belongs to another file now: somebody wrote the file
 * again. */
static bool
is_replaced(int folder, int fd)
{
	struct stat ours, named;

	if (fstat(fd, &ours) == -1)
		failed("look at");
	return fstatat(folder, KNOWN_PEERS_FILE, &named, AT_SYMLINK_NOFOLLOW) ==
	    -1 ||
	    ours.st_dev != named.st_dev || ours.st_ino != named.st_ino;
}

/* Returns a string that the caller frees. */
static char *
read_all(int fd, size_t *len)
{
	char *bytes = malloc(KNOWN_PEERS_BYTES + 1);
	ssize_t n = 1;

	if (bytes == NULL)
		fatal("out of memory");
	for (*len = 0; n > 0 && *len <= KNOWN_PEERS_BYTES; *len += (size_t)n) {
		n = pread(fd, bytes + *len, KNOWN_PEERS_BYTES + 1 - *len,
		    (off_t)*len);
		if (n == -1)
			failed("read");
	}
	if (*len > KNOWN_PEERS_BYTES)
		fatal("%s in the state folder is longer than %lu bytes: remove "
		      "lines from it",
		    KNOWN_PEERS_FILE, KNOWN_PEERS_BYTES);
	return bytes;
}

/*
 * Half a line at the end is left by a crash, and nobody relies on it yet. Any
 * other bad line could be a verified person: without it, another key could take
 * the name in silence.
 */
static bool
load(struct known_peers *known, int fd, size_t *lines)
{
	size_t len, bad, taken = 0;
	char *bytes = read_all(fd, &len);

	bad = known_peers_read(known, bytes, len, lines, &taken);
	free(bytes);
	if (bad != 0)
		fatal("line %zu of %s in the state folder is damaged: correct "
		      "or remove it, or restore the file from a backup",
		    bad, KNOWN_PEERS_FILE);
	known->size = len;
	known->read_to = taken;
	return taken == len;
}

/* A line that another gochat is just writing may be seen by half, at the edge
 * of a page. So it is read again, up to so many times. */
#define LOAD_AGAIN_TIMES 20
#define LOAD_AGAIN_MSEC	 10

static bool
load_again(struct known_peers *known, int fd, size_t *lines)
{
	const struct timespec pause = { 0, LOAD_AGAIN_MSEC * 1000000L };
	bool whole = false;

	for (int i = 0; !whole && i < LOAD_AGAIN_TIMES; i++) {
		nanosleep(&pause, NULL);
		known_peers_free(known);
		whole = load(known, fd, lines);
	}
	return whole;
}

/* Writes a new file in the same folder and renames it: there is never half a
 * file. Returns the descriptor of the new one. */
static int
write_again(struct known_peers *known, int folder)
{
	char temporary[64], line[KNOWN_PEERS_LINE];
	FILE *file;
	int fd;

	snprintf(temporary, sizeof(temporary), "%s.new", KNOWN_PEERS_FILE);
	unlinkat(folder, temporary, 0); /* of a crash */
	fd = openat(folder, temporary, (FLAGS & ~O_DSYNC) | O_CREAT | O_EXCL,
	    0600);
	file = fd == -1 ? NULL : fdopen(dup(fd), "a");
	if (file == NULL)
		failed("write");
	known->size = 0;
	for (size_t i = 0; i < known->count; i++)
		known->size += fwrite(line, 1,
		    known_peers_line(line, &known->entries[i],
			(enum known_word)known->entries[i].value),
		    file);
	known->read_to = known->size;
	if (ferror(file) || fclose(file) == EOF || fsync(fd) == -1 ||
	    renameat(folder, temporary, folder, KNOWN_PEERS_FILE) == -1)
		failed("write");
	fsync(folder);
	close(fd);
	return open_file(folder);
}

/* Returns false if somebody else wrote the file again in the meantime. */
static bool
try_open(struct known_peers *known, int folder, int fd)
{
	bool alone = flock(fd, LOCK_EX | LOCK_NB) == 0, whole;
	size_t lines;

	if (!alone && flock(fd, LOCK_SH) == -1)
		failed("lock");
	if (is_replaced(folder, fd)) {
		close(fd);
		return false;
	}
	whole = load(known, fd, &lines);
	if (!whole && !alone)
		whole = load_again(known, fd, &lines);
	if (!whole && alone)
		log_warn("the last line of %s was cut off, and is dropped",
		    KNOWN_PEERS_FILE);
	if (alone && (!whole || lines > known->count)) {
		/* A process that waits for the old file sees that it is the old
		 * one. */
		int new = write_again(known, folder);

		close(fd);
		fd = new;
		whole = true;
	}
	if (flock(fd, LOCK_SH) == -1)
		failed("lock");
	if (is_replaced(folder, fd)) {
		close(fd);
		return false;
	}
	known->fd = fd;
	/* Somebody else has the file open, and failed to write it. */
	if (!whole) {
		log_warn(
		    "%s is open in another gochat, which could not write "
		    "it: peers that come now are forgotten when gochat ends",
		    KNOWN_PEERS_FILE);
		close(fd);
		known->fd = -1;
	}
	return true;
}

void
known_peers_open(struct known_peers *known, int folder, int fd)
{
	do {
		known_peers_free(known);
	} while (!try_open(known, folder, open_file(folder)));
	if (known->fd == -1 || known->fd == fd)
		return;
	if (dup3(known->fd, fd, O_CLOEXEC) == -1)
		failed("open");
	close(known->fd);
	known->fd = fd;
}
