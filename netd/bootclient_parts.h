/*
 * What the files of the client's side of the bootnode share; nobody else
 * includes this.
 *
 *	bootclient_join.c	HELLO, COOKIE, JOIN, WELCOME
 *	bootclient.c		the session, leaving, time
 *	bootclient_relay.c	RELAY
 */
#ifndef NETD_BOOTCLIENT_PARTS_H
#define NETD_BOOTCLIENT_PARTS_H

#include "netd/bootclient.h"

/* BOOT_STATUS to cryptod. */
void boot_tell(struct bootclient *, enum boot_status, enum boot_refusal);

/* All addresses are asked anew from now on, and soon again. */
void boot_new_round(struct bootclient *, uint64_t now);
/* A first attempt, now. */
void boot_start_joining(struct bootclient *, uint64_t now);
/* Nobody has answered for OTHER_PORT_AFTER: says what comes of it. */
void boot_try_port(struct bootclient *, uint64_t now);
/* The last attempt has had no answer in time. */
void boot_retry_joining(struct bootclient *, uint64_t now);
/* The JOIN was rejected: another attempt later. */
void boot_refused(struct bootclient *, uint64_t now, enum wire_reject_reason);

/* A COOKIE came, or a WELCOME from the address of the JOIN. */
void boot_on_cookie(struct bootclient *, uint64_t now, const struct udp *,
    const struct addr *from, const uint8_t *packet, size_t len);
void boot_on_welcome(struct bootclient *, const uint8_t *packet, size_t len);

#endif
