/*
 * The packets that were sent and ask for an acknowledgement, in the order of
 * their numbers: those in flight, and for a while those that count as lost,
 * since an acknowledgement that comes after all says that they were not.
 * A ring that grows; an ACK finds a packet in O(log n).
 */
#ifndef NETD_TRANSPORT_SENT_H
#define NETD_TRANSPORT_SENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* There are never more; a sender that has this many waits. */
#define SENT_MAX 4096

enum sent_state {
	SENT_FLYING,
	SENT_LOST,
	SENT_ACKED
};

struct sent_packet {
	uint64_t number;
	uint64_t time;
	uint64_t offset; /* of the piece it carries; */
	uint16_t len;	 /* 0 for none */
	uint16_t size;	 /* of the datagram */
	uint16_t skip;	 /* inside sent.c */
	uint8_t state;
	uint8_t pmtu : 1;  /* a probe for the path's MTU */
	uint8_t event : 6; /* of congestion that lost it: congestion.h */
};

/* All zero: none. A place is an index that only grows. */
struct sent {
	uint64_t first;	 /* place of the oldest */
	uint64_t oldest; /* place of the oldest in flight, or before it */
	uint64_t end;	 /* after the newest */
	size_t size;	 /* of the ring: 0, or a power of 2 */
	struct sent_packet *at;
};

void sent_free(struct sent *);

static inline struct sent_packet *
sent_at(const struct sent *s, uint64_t place)
{
	return &s->at[place & (s->size - 1)];
}

/* True if there is no room for another. Drops what is lost to make some. */
bool sent_full(struct sent *);
/* Adds a packet with a number above all; skip is filled in. Not when it is
 * full. Returns -1 if there is no memory. */
int sent_add(struct sent *, const struct sent_packet *);

/* Returns the place of the first packet with this number or a higher one. */
uint64_t sent_find(const struct sent *, uint64_t number);
/* Returns the first place from this one on that is not acknowledged, or the
 * end. */
uint64_t sent_unacked(struct sent *, uint64_t place);
/* Returns the place of the oldest packet in flight, or the end. */
uint64_t sent_oldest(struct sent *);

/* Forgets the oldest packets: those acknowledged, and those lost that were
 * sent before a time. */
void sent_forget(struct sent *, uint64_t before);

#endif
