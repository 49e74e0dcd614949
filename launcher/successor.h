/*
 * The bootnode that takes this one's place while it runs: the spawner starts
 * it, since the launcher can start nothing in its jail. It is the program that
 * is now where this one was started from, with the same arguments, environment
 * and folder. It gets all that can be handed on, by activation.h: the UDP
 * ports, the state, the sockets with paths, and an end of a channel to this
 * launcher. On that channel both say words of a fixed form.
 */
#ifndef LAUNCHER_SUCCESSOR_H
#define LAUNCHER_SUCCESSOR_H

#include "launcher/activation.h"
#include "launcher/spawn.h"
#include "launcher/unix_socket.h"

#include <stdint.h>

enum successor_word {
	SUCCESSOR_NOT_STARTED, /* its program cannot be run: error says why */
	/* The old one's launcher knows of it. Whose channel ends before this is
	 * to end, too: the old one serves on. Whose channel ends later is to
	 * serve: then the old one is dead. */
	SUCCESSOR_WAIT,
	SUCCESSOR_STARTED,  /* its processes are in their sandboxes */
	SUCCESSOR_PREPARED, /* it could serve now */
	SUCCESSOR_GO,	    /* it is to serve, and who says this serves no
			     * more */
	SUCCESSOR_STAY,	    /* it is to end without having served */
	SUCCESSOR_SERVING   /* it serves */
};

struct successor_says {
	uint32_t word;
	int32_t error;
};

/* Sends a word. A reader that is gone, or reads nothing, misses it. */
void successor_say(int fd, enum successor_word, int error);
/* Receives a word, without waiting. Returns 1 with it, 0 if there is none now,
 * -1 if the other end is gone, or says what is no word. */
int successor_hear(int fd, struct successor_says *);

/* What it is started from, and what it gets. */
struct successor_kit {
	char path[SPAWN_PATH_MAX]; /* "": unknown */
	char *const *argv;
};
struct successor_gifts {
	const struct given_sockets *ports;
	int others[GIVEN_COUNT]; /* -1: none; PREDECESSOR is made */
};

/*
 * Starts it; in the spawner, before whose sandbox there is none. Returns 0 with
 * our end of the channel and a pidfd, which are the caller's; or -1 with errno
 * set. If only its program cannot be run, it says so.
 */
int successor_start(const struct successor_kit *,
    const struct successor_gifts *, int *channel, struct spawned_child *);

#endif
