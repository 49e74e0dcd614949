/*
 * A connection to an engine as bytes in both directions, with TLS or without.
 * The descriptor is somebody else's work (launcher/): it is connected and does
 * not block. All buffers are bounded, and what the engine may send is, too. The
 * process ignores SIGPIPE, as every child does.
 */
#ifndef FLEETD_STREAM_H
#define FLEETD_STREAM_H

#include "fleetd/tls.h"

/* What is written between two answers: the longest asks for 160 records by
 * their names. */
#define STREAM_OUT_MAX (16 * 1024)
/* What is read or written at once. */
#define STREAM_PIECE 4096
/* The engine may send so much between two calls of stream_allow(), as it comes
 * over the network: handshakes and answers, and what TLS has beside them. */
#define STREAM_IN_MAX  (256 * 1024)
#define STREAM_WHY_MAX TLS_WHY_MAX

struct stream {
	int fd; /* -1: it is closed */
	bool secure;
	struct tls tls; /* if it is */
	size_t in_left; /* so much may come */
	size_t out_len; /* to be written, as it was given: */
	uint8_t out[STREAM_OUT_MAX];
	size_t wire_len; /* and as it goes over the network: */
	uint8_t wire[STREAM_PIECE];
	char why[STREAM_WHY_MAX]; /* why it failed */
};

/* Begins with a descriptor, which is the stream's from now on; trust is NULL
 * for no TLS. Returns 0, or -1 with why. */
int stream_open(struct stream *, int fd, const struct tls_trust *trust);
/* Closes it, if it is open. What was to be written is wiped. */
void stream_close(struct stream *);

/* From now on, the engine may send STREAM_IN_MAX. */
void stream_allow(struct stream *);

/* Appends to what is to be written. Returns 0, or -1 with why if there is no
 * room. */
int stream_put(struct stream *, const void *, size_t len);
/* Writes what can be written. Returns 0, or -1 with why. */
int stream_flush(struct stream *);
/* What poll(2) is to wait for. */
short stream_events(const struct stream *);

/* Reads once, and hands on what that is to take(): with TLS, in several pieces
 * or none. take() returns 0, or -1 with the stream's why. Returns 1 if there
 * may be more, 0 if not now, or -1 with why. */
int stream_read(struct stream *,
    int (*take)(void *self, const uint8_t *, size_t len), void *self);

#endif
