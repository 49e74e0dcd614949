/*
 * The state folder: finds it, makes it, refuses it if others could change its
 * files. The launcher calls this once the options are known.
 */
#include "launcher/state_dir.h"

#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Writes the path. Returns 0, or -1 with err filled. */
static int
find_path(const char *asked, const char *xdg, const char *home, char *path,
    char *err, size_t errlen)
{
	const struct passwd *pw;
	int len;

	if (asked != NULL && *asked != '\0') {
		len = snprintf(path, STATE_DIR_PATH_MAX, "%s", asked);
	} else if (xdg != NULL && *xdg == '/') {
		/* By its specification, a relative path is to be ignored. */
		len = snprintf(path, STATE_DIR_PATH_MAX, "%s/gochat", xdg);
	} else {
		if (home == NULL || *home == '\0') {
			pw = getpwuid(geteuid());
			home = pw != NULL ? pw->pw_dir : NULL;
		}
		if (home == NULL || *home == '\0') {
			(void)snprintf(err, errlen,
			    "no home folder for the "
			    "state folder: name one with --state-dir");
			return -1;
		}
		len = snprintf(path, STATE_DIR_PATH_MAX,
		    "%s/.local/state/gochat", home);
	}
	if (len < 0 || len >= STATE_DIR_PATH_MAX) {
		(void)snprintf(err, errlen,
		    "state folder: expected a path of "
		    "at most %d bytes",
		    STATE_DIR_PATH_MAX - 1);
		return -1;
	}
	return 0;
}

/* Makes the folders of the path that are missing. Returns 0, or -1 with errno
 * set and path cut after the folder that could not be made. */
static int
make_folders(char *path)
{
	for (char *p = path + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) == -1 && errno != EEXIST)
			return -1;
		*p = c;
		if (c == '\0')
			return 0;
	}
}

/* Returns 0 if nobody else can change the files in the folder, or -1. */
static int
check_folder(int fd, const char *path, char *err, size_t errlen)
{
	struct stat st;

	if (fstat(fd, &st) == -1) {
		(void)snprintf(err, errlen, "state folder %s: %s", path,
		    strerror(errno));
		return -1;
	}
	if (st.st_uid != geteuid()) {
		(void)snprintf(err, errlen,
		    "state folder %s: owned by user "
		    "%u and not by you, %u: name your own with --state-dir, "
		    "or run as its owner",
		    path, st.st_uid, geteuid());
		return -1;
	}
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		(void)snprintf(err, errlen,
		    "state folder %s: others can "
		    "write to it (mode %04o): run chmod 700 on it",
		    path, st.st_mode & 07777);
		return -1;
	}
	return 0;
}

int
state_dir_open(const char *asked, const char *xdg_state_home, const char *home,
    char path[STATE_DIR_PATH_MAX], char *err, size_t errlen)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd;

	if (find_path(asked, xdg_state_home, home, path, err, errlen) == -1)
		return -1;
	fd = open(path, flags);
	if (fd == -1 && errno == ENOENT && make_folders(path) == 0)
		fd = open(path, flags);
	if (fd == -1) {
		(void)snprintf(err, errlen,
		    "state folder %s: %s: name "
		    "another with --state-dir",
		    path, strerror(errno));
		return -1;
	}
	if (check_folder(fd, path, err, errlen) == -1) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

int
state_dir_look(const char *asked, const char *xdg_state_home, const char *home)
{
	char path[STATE_DIR_PATH_MAX], err[STATE_DIR_PATH_MAX + 256];
	int fd = -1;

	if (find_path(asked, xdg_state_home, home, path, err, sizeof(err)) == 0)
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || check_folder(fd, path, err, sizeof(err)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}
