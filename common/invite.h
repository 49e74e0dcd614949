/*
 * Invites: one line that lets a friend into a room (DESIGN.md section 13).
 *
 *	gochat://HOST[:PORT][,HOST[:PORT]...]/ROOM
 *	    ?key=HEX64[&access=HEX64]#SECRET
 *
 * The hosts are one bootnode and those that stand in for it: all of them have
 * this key. access is the access key of a private bootnode (access.h).
 * ROOM is percent-encoded (RFC 3986 section 2.1). SECRET is base32 (RFC 4648
 * section 6), in small letters, of 16 random bytes and of a checksum over all
 * parts, which tells whether a character was lost or changed on the way.
 * Letters may be capital where that does not count, and white space does not
 * count anywhere, because mail and terminals break lines.
 *
 * Pure functions. An invite is a secret: whoever has it may enter the room.
 */
#ifndef COMMON_INVITE_H
#define COMMON_INVITE_H

#include "common/ipc_messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INVITE_SECRET_LEN 16
/* Bytes of the text, without a NUL: of the room, three for each byte. */
#define INVITE_TEXT_MAX \
	(9 + INVITE_BOOTNODE_MAX + 1 + 3 * ROOM_MAX + 70 + 72 + 32)
#define INVITE_SCHEME "gochat://"

struct invite {					/* to be wiped */
	char bootnode[INVITE_BOOTNODE_MAX + 1]; /* not yet endpoints */
	char room[ROOM_MAX + 1];	   /* UTF-8 of 1 to ROOM_MAX bytes */
	uint8_t key[X25519_LEN];	   /* the bootnode's */
	uint8_t secret[INVITE_SECRET_LEN]; /* the room's */
	bool has_access;
	uint8_t access[ACCESS_KEY_LEN]; /* of the bootnode */
};

/* The part that is wrong. */
enum invite_fault {
	INVITE_SOUND,
	INVITE_EMPTY,	  /* nothing, or white space alone */
	INVITE_NO_SCHEME, /* it does not begin with gochat:// */
	INVITE_LENGTH,	  /* there is more than an invite can be */
	INVITE_BOOTNODE,  /* missing, too long, or no address has this */
	INVITE_ROOM,	  /* missing, too long, no UTF-8, half an escape */
	INVITE_KEY,	  /* no ?key= and 64 hexadecimal digits */
	INVITE_ACCESS,	  /* a & without access= and 64 hexadecimal digits */
	INVITE_SECRET,	  /* no # and 32 letters and digits of base32 */
	INVITE_CHECKSUM	  /* all is as it should be, and they do not agree */
};

/*
 * Reads the text of an invite, which needs no NUL. Returns INVITE_SOUND and
 * fills in *invite; or what is wrong, with *at being the character of the text,
 * from 1, that is the first to be wrong: len + 1 where something is missing at
 * the end, and 0 if there is nothing. If only the checksum is wrong, *at is the
 * one character that, were it another, would make it right, or 0 if that is not
 * so simple.
 */
enum invite_fault invite_parse(struct invite *, const char *text, size_t len,
    size_t *at);

/* True if the text begins as every invite does, sound or not. */
bool invite_begins(const char *text, size_t len);

/* What is wrong, in words that go on after "the invite": "has no ...". */
const char *invite_fault_text(enum invite_fault);

/* Writes the text and a NUL. Returns its length. The parts must be what
 * invite_parse() can give. */
size_t invite_format(char text[INVITE_TEXT_MAX + 1], const struct invite *);

/*
 * Writes the same invite with capitals wherever they do not count, and a NUL:
 * all but the room's name. In a QR code a capital takes fewer bits. text has
 * at most INVITE_TEXT_MAX bytes; it need not be sound.
 */
void invite_capitals(char out[INVITE_TEXT_MAX + 1], const char *text,
    size_t len);

#endif
