/*
 * Commands to an engine, in Redis' protocol.
 */
#ifndef FLEETD_COMMAND_H
#define FLEETD_COMMAND_H

#include "fleetd/stream.h"

#include "common/ipc_fleet.h"

/* So many names of nodes are read at a time: some more than there can be nodes,
 * so that those of nodes that are gone can be taken away. */
#define COMMAND_IDS_MAX 160
/* The command, a key, and the rest. */
#define COMMAND_WORDS_MAX (2 + COMMAND_IDS_MAX)
/* The digits of a node's id, and their NUL. */
#define COMMAND_ID_LEN	16
#define COMMAND_ID_SIZE (COMMAND_ID_LEN + 1)
/* gochat:{NAME}:node:ID, and a NUL. */
#define COMMAND_KEY_SIZE (8 + 2 * FLEET_NAME_LEN + 7 + COMMAND_ID_SIZE)

/* The words are the caller's until the command is put. */
struct command {
	int count;
	const char *words[COMMAND_WORDS_MAX];
	size_t lens[COMMAND_WORDS_MAX];
};

void command_begin(struct command *, const char *name);
void command_add(struct command *, const void *, size_t len);
void command_text(struct command *, const char *);
/* Returns 0, or -1 if there is no memory, or with the stream's why. */
int command_put(const struct command *, struct stream *);

/* 16 digits; and back again. Lowercase digits alone are an id: it has one
 * name. */
void command_id(char out[COMMAND_ID_SIZE], uint64_t id);
int command_read_id(uint64_t *id, const char *, size_t len);

/* The keys in the engine: the ids of all nodes, and a node's record. */
void command_index(char out[COMMAND_KEY_SIZE],
    const uint8_t name[FLEET_NAME_LEN]);
void command_record(char out[COMMAND_KEY_SIZE],
    const uint8_t name[FLEET_NAME_LEN], uint64_t id);

#endif
