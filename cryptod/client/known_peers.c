/*
 * Keys that were met before: what is known of each, and how lines change that.
 * The lines are in known_peers_line.c, and how the file is opened is in
 * known_peers_file.c. See known_peers.h.
 */
#include "cryptod/client/known_peers.h"

#include "common/log.h"
#include "common/text_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- Entries ----------------------------------------------------------- */

static struct known_key *
find(const struct known_peers *known, const uint8_t key[X25519_LEN])
{
	for (size_t i = 0; i < known->count; i++)
		if (memcmp(known->entries[i].key, key, X25519_LEN) == 0)
			return &known->entries[i];
	return NULL;
}

const struct known_key *
known_peers_find(const struct known_peers *known, const uint8_t key[X25519_LEN])
{
	return find(known, key);
}

/* Returns, among the keys of the same day, the one that is worth less and came
 * last; NULL if there is no such key. Nobody makes room for one that is
 * verified, so all that are worth less are worth the same. */
static struct known_key *
last_of_day(struct known_peers *known, const struct known_key *entry)
{
	struct known_key *last = NULL, *e;

	for (size_t i = 0; i < known->count; i++) {
		e = &known->entries[i];
		if (e->first_day == entry->first_day && e->value < entry->value)
			last = e;
	}
	return last;
}

/* Returns, among all keys, the one that is worth least, and no more than this,
 * and was longest not seen. */
static struct known_key *
least_of_all(struct known_peers *known, const struct known_key *entry)
{
	struct known_key *least = NULL, *e;

	for (size_t i = 0; i < known->count; i++) {
		e = &known->entries[i];
		if (e->value != KNOWN_VERIFIED && e->value <= entry->value &&
		    (least == NULL || e->value < least->value ||
			(e->value == least->value &&
			    e->last_day < least->last_day)))
			least = e;
	}
	return least;
}

static bool
is_day_full(const struct known_peers *known, const struct known_key *entry)
{
	size_t count = 0;

	if (entry->value == KNOWN_VERIFIED)
		return false;
	for (size_t i = 0; i < known->count; i++)
		if (known->entries[i].first_day == entry->first_day &&
		    known->entries[i].value != KNOWN_VERIFIED)
			count++;
	return count >= KNOWN_DAY_MAX;
}

static void
forget(struct known_peers *known, struct known_key *e)
{
	known->count--;
	memmove(e, e + 1,
	    (size_t)(&known->entries[known->count] - e) * sizeof(*e));
}

/* Makes room for a key. Returns false if there is no room for this one. */
static bool
make_room(struct known_peers *known, const struct known_key *entry)
{
	struct known_key *least;

	if (is_day_full(known, entry))
		least = last_of_day(known, entry);
	else if (known->count == KNOWN_PEERS_MAX)
		least = least_of_all(known, entry);
	else
		return true;
	if (least == NULL)
		return false;
	forget(known, least);
	return true;
}

/* Replaces what was known of its key. Returns NULL if there is no room. */
static struct known_key *
take(struct known_peers *known, const struct known_key *entry)
{
	struct known_key *e = find(known, entry->key);

	if (e == NULL) {
		if (!make_room(known, entry))
			return NULL;
		if (known->count == known->capacity) {
			known->capacity += 64;
			known->entries = realloc(known->entries,
			    known->capacity * sizeof(*e));
			if (known->entries == NULL)
				fatal("out of memory");
		}
		e = &known->entries[known->count++];
	}
	*e = *entry;
	return e;
}

static void
set_nick(struct known_key *k, const char *nick, size_t len)
{
	memset(k->nick, 0, sizeof(k->nick));
	memcpy(k->nick, nick, len);
	k->nick_len = (uint8_t)len;
}

static bool
is_same_nick(const struct known_key *a, const struct known_key *b)
{
	return a->nick_len == b->nick_len &&
	    memcmp(a->nick, b->nick, a->nick_len) == 0;
}

/*
 * Applies a line to what is known. Several gochats write, and none has read all
 * that the others wrote just before: so only a line with the user's word sets
 * the mark or takes it back, and a line that a peer caused leaves it, and the
 * verified name, as they are.
 */
static struct known_key
merged(const struct known_key *before, const struct known_key *line,
    enum known_word said)
{
	struct known_key entry = *line;
	bool by_user = said >= WORD_VERIFIED;

	entry.value =
	    said == WORD_UNVERIFIED ? KNOWN_TALKED : (enum known_value)said;
	if (before == NULL)
		return entry;
	if (before->first_day < entry.first_day)
		entry.first_day = before->first_day;
	if (before->last_day > entry.last_day)
		entry.last_day = before->last_day;
	if (!by_user && before->value > entry.value)
		entry.value = before->value;
	if (!by_user && before->value == KNOWN_VERIFIED)
		set_nick(&entry, before->nick, before->nick_len);
	return entry;
}

/* Takes a line, without its line feed. Returns -1 if it is not one. */
static int
take_line(struct known_peers *known, const char *line, size_t len,
    known_peers_changed *tell, void *arg)
{
	const struct known_key *before;
	struct known_key entry, now;
	enum known_word said;
	bool is_news;

	if (text_says_nothing(line, len))
		return 0;
	if (known_peers_parse(&entry, &said, line, len) == -1)
		return -1;
	before = find(known, entry.key);
	now = merged(before, &entry, said);
	is_news = before == NULL || !is_same_nick(before, &now) ||
	    (before->value == KNOWN_VERIFIED) != (now.value == KNOWN_VERIFIED);
	if (take(known, &now) != NULL && is_news && tell != NULL)
		tell(arg, &now);
	return 0;
}

size_t
known_peers_read(struct known_peers *known, const char *bytes, size_t len,
    size_t *lines, size_t *taken)
{
	const char *line = bytes, *end = bytes + len, *feed;

	for (*lines = 0; line < end &&
	     (feed = memchr(line, '\n', (size_t)(end - line))) != NULL;
	     line = feed + 1) {
		++*lines;
		if (take_line(known, line, (size_t)(feed - line), NULL, NULL) ==
		    -1)
			return *lines;
	}
	*taken = (size_t)(line - bytes);
	return 0;
}

/* Bytes that are read on at once; more than any line of ours has. */
#define READ_ON (32 * KNOWN_PEERS_LINE)

/* Takes the whole lines; returns their bytes. A part without an end is still
 * being written, unless it is longer than any line. */
static size_t
take_whole_lines(struct known_peers *known, const char *bytes, size_t len,
    known_peers_changed *tell, void *arg)
{
	const char *line = bytes, *end = bytes + len, *feed;
	bool damaged = false;

	while ((feed = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		damaged |= take_line(known, line, (size_t)(feed - line), tell,
			       arg) == -1;
		line = feed + 1;
	}
	if (line == bytes && len == READ_ON) {
		damaged = true;
		line = end;
	}
	if (damaged && !known->damage_told)
		log_warn(
		    "another program wrote an invalid line into %s: gochat "
		    "ignores it now, and the next start will name it",
		    KNOWN_PEERS_FILE);
	known->damage_told |= damaged;
	return (size_t)(line - bytes);
}

bool
known_peers_read_on(struct known_peers *known, known_peers_changed *tell,
    void *arg)
{
	char bytes[READ_ON];
	bool any = false;
	size_t taken;
	ssize_t n;

	while (known->fd != -1) {
		n = pread(known->fd, bytes, sizeof(bytes),
		    (off_t)known->read_to);
		if (n <= 0)
			return any;
		taken = take_whole_lines(known, bytes, (size_t)n, tell, arg);
		known->read_to += taken;
		if (known->size < known->read_to)
			known->size = known->read_to;
		if (taken == 0)
			return any;
		any = true;
	}
	return any;
}

void
known_peers_free(struct known_peers *known)
{
	free(known->entries);
	memset(known, 0, sizeof(*known));
	known->fd = -1;
}

/*
 * After a write that failed, nothing more is written: the file may end in half
 * a line, and another line after it would make both unreadable. Half of the
 * file is for what the user says: lines that peers cause cannot push that out.
 */
static void
append(struct known_peers *known, const struct known_key *entry,
    enum known_word said)
{
	bool by_user = said >= WORD_VERIFIED;
	char line[KNOWN_PEERS_LINE];
	size_t len = known_peers_line(line, entry, said);
	size_t room = by_user ? KNOWN_PEERS_BYTES : KNOWN_PEERS_BYTES / 2;
	ssize_t n;

	if (known->fd == -1)
		return;
	if (known->size + len > room) {
		if (!known->full_told || by_user)
			log_warn("%s is full until gochat is restarted: %s",
			    KNOWN_PEERS_FILE,
			    by_user ? "this mark is not kept"
				    : "peers that come now are not remembered");
		known->full_told = true;
		return;
	}
	n = write(known->fd, line, len);
	if (n != (ssize_t)len) {
		log_error(
		    "cannot write %s: %s; peers that come now are forgotten "
		    "when gochat ends",
		    KNOWN_PEERS_FILE,
		    n == -1 ? strerror(errno) : "the disk is full");
		known->fd = -1;
		return;
	}
	known->size += len;
}

static bool
is_same(const struct known_key *a, const struct known_key *b)
{
	return a->value == b->value && a->last_day >= b->last_day &&
	    is_same_nick(a, b);
}

/* True if another key has been known by just this name for longer. */
static bool
is_anothers(const struct known_peers *known, const struct known_key *self,
    const char *nick, size_t len)
{
	const struct known_key *e = known->entries;

	for (size_t i = 0; i < known->count; i++, e++)
		if (e->nick_len == len && memcmp(e->nick, nick, len) == 0)
			return e != self;
	return false;
}

/* Returns what is known of the key by now, to be changed and kept. */
static struct known_key
known_by_now(const struct known_peers *known, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, uint32_t today)
{
	const struct known_key *before = find(known, key);
	struct known_key entry = { .first_day = today };

	if (before != NULL)
		entry = *before;
	memcpy(entry.key, key, X25519_LEN);
	if (entry.last_day < today)
		entry.last_day = today;
	/* A verified key keeps the name that it was verified under, or somebody
	 * else could take that name once its owner goes by another. And a
	 * person who was met by one name does not become known by somebody
	 * else's. */
	if (entry.value != KNOWN_VERIFIED &&
	    (before == NULL || !is_anothers(known, before, nick, nick_len)))
		set_nick(&entry, nick, nick_len);
	return entry;
}

/* Changes that the user's word is not behind. */
static enum known_word
word_of_peers(const struct known_key *entry)
{
	return entry->value >= KNOWN_TALKED ? WORD_TALKED : WORD_SEEN;
}

/* Keeps the entry, if it is news. */
static void
keep(struct known_peers *known, const struct known_key *entry,
    enum known_word said)
{
	const struct known_key *before = find(known, entry->key);

	if (before != NULL && is_same(before, entry))
		return;
	if (take(known, entry) != NULL) {
		append(known, entry, said);
		return;
	}
	if (!known->crowd_told)
		log_info("%s has no room for another peer of today",
		    KNOWN_PEERS_FILE);
	known->crowd_told = true;
}

void
known_peers_note(struct known_peers *known, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, uint32_t today)
{
	struct known_key entry =
	    known_by_now(known, key, nick, nick_len, today);

	keep(known, &entry, word_of_peers(&entry));
}

void
known_peers_talked(struct known_peers *known, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, uint32_t today)
{
	struct known_key entry =
	    known_by_now(known, key, nick, nick_len, today);

	if (entry.value < KNOWN_TALKED)
		entry.value = KNOWN_TALKED;
	keep(known, &entry, word_of_peers(&entry));
}

void
known_peers_verify(struct known_peers *known, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, bool verified, uint32_t today)
{
	struct known_key entry =
	    known_by_now(known, key, nick, nick_len, today);

	if ((entry.value == KNOWN_VERIFIED) == verified)
		return;
	entry.value = verified ? KNOWN_VERIFIED : KNOWN_TALKED;
	set_nick(&entry, nick, nick_len);
	keep(known, &entry, verified ? WORD_VERIFIED : WORD_UNVERIFIED);
}
