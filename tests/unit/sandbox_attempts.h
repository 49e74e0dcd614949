/*
 * The table of what is tried in the jail. See sandbox_attempts.c.
 */
#ifndef TESTS_UNIT_SANDBOX_ATTEMPTS_H
#define TESTS_UNIT_SANDBOX_ATTEMPTS_H

#include "tests/unit/sandbox_jail.h"

/* What must come of an attempt: a letter for each role, in the order of
 * enum role: launcher, netd, cryptod, ui. */
#define OUTCOME_KILLED	'k' /* by SIGSYS, and it named this call */
#define OUTCOME_SILENT	's' /* by SIGSYS, with no word of it */
#define OUTCOME_REFUSED 'r' /* the system call fails */
#define OUTCOME_WORKS	'w' /* the role needs it */
#define OUTCOME_NONE	'-' /* not tried */

struct attempt {
	const char *name;
	int number; /* of the system call */
	const char *outcomes;
	jail_deed *deed;
};

extern const struct attempt attempts[];
extern const size_t attempt_count;

#endif
