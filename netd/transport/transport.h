/*
 * The transport between two peers: carries records reliably and in order over
 * packets that are lost, repeated and reordered. It knows nothing of the
 * records' contents, of addresses, or of MACs: the caller puts frames into DATA
 * packets and takes them out. Time is an argument.
 *
 * Packet numbers, ACK ranges, round trip time, loss detection and probe timeout
 * are those of RFC 9002; congestion control is in congestion.h, pacing in
 * pacer.h, the path's MTU in pmtu.h. Frames and flow control are in PROTOCOL.md
 * section 3.3.
 */
#ifndef NETD_TRANSPORT_TRANSPORT_H
#define NETD_TRANSPORT_TRANSPORT_H

#include "common/clock.h"
#include "common/ipc_messages.h"
#include "common/wire.h"

/* Sizes of the UDP payload: the size that every path carries, and the most on
 * one that is not relayed. */
#define TRANSPORT_BASE	     1200
#define TRANSPORT_CEILING    WIRE_DATA_MAX
#define TRANSPORT_FRAMES_MAX (WIRE_DATA_MAX - WIRE_DATA_OVERHEAD)

/* Bytes may have come and not been read, because something before them is
 * missing or nobody reads: each transport has room for so much of them, */
#define TRANSPORT_OWN (64 * 1024)
/* and for more as far as all together do not need more than so much. */
#define TRANSPORT_POOL (16 * 1024 * 1024)
struct transport_pool {
	size_t used;
};

struct transport;

/* The pool, which many share, outlives it. NULL: out of memory. */
struct transport *transport_new(struct transport_pool *);
void transport_free(struct transport *);

/* Takes a record of 1 to RECORD_MAX bytes to be sent. Returns -1 if there is
 * no memory for it. */
int transport_queue(struct transport *, const uint8_t *record, size_t len);

/*
 * Writes the frames of the next packet, at most max bytes, and its number.
 * max is at least 40, and TRANSPORT_FRAMES_MAX but in tests. Returns their
 * length, or 0 if there is nothing to send now.
 */
size_t transport_output(struct transport *, uint64_t now, uint64_t *number,
    uint8_t *frames, size_t max);

/*
 * Reads the frames of a packet that is authentic. A packet that came twice, or
 * for which there is no room, changes nothing. Returns -1 if they are
 * malformed: the other side does not follow the protocol, and the transport is
 * over. The same happens if there is no memory.
 */
int transport_input(struct transport *, uint64_t now, uint64_t number,
    const uint8_t *frames, size_t len);

/* Copies the next record that is complete; returns its length, or 0. The
 * peer is given credit for more as records are taken. */
size_t transport_read(struct transport *, uint8_t record[RECORD_MAX]);

/* Returns the bytes of records that the peer has completely, since the last
 * call. */
uint32_t transport_acked(struct transport *);

/* Returns when transport_timer() and transport_output() want to be called, or
 * CLOCK_NEVER; a time that has passed if at once. */
uint64_t transport_deadline(const struct transport *);
/* Everything overdue counts as lost; transport_output() sends it again. */
void transport_timer(struct transport *, uint64_t now);

/*
 * A path is there: another one, or the same again. Its round trip time is
 * rtt_us if that is not 0; its datagrams have base bytes of UDP payload, and
 * sizes up to ceiling are tried. Everything that was sent over the one before
 * and is not acknowledged is sent again.
 */
void transport_path(struct transport *, uint64_t now, uint32_t rtt_us,
    size_t base, size_t ceiling);

/* True if the peer has left two probe timeouts in a row unanswered: perhaps
 * the path is dead. */
bool transport_suspect(const struct transport *);

/*
 * True if the path carries other packets and not these. carried is when the
 * last probe was sent over it that was answered. Nothing has been acknowledged
 * for four probe timeouts, two of them and 2 s between two probes that came
 * through.
 */
bool transport_stalled(struct transport *, uint64_t carried);

/* Returns for how long nothing that was sent has been acknowledged, over any
 * path; 0 if there is nothing, or no probe timeout has passed over this one. */
uint64_t transport_silence(const struct transport *, uint64_t now);
/* The user knows: it counts from the next packet on. */
void transport_given_up(struct transport *);

/* True if everything queued was acknowledged. */
bool transport_idle(const struct transport *);
/* Sends the acknowledgement that waits with the next output. */
void transport_ack_now(struct transport *);

struct transport_figures {
	uint64_t smoothed_us; /* round trip time */
	uint64_t sent;	      /* packets that ask for an acknowledgement */
	uint64_t lost;	      /* of those, but for what came after all */
	uint64_t window;      /* bytes that may be in flight */
	size_t size;	      /* of a full packet, UDP payload */
};
void transport_figures(const struct transport *, struct transport_figures *);

#endif
