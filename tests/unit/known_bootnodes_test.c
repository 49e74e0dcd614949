/*
 * What the launcher reads before it starts the others, apart from options:
 * addresses and keys as text, known_bootnodes, .env, the state folder, the
 * passphrase from a file and from a terminal.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "launcher/dotenv.h"
#include "launcher/known_bootnodes.h"
#include "launcher/passphrase.h"
#include "launcher/state_dir.h"

void known_bootnodes_suite(void);

#define HEX_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX_B "FFEEDDCCBBAA99887766554433221100ffeeddccbbaa99887766554433221100"

/* A folder of its own for each test. */
struct folder {
	char path[256];
	int fd;
	char err[512];
};

static void
folder_make(struct folder *f)
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

static void
folder_remove(struct folder *f)
{
	(void)close(f->fd);
	CU_ASSERT(nftw(f->path, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

static void
put_file(struct folder *f, const char *name, const void *text, size_t len)
{
	int fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CU_ASSERT_FATAL(fd != -1);
	CU_ASSERT_FATAL(write(fd, text, len) == (ssize_t)len);
	(void)close(fd);
}

/* Whether the error holds both; on failure show it. */
static void
check_error(struct folder *f, const char *one, const char *other)
{
	if (!strstr(f->err, one) || !strstr(f->err, other))
		(void)fprintf(stderr, "\n  got  <%s>\n  want <%s> <%s>\n",
		    f->err, one, other);
	CU_ASSERT(strstr(f->err, one) && strstr(f->err, other));
	f->err[0] = '\0';
}

/* ---- Addresses and keys ---- */

static void
test_endpoints(void)
{
	static const char *const good[][2] = {
		{ "a", "a:9" },
		{ "Some-Host_1.Example.", "some-host_1.example.:9" },
		{ "a:1", "a:1" },
		{ "a:00065", "a:65" },
		{ "192.0.2.1", "192.0.2.1:9" },
		{ "192.0.2.1:65535", "192.0.2.1:65535" },
		{ "2001:DB8:0:0::1", "[2001:db8::1]:9" },
		{ "::", "[::]:9" },
		{ "[::1]", "[::1]:9" },
		{ "[::1]:0", "[::1]:0" },
		{ "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:9" },
		{ "1.2.3.4.example", "1.2.3.4.example:9" },
	};
	static const char *const bad[] = { "", ":", ":1", "a:", "a:x", "a:-1",
		"a:+1", "a: 1", "a:65536", "a:000001", "a b", "a..b", ".a",
		"1.2.3", "1.2.3.256", "1.2.3.4.5", "a.1", "[", "[]", "[a]",
		"[::1", "[::1]1", "[::1]:", "[::1]:x", "[1.2.3.4]", "::1]",
		"1:2:3", "fe80::1%lo", "[::1]]:1", "b\xc3\xbc.example", "a/b" };
	char text[ENDPOINT_TEXT_MAX], longest[256];
	struct endpoint e;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		CU_ASSERT(endpoint_parse(&e, good[i][0], 9) == 0);
		CU_ASSERT_STRING_EQUAL(endpoint_format(&e, text), good[i][1]);
		/* What was written reads back as the same. */
		CU_ASSERT(endpoint_parse(&e, text, 1) == 0);
		CU_ASSERT_STRING_EQUAL(endpoint_format(&e, text), good[i][1]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (endpoint_parse(&e, bad[i], 9) != -1)
			(void)fprintf(stderr, "\n  taken: <%s>\n", bad[i]);
		CU_ASSERT(endpoint_parse(&e, bad[i], 9) == -1);
	}
	for (size_t i = 0; i < 255; i++)
		longest[i] = i % 64 == 63 ? '.' : 'x';
	longest[253] = '\0';
	CU_ASSERT(endpoint_parse(&e, longest, 65535) == 0);
	CU_ASSERT_EQUAL(strlen(endpoint_format(&e, text)), 253 + 6);
	longest[253] = 'x', longest[254] = '\0';
	CU_ASSERT(endpoint_parse(&e, longest, 1) == -1);
	/* A label of 64. */
	longest[63] = 'x', longest[64] = '\0';
	CU_ASSERT(endpoint_parse(&e, longest, 1) == -1);
}

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

/* Look an address up in a file of this text, len -1 for a string. */
static int
find_in(struct folder *f, const char *text, size_t len, const char *address)
{
	struct known_bootnodes k;
	uint8_t key[BOOTNODE_KEY_SIZE] = { 0x77 };
	int found;

	put_file(f, "known_bootnodes", text, len);
	if (known_bootnodes_open(&k, f->fd, f->err, sizeof(f->err)) == -1)
		return -2;
	found = known_bootnodes_find(&k, address, key, f->err, sizeof(f->err));
	(void)close(k.fd);
	return found == 1 ? key[0] : found == 0 ? 1000 : -1;
}

static void
test_find(void)
{
	static const char *const malformed[] = { "\n", "x\n", "a:1\n", "a:1 \n",
		"a " HEX_A "\n", "a:0 " HEX_A "\n", "a:1  " HEX_A,
		"a:1 " HEX_A " \n", "a:1 " HEX_A "0\n", " a:1 " HEX_A,
		"::1 " HEX_A, "a:1\t" HEX_A, "a:1 " HEX_A "\r\n", "# a\n" };
	const char *text = "a:1 " HEX_A "\n[::1]:2 " HEX_B "\na:3 " HEX_B;
	struct folder f;
	char big[KNOWN_BOOTNODES_FILE_MAX + 1];

#define FIND(text, address) find_in(&f, text, strlen(text), address)
	folder_make(&f);
	CU_ASSERT_EQUAL(FIND("", "a:1"), 1000);
	CU_ASSERT_EQUAL(FIND(text, "a:1"), 0x00);
	CU_ASSERT_EQUAL(FIND(text, "[::1]:2"), 0xff);
	CU_ASSERT_EQUAL(FIND(text, "a:3"), 0xff);
	CU_ASSERT_EQUAL(FIND(text, "a:2"), 1000);
	CU_ASSERT_EQUAL(FIND(text, "::1"), 1000);
	CU_ASSERT_EQUAL(find_in(&f, "a:1\0 " HEX_A "\n", 70, "a:1"), -1);
	check_error(&f, "line 1: expected", "known_bootnodes");
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++) {
		char two[512];

		(void)snprintf(two, sizeof(two), "a:1 %s\n%s", HEX_A,
		    malformed[i]);
		CU_ASSERT_EQUAL(FIND(two, "a:1"), -1);
		check_error(&f, "known_bootnodes in the state folder, line 2: ",
		    "expected host:port and 64 hexadecimal digits");
	}
	CU_ASSERT_EQUAL(FIND("a:1 " HEX_A "\na:1 " HEX_A "\n", "a:1"), 0);
	CU_ASSERT_EQUAL(FIND("a:1 " HEX_A "\na:1 " HEX_B "\n", "b:1"), 1000);
	CU_ASSERT_EQUAL(FIND("a:1 " HEX_A "\na:1 " HEX_B "\n", "a:1"), -1);
	check_error(&f, "line 2: a second key for a:1", "known_bootnodes");

	memset(big, 'x', sizeof(big));
	CU_ASSERT_EQUAL(find_in(&f, big, sizeof(big), "a:1"), -2);
	check_error(&f, "known_bootnodes", "at most 65536 bytes");
	CU_ASSERT(fchmodat(f.fd, "known_bootnodes", 0620, 0) == 0);
	CU_ASSERT_EQUAL(FIND("", "a:1"), -2);
	check_error(&f, "known_bootnodes", "chmod 600");
	CU_ASSERT(unlinkat(f.fd, "known_bootnodes", 0) == 0);
	CU_ASSERT(symlinkat("x", f.fd, "known_bootnodes") == 0);
	put_file(&f, "x", "", 0);
	CU_ASSERT_EQUAL(FIND("", "a:1"), -2);
	check_error(&f, "known_bootnodes", "symbolic links");
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
	folder_make(&f);
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

	/* A last line without its end stays a line of its own. */
	put_file(&f, "known_bootnodes", "c:1 " HEX_A, 68);
	CU_ASSERT_FATAL(OPEN() == 0);
	CU_ASSERT(LOOK("a:1") == 0 && ADD("a:1", b) == 0);
	CU_ASSERT(LOOK("c:1") == 1 && memcmp(got, a, 32) == 0);
	CU_ASSERT(LOOK("a:1") == 1 && memcmp(got, b, 32) == 0);

	/* It never grows beyond what the next start would read. */
	while (lines < 2000 && ADD("some:1", a) == 0)
		lines++;
	check_error(&f, "known_bootnodes", "full");
	CU_ASSERT(fstat(k.fd, &st) == 0 && st.st_size <= 65536 &&
	    st.st_size > 65536 - 72);
	CU_ASSERT(LOOK("some:1") == 1);
	(void)close(k.fd);
	folder_remove(&f);
}

/* ---- .env ---- */

/* Value of X in a .env of this text, or the error. */
static const char *
x_in(struct folder *f, const char *text, size_t len, char value[256])
{
	const struct dotenv_entry *e;
	struct dotenv d;

	put_file(f, ".env", text, len);
	(void)snprintf(value, 256, "(none)");
	if (dotenv_load(&d, f->fd, f->err, sizeof(f->err)) == -1)
		return f->err;
	e = dotenv_find(&d, "X");
	if (e != NULL)
		(void)snprintf(value, 256, "%s", e->value);
	dotenv_free(&d);
	return value;
}

static void
test_dotenv(void)
{
	static const char *const cases[][2] = {
		{ "", "(none)" },
		{ "X=1", "1" },
		{ "X=1\n", "1" },
		{ "X=1\r\nY=2\r\n", "1" },
		{ "X=1\nX=2\n", "2" },
		{ "# X=1\n\n \t\nX=2", "2" },
		{ "export X=1", "1" },
		{ " export \t X=1", "1" },
		{ "export=1\nX=2", "2" },
		{ "X=", "" },
		{ "X= # c", "" },
		{ "X=#c", "#c" },
		{ "X=a#b", "a#b" },
		{ "X=a # b", "a" },
		{ "X=a\t#b", "a" },
		{ "X =  a b \t", "a b" },
		{ "X=a=b", "a=b" },
		{ "X='a # \\n\"'", "a # \\n\"" },
		{ "X='' # c", "" },
		{ "X=\"a\\nb\\\"\\\\c\\d'\" ", "a\nb\"\\c\\d'" },
		{ "X=\"a\"\t# c", "a" },
		{ "X=a\"b", "a\"b" },
		{ "X=$HOME", "$HOME" },
		{ "XX=1\n_X=2", "(none)" },
		{ "X='\xc3\xa9'", "\xc3\xa9" },
	};
	static const char *const malformed[] = { "X", "=1", "1X=1", "X-Y=1",
		"X Y=1", "export X", "export", "X='a", "X=\"a", "X=\"a\\\"",
		"X='a'b", "X='a'#b", "X=\"a\nb\"", "\xc3\xa9=1", "X: 1" };
	char big[DOTENV_FILE_MAX + 1], text[256], value[256];
	struct folder f;

	folder_make(&f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CU_ASSERT_STRING_EQUAL(x_in(&f, cases[i][0],
					   strlen(cases[i][0]), value),
		    cases[i][1]);
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++) {
		(void)snprintf(text, sizeof(text), "# c\nA=1\n%s\nB=2\n",
		    malformed[i]);
		CU_ASSERT_STRING_EQUAL(x_in(&f, text, strlen(text), value),
		    ".env line 3: expected NAME=value");
	}
	CU_ASSERT_STRING_EQUAL(x_in(&f, "X=1\0", 4, value),
	    ".env line 1: expected NAME=value");

	/* 16 lines of 4096 bytes with their ends, and then some. */
	memset(big, 'x', sizeof(big));
	for (size_t i = 0; i < DOTENV_FILE_MAX; i += 4096)
		memcpy(big + i, "\nL=", 3);
	CU_ASSERT_STRING_EQUAL(x_in(&f, big, DOTENV_FILE_MAX, value), "(none)");
	CU_ASSERT_STRING_EQUAL(x_in(&f, big, sizeof(big), value),
	    ".env: expected at most 65536 bytes");
	memcpy(big, "X=", 2);
	big[4096] = '\n';
	CU_ASSERT_EQUAL(strlen(x_in(&f, big, 4097, value)), 255);
	big[4096] = 'x', big[4097] = '\n';
	CU_ASSERT_STRING_EQUAL(x_in(&f, big, 4098, value),
	    ".env line 1: expected at most 4096 bytes");
	CU_ASSERT(unlinkat(f.fd, ".env", 0) == 0);
	CU_ASSERT(mkdirat(f.fd, ".env", 0700) == 0);
	CU_ASSERT(dotenv_load(&(struct dotenv){ 0 }, f.fd, f.err,
		      sizeof(f.err)) == -1);
	check_error(&f, ".env", "regular file");
	folder_remove(&f);
}

/* ---- The state folder ---- */

static void
test_state_dir(void)
{
	char asked[300], path[STATE_DIR_PATH_MAX], want[400];
	struct folder f;
	struct stat st;
	int fd;

	folder_make(&f);
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
	check_error(&f, f.path, "others can write to it (mode 0770)");
	CU_ASSERT(fchmodat(f.fd, "gochat", 0702, 0) == 0);
	CU_ASSERT(STATE(NULL, f.path, NULL) == -1);
	check_error(&f, f.path, "chmod 700");
	CU_ASSERT(fchmodat(f.fd, "gochat", 0755, 0) == 0);
	fd = STATE(NULL, f.path, NULL);
	CU_ASSERT(fd != -1 && close(fd) == 0);

	put_file(&f, "file", "", 0);
	(void)snprintf(asked, sizeof(asked), "%s/file", f.path);
	CU_ASSERT(STATE(asked, NULL, NULL) == -1);
	check_error(&f, "file: Not a directory", "--state-dir");
	(void)snprintf(asked, sizeof(asked), "%s/file/x", f.path);
	CU_ASSERT(STATE(asked, NULL, NULL) == -1);
	check_error(&f, "Not a directory", "--state-dir");
	if (geteuid() != 0) {
		CU_ASSERT(STATE("/", NULL, NULL) == -1);
		check_error(&f, "owned by user 0", "--state-dir");
	} else {
		CU_ASSERT(fchownat(f.fd, "gochat", 12345, 0, 0) == 0);
		CU_ASSERT(STATE(NULL, f.path, NULL) == -1);
		check_error(&f, "owned by user 12345", "--state-dir");
	}
	folder_remove(&f);
}

/* ---- The passphrase ---- */

static void
test_passphrase_file(void)
{
	char text[PASSPHRASE_MAX + 1], path[300], got[64];
	struct folder f;
	int fd = 5;

	folder_make(&f);
	(void)snprintf(path, sizeof(path), "%s/p", f.path);
#define PASS(file, ask) passphrase_open(&fd, file, ask, f.err, sizeof(f.err))
	CU_ASSERT(PASS(NULL, false) == 0 && fd == -1);
	CU_ASSERT(PASS("", false) == 0 && fd == -1);
	CU_ASSERT(PASS(path, false) == -1 && fd == -1);
	check_error(&f, path, "No such file");
	put_file(&f, "p", "secret\n", 7);
	CU_ASSERT(PASS(path, false) == 0);
	CU_ASSERT(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	CU_ASSERT(
	    read(fd, got, sizeof(got)) == 7 && memcmp(got, "secret\n", 7) == 0);
	(void)close(fd);
	CU_ASSERT(PASS(path, true) == -1 && fd == -1);
	check_error(&f, "--passphrase", "without a passphrase file");
	for (unsigned int mode = 1; mode <= 040; mode <<= 1) {
		CU_ASSERT(fchmodat(f.fd, "p", 0600 | mode, 0) == 0);
		CU_ASSERT(PASS(path, false) == -1 && fd == -1);
		check_error(&f, path, "chmod 600");
	}
	CU_ASSERT(fchmodat(f.fd, "p", 0400, 0) == 0);
	CU_ASSERT(PASS(path, false) == 0 && close(fd) == 0);
	CU_ASSERT(unlinkat(f.fd, "p", 0) == 0);
	memset(text, 'x', sizeof(text));
	put_file(&f, "p", text, PASSPHRASE_MAX);
	CU_ASSERT(PASS(path, false) == 0 && close(fd) == 0);
	put_file(&f, "p", text, PASSPHRASE_MAX + 1);
	CU_ASSERT(PASS(path, false) == -1);
	check_error(&f, path, "expected 1 to 1024 bytes");
	put_file(&f, "p", "", 0);
	CU_ASSERT(PASS(path, false) == -1);
	check_error(&f, path, "expected 1 to 1024 bytes");
	CU_ASSERT(PASS(f.path, false) == -1);
	check_error(&f, f.path, "regular file");
	folder_remove(&f);
}

static void
ignore(int signal_number)
{
	(void)signal_number;
}

/*
 * The other side of test_asking(): a process whose only terminal is tty, or
 * that has none if NULL, asks and writes what came of it to out.
 */
static _Noreturn void
asker(const char *tty, int out)
{
	char got[PASSPHRASE_MAX + 1], err[512] = "";
	ssize_t n;
	int fd;

	(void)signal(SIGINT, ignore);
	(void)alarm(10);
	if (setsid() == -1 || (tty != NULL && open(tty, O_RDWR) == -1))
		_exit(1);
	if (passphrase_open(&fd, NULL, true, err, sizeof(err)) == -1)
		_exit(write(out, err, strlen(err)) == -1);
	n = pread(fd, got, sizeof(got), 0);
	_exit(n < 0 || write(out, "got ", 4) != 4 ||
	    write(out, got, (size_t)n) != n || pread(fd, got, 1, n) != 0);
}

/* Read until the text holds want, for 10 seconds at most. */
static void
read_until(int fd, const char *want, char *text, size_t size)
{
	size_t len = 0;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	for (text[0] = '\0'; strstr(text, want) == NULL; text[len] = '\0') {
		CU_ASSERT_FATAL(len < size - 1 && poll(&p, 1, 10000) == 1);
		n = read(fd, text + len, size - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
}

/* Type an answer on a terminal of its own; compare what comes of it. */
static void
try_asking(const char *typed, const char *want)
{
	char text[4096];
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), out[2];
	struct pollfd answer = { .events = POLLIN };
	int status;
	pid_t pid;

	CU_ASSERT_FATAL(master != -1 && grantpt(master) == 0);
	CU_ASSERT_FATAL(unlockpt(master) == 0 && pipe2(out, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0)
		asker(typed != NULL ? ptsname(master) : NULL, out[1]);
	CU_ASSERT_FATAL(pid != -1);
	(void)close(out[1]);
	answer.fd = out[0];
	if (typed != NULL) {
		/* What is typed before the question would be thrown away. */
		read_until(master, "Passphrase of the room: ", text,
		    sizeof(text));
		CU_ASSERT(write(master, typed, strlen(typed)) != -1);
		/* A signal between its prompt and its read(2) is one that
		 * readpassphrase(3) sees with the next key: press again. */
		for (int i = 0;
		     i < 90 && typed[0] == '\x03' && poll(&answer, 1, 100) == 0;
		     i++)
			CU_ASSERT(write(master, typed, 1) == 1);
	}
	read_until(out[0], want, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, want);
	CU_ASSERT(waitpid(pid, &status, 0) == pid && status == 0);
	(void)close(out[0]);
	(void)close(master);
}

static void
test_asking(void)
{
	try_asking("s\xc3\xa9"
		   "cret \n",
	    "got s\xc3\xa9"
	    "cret ");
	try_asking("\n", "--passphrase: nothing was typed");
	try_asking("\x03", "--passphrase: interrupted");
	try_asking(NULL,
	    "--passphrase: no terminal to ask on, use "
	    "--passphrase-file");
}

void
known_bootnodes_suite(void)
{
	CU_pSuite suite = CU_add_suite("launcher's files", NULL, NULL);

	CU_add_test(suite, "addresses", test_endpoints);
	CU_add_test(suite, "keys", test_keys);
	CU_add_test(suite, "known_bootnodes: find", test_find);
	CU_add_test(suite, "known_bootnodes: append", test_append);
	CU_add_test(suite, ".env", test_dotenv);
	CU_add_test(suite, "state folder", test_state_dir);
	CU_add_test(suite, "passphrase file", test_passphrase_file);
	CU_add_test(suite, "passphrase asked for", test_asking);
}
