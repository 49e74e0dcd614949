/*
 * Pacing: RFC 9002, section 7.7, as a bucket of bytes that fills at the rate of
 * the path. It holds bursts, so that a fast path does not cost a wake-up for
 * each packet: a sender that has to wait waits for a millisecond at least.
 */
#ifndef NETD_TRANSPORT_PACER_H
#define NETD_TRANSPORT_PACER_H

#include "common/clock.h"

#include <stdbool.h>
#include <stddef.h>

#define PACER_BURST 10 /* packets at least; RFC 9002, section 7.7 */
#define PACER_WAIT  USEC_PER_MSEC

struct pacer {
	uint64_t bytes; /* that may be sent at once */
	uint64_t time;	/* when it was filled */
};

static inline void
pacer_init(struct pacer *p, uint64_t now, size_t packet)
{
	p->bytes = PACER_BURST * packet;
	p->time = now;
}

/*
 * Returns when a packet of this size may be sent at rate bytes a second: 0 for
 * now.
 */
static inline uint64_t
pacer_next(struct pacer *p, uint64_t now, uint64_t rate, size_t packet)
{
	uint64_t burst = 2 * rate * PACER_WAIT / USEC_PER_SEC;
	uint64_t passed = clock_min(now - p->time, USEC_PER_SEC), more, wait;

	if (burst < PACER_BURST * packet)
		burst = PACER_BURST * packet;
	more = rate * passed / USEC_PER_SEC;
	if (more > 0) {
		p->bytes = clock_min(p->bytes + more, burst);
		p->time = now;
	}
	if (p->bytes >= packet)
		return 0;
	wait = (packet - p->bytes) * USEC_PER_SEC / (rate + 1) + 1;
	return now + (wait > PACER_WAIT ? wait : PACER_WAIT);
}

static inline void
pacer_sent(struct pacer *p, size_t size)
{
	p->bytes -= clock_min(p->bytes, size);
}

#endif
