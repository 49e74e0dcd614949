/*
 * The keys of peers that were met before, in a file of the state folder that
 * grows by a line whenever something changes and is written again at a start.
 * README.md has its format.
 */
#ifndef CRYPTOD_CLIENT_KNOWN_PEERS_H
#define CRYPTOD_CLIENT_KNOWN_PEERS_H

#include "common/ipc_trust.h"
#include "cryptod/crypto.h"

#define KNOWN_PEERS_FILE "known_peers"
/* Words, key, two days, a nickname with every byte as %XX, and a line feed. */
#define KNOWN_PEERS_LINE 512

/* The value of a key to the user; a key of more value is never forgotten for
 * one of less. */
enum known_value {
	KNOWN_SEEN,   /* it was connected */
	KNOWN_TALKED, /* texts went both ways */
	KNOWN_VERIFIED
};

struct known_key {
	uint8_t key[X25519_LEN];
	enum known_value value;
	uint32_t first_day; /* days since 1970 */
	uint32_t last_day;
	uint8_t nick_len; /* at least 1 */
	char nick[NICK_MAX];
};

struct known_peers {
	int fd;		/* to append to and read on; -1: in memory alone */
	size_t size;	/* of the file, as far as is known */
	size_t read_to; /* whole lines of it, up to here */
	bool full_told;
	bool crowd_told;
	bool damage_told;
	struct known_key *entries; /* in the order of coming */
	size_t count;
	size_t capacity;
};

/*
 * Opens the file in the folder, or makes an empty one, reads it, and writes it
 * again if lines in it are out of date and no other process has it open. The
 * descriptor to append by becomes fd. A last line without its end is one that a
 * crash cut off: it is dropped. Ends the process with an error that says what
 * to do if the file is damaged, not a file, somebody else's, or open to others.
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

/* The word of a line; WORD_UNVERIFIED: the user took the mark back. */
enum known_word {
	WORD_SEEN = KNOWN_SEEN,
	WORD_TALKED = KNOWN_TALKED,
	WORD_VERIFIED = KNOWN_VERIFIED,
	WORD_UNVERIFIED,
	WORD_COUNT
};

/* Reads a line, without its line feed; the value of the entry is left at the
 * least. Returns -1 if it is not one. */
int known_peers_parse(struct known_key *, enum known_word *, const char *line,
    size_t len);
/* Writes a line of an entry, without a NUL; returns its length. */
size_t known_peers_line(char out[KNOWN_PEERS_LINE], const struct known_key *,
    enum known_word);

/* Called when another gochat has changed what is known of a key. */
typedef void known_peers_changed(void *arg, const struct known_key *);
/*
 * Takes the lines that were added to the file since it was last read, by
 * another gochat with the same state folder, or by us. tell() is called for
 * each key whose name or mark changed. An invalid line is left out, and the log
 * says so: the next start says what to do about it. Returns true if there was
 * anything to read.
 */
bool known_peers_read_on(struct known_peers *, known_peers_changed *tell,
    void *arg);

/* Returns the entry of a key; NULL if it was never met. */
const struct known_key *known_peers_find(const struct known_peers *,
    const uint8_t key[X25519_LEN]);

/*
 * The key was proven by somebody of this name, 1 to NICK_MAX bytes, today.
 *
 * Of the keys of one first day KNOWN_DAY_MAX are remembered, not counting those
 * that the user verified: one more replaces the last of those with less value,
 * and if there is none it is not remembered. So a crowd of one day pushes out
 * nobody of another, nor people who came before it, nor people with whom the
 * user talked. If there are KNOWN_PEERS_MAX in all, the one of the least value
 * that was not seen for the longest time makes way, if its value is not above
 * that of the new one.
 */
void known_peers_note(struct known_peers *, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, uint32_t today);
/* Does the same as known_peers_note(), and texts went both ways: one of this
 * key's was shown to the user, and one of the user's was delivered to it. */
void known_peers_talked(struct known_peers *, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, uint32_t today);
/* Does the same as known_peers_note(), and the user says this of the key. While
 * it is verified, this name is remembered, whatever name it takes later;
 * afterwards it counts as one that the user talked to. */
void known_peers_verify(struct known_peers *, const uint8_t key[X25519_LEN],
    const char *nick, size_t nick_len, bool verified, uint32_t today);

#endif
