/*
 * Keys that were met before: the entries and their lines. The file itself is
 * in known_peers_file.c. See known_peers.h.
 */
#include "cryptod/known_peers.h"

#include "common/log.h"
#include "common/text_line.h"
#include "common/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORD "peer-1 "

static const char *const value_words[] = {
	[KNOWN_SEEN] = "seen",
	[KNOWN_TALKED] = "talked",
	[KNOWN_VERIFIED] = "verified",
};
#define VALUES (sizeof(value_words) / sizeof(value_words[0]))

/* --- Lines ------------------------------------------------------------- */

/* A line that is read, from its start. */
struct reader {
	const char *p;
	const char *end;
	bool bad;
};

static unsigned int
hex_digit(struct reader *r)
{
	static const char digits[] = "0123456789abcdef";
	const char *digit = r->p < r->end ? memchr(digits, *r->p, 16) : NULL;

	if (digit == NULL) {
		r->bad = true;
		return 0;
	}
	r->p++;
	return (unsigned int)(digit - digits);
}

static uint8_t
hex_byte(struct reader *r)
{
	unsigned int high = hex_digit(r);

	return (uint8_t)(high << 4 | hex_digit(r));
}

static bool
takes(struct reader *r, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(r->end - r->p) < len || memcmp(r->p, word, len) != 0)
		return false;
	r->p += len;
	return true;
}

static void
demand(struct reader *r, const char *word)
{
	if (!takes(r, word))
		r->bad = true;
}

static enum known_value
value(struct reader *r)
{
	for (size_t i = 0; i < VALUES; i++)
		if (takes(r, value_words[i]))
			return (enum known_value)i;
	r->bad = true;
	return KNOWN_SEEN;
}

/* 1 to 9 digits. */
static uint32_t
number(struct reader *r)
{
	uint32_t n = 0;
	int digits = 0;

	for (; r->p < r->end && *r->p >= '0' && *r->p <= '9' && digits < 10;
	     digits++)
		n = n * 10 + (uint32_t)(*r->p++ - '0');
	if (digits == 0 || digits > 9)
		r->bad = true;
	return n;
}

static bool
is_plain(char c)
{
	return c > ' ' && c <= '~' && c != '%';
}

/* The rest of the line. */
static void
nickname(struct reader *r, struct known_key *k)
{
	size_t len = 0;

	while (r->p < r->end && len < NICK_MAX && !r->bad)
		if (takes(r, "%"))
			k->nick[len++] = (char)hex_byte(r);
		else if (is_plain(*r->p))
			k->nick[len++] = *r->p++;
		else
			r->bad = true;
	k->nick_len = (uint8_t)len;
	if (r->p < r->end || len == 0 || !utf8_valid(k->nick, len))
		r->bad = true;
}

/* Without its line feed. Returns -1 if it is not one. */
static int
read_line(struct known_key *k, const char *line, size_t len)
{
	struct reader r = { line, line + len, false };

	memset(k, 0, sizeof(*k));
	demand(&r, WORD);
	for (size_t i = 0; i < sizeof(k->key); i++)
		k->key[i] = hex_byte(&r);
	demand(&r, " ");
	k->value = value(&r);
	demand(&r, " ");
	k->first_day = number(&r);
	demand(&r, " ");
	k->last_day = number(&r);
	demand(&r, " ");
	nickname(&r, k);
	return r.bad || k->first_day > k->last_day ? -1 : 0;
}

size_t
known_peers_line(char out[KNOWN_PEERS_LINE], const struct known_key *k)
{
	size_t n = (size_t)snprintf(out, KNOWN_PEERS_LINE, WORD);

	for (size_t i = 0; i < sizeof(k->key); i++)
		n += (size_t)snprintf(out + n, 3, "%02x", k->key[i]);
	n += (size_t)snprintf(out + n, KNOWN_PEERS_LINE - n, " %s %u %u ",
	    value_words[k->value], k->first_day, k->last_day);
	for (size_t i = 0; i < k->nick_len; i++)
		n += (size_t)snprintf(out + n, KNOWN_PEERS_LINE - n,
		    is_plain(k->nick[i]) ? "%c" : "%%%02x",
		    (unsigned char)k->nick[i]);
	out[n++] = '\n';
	return n;
}

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

/* Of its day: whoever is worth less and came last; NULL if nobody is. */
static struct known_key *
least_of_day(struct known_peers *known, const struct known_key *entry)
{
	struct known_key *least = NULL, *e;

	for (size_t i = 0; i < known->count; i++) {
		e = &known->entries[i];
		if (e->first_day == entry->first_day &&
		    e->value < entry->value &&
		    (least == NULL || e->value <= least->value))
			least = e;
	}
	return least;
}

/* Of all: whoever is worth least, and no more, and was longest not seen. */
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

/* Returns false if it is the one that there is no room for. */
static bool
make_room(struct known_peers *known, const struct known_key *entry)
{
	struct known_key *least;

	if (is_day_full(known, entry))
		least = least_of_day(known, entry);
	else if (known->count == KNOWN_PEERS_MAX)
		least = least_of_all(known, entry);
	else
		return true;
	if (least == NULL)
		return false;
	forget(known, least);
	return true;
}

/* Takes it in place of what was known of its key. Returns NULL if there is
 * no room. */
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

size_t
known_peers_read(struct known_peers *known, const char *bytes, size_t len,
    size_t *lines, size_t *taken)
{
	const char *line = bytes, *end = bytes + len, *feed;
	struct known_key entry;

	for (*lines = 0; line < end &&
	     (feed = memchr(line, '\n', (size_t)(end - line))) != NULL;
	     line = feed + 1) {
		++*lines;
		if (text_says_nothing(line, (size_t)(feed - line)))
			continue;
		if (read_line(&entry, line, (size_t)(feed - line)) == -1)
			return *lines;
		take(known, &entry);
	}
	*taken = (size_t)(line - bytes);
	return 0;
}

void
known_peers_free(struct known_peers *known)
{
	free(known->entries);
	memset(known, 0, sizeof(*known));
	known->fd = -1;
}

/*
 * Once it cannot be written, nothing more is: what there is then may end in
 * half a line, and another after it would make both unreadable. Half of the
 * file is for what the user says: what peers cause cannot push that out.
 */
static void
append(struct known_peers *known, const struct known_key *entry, bool by_user)
{
	char line[KNOWN_PEERS_LINE];
	size_t len = known_peers_line(line, entry);
	size_t room = by_user ? KNOWN_PEERS_BYTES : KNOWN_PEERS_BYTES / 2;
	ssize_t n;

	if (known->fd == -1)
		return;
	if (known->size + len > room) {
		if (!known->full_told || by_user)
			log_warn("%s is full until gochat is started anew: %s",
			    KNOWN_PEERS_FILE,
			    by_user ? "this mark is not kept"
				    : "who comes now is not kept");
		known->full_told = true;
		return;
	}
	n = write(known->fd, line, len);
	if (n != (ssize_t)len) {
		log_error("cannot write %s: %s; who comes now is forgotten "
			  "with the end of this run",
		    KNOWN_PEERS_FILE,
		    n == -1 ? strerror(errno) : "the disk is full");
		known->fd = -1;
		return;
	}
	known->size += len;
}

static void
set_nick(struct known_key *k, const char *nick, size_t len)
{
	memset(k->nick, 0, sizeof(k->nick));
	memcpy(k->nick, nick, len);
	k->nick_len = (uint8_t)len;
}

static bool
is_same(const struct known_key *a, const struct known_key *b)
{
	return a->value == b->value && a->last_day >= b->last_day &&
	    a->nick_len == b->nick_len &&
	    memcmp(a->nick, b->nick, a->nick_len) == 0;
}

/* What is known of the key by now, to be changed and kept. */
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
	 * else could take that once its owner goes by another. */
	if (entry.value != KNOWN_VERIFIED)
		set_nick(&entry, nick, nick_len);
	return entry;
}

/* Keeps it, if that is news. */
static void
keep(struct known_peers *known, const struct known_key *entry, bool by_user)
{
	const struct known_key *before = find(known, entry->key);

	if (before != NULL && is_same(before, entry))
		return;
	if (take(known, entry) != NULL) {
		append(known, entry, by_user);
		return;
	}
	if (!known->crowd_told)
		log_info("%s has no room for one more of today",
		    KNOWN_PEERS_FILE);
	known->crowd_told = true;
}

void
known_peers_note(struct known_peers *known, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, uint32_t today)
{
	struct known_key entry =
	    known_by_now(known, key, nick, nick_len, today);

	keep(known, &entry, false);
}

void
known_peers_talked(struct known_peers *known, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, uint32_t today)
{
	struct known_key entry =
	    known_by_now(known, key, nick, nick_len, today);

	if (entry.value < KNOWN_TALKED)
		entry.value = KNOWN_TALKED;
	keep(known, &entry, false);
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
	keep(known, &entry, true);
}
