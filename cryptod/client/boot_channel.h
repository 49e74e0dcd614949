/*
 * The sealed channel from the bootnode to a client: checks the bootnode's key,
 * writes JOINs, reads WELCOMEs, and keeps the room's version in step with
 * rosters and events. DESIGN.md sections 4 and 5.
 */
#ifndef CRYPTOD_CLIENT_BOOT_CHANNEL_H
#define CRYPTOD_CLIENT_BOOT_CHANNEL_H

#include "cryptod/client/client.h"

/* Handlers of netd's messages about the bootnode; they are called with the
 * client. */
message_handler boot_cookie, boot_welcome, boot_sealed, boot_status;
/* The room's keys and our id, for a bootnode with this key; nothing is left to
 * do if it has proved it. Takes a good part of a second. */
void boot_derive(struct client *, const uint8_t key[X25519_LEN]);
/* The room's keys stay for good now: wipes the passphrase. */
void boot_keep(struct client *);
/* Asks for what the room has seen since the last event. */
void boot_ask_changes(struct client *);
/* Nobody is awaited any more: tells ui. */
void boot_tell_settled(struct client *);
/* netd died, and with it the session. */
void boot_gone(struct client *);
/* A new ui is to know how it stands. */
void boot_tell_ui(struct client *);

#endif
