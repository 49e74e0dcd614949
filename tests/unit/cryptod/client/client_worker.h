/*
 * A client's cryptod as a worker, and the bootnode that it joins at.
 */
#ifndef TESTS_UNIT_CRYPTOD_CLIENT_CLIENT_WORKER_H
#define TESTS_UNIT_CRYPTOD_CLIENT_CLIENT_WORKER_H

#include "cryptod/client/room.h"
#include "cryptod/noise.h"

#include "tests/unit/worker.h"

#define NICK "anna"
#define ROOM "kitchen"

struct client_worker {
	struct worker w;
	struct ipc_config_cryptod config;
	const char *folder;    /* of known_peers; NULL: in memory alone */
	const char *room_file; /* its path; NULL: there is no secret */
	const char *access; /* path of the one with its access key, or NULL */
	struct x25519_key identity, boot; /* of the client, of the bootnode */
	struct noise noise; /* the bootnode's side of the last JOIN */
	/* Once it is welcome: its room, and its id there. */
	struct room room;
	struct peer_id id;
};

/* What the worker runs, with such a struct. */
void client_worker_run(struct child *, void *);
/* Fills in the worker's configuration, with which it is started. */
void client_worker_prepare(struct client_worker *);
void client_worker_begin(struct client_worker *);
/* Prepares, starts and tells it its port, 4545. */
void client_worker_open(struct client_worker *);

struct ipc_channel *client_worker_netd(struct client_worker *);
struct ipc_channel *client_worker_ui(struct client_worker *);

/* netd reports this port. */
void client_worker_local(struct client_worker *, uint16_t port);
/* Checks that ui is told this port and nickname with CLIENT_READY. */
void client_worker_check_ready(struct client_worker *, uint16_t port,
    const char *nick);
/* netd brings a COOKIE. *join is the content of the JOIN that answers it, valid
 * until the next call. */
void client_worker_join(struct client_worker *, struct bootmsg_join *);

/* The two halves of that. */
void client_worker_cookie(struct client_worker *);
void client_worker_joins(struct client_worker *, struct bootmsg_join *);

/* All of that, and the bootnode admits it. */
void client_worker_welcome(struct client_worker *);
/* Then the roster comes, with this member in it. Returns the handle by which
 * it is known, and is being connected to. */
peer_handle client_worker_list(struct client_worker *, const struct peer_id *);

#endif
