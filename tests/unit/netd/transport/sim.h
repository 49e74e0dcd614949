/*
 * Two transports and a simulated network between them, with a clock that is
 * made up, for the tests of the transport. A second pair shares the network, if
 * a test gives it something to send.
 */
#ifndef TESTS_UNIT_NETD_TRANSPORT_SIM_H
#define TESTS_UNIT_NETD_TRANSPORT_SIM_H

#include "tests/unit/simnet.h"
#include "tests/unit/netd/transport/frames.h"

#define STREAM_HEADER 11 /* PROTOCOL.md section 3.3 */
#define LENGTH_PREFIX 2
#define PIECE_MAX     (FRAMES_MAX - STREAM_HEADER)
#define START	      NOW

#define SIDES	   4 /* two pairs, on the same network */
#define PEER(side) ((side) ^ 1)

struct side {
	struct transport *t;
	const size_t *lens; /* of the records it sends; NULL: all the longest */
	size_t records;
	size_t backlog; /* bytes that are always waiting */
	uint64_t bytes;
	size_t read; /* records of the other's that were read */
	uint64_t acked;
	uint64_t next_number;
	uint64_t packets; /* packets that ask for an ACK */
	uint64_t acks;	  /* packets with nothing but an ACK */
	size_t largest;	  /* datagram */
	bool paused;	  /* it does not read */
};

struct sim {
	struct transport_pool pool;
	struct simnet net;
	uint64_t now;
	bool ok;
	bool narrow; /* packets of any size */
	struct side side[SIDES];
};

/* Each transport knows the round trip time, except in every fourth seed. */
void sim_init(struct sim *, uint64_t seed, const struct simnet_mix *);
void sim_end(struct sim *);

/* Gives a side a path with datagrams of up to so many bytes. */
void sim_path(struct sim *, int side, size_t ceiling);

/* Queues records of these lengths; lens stays until the end. */
void sim_queue(struct sim *, int side, const size_t *lens, size_t count);
/* Lets a side send without end: so many bytes are always queued. */
void sim_backlog(struct sim *, int side, size_t bytes);
/* Chooses lengths of all kinds: the smallest, the largest, those around what
 * fits into one packet and into two, and any others. */
void sim_choose_lens(uint64_t *seed, size_t *lens, size_t count);

/* Runs like the main loop of netd: it takes packets, does what is due, sends
 * and reads; until a time or, if stop says so, until all is delivered and
 * acknowledged. */
void sim_run(struct sim *, uint64_t until, bool stop);

/* A check that fails is reported once, and stops the simulation. */
void sim_expect(struct sim *, bool true_or_stop, const char *what);
/* Checks that everything is delivered and acknowledged, and both know that. */
void sim_expect_all(struct sim *);

/* Returns how many packets a side's records need if nothing is lost. */
uint64_t sim_ideal(const struct side *);

#endif
