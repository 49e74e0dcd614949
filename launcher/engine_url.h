/*
 * Where the engine of a fleet is, as people write it: redis://HOST[:PORT][/DB],
 * rediss:// for TLS, or unix:/PATH. A user and a password are not part of it:
 * arguments and the environment can be seen by others.
 */
#ifndef LAUNCHER_ENGINE_URL_H
#define LAUNCHER_ENGINE_URL_H

#include "common/endpoint.h"
#include "common/ipc_fleet.h"

#include <stddef.h>

#define ENGINE_PORT	   6379
#define ENGINE_DB_MAX	   9999
#define ENGINE_PATH_MAX	   107 /* of a unix socket's address */
#define ENGINE_URL_WHY_MAX 128 /* of why, with the NUL */
#define ENGINE_URL_MAX	   (ENDPOINT_TEXT_MAX + 32) /* with the NUL */

struct engine_url {
	bool given;	    /* else the rest is zero */
	uint8_t kind;	    /* enum engine_kind */
	uint32_t db;	    /* 0 of a unix socket */
	struct endpoint at; /* unless it is a unix socket */
	char path[ENGINE_PATH_MAX + 1];
};

/* Reads one. Returns 0, or -1 if the text is none; why is "" or says what is
 * wrong beyond that, without a word of a password. */
int engine_url_parse(struct engine_url *, const char *text,
    char why[ENGINE_URL_WHY_MAX]);

/* Writes it as engine_url_parse() reads it; "" if none is given. Returns
 * buf. */
const char *engine_url_format(const struct engine_url *,
    char buf[ENGINE_URL_MAX]);

#endif
