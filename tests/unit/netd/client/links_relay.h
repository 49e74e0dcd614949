/*
 * A peer who can be reached through the relay alone: what the links send to the
 * bootnode for him, and what it brings.
 */
#ifndef TESTS_UNIT_NETD_CLIENT_LINKS_RELAY_H
#define TESTS_UNIT_NETD_CLIENT_LINKS_RELAY_H

#include "tests/unit/netd/client/links_scene.h"

#define RELAY_RATE (128 * 1024)

extern const struct peer_id relay_peer;

/* A peer where nobody answers, in a mode; and a bootnode that relays. */
void relay_begin(struct scene *, enum relay mode);

/* What a RELAY to the bootnode has in it. */
struct inner {
	size_t len; /* 0: none was sent */
	uint8_t bytes[WIRE_MAX];
	unsigned int count;
};

/* Takes what was sent through the bootnode, if it is that: for fake_each(). */
void relay_take(void *inner, const uint8_t *bytes, size_t len);
/* The last that was sent so. */
struct inner relay_sent(struct scene *);
/* The next probe that goes so, within a time; of id 0: none. */
struct wire_probe relay_probed(struct scene *, uint64_t time);

/* The bootnode brings a packet of a member's. */
void relay_bring(struct scene *, const struct peer_id *, const uint8_t *packet,
    size_t len);
void relay_bring_probe(struct scene *, const struct peer_id *,
    const struct packet_keys *, enum wire_type, unsigned int flags,
    uint64_t id);

#endif
