/*
 * One call of the launcher's options: flags, environment and .env in, options
 * or an error out.
 */
#ifndef TESTS_UNIT_LAUNCHER_OPTIONS_TRIAL_H
#define TESTS_UNIT_LAUNCHER_OPTIONS_TRIAL_H

#include "launcher/options.h"

#define ARGS_MAX 24

/* What errors say is expected, typed in again from docs/options.md. */
#define BYTES	"1 to 256 bytes of UTF-8, no blank first or last"
#define HOST	"host, host:port or [v6]:port, or several with commas"
#define ADDRESS "one or two numeric addresses: v4, v4:port or [v6]:port"

/* What errors add for a variable of the environment. */
#define ANOTHERS "; if it is another program's, use "

struct trial {
	const char *flags[ARGS_MAX]; /* these lists end with NULL */
	const char *env[ARGS_MAX];
	const char *dotenv; /* text of .env; NULL: there is none */
	bool terminal;	    /* standard input and output are terminals */
	int result;
	struct options o;
	char err[512];
};

/* Adds a text to one of the lists. */
void trial_add(const char *list[ARGS_MAX], const char *text);
/* Runs it, with .env in a folder of its own. Returns the error, or "". */
const char *trial_run(struct trial *);
/* Adds one flag, or two, and runs it without an error. Returns the options. */
struct options trial_options(struct trial *, const char *one,
    const char *other);
/* Asserts that the texts are the same; a failure names the case. */
void trial_check_text(const char *which, const char *got, const char *want);

#endif
