/*
 * Congestion control of one path: how many bytes may be in flight. CUBIC
 * (RFC 9438) with the slow start of HyStart++ (RFC 9406), under the rules of
 * RFC 9002, section 7. Knows no packets but their numbers, and no clock.
 */
#ifndef NETD_TRANSPORT_CONGESTION_H
#define NETD_TRANSPORT_CONGESTION_H

#include "common/clock.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes; far above what flow control lets through. */
#define CONGESTION_WINDOW_MAX (16ULL * 1024 * 1024)
/* The value for no event: a packet lost with it changes nothing. */
#define CONGESTION_NO_EVENT 0
#define CONGESTION_EVENTS   64 /* then their numbers come again */

/* RFC 9406, section 4.2. */
struct hystart {
	uint64_t round_end;    /* the round ends with this number */
	uint64_t least;	       /* of the round's round trip times */
	uint64_t least_before; /* of the round before */
	uint64_t baseline;     /* at the start of conservative slow start */
	unsigned int samples;
	unsigned int rounds; /* of it that are left; 0: not in it */
};

struct congestion {
	size_t packet;	    /* bytes of a full one */
	uint64_t window;    /* bytes that may be in flight */
	uint64_t threshold; /* slow start is below it */
	struct hystart hystart;
	/* CUBIC. */
	uint64_t epoch;	  /* when this growth began; 0: not yet */
	uint64_t last;	  /* acknowledgement */
	uint64_t plateau; /* the window at the last event: W_max */
	uint64_t before;  /* the same, as it was: cwnd_prior */
	uint64_t climb;	  /* ms from the epoch to the plateau: K */
	uint64_t reno;	  /* what Reno would have: W_est */
	/* The event under way: packets below this number were sent before
	 * it. */
	uint64_t recovery;
	unsigned int event;
	unsigned int lost; /* in the event, and not found since */
	struct {
		uint64_t window, threshold, plateau, before;
	} undo;
};

struct congestion_ack {
	uint64_t now;
	uint64_t bytes;	   /* of packets with numbers from recovery on */
	uint64_t number;   /* the highest */
	uint64_t next;	   /* the next to be sent */
	uint64_t rtt;	   /* microseconds; 0: no sample */
	uint64_t smoothed; /* the same, of many */
	bool limited;	   /* the window was in use */
};

/* A new path; packet is its size of a full packet. next is the number of the
 * next packet: those before it do not count. */
void congestion_init(struct congestion *, size_t packet, uint64_t next);
/* Full packets have another size now. */
void congestion_resize(struct congestion *, size_t packet);

void congestion_acked(struct congestion *, const struct congestion_ack *);

/*
 * A packet was lost. If it was sent after the last event began it starts a new
 * one. Returns the event, to be remembered with the packet: or
 * CONGESTION_NO_EVENT, if it was too long ago.
 */
unsigned int congestion_lost(struct congestion *, uint64_t number,
    uint64_t next);
/* A packet came after all. If all packets of its event did, the window is as
 * before. */
void congestion_spurious(struct congestion *, unsigned int event);
/* Persistent congestion: RFC 9002, section 7.6. */
void congestion_collapse(struct congestion *);

/* Returns bytes a second, for pacing: RFC 9002, section 7.7. */
uint64_t congestion_rate(const struct congestion *, uint64_t smoothed);

#endif
