/*
 * Tokens: what a node of a fleet gives a client that it sends to another one,
 * in place of that node's cookie. All nodes have the key. A token shows that
 * the client's IP address received it a few seconds ago, not that its port did:
 * behind some NATs the client has another port towards each node. PROTOCOL.md
 * section 2.18.
 */
#ifndef NETD_BOOTNODE_TOKEN_H
#define NETD_BOOTNODE_TOKEN_H

#include "netd/bootnode/fleet_record.h"

/* A token names the last record that was seen of the node that it is for. It is
 * good until that node has made so many others, every two seconds. So no clock
 * has to agree with another. */
#define TOKEN_RECORDS 5

/* Makes the token for a client that goes to the node of this record. */
void token_make(struct wire_cookie *, const uint8_t key[SIPHASH_KEY],
    const struct fleet_record *home, const struct addr *client);

/* True if the token is for this client, and for the node of this record, which
 * is its newest; the others can have seen those up to the sequence written.
 * Takes the same time for every wrong MAC. */
bool token_valid(const struct wire_cookie *, const uint8_t key[SIPHASH_KEY],
    const struct fleet_record *self, uint64_t written,
    const struct addr *client);

#endif
