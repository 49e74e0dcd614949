/*
 * The state folder: which one it is, and who must own it.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "launcher/state_dir.h"
#include "tests/unit/folder.h"
#include "tests/unit/forked.h"

void state_dir_suite(void);

static void
test_state_dir(void)
{
	char asked[300], path[STATE_DIR_PATH_MAX], want[400];
	struct folder f;
	struct stat st;
	int fd;

	folder_open(&f);
	(void)snprintf(asked, sizeof(asked), "%s/a/b//c/", f.path);
#define STATE(a, x, h) state_dir_open(a, x, h, path, f.err, sizeof(f.err))
	/* The sources are in the order of their strength; each folder is made
	 * as it is opened. */
	for (int i = 0; i < 3; i++) {
		const char *const wants[] = { "/a/b//c/", "/gochat",
			"/.local/state/gochat" };

		fd = STATE(i == 0 ? asked
			: i == 1  ? ""
				  : NULL,
		    i < 2 ? f.path : "not/absolute", f.path);
		CU_ASSERT_FATAL(fd != -1);
		(void)snprintf(want, sizeof(want), "%s%s", f.path, wants[i]);
		CU_ASSERT_STRING_EQUAL(path, want);
		CU_ASSERT(fstat(fd, &st) == 0 && S_ISDIR(st.st_mode));
		CU_ASSERT_EQUAL(st.st_mode & 07777, 0700);
		CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
		(void)close(fd);
	}
	CU_ASSERT(fchmodat(f.fd, "gochat", 0770, 0) == 0);
	CU_ASSERT(STATE(NULL, f.path, NULL) == -1);
	folder_check_error(&f, f.path, "others can write to it (mode 0770)");
	CU_ASSERT(fchmodat(f.fd, "gochat", 0702, 0) == 0);
	CU_ASSERT(STATE(NULL, f.path, NULL) == -1);
	folder_check_error(&f, f.path, "chmod 700");
	CU_ASSERT(fchmodat(f.fd, "gochat", 0755, 0) == 0);
	fd = STATE(NULL, f.path, NULL);
	CU_ASSERT(fd != -1 && close(fd) == 0);

	folder_put(&f, "file", "", 0);
	(void)snprintf(asked, sizeof(asked), "%s/file", f.path);
	CU_ASSERT(STATE(asked, NULL, NULL) == -1);
	folder_check_error(&f, "file: Not a directory", "--state-dir");
	(void)snprintf(asked, sizeof(asked), "%s/file/x", f.path);
	CU_ASSERT(STATE(asked, NULL, NULL) == -1);
	folder_check_error(&f, "Not a directory", "--state-dir");
	if (geteuid() != 0) {
		CU_ASSERT(STATE("/", NULL, NULL) == -1);
		folder_check_error(&f, "owned by user 0", "--state-dir");
	} else {
		CU_ASSERT(fchownat(f.fd, "gochat", 12345, 0, 0) == 0);
		CU_ASSERT(STATE(NULL, f.path, NULL) == -1);
		folder_check_error(&f, "owned by user 12345", "--state-dir");
	}
	folder_remove(&f);
}

/* A user without a home is told what to do, and so is one who names a path that
 * is too long, before anything is made. */
static int
without_home(void *arg)
{
	char path[STATE_DIR_PATH_MAX], err[256] = "";

	(void)arg;
	/* No user with this number is in the system's list. */
	if (setresuid(54321, 54321, 54321) == -1 ||
	    state_dir_open(NULL, "relative", "", path, err, sizeof(err)) != -1)
		return 1;
	return strstr(err, "no home folder") != NULL &&
		strstr(err, "--state-dir") != NULL
	    ? 0
	    : 2;
}

static void
test_no_path(void)
{
	char path[STATE_DIR_PATH_MAX], asked[STATE_DIR_PATH_MAX + 1];
	char err[STATE_DIR_PATH_MAX + 256] = "";

	memset(asked, 'a', sizeof(asked));
	asked[0] = '/';
	asked[STATE_DIR_PATH_MAX] = '\0';
	CU_ASSERT_EQUAL(state_dir_open(asked, NULL, NULL, path, err,
			    sizeof(err)),
	    -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "expected a path of at most"));
	/* The folder that cannot be made is named, not those in it. */
	CU_ASSERT_EQUAL(state_dir_open("/proc/gochat-none/in/it", NULL, NULL,
			    path, err, sizeof(err)),
	    -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "state folder /proc/gochat-none: "));
	/* With one byte less it is a path, though not one that the system
	 * takes. */
	asked[STATE_DIR_PATH_MAX - 1] = '\0';
	CU_ASSERT_EQUAL(state_dir_open(asked, NULL, NULL, path, err,
			    sizeof(err)),
	    -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "File name too long"));
	if (geteuid() == 0)
		CU_ASSERT_EQUAL(forked(without_home, NULL), 0);
}

void
state_dir_suite(void)
{
	CU_pSuite suite = CU_add_suite("state folder", NULL, NULL);

	CU_add_test(suite, "state folder", test_state_dir);
	CU_add_test(suite, "no path, or too long", test_no_path);
}
