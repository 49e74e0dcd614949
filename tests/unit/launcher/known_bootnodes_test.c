/*
 * Keys as text, and the file known_bootnodes, which has them.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "launcher/known_bootnodes.h"
#include "tests/unit/folder.h"
#include "tests/unit/forked.h"

void known_bootnodes_suite(void);

#define HEX_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX_B "FFEEDDCCBBAA99887766554433221100ffeeddccbbaa99887766554433221100"

/* ---- Keys ---- */

static void
test_keys(void)
{
	uint8_t key[BOOTNODE_KEY_SIZE];
	char text[] = HEX_B;

	CU_ASSERT(bootnode_key_parse(key, text, 64) == 0);
	CU_ASSERT(key[0] == 0xff && key[1] == 0xee && key[31] == 0x00);
	CU_ASSERT(bootnode_key_parse(key, text, 63) == -1);
	CU_ASSERT(bootnode_key_parse(key, text, 65) == -1);
	for (const char *c = "g/:@G`x \xff"; *c != '\0'; c++) {
		text[40] = *c;
		CU_ASSERT(bootnode_key_parse(key, text, 64) == -1);
	}
	text[40] = '\0';
	CU_ASSERT(bootnode_key_parse(key, text, 64) == -1);
}

/* ---- known_bootnodes ---- */

/* Looks an address up in a file with this text; len is -1 for a string. */
static int
find_in(struct folder *f, const char *text, size_t len, const char *address)
{
	struct known_bootnodes k;
	uint8_t key[BOOTNODE_KEY_SIZE] = { 0x77 };
	int found;

	folder_put(f, "known_bootnodes", text, len);
	if (known_bootnodes_open(&k, f->fd, f->err, sizeof(f->err)) == -1)
		return -2;
	found = known_bootnodes_find(&k, address, key, f->err, sizeof(f->err));
	(void)close(k.fd);
	return found == 1 ? key[0] : found == 0 ? 1000 : -1;
}

static void
test_find(void)
{
	static const char *const malformed[] = { "x\n", "a:1\n", "a:1 \n",
		"a " HEX_A "\n", "a:0 " HEX_A "\n", "a:1  " HEX_A,
		"a:1 " HEX_A " \n", "a:1 " HEX_A "0\n", " a:1 " HEX_A,
		"::1 " HEX_A, "a:1\t" HEX_A, "a:1 " HEX_A "\r\n", "a # a\n" };
	const char *text = "a:1 " HEX_A "\n[::1]:2 " HEX_B "\na:3 " HEX_B;
	struct folder f;
	char big[KNOWN_BOOTNODES_FILE_MAX + 1];

#define FIND(text, address) find_in(&f, text, strlen(text), address)
	folder_open(&f);
	CU_ASSERT_EQUAL(FIND("", "a:1"), 1000);
	CU_ASSERT_EQUAL(FIND(text, "a:1"), 0x00);
	CU_ASSERT_EQUAL(FIND(text, "[::1]:2"), 0xff);
	CU_ASSERT_EQUAL(FIND(text, "a:3"), 0xff);
	CU_ASSERT_EQUAL(FIND(text, "a:2"), 1000);
	CU_ASSERT_EQUAL(FIND(text, "::1"), 1000);
	/* Blank lines and comments are ignored. */
	CU_ASSERT_EQUAL(FIND("\n# a\n \t\r\na:1 " HEX_A "\n\n #", "a:1"), 0x00);
	CU_ASSERT_EQUAL(FIND("#a:1 " HEX_A "\n", "a:1"), 1000);
	CU_ASSERT_EQUAL(find_in(&f, "a:1\0 " HEX_A "\n", 70, "a:1"), -1);
	folder_check_error(&f, "line 1: expected", "known_bootnodes");
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++) {
		char two[512];

		(void)snprintf(two, sizeof(two), "a:1 %s\n%s", HEX_A,
		    malformed[i]);
		CU_ASSERT_EQUAL(FIND(two, "a:1"), -1);
		folder_check_error(&f,
		    "known_bootnodes in the state folder, line 2: ",
		    "expected host:port and 64 hexadecimal digits");
	}
	CU_ASSERT_EQUAL(FIND("a:1 " HEX_A "\na:1 " HEX_A "\n", "a:1"), 0);
	CU_ASSERT_EQUAL(FIND("a:1 " HEX_A "\na:1 " HEX_B "\n", "b:1"), 1000);
	CU_ASSERT_EQUAL(FIND("a:1 " HEX_A "\na:1 " HEX_B "\n", "a:1"), -1);
	folder_check_error(&f, "line 2: a second key for a:1",
	    "known_bootnodes");

	memset(big, 'x', sizeof(big));
	CU_ASSERT_EQUAL(find_in(&f, big, sizeof(big), "a:1"), -2);
	folder_check_error(&f, "known_bootnodes", "at most 65536 bytes");
	CU_ASSERT(fchmodat(f.fd, "known_bootnodes", 0620, 0) == 0);
	CU_ASSERT_EQUAL(FIND("", "a:1"), -2);
	folder_check_error(&f, "known_bootnodes", "chmod 600");
	CU_ASSERT(unlinkat(f.fd, "known_bootnodes", 0) == 0);
	CU_ASSERT(symlinkat("x", f.fd, "known_bootnodes") == 0);
	folder_put(&f, "x", "", 0);
	CU_ASSERT_EQUAL(FIND("", "a:1"), -2);
	folder_check_error(&f, "known_bootnodes",
	    "is a symbolic link, which is not followed: put the file in its "
	    "place");
	folder_remove(&f);
}

static void
test_append(void)
{
	uint8_t a[BOOTNODE_KEY_SIZE], b[BOOTNODE_KEY_SIZE], got[32];
	struct known_bootnodes k;
	struct folder f;
	struct stat st;
	int lines = 0;

	(void)bootnode_key_parse(a, HEX_A, 64);
	(void)bootnode_key_parse(b, HEX_B, 64);
	folder_open(&f);
#define OPEN()	  known_bootnodes_open(&k, f.fd, f.err, sizeof(f.err))
#define LOOK(at)  known_bootnodes_find(&k, at, got, f.err, sizeof(f.err))
#define ADD(x, y) known_bootnodes_append(&k, x, y, f.err, sizeof(f.err))
	CU_ASSERT_FATAL(OPEN() == 0);
	CU_ASSERT(fstat(k.fd, &st) == 0 && (st.st_mode & 07777) == 0600);
	CU_ASSERT(fcntl(k.fd, F_GETFD) == FD_CLOEXEC);
	CU_ASSERT(LOOK("a:1") == 0 && ADD("a:1", a) == 0);
	CU_ASSERT(ADD("[::1]:2", b) == 0);
	CU_ASSERT(LOOK("a:1") == 1 && memcmp(got, a, 32) == 0);
	CU_ASSERT(LOOK("[::1]:2") == 1 && memcmp(got, b, 32) == 0);
	(void)close(k.fd);

	/* A last line without its end is kept apart from the next one. */
	folder_put(&f, "known_bootnodes", "c:1 " HEX_A, 68);
	CU_ASSERT_FATAL(OPEN() == 0);
	CU_ASSERT(LOOK("a:1") == 0 && ADD("a:1", b) == 0);
	CU_ASSERT(LOOK("c:1") == 1 && memcmp(got, a, 32) == 0);
	CU_ASSERT(LOOK("a:1") == 1 && memcmp(got, b, 32) == 0);

	/* The file never grows beyond what the next start would read. */
	while (lines < 2000 && ADD("some:1", a) == 0)
		lines++;
	folder_check_error(&f, "known_bootnodes", "full");
	CU_ASSERT(fstat(k.fd, &st) == 0 && st.st_size <= 65536 &&
	    st.st_size > 65536 - 72);
	CU_ASSERT(LOOK("some:1") == 1);
	(void)close(k.fd);
	folder_remove(&f);
}

/* Whether the file is exactly this. */
static bool
file_is(const struct known_bootnodes *k, const char *want)
{
	char text[512] = "";
	ssize_t n = pread(k->fd, text, sizeof(text) - 1, 0);

	if (n < 0 || strcmp(text, want) != 0)
		fprintf(stderr, "\n  got <%s>\n", text);
	return n >= 0 && strcmp(text, want) == 0;
}

/* A disk that fills up within a line, and has room again later: the next line
 * is one of its own. */
static int
append_to_full_disk(void *arg)
{
	struct rlimit limit = { 10, RLIM_INFINITY };
	struct folder *folder = arg, f = *folder;
	uint8_t a[BOOTNODE_KEY_SIZE];
	struct known_bootnodes k;

	signal(SIGXFSZ, SIG_IGN);
	(void)bootnode_key_parse(a, HEX_A, 64);
	EXPECT(OPEN() == 0);
	EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	EXPECT(ADD("a:1", a) == -1);
	EXPECT(strstr(f.err, "known_bootnodes") != NULL);
	EXPECT(strstr(f.err, "the disk is full") != NULL);
	EXPECT(ADD("a:1", a) == -1);
	EXPECT(strstr(f.err, strerror(EFBIG)) != NULL);
	EXPECT(file_is(&k, "a:1 001122"));
	limit.rlim_cur = RLIM_INFINITY;
	EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	EXPECT(ADD("b:2", a) == 0);
	EXPECT(ADD("c:3", a) == 0);
	EXPECT(file_is(&k, "a:1 001122\nb:2 " HEX_A "\nc:3 " HEX_A "\n"));
	return 0;
}

static struct endpoints
list_of(const char *text)
{
	char why[ENDPOINTS_WHY_MAX];
	struct endpoints list;

	CU_ASSERT_EQUAL_FATAL(endpoints_parse(&list, text, 1, why), 0);
	return list;
}

/* Bootnodes that stand in for each other have one key: that of any that is
 * known. All of them are remembered with it. */
static void
test_lists(void)
{
	const struct endpoints ab = list_of("a,b"), bc = list_of("b,c"),
			       ac = list_of("a,b,c"), de = list_of("d,e");
	static const char lines[] = "b:1 " HEX_A "\nc:1 " HEX_B "\n";
	uint8_t key[BOOTNODE_KEY_SIZE] = { 0 };
	struct known_bootnodes k;
	unsigned int added = 9;
	struct folder f;

	folder_open(&f);
	folder_put(&f, "known_bootnodes", lines, sizeof(lines) - 1);
	CU_ASSERT_EQUAL_FATAL(known_bootnodes_open(&k, f.fd, f.err,
				  sizeof(f.err)),
	    0);
	CU_ASSERT_EQUAL(known_bootnodes_find_all(&k, &ab, key, f.err,
			    sizeof(f.err)),
	    1);
	CU_ASSERT_EQUAL(key[1], 0x11);
	CU_ASSERT_EQUAL(known_bootnodes_find_all(&k, &de, key, f.err,
			    sizeof(f.err)),
	    0);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(known_bootnodes_find_all(&k, i ? &bc : &ac, key,
				    f.err, sizeof(f.err)),
		    -1);
		CU_ASSERT_STRING_EQUAL(f.err,
		    "known_bootnodes in the state folder: b:1 and c:1 have "
		    "different keys there, so they cannot stand in for each "
		    "other: leave one out");
	}
	CU_ASSERT_EQUAL(known_bootnodes_append_all(&k, &ab, key, &added, f.err,
			    sizeof(f.err)),
	    0);
	CU_ASSERT_EQUAL(added, 1);
	CU_ASSERT_EQUAL(known_bootnodes_find(&k, "a:1", key, f.err,
			    sizeof(f.err)),
	    1);
	CU_ASSERT_EQUAL(known_bootnodes_append_all(&k, &ab, key, &added, f.err,
			    sizeof(f.err)),
	    0);
	CU_ASSERT_EQUAL(added, 0);
	(void)close(k.fd);
	folder_remove(&f);
}

static void
test_full_disk(void)
{
	struct folder f;

	folder_open(&f);
	CU_ASSERT_EQUAL(forked(append_to_full_disk, &f), 0);
	folder_remove(&f);
}

void
known_bootnodes_suite(void)
{
	CU_pSuite suite = CU_add_suite("known_bootnodes", NULL, NULL);

	CU_add_test(suite, "keys", test_keys);
	CU_add_test(suite, "known_bootnodes: find", test_find);
	CU_add_test(suite, "known_bootnodes: append", test_append);
	CU_add_test(suite, "known_bootnodes: several at once", test_lists);
	CU_add_test(suite, "known_bootnodes: a full disk", test_full_disk);
}
