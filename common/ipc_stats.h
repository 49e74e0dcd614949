/*
 * Figures of a bootnode: netd counts, cryptod passes them on, ui shows them.
 * The totals are counted since netd's start; the sources are those of the last
 * minute or so. See ipc.h and ipc_messages.h.
 */
#ifndef COMMON_IPC_STATS_H
#define COMMON_IPC_STATS_H

#include "common/figures_table.h"
#include "common/ipc_messages.h"

/* The structs have no padding: see ipc_messages.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* The causes for which a datagram is dropped: a name for programs, words for
 * people. Those of RELAY come last, and their names begin with
 * DROP_RELAY_NAME. */
/* clang-format off */
#define DROP_RELAY_NAME "relay_"
#define DROP_TABLE(X)							\
	X(MALFORMED,	"malformed",	"not a packet of the protocol")	\
	X(UNEXPECTED,	"unexpected",	"a type that no client sends") \
	X(DENIED,	"denied",	"from an address that is denied") \
	X(COOKIE,	"cookie",	"a wrong or expired cookie")	\
	X(SESSION,	"session",	"an unknown session")		\
	X(FORGED,	"forged",	"a wrong MAC")			\
	X(REPLAYED,	"replayed",	"a replayed or late packet")	\
	X(JOIN,		"join",		"a JOIN that cannot be decrypted") \
	X(LIMIT,	"limit",	"too many JOINs from one address") \
	X(JOIN_RATE,	"join_rate",	"a JOIN over the rate limit") \
	X(BUSY,		"busy",		"the bootnode was too busy")	\
	X(RATE,		"rate",		"too many SYNCs or moves")	\
	X(ACCESS,	"access",	"no access key")		\
	X(RELAY_MALFORMED, DROP_RELAY_NAME "malformed",			\
	    "a RELAY without a valid packet")				\
	X(RELAY_REFUSED, DROP_RELAY_NAME "refused",			\
	    "a RELAY despite --relay never")				\
	X(RELAY_FORGED, DROP_RELAY_NAME "forged",			\
	    "a RELAY without a valid session")				\
	X(RELAY_NOBODY, DROP_RELAY_NAME "nobody",			\
	    "a RELAY to nobody in the room")				\
	X(RELAY_RATE,	DROP_RELAY_NAME "rate",				\
	    "a RELAY over the rate limit")				\
	X(RELAY_ADDRESS, DROP_RELAY_NAME "address",			\
	    "a RELAY over its address's rate")
/* clang-format on */

enum drop_cause {
#define X(cause, name, words) DROP_##cause,
	DROP_TABLE(X)
#undef X
	DROP_COUNT,
	DROP_RELAY_FIRST = DROP_RELAY_MALFORMED
};

/* The causes for which a bootnode refuses a client: a name for programs, words
 * for people. Those of the protocol (enum wire_reject_reason) are fewer: while
 * it drains, clients are told that it is full. Joins that come too often are
 * dropped. */
/* clang-format off */
#define REJECTION_TABLE(X)						\
	X(ROOM_FULL,	"room_full",	"the room had no place left")	\
	X(ADDRESS_FULL,	"address_full",	"the address had too many sessions") \
	X(BOOTNODE_FULL, "bootnode_full", "the bootnode had no place left") \
	X(DRAINING,	"draining",	"the bootnode was draining")
/* clang-format on */

enum rejection_cause {
#define X(cause, name, words) REJECTION_##cause,
	REJECTION_TABLE(X)
#undef X
	REJECTION_COUNT
};

/* Return the name for programs, of a cause below its count. */
const char *drop_name(size_t cause);
const char *rejection_name(size_t cause);

/* The number of sources that are told. */
#define SOURCES_MAX 10

struct ipc_source {
	struct addr_block block;
	uint64_t received; /* datagrams, at least */
	uint64_t dropped;  /* of these */
};

struct ipc_stats {
	uint8_t asked;	  /* answers a question */
	uint8_t draining; /* nobody is let in any more */
	uint8_t unused[6];
/* The figures: the table says what each of them means, and where it is
 * shown. */
#define X(field, ...) uint64_t field;
	FIGURES_OF_STATS(X)
#undef X
	uint64_t drops[DROP_COUNT];	      /* their sum is dropped */
	uint64_t rejections[REJECTION_COUNT]; /* their sum is rejected */
	/* The sources that send most, the largest first. Older datagrams count
	 * less, so that the figures are those of a time that never exceeds a
	 * minute: divided by it, they are datagrams a second. */
	uint32_t sources_ms;
	uint32_t source_count;
	struct ipc_source sources[SOURCES_MAX];
};

#pragma GCC diagnostic pop

#endif
