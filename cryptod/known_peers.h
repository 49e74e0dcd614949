/*
 * The keys of peers that were met before, in a file of the state folder that
 * grows by a line whenever something changes and is written anew at a start.
 * README.md has its format.
 */
#ifndef CRYPTOD_KNOWN_PEERS_H
#define CRYPTOD_KNOWN_PEERS_H

#include "common/ipc_trust.h"
#include "cryptod/crypto.h"

#define KNOWN_PEERS_FILE "known_peers"
/* Words, key, two days, a nickname with every byte as %XX, and a line feed. */
#define KNOWN_PEERS_LINE 512

struct known_key {
	uint8_t key[X25519_LEN];
	bool verified;
	uint32_t first_day; /* days since 1970 */
	uint32_t last_day;
	uint8_t nick_len; /* at least 1 */
	char nick[NICK_MAX];
};

struct known_peers {
	int fd;	     /* to append to; -1: in memory alone */
	size_t size; /* of the file, as far as is known */
	bool full_told;
	struct known_key *entries; /* in the order of coming */
	size_t count;
	size_t capacity;
};

/*
 * Opens the file in the folder, or makes an empty one, reads it, and writes
 * it anew if lines in it are out of date and no other process has it open.
 * The descriptor to append by becomes fd. A last line without its end is one
 * that a crash cut off: it is dropped. Ends the process with an error that
 * says what to do if the file is damaged, not a file, somebody else's, or open
 * to others.
 */
void known_peers_open(struct known_peers *, int folder, int fd);
void known_peers_free(struct known_peers *);

/*
 * Takes the lines of a file. Returns 0; or the number of the first line that
 * is not one, from 1. *lines is how many there were and *taken how many bytes
 * they have: what is left has no line feed. Exposed for tests.
 */
size_t known_peers_read(struct known_peers *, const char *bytes, size_t len,
    size_t *lines, size_t *taken);
/* Writes the line of an entry, without a NUL; returns its length. */
size_t known_peers_line(char out[KNOWN_PEERS_LINE], const struct known_key *);

/* NULL if the key was never met. */
const struct known_key *known_peers_find(const struct known_peers *,
    const uint8_t key[X25519_LEN]);
/* The key was proven by somebody of this name, 1 to NICK_MAX bytes, today.
 * If there are too many, the one not verified that was longest not seen is
 * forgotten. */
void known_peers_note(struct known_peers *, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, uint32_t today);
/* The user says this of a key that was noted, and that goes by this name now.
 * While it is verified, that name is remembered, whatever it takes later. */
void known_peers_verify(struct known_peers *, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, bool verified);

#endif
