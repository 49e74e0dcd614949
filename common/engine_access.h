/*
 * The memory in which the launcher hands fleetd the engine's credentials: this
 * struct, and then ca_len bytes of PEM.
 */
#ifndef COMMON_ENGINE_ACCESS_H
#define COMMON_ENGINE_ACCESS_H

#include <stdint.h>

#define ENGINE_USER_MAX	    128 /* bytes, */
#define ENGINE_PASSWORD_MAX 512 /* without their NULs */
#define ENGINE_CA_MAX	    (1024 * 1024)

struct engine_access {
	char user[ENGINE_USER_MAX + 1];		/* "": AUTH names none */
	char password[ENGINE_PASSWORD_MAX + 1]; /* "": there is no AUTH */
	uint8_t unused[2];
	uint32_t ca_len; /* of the certificates that may sign the engine's; 0:
			  * the connection is not encrypted */
};
_Static_assert(sizeof(struct engine_access) ==
	ENGINE_USER_MAX + 1 + ENGINE_PASSWORD_MAX + 1 + 2 + 4,
    "no gaps");

#endif
