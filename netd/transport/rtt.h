/*
 * The estimate of the round trip time, and the timeouts made of it: RFC 9002,
 * sections 5 and 6. Microseconds.
 */
#ifndef NETD_TRANSPORT_RTT_H
#define NETD_TRANSPORT_RTT_H

#include "common/clock.h"

#include <stdbool.h>

#define RTT_INITIAL	(333 * USEC_PER_MSEC) /* section 6.2.2 */
#define RTT_GRANULARITY USEC_PER_MSEC	      /* section 6.1.2 */
#define RTT_ACK_DELAY	(10 * USEC_PER_MSEC)  /* a peer's at most */
/* No answer is under way for longer than this: the host did not run
 * meanwhile. */
#define RTT_SAMPLE_MAX (30 * USEC_PER_SEC)
/* The doubling ends here, unless the timeout is longer to begin with. */
#define PTO_MAX (3 * USEC_PER_SEC)

struct rtt {
	bool sampled;
	uint64_t latest;
	uint64_t smoothed;
	uint64_t variation;
	uint64_t least;
};

static inline void
rtt_init(struct rtt *r)
{
	*r = (struct rtt){ .latest = RTT_INITIAL,
		.smoothed = RTT_INITIAL,
		.variation = RTT_INITIAL / 2 };
}

/* A packet was acknowledged after this time, of which the peer says that it
 * waited ack_delay. Section 5.3. A sample longer than RTT_SAMPLE_MAX does not
 * count. */
static inline void
rtt_sample(struct rtt *r, uint64_t sample, uint64_t ack_delay)
{
	uint64_t adjusted = sample, off;

	if (sample > RTT_SAMPLE_MAX)
		return;
	r->latest = sample;
	if (!r->sampled) {
		r->sampled = true;
		r->least = r->smoothed = sample;
		r->variation = sample / 2;
		return;
	}
	if (sample < r->least)
		r->least = sample;
	if (ack_delay > RTT_ACK_DELAY)
		ack_delay = RTT_ACK_DELAY;
	if (sample >= r->least + ack_delay)
		adjusted = sample - ack_delay;
	off = adjusted > r->smoothed ? adjusted - r->smoothed
				     : r->smoothed - adjusted;
	r->variation = (3 * r->variation + off) / 4;
	r->smoothed = (7 * r->smoothed + adjusted) / 8;
}

/* The path is another one: the estimate of the old one counts no more. */
static inline void
rtt_path(struct rtt *r, uint64_t measured)
{
	rtt_init(r);
	if (measured > 0)
		rtt_sample(r, measured, 0);
}

/* Returns the probe timeout after count of them in a row. Section 6.2.1. */
static inline uint64_t
rtt_pto(const struct rtt *r, unsigned int count)
{
	uint64_t variation = 4 * r->variation;
	uint64_t timeout, most;

	if (variation < RTT_GRANULARITY)
		variation = RTT_GRANULARITY;
	timeout = r->smoothed + variation + RTT_ACK_DELAY;
	most = timeout > PTO_MAX ? timeout : PTO_MAX;
	while (count-- > 0 && timeout < most)
		timeout *= 2;
	return timeout < most ? timeout : most;
}

/* Returns the time that means persistent congestion if all packets in it were
 * lost: section 7.6.1. */
static inline uint64_t
rtt_persistent(const struct rtt *r)
{
	uint64_t variation = 4 * r->variation;

	if (variation < RTT_GRANULARITY)
		variation = RTT_GRANULARITY;
	return 3 * (r->smoothed + variation + RTT_ACK_DELAY);
}

/*
 * Returns how long after a packet was sent it counts as lost, if a later one
 * has arrived: a round trip and so many eighths more. Section 6.1.2.
 */
static inline uint64_t
rtt_loss_delay(const struct rtt *r, unsigned int eighths)
{
	uint64_t longer = r->latest > r->smoothed ? r->latest : r->smoothed;
	uint64_t delay = longer * (8 + eighths) / 8;

	return delay > RTT_GRANULARITY ? delay : RTT_GRANULARITY;
}

#endif
