/*
 * The credentials of a fleet's engine, on their way to fleetd: its password,
 * which a child of its own reads, so that the launcher never holds it; and the
 * certificates that may sign the engine's.
 */
#ifndef LAUNCHER_ENGINE_FILE_H
#define LAUNCHER_ENGINE_FILE_H

#include <stddef.h>

/*
 * Reads a file of one line, PASSWORD or USER PASSWORD, and one of certificates
 * in PEM; "" is none. Returns 0 and sets *fd to a descriptor, closed on exec,
 * which the caller closes, of memory as common/engine_access.h has it. Returns
 * -1 with one line in err, which names the file and what is wrong, and has
 * nothing of a password. Forks, as secret_by_child() does.
 */
int engine_file_open(int *fd, const char *auth_file, const char *ca_file,
    char *err, size_t errlen);

#endif
