/*
 * What fleetd needs to be let in by the engine, and to know that it is the
 * right one. The launcher's short-lived child has put it into memory, so it is
 * in no message, argument or environment.
 */
#ifndef FLEETD_CREDENTIALS_H
#define FLEETD_CREDENTIALS_H

#include "common/engine_access.h"

#include <stddef.h>

struct credentials {
	struct engine_access access;
	char *ca; /* its caller's: PEM, with a NUL after its ca_len bytes */
	size_t ca_len;
};

/* Reads the memory at fd, which stays open. Returns 0, or -1 if it is not what
 * it should be, or with errno set. */
int credentials_read(int fd, struct credentials *);

#endif
