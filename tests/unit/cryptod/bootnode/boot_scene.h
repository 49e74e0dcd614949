/*
 * A bootnode's cryptod at work, for the tests that are its netd and its ui,
 * and the clients that join.
 */
#ifndef TESTS_UNIT_CRYPTOD_BOOTNODE_BOOT_SCENE_H
#define TESTS_UNIT_CRYPTOD_BOOTNODE_BOOT_SCENE_H

#include "cryptod/bootnode/run.h"
#include "cryptod/join.h"

#include "tests/unit/worker.h"

#define BOOT_CARD_LEN 7

struct scene {
	struct worker w;
	struct x25519_key key;
	bool fresh;
	const char *access; /* path of its access keys; NULL: it is public */
	uint32_t slots;	    /* that it may use; 0: all */
	bool kept;	    /* it is given this state: */
	struct kept_memory memory;
	uint8_t cookie_key[SIPHASH_KEY];
};

/* A client that joins. */
struct guest {
	struct noise noise;
	struct bootmsg_join join;
	uint8_t start[WIRE_JOIN_OVERHEAD], message[WIRE_MAX];
	size_t len;
	uint32_t slot;
	uint8_t rx[KEY_LEN];
	uint64_t counter; /* of the next packet that is sealed for it */
};

extern const uint8_t boot_card[BOOT_CARD_LEN];

/* Its key is another each time; fresh, if it was made just now. */
void boot_begin(struct scene *, bool fresh);
/* The same, with what the scene has, before it tells anything. */
void boot_start(struct scene *);
/* The same, with the key, too, that the scene has. */
void boot_run(struct scene *);
/* The ends of its channels. */
struct ipc_channel *boot_netd(struct scene *);
struct ipc_channel *boot_ui(struct scene *);
/* netd tells it. */
void boot_say(struct scene *, enum ipc_type, const void *body, const void *tail,
    size_t);
void boot_say_slot(struct scene *, enum ipc_type, uint32_t slot);
/* cryptod tells netd the key, and netd's own key for cookies. */
void boot_check_keys(struct scene *, bool fresh);

/* A JOIN of a client, which has made it for this slot. */
void boot_write_join(struct scene *, struct guest *, uint32_t slot);
void boot_send_join(struct scene *, const struct guest *, uint32_t slot);
void boot_check_opened(struct scene *, const struct guest *);
/* The client joins, and has the WELCOME. */
void boot_join(struct scene *, struct guest *, uint32_t slot);

/* Asks to seal all these pages for all these guests. */
void boot_seal(struct scene *, const struct guest *, size_t count,
    size_t pages);

#endif
