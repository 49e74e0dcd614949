/*
 * The launcher's knowledge of one room of a client, or of a bootnode, which
 * counts as one: how its netd and cryptod are configured, in addition to the
 * options, and how the bootnode is found.
 */
#ifndef LAUNCHER_ROOM_H
#define LAUNCHER_ROOM_H

#include "common/ipc_messages.h"
#include "launcher/known_bootnodes.h"

#include <stdbool.h>
#include <stdint.h>

struct room {
	uint8_t run[16];      /* random: the peer's id comes of it */
	uint32_t incarnation; /* how many netds there have been */
	uint16_t port;	      /* that netd has; 0: not known yet */
	/* The bootnode. */
	char bootnode[ENDPOINT_TEXT_MAX]; /* as endpoint_format() writes it */
	struct ipc_boot_addrs boot_addrs; /* none: not resolved yet */
	bool remembered;		  /* boot_key is the bootnode's */
	uint8_t boot_key[X25519_LEN];
	struct known_bootnodes known; /* fd -1: there is nothing to add */
	/* Its resolver. */
	bool resolving;	      /* it was asked for, and is not yet here */
	uint64_t resolved_at; /* when one was last started */
	int resolver;	      /* socket, or -1: it has done its work */
	bool complained;      /* that the name has no address */
};

#endif
