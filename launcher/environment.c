/*
 * Numbers in the environment. See environment.h.
 */
#include "launcher/environment.h"

#include <stdio.h>
#include <stdlib.h>

#include <bsd/stdlib.h>

int
environment_number(const char *name, long long min, long long max,
    long long *number, char *err, size_t errlen)
{
	const char *text = getenv(name), *reason = NULL;

	*number = 0;
	if (text == NULL || *text == '\0')
		return 0;
	*number = strtonum(text, min, max, &reason);
	if (reason == NULL)
		return 0;
	(void)snprintf(err, errlen,
	    "%s in the environment: expected a number from %lld to %lld", name,
	    min, max);
	return -1;
}
