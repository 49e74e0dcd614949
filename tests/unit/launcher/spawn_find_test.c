/*
 * Where the launcher finds the programs that it has started.
 */
#include "launcher/spawn.h"
#include "tests/unit/folder.h"
#include "tests/unit/forked.h"

#include <sys/stat.h>

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void spawn_find_suite(void);

/* Puts a program of ui's name there, and returns where it is found by a
 * launcher at bin/gochat of the folder. */
static const char *
find_after(struct folder *f, const char *program, mode_t mode)
{
	static const struct family ui = { .count = 1,
		.at = { { PROCESS_UI_CLIENT, 0 } } };
	static struct spawn_paths paths;
	char self[512];

	if (program != NULL) {
		folder_put(f, program, "", 0);
		CU_ASSERT_EQUAL(fchmodat(f->fd, program, mode, 0), 0);
	}
	(void)snprintf(self, sizeof(self), "%s/bin/gochat", f->path);
	if (spawn_find_from(self, &paths, &ui) != NULL)
		return "nowhere";
	CU_ASSERT_EQUAL(strncmp(paths.folder, f->path, strlen(f->path)), 0);
	return paths.folder + strlen(f->path);
}

/* The programs are looked for in the launcher's folder, and then in the folder
 * that belongs to it in a tree that was moved after it was installed. */
static void
test_places(void)
{
	struct folder f;

	folder_open(&f);
	CU_ASSERT_EQUAL(mkdirat(f.fd, "bin", 0700), 0);
	CU_ASSERT_EQUAL(mkdirat(f.fd, "libexec", 0700), 0);
	CU_ASSERT_EQUAL(mkdirat(f.fd, "libexec/gochat", 0700), 0);
	CU_ASSERT_STRING_EQUAL(find_after(&f, "libexec/gochat/gochat-ui", 0700),
	    "/libexec/gochat");
	/* What cannot be executed is none. */
	CU_ASSERT_STRING_EQUAL(find_after(&f, "bin/gochat-ui", 0600),
	    "/libexec/gochat");
	CU_ASSERT_STRING_EQUAL(find_after(&f, "bin/gochat-ui", 0700), "/bin");
	folder_remove(&f);
}

/* If they are nowhere, the first that is missing is named, and the folder is
 * the one where they are installed, so that a message can name it. */
static void
test_nowhere(void)
{
	const struct family two = { .count = 2,
		.at = { { PROCESS_CRYPTOD_CLIENT, 0 },
		    { PROCESS_UI_CLIENT, 0 } } };
	static const char *const selves[] = { "/nowhere/bin/gochat", "/gochat",
		"gochat", "" };
	static struct spawn_paths paths;
	static char longest[SPAWN_PATH_MAX + 1];

	if (access(GOCHAT_LIBEXECDIR "/gochat-cryptod", X_OK) == 0)
		return; /* gochat is installed here */
	for (size_t i = 0; i < sizeof(selves) / sizeof(selves[0]); i++) {
		CU_ASSERT_STRING_EQUAL(spawn_find_from(selves[i], &paths, &two),
		    "gochat-cryptod");
		CU_ASSERT_STRING_EQUAL(paths.folder, GOCHAT_LIBEXECDIR);
	}
	/* A path that is cut off would be another's. */
	memset(longest, 'x', SPAWN_PATH_MAX);
	memcpy(longest, "/bin/", 5);
	CU_ASSERT_STRING_EQUAL(spawn_find_from(longest, &paths, &two),
	    "gochat-cryptod");
	CU_ASSERT_STRING_EQUAL(paths.folder, GOCHAT_LIBEXECDIR);
}

/* A launcher whose folder is not known: a folder that has its name is another
 * one. */
static int
find_in_current(void *arg)
{
	const struct family ui = { .count = 1,
		.at = { { PROCESS_UI_CLIENT, 0 } } };
	static struct spawn_paths paths;
	struct folder *f = arg;

	EXPECT(fchdir(f->fd) == 0);
	spawn_find_from("bin", &paths, &ui);
	EXPECT(strcmp(paths.folder, GOCHAT_LIBEXECDIR) == 0);
	return 0;
}

static void
test_current(void)
{
	struct folder f;

	folder_open(&f);
	CU_ASSERT_EQUAL(mkdirat(f.fd, "bin", 0700), 0);
	CU_ASSERT_STRING_EQUAL(find_after(&f, "bin/gochat-ui", 0700), "/bin");
	CU_ASSERT_EQUAL(forked(find_in_current, &f), 0);
	folder_remove(&f);
}

/* The launcher knows where it is itself. */
static void
test_self(void)
{
	static struct spawn_paths paths;
	struct family none = { .count = 0 };
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	CU_ASSERT_FATAL(n > 0);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	CU_ASSERT_PTR_NULL(spawn_find(&paths, &none));
	CU_ASSERT_STRING_EQUAL(paths.folder, self);
}

void
spawn_find_suite(void)
{
	CU_pSuite suite = CU_add_suite("spawn_find", NULL, NULL);

	CU_add_test(suite, "where programs are", test_places);
	CU_add_test(suite, "where they are not", test_nowhere);
	CU_add_test(suite, "no folder", test_current);
	CU_add_test(suite, "where the launcher is", test_self);
}
