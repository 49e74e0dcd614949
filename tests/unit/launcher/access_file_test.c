/*
 * Files of access keys: which are taken, what is said of the others, and what a
 * new key looks like.
 */
#include "launcher/access_file.h"

#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void access_file_suite(void);

#define HEX32 "0123456789abcdef0123456789abcdef"
#define KEY   HEX32 HEX32
#define TEXT                                                 \
	"# friends\nanna  " KEY "\n\nbert " HEX32 "fedcba98" \
	"76543210fedcba9876543210\n"

static struct folder f;
static char path[300];

static int
open_file(int *fd, size_t max)
{
	return access_file_open(fd, path, max, f.err, sizeof(f.err));
}

static void
begin(const char *text)
{
	folder_open(&f);
	(void)snprintf(path, sizeof(path), "%s/keys", f.path);
	folder_put(&f, "keys", text, strlen(text));
}

/* What the memory has are the keys alone, each in a line. */
static void
test_taken(void)
{
	char got[512] = "";
	int fd = -1;

	begin(TEXT);
	CU_ASSERT_EQUAL_FATAL(open_file(&fd, ACCESS_KEYS_MAX), 0);
	CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CU_ASSERT(pread(fd, got, sizeof(got) - 1, 0) > 0);
	CU_ASSERT_STRING_EQUAL(got,
	    "anna " KEY "\nbert " HEX32 "fedcba9876543210fedcba98"
	    "76543210\n");
	close(fd);
	folder_remove(&f);
}

static void
check_refused(size_t max, const char *want)
{
	int fd = 5;

	CU_ASSERT_EQUAL(open_file(&fd, max), -1);
	CU_ASSERT_EQUAL(fd, -1);
	folder_check_error(&f, path, want);
	CU_ASSERT_PTR_NULL(strstr(f.err, "0123456789"));
}

/* The error names file, line and reason, and repeats no key. */
static void
test_refused(void)
{
	begin(TEXT);
	check_refused(1, ", line 4: expected one key, as a client has one");
	folder_put(&f, "keys", "\nanna " HEX32 "\n", strlen(HEX32) + 7);
	check_refused(9, ", line 2: expected a key of 64 hexadecimal digits");
	folder_put(&f, "keys", "\n", 1);
	check_refused(9, ": expected a line with a name and a key");
	folder_put(&f, "keys", TEXT, strlen(TEXT));
	for (unsigned int mode = 1; mode <= 040; mode <<= 1) {
		CU_ASSERT_EQUAL(fchmodat(f.fd, "keys", 0600 | mode, 0), 0);
		check_refused(9, "chmod 600");
	}
	CU_ASSERT_EQUAL(unlinkat(f.fd, "keys", 0), 0);
	check_refused(9, "No such file");
	folder_remove(&f);
}

/* Other keys are put into one part of memory, and leave nothing there of those
 * before; the other part stays as it is, and so does all after an error. */
static void
test_again(void)
{
	static char got[ACCESS_PARTS * ACCESS_TEXT_MAX + 1], want[sizeof(got)];
	static const char one[] = "carl " KEY "\n";
	const ssize_t size = ACCESS_PARTS * ACCESS_TEXT_MAX;
	char *part = want + ACCESS_TEXT_MAX;
	int fd = -1;

	begin(TEXT);
	CU_ASSERT_EQUAL_FATAL(open_file(&fd, ACCESS_KEYS_MAX), 0);
	CU_ASSERT_EQUAL(pread(fd, want, sizeof(want), 0), size);
	memcpy(part, want, ACCESS_TEXT_MAX);
	for (int i = 0; i < 4; i++) {
		const char *text = i == 2 ? "anna\n" : i == 0 ? TEXT : one;

		folder_put(&f, "keys", text, strlen(text));
		CU_ASSERT_EQUAL(access_file_again(fd, 1, i == 3 ? "" : path,
				    f.err, sizeof(f.err)),
		    i == 2 ? -1 : 0);
		if (i == 1 || i == 3)
			memset(part, 0, ACCESS_TEXT_MAX);
		if (i == 1)
			memcpy(part, one, sizeof(one));
		CU_ASSERT_EQUAL(pread(fd, got, sizeof(got), 0), size);
		CU_ASSERT_EQUAL(memcmp(got, want, (size_t)size), 0);
	}
	folder_check_error(&f, path, ", line 1: expected a name and a key");
	close(fd);
	folder_remove(&f);
}

/* Somebody gives the key, and not a file. */
static void
test_key_itself(void)
{
	int fd;

	CU_ASSERT_EQUAL(access_file_open(&fd, KEY, 1, f.err, sizeof(f.err)),
	    -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.err, "expected a file"));
	CU_ASSERT_PTR_NULL(strstr(f.err, "0123456789"));
}

/* New keys are lines that are taken, and each is another. */
static void
test_new(void)
{
	struct access_keys keys;
	unsigned int line;
	char got[512];
	ssize_t len;
	int fd;

	begin("");
	fd = openat(f.fd, "keys", O_RDWR | O_CLOEXEC);
	CU_ASSERT_EQUAL(access_file_new(fd, "anna"), 0);
	CU_ASSERT_EQUAL(access_file_new(fd, "bert"), 0);
	len = pread(fd, got, sizeof(got), 0);
	CU_ASSERT_EQUAL(len, 2 * (5 + 2 * ACCESS_KEY_LEN + 1));
	CU_ASSERT_EQUAL(access_parse(&keys, 2, got, (size_t)len, &line),
	    ACCESS_SOUND);
	CU_ASSERT_STRING_EQUAL(keys.at[1].name, "bert");
	close(fd);
	CU_ASSERT_EQUAL(access_file_new(-1, "anna"), -1);
	folder_remove(&f);
}

void
access_file_suite(void)
{
	CU_pSuite s = CU_add_suite("access_file", NULL, NULL);

	CU_add_test(s, "taken", test_taken);
	CU_add_test(s, "refused", test_refused);
	CU_add_test(s, "read again", test_again);
	CU_add_test(s, "the key itself", test_key_itself);
	CU_add_test(s, "a new key", test_new);
}
