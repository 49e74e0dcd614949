/*
 * A list of address prefixes, in which the narrowest around an address is found
 * in O(log n): those who are denied, and those whose limit is lifted. A pure
 * data structure.
 */
#ifndef NETD_BOOTNODE_PREFIXES_H
#define NETD_BOOTNODE_PREFIXES_H

#include "common/ipc_messages.h"

struct prefix {
	uint8_t ip[16];
	uint32_t sessions; /* LIFTED */
	uint32_t around; /* 1 and the place of the narrowest around it; or 0 */
	uint8_t bits;
};

struct prefixes { /* all zero: empty */
	struct prefix *at;
	uint32_t count;
};

/*
 * Adds so many prefixes to the list, as a message brings them. Returns
 * 0, or -1, with nothing added, without memory, if there would be more than
 * PREFIXES_MAX, or if one is not as struct ipc_prefix says or does not come
 * after the one before: by its address, and of one address the widest first.
 */
int prefixes_add(struct prefixes *, enum prefix_list, const uint8_t *tail,
    uint32_t count);
/* Adds one to a list of those who are denied, at its place. Returns 1; 0 if a
 * prefix around it, or itself, is there already; or -1, with nothing added, as
 * above. */
int prefixes_insert(struct prefixes *, const struct addr_prefix *);
void prefixes_clear(struct prefixes *);

/* Returns the narrowest prefix around an address (IPv4 mapped), or NULL. */
const struct prefix *prefixes_find(const struct prefixes *,
    const uint8_t ip[16]);

#endif
