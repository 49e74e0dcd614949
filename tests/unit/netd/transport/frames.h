/*
 * A transport without another one: a test writes by hand, frame by frame, what
 * it gets and what it should say. PROTOCOL.md section 3.3.
 */
#ifndef TESTS_UNIT_NETD_TRANSPORT_FRAMES_H
#define TESTS_UNIT_NETD_TRANSPORT_FRAMES_H

#include "common/codec.h"
#include "netd/transport/transport.h"

#define ACK	      1
#define STREAM	      2
#define PING	      3
#define CREDIT	      4
#define FRAMES_MAX    1164	   /* as in DATA packets of 1200 bytes */
#define CREDIT_WINDOW (512 * 1024) /* what a side keeps unread */
#define NOW	      (50 * USEC_PER_SEC)

/* The pool of all these transports. */
extern struct transport_pool frames_pool;

struct transport *frames_transport(void);
/* Queues a record of so many bytes; all of it is then in flight. */
void frames_send(struct transport *, size_t len);

void frames_put_stream(struct putter *, uint64_t offset, const void *bytes,
    size_t len);
/* Writes an ACK of the packet largest and of first packets before it; more
 * ranges are to follow. */
void frames_put_ack(struct putter *, uint64_t largest, unsigned int more,
    uint32_t first);

/* Sends it records, and reads them, until it owes a CREDIT. Returns the number
 * of the packet that comes next. */
uint64_t frames_owe_credit(struct transport *);

/* Gives the transport a packet with one STREAM; returns the same as
 * transport_input(). */
int frames_input(struct transport *, uint64_t number, uint64_t offset,
    const void *bytes, size_t len);

#endif
