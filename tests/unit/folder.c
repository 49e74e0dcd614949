/*
 * Folders of tests. See folder.h.
 */
#include "tests/unit/folder.h"

#include <sys/stat.h>

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

void
folder_open(struct folder *f)
{
	const char *tmp = getenv("TMPDIR");

	f->err[0] = '\0';
	(void)snprintf(f->path, sizeof(f->path), "%s/gochat-test.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(f->path));
	f->fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CU_ASSERT_FATAL(f->fd != -1);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

void
folder_remove(struct folder *f)
{
	(void)close(f->fd);
	CU_ASSERT(nftw(f->path, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

void
folder_put(struct folder *f, const char *name, const void *text, size_t len)
{
	int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CU_ASSERT_FATAL(fd != -1);
	CU_ASSERT_FATAL(write(fd, text, len) == (ssize_t)len);
	(void)close(fd);
}

void
folder_check_error(struct folder *f, const char *one, const char *other)
{
	if (!strstr(f->err, one) || !strstr(f->err, other))
		(void)fprintf(stderr, "\n  got  <%s>\n  want <%s> <%s>\n",
		    f->err, one, other);
	CU_ASSERT(strstr(f->err, one) && strstr(f->err, other));
	f->err[0] = '\0';
}
