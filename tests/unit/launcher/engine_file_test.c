/*
 * The credentials of a fleet's engine: which files are taken, and what is said
 * of the others.
 */
#include "launcher/engine_file.h"

#include "common/engine_access.h"
#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void engine_file_suite(void);

#define PEM "-----BEGIN CERTIFICATE-----\n"

static struct folder f;
static char auth[300], ca[300];

static void
begin(void)
{
	folder_open(&f);
	(void)snprintf(auth, sizeof(auth), "%s/auth", f.path);
	(void)snprintf(ca, sizeof(ca), "%s/ca", f.path);
}

static void
check_taken(const char *text, const char *user, const char *password)
{
	struct engine_access a;
	int fd = -1;

	folder_put(&f, "auth", text, strlen(text));
	CU_ASSERT_EQUAL_FATAL(engine_file_open(&fd, auth, "", f.err,
				  sizeof(f.err)),
	    0);
	CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CU_ASSERT_EQUAL(pread(fd, &a, sizeof(a), 0), sizeof(a));
	CU_ASSERT_STRING_EQUAL(a.user, user);
	CU_ASSERT_STRING_EQUAL(a.password, password);
	CU_ASSERT_EQUAL(a.ca_len, 0);
	close(fd);
}

static void
test_password(void)
{
	char longest[ENGINE_USER_MAX + 1 + ENGINE_PASSWORD_MAX + 1];
	char user[ENGINE_USER_MAX + 1];

	begin();
	check_taken("secret", "", "secret");
	check_taken("secret\n", "", "secret");
	check_taken("#secret\r\n", "", "#secret");
	check_taken("me s\xc3\xa9\n", "me", "s\xc3\xa9");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	memset(user, 'x', sizeof(user) - 1);
	user[sizeof(user) - 1] = '\0';
	longest[ENGINE_USER_MAX] = ' ';
	check_taken(longest, user, longest + ENGINE_USER_MAX + 1);
	folder_remove(&f);
}

static void
check_refused(const char *text, size_t len, const char *want)
{
	int fd = 5;

	folder_put(&f, "auth", text, len);
	CU_ASSERT_EQUAL(engine_file_open(&fd, auth, "", f.err, sizeof(f.err)),
	    -1);
	CU_ASSERT_EQUAL(fd, -1);
	CU_ASSERT_PTR_NULL(strstr(f.err, "secret"));
	folder_check_error(&f, auth, want);
}

/* The error names the file and the reason, and repeats nothing of it. */
static void
test_refused(void)
{
	char longer[2000];

	begin();
	check_refused("", 0, ": it is empty");
	check_refused("\n", 1, ": it is empty");
	check_refused("secret\nsecret\n", 14, ": it has more than one line");
	check_refused("sec\0ret", 7, ": it contains a control character");
	check_refused("me my secret", 12, ": expected a password, or a user");
	check_refused(" secret", 7, ": expected a password, or a user");
	check_refused("secret ", 7, ": expected a password, or a user");
	memset(longer, 's', sizeof(longer));
	check_refused(longer, ENGINE_PASSWORD_MAX + 1, ": it is too long");
	check_refused(longer, sizeof(longer), ": it is too long");
	CU_ASSERT_EQUAL(chmod(auth, 0640), 0);
	check_refused("secret", 6, "others can read or write it");
	folder_remove(&f);
}

static void
test_certificates(void)
{
	static char big[ENGINE_CA_MAX + 1] = PEM;
	char got[sizeof(PEM)] = "";
	struct engine_access a;
	int fd = -1;

	begin();
	folder_put(&f, "ca", PEM, sizeof(PEM) - 1);
	CU_ASSERT_EQUAL_FATAL(engine_file_open(&fd, "", ca, f.err,
				  sizeof(f.err)),
	    0);
	CU_ASSERT_EQUAL(pread(fd, &a, sizeof(a), 0), sizeof(a));
	CU_ASSERT_EQUAL(a.ca_len, sizeof(PEM) - 1);
	CU_ASSERT_STRING_EQUAL(a.password, "");
	CU_ASSERT_EQUAL(pread(fd, got, sizeof(got), sizeof(a)),
	    sizeof(PEM) - 1);
	CU_ASSERT_STRING_EQUAL(got, PEM);
	close(fd);
	folder_put(&f, "ca", "secret", 6);
	CU_ASSERT_EQUAL(engine_file_open(&fd, "", ca, f.err, sizeof(f.err)),
	    -1);
	folder_check_error(&f, ca, ": expected certificates in PEM");
	folder_put(&f, "ca", big, sizeof(big));
	CU_ASSERT_EQUAL(engine_file_open(&fd, "", ca, f.err, sizeof(f.err)),
	    -1);
	folder_check_error(&f, ca, ": it has more than 1 MiB");
	CU_ASSERT_EQUAL(unlink(ca), 0);
	CU_ASSERT_EQUAL(engine_file_open(&fd, "", ca, f.err, sizeof(f.err)),
	    -1);
	folder_check_error(&f, ca, ": No such file");
	CU_ASSERT_EQUAL(fd, -1);
	folder_remove(&f);
}

void
engine_file_suite(void)
{
	CU_pSuite suite = CU_add_suite("engine_file", NULL, NULL);

	CU_add_test(suite, "a password", test_password);
	CU_add_test(suite, "refused", test_refused);
	CU_add_test(suite, "certificates", test_certificates);
}
