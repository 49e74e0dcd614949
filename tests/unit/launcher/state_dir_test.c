/*
 * The state folder: which one it is, and whose it must be.
 */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "launcher/state_dir.h"
#include "tests/unit/folder.h"

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
	/* In the order of their strength; each is made as it is opened. */
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

void
state_dir_suite(void)
{
	CU_pSuite suite = CU_add_suite("state folder", NULL, NULL);

	CU_add_test(suite, "state folder", test_state_dir);
}
