/*
 * What a line makes of what is known of a key, who makes room for whom, and
 * what is written (known_peers.c), at the limits of each rule.
 */
#include "cryptod/client/known_peers.h"

#include "tests/unit/bytes.h"
#include "tests/unit/folder.h"

#include <sys/stat.h>

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void known_peers_rules_suite(void);

#define KEY    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define LINE   "peer-1 " KEY
#define APPEND 100

static const uint8_t anna[X25519_LEN] = { 1 };

static size_t
read_lines(struct known_peers *known, const char *text)
{
	size_t lines, taken;

	memset(known, 0, sizeof(*known));
	known->fd = -1;
	return known_peers_read(known, text, strlen(text), &lines, &taken);
}

/* Lines with one key say this of it together. */
static void
check_merged(const char *text, enum known_value value, uint32_t first,
    uint32_t last, const char *nick)
{
	struct known_peers known;
	const struct known_key *k;

	CU_ASSERT_EQUAL(read_lines(&known, text), 0);
	CU_ASSERT_EQUAL_FATAL(known.count, 1);
	k = &known.entries[0];
	CU_ASSERT_EQUAL(k->value, value);
	CU_ASSERT_EQUAL(k->first_day, first);
	CU_ASSERT_EQUAL(k->last_day, last);
	CU_ASSERT_EQUAL(k->nick_len, strlen(nick));
	CU_ASSERT_EQUAL(memcmp(k->nick, nick, k->nick_len), 0);
	known_peers_free(&known);
}

static void
test_merged(void)
{
	/* Days: the first and the last of all. */
	check_merged(LINE " seen 10 20 a\n" LINE " seen 12 15 b\n", KNOWN_SEEN,
	    10, 20, "b");
	check_merged(LINE " seen 12 15 a\n" LINE " seen 10 20 b\n", KNOWN_SEEN,
	    10, 20, "b");
	/* What a peer caused takes nothing back, and no name that the user has
	 * verified. */
	check_merged(LINE " talked 1 2 a\n" LINE " seen 1 2 b\n", KNOWN_TALKED,
	    1, 2, "b");
	check_merged(LINE " seen 1 2 a\n" LINE " talked 1 2 b\n", KNOWN_TALKED,
	    1, 2, "b");
	check_merged(LINE " verified 1 2 a\n" LINE " talked 1 3 b\n",
	    KNOWN_VERIFIED, 1, 3, "a");
	/* What the user said does. */
	check_merged(LINE " talked 1 2 a\n" LINE " verified 1 2 b\n",
	    KNOWN_VERIFIED, 1, 2, "b");
	check_merged(LINE " verified 1 2 a\n" LINE " verified 1 2 bb\n",
	    KNOWN_VERIFIED, 1, 2, "bb");
	check_merged(LINE " verified 1 2 a\n" LINE " unverified 1 2 b\n",
	    KNOWN_TALKED, 1, 2, "b");
	check_merged(LINE " unverified 1 2 a\n", KNOWN_TALKED, 1, 2, "a");
	check_merged(LINE " unverified 1 2 a\n" LINE " seen 1 2 b\n",
	    KNOWN_TALKED, 1, 2, "b");
}

/* Each byte of a name that may stand for itself, and the bytes next to them. */
static void
test_plain(void)
{
	static const char bad[] = { 0x1f, ' ', 0x7f, (char)0x80, '\t' };
	struct known_peers known;
	char text[256];

	check_merged(LINE " seen 1 1 !~$&\n", KNOWN_SEEN, 1, 1, "!~$&");
	check_merged(LINE " seen 1 1 %25%20%0a\n", KNOWN_SEEN, 1, 1, "% \n");
	check_merged(LINE " seen 0 0 a\n", KNOWN_SEEN, 0, 0, "a");
	for (size_t i = 0; i < sizeof(bad); i++) {
		snprintf(text, sizeof(text), LINE " seen 1 1 a%cb\n", bad[i]);
		CU_ASSERT_EQUAL(read_lines(&known, text), 1);
	}
	CU_ASSERT_EQUAL(read_lines(&known, LINE " seen / 1 a\n"), 1);
	CU_ASSERT_EQUAL(read_lines(&known, LINE " seen 1 : a\n"), 1);
	CU_ASSERT_EQUAL(read_lines(&known, LINE " seen 1  a\n"), 1);
	CU_ASSERT_EQUAL(read_lines(&known, LINE " seen 0 12345678901 a\n"), 1);
	CU_ASSERT_EQUAL(read_lines(&known, LINE " seen 1 1 %6g\n"), 1);
	CU_ASSERT_EQUAL(read_lines(&known, LINE " seen 1 1 %g6\n"), 1);
	CU_ASSERT_EQUAL(known.count, 0);
	known_peers_free(&known);
}

/* --- What is written ------------------------------------------------------ */

static off_t
size(void)
{
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(fstat(APPEND, &st), 0);
	return st.st_size;
}

static void
begin(struct known_peers *known, struct folder *f)
{
	memset(known, 0, sizeof(*known));
	known->fd = -1;
	folder_open(f);
	known_peers_open(known, f->fd, APPEND);
}

static void
end(struct known_peers *known, struct folder *f)
{
	known_peers_free(known);
	close(APPEND);
	folder_remove(f);
}

/* Only what is news: another name, a later day, more worth, a mark. */
static void
test_news(void)
{
	struct known_peers known;
	struct folder f;
	off_t before;

	begin(&known, &f);
	known_peers_note(&known, anna, "anna", 4, 20000);
	before = size();
	CU_ASSERT(before > 0);
	known_peers_note(&known, anna, "anna", 4, 20000);
	known_peers_note(&known, anna, "anna", 4, 19999);
	CU_ASSERT_EQUAL(size(), before);
	CU_ASSERT_EQUAL(known_peers_find(&known, anna)->last_day, 20000);
	known_peers_note(&known, anna, "anna", 4, 20001);
	CU_ASSERT(size() > before);
	before = size();
	known_peers_talked(&known, anna, "anna", 4, 20001);
	CU_ASSERT(size() > before);
	before = size();
	known_peers_talked(&known, anna, "anna", 4, 20001);
	known_peers_note(&known, anna, "anna", 4, 20001);
	known_peers_verify(&known, anna, "anna", 4, false, 20001);
	CU_ASSERT_EQUAL(size(), before);
	known_peers_verify(&known, anna, "anne", 4, true, 20001);
	CU_ASSERT(size() > before);
	before = size();
	known_peers_verify(&known, anna, "other", 5, true, 20001);
	CU_ASSERT_EQUAL(size(), before);
	CU_ASSERT_EQUAL(memcmp(known_peers_find(&known, anna)->nick, "anne", 4),
	    0);
	known_peers_talked(&known, anna, "anne", 4, 20001);
	CU_ASSERT_EQUAL(size(), before);
	CU_ASSERT_EQUAL(known_peers_find(&known, anna)->value, KNOWN_VERIFIED);
	end(&known, &f);
}

/* Up to the last byte that there is room for: half of the file for what peers
 * cause, all of it for what the user says. */
static void
test_room(void)
{
	const size_t seen = strlen(LINE " seen 20000 20000 anna\n");
	const size_t verified = strlen(LINE " verified 20000 20000 anna\n");

	for (size_t more = 0; more < 2; more++) {
		struct known_peers known;
		struct folder f;

		begin(&known, &f);
		known.full_told = true;
		known.size = KNOWN_PEERS_BYTES / 2 - seen + more;
		known_peers_note(&known, anna, "anna", 4, 20000);
		CU_ASSERT_EQUAL(size(), more == 0 ? (off_t)seen : 0);
		CU_ASSERT_EQUAL(known.size,
		    KNOWN_PEERS_BYTES / 2 - (more == 0 ? 0 : seen - 1));
		end(&known, &f);
		begin(&known, &f);
		known.size = KNOWN_PEERS_BYTES - verified + more;
		known_peers_verify(&known, anna, "anna", 4, true, 20000);
		CU_ASSERT_EQUAL(size(), more == 0 ? (off_t)verified : 0);
		CU_ASSERT_PTR_NOT_NULL(known_peers_find(&known, anna));
		end(&known, &f);
	}
}

/* Once it cannot be written, nothing more is written, and gochat goes on with
 * what it has in memory. */
static void
test_not_written(void)
{
	struct known_peers known;
	struct folder f;
	int fd;

	begin(&known, &f);
	fd = openat(f.fd, KNOWN_PEERS_FILE, O_RDONLY | O_CLOEXEC);
	CU_ASSERT_EQUAL(dup3(fd, APPEND, O_CLOEXEC), APPEND);
	close(fd);
	known_peers_note(&known, anna, "anna", 4, 20000);
	CU_ASSERT_EQUAL(known.fd, -1);
	known_peers_verify(&known, anna, "anna", 4, true, 20000);
	CU_ASSERT_EQUAL(known_peers_find(&known, anna)->value, KNOWN_VERIFIED);
	CU_ASSERT_EQUAL(size(), 0);
	end(&known, &f);
}

/* --- Reading on ----------------------------------------------------------- */

static void
add(const struct folder *f, const char *text)
{
	int fd =
	    openat(f->fd, KNOWN_PEERS_FILE, O_WRONLY | O_APPEND | O_CLOEXEC);

	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* More than is read at once, without an end: it is no line of anybody's, and
 * what comes after it counts. */
static void
test_endless_line(void)
{
	static char text[32 * KNOWN_PEERS_LINE + 1];
	struct known_peers known;
	struct folder f;

	memset(text, 'x', sizeof(text) - 1);
	begin(&known, &f);
	known.damage_told = true;
	add(&f, text + 1); /* one less: its end may be on the way */
	CU_ASSERT_FALSE(known_peers_read_on(&known, NULL, NULL));
	CU_ASSERT_EQUAL(known.read_to, 0);
	add(&f, "x");
	CU_ASSERT_TRUE(known_peers_read_on(&known, NULL, NULL));
	CU_ASSERT_EQUAL(known.read_to, sizeof(text) - 1);
	add(&f, "x\n" LINE " verified 1 2 a\n");
	CU_ASSERT_TRUE(known_peers_read_on(&known, NULL, NULL));
	CU_ASSERT_EQUAL(known.count, 1);
	CU_ASSERT_EQUAL(known.size, (size_t)size());
	end(&known, &f);
}

static void
note_change(void *arg, const struct known_key *k)
{
	*(struct known_key *)arg = *k;
}

/* Who is told: of a key that is new, another name, and the user's mark; not of
 * a day, or that texts went both ways. */
static void
test_told(void)
{
	static const struct {
		const char *line;
		bool is_news;
	} lines[] = { { LINE " seen 1 2 a\n", true },
		{ LINE " seen 1 9 a\n", false },
		{ LINE " talked 1 9 a\n", false },
		{ LINE " talked 1 9 b\n", true },
		{ LINE " talked 1 9 bb\n", true },
		{ LINE " verified 1 9 bb\n", true },
		{ LINE " talked 1 9 c\n", false }, /* it keeps its name */
		{ LINE " unverified 1 9 bb\n", true } };
	struct known_peers known;
	struct known_key k;
	struct folder f;

	begin(&known, &f);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		memset(&k, 0, sizeof(k));
		add(&f, lines[i].line);
		CU_ASSERT_TRUE(known_peers_read_on(&known, note_change, &k));
		CU_ASSERT_EQUAL(k.nick_len > 0, lines[i].is_news);
		CU_ASSERT(k.nick_len == 0 ||
		    memcmp(&k, &known.entries[0], sizeof(k)) == 0);
	}
	end(&known, &f);
}

/* --- Who makes room ------------------------------------------------------- */

static void
make_key(uint8_t key[X25519_LEN], unsigned int n)
{
	memset(key, 0, X25519_LEN);
	memcpy(key, &n, sizeof(n));
}

/* The table has as many keys of a day as there is room for, and verified ones
 * in addition. One more key that talked takes the place of the last that did
 * not. */
static void
test_day(void)
{
	struct known_peers known = { .fd = -1, .crowd_told = true };
	uint8_t key[X25519_LEN];

	make_key(key, 9999);
	known_peers_verify(&known, key, "v", 1, true, 20000);
	for (unsigned int n = 0; n < KNOWN_DAY_MAX; n++) {
		make_key(key, n);
		known_peers_note(&known, key, "a", 1, 20000);
		CU_ASSERT_PTR_NOT_NULL(known_peers_find(&known, key));
		if (n == KNOWN_DAY_MAX - 1)
			known_peers_talked(&known, key, "a", 1, 20000);
	}
	CU_ASSERT_EQUAL(known.count, KNOWN_DAY_MAX + 1);
	make_key(key, 500);
	known_peers_note(&known, key, "a", 1, 20000);
	CU_ASSERT_PTR_NULL(known_peers_find(&known, key));
	known_peers_talked(&known, key, "a", 1, 20000);
	CU_ASSERT_PTR_NOT_NULL(known_peers_find(&known, key));
	CU_ASSERT_EQUAL(known.count, KNOWN_DAY_MAX + 1);
	for (unsigned int n = 0; n < KNOWN_DAY_MAX; n++) {
		make_key(key, n);
		CU_ASSERT_EQUAL(known_peers_find(&known, key) == NULL,
		    n == KNOWN_DAY_MAX - 2);
	}
	/* Its neighbours are as they were. */
	make_key(key, KNOWN_DAY_MAX - 1);
	CU_ASSERT_EQUAL(known_peers_find(&known, key)->value, KNOWN_TALKED);
	known_peers_free(&known);
}

void
known_peers_rules_suite(void)
{
	CU_pSuite s = CU_add_suite("known_peers_rules", crypto_setup, NULL);

	CU_add_test(s, "lines of one key", test_merged);
	CU_add_test(s, "bytes of a name", test_plain);
	CU_add_test(s, "what is news", test_news);
	CU_add_test(s, "the last room", test_room);
	CU_add_test(s, "not written", test_not_written);
	CU_add_test(s, "a line without an end", test_endless_line);
	CU_add_test(s, "who is told of", test_told);
	CU_add_test(s, "the last of a day", test_day);
}
