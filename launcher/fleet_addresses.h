/*
 * Where clients reach a bootnode that is one of a fleet: what the other nodes
 * tell them.
 */
#ifndef LAUNCHER_FLEET_ADDRESSES_H
#define LAUNCHER_FLEET_ADDRESSES_H

#include "common/ipc_messages.h"

#include <stddef.h>

/* For each family, so that a client with one of them finds its own. */
#define FLEET_ADDRS_OF_FAMILY (FLEET_ADDRS_MAX / 2)

#define FLEET_ADDRESSES_WHY_MAX	 128 /* of why, with the NUL */
#define FLEET_ADDRESSES_TEXT_MAX (FLEET_ADDRS_MAX * ADDR_TEXT_MAX)

struct fleet_addresses {
	unsigned int count;
	struct addr at[FLEET_ADDRS_MAX]; /* port 0: that of the first socket */
};

/* Reads numeric addresses with commas between them, each with or without a
 * port. Returns 0, or -1; then why is "" or says more. */
int fleet_addresses_parse(struct fleet_addresses *, const char *text,
    char why[FLEET_ADDRESSES_WHY_MAX]);

/* Writes them in the same way. Returns buf. */
const char *fleet_addresses_format(const struct fleet_addresses *,
    char buf[FLEET_ADDRESSES_TEXT_MAX]);

/*
 * Completes what is left open, of the sockets that the bootnode listens at: the
 * ports; and if there is no address, all of them. Returns 0; or -1 if these are
 * at no certain address, with the one that is not in text.
 */
int fleet_addresses_complete(struct fleet_addresses *, const int *sockets,
    size_t count, char text[ADDR_TEXT_MAX]);

#endif
