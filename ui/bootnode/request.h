/*
 * A request of a bootnode's operator: a command, and perhaps its argument. It
 * comes as a line of json from the control socket, as a command of the json
 * view, or as words that were typed.
 */
#ifndef UI_BOOTNODE_REQUEST_H
#define UI_BOOTNODE_REQUEST_H

#include "ui/buf.h"

#include "common/ipc_operate.h"

#include <jansson.h>

#include <stdbool.h>

/* The time after which a bootnode that drains ends at the latest, if the
 * operator names none, and the most that can be named. */
#define DRAIN_SECONDS	  300
#define DRAIN_SECONDS_MAX 86400

enum request_command {
	REQUEST_STATUS,
	REQUEST_ROOMS,
	REQUEST_SESSIONS,
	REQUEST_KICK,
	REQUEST_DRAIN,
	REQUEST_DENY,
	REQUEST_RELOAD
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

/* Reads a line of json, of any bytes. Returns the same. */
int request_line(struct request *, const char *line, size_t len,
    struct buf *why);

#endif
