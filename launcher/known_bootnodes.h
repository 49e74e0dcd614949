/*
 * Keys of bootnodes as people write them, and the file in the state folder that
 * remembers the key of each: the first use remembers it, a change
 * is refused. The launcher looks the key up at start and adds a line when
 * cryptod reports a new bootnode.
 *
 * Each bootnode has one line, with the address as endpoint_format() writes it:
 *
 *	host:port 64-hex-digits
 */
#ifndef LAUNCHER_KNOWN_BOOTNODES_H
#define LAUNCHER_KNOWN_BOOTNODES_H

#include "common/endpoints.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOTNODE_KEY_SIZE	 32    /* an X25519 public key */
#define KNOWN_BOOTNODES_FILE_MAX 65536 /* bytes */
/* Of an error, with its NUL: it may name two bootnodes. */
#define KNOWN_BOOTNODES_ERROR_MAX (256 + 2 * ENDPOINT_TEXT_MAX)

/* Reads exactly 64 hexadecimal digits; len is that of text. Returns 0 or -1. */
int bootnode_key_parse(uint8_t key[BOOTNODE_KEY_SIZE], const char *text,
    size_t len);

struct known_bootnodes {
	int fd; /* for appending; the caller closes it; -1: there is none */
	size_t size; /* of the text */
	/* The file as this process knows it, so that a jailed launcher can look
	 * keys up; one byte more shows that it is too long. */
	char text[KNOWN_BOOTNODES_FILE_MAX + 1];
};

/*
 * Opens the file in the state folder and reads it; if it is missing, makes it
 * with mode 0600. Returns 0, or -1 with the reason in err: it is too large, or
 * is not a regular file that belongs to this user and that nobody else may
 * write. To be called before the launcher is jailed.
 */
int known_bootnodes_open(struct known_bootnodes *k, int state_dirfd, char *err,
    size_t errlen);

/*
 * Looks up the key of an address, which is as endpoint_format() writes it, in
 * what was read and appended. The whole text is checked. Returns 1 with key
 * filled in, 0 if the address is not there, or -1 with the reason in err,
 * naming the line: it is malformed, or has a second key for this address.
 */
int known_bootnodes_find(const struct known_bootnodes *k, const char *address,
    uint8_t key[BOOTNODE_KEY_SIZE], char *err, size_t errlen);

/*
 * Looks up the key of bootnodes that stand in for each other, so it is that of
 * any of them that is known. Returns 1, 0 or -1 as known_bootnodes_find(), and
 * -1 as well if two of them are known by different keys, which are then named.
 */
int known_bootnodes_find_all(const struct known_bootnodes *k,
    const struct endpoints *, uint8_t key[BOOTNODE_KEY_SIZE], char *err,
    size_t errlen);

/*
 * Remembers the key of all of these bootnodes that are not known yet, and sets
 * *added to how many those are. Returns 0, or -1 with the reason in err, as the
 * next function.
 */
int known_bootnodes_append_all(struct known_bootnodes *k,
    const struct endpoints *, const uint8_t key[BOOTNODE_KEY_SIZE],
    unsigned int *added, char *err, size_t errlen);

/*
 * Remembers a key, after known_bootnodes_find() found none. The function only
 * calls write(2), so the jailed launcher may use it. Returns 0, or -1 with the
 * reason in err: the file is full, or the write failed.
 */
int known_bootnodes_append(struct known_bootnodes *k, const char *address,
    const uint8_t key[BOOTNODE_KEY_SIZE], char *err, size_t errlen);

#endif
