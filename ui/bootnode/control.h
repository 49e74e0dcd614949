/*
 * The control socket of a bootnode: a unix socket, made by the launcher, where
 * programs ask and order what an operator may. Each connection has its own
 * requests, one after the other; what is written to it is bounded, and one that
 * does not read is closed.
 */
#ifndef UI_BOOTNODE_CONTROL_H
#define UI_BOOTNODE_CONTROL_H

#include "ui/bootnode/inquiry.h"

#include <poll.h>

/* The longest request, with its line feed. */
#define CONTROL_LINE_MAX 512
/* While more than this waits to be written, no further page is asked for. */
#define CONTROL_OUT_MARK (16 * 1024)
/* A connection on which nothing has moved for this long is closed. */
#define CONTROL_IDLE (30 * USEC_PER_SEC)
/* What a loop waits for, beside the rest: the socket and its connections. */
#define CONTROL_FDS (1 + CONTROL_CONNECTIONS)

struct connection {
	int fd;	    /* -1: none */
	bool ended; /* nothing more is read */
	struct inquiry *inquiry;
	uint64_t moved_at;
	size_t in_len;
	char in[CONTROL_LINE_MAX];
	struct buf out;
	size_t written; /* of out */
};

struct control {
	struct inquiries inquiries;
	int listener; /* -1: there is none */
	struct connection connections[CONTROL_CONNECTIONS];
};

/* Sets up what ui does beside its view, before the sandbox; listener is a
 * socket that does not block, or -1. The loop has the handlers, and room for
 * CONTROL_FDS. */
void control_init(struct control *, struct ui *, struct dispatch *handlers,
    int listener);
/* Closes the connections; for tests. */
void control_free(struct control *);

#endif
