/*
 * A request of a bootnode's operator: a command, and perhaps its argument. It
 * comes as a line of json from the control socket, as a command of the json
 * view, or as words that were typed.
 */
#ifndef UI_BOOTNODE_REQUEST_H
#define UI_BOOTNODE_REQUEST_H

#include "ui/buf.h"

#include "common/ipc_operate.h"
#include "common/operator_table.h"

#include <jansson.h>

#include <stdbool.h>

enum request_command {
#define X(command, ...) REQUEST_##command,
	OPERATOR_COMMANDS(X)
#undef X
};

struct request {
	enum request_command command;
	bool text;		    /* lines for people are wanted */
	unsigned int seconds;	    /* DRAIN */
	struct ipc_operate operate; /* the question to netd; not of STATUS
				     * and RELOAD */
};

/* Reads a command with its argument, or NULL. Returns 0, or -1 with what is
 * wrong appended to why. */
int request_words(struct request *, const char *name, const char *argument,
    struct buf *why);

/* Reads an object; also: a command beyond these that its sender has, for the
 * error, or NULL. Returns the same. */
int request_object(struct request *, json_t *, const char *also,
    struct buf *why);
/* Reads a line of json, of any bytes. Returns the same. */
int request_line(struct request *, const char *line, size_t len,
    struct buf *why);

#endif
