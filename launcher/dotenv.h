/*
 * Reader of a .env file, the weakest source of options after the defaults.
 * options_parse() loads it, looks names up and frees it.
 *
 *	# a comment
 *	NAME=value that ends at a comment or the line	# like this
 *	export NAME='as it is, \ and " too'
 *	NAME="with \n, \" and \\"
 *
 * Blanks around the name and the value do not count; CR LF ends a line too. A
 * variable in a value is not expanded, and a quoted value ends on its line.
 */
#ifndef LAUNCHER_DOTENV_H
#define LAUNCHER_DOTENV_H

#include <stddef.h>

#define DOTENV_FILE_MAX 65536 /* bytes */
#define DOTENV_LINE_MAX 4096  /* bytes, without the end of the line */

struct dotenv_entry {
	const char *name;
	const char *value;
	unsigned int line; /* from 1 */
};

struct dotenv {
	char *text; /* what the entries point into */
	struct dotenv_entry *entries;
	size_t count;
};

/*
 * Reads ".env" in the folder dirfd (AT_FDCWD: the current one). A file that
 * does not exist counts as empty. Returns 0, and the caller has to call
 * dotenv_free() later, or -1 with the reason in err and nothing to release.
 */
int dotenv_load(struct dotenv *d, int dirfd, char *err, size_t errlen);

/* Returns the last entry of that name, as in a shell, or NULL. */
const struct dotenv_entry *dotenv_find(const struct dotenv *d,
    const char *name);

void dotenv_free(struct dotenv *d);

#endif
