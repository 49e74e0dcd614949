/*
 * Numbers that a service manager leaves in the environment.
 */
#ifndef LAUNCHER_ENVIRONMENT_H
#define LAUNCHER_ENVIRONMENT_H

#include <stddef.h>

/* Reads a variable as a number within the range, or 0 if it is not there or
 * empty. Returns 0, or -1 with one line in err that names it. */
int environment_number(const char *name, long long min, long long max,
    long long *number, char *err, size_t errlen);

#endif
