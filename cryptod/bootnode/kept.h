/*
 * The state of a bootnode as bytes that are kept for the bootnode that takes
 * its place: a header, and parts that are sealed one by one. Whoever keeps them
 * can read nothing, and change, cut off or rearrange nothing unnoticed: the key
 * is HKDF of the bootnode's private key and of the header, which has a fresh
 * salt, and the last part is marked as such (STREAM of Hoang, Reyhanitabar,
 * Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
 * Misuse-Resistance", 2015).
 *
 *	header	8	"gochatKS"
 *		4	KEPT_FORMAT
 *		32	salt
 *	part	4	length of what follows
 *		n	AES-256-GCM of: a byte, enum kept_kind; the contents
 *
 * The nonce of a part is its number, from 0, as in Noise; the highest bit of it
 * is set in the last one. Numbers are big-endian. Nothing here knows what is in
 * netd's records: netd/bootnode/kept.h.
 */
#ifndef CRYPTOD_BOOTNODE_KEPT_H
#define CRYPTOD_BOOTNODE_KEPT_H

#include "common/ipc_handover.h"
#include "cryptod/crypto.h"

/* Of the header and of the parts that cryptod writes itself. */
#define KEPT_FORMAT	1
#define KEPT_HEADER_LEN (8 + 4 + 32)

enum kept_kind {
	KEPT_RECORDS_OF_NETD,
	KEPT_KEYS,  /* slot_keys_kept() wrote it */
	KEPT_COUNTS /* the last: sessions and rooms, 4 bytes each */
};

struct kept_writer {
	uint8_t *key; /* in secret memory; NULL: nothing is being written */
	uint64_t number;
	uint64_t bytes; /* written */
};

/* Begins with a header. The writer is all zero, or was used before. */
void kept_begin(struct kept_writer *, const struct x25519_key *,
    uint8_t out[KEPT_HEADER_LEN]);
/* Seals a part, of at most KEPT_BYTES_MAX bytes. Returns its length. After a
 * part of the kind KEPT_COUNTS no other follows. */
size_t kept_seal(struct kept_writer *, enum kept_kind, const uint8_t *contents,
    size_t len, uint8_t out[KEPT_PART_MAX]);
/* Wipes the key. */
void kept_finish(struct kept_writer *);

struct kept_reader {
	const uint8_t *bytes;
	size_t left;
	uint8_t *key; /* in secret memory */
	uint64_t number;
};

/* Begins to read what is at bytes, which must stay there. Returns KEPT_TAKEN;
 * or why it cannot be read, and then there is no more to do. */
enum kept_result kept_open(struct kept_reader *, const struct x25519_key *,
    const uint8_t *bytes, size_t len);
/* Opens the next part. Returns KEPT_TAKEN with the contents, or why not: the
 * first part is then of another key, and a later one is damaged. */
enum kept_result kept_next(struct kept_reader *, enum kept_kind *,
    uint8_t contents[KEPT_BYTES_MAX], size_t *len);
/* Wipes the key. */
void kept_close(struct kept_reader *);

#endif
