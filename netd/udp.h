/*
 * netd's UDP socket: receiving and sending datagrams in batches, with
 * addresses in the one form of addr.h.
 */
#ifndef NETD_UDP_H
#define NETD_UDP_H

#include "common/ipc_figures.h"
#include "netd/remote.h"

/* The number of datagrams taken from or given to the kernel in one system
 * call. */
#define UDP_BATCH 64

struct udp_in;
struct udp_out;

struct udp {
	int fd;
	uint8_t number; /* of a bootnode's sockets, from 0 */
	int family;	/* AF_INET, or AF_INET6 for both */
	uint16_t port;	/* it is bound to */
	struct udp_in *in;
	struct udp_out *out;
	/* Traffic by enum wire_type; a datagram to be sent is counted when it
	 * is queued. */
	struct ipc_traffic received[WIRE_TYPE_COUNT];
	struct ipc_traffic sent[WIRE_TYPE_COUNT];
	uint64_t unsent; /* the kernel refused them */
};

/*
 * Opens a socket as this descriptor, FD_UDP or FD_UDP_SECOND, and binds it;
 * before the sandbox. The unspecified IPv6 address takes IPv4 too where the
 * system has IPv6. No datagram is sent in fragments. Returns 0, or -1 with
 * errno set.
 */
int udp_open(struct udp *, int fd, const struct addr *bind);

/*
 * Takes a socket that is open and bound, and fills in where. Its buffers stay
 * as they are: the program that opened it may have had the right to larger
 * ones. Returns 0, or -1 with errno set.
 */
int udp_take(struct udp *, int fd, struct addr *bound);

/*
 * Receives the datagrams that are there, up to UDP_BATCH, and calls packet()
 * for each; the bytes are its to read until it returns. Returns the number.
 */
int udp_receive(struct udp *,
    void (*packet)(void *arg, const struct remote *from, const uint8_t *bytes,
	size_t len),
    void *arg);

/*
 * Queues a datagram of 1 to WIRE_MAX bytes, or WIRE_DATA_MAX if its first byte
 * is that of DATA; flushes when a batch is full. It leaves by remote.local, or
 * by an address that the system chooses if that is unknown. Like the network
 * itself, the socket may lose a datagram: also one that is longer than the
 * interface takes, and one from an address that is ours no more.
 */
void udp_send_from(struct udp *, const struct remote *to, const uint8_t *bytes,
    size_t len);
/* As above, from whichever address the system takes. */
void udp_send(struct udp *, const struct addr *to, const uint8_t *bytes,
    size_t len);

/* Hands everything queued to the kernel; at the end of every turn of the
 * main loop. */
void udp_flush(struct udp *);

#endif
