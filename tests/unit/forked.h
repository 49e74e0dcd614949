/*
 * Steps that a process can try only once: closing descriptors, giving up
 * rights, changing limits.
 */
#ifndef TESTS_UNIT_FORKED_H
#define TESTS_UNIT_FORKED_H

#include <stdio.h>

/* Calls step in a child of its own and returns its result, from 0 to 254; 255
 * if the child did not end that way. Assertions in it count for nothing. */
int forked(int (*step)(void *), void *arg);

/* Leaves the step, and prints its line, if the condition does not hold. */
#define EXPECT(condition)                                              \
	do {                                                           \
		if (!(condition)) {                                    \
			fprintf(stderr, "\n  line %d: %s\n", __LINE__, \
			    #condition);                               \
			return 1;                                      \
		}                                                      \
	} while (0)

#endif
