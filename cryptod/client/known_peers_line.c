/*
 * The lines of the file of known peers. See known_peers.h; README.md has their
 * format.
 */
#include "cryptod/client/known_peers.h"

#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

#define WORD "peer-1 "

static const char *const words[WORD_COUNT] = {
	[WORD_SEEN] = "seen",
	[WORD_TALKED] = "talked",
	[WORD_VERIFIED] = "verified",
	[WORD_UNVERIFIED] = "unverified",
};

/* The rest of a line that is read from its start. */
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

static enum known_word
word(struct reader *r)
{
	for (size_t i = 0; i < WORD_COUNT; i++)
		if (takes(r, words[i]))
			return (enum known_word)i;
	r->bad = true;
	return WORD_SEEN;
}

/* The number has 1 to 9 digits. */
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

/* Takes the rest of the line. */
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

int
known_peers_parse(struct known_key *k, enum known_word *said, const char *line,
    size_t len)
{
	struct reader r = { line, line + len, false };

	memset(k, 0, sizeof(*k));
	demand(&r, WORD);
	for (size_t i = 0; i < sizeof(k->key); i++)
		k->key[i] = hex_byte(&r);
	demand(&r, " ");
	*said = word(&r);
	demand(&r, " ");
	k->first_day = number(&r);
	demand(&r, " ");
	k->last_day = number(&r);
	demand(&r, " ");
	nickname(&r, k);
	return r.bad || k->first_day > k->last_day ? -1 : 0;
}

size_t
known_peers_line(char out[KNOWN_PEERS_LINE], const struct known_key *k,
    enum known_word said)
{
	size_t n = (size_t)snprintf(out, KNOWN_PEERS_LINE, WORD);

	for (size_t i = 0; i < sizeof(k->key); i++)
		n += (size_t)snprintf(out + n, 3, "%02x", k->key[i]);
	n += (size_t)snprintf(out + n, KNOWN_PEERS_LINE - n, " %s %u %u ",
	    words[said], k->first_day, k->last_day);
	for (size_t i = 0; i < k->nick_len; i++)
		n += (size_t)snprintf(out + n, KNOWN_PEERS_LINE - n,
		    is_plain(k->nick[i]) ? "%c" : "%%%02x",
		    (unsigned char)k->nick[i]);
	out[n++] = '\n';
	return n;
}
