/*
 * A transport that sends a record in each packet, over a path whose round trip
 * time is known, and is told by hand which have arrived.
 */
#ifndef TESTS_UNIT_NETD_TRANSPORT_PACKETS_H
#define TESTS_UNIT_NETD_TRANSPORT_PACKETS_H

#include "tests/unit/netd/transport/frames.h"

#define MSEC(n) ((n)*USEC_PER_MSEC)
/* Measured by the probes of the path. */
#define RTT MSEC(100)
/* That, four times its half, and the delay of an ACK: RFC 9002, section
 * 6.2.1. */
#define PTO MSEC(310)
/* Each packet carries a record of so many bytes, after its length. */
#define RECORD 100
#define PIECE  (RECORD + 2)

struct packets {
	struct transport *t;
	uint64_t in; /* number of the next packet to it */
};

/* Over a path at NOW. */
void packets_begin(struct packets *);

/* The offset of the piece in the next packet; NOTHING, if there is none now, or
 * it has no piece. */
#define NOTHING UINT64_MAX
uint64_t packets_output(struct packets *, uint64_t now, uint64_t *number);

/* Sends the next record, the n-th, in a packet of its own; and those from one
 * to another. */
void packets_send(struct packets *, uint64_t now, uint64_t n);
void packets_send_many(struct packets *, uint64_t now, uint64_t from,
    uint64_t to);
/* The packets from first to last are acknowledged. */
void packets_acked(struct packets *, uint64_t now, uint64_t first,
    uint64_t last);

#endif
