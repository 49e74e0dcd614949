/*
 * A bootnode and a cryptod for a client's side of the bootnode, which the test
 * plays. There are two sockets on the loopback interface, one or both of which
 * are the bootnode's, and a channel with cryptod's end. The clock is made up.
 */
#ifndef TESTS_UNIT_NETD_CLIENT_BOOTCLIENT_FAKE_H
#define TESTS_UNIT_NETD_CLIENT_BOOTCLIENT_FAKE_H

#include "netd/client/bootclient.h"

#define NOW	(100 * USEC_PER_SEC)
#define SESSION 0x0123456789abcdef
/* The echo in a WELCOME; in an acknowledgement its counter is added. */
#define FAKE_ECHO 0x7070707070707070

extern const uint8_t fake_mac_key[SIPHASH_KEY];
extern const uint8_t fake_reject_key[SIPHASH_KEY];
extern const struct wire_cookie fake_proof;

/* A suite opens this socket. */
extern struct udp fake_udp;
int fake_open_udp(void);
int fake_close_udp(void);

struct fixture {
	struct bootclient b;
	struct ipc_channel netd, cryptod; /* both ends */
	int fd[2];
	struct addr addr[2];
	uint64_t now;
	uint8_t nonce[NONCE_LEN]; /* of the last HELLO */
	size_t len;		  /* of the last packet; 0: none */
	uint8_t packet[WIRE_MAX + 1];
	unsigned int count; /* of the last collect() */
};

/* Starts a client that was told so many of the two addresses; it says HELLO. */
void fake_start(struct fixture *, uint8_t addresses);
/* The same for one that has an access key, which is still to come. */
void fake_start_private(struct fixture *);
void fake_end(struct fixture *);
/* Does the same, and goes on to the JOIN. */
void fake_come_to_join(struct fixture *);
/* Goes on to the session; cryptod has read the roster, of version 5. */
void fake_come_in(struct fixture *, uint32_t interval_ms);

/* Calls packet() for each packet sent to a bootnode's address. */
void fake_each(struct fixture *, int n,
    void (*packet)(void *arg, const uint8_t *bytes, size_t len), void *arg);
/* Returns the number of packets sent to a bootnode's address; the last is
 * kept. */
unsigned int fake_collect(struct fixture *, int n);
/* Returns whether one packet of this type was sent to bootnode 0, and nothing
 * else. */
bool fake_sent(struct fixture *, enum wire_type);
bool fake_sent_nothing(struct fixture *);
/* Returns the last packet as a HEARTBEAT, SYNC or LEAVE, and checks its MAC. */
struct wire_control fake_control(const struct fixture *);

/* Returns whether the next message to cryptod exists and has this type. */
bool fake_told(struct fixture *, enum ipc_type, struct ipc_message_in *);
bool fake_told_status(struct fixture *, enum boot_status, enum boot_refusal);
bool fake_told_nothing(struct fixture *);

/* Give the client a packet from bootnode 0. */
void fake_give(struct fixture *, const uint8_t *packet, size_t len);
void fake_cookie(struct fixture *, const uint8_t nonce[NONCE_LEN]);
/* Gives it to another of the client's sockets. */
void fake_cookie_at(struct fixture *, const struct udp *,
    const uint8_t nonce[NONCE_LEN]);
void fake_welcome(struct fixture *, const uint8_t nonce[NONCE_LEN]);
void fake_answer(struct fixture *, enum wire_type, uint64_t session,
    uint64_t counter, uint32_t version, const uint8_t *key);
/* Acknowledges the HEARTBEAT or SYNC that was sent last. */
void fake_acknowledge(struct fixture *, uint32_t version);
void fake_reject(struct fixture *, enum wire_reject_reason, uint64_t id);
/* The same from somebody who lacks the key of the JOIN. */
void fake_forged_reject(struct fixture *, enum wire_reject_reason, uint64_t id);
/* Returns the nonce of the last HELLO as a REJECT names it. */
uint64_t fake_nonce_id(const struct fixture *);

/* cryptod sends a JOIN. */
void fake_join(struct fixture *, const struct addr *to);

/* Goes on to the deadline as the main loop does: before that nothing is due. */
void fake_until_deadline(struct fixture *);

#endif
