/*
 * The shared part of the transport's files: transport.c has the packets and
 * their frames, send.c decides what is sent and when, loss.c which packets are
 * acknowledged or lost, receive.c takes what comes in. Nobody else includes
 * this.
 */
#ifndef NETD_TRANSPORT_PARTS_H
#define NETD_TRANSPORT_PARTS_H

#include "netd/transport/transport.h"

#include "common/codec.h"
#include "netd/transport/congestion.h"
#include "netd/transport/pacer.h"
#include "netd/transport/pmtu.h"
#include "netd/transport/ranges.h"
#include "netd/transport/rtt.h"
#include "netd/transport/sent.h"
#include "netd/transport/spans.h"
#include "netd/transport/stream.h"

enum frame_type {
	FRAME_PADDING = 0,
	FRAME_ACK = 1,
	FRAME_STREAM = 2,
	FRAME_PING = 3,
	FRAME_CREDIT = 4
};

#define ACK_EVERY	     2 /* packets; RFC 9000, section 13.2.2 */
#define ACK_DELAY	     (5 * USEC_PER_MSEC)
#define PACKET_THRESHOLD     3 /* RFC 9002, section 6.1.1 */
#define PACKET_THRESHOLD_MAX 256
#define TIME_THRESHOLD	     1 /* eighths; RFC 9002, section 6.1.2 */
#define TIME_THRESHOLD_MAX   8
#define PTO_PACKETS	     2 /* RFC 9002, section 6.2.4 */
#define SUSPECT_AFTER	     2 /* probe timeouts */
#define STALLED_AFTER	     4 /* probe timeouts, */
#define STALLED_PROVEN	     2 /* so many of them on a path that is there */
#define STALLED_FOR	     (2 * USEC_PER_SEC)
#define CREDIT_WINDOW	     (512 * 1024) /* PROTOCOL.md section 3.3 */
#define EARLY_MAX	     512	  /* gaps in what came */
#define BULK_PACKETS	     8	/* waiting: worth looking for the MTU */
#define SENT_SPARE	     64 /* packets, for probes and CREDITs */
#define LENGTH_PREFIX	     2
#define STREAM_HEADER	     11
#define ACK_HEADER	     18
#define ACK_RANGE	     8
#define ACK_MORE	     13 /* where it says how many ranges follow */

/* The way out. */
struct way_out {
	struct stream stream; /* from the first record not told as acked */
	uint64_t next;	      /* of what was never sent */
	uint64_t acked;	      /* all below is there */
	uint64_t credit;      /* the peer takes up to here */
	struct spans there;   /* above acked, and acknowledged */
	struct spans again;   /* to be sent again */
	uint32_t told;	      /* bytes of records, not yet told */
};

/* The way in. */
struct way_in {
	struct stream stream; /* from the first record not read */
	uint64_t next;	      /* all below is there */
	uint64_t record;      /* the next whose length was not looked at */
	uint64_t credit;    /* the peer was told that it may send up to here */
	struct spans early; /* above next */
	struct transport_pool *pool;
	size_t pooled; /* taken from it */
};

struct transport {
	bool dead;
	struct rtt rtt;
	struct congestion congestion;
	struct pacer pacer;
	struct pmtu pmtu;
	struct way_out out;
	struct way_in in;
	/* Packets sent. */
	struct sent sent;
	uint64_t next_number;
	uint64_t path_number; /* the first over this path */
	uint64_t largest_acked;
	bool any_acked;	 /* over this path */
	bool limited;	 /* by the window or the pacing, not by us */
	size_t flying;	 /* packets in flight */
	uint64_t flight; /* bytes in flight */
	uint64_t last_sent;
	unsigned int packet_threshold;
	unsigned int time_threshold;
	uint64_t loss_time; /* a packet may be late: RFC 9002 6.1.2 */
	uint64_t pace_time;
	unsigned int pto_count;
	uint64_t pto_time;
	uint64_t asked_at; /* the first of these timeouts, and the last */
	uint64_t asked_last;
	bool waiting; /* for the first answer to what was sent since then, */
	uint64_t waiting_since; /* over whichever paths */
	unsigned int proven;	/* their number when a probe had come through */
	uint64_t proven_at;	/* and when that was sent */
	unsigned int probes;	/* to send even if there is nothing */
	uint64_t probe_next;	/* of the stream, where they go on */
	uint64_t figure_sent;	/* transport_figures() */
	uint64_t figure_lost;
	/* The last CREDIT. */
	bool credit_due;
	bool credit_flying;
	uint64_t credit_number;
	/* Packets received. */
	struct ranges received;
	uint64_t largest_time; /* when the largest came */
	unsigned int to_ack;
	uint64_t ack_time;
};

/* Returns the length of the record that begins at offset, if that is there. */
static inline size_t
record_len(const struct stream *s, uint64_t offset)
{
	uint8_t prefix[LENGTH_PREFIX];

	stream_copy(s, offset, prefix, sizeof(prefix));
	return (size_t)(prefix[0] << 8 | prefix[1]);
}

/* send.c */

enum send_what {
	SEND_NOTHING,
	SEND_CREDIT, /* and nothing else: the window is full */
	SEND_PIECE,
	SEND_PROBE, /* for an answer: a piece, or a PING */
	SEND_PMTU   /* a PING of the size to be tried */
};

/* Decides what the next packet is for, and the size of its datagram. */
enum send_what send_choose(struct transport *, uint64_t now, size_t *size);
/* Writes its frames except for an ACK, which is there already. Fills in what is
 * to be remembered. Returns -1 if there is no memory. */
int send_frames(struct transport *, enum send_what, struct putter *,
    struct sent_packet *);
/* Notes a packet that goes out. Returns as above. */
int send_note(struct transport *, const struct sent_packet *);

/* loss.c */

/* Reads an ACK frame after its type. Returns 0, or -1: it is malformed, or
 * there is no memory. */
int loss_acked(struct transport *, uint64_t now, struct getter *);
/* Everything overdue counts as lost, or is asked for. -1: no memory. */
int loss_timer(struct transport *, uint64_t now);
/* The probe timeout runs from the newest packet. */
void loss_restart_pto(struct transport *);
/* All packets in flight are sent again, since they were for another path. -1:
 * no memory. */
int loss_abandon(struct transport *);

/* receive.c */

/*
 * Reads a STREAM frame after its type. Returns 0, -1 if it is malformed or
 * beyond the credit, or RECEIVE_NO_ROOM: the packet counts as not received
 * then.
 */
#define RECEIVE_NO_ROOM 1
int receive_stream(struct transport *, struct getter *);
/* Gives back what it has of the pool. */
void receive_end(struct way_in *);

#endif
