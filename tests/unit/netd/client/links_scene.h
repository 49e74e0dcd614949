/*
 * The links of a client to one peer or two, who are at the second address of
 * the fake bootnode; the clock is made up.
 */
#ifndef TESTS_UNIT_NETD_CLIENT_LINKS_SCENE_H
#define TESTS_UNIT_NETD_CLIENT_LINKS_SCENE_H

#include "netd/client/links_parts.h"
#include "tests/unit/netd/client/bootclient_fake.h"

#define SCENE_HANDLE 0x1001
/* Connection ids: of packets to the peer, and of packets to us. */
#define SCENE_TX 0x7100000000000071
#define SCENE_RX 0x7200000000000072

/* Keys that follow from the room's secret, those of a session, and those of the
 * session after it; and the keys of their DATA packets. */
extern const struct packet_keys scene_room, scene_one, scene_two;
extern const struct peer_keys scene_data;

struct scene {
	struct fixture f;
	struct nat nat;
	struct links links;
	uint64_t number; /* of the peer's next probe or answer */
};

/* Makes a client that has joined, and its first peer. */
void scene_begin(struct scene *);
void scene_end(struct scene *);
/* Adds the nth peer, from 0. */
void scene_add_peer(struct scene *, uint32_t n);

/* Does the same, and gives the peer a path by the room's keys. */
void scene_come_up(struct scene *);
/* Gives it a path, and a session whose keys the peer has shown to have. */
void scene_come_together(struct scene *);

/* cryptod reports the first peer's session. */
void scene_session(struct scene *, uint32_t serial, bool confirmed,
    const struct packet_keys *);
/* Returns the next message of this type to cryptod; NULL if there is none. */
const void *scene_told(struct scene *, enum ipc_type);

/* Returns the probe that goes to the peer within a second, or one of id 0. */
struct wire_probe scene_probed(struct scene *);
/* A packet comes from a peer's netd, or from somebody else who has the keys. */
void scene_give(struct scene *, const struct packet_keys *, enum wire_type,
    unsigned int flags, uint64_t id, const struct addr *from);

/* Returns the address of somebody else in the room. */
struct addr scene_elsewhere(const struct scene *);

#endif
