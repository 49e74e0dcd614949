/*
 * The engine's credentials. See credentials.h.
 */
#include "fleetd/credentials.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where a fleetd that is restarted reads, does not depend on what this one has
 * read. */
static int
read_all(int fd, void *to, size_t len, off_t at)
{
	ssize_t n;

	for (size_t have = 0; have < len; have += (size_t)n) {
		n = pread(fd, (char *)to + have, len - have, at + (off_t)have);
		if (n == 0)
			errno = EINVAL;
		if (n <= 0)
			return -1;
	}
	return 0;
}

static bool
is_whole(const struct engine_access *a)
{
	return memchr(a->user, '\0', sizeof(a->user)) != NULL &&
	    memchr(a->password, '\0', sizeof(a->password)) != NULL &&
	    a->ca_len <= ENGINE_CA_MAX;
}

int
credentials_read(int fd, struct credentials *c)
{
	char *ca;

	if (read_all(fd, &c->access, sizeof(c->access), 0) == -1)
		return -1;
	if (!is_whole(&c->access)) {
		errno = EINVAL;
		return -1;
	}
	ca = calloc(1, c->access.ca_len + 1);
	if (ca == NULL)
		return -1;
	if (read_all(fd, ca, c->access.ca_len, sizeof(c->access)) == -1) {
		free(ca);
		return -1;
	}
	c->ca = ca;
	c->ca_len = c->access.ca_len;
	return 0;
}
