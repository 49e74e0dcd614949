/*
 * The long-term key pair, in a file of the state folder that cryptod alone
 * reads: a user's identity, or a bootnode's static key.
 */
#ifndef CRYPTOD_IDENTITY_H
#define CRYPTOD_IDENTITY_H

#include "common/ipc_messages.h"
#include "cryptod/crypto.h"

#define IDENTITY_FILE	  "identity" /* a named one: "identity-NAME" */
#define BOOTNODE_KEY_FILE "bootnode_key"

/*
 * Loads the key pair from a file in the folder, or makes and stores it at
 * first start: then it returns true. Ends the process with an error that says
 * what to do if the file is damaged, not a file, somebody else's, or open to
 * others.
 */
bool identity_load(struct x25519_key *, int folder, const char *file);

/* Loads or makes the identity of that name, "" for the default one, in the same
 * way. */
void identity_load_named(struct x25519_key *, int folder, const char *name);

/* The fingerprint that people compare: the start of a hash of the public
 * key. */
void identity_fingerprint(uint8_t out[FINGERPRINT_LEN],
    const uint8_t public_key[32]);

#endif
