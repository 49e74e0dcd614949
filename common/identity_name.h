/*
 * The name of an identity other than the default one. It becomes part of a
 * file's name in the state folder, "identity-NAME", so it has no character that
 * means anything to a file system, a shell or a terminal.
 */
#ifndef COMMON_IDENTITY_NAME_H
#define COMMON_IDENTITY_NAME_H

#include <stdbool.h>

#define IDENTITY_NAME_MAX 32 /* bytes */

/* True for 1 to IDENTITY_NAME_MAX letters and digits of ASCII, - and _. */
bool identity_name_is_valid(const char *name);

#endif
