/*
 * Keys that were met before: their lines, what is forgotten, the file, and the
 * safety number of two keys.
 */
#include "cryptod/client/known_peers.h"

#include "cryptod/client/safety.h"
#include "tests/unit/bytes.h"
#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void known_peers_suite(void);

#define KEY	 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define APPEND	 100 /* descriptors to append by */
#define APPEND_2 101

static void
make_key(uint8_t key[X25519_LEN], unsigned int n)
{
	memset(key, 0, X25519_LEN);
	key[0] = (uint8_t)n;
	key[1] = (uint8_t)(n >> 8);
	key[2] = (uint8_t)(n >> 16);
	key[31] = 1;
}

/* Reads lines into a new list. */
static size_t
read_lines(struct known_peers *known, const char *text, size_t *taken)
{
	size_t lines;

	memset(known, 0, sizeof(*known));
	known->fd = -1;
	return known_peers_read(known, text, strlen(text), &lines, taken);
}

static void
test_lines(void)
{
	static const char text[] =
	    "peer-1 " KEY " seen 20000 20001 anna\n"
	    "peer-1 " KEY " talked 20000 20001 anna\n"
	    "peer-1 " KEY " verified 20000 20002 %c3%a9%20%25~\n";
	struct known_peers known;
	char line[KNOWN_PEERS_LINE];
	size_t taken, len;

	CU_ASSERT_EQUAL(read_lines(&known, text, &taken), 0);
	CU_ASSERT_EQUAL(taken, sizeof(text) - 1);
	CU_ASSERT_EQUAL_FATAL(known.count, 1); /* the later line counts */
	CU_ASSERT_EQUAL(known.entries[0].value, KNOWN_VERIFIED);
	CU_ASSERT_EQUAL(known.entries[0].key[1], 0x11);
	CU_ASSERT_EQUAL(known.entries[0].first_day, 20000);
	CU_ASSERT_EQUAL(known.entries[0].last_day, 20002);
	CU_ASSERT_EQUAL(known.entries[0].nick_len, 5);
	CU_ASSERT_EQUAL(memcmp(known.entries[0].nick, "\xc3\xa9 %~", 5), 0);
	len = known_peers_line(line, &known.entries[0], WORD_VERIFIED);
	CU_ASSERT_EQUAL(memcmp(line, strstr(text, "peer-1 " KEY " v"), len), 0);
	CU_ASSERT_EQUAL(len, strlen(strstr(text, "peer-1 " KEY " v")));
	known_peers_free(&known);
}

/* The longest line fits, and reads back as the same entry. */
static void
test_longest_line(void)
{
	struct known_key longest = { .value = KNOWN_VERIFIED,
		.first_day = 999999999,
		.last_day = 999999999,
		.nick_len = NICK_MAX };
	char line[KNOWN_PEERS_LINE + 1];
	struct known_peers known;
	size_t taken;

	memset(longest.nick, '\n', NICK_MAX);
	line[known_peers_line(line, &longest, WORD_VERIFIED)] = '\0';
	CU_ASSERT_EQUAL(read_lines(&known, line, &taken), 0);
	CU_ASSERT_EQUAL_FATAL(known.count, 1);
	CU_ASSERT_EQUAL(memcmp(&known.entries[0], &longest, sizeof(longest)),
	    0);
	known_peers_free(&known);
}

static void
test_bad_lines(void)
{
	static const char *const bad[] = { "peer-1",
		"peer-2 " KEY " seen 1 2 a", "peer-1 " KEY " seen 1 2 ",
		"peer-1 " KEY " seen 1 2 a b", "peer-1 " KEY " seen 2 1 a",
		"peer-1 " KEY " known 1 2 a", "peer-1 " KEY "0 seen 1 2 a",
		"peer-1 " KEY " seen 1 a", "peer-1 " KEY " talkedy 1 2 a",
		"peer-1 " KEY " seen -1 2 a",
		"peer-1 " KEY " seen 1 1234567890 a",
		"peer-1 " KEY " seen 1 2 %", "peer-1 " KEY " seen 1 2 %4",
		"peer-1 " KEY " seen 1 2 %FF", "peer-1 " KEY " seen 1 2 %ff",
		"peer-1 " KEY " seen 1 2 %00",
		"peer-1 " KEY " seen 1 2 \xc3\xa9",
		" peer-1 " KEY " seen 1 2 a", "peer-1 " KEY " seen 1 2 a\r",
		"peer-1  seen 1 2 a" };
	struct known_peers known;
	char text[1024];
	size_t taken, line;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "peer-1 " KEY " seen 1 2 a\n%s\n",
		    bad[i]);
		line = read_lines(&known, text, &taken);
		if (line != 2)
			fprintf(stderr, "\n  taken: <%s>\n", bad[i]);
		CU_ASSERT_EQUAL(line, 2);
		known_peers_free(&known);
	}
	/* Blank lines and comments are no entries. */
	CU_ASSERT_EQUAL(read_lines(&known,
			    "\n# who\n  \npeer-1 " KEY " seen 1 2 a\n", &taken),
	    0);
	CU_ASSERT_EQUAL(known.count, 1);
	known_peers_free(&known);
	/* A line without its end does not count, whatever it holds. */
	CU_ASSERT_EQUAL(read_lines(&known, "peer-1 " KEY " seen 1 2 a", &taken),
	    0);
	CU_ASSERT_EQUAL(taken, 0);
	CU_ASSERT_EQUAL(known.count, 0);
}

/* A line with a name that is too long is no entry. */
static void
test_long_nick(void)
{
	char text[512] = "peer-1 " KEY " seen 1 2 ";
	struct known_peers known;
	size_t len = strlen(text), taken;

	memset(text + len, 'n', NICK_MAX);
	memcpy(text + len + NICK_MAX, "\n", 2);
	CU_ASSERT_EQUAL(read_lines(&known, text, &taken), 0);
	known_peers_free(&known);
	memcpy(text + len + NICK_MAX, "n\n", 3);
	CU_ASSERT_EQUAL(read_lines(&known, text, &taken), 1);
	known_peers_free(&known);
}

/* A key that was met by one name does not get the name of another key, however
 * often it takes it; a name that belongs to nobody is remembered. */
static void
test_name_of_another(void)
{
	struct known_peers known = { .fd = -1 };
	uint8_t zed[X25519_LEN] = { 1 }, anna[X25519_LEN] = { 2 };
	const struct known_key *k;

	known_peers_note(&known, zed, "zed", 3, 1);
	known_peers_note(&known, anna, "anna", 4, 1);
	known_peers_note(&known, zed, "anna", 4, 2);
	k = known_peers_find(&known, zed);
	CU_ASSERT(k->nick_len == 3 && memcmp(k->nick, "zed", 3) == 0);
	CU_ASSERT_EQUAL(k->last_day, 2);
	known_peers_note(&known, anna, "anne", 4, 2);
	known_peers_note(&known, zed, "anna", 4, 2);
	k = known_peers_find(&known, zed);
	CU_ASSERT(k->nick_len == 4 && memcmp(k->nick, "anna", 4) == 0);
	known_peers_free(&known);
}

static void
test_forgotten(void)
{
	struct known_peers known = { .fd = -1 };
	uint8_t key[X25519_LEN];

	/* The first key is the oldest, but verified. */
	for (unsigned int n = 0; n < KNOWN_PEERS_MAX; n++) {
		make_key(key, n);
		known_peers_note(&known, key, "a", 1, 20000 + n);
	}
	make_key(key, 0);
	known_peers_verify(&known, key, "a", 1, true, 20000);
	make_key(key, 1); /* seen again today */
	known_peers_note(&known, key, "a", 1, 30000);
	make_key(key, KNOWN_PEERS_MAX);
	known_peers_note(&known, key, "a", 1, 30000);
	CU_ASSERT_EQUAL(known.count, KNOWN_PEERS_MAX);
	CU_ASSERT_PTR_NOT_NULL(known_peers_find(&known, key));
	for (unsigned int n = 0; n < 4; n++) {
		make_key(key, n);
		CU_ASSERT_EQUAL(known_peers_find(&known, key) == NULL, n == 2);
	}
	known_peers_free(&known);
}

/* Once all are verified, nobody new is remembered. */
static void
test_all_verified(void)
{
	struct known_peers known = { .fd = -1, .crowd_told = true };
	uint8_t key[X25519_LEN];

	for (unsigned int n = 0; n <= KNOWN_PEERS_MAX; n++) {
		make_key(key, n);
		known_peers_verify(&known, key, "a", 1, true, 20000);
	}
	CU_ASSERT_EQUAL(known.count, KNOWN_PEERS_MAX);
	CU_ASSERT_PTR_NULL(known_peers_find(&known, key));
	known_peers_free(&known);
}

/* --- A crowd -------------------------------------------------------------- */

enum crowd {
	EARLIER = 0x10000,
	TODAY = 0x20000,
	CROWD = 0x30000
};

static bool
knows(const struct known_peers *known, unsigned int n, enum known_value value)
{
	const struct known_key *k;
	uint8_t key[X25519_LEN];

	make_key(key, n);
	k = known_peers_find(known, key);
	return k != NULL && k->value == value;
}

static void
note(struct known_peers *known, unsigned int n, uint32_t today)
{
	uint8_t key[X25519_LEN];

	make_key(key, n);
	known_peers_note(known, key, "a", 1, today);
}

static void
talk(struct known_peers *known, unsigned int n, uint32_t today)
{
	uint8_t key[X25519_LEN];

	make_key(key, n);
	known_peers_talked(known, key, "a", 1, today);
}

/* Somebody was seen yesterday. Today one is seen, one is talked to, and then a
 * crowd comes: all three stay, and somebody who is talked to after that is
 * remembered. */
static void
test_crowd_of_a_day(void)
{
	struct known_peers known = { .fd = -1, .crowd_told = true };
	uint8_t key[X25519_LEN];

	note(&known, EARLIER, 19999);
	note(&known, TODAY, 20000);
	note(&known, TODAY + 1, 20000);
	talk(&known, TODAY + 1, 20000);
	for (unsigned int n = 0; n < 2 * KNOWN_PEERS_MAX; n++)
		note(&known, CROWD + n, 20000);
	CU_ASSERT_EQUAL(known.count, KNOWN_DAY_MAX + 1);
	CU_ASSERT_TRUE(knows(&known, EARLIER, KNOWN_SEEN));
	CU_ASSERT_TRUE(knows(&known, TODAY, KNOWN_SEEN));
	CU_ASSERT_TRUE(knows(&known, TODAY + 1, KNOWN_TALKED));
	note(&known, TODAY + 2, 20000);
	CU_ASSERT_FALSE(knows(&known, TODAY + 2, KNOWN_SEEN));
	talk(&known, TODAY + 2, 20000);
	CU_ASSERT_TRUE(knows(&known, TODAY + 2, KNOWN_TALKED));
	make_key(key, TODAY + 3);
	known_peers_verify(&known, key, "a", 1, true, 20000);
	CU_ASSERT_TRUE(knows(&known, TODAY + 3, KNOWN_VERIFIED));
	CU_ASSERT_TRUE(knows(&known, TODAY, KNOWN_SEEN));
	/* The next day has a limit of its own. */
	note(&known, TODAY + 4, 20001);
	CU_ASSERT_TRUE(knows(&known, TODAY + 4, KNOWN_SEEN));
	known_peers_free(&known);
}

/* A crowd that talks, too, pushes out those who did not, and nobody who did. */
static void
test_crowd_that_talks(void)
{
	struct known_peers known = { .fd = -1, .crowd_told = true };

	talk(&known, TODAY, 20000);
	note(&known, TODAY + 1, 20000);
	note(&known, EARLIER, 19999);
	for (unsigned int n = 0; n < 2 * KNOWN_DAY_MAX; n++)
		talk(&known, CROWD + n, 20000);
	CU_ASSERT_EQUAL(known.count, KNOWN_DAY_MAX + 1);
	CU_ASSERT_TRUE(knows(&known, TODAY, KNOWN_TALKED));
	CU_ASSERT_FALSE(knows(&known, TODAY + 1, KNOWN_SEEN));
	CU_ASSERT_TRUE(knows(&known, EARLIER, KNOWN_SEEN));
	known_peers_free(&known);
}

/* A crowd comes every day until the list is full: the oldest goes of those who
 * were only seen, and nobody who was talked to goes for them. */
static void
test_crowd_of_many_days(void)
{
	struct known_peers known = { .fd = -1, .crowd_told = true };

	talk(&known, EARLIER, 10000);
	note(&known, EARLIER + 1, 10000);
	for (unsigned int n = 0; n < 20 * KNOWN_DAY_MAX; n++)
		note(&known, CROWD + n, 20000 + n / KNOWN_DAY_MAX);
	CU_ASSERT_EQUAL(known.count, KNOWN_PEERS_MAX);
	CU_ASSERT_TRUE(knows(&known, EARLIER, KNOWN_TALKED));
	CU_ASSERT_FALSE(knows(&known, EARLIER + 1, KNOWN_SEEN));
	/* Once all were talked to, there is no room for somebody who is only
	 * seen. */
	for (unsigned int n = 0; n < 20 * KNOWN_DAY_MAX; n++)
		talk(&known, CROWD + 0x8000 + n, 21000 + n / KNOWN_DAY_MAX);
	note(&known, TODAY, 30000);
	CU_ASSERT_FALSE(knows(&known, TODAY, KNOWN_SEEN));
	talk(&known, TODAY, 30000);
	CU_ASSERT_TRUE(knows(&known, TODAY, KNOWN_TALKED));
	CU_ASSERT_EQUAL(known.count, KNOWN_PEERS_MAX);
	known_peers_free(&known);
}

/* --- The file ------------------------------------------------------------ */

static void
close_known(struct known_peers *known, int fd)
{
	known_peers_free(known);
	close(fd);
}

static off_t
file_size(const struct folder *f)
{
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(fstatat(f->fd, KNOWN_PEERS_FILE, &st, 0), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	return st.st_size;
}

/* The file keeps every note, and a start drops the lines that no longer
 * count. */
static void
test_file(void)
{
	struct known_peers known = { .fd = -1 };
	uint8_t key[X25519_LEN];
	struct folder f;
	off_t long_one;

	folder_open(&f);
	make_key(key, 1);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(known.fd, APPEND);
	CU_ASSERT_EQUAL(file_size(&f), 0);
	known_peers_note(&known, key, "anna", 4, 20000);
	known_peers_note(&known, key, "anna", 4, 20000); /* changes nothing */
	CU_ASSERT_EQUAL((size_t)file_size(&f), known.size);
	CU_ASSERT_EQUAL(known.size,
	    strlen("peer-1 " KEY " seen 20000 20000 anna\n"));
	known_peers_note(&known, key, "anne", 4, 20001);
	known_peers_verify(&known, key, "anne", 4, true, 20000);
	close_known(&known, APPEND);
	long_one = file_size(&f);

	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL_FATAL(known.count, 1);
	CU_ASSERT_EQUAL(known_peers_find(&known, key)->value, KNOWN_VERIFIED);
	CU_ASSERT_EQUAL(memcmp(known.entries[0].nick, "anne", 4), 0);
	CU_ASSERT_EQUAL(known.entries[0].first_day, 20000);
	CU_ASSERT(file_size(&f) < long_one / 2);
	CU_ASSERT_EQUAL((size_t)file_size(&f), known.size);
	known_peers_verify(&known, key, "anne", 4, false, 20000);
	close_known(&known, APPEND);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(known_peers_find(&known, key)->value, KNOWN_TALKED);
	close_known(&known, APPEND);
	folder_remove(&f);
}

/* A key without room in the list is not written, either, so a crowd does not
 * fill the file; and the file reads back as the same list. */
static void
test_crowd_in_file(void)
{
	struct known_peers known = { .fd = -1 };
	struct folder f;
	off_t size;

	folder_open(&f);
	known_peers_open(&known, f.fd, APPEND);
	known.crowd_told = true;
	for (unsigned int n = 0; n < KNOWN_DAY_MAX; n++)
		note(&known, CROWD + n, 20000);
	size = file_size(&f);
	for (unsigned int n = 0; n < KNOWN_PEERS_MAX; n++)
		note(&known, CROWD + 0x8000 + n, 20000);
	CU_ASSERT_EQUAL(file_size(&f), size);
	talk(&known, TODAY, 20000);
	CU_ASSERT(file_size(&f) > size);
	close_known(&known, APPEND);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(known.count, KNOWN_DAY_MAX);
	CU_ASSERT_TRUE(knows(&known, TODAY, KNOWN_TALKED));
	CU_ASSERT_TRUE(knows(&known, CROWD, KNOWN_SEEN));
	CU_ASSERT_FALSE(knows(&known, CROWD + KNOWN_DAY_MAX - 1, KNOWN_SEEN));
	close_known(&known, APPEND);
	folder_remove(&f);
}

/* Two gochats have the file open: neither loses what the other adds. */
static void
test_shared(void)
{
	struct known_peers one = { .fd = -1 }, two = { .fd = -1 };
	uint8_t key[X25519_LEN];
	struct folder f;

	folder_open(&f);
	make_key(key, 1);
	known_peers_open(&one, f.fd, APPEND);
	known_peers_note(&one, key, "a", 1, 20000);
	known_peers_note(&one, key, "b", 1, 20000); /* a line too many */
	known_peers_open(&two, f.fd, APPEND_2);
	CU_ASSERT_EQUAL(two.count, 1);
	known_peers_verify(&one, key, "a", 1, true, 20000);
	make_key(key, 2);
	known_peers_note(&two, key, "c", 1, 20000);
	close_known(&one, APPEND);
	close_known(&two, APPEND_2);

	known_peers_open(&one, f.fd, APPEND);
	CU_ASSERT_EQUAL(one.count, 2);
	CU_ASSERT_PTR_NOT_NULL(known_peers_find(&one, key));
	make_key(key, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(known_peers_find(&one, key));
	CU_ASSERT_EQUAL(known_peers_find(&one, key)->value, KNOWN_VERIFIED);
	close_known(&one, APPEND);
	folder_remove(&f);
}

static void
count_changed(void *arg, const struct known_key *k)
{
	unsigned int *changed = arg;

	(void)k;
	++*changed;
}

/* Each gochat reads what the other has added, once, and reports what is new for
 * its user. */
static void
test_read_on(void)
{
	struct known_peers one = { .fd = -1 }, two = { .fd = -1 };
	unsigned int changed = 0;
	uint8_t key[X25519_LEN];
	struct folder f;

	folder_open(&f);
	make_key(key, 1);
	known_peers_open(&one, f.fd, APPEND);
	known_peers_open(&two, f.fd, APPEND_2);
	CU_ASSERT_FALSE(known_peers_read_on(&two, count_changed, &changed));
	known_peers_note(&one, key, "anna", 4, 20000);
	CU_ASSERT_TRUE(known_peers_read_on(&two, count_changed, &changed));
	CU_ASSERT_EQUAL(changed, 1);
	CU_ASSERT_TRUE(knows(&two, 1, KNOWN_SEEN));
	known_peers_note(&one, key, "anna", 4, 20001); /* only the day is new */
	known_peers_read_on(&two, count_changed, &changed);
	CU_ASSERT_EQUAL(changed, 1);
	known_peers_verify(&one, key, "anna", 4, true, 20001);
	known_peers_read_on(&two, count_changed, &changed);
	CU_ASSERT_EQUAL(changed, 2);
	CU_ASSERT_TRUE(knows(&two, 1, KNOWN_VERIFIED));
	CU_ASSERT_FALSE(known_peers_read_on(&two, count_changed, &changed));
	CU_ASSERT_EQUAL(two.size, (size_t)file_size(&f));
	/* A process's own lines are no news to it. */
	changed = 0;
	known_peers_read_on(&one, count_changed, &changed);
	CU_ASSERT_EQUAL(changed, 0);
	known_peers_verify(&two, key, "anna", 4, false, 20001);
	known_peers_read_on(&one, count_changed, &changed);
	CU_ASSERT_EQUAL(changed, 1);
	CU_ASSERT_TRUE(knows(&one, 1, KNOWN_TALKED));
	close_known(&one, APPEND);
	close_known(&two, APPEND_2);
	folder_remove(&f);
}

/* A gochat that has not read the user's word in the other one writes a line for
 * that key: the user's word stays, and so does the verified name. */
static void
test_stale_writer(void)
{
	struct known_peers one = { .fd = -1 }, two = { .fd = -1 };
	const struct known_key *k;
	uint8_t key[X25519_LEN];
	struct folder f;

	for (int verified = 1; verified >= 0; verified--) {
		folder_open(&f);
		make_key(key, 1);
		known_peers_open(&one, f.fd, APPEND);
		known_peers_verify(&one, key, "anna", 4, !verified, 20000);
		known_peers_talked(&one, key, "anna", 4, 20000);
		known_peers_open(&two, f.fd, APPEND_2);
		known_peers_verify(&one, key, "anna", 4, verified, 20000);
		known_peers_note(&two, key, "eve", 3, 20001);
		known_peers_talked(&two, key, "mallory", 7, 20002);
		known_peers_read_on(&one, NULL, NULL);
		known_peers_read_on(&two, NULL, NULL);
		close_known(&two, APPEND_2);
		CU_ASSERT_TRUE(
		    knows(&one, 1, verified ? KNOWN_VERIFIED : KNOWN_TALKED));
		close_known(&one, APPEND);
		known_peers_open(&one, f.fd, APPEND);
		k = known_peers_find(&one, key);
		CU_ASSERT_PTR_NOT_NULL_FATAL(k);
		CU_ASSERT_EQUAL(k->value,
		    verified ? KNOWN_VERIFIED : KNOWN_TALKED);
		CU_ASSERT_EQUAL(k->nick[0], 'a');
		CU_ASSERT_EQUAL(k->last_day, 20002);
		close_known(&one, APPEND);
		folder_remove(&f);
	}
}

/* A line that is still being written waits for its end; a malformed one does
 * not hide those after it. */
static void
test_read_on_odd(void)
{
	static const char half[] = "peer-1 " KEY " ver",
			  rest[] = "ified 1 2 a\nnonsense\n";
	struct known_peers one = { .fd = -1 }, two = { .fd = -1 };
	struct folder f;

	folder_open(&f);
	known_peers_open(&one, f.fd, APPEND);
	known_peers_open(&two, f.fd, APPEND_2);
	CU_ASSERT_EQUAL(write(APPEND, half, sizeof(half) - 1),
	    sizeof(half) - 1);
	CU_ASSERT_FALSE(known_peers_read_on(&two, NULL, NULL));
	CU_ASSERT_EQUAL(two.count, 0);
	CU_ASSERT_EQUAL(write(APPEND, rest, sizeof(rest) - 1),
	    sizeof(rest) - 1);
	note(&one, TODAY, 20000);
	two.damage_told = true; /* there is no log */
	CU_ASSERT_TRUE(known_peers_read_on(&two, NULL, NULL));
	CU_ASSERT_EQUAL(two.count, 2);
	CU_ASSERT_TRUE(knows(&two, TODAY, KNOWN_SEEN));
	close_known(&one, APPEND);
	close_known(&two, APPEND_2);
	folder_remove(&f);
}

#define WRITERS 4
#define EACH	60 /* keys of each writer; all of them fit into a day */

/* Runs one of several gochats, until it has met and verified its people. */
static void
write_own(const struct folder *f, unsigned int writer)
{
	struct known_peers known = { .fd = -1 };
	uint8_t key[X25519_LEN];

	known_peers_open(&known, f->fd, APPEND);
	for (unsigned int n = 0; n < EACH; n++) {
		known_peers_read_on(&known, NULL, NULL);
		note(&known, writer << 8 | n, 20000);
		note(&known, writer << 8 | n, 20001);
		talk(&known, writer << 8 | n, 20001);
		make_key(key, writer << 8 | n);
		if (n % 10 == 0)
			known_peers_verify(&known, key, "v", 1, true, 20001);
	}
	_exit(known.fd == APPEND ? 0 : 1);
}

/* Several gochats run at once, and others start and end meanwhile: no entry is
 * lost, whoever rewrites the file. */
static void
test_many(void)
{
	struct known_peers known = { .fd = -1 };
	unsigned int lost = 0;
	pid_t pids[WRITERS];
	struct folder f;
	int status;

	folder_open(&f);
	for (unsigned int w = 0; w < WRITERS; w++) {
		pids[w] = fork();
		CU_ASSERT_NOT_EQUAL_FATAL(pids[w], -1);
		if (pids[w] == 0)
			write_own(&f, w);
	}
	for (unsigned int w = 0; w < WRITERS; w++) {
		while (waitpid(pids[w], &status, WNOHANG) == 0) {
			known_peers_open(&known, f.fd, APPEND);
			close_known(&known, APPEND);
		}
		CU_ASSERT_EQUAL(status, 0);
	}
	known_peers_open(&known, f.fd, APPEND);
	for (unsigned int w = 0; w < WRITERS; w++)
		for (unsigned int n = 0; n < EACH; n++)
			lost += !knows(&known, w << 8 | n,
			    n % 10 == 0 ? KNOWN_VERIFIED : KNOWN_TALKED);
	CU_ASSERT_EQUAL(lost, 0);
	CU_ASSERT_EQUAL(known.count, WRITERS * EACH);
	close_known(&known, APPEND);
	folder_remove(&f);
}

/* A line that a crash cut off is removed: the next line must not follow it. */
static void
test_cut_off(void)
{
	static const char text[] = "peer-1 " KEY " verified 1 2 a\npeer-1 0";
	struct known_peers known = { .fd = -1 };
	uint8_t key[X25519_LEN];
	struct folder f;

	folder_open(&f);
	folder_put(&f, KNOWN_PEERS_FILE, text, sizeof(text) - 1);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(known.count, 1);
	make_key(key, 1);
	known_peers_note(&known, key, "b", 1, 20000);
	close_known(&known, APPEND);
	known_peers_open(&known, f.fd, APPEND);
	CU_ASSERT_EQUAL(known.count, 2);
	close_known(&known, APPEND);
	folder_remove(&f);
}

/* Keys that peers bring fill half of the file; the user's word is still kept,
 * and a verified key keeps its name. */
static void
test_half_full(void)
{
	struct known_peers known = { .fd = -1 };
	uint8_t key[X25519_LEN];
	struct folder f;
	off_t size;

	folder_open(&f);
	make_key(key, 1);
	known_peers_open(&known, f.fd, APPEND);
	known_peers_note(&known, key, "a", 1, 20000);
	size = file_size(&f);
	known.size = KNOWN_PEERS_BYTES / 2;
	known_peers_note(&known, key, "b", 1, 20000);
	CU_ASSERT_EQUAL(file_size(&f), size);
	known_peers_verify(&known, key, "b", 1, true, 20000);
	CU_ASSERT(file_size(&f) > size);
	known_peers_note(&known, key, "c", 1, 20000);
	CU_ASSERT_EQUAL(known_peers_find(&known, key)->nick[0], 'b');
	close_known(&known, APPEND);
	folder_remove(&f);
}

/* The file is full: new keys are known until the end of the run. */
static void
test_full(void)
{
	struct known_peers known = { .fd = -1 };
	uint8_t key[X25519_LEN];
	struct folder f;

	folder_open(&f);
	make_key(key, 1);
	known_peers_open(&known, f.fd, APPEND);
	known.size = KNOWN_PEERS_BYTES;
	known_peers_note(&known, key, "a", 1, 20000);
	CU_ASSERT_EQUAL(file_size(&f), 0);
	CU_ASSERT_PTR_NOT_NULL(known_peers_find(&known, key));
	close_known(&known, APPEND);
	folder_remove(&f);
}

static void
test_safety(void)
{
	static const char expected[] =
	    "817821637638803011815122386486105519839072360636405134619000";
	uint8_t a[X25519_LEN], b[X25519_LEN];
	char one[SAFETY_DIGITS], other[SAFETY_DIGITS];

	for (uint8_t i = 0; i < X25519_LEN; i++) {
		a[i] = i;
		b[i] = (uint8_t)(X25519_LEN + i);
	}
	safety_number(one, a, b);
	safety_number(other, b, a);
	CU_ASSERT_EQUAL(memcmp(one, other, SAFETY_DIGITS), 0);
	CU_ASSERT_EQUAL(memcmp(one, expected, SAFETY_DIGITS), 0);
	b[31] ^= 1;
	safety_number(other, a, b);
	CU_ASSERT_NOT_EQUAL(memcmp(one, other, SAFETY_DIGITS), 0);
}

void
known_peers_suite(void)
{
	CU_pSuite suite = CU_add_suite("known_peers", crypto_setup, NULL);

	CU_add_test(suite, "lines", test_lines);
	CU_add_test(suite, "the longest line", test_longest_line);
	CU_add_test(suite, "what is no line", test_bad_lines);
	CU_add_test(suite, "a nickname too long", test_long_nick);
	CU_add_test(suite, "the name of another key", test_name_of_another);
	CU_add_test(suite, "who is forgotten", test_forgotten);
	CU_add_test(suite, "all verified", test_all_verified);
	CU_add_test(suite, "a crowd of one day", test_crowd_of_a_day);
	CU_add_test(suite, "a crowd that talks", test_crowd_that_talks);
	CU_add_test(suite, "a crowd of many days", test_crowd_of_many_days);
	CU_add_test(suite, "a crowd writes little", test_crowd_in_file);
	CU_add_test(suite, "the file", test_file);
	CU_add_test(suite, "the file of two", test_shared);
	CU_add_test(suite, "reading on", test_read_on);
	CU_add_test(suite, "a writer that is behind", test_stale_writer);
	CU_add_test(suite, "reading on what is no line", test_read_on_odd);
	CU_add_test(suite, "the file of many", test_many);
	CU_add_test(suite, "half a line", test_cut_off);
	CU_add_test(suite, "a half full file", test_half_full);
	CU_add_test(suite, "a full file", test_full);
	CU_add_test(suite, "safety number", test_safety);
}
