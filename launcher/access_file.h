/*
 * Files of access keys (common/access.h), on their way to cryptod, and the
 * making of a key. A child of its own reads and checks the file: the launcher
 * never holds a key.
 */
#ifndef LAUNCHER_ACCESS_FILE_H
#define LAUNCHER_ACCESS_FILE_H

#include "common/access.h"

/*
 * Reads a file of 1 to max keys. Returns 0 and sets *fd to a descriptor, closed
 * on exec, which the caller closes, of memory with its lines, without what
 * counts for nothing. Returns -1 with one line in err, which names the file,
 * the line and what is wrong, and has nothing of a key. Forks, as
 * secret_by_child() does.
 */
int access_file_open(int *fd, const char *file, size_t max, char *err,
    size_t errlen);

/*
 * Reads a bootnode's file in the same way, or none if its path is "", and puts
 * its keys into a part of such memory. Returns 0, or -1 with one line in err;
 * then that part is as it was.
 */
int access_file_again(int memory, unsigned int part, const char *file,
    char *err, size_t errlen);

/* Writes a line with a new key of this name, which must be one, to a
 * descriptor. Returns 0, or -1 with errno set. */
int access_file_new(int to, const char *name);

#endif
