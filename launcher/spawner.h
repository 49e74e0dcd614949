/*
 * The spawner: a process of the launcher's that does nothing but start its
 * children, at first and when one has to be restarted. The launcher itself
 * could not do it any more: in its jail there is no fork, no exec and no file,
 * and it reads what the others write. The spawner reads nothing but wishes of a
 * few bytes, and has what cannot be opened twice: the state folder and the
 * passphrase, for whoever needs them by the table of processes.
 *
 * If the launcher dies, the kernel ends the children, but not the spawner: it
 * sees the end of its socket, puts the terminal back, removes the metrics
 * socket, and ends.
 *
 *	launcher -> spawner	struct wish
 *	spawner -> launcher	struct spawned: for each one started, with its
 *				control channel and its pidfd; and the ends of
 *				new channels that belong to one that lives on
 */
#ifndef LAUNCHER_SPAWNER_H
#define LAUNCHER_SPAWNER_H

#include "common/endpoints.h"
#include "common/ipc_messages.h"
#include "launcher/activation.h"
#include "launcher/engine_url.h"
#include "launcher/known_bootnodes.h"
#include "launcher/unix_socket.h"
#include "launcher/reload.h"
#include "launcher/spawn.h"
#include "launcher/successor.h"
#include "launcher/terminal.h"

#include <sys/socket.h>

#include <stdint.h>

enum wish_kind {
	WISH_CHILDREN, /* a set of them is to be started */
	WISH_RESOLVER, /* children of the spawner's that ask for the addresses
			* of a room's bootnodes: resolve.h */
	/* If the launcher dies now, the spawner is to put the terminal back,
	 * and the screen as well. A wish to start a child that needs the
	 * terminal means the same, but without the screen. */
	WISH_SCREEN_GIVEN,
	WISH_TERMINAL_RESTORED, /* it has been put back */
	WISH_FORGET_ROOM, /* the room is closed: what was kept for it goes */
	WISH_KEEP_ROOM,	  /* a file to remember the room in is to be made, */
	WISH_NAME_FILE,	  /* and is written: it becomes the next one; */
	WISH_FORGET_FILE, /* or it is to be removed, then or later */
	WISH_CONNECTOR,	  /* a process that connects to the engine: connect.h */
	WISH_RELOAD,	  /* a reader of the settings: reload.h */
	WISH_MEMORY,	  /* a memory file for a bootnode's state: upgrade.h */
	WISH_SUCCESSOR, /* a bootnode that takes our place, with what is in that
			 * file; */
	WISH_END_SUCCESSOR, /* or it is to be killed */
	WISH_STOP_JOB, /* SIGTSTP to the job that it is in, with its launcher,
			* which might be another user by now than the rest */
	WISH_END       /* all is over, and put back */
};

struct wish {
	uint64_t children; /* WISH_CHILDREN: which, else 0 */
	uint32_t rooms; /* the same: those that are open, bit n is room n; they
			 * have channels */
	uint32_t kind;	/* enum wish_kind */
	uint32_t room;	/* WISH_RESOLVER: whose bootnodes; of a room: which */
	/* WISH_CHILDREN: the number of a room, from 1, whose access key those
	 * get that have none yet; or 0. WISH_RELOAD: the part of the memory
	 * that other access keys go to. */
	uint32_t access;
	struct endpoints bootnodes; /* WISH_RESOLVER */
};
_Static_assert(sizeof(struct wish) == 8 + 4 * 4 + sizeof(struct endpoints),
    "a wish has no gaps");

struct spawn_kit {
	struct spawn_paths paths;
	enum mode mode;
	struct family family;
	int state_dir; /* folder of the key files */
	int secret;    /* the first room's room file: its secret alone; -1 if
		     * none */
	int access;    /* memory with access keys: a bootnode's, or the first
		     * room's; -1 if none */
	uint16_t files[ROOMS_MAX]; /* of the rooms that are remembered; or 0 */
	struct given_sockets sockets;	 /* a bootnode's UDP ports */
	const struct engine_url *engine; /* of a fleet, if there is one */
	int credentials;		 /* of a fleet's engine; -1 if none */
	int kept;	 /* the state of the bootnode before; -1 if none */
	int predecessor; /* a channel to it, the launcher's alone; or -1 */
	struct successor_kit successor;
	const struct ipc_privileges *user; /* for the resolver */
	const struct terminal *terminal;   /* as it was saved */
	const struct unix_socket *metrics; /* its path is to be removed, */
	const struct unix_socket *control; /* and that of this, which is ui's */
	struct reload_kit reload;
};

enum spawn_event {
	SPAWN_STARTED,	/* a child; fds: control channel, pidfd */
	SPAWN_END_LEFT, /* fds: an end for child of a channel to other */
	SPAWN_FAILED,	/* child is not started, nor what was to come after it,
			 * and error says why; SPAWN_ITSELF: the spawner */
	SPAWN_RESOLVER, /* they are started; fds: a socket that struct resolved
			 * comes from */
	SPAWN_NO_RESOLVER, /* and error says why */
	SPAWN_ROOM_FILE,   /* it is made; fds: the file, or none, and error says
			  * why */
	SPAWN_FILE_NAMED,  /* its number is here, or error says why not */
	SPAWN_FILE_REMOVED, /* or not, and error says why */
	SPAWN_READER,	    /* of settings; fds: a socket to it, */
	SPAWN_NO_READER,    /* or error says why not */
	SPAWN_CONNECTOR,    /* fds: a socket to it, or none, and error says
			     * why */
	SPAWN_MEMORY,	    /* fds: the file, or none, and error says why */
	SPAWN_SUCCESSOR	    /* fds: a channel to it, pidfd; or none, and error
			     * says why */
};
#define SPAWN_ITSELF UINT8_MAX

/* Room for the descriptors that come with it. */
union spawned_control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(2 * sizeof(int))];
};

struct spawned {
	uint8_t event;	  /* enum spawn_event */
	uint8_t child;	  /* number in the family; of a resolver, a file: its
			* room */
	uint8_t other;	  /* END_LEFT: likewise */
	uint8_t isolated; /* STARTED: in a pid namespace of its own */
	int32_t pid;	  /* STARTED, SUCCESSOR */
	int32_t error;	  /* errno; EAGAIN is that of fork(2) */
	uint32_t number;  /* FILE_NAMED */
};

/*
 * Starts the spawner, which ends when its caller has. Returns the socket to it,
 * or -1 with errno set. From then on the spawner owns the descriptors of the
 * kit, and the caller closes its own.
 */
int spawner_start(const struct spawn_kit *);

/* Sends a wish with the members that struct wish names for it. Returns 0, or -1
 * with errno set. */
int spawner_ask(int fd, const struct wish *);
/* Sends a wish that has nothing but its kind. Returns the same. */
int spawner_tell(int fd, enum wish_kind);

/* The launcher ends, and has closed the metrics socket: waits, but not for
 * long, until the spawner has done the rest and is gone. */
void spawner_end(int fd);

/*
 * Receives a result, without waiting: one struct for each process and each end
 * that is left. Returns 1 with the struct filled in, whose descriptors are the
 * caller's (-1 if there is none); 0 if there is nothing now; -1 with errno set,
 * which is EPIPE if the spawner is gone.
 */
int spawner_receive(int fd, struct spawned *, int fds[2]);

#endif
