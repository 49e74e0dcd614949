/*
 * What netd of a bootnode hands over to the one that takes its place, in
 * records: keep.c writes them, restore.c reads them. Only parts.h and these two
 * include this.
 *
 * Not in the records are: JOINs that are being opened, whose clients send them
 * again; the changes that a room remembers, since all of them are announced
 * first, and who has missed one is told the roster; and how much each source
 * has used of its limits, which begin anew. Of a fleet, its living nodes are in
 * them, so that the next one does not take itself for alone, and its own count
 * goes on, so that the tokens of the others stay good; which rooms move, and
 * which sessions cannot reach the home of theirs, is found anew.
 */
#ifndef NETD_BOOTNODE_KEPT_H
#define NETD_BOOTNODE_KEPT_H

#include "common/ipc_messages.h"
#include "netd/bootnode/registry.h"

/* The version of the records. Whoever changes one makes this another number:
 * then a bootnode of another version starts empty, rather than wrong. */
#define KEPT_VERSION 1

/* A record is a byte that says which it is, and what follows here. All numbers
 * are big-endian; times are those of CLOCK_BOOTTIME in microseconds, which all
 * processes of the machine share. */
enum kept_record {
	KEPT_GENERAL, /* the first: see put_general() */
	KEPT_ACCESS,  /* the number of an access key, and its MAC key */
	KEPT_KNOWN,   /* an entry of the table of known JOINs */
	KEPT_ROOM,    /* tag and version; its sessions follow */
	KEPT_SESSION, /* see put_session() */
	KEPT_NODE,    /* of a fleet, in a bootnode that is in one: a byte, 1 for
		       * itself; then its record, to the end of a length of 2 */
	KEPT_RECORDS
};

/* No record is longer: a session with the longest card and WELCOME. */
#define KEPT_RECORD_MAX 2048
_Static_assert(KEPT_RECORD_MAX >= CARD_MAX + WIRE_MAX + 400, "too short");

/* How far the records are written. */
enum keep_stage {
	KEEP_NOTHING,
	KEEP_GENERAL,
	KEEP_NODES,
	KEEP_ACCESS,
	KEEP_KNOWN,
	KEEP_ROOMS,
	KEEP_END
};

struct keep {
	bool held; /* no datagram is taken, and no time passes */
	uint64_t held_at;
	uint32_t attempt;
	unsigned int holds; /* HOLDs of it that have come */
	enum keep_stage stage;
	size_t next;	   /* NODES, ACCESS, KNOWN: the first not written */
	struct room *room; /* ROOMS: the same; NULL: the first of all */
	uint32_t member;   /* of the room */
	uint32_t sessions; /* written */
	uint32_t rooms;
};

/* What was read, as far as it does not count before all is there. */
struct restore {
	bool waits; /* records may come */
	enum kept_result result;
	bool has_general;
	uint64_t held_at;
	uint64_t timeout;
	uint64_t settled_at;
	uint8_t cookie_key[SIPHASH_KEY];
	bool knows; /* which JOINs were used */
	bool deserted;
	size_t access_count; /* of the keys that a session may have: */
	uint16_t access_before[ACCESS_KEYS_MAX];
	uint16_t access_now[ACCESS_KEYS_MAX];
	bool has_room;
	struct room_tag tag; /* of the sessions that come */
	uint32_t version;
};

#endif
