/*
 * The sealed channel from the bootnode to a client: checks the bootnode's key,
 * writes JOINs, reads WELCOMEs, and keeps the room's version in step with
 * rosters and events. PROTOCOL.md sections 2 and 6.3.
 */
#ifndef CRYPTOD_CLIENT_BOOT_CHANNEL_H
#define CRYPTOD_CLIENT_BOOT_CHANNEL_H

#include "cryptod/client/client.h"

/* Handlers of netd's messages about the bootnode; they are called with the
 * client. */
message_handler boot_cookie, boot_welcome, boot_sealed, boot_status;
/* Makes the room's keys and our id, for a bootnode with this key; does nothing
 * if the bootnode has proved that key. Takes a good part of a second. */
void boot_derive(struct client *, const uint8_t key[X25519_LEN]);
/* The room's keys stay for good now: wipes the passphrase. */
void boot_keep(struct client *);
/* The room's secret is known, from the start or by now: makes its keys if the
 * bootnode's is known, and answers the cookie that has waited. */
void boot_enter(struct client *);
/* Asks for the changes of the room since the last event. */
void boot_ask_changes(struct client *);
/* Nobody is expected back any more: tells ui. */
void boot_tell_settled(struct client *);
/* netd died, and the session with it. */
void boot_gone(struct client *);
/* Tells a new ui the state of the channel. */
void boot_tell_ui(struct client *);

#endif
