/*
 * The files of remembered rooms. See room_files.h.
 */
#include "launcher/room_files.h"

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bsd/stdlib.h>

#define FOLDER	    "rooms"
#define NEW	    "new-"
#define NAME_DIGITS 4
#define FILE_FLAGS \
	(O_RDWR | O_DSYNC | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK)

/* Opens the folder. Returns -1 with errno set; EPERM if others can write to
 * it. */
static int
open_folder(int state_dir)
{
	int fd = openat(state_dir, FOLDER,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

/* Returns the number that a file of that name has, or 0. */
static uint16_t
number_of(const char *name)
{
	if (strlen(name) != NAME_DIGITS ||
	    strspn(name, "0123456789") != NAME_DIGITS)
		return 0;
	return (uint16_t)atoi(name);
}

static void
name_of(char name[16], uint16_t number)
{
	(void)snprintf(name, 16, "%04u", number);
}

static int
compare(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* Reads all numbers, sorted, into *all, which the caller frees. Takes the
 * descriptor. Returns how many, or -1 with errno set. */
static int
read_numbers(int folder, uint16_t **all)
{
	DIR *dir = fdopendir(folder);
	const struct dirent *e;
	int count = 0;

	*all = calloc(ROOM_FILES_MAX, sizeof(**all));
	if (dir == NULL)
		close(folder);
	while (dir != NULL && *all != NULL && (e = readdir(dir)) != NULL)
		if (number_of(e->d_name) != 0)
			(*all)[count++] = number_of(e->d_name);
	if (dir != NULL)
		closedir(dir);
	if (dir == NULL || *all == NULL)
		return -1;
	qsort(*all, (size_t)count, sizeof(**all), compare);
	return count;
}

int
room_files_list(int state_dir, uint16_t *numbers, size_t max, char *err,
    size_t errlen)
{
	int folder = open_folder(state_dir), count = -1;
	uint16_t *all = NULL;

	if (folder == -1 && errno == ENOENT)
		return 0;
	if (folder != -1)
		count = read_numbers(folder, &all);
	if (count == -1 && errno == EPERM)
		(void)snprintf(err, errlen,
		    FOLDER " in the state folder: others may write to it: make "
			   "it yours and run chmod 700 on it");
	else if (count == -1)
		(void)snprintf(err, errlen, FOLDER " in the state folder: %s",
		    strerror(errno));
	for (size_t i = 0; count > 0 && i < max && i < (size_t)count; i++)
		numbers[i] = all[i];
	free(all);
	return count;
}

/* Returns the number after the highest, or the lowest that is free. */
static uint16_t
next_number(const uint16_t *all, int count)
{
	uint16_t number = 1;

	if (count == 0 || all[count - 1] < ROOM_FILES_MAX)
		return (uint16_t)(count == 0 ? 1 : all[count - 1] + 1);
	for (int i = 0; i < count && all[i] == number; i++)
		number++;
	return number; /* above all, if there is none */
}

/* A file that has no number after this long was left by a machine that went
 * down, or somebody who killed all of gochat. */
#define STALE 3600 /* seconds */

/* Takes the descriptor. */
static void
remove_stale(int folder)
{
	DIR *dir = folder == -1 ? NULL : fdopendir(folder);
	const struct dirent *e;
	struct stat st;

	if (dir == NULL && folder != -1)
		close(folder);
	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (strncmp(e->d_name, NEW, strlen(NEW)) == 0 &&
		    fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ==
			0 &&
		    st.st_mtime + STALE < time(NULL))
			(void)unlinkat(dirfd(dir), e->d_name, 0);
	if (dir != NULL)
		closedir(dir);
}

static int
again(int folder)
{
	return openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Closes it. errno stays. */
static void
leave_folder(int folder)
{
	const int error = errno;

	close(folder);
	errno = error;
}

int
room_files_make(int state_dir, char name[ROOM_FILES_NEW])
{
	int folder, fd;

	if (mkdirat(state_dir, FOLDER, 0700) == -1 && errno != EEXIST)
		return -1;
	folder = open_folder(state_dir);
	if (folder == -1)
		return -1;
	remove_stale(again(folder));
	do {
		(void)snprintf(name, ROOM_FILES_NEW, NEW "%08x", arc4random());
		fd = openat(folder, name, FILE_FLAGS | O_CREAT | O_EXCL, 0600);
	} while (fd == -1 && errno == EEXIST);
	leave_folder(folder);
	return fd;
}

/* Gives it the next number. Returns 0, or -1 with errno set, which is EEXIST if
 * another gochat was first. */
static int
link_next(int folder, const char *name, uint16_t *number)
{
	int from = again(folder), count;
	uint16_t *all = NULL;
	char numbered[16];
	int result = -1;

	count = from == -1 ? -1 : read_numbers(from, &all);
	if (count != -1) {
		*number = next_number(all, count);
		name_of(numbered, *number);
		errno = ENOSPC; /* all numbers are taken */
		if (*number <= ROOM_FILES_MAX)
			result = linkat(folder, name, folder, numbered, 0);
	}
	free(all);
	return result;
}

int
room_files_name(int state_dir, const char *name, uint16_t *number)
{
	int folder = open_folder(state_dir), result;

	if (folder == -1)
		return -1;
	do
		result = link_next(folder, name, number);
	while (result == -1 && errno == EEXIST);
	if (result == 0) {
		(void)unlinkat(folder, name, 0);
		(void)fsync(folder); /* it is there after a crash, too */
	}
	leave_folder(folder);
	return result;
}

void
room_files_drop(int state_dir, const char *name)
{
	int folder = open_folder(state_dir);

	if (folder == -1)
		return;
	(void)unlinkat(folder, name, 0);
	close(folder);
}

static bool
is_private(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_uid == geteuid() && (st.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

int
room_files_open(int state_dir, uint16_t number)
{
	int folder = open_folder(state_dir), fd;
	char name[16];

	if (folder == -1)
		return -1;
	name_of(name, number);
	fd = openat(folder, name, FILE_FLAGS);
	leave_folder(folder);
	if (fd == -1 || is_private(fd))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

/* Whether this is the file of that name. */
static bool
is_named(int fd, int folder, const char *name)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 &&
	    fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	    ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

int
room_files_remove(int state_dir, uint16_t number, int fd)
{
	int folder = open_folder(state_dir), result = -1;
	char name[16];

	if (folder == -1)
		return -1;
	name_of(name, number);
	if (is_named(fd, folder, name))
		result = unlinkat(folder, name, 0);
	else
		errno = ENOENT;
	leave_folder(folder);
	return result;
}
