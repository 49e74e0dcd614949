/*
 * Invites. See invite.h.
 */
#include "common/invite.h"

#include "common/hex.h"
#include "common/siphash.h"
#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

#define KEY_MARK    "?key="
#define ACCESS_MARK "&access="
#define SUM_LEN	    4
#define SEALED_LEN  (INVITE_SECRET_LEN + SUM_LEN) /* what is base32 */
#define DIGITS_LEN  (SEALED_LEN * 8 / 5)

_Static_assert(SEALED_LEN * 8 % 5 == 0, "base32 would need padding");

static const char base32_digits[] = "abcdefghijklmnopqrstuvwxyz234567";

/* --- Small parts ---------------------------------------------------------- */

static char
small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int
hex_value(char c)
{
	c = small(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int
base32_value(char c)
{
	const char *digit = c == '\0' ? NULL : strchr(base32_digits, small(c));

	return digit == NULL ? -1 : (int)(digit - base32_digits);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t
add(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	return len;
}

/* The first bytes of a MAC whose key everybody knows: a checksum over the parts
 * as they are, however they are written. */
static void
checksum(uint8_t sum[SUM_LEN], const struct invite *invite)
{
	static const uint8_t key[SIPHASH_KEY + 1] = "gochat 1 invite ";
	uint8_t parts[sizeof(*invite)], mac[SIPHASH_MAC];
	size_t len = 0;

	len += add(parts, invite->bootnode, strlen(invite->bootnode) + 1);
	len += add(parts + len, invite->room, strlen(invite->room) + 1);
	len += add(parts + len, invite->key, sizeof(invite->key));
	len += add(parts + len, invite->secret, sizeof(invite->secret));
	if (invite->has_access)
		len += add(parts + len, invite->access, sizeof(invite->access));
	siphash(mac, key, parts, len);
	memcpy(sum, mac, SUM_LEN);
	explicit_bzero(parts, sizeof(parts));
}

/* --- Reading -------------------------------------------------------------- */

/* What is left of the text. At its end there is a NUL, which no part has. */
struct reader {
	const char *p;
	enum invite_fault fault;
};

static bool
skip(struct reader *r, const char *mark, enum invite_fault fault)
{
	for (; *mark != '\0'; mark++, r->p++)
		if (small(*r->p) != *mark) {
			r->fault = fault;
			return false;
		}
	return true;
}

/* An address has letters, digits, and these. */
static bool
is_of_bootnode(char c)
{
	c = small(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr(".-:[],", c) != NULL);
}

static bool
read_bootnode(struct reader *r, char bootnode[INVITE_BOOTNODE_MAX + 1])
{
	size_t len = 0;

	for (; *r->p != '/' && len < INVITE_BOOTNODE_MAX; r->p++) {
		if (!is_of_bootnode(*r->p))
			break;
		bootnode[len++] = small(*r->p);
	}
	bootnode[len] = '\0';
	if (len == 0)
		r->fault = INVITE_BOOTNODE;
	return len > 0 && skip(r, "/", INVITE_BOOTNODE);
}

/* One byte of a room's name; -1 if an escape is none, or stands for a NUL. Of
 * one that is cut, what is missing comes after its end. */
static int
read_byte(struct reader *r)
{
	int high, low;

	if (*r->p != '%')
		return (unsigned char)*r->p++;
	high = hex_value(r->p[1]);
	low = high == -1 ? -1 : hex_value(r->p[2]);
	if (r->p[1] == '\0' || (high != -1 && r->p[2] == '\0'))
		r->p += strlen(r->p);
	if (low == -1 || (high == 0 && low == 0))
		return -1;
	r->p += 3;
	return high << 4 | low;
}

static bool
read_room(struct reader *r, char room[ROOM_MAX + 1])
{
	const char *start = r->p;
	size_t len = 0;
	int byte = 0;

	while (*r->p != '\0' && strchr("/?#", *r->p) == NULL &&
	    len < ROOM_MAX && (byte = read_byte(r)) != -1)
		room[len++] = (char)byte;
	room[len] = '\0';
	if (byte != -1 && len > 0 && utf8_valid(room, len))
		return true;
	if (byte != -1 && *r->p != '\0') /* or a character may be cut */
		r->p = start;
	r->fault = INVITE_ROOM;
	return false;
}

/* A key behind its mark. */
static bool
read_key(struct reader *r, const char *mark, uint8_t *key, size_t len,
    enum invite_fault fault)
{
	if (!skip(r, mark, fault))
		return false;
	memset(key, 0, len);
	for (size_t i = 0; i < 2 * len; i++, r->p++) {
		int digit = hex_value(*r->p);

		if (digit == -1) {
			r->fault = fault;
			return false;
		}
		key[i / 2] = (uint8_t)(key[i / 2] << 4 | digit);
	}
	return true;
}

/* The bootnode's key, and the access key if there is one. */
static bool
read_keys(struct reader *r, struct invite *invite)
{
	if (!read_key(r, KEY_MARK, invite->key, sizeof(invite->key),
		INVITE_KEY))
		return false;
	invite->has_access = *r->p == ACCESS_MARK[0];
	return !invite->has_access ||
	    read_key(r, ACCESS_MARK, invite->access, sizeof(invite->access),
		INVITE_ACCESS);
}

/* What is longer than a key of its digits is a fault of that key. */
static bool
read_secret(struct reader *r, bool has_access, uint8_t sealed[SEALED_LEN])
{
	uint32_t bits = 0;
	unsigned int count = 0;

	if (!skip(r, "#",
		*r->p == '\0'	 ? INVITE_SECRET
		    : has_access ? INVITE_ACCESS
				 : INVITE_KEY))
		return false;
	for (size_t i = 0; i < DIGITS_LEN; i++, r->p++) {
		int digit = base32_value(*r->p);

		if (digit == -1)
			break;
		bits = bits << 5 | (uint32_t)digit;
		count += 5;
		if (count >= 8) {
			count -= 8;
			*sealed++ = (uint8_t)(bits >> count);
		}
	}
	if (count == 0 && base32_value(r->p[-1]) != -1 && *r->p == '\0')
		return true;
	r->fault = INVITE_SECRET;
	return false;
}

/* Reads a text without blanks. On a fault *at is the index of the first
 * character that is wrong. */
static enum invite_fault
read_all(struct invite *invite, const char *text, size_t *at)
{
	struct reader r = { text, INVITE_SOUND };
	uint8_t sealed[SEALED_LEN], sum[SUM_LEN];

	if (skip(&r, INVITE_SCHEME, INVITE_NO_SCHEME) &&
	    read_bootnode(&r, invite->bootnode) &&
	    read_room(&r, invite->room) && read_keys(&r, invite) &&
	    read_secret(&r, invite->has_access, sealed)) {
		memcpy(invite->secret, sealed, INVITE_SECRET_LEN);
		checksum(sum, invite);
		if (memcmp(sum, sealed + INVITE_SECRET_LEN, SUM_LEN) != 0)
			r.fault = INVITE_CHECKSUM;
	}
	explicit_bzero(sealed, sizeof(sealed));
	*at = (size_t)(r.p - text);
	return r.fault;
}

/* Looks for the character that was changed, by trying all of them: some 10 ms.
 * Returns false if it is not one alone. */
static bool
find_changed(char *text, size_t *at)
{
	static const char tried[] = "abcdefghijklmnopqrstuvwxyz0123456789"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-._~%:/?=#[],&";
	struct invite invite;
	bool found = false;
	size_t end;

	for (*at = 0; !found && text[*at] != '\0'; *at += !found) {
		const char was = text[*at];

		for (const char *c = tried; !found && *c != '\0'; c++) {
			text[*at] = *c;
			found = read_all(&invite, text, &end) == INVITE_SOUND;
		}
		text[*at] = was;
	}
	explicit_bzero(&invite, sizeof(invite));
	return found;
}

/* The text without its blanks, and where each character of it stood, from 1.
 * Returns false if it is too long, with *at being the first that is. */
static bool
strip(char bare[INVITE_TEXT_MAX + 1], size_t places[INVITE_TEXT_MAX + 1],
    const char *text, size_t len, size_t *at)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++) {
		if (is_blank(text[i]))
			continue;
		if (count == INVITE_TEXT_MAX) {
			*at = i + 1;
			return false;
		}
		places[count] = i + 1;
		bare[count++] = text[i];
	}
	places[count] = len + 1;
	bare[count] = '\0';
	return true;
}

enum invite_fault
invite_parse(struct invite *invite, const char *text, size_t len, size_t *at)
{
	char bare[INVITE_TEXT_MAX + 1];
	size_t places[INVITE_TEXT_MAX + 1];
	enum invite_fault fault = INVITE_LENGTH;

	if (strip(bare, places, text, len, at)) {
		fault =
		    places[0] > len ? INVITE_EMPTY : read_all(invite, bare, at);
		if (fault == INVITE_EMPTY ||
		    (fault == INVITE_CHECKSUM && !find_changed(bare, at)))
			*at = 0;
		else
			*at = places[*at];
	}
	explicit_bzero(bare, sizeof(bare));
	return fault;
}

bool
invite_begins(const char *text, size_t len)
{
	const size_t scheme = sizeof(INVITE_SCHEME) - 1;

	return len >= scheme && strncasecmp(text, INVITE_SCHEME, scheme) == 0;
}

const char *
invite_fault_text(enum invite_fault fault)
{
	switch (fault) {
	case INVITE_SOUND:
		return "is sound";
	case INVITE_EMPTY:
		return "is empty";
	case INVITE_NO_SCHEME:
		return "does not begin with gochat://";
	case INVITE_LENGTH:
		return "is longer than an invite can be";
	case INVITE_BOOTNODE:
		return "has no bootnode's address between gochat:// and /";
	case INVITE_ROOM:
		return "has no room's name after the bootnode's address";
	case INVITE_KEY:
		return "has no ?key= with 64 hexadecimal digits";
	case INVITE_ACCESS:
		return "has no &access= with 64 hexadecimal digits";
	case INVITE_SECRET:
		return "has no # with 32 letters and digits at its end";
	case INVITE_CHECKSUM:
		return "was changed on its way: its checksum does not agree";
	}
	return "is none";
}

/* --- Writing -------------------------------------------------------------- */

/* Percent-encodes all that is not unreserved (RFC 3986 section 2.3). */
static size_t
write_room(char *out, const char *room)
{
	size_t len = 0;

	for (; *room != '\0'; room++) {
		const char c = small(*room);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    strchr("-._~", c) != NULL)
			out[len++] = *room;
		else
			len += (size_t)snprintf(out + len, 4, "%%%02X",
			    (unsigned int)(unsigned char)*room);
	}
	return len;
}

static size_t
write_secret(char out[DIGITS_LEN], const uint8_t sealed[SEALED_LEN])
{
	for (size_t i = 0; i < DIGITS_LEN; i++) {
		const size_t bit = i * 5, byte = bit / 8;
		unsigned int two = (unsigned int)sealed[byte] << 8;

		if (byte + 1 < SEALED_LEN)
			two |= sealed[byte + 1];
		out[i] = base32_digits[two >> (11 - bit % 8) & 31];
	}
	return DIGITS_LEN;
}

size_t
invite_format(char text[INVITE_TEXT_MAX + 1], const struct invite *invite)
{
	uint8_t sealed[SEALED_LEN];
	size_t len;

	memcpy(sealed, invite->secret, INVITE_SECRET_LEN);
	checksum(sealed + INVITE_SECRET_LEN, invite);
	len = (size_t)snprintf(text, INVITE_TEXT_MAX + 1, "%s%s/",
	    INVITE_SCHEME, invite->bootnode);
	len += write_room(text + len, invite->room);
	len += add(text + len, KEY_MARK, sizeof(KEY_MARK) - 1);
	format_hex(text + len, invite->key, sizeof(invite->key));
	len += 2 * sizeof(invite->key);
	if (invite->has_access) {
		len += add(text + len, ACCESS_MARK, sizeof(ACCESS_MARK) - 1);
		format_hex(text + len, invite->access, sizeof(invite->access));
		len += 2 * sizeof(invite->access);
	}
	text[len++] = '#';
	len += write_secret(text + len, sealed);
	text[len] = '\0';
	explicit_bzero(sealed, sizeof(sealed));
	return len;
}

/* The room is between the third slash and a question mark. */
void
invite_capitals(char out[INVITE_TEXT_MAX + 1], const char *text, size_t len)
{
	unsigned int marks = 0;

	for (size_t i = 0; i < len; i++) {
		const char c = text[i];
		const bool letter = c >= 'a' && c <= 'z';

		marks += c == '/' || c == '?';
		out[i] = letter && marks != 3 ? (char)(c - 'a' + 'A') : c;
	}
	out[len] = '\0';
}
