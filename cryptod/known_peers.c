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

/* 1 to 9 digits. */
static uint32_t
number(struct reader *r)
{
	uint32_t value = 0;
	int digits = 0;

	for (; r->p < r->end && *r->p >= '0' && *r->p <= '9' && digits < 10;
	     digits++)
		value = value * 10 + (uint32_t)(*r->p++ - '0');
	if (digits == 0 || digits > 9)
		r->bad = true;
	return value;
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
	k->verified = takes(&r, " verified ");
	if (!k->verified)
		demand(&r, " seen ");
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
	    k->verified ? "verified" : "seen", k->first_day, k->last_day);
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

/* Returns false if all that there are, are verified. */
static bool
forget_one(struct known_peers *known)
{
	struct known_key *oldest = NULL, *e;

	for (size_t i = 0; i < known->count; i++) {
		e = &known->entries[i];
		if (!e->verified &&
		    (oldest == NULL || e->last_day < oldest->last_day))
			oldest = e;
	}
	if (oldest == NULL)
		return false;
	known->count--;
	memmove(oldest, oldest + 1,
	    (size_t)(&known->entries[known->count] - oldest) * sizeof(*oldest));
	return true;
}

/* Takes it in place of what was known of its key. Returns NULL if there is
 * no room. */
static struct known_key *
take(struct known_peers *known, const struct known_key *entry)
{
	struct known_key *e = find(known, entry->key);

	if (e == NULL) {
		if (known->count == KNOWN_PEERS_MAX && !forget_one(known))
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

void
known_peers_note(struct known_peers *known, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, uint32_t today)
{
	const struct known_key *before = find(known, key);
	struct known_key entry = { .first_day = today };

	if (before != NULL)
		entry = *before;
	/* A verified key keeps the name that it was verified under, or somebody
	 * else could take that once its owner goes by another. */
	if (before != NULL && before->verified) {
		nick = before->nick;
		nick_len = before->nick_len;
	}
	if (before != NULL && before->last_day >= today &&
	    before->nick_len == nick_len &&
	    memcmp(before->nick, nick, nick_len) == 0)
		return;
	memcpy(entry.key, key, X25519_LEN);
	if (entry.last_day < today)
		entry.last_day = today;
	memset(entry.nick, 0, sizeof(entry.nick));
	memcpy(entry.nick, nick, nick_len);
	entry.nick_len = (uint8_t)nick_len;
	if (take(known, &entry) != NULL) {
		append(known, &entry, false);
		return;
	}
	if (!known->full_told)
		log_warn("%d peers are verified: no more are remembered",
		    KNOWN_PEERS_MAX);
	known->full_told = true;
}

void
known_peers_verify(struct known_peers *known, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, bool verified)
{
	struct known_key *e = find(known, key);

	if (e == NULL || e->verified == verified)
		return;
	e->verified = verified;
	memset(e->nick, 0, sizeof(e->nick));
	memcpy(e->nick, nick, nick_len);
	e->nick_len = (uint8_t)nick_len;
	append(known, e, true);
}
