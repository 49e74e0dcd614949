/*
 * Who may use a private bootnode: its keys, as cryptod gave them. A pure data
 * structure. PROTOCOL.md section 2.17.
 */
#ifndef NETD_BOOTNODE_ACCESS_H
#define NETD_BOOTNODE_ACCESS_H

#include "common/ipc_messages.h"

/* A key goes by a number that no other has had, as long as a session may still
 * have it. */
struct access {
	bool private; /* else everybody may */
	size_t count;
	uint16_t last; /* number that was given out */
	struct access_holder {
		uint16_t number; /* from 1 */
		struct ipc_access_key key;
	} at[ACCESS_KEYS_MAX];
};

/* The number of who needs none. */
#define ACCESS_PUBLIC 0

/* Takes other keys. One that was there before keeps its number, and gets the
 * name that it has now. */
void access_set(struct access *, const struct ipc_access_keys *);

/* Returns the number of the key that netd knows by this MAC key; ACCESS_PUBLIC
 * if there is none. */
uint16_t access_number(const struct access *,
    const uint8_t mac_key[SIPHASH_KEY]);

/*
 * True if the bootnode may answer this packet, of a type that wire_type()
 * knows: it is public, with *number ACCESS_PUBLIC; or the packet has an access
 * MAC, made with the key of that number. Takes the same time whichever key that
 * is, or none.
 */
bool access_allows(const struct access *, const uint8_t *packet, size_t len,
    uint16_t *number);

/* True if this number still lets a session be here: at a public bootnode each
 * does. */
bool access_holds(const struct access *, uint16_t number);

/* Returns the name of a key that is there, "" for ACCESS_PUBLIC. */
const char *access_name(const struct access *, uint16_t number);

#endif
