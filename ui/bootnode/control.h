/*
 * The control socket of a bootnode: a unix socket, made by the launcher, where
 * programs ask and order what an operator may. Each connection has its own
 * requests, one after the other; what is written to it is bounded, and one that
 * does not read is closed.
 */
#ifndef UI_BOOTNODE_CONTROL_H
#define UI_BOOTNODE_CONTROL_H

#include "ui/bootnode/request.h"
#include "ui/process.h"

/* The longest request, with its line feed. */
#define CONTROL_LINE_MAX 512
/* While more than this waits to be written, no further page is asked for. */
#define CONTROL_OUT_MARK (16 * 1024)
/* A connection on which nothing has moved for this long is closed. */
#define CONTROL_IDLE (30 * USEC_PER_SEC)
/* The time for netd's answer: it may be being restarted. */
#define CONTROL_PATIENCE (5 * USEC_PER_SEC)
/* The time for the launcher's: it has the reader of the settings end after
 * 10 s, and another reload may be under way. */
#define CONTROL_RELOAD_PATIENCE (15 * USEC_PER_SEC)

struct connection {
	int fd;	    /* -1: none */
	bool ended; /* nothing more is read */
	bool busy;  /* with this request: */
	struct request request;
	bool awaits_stats;
	uint32_t ticket; /* of a question that is under way; or 0 */
	bool more;	 /* there are further pages */
	uint64_t answer_by;
	uint64_t count;
	uint64_t moved_at;
	size_t in_len;
	char in[CONTROL_LINE_MAX];
	struct buf out;
	size_t written; /* of out */
};

struct control {
	struct ui *ui;
	int listener;	   /* -1: there is none */
	uint32_t ticket;   /* the last */
	uint64_t drain_by; /* then the bootnode ends; CLOCK_NEVER */
	struct connection connections[CONTROL_CONNECTIONS];
};

/* Sets everything up in the process, before its sandbox; listener is a socket
 * that does not block, or -1. */
void control_init(struct control *, struct process *, int listener);
/* Closes the connections; for tests. */
void control_free(struct control *);

#endif
