/*
 * Access keys: who has one may use a private bootnode (PROTOCOL.md section
 * 2.17). A file of them has lines
 *
 *	NAME KEY
 *
 * with KEY being 64 hexadecimal digits; an empty line counts for nothing, nor
 * does what begins with #. A bootnode takes all of its keys, a client the one
 * that it has. Names are for the operator alone and never leave the machine.
 *
 * Pure functions. A key is a secret, and so is the text of such a file.
 */
#ifndef COMMON_ACCESS_H
#define COMMON_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCESS_KEY_LEN	32 /* bytes, all random */
#define ACCESS_NAME_MAX 32 /* bytes */
#define ACCESS_KEYS_MAX 128
/* Bytes of a file that are looked at. */
#define ACCESS_FILE_MAX (32 * 1024)
/* Bytes of a line that access_format() writes, without a NUL. */
#define ACCESS_LINE_MAX (ACCESS_NAME_MAX + 1 + 2 * ACCESS_KEY_LEN + 1)

/* Bytes of memory that all keys fit in, as lines. A bootnode's have two such
 * parts of memory: those that count, and those that may count next. */
#define ACCESS_TEXT_MAX (ACCESS_KEYS_MAX * ACCESS_LINE_MAX)
#define ACCESS_PARTS	2

struct access_key { /* to be wiped */
	char name[ACCESS_NAME_MAX + 1];
	uint8_t key[ACCESS_KEY_LEN];
};

struct access_keys { /* to be wiped */
	size_t count;
	struct access_key at[ACCESS_KEYS_MAX];
};

/* The part that is wrong. */
enum access_fault {
	ACCESS_SOUND,
	ACCESS_LINE,	 /* there is no name and key in it, and no more */
	ACCESS_NAME,	 /* the name cannot be one */
	ACCESS_KEY,	 /* the key has not 64 hexadecimal digits */
	ACCESS_NAMED,	 /* another key has that name */
	ACCESS_TWICE,	 /* another name has that key */
	ACCESS_TOO_MANY, /* there are ACCESS_KEYS_MAX before it */
	ACCESS_TOO_LONG, /* there is more than a file can have */
	ACCESS_NONE,	 /* there is no key in it */
	ACCESS_NOT_ONE,	 /* there is another, and a client has one */
	ACCESS_FAULT_COUNT
};

/* True for 1 to ACCESS_NAME_MAX letters and digits of ASCII, -, _ and dots. */
bool access_name_is_valid(const char *name, size_t len);

/*
 * Reads the text of a file, up to the first NUL if there is one, since memory
 * comes in pages. Returns ACCESS_SOUND with at least one key, and at most max;
 * or what is wrong, with *line being the number of that line, from 1, or 0 if
 * it is the whole. Then there is no key in *keys.
 */
enum access_fault access_parse(struct access_keys *, size_t max,
    const char *text, size_t len, unsigned int *line);

/* What is wrong, in words that go on after the file, its line and a colon. They
 * have nothing of the text. */
const char *access_fault_text(enum access_fault);

/* Writes a line, its end and a NUL. Returns its length. */
size_t access_format(char out[ACCESS_LINE_MAX + 1], const struct access_key *);

#endif
