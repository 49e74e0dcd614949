/*
 * .env: the lines that it may have, and their values.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "launcher/dotenv.h"
#include "tests/unit/folder.h"

void dotenv_suite(void);

#define NOBODY 65534

/* Returns the value of X in the .env that is there, or the error. */
static const char *
load_x(struct folder *f, char value[256])
{
	const struct dotenv_entry *e;
	struct dotenv d;

	(void)snprintf(value, 256, "(none)");
	if (dotenv_load(&d, f->fd, f->err, sizeof(f->err)) == -1) {
		CU_ASSERT(d.text == NULL && d.entries == NULL);
		return f->err;
	}
	e = dotenv_find(&d, "X");
	if (e != NULL)
		(void)snprintf(value, 256, "%s", e->value);
	dotenv_free(&d);
	return value;
}

/* Does the same with a .env of this text. */
static const char *
x_in(struct folder *f, const char *text, size_t len, char value[256])
{
	folder_put(f, ".env", text, len);
	return load_x(f, value);
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
		/* What a name may be of, and the neighbours of that. */
		{ "AZaz09_=1\nX=2", "2" },
		{ "X='\xc3\xa9'", "\xc3\xa9" },
		{ "\xef\xbb\xbf",
		    ".env: it begins with a byte order mark, which is to be "
		    "taken out" },
		{ "\xef\xbb\xbfX=1",
		    ".env: it begins with a byte order mark, which is to be "
		    "taken out" },
	};
	static const char *const malformed[] = { "X", "=1", "1X=1", "X-Y=1",
		"X Y=1", "export X", "export", "X='a", "X=\"a", "X=\"a\\\"",
		"X=\"a\\", "X='a'b", "X='a'#b", "X=\"a\nb\"", "\xc3\xa9=1",
		"X: 1", "X@=1", "X[=1", "X`=1", "X{=1", "X/=1", "X:=1", "0X=1",
		"9X=1" };
	char big[DOTENV_FILE_MAX + 1], text[256], value[256];
	struct folder f;

	folder_open(&f);
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

	/* The file has 16 lines of 4096 bytes with their ends, and then a
	 * little more. */
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
	folder_check_error(&f, ".env", "regular file");
	folder_remove(&f);
}

/* None at all says nothing. One that cannot be opened is an error, and so is a
 * FIFO, which would make the start wait for whoever writes into it. */
static void
test_missing(void)
{
	char value[256];
	struct folder f;

	folder_open(&f);
	CU_ASSERT_STRING_EQUAL(load_x(&f, value), "(none)");
	CU_ASSERT_EQUAL(mkfifoat(f.fd, ".env", 0600), 0);
	load_x(&f, value);
	folder_check_error(&f, ".env", "regular file");
	CU_ASSERT_EQUAL(unlinkat(f.fd, ".env", 0), 0);
	CU_ASSERT_EQUAL(symlinkat(".env", f.fd, ".env"), 0);
	load_x(&f, value);
	folder_check_error(&f, ".env: ", strerror(ELOOP));
	folder_remove(&f);
}

/* A user who can write .env decides where the log goes and whom to trust. */
static void
test_mode(void)
{
	static const struct {
		mode_t mode;
		bool refused;
	} cases[] = { { 0600, false }, { 0644, false }, { 0755, false },
		{ 0620, true }, { 0602, true }, { 0666, true } };
	char value[256];
	struct folder f;

	folder_open(&f);
	folder_put(&f, ".env", "X=1", 3);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CU_ASSERT(fchmodat(f.fd, ".env", cases[i].mode, 0) == 0);
		x_in(&f, "X=1", 3, value);
		if (cases[i].refused)
			folder_check_error(&f, "others can write it",
			    "mode 06");
		else
			CU_ASSERT_STRING_EQUAL(value, "1");
	}
	folder_remove(&f);
}

/* The file must not belong to somebody else, either, who could give himself the
 * right. Only root can make such a file; root's own file is good for
 * everybody. */
static void
test_owner(void)
{
	char value[256];
	struct folder f;

	if (geteuid() != 0)
		return;
	folder_open(&f);
	folder_put(&f, ".env", "X=1", 3);
	CU_ASSERT(fchownat(f.fd, ".env", NOBODY, NOBODY, 0) == 0);
	x_in(&f, "X=1", 3, value);
	folder_check_error(&f, "others can write it",
	    "(user 65534, mode 0600)");
	CU_ASSERT(fchownat(f.fd, ".env", 0, 0, 0) == 0);
	CU_ASSERT(fchmodat(f.fd, ".env", 0644, 0) == 0);
	CU_ASSERT(fchmod(f.fd, 0711) == 0);
	CU_ASSERT(seteuid(NOBODY) == 0);
	load_x(&f, value);
	CU_ASSERT(seteuid(0) == 0);
	CU_ASSERT_STRING_EQUAL(value, "1");
	folder_remove(&f);
}

void
dotenv_suite(void)
{
	CU_pSuite suite = CU_add_suite(".env", NULL, NULL);

	CU_add_test(suite, ".env", test_dotenv);
	CU_add_test(suite, "none", test_missing);
	CU_add_test(suite, "one that others can write", test_mode);
	CU_add_test(suite, "one of somebody else", test_owner);
}
