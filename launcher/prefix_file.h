/*
 * Files of address prefixes: those that a bootnode denies, and those whose
 * sources may have more sessions. A line of the first is an address or a
 * prefix, a line of the second a prefix and a number:
 *
 *	192.0.2.7		# a comment
 *	2001:db8::/32
 *
 *	198.51.100.0/24 500
 */
#ifndef LAUNCHER_PREFIX_FILE_H
#define LAUNCHER_PREFIX_FILE_H

#include "common/ipc_messages.h"

#define PREFIX_FILE_MAX	    (1024 * 1024) /* bytes */
#define PREFIX_SESSIONS_MAX 65535	  /* as --max-sessions-per-address */

struct prefix_file {	       /* all zero: none */
	struct ipc_prefix *at; /* as PREFIXES has them */
	uint32_t count;
};

/*
 * Reads a text, which is changed, into an empty list. Nothing is left out: a
 * line that is not as it should be is an error. Returns 0; the caller calls
 * prefix_file_free(). Or returns -1 with one line in err that begins with name
 * and the number of the line, and says what is wrong and what to do.
 */
int prefix_file_parse(struct prefix_file *, enum prefix_list, char *text,
    size_t len, const char *name, char *err, size_t errlen);

/* Does so with the file at path, which nobody but its owner and its group may
 * be able to write. */
int prefix_file_read(struct prefix_file *, enum prefix_list, const char *path,
    char *err, size_t errlen);

void prefix_file_free(struct prefix_file *);

#endif
