/*
 * Children that the real sandbox function jails, and how they end: for the
 * tests that try the sandbox from inside.
 */
#ifndef TESTS_UNIT_COMMON_SANDBOX_JAIL_H
#define TESTS_UNIT_COMMON_SANDBOX_JAIL_H

#include "common/sandbox.h"

#include <signal.h>

/* Descriptors that are open in every child, whatever its process. 0 is a
 * terminal, 1 and 2 are pipes, 3 and 4 are channels. 5 is a channel, too, but
 * in netd the UDP socket, and 6 another UDP socket; in fleetd, 5 is a stream
 * that does not block. 7 is a connected socket, but in netd of a client the
 * netlink socket. No filter has the others. */
#define FD_FIFTH   5
#define FD_SIXTH   6 /* a UDP socket */
#define FD_SEVENTH 7
#define FD_STRANGE 21 /* a connected socket, which no filter knows */
#define FD_UNBOUND 8  /* a UDP socket */
#define FD_MEMORY  12 /* of the test itself, to be read */
#define JAIL_FDS   22

/* What the code in a child knows. */
struct inmate {
	enum process_id process;
	struct ipc_privileges privileges;
	pid_t self;
	pid_t parent; /* the test */
	pid_t child;  /* launcher: a child of its own, else itself */
	int pidfd;    /* of the child */
};

/* In a child: how often its handler of SIGPIPE and SIGILL was called. */
extern volatile sig_atomic_t jail_signals;

/* Tries one thing, in the jail. Returns 0 if it worked, or an errno. */
typedef int jail_deed(const struct inmate *);

enum jail_end {
	JAIL_DID,     /* the deed was done */
	JAIL_REFUSED, /* it failed with an errno */
	JAIL_KILLED,  /* SIGSYS, or the launcher's exit code 3 */
	JAIL_OTHER    /* anything else */
};

struct jail {
	enum process_id process;
	pid_t pid;
	struct ipc_privileges privileges;
	bool ready;	      /* it was in its sandbox; then */
	unsigned int refused; /* what sandbox_enter() returned */
	enum jail_end end;
	int status;	/* of waitpid() */
	int error;	/* JAIL_REFUSED: the errno */
	int violation;	/* the call that it named, or -1 */
	char text[512]; /* what it wrote to 2 */
	/* The test's ends. */
	int terminal, out, err;
	int control, channel, fifth, seventh, strange;
};

/* Starts a child in the sandbox of a process. It waits there for jail_end(),
 * and then does the deed. */
void jail_start(struct jail *, enum process_id, jail_deed *);
/* Lets the child go on, waits for its end, 20 s at most, and fills in the
 * result. */
void jail_end(struct jail *);

/* Does the same in a child without a sandbox, unless the deed makes one.
 * Returns 0, or the errno that the deed returned, or -1. */
int jail_step(jail_deed *);

/* The number of names in a folder, or -1. */
int jail_count_names(const char *path);

#endif
