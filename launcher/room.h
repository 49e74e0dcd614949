/*
 * The launcher's knowledge of one room of a client, or of a bootnode, which
 * counts as one: how its netd and cryptod are configured, in addition to the
 * options, how the bootnode is found, and how far the room's processes are.
 */
#ifndef LAUNCHER_ROOM_H
#define LAUNCHER_ROOM_H

#include "common/endpoints.h"
#include "common/ipc_messages.h"
#include "launcher/known_bootnodes.h"
#include "launcher/restart.h"

#include <stdbool.h>
#include <stdint.h>

enum room_life {
	ROOM_FREE,    /* there is no such room */
	ROOM_WAITING, /* its processes are still to be asked for */
	ROOM_RUNNING, /* they were asked for */
	ROOM_ENDING   /* they are to end, and then it is free */
};

enum room_keep {
	KEEP_NOT,     /* it is not remembered */
	KEEP_WANTED,  /* as soon as the bootnode's key is known */
	KEEP_ASKED,   /* the spawner was asked for a file */
	KEEP_WRITING, /* cryptod writes into it */
	KEEP_NAMING,  /* and has: the spawner was asked for its number */
	KEEP_DONE     /* it is remembered */
};

struct room {
	enum room_life life;
	uint32_t ticket; /* of ui, which has asked for it; or 0 */
	bool told;	 /* ui knows of it */
	bool up; /* its processes were in their sandboxes: from then on those
		  * that end are restarted, */
	struct restarts restarts; /* but not too often, beside other rooms */
	enum room_keep keep;
	bool file_asked; /* the spawner owes an answer about its file */
	uint16_t file;	 /* the number of its file, if it has one */
	bool known; /* what room it is: if not, cryptod will read that there */
	char name[ROOM_MAX + 1];
	bool namesake; /* it is called by its name and its bootnode */
	char identity[IDENTITY_NAME_MAX + 1]; /* its name; "": the default */
	enum secret_kind secret;
	bool access;	      /* cryptod has an access key for its bootnode */
	bool has_port_wanted; /* the port that the user wants is for it */
	uint8_t run[16];      /* random: the peer's id is derived from it */
	uint32_t serial;      /* from 1: no other room has had it */
	uint32_t incarnation; /* how many netds there have been */
	uint16_t port;	      /* that netd has; 0: not known yet */
	/* The bootnode and those that stand in for it (nodes.h). */
	struct endpoints endpoints;
	char bootnode[ENDPOINTS_TEXT_MAX]; /* as endpoints_format() writes it */
	struct ipc_boot_addrs found[ENDPOINTS_MAX]; /* of each host */
	struct ipc_boot_addrs boot_addrs; /* of all, as netd is to have them */
	/* How boot_key is known: the user gave it, or an earlier use did. */
	bool pinned;
	bool remembered;
	uint8_t boot_key[X25519_LEN];
	/* The resolvers of its names. */
	bool resolving;	      /* they were asked for, and are not yet here */
	uint64_t resolved_at; /* when one was last started */
	int resolver;	      /* socket, or -1: they have done their work */
	uint32_t complained;  /* bit n: that host n has no address */
};

#endif
