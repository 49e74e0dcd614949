/*
 * An engine that a test plays itself, at the other end of a socket pair, and
 * what fleetd makes of it.
 */
#ifndef TESTS_UNIT_FLEETD_PLAY_H
#define TESTS_UNIT_FLEETD_PLAY_H

#include "fleetd/engine.h"

/* Our node, and its record. */
#define PLAY_ID	    0x0123456789abcdefULL
#define PLAY_ID_HEX "0123456789abcdef"
#define PLAY_SEALED "sealed"
/* What the keys of the fleet begin with. */
#define PLAY_PREFIX "gochat:{abcd0000000000000000000000000000}:"
/* Another one. */
#define PLAY_OTHER_HEX "fedcba9876543210"

/* What a round asks first, as play_asked() has it. */
#define PLAY_WRITES                                   \
	"SET @node:0123456789abcdef sealed PX 6000\n" \
	"SADD @nodes 0123456789abcdef\n"              \
	"PEXPIRE @nodes 60000\n"                      \
	"SRANDMEMBER @nodes 160\n"
/* The answers to the first three, and to all if we are alone. */
#define PLAY_WRITTEN "+OK\r\n:1\r\n:1\r\n"
#define PLAY_ALONE   PLAY_WRITTEN "*1\r\n$16\r\n" PLAY_ID_HEX "\r\n"
/* Then the records are read, and this is ours. */
#define PLAY_READS  "MGET @node:0123456789abcdef\n"
#define PLAY_RECORD "*1\r\n$6\r\nsealed\r\n"

struct play {
	struct engine engine;
	struct engine_setup setup;
	uint64_t now;
	int peer; /* the test's end; -1: it is closed */
	/* What was told. */
	unsigned int found, done, away, lost;
	uint64_t ids[FLEET_NODES_MAX];
	char last[FLEET_RECORD_SEALED_MAX + 1]; /* record that was found */
	struct ipc_fleet_round round;		/* that was over last */
	char why[STREAM_WHY_MAX];
	char asked[32 * 1024];
};

/* Starts without a connection. No password, no TLS: setup can be changed. */
void play_begin(struct play *);
void play_end(struct play *);

/* Makes a connection, and gives fleetd its end. */
void play_connect(struct play *);
/* netd has a record. */
void play_round(struct play *);
void play_round_ends(struct play *);

/* Returns the commands that have come since the last call: a line each, with
 * blanks between the words; "@" stands for what the fleet's keys begin with. */
const char *play_asked(struct play *);
/* Does that with what came by another way. */
void play_write_commands(char *out, const char *bytes);
/* The engine answers. */
void play_answers(struct play *, const char *);
void play_answers_bytes(struct play *, const char *, size_t len);
/* It closes the connection. */
void play_closes(struct play *);
/* Time passes. */
void play_waits(struct play *, uint64_t usec);

/* The connection is lost because of this, and away counts so many rounds. */
void play_lost(struct play *, unsigned int away, const char *why);

#endif
