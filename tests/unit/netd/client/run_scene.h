/*
 * A client's netd as a worker, with real sockets. The test is its cryptod and
 * launcher, and has two sockets on loopback: the bootnode's, and a second one,
 * which is that of a bootnode that moves, its second port, or a peer's.
 */
#ifndef TESTS_UNIT_NETD_CLIENT_RUN_SCENE_H
#define TESTS_UNIT_NETD_CLIENT_RUN_SCENE_H

#include "netd/client/client.h"
#include "tests/unit/worker.h"

#define RUN_PEER    0x1001
#define RUN_SESSION 77
/* Connection ids of the peer's packets, and of ours to it. */
#define RUN_RX 0x7200000000000072
#define RUN_TX 0x7100000000000071

/* What netd shows the test in addition to its messages. */
struct run_shown {
	uint16_t ports[2];
	bool has_net;
};

struct run_scene {
	struct worker w;
	struct ipc_config_netd config;
	bool second;   /* it has a second socket */
	bool with_net; /* it is told its addresses, by a network of its own */
	int mtu;       /* of which this is the longest packet, if not 0 */
	unsigned int delay;  /* seconds that a HELLO waits for its answer */
	uint32_t relay_rate; /* of the bootnode */
	struct run_shown *shown;
	int fds[2]; /* the test's sockets, at these addresses */
	struct addr at[2];
	int to;		/* what is sent goes to this socket of netd's */
	uint16_t from;	/* the port that the last packet received came from */
	uint64_t nonce; /* of the peer's next probe */
};

/* A scene without a network of its own, with one socket, whose bootnode's name
 * has one address; what is to be another is set before run_begin(). */
void run_prepare(struct run_scene *);
/* Starts netd, which says its port. */
void run_begin(struct run_scene *);
void run_end(struct run_scene *);
/* The end of one that was blamed for what its cryptod said. */
void run_close(struct run_scene *);
/* False if it should have a network of its own, and none can be made here. */
bool run_has_net(const struct run_scene *);

struct ipc_channel *run_cryptod(struct run_scene *);
/* cryptod says this. */
void run_tell(struct run_scene *, enum ipc_type, const void *body,
    const void *tail, size_t len);
/* The launcher does. */
void run_order(struct run_scene *, enum ipc_type, const void *body);

/* The next packet of a type that comes to the test's socket n; its length. */
size_t run_receive(struct run_scene *, int n, enum wire_type,
    uint8_t packet[WIRE_MAX]);
/* Whether one is there, once netd has done all that it was told. */
bool run_has_received(struct run_scene *, int n, enum wire_type);
/* The same, of netd as it is, which is not waited for. */
bool run_has_at_once(struct run_scene *, int n, enum wire_type);
/* A packet from the test's socket n. */
void run_send(struct run_scene *, int n, const uint8_t *packet, size_t len);

/* The answer to a HELLO. */
void run_cookie(struct run_scene *, const uint8_t hello[WIRE_MAX], size_t len,
    struct wire_cookie_reply *);
/* The same; and what cryptod is asked then. */
struct ipc_boot_cookie run_come_to_cookie(struct run_scene *,
    struct wire_cookie_reply *);
/* HELLO, COOKIE, JOIN; and WELCOME, with the address that the bootnode sees and
 * its second port, or 0. Nothing is due for a long time then. */
void run_come_to_join(struct run_scene *);
void run_welcome(struct run_scene *, const struct addr *observed,
    uint16_t reflect_port);
void run_come_in(struct run_scene *);
/* A HEARTBEAT_ACK or LEAVE_ACK of the session. */
void run_acknowledge(struct run_scene *, enum wire_type, uint64_t counter);
extern const uint8_t run_mac_key[SIPHASH_KEY];

/* The peer, which is at the test's second socket, and its path. */
void run_add_peer(struct run_scene *);
void run_peer_up(struct run_scene *);
/* The same, with a session and its stream. */
void run_peer_session(struct run_scene *);
/* A probe or an answer of the peer's; and that it comes. */
size_t run_put_probe(struct run_scene *, enum wire_type, uint64_t id,
    uint8_t packet[WIRE_MAX]);
void run_probe(struct run_scene *, enum wire_type, uint64_t id);

#endif
