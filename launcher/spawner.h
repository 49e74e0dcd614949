/*
 * The spawner: a process of the launcher's that does nothing but start the
 * other three, at first and when one has to be started anew. The launcher
 * itself could not do it any more: in its jail there is no fork, no exec and no
 * file, and it reads what the others write. The spawner reads nothing but which
 * of them to start, and has what cannot be opened twice: the state folder and
 * the passphrase, for cryptod.
 *
 * If the launcher dies, the kernel ends the other three, but not the spawner:
 * it sees the end of its socket, puts the terminal back, removes the metrics
 * socket, and ends.
 *
 *	launcher -> spawner	a byte: the set of processes to start; the
 *				launcher's own bit stands for the resolver.
 *				Or one of three other wishes
 *	spawner -> launcher	struct spawned: for each one started, with its
 *				control channel and its pidfd; and the ends of
 *				new channels that belong to one that lives on
 */
#ifndef LAUNCHER_SPAWNER_H
#define LAUNCHER_SPAWNER_H

#include "common/ipc_messages.h"
#include "launcher/activation.h"
#include "launcher/known_bootnodes.h"
#include "launcher/metrics.h"
#include "launcher/spawn.h"
#include "launcher/terminal.h"

#include <stdint.h>

/* A set of processes: bit n is role n. */
#define ROLE_BIT(role) (1u << (role))
#define ALL_ROLES \
	(ROLE_BIT(ROLE_NETD) | ROLE_BIT(ROLE_CRYPTOD) | ROLE_BIT(ROLE_UI))

/* A child of the spawner that asks for the bootnode's addresses: resolve.h. */
#define RESOLVER_BIT ROLE_BIT(ROLE_LAUNCHER)

/* Bytes that are no sets: should the launcher die now, the spawner is to put
 * the terminal back, and what was on the screen; or it has been put back. To
 * start ui says the first, too, but for the screen. */
#define SPAWNER_SCREEN_GIVEN	  0x10
#define SPAWNER_TERMINAL_RESTORED 0x20
/* Another: SIGTSTP to the job that it is in, with its launcher, which might be
 * another user by now than the rest. */
#define SPAWNER_STOP_JOB 0x40
/* Another: all is over, and put back. */
#define SPAWNER_END 0x80

struct spawn_kit {
	struct spawn_paths paths;
	enum mode mode;
	int state_dir;	/* folder of the key files */
	int passphrase; /* to be read from its start; /dev/null if none */
	struct given_sockets sockets; /* for netd */
	const struct endpoint *bootnode;
	const struct ipc_privileges *user; /* for the resolver */
	const struct terminal *terminal;   /* as it was saved */
	const struct metrics *metrics;	   /* its path is to be removed */
};

enum spawn_event {
	SPAWN_STARTED,	/* fds: control channel, pidfd; of the resolver, a
			 * socket that struct resolved comes from */
	SPAWN_END_LEFT, /* fds: an end for role of a channel to other */
	SPAWN_FAILED	/* role is not started, nor what was to come after it,
			 * and error says why; ROLE_COUNT: the spawner itself */
};

struct spawned {
	uint8_t event; /* enum spawn_event */
	uint8_t role;
	uint8_t other;
	uint8_t isolated; /* STARTED: in a pid namespace of its own */
	int32_t pid;	  /* STARTED */
	int32_t error;	  /* FAILED: errno, EAGAIN is that of fork(2) */
};

/*
 * Starts the spawner, which ends when its caller has. Returns the socket to it,
 * or -1 with errno set. The descriptors of the kit are the spawner's from then
 * on, and the caller closes its own.
 */
int spawner_start(const struct spawn_kit *);

/* Asks for a set of processes, or one of the other things. Returns 0, or -1
 * with errno set. */
int spawner_ask(int fd, unsigned int what);

/* The launcher ends, and has closed the metrics socket: waits, but not for
 * long, until the spawner has done what it has to do after that and is gone. */
void spawner_end(int fd);

/*
 * Receives what became of it, without waiting: one struct for each process and
 * each end that is left. Returns 1 with what is received, whose descriptors are
 * the caller's (-1 if there is none); 0 if there is nothing now; -1 with errno
 * set, which is EPIPE if the spawner is gone.
 */
int spawner_receive(int fd, struct spawned *, int fds[2]);

#endif
