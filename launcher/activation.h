/*
 * Descriptors that the program which started us has opened, by the protocol of
 * sd_listen_fds(3). systemd opens a bootnode's UDP ports, as in
 * packaging/systemd/gochat-bootnode.socket: such a bootnode needs no network of
 * its own. From a bootnode whose place we take come others, by their names in
 * LISTEN_FDNAMES: through systemd, which has kept its state, or from itself,
 * together with what it listens at.
 */
#ifndef LAUNCHER_ACTIVATION_H
#define LAUNCHER_ACTIVATION_H

#include "common/ipc_messages.h"
#include "common/processes.h"

#include <stddef.h>

struct given_sockets {
	size_t count;
	int fds[BINDS_MAX];
};

/*
 * X(GIVEN, name in LISTEN_FDNAMES, what it has to be): what comes by its name.
 * All other descriptors are UDP ports.
 */
#define GIVEN_TABLE(X)                                                    \
	X(STATE, "gochat-state", "a memory file")                         \
	X(CONTROL, "gochat-control", "a unix socket that is listened at") \
	X(METRICS, "gochat-metrics", "a unix socket that is listened at") \
	X(PREDECESSOR, "gochat-predecessor", "a socket of two processes")

enum given_name {
#define X(given, name, what) GIVEN_##given,
	GIVEN_TABLE(X)
#undef X
	GIVEN_COUNT
};

/* Their names, which whoever gives them has to write into LISTEN_FDNAMES; and
 * that of UDP ports, which may have any other. */
extern const char *const given_names[GIVEN_COUNT];
#define GIVEN_UDP_NAME "gochat-udp"
/* The first descriptor that is given. */
#define GIVEN_FIRST_FD 3

struct given_others {
	int fds[GIVEN_COUNT]; /* -1: none */
};

/*
 * Takes the descriptors that LISTEN_FDS in the environment passes to us, and
 * removes the variables from the environment. The sockets must be bound UDP
 * sockets of IPv4 or IPv6, at most BINDS_MAX, and the program a bootnode. If
 * several have one name, the last of them counts. Returns 0, or -1 with err
 * filled.
 */
int activation_take(struct given_sockets *, struct given_others *, enum mode,
    char *err, size_t errlen);

/* Closes the sockets. */
void activation_close(const struct given_sockets *);

#endif
