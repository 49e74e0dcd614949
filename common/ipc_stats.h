/*
 * Figures of a bootnode: netd counts, cryptod hands on, ui shows them. What
 * is counted since netd's start is in the totals; who sends most is of the
 * last minute or so. See ipc.h and ipc_messages.h.
 */
#ifndef COMMON_IPC_STATS_H
#define COMMON_IPC_STATS_H

#include "common/figures_table.h"
#include "common/ipc_messages.h"

/* No padding: see ipc_messages.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* Why a datagram was dropped: a name for programs, words for people. Those of
 * RELAY come last, and their names begin with DROP_RELAY_NAME. */
/* clang-format off */
#define DROP_RELAY_NAME "relay_"
#define DROP_TABLE(X)							\
	X(MALFORMED,	"malformed",	"no packet of the protocol")	\
	X(UNEXPECTED,	"unexpected",	"of a type that no client sends") \
	X(COOKIE,	"cookie",	"a cookie that is wrong or old")	\
	X(SESSION,	"session",	"of no session here")		\
	X(FORGED,	"forged",	"not with its session's key")	\
	X(REPLAYED,	"replayed",	"not newer than the last")	\
	X(JOIN,		"join",		"a JOIN that could not be opened") \
	X(LIMIT,	"limit",	"too many JOINs of one address") \
	X(JOIN_RATE,	"join_rate",	"a JOIN beyond its source's rate") \
	X(BUSY,		"busy",		"nobody had time for it")	\
	X(RATE,		"rate",		"too many SYNCs or moves")	\
	X(RELAY_MALFORMED, DROP_RELAY_NAME "malformed",			\
	    "a RELAY with no packet in it")				\
	X(RELAY_REFUSED, DROP_RELAY_NAME "refused",			\
	    "a RELAY, with --relay never")				\
	X(RELAY_FORGED, DROP_RELAY_NAME "forged",			\
	    "a RELAY not of its session")				\
	X(RELAY_NOBODY, DROP_RELAY_NAME "nobody",			\
	    "a RELAY to no member of the room")				\
	X(RELAY_RATE,	DROP_RELAY_NAME "rate",				\
	    "a RELAY beyond the sender's rate")
/* clang-format on */

enum drop_cause {
#define X(cause, name, words) DROP_##cause,
	DROP_TABLE(X)
#undef X
	DROP_COUNT,
	DROP_RELAY_FIRST = DROP_RELAY_MALFORMED
};

/* The number of sources that are told. */
#define SOURCES_MAX 10

struct ipc_source {
	struct addr_block block;
	uint64_t received; /* datagrams, at least */
	uint64_t dropped;  /* of these */
};

struct ipc_stats {
	uint8_t asked; /* answers a question */
	uint8_t unused[7];
/* The figures: what they are is in the table, with their outputs. */
#define X(field, ...) uint64_t field;
	FIGURES_OF_STATS(X)
#undef X
	uint64_t drops[DROP_COUNT]; /* their sum is dropped */
	/* The sources that send most, the largest first. Older datagrams count
	 * less, so that the figures are those of a time that never exceeds a
	 * minute: divided by it, they are datagrams a second. */
	uint32_t sources_ms;
	uint32_t source_count;
	struct ipc_source sources[SOURCES_MAX];
};

#pragma GCC diagnostic pop

#endif
