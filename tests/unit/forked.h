/*
 * What can be tried once in a process alone: it closes descriptors, gives up
 * rights, or changes limits.
 */
#ifndef TESTS_UNIT_FORKED_H
#define TESTS_UNIT_FORKED_H

#include <stdio.h>

/* Calls it in a child of its own and returns what it returns, from 0 to 254;
 * 255 if the child did not end so. Assertions in it count for nothing. */
int forked(int (*step)(void *), void *arg);

/* Leaves the step, with its line told, if that is not as expected. */
#define EXPECT(condition)                                              \
	do {                                                           \
		if (!(condition)) {                                    \
			fprintf(stderr, "\n  line %d: %s\n", __LINE__, \
			    #condition);                               \
			return 1;                                      \
		}                                                      \
	} while (0)

#endif
