/*
 * The room file: what has to be known to enter a room, as text in lines. It is
 * memory that only descriptors lead to, or a file of a room that is remembered;
 * only this room's cryptods have it open.
 *
 *	gochat room 1
 *	name kitchen
 *	bootnode host:port		or	several with commas
 *	key 64-hex-digits
 *	passphrase text		or	invite 32-hex-digits
 *	identity name		unless it is the default one
 *	access 64-hex-digits	if the bootnode is a private one
 *
 * The first line is the format and its version. Each of the others stands there
 * at most once, in any order: in memory there is the secret alone. What is
 * behind a NUL is not read: memory comes in pages.
 */
#ifndef CRYPTOD_CLIENT_ROOM_FILE_H
#define CRYPTOD_CLIENT_ROOM_FILE_H

#include "common/invite.h"
#include "cryptod/client/room.h"

#include <stdbool.h>

struct room_file {				/* keep it in secret memory */
	char name[ROOM_MAX + 1];		/* "": it does not say */
	char bootnode[INVITE_BOOTNODE_MAX + 1]; /* likewise */
	bool has_key;
	uint8_t key[X25519_LEN]; /* of the bootnode */
	char identity[IDENTITY_NAME_MAX + 1];
	bool has_access;
	uint8_t access[ACCESS_KEY_LEN]; /* of the bootnode, if private */
	struct room_secret secret; /* kind NONE: likewise, or there is none */
};

/* Returns true if the bytes begin as a room file does. */
bool room_file_begins(const char *text, size_t len);

/*
 * Reads the text. Returns NULL, or what is wrong, in words that end a sentence
 * which names the file and the line, whose number is in *line.
 */
const char *room_file_parse(struct room_file *, const char *text, size_t len,
    unsigned int *line);

/* Writes the text of what it says. Returns its length. */
size_t room_file_format(char out[ROOM_FILE_BYTES], const struct room_file *);

#endif
