/*
 * Files of the state folder. See state_file.h.
 */
#include "cryptod/state_file.h"

#include "common/log.h"

#include <sys/stat.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

void
state_file_not_opened(const char *name)
{
	/* O_NOFOLLOW fails with this error. */
	if (errno == ELOOP)
		fatal("%s in the state folder is a symbolic link, which is not "
		      "followed: put the file in its place, or name the folder "
		      "that it is in with --state-dir",
		    name);
	fatal("cannot open %s in the state folder: %s", name, strerror(errno));
}

void
state_file_check(int fd, const char *name, const char *if_open)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		fatal("%s in the state folder: %s", name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		fatal("%s in the state folder is not a file: move it away",
		    name);
	if (st.st_uid != geteuid())
		fatal("%s in the state folder belongs to user %u: chown it to "
		      "the user who runs gochat",
		    name, (unsigned int)st.st_uid);
	if ((st.st_mode & 077) != 0)
		fatal("%s in the state folder can be read or written by others "
		      "(mode %04o): %s",
		    name, (unsigned int)(st.st_mode & 07777), if_open);
}
