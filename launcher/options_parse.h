/*
 * What the steps of options_parse() share: the texts that are being read, and
 * errors that name an option as the user gave it. Only options.c,
 * option_flags.c and option_rules.c use this; settings.c uses the rows.
 */
#ifndef LAUNCHER_OPTIONS_PARSE_H
#define LAUNCHER_OPTIONS_PARSE_H

#include "launcher/options.h"

/* The text that the user wrote for an option, not yet checked. */
struct option_text {
	const char *text; /* NULL: nothing yet */
	struct option_origin origin;
	/* Of the flag's later times, where it may be given several times. */
	const char *more[ROOMS_MAX - 1];
	unsigned int more_count;
};

/* A call of options_parse(), handed down to its steps. */
struct options_parse {
	struct options *o; /* its origins are set as its values are */
	struct option_text raw[OPT_COUNT];
	char *err;
	size_t errlen;
};

/* The rows of the table of options, in its order. */
extern const struct option_spec option_specs[OPT_COUNT];

/* Writes the error. Returns -1. */
int options_fail(const struct options_parse *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Writes what is wrong with the value of an option, after its name as it was
 * given. A variable of the environment that anybody might use can be another
 * program's, so the error then says what else to use. Returns -1.
 */
int options_fail_at(const struct options_parse *, enum option_id,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
