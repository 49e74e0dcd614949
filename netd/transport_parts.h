/*
 * What the files of the transport share: transport.c has the packets and
 * their frames, transport_send.c what is on its way out, transport_receive.c
 * what comes in. Nobody else includes this.
 */
#ifndef NETD_TRANSPORT_PARTS_H
#define NETD_TRANSPORT_PARTS_H

#include "netd/transport.h"

#include "common/codec.h"
#include "netd/ranges.h"
#include "netd/rtt.h"

#include <bsd/sys/queue.h>

enum frame_type {
	FRAME_ACK = 1,
	FRAME_STREAM = 2,
	FRAME_PING = 3
};

#define IN_FLIGHT_MAX	 128 /* packets */
#define ACK_EVERY	 2   /* packets; RFC 9000, section 13.2.2 */
#define ACK_DELAY	 (5 * USEC_PER_MSEC)
#define PACKET_THRESHOLD 3		     /* RFC 9002, section 6.1.1 */
#define PTO_PACKETS	 2		     /* RFC 9002, section 6.2.4 */
#define BUFFER_MAX	 (256 * 1024)	     /* received, not yet read */
#define EARLY_MAX	 (4 * IN_FLIGHT_MAX) /* pieces */
#define LENGTH_PREFIX	 2
#define STREAM_HEADER	 11
#define ACK_HEADER	 18
#define ACK_RANGE	 8
#define ACK_MORE	 13 /* where it says how many ranges follow */

/* A record on its way out, or received. */
struct chunk {
	STAILQ_ENTRY(chunk) entry;
	uint64_t offset; /* of its length, in the stream */
	size_t len;	 /* with its length */
	uint8_t bytes[];
};
STAILQ_HEAD(chunks, chunk);

/* A piece of the stream that came early. */
struct piece {
	TAILQ_ENTRY(piece) entry;
	uint64_t offset;
	size_t len;
	uint8_t bytes[];
};
TAILQ_HEAD(pieces, piece);

/* A packet in flight. */
struct sent {
	uint64_t number;
	uint64_t time;
	uint64_t offset; /* of the piece it carries; */
	size_t len;	 /* 0 for a PING */
};

/* A piece to be sent again. */
struct lost {
	uint64_t offset;
	size_t len;
};

struct transport {
	bool dead;
	struct rtt rtt;
	/* Sending. */
	struct chunks out;
	uint64_t out_end;     /* of what was queued */
	uint64_t out_next;    /* of what was never sent */
	uint64_t out_acked;   /* all below is there */
	uint32_t acked_bytes; /* of records, not yet told */
	uint64_t next_number;
	uint64_t largest_acked;
	bool any_acked;
	size_t sent_count; /* rising numbers */
	struct sent sent[IN_FLIGHT_MAX];
	size_t lost_count;
	struct lost lost[IN_FLIGHT_MAX];
	uint64_t loss_time; /* a packet may be late: RFC 9002 6.1.2 */
	unsigned int pto_count;
	uint64_t pto_time;
	unsigned int probes; /* to send even if there is nothing */
	uint64_t figure_sent;
	uint64_t figure_lost;
	/* Receiving. */
	struct ranges received;
	uint64_t largest_time; /* when the largest came */
	unsigned int to_ack;
	uint64_t ack_time;
	uint64_t in_next; /* all below is in the assembly */
	struct pieces early;
	size_t early_bytes;
	size_t early_count;
	size_t assembly_len;
	uint8_t *assembly; /* of the record under way */
	struct chunks ready;
	size_t ready_bytes;
};

/* transport_send.c */

/*
 * Chooses what the next packet carries, at most room bytes: a piece that was
 * lost, or the next one. Returns false if there is nothing, or too much in
 * flight.
 */
bool send_choose(struct transport *, size_t room, struct sent *);
/* Copies a piece of the stream, which may reach over several records. */
void send_copy(const struct transport *, uint64_t offset, uint8_t *to,
    size_t len);
/* A packet that asks for an acknowledgement goes out. */
void send_note(struct transport *, const struct sent *);
/* Reads an ACK frame after its type. Returns 0 or -1. */
int send_acked(struct transport *, uint64_t now, struct getter *);
void send_timer(struct transport *, uint64_t now);

/* transport_receive.c */

/*
 * Reads a STREAM frame after its type. Returns 0, -1 if it is malformed, or
 * RECEIVE_NO_ROOM: the packet counts as not received then.
 */
#define RECEIVE_NO_ROOM 1
int receive_stream(struct transport *, struct getter *);

#endif
