/*
 * A real engine, redis-server, in a folder of its own: nothing else of the
 * machine's is read or written. It listens on a unix socket there, and with TLS
 * on the loopback interface, too.
 */
#ifndef TESTS_UNIT_FLEETD_REAL_ENGINE_H
#define TESTS_UNIT_FLEETD_REAL_ENGINE_H

#include "tests/unit/folder.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct real_engine {
	struct folder folder;
	pid_t pid; /* 0: it does not run */
	const char *config;
	bool tls;
	uint16_t port; /* on 127.0.0.1, with TLS */
	char answer[16384];
};

/* Makes the folder, and starts an engine whose configuration has these lines,
 * too, which stay the caller's. Asserts that it comes to listen. With TLS, its
 * certificate and key are in engine.crt and engine.key of the folder, which the
 * caller has made. */
void real_engine_open(struct real_engine *, const char *config);
void real_engine_open_tls(struct real_engine *);
/* Ends it, and removes the folder. */
void real_engine_close(struct real_engine *);

/* Ends it at once, as a crash would; and starts it again, empty. */
void real_engine_stop(struct real_engine *);
void real_engine_start(struct real_engine *);

/* Returns a new connection that does not block: to its unix socket, or to its
 * port. */
int real_engine_connect(const struct real_engine *);

/* Returns the answer to commands, a line each, that have a connection of their
 * own, as it comes: the last of them is QUIT. */
const char *real_engine_do(struct real_engine *, const char *commands);

#endif
